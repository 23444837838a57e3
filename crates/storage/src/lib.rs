//! The database: the only crate that, with the migrations, names SeaORM.
//!
//! Content rows are never overwritten: they live from a revision until a revision. [`Storage::publish`] writes a batch of
//! documents in one transaction, which is one revision; a [`View`] reads everything at one revision. A reader sees all
//! of a revision or none of it, without holding a transaction.
//!
//! To add a table: a migration, a file in `entity/`, a file of reads named after the noun, and a part in `publish`.
//!
//! **Architecture invariant:** no entity leaves this crate; it gives and takes types of `passerelle-model`. It reads
//! no clock: times arrive as parameters.

mod assets;
mod changes;
mod column;
mod condition;
mod connect;
mod documents;
mod editions;
mod entity;
mod error;
mod fail_point;
mod file;
mod forecast;
mod held_rows;
mod history;
mod indexes;
mod keyset;
pub mod link_target;
mod measures;
mod pages;
mod plans;
mod publish;
pub mod query_index;
mod relations;
mod searchable;
mod services;
mod statements;
mod timed;
mod view;

pub use changes::{ChangeFilter, ChangePlace, LoggedChange};
pub use connect::Storage;
pub use documents::{DocumentFilter, DocumentQuery, FolderCounts, Hold, ManifestEntry};
pub use editions::Predecessors;
pub use error::StorageError;
#[cfg(debug_assertions)]
pub use fail_point::FailMode;
pub use fail_point::{FAIL_POINTS, FailPoints};
pub use file::set_aside;
pub use forecast::Forecast;
pub use history::{Past, ProgressPoint, Pruned, StatusChange};
pub use keyset::{Cursor, CursorValue, Slice, Window};
pub use measures::{MeasureQuery, MeasureScope, Repeated, Surroundings};
pub use pages::{PageFilter, PageOrder, PageQuery};
pub use publish::{Batch, Ingested, IngestedAsset, Published};
pub use relations::{RelatedPage, RelatedPlan, Relation};
pub use searchable::{SearchGround, SearchKind, Searchable, SearchableFrom, SearchableWords};
pub use services::ServiceQuery;
pub use statements::{Ran, recorded};
pub use view::View;
