//! Full-text search of measures, categories, pages and support services.
//!
//! - [`analysis`] splits texts and queries into terms.
//! - `index` stores the terms of each document. `updater` keeps the index at the latest revision of the
//!   database.
//! - `query` parses a [`SearchRequest`] and runs it on a [`Snapshot`].
//! - [`snippet`] finds the best section of a page and highlights the matching words. The index contains no
//!   text, so the caller passes the text from the database.
//! - `measure_texts` replaces the texts of a filter with the measures that match them.
//! - [`blocking`] bounds the number of concurrent searches and cancels abandoned ones.
//!
//! **Architecture invariant:** the index contains only data of the database and can be deleted at any time.
//! A missing index delays searches and nothing else.
//!
//! **Architecture invariant:** the work of a search is bounded by constants and by the size of the index.
//! It does not grow with the query beyond [`MAX_QUERY_TERMS`].

pub mod analysis;
pub mod blocking;
mod error;
mod index;
mod live;
mod measure_texts;
mod query;
mod search;
pub mod snippet;
mod updater;

pub use error::{IndexError, SearchError};
pub use index::document::{DocumentText, document_text};
pub use index::location::IndexLocation;
pub use measure_texts::resolve_measure_texts;
pub use passerelle_storage::SearchKind;
pub use query::parse::{MAX_QUERY_TERMS, matches_text};
pub use query::request::{
    Hit, HitKey, HitPosition, MAX_QUERY_CHARS, MatchKind, MeasureMatches, SearchRequest, SearchResults,
};
pub use query::snapshot::Snapshot;
pub use query::work::SearchWork;
pub use search::{REVISION_TIMEOUT, Search};
pub use snippet::highlight::{Highlight, Highlighter};
pub use updater::IndexUpdater;
