//! Arguments, parsed into types that cannot be wrong.

mod arguments;
mod by;
mod cursor;
mod document_filter;
mod id;
mod measure_filter;
mod page_filter;
mod plan_name;
mod window;

pub use arguments::{check_condition, measure_arguments};
pub(crate) use by::{PageBy, PlanBy, assert_once};
pub(crate) use cursor::{decode as decode_cursor, encode as encode_cursor};
pub(crate) use document_filter::DocumentFilterInput;
pub(crate) use id::NodeId;
pub(crate) use measure_filter::{MeasureFilterInput, MeasureOrderInput, measure_query};
pub(crate) use page_filter::{PageFilterInput, PageOrderInput, collection_query, page_query};
pub use plan_name::plans_named;
pub(crate) use window::WindowArgs;
