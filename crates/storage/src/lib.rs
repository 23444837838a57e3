//! Database access. Only this crate and the migrations use SeaORM.
//!
//! Content rows are never overwritten. A row is valid from one revision until another. [`Storage::publish`]
//! writes a batch of documents in one transaction, which creates one revision. A [`ReadView`] reads
//! everything at one revision, so a reader sees a revision completely or not at all. It holds no
//! transaction.
//!
//! # How to add a table
//! Add a migration, a file in `entity/`, a file with queries named after the noun, and a step in `publish`.
//!
//! **Architecture invariant:** no entity leaves this crate. Its functions take and return types of
//! `passerelle-model`. It reads no clock: times are parameters. Only `engine` knows whether the database is
//! SQLite or PostgreSQL.

mod addresses;
mod as_of;
mod assets;
mod audit;
mod backup;
mod change_log_entry;
mod changes;
mod collections;
mod column;
mod connect;
mod convert;
mod database_copy;
mod documents;
mod editions;
mod engine;
mod entity;
mod error;
mod fail_point;
mod file_change;
mod file_checksum;
mod front_matter;
mod held_documents;
mod hold;
mod index_cache;
mod indexed_details;
mod keyset;
mod languages;
mod latest_revision;
mod leadership;
pub mod link_target;
mod manifest;
mod measure_index;
mod measure_scope;
mod measure_versions;
mod measures;
mod meta;
mod navigation;
mod page_filter;
mod page_texts;
mod pages;
mod plan_name;
mod plans;
mod progress;
mod progress_curves;
mod prune;
mod publish;
mod publish_preview;
mod published_collection;
pub mod query_index;
mod read_connection;
mod read_view;
mod redirect;
mod redirects;
mod relations;
mod revision_times;
mod route;
mod routes;
mod row_cache;
mod row_id;
mod search_entries;
mod search_entry;
mod services;
mod source_lines;
mod statement_recorder;
mod status_changes;
mod term;
mod validity;
mod versioned;

pub use addresses::{ChangedObject, ObjectAddress, PlanAddress};
pub use as_of::AsOfResult;
pub use change_log_entry::{ChangeLogEntry, ChangePosition};
pub use changes::ChangeFilter;
pub use connect::{DatabaseId, Storage};
pub use database_copy::{CopiedTable, CopyProgress, CopyReport, OnCopyProgress, copy_database};
pub use documents::{DocumentCounts, DocumentFilter, DocumentQuery};
pub use editions::{Editions, Predecessors};
pub use engine::fault::DatabaseErrorKind;
pub use engine::{DatabaseUrls, rename_aside};
pub use error::{DatabaseError, StorageError};
#[cfg(debug_assertions)]
pub use fail_point::FailMode;
pub use fail_point::{FAIL_POINTS, FailPoints};
pub use file_change::{FileChange, IngestedAsset, IngestedDocument};
pub use file_checksum::checksum_of_reader;
pub use front_matter::{FrontMatterCondition, FrontMatterPath};
pub use hold::{Hold, HoldState, ParseHoldError};
pub use index_cache::PlanSize;
pub use keyset::{Cursor, CursorValue, Pagination, Slice};
pub use languages::LanguageCounts;
pub use leadership::Election;
pub use manifest::ManifestEntry;
pub use measure_scope::MeasureScope;
pub use measures::{AdjacentMeasures, MeasureQuery, RepeatSummary};
pub use navigation::NavigationPage;
pub use page_filter::{PageFilter, PageMatches, PageRow, TimeRange};
pub use page_texts::PagePart;
pub use pages::{PageOrder, PageQuery, TagCount};
pub use plan_name::plans_named;
pub use progress_curves::ProgressPoint;
pub use prune::PruneReport;
pub use publish::PublishReport;
pub use publish_preview::PublishPreview;
pub use published_collection::PublishedCollection;
pub use read_view::ReadView;
pub use redirect::Redirect;
pub use redirects::RedirectFilter;
pub use relations::{
    MAX_RELATED_MEASURES, MeasureRelation, RelatedMeasure, RelatedPage, RelatedPages, RelationTarget,
};
pub use route::{Route, RouteKind};
pub use routes::RouteFilter;
pub use row_id::RowId;
pub use search_entries::{BatchLimit, CheckpointStatus, SearchCursor};
pub use search_entry::{SearchContent, SearchEntry, SearchKind};
pub use services::ServiceQuery;
pub use statement_recorder::{ExecutedStatement, record_statements};
pub use status_changes::StatusChange;
pub use term::{Epoch, LeaderRecord, SyncRequestNumber};
