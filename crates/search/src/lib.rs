//! The search index: derived from storage, kept at its newest revision, built anew whenever in doubt, never the truth.
//!
//! A text is cut into terms by [`analysis`], which knows languages and nothing else. `unit` says which words of a thing
//! stand where, `engine` writes them, `follow` brings the index from revision to revision. A [`SearchRequest`] is plain words
//! (`query`), which become conditions (`clause`) with the help of the words that there are (`dictionary`); a [`Snapshot`]
//! answers it at one revision. No text is in the index: what a hit shows is made of what storage has ([`snippet`]).
//!
//! **Architecture invariant:** the index is thrown away without loss. Nothing but searching waits for it.

pub mod analysis;
mod error;
mod index;
mod live;
mod query;
mod search;
pub mod snippet;
mod updater;

pub use error::SearchError;
pub use index::document::{DocumentText, document_text};
pub use index::location::IndexLocation;
pub use passerelle_storage::SearchKind;
pub use query::parse::{MOST_WORDS, matches_text};
pub use query::request::{
    Hit, HitKey, HitPosition, MAX_QUERY_BYTES, MeasureMatches, SearchRequest, SearchResults,
};
pub use query::snapshot::Snapshot;
pub use search::{Search, WAIT};
pub use snippet::highlight::{Highlight, Highlighter};
pub use updater::IndexUpdater;
