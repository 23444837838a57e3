//! GraphQL arguments: input types, and their validation into query types of the storage.

mod arguments;
mod by;
mod change_filter;
mod cursor;
mod document_filter;
mod front_matter_path;
mod id;
mod measure_filter;
mod measure_selector;
mod page_filter;
mod pagination;
mod value_filter;

pub use arguments::{check_condition, measure_arguments};
pub(crate) use by::{PageBy, PlanBy, reject_both, valid_slugs};
pub(crate) use change_filter::ChangeArgs;
pub(crate) use cursor::{decode as decode_cursor, encode as encode_cursor};
pub(crate) use document_filter::DocumentFilterInput;
pub(crate) use front_matter_path::check_path;
pub use id::global_id;
pub(crate) use id::{NodeId, block_id};
pub(crate) use measure_filter::{MeasureFilterInput, MeasureOrderInput, measure_query};
pub(crate) use measure_selector::MeasureSelector;
pub(crate) use page_filter::{PageFilterInput, PageOrderInput, collection_query, page_query};
pub(crate) use pagination::PaginationArgs;
