//! The search index: derived from storage, kept at its newest revision, built anew whenever in doubt, never the truth.
//!
//! A text is cut into terms by [`analysis`], which knows languages and nothing else. `unit` says which words of a thing
//! stand where, `engine` writes them, `follow` brings the index from revision to revision. A [`Question`] is plain words
//! (`ask`), which become conditions (`clause`) with the help of the words that there are (`dictionary`); a [`Snapshot`]
//! answers it at one revision. No text is in the index: what a hit shows is made of what storage has ([`excerpt`],
//! [`landing`]).
//!
//! **Architecture invariant:** the index is thrown away without loss. Nothing but searching waits for it.

pub mod analysis;
mod ask;
mod clause;
mod collect;
mod dictionary;
mod engine;
mod error;
pub mod excerpt;
mod follow;
pub mod landing;
mod marks;
mod place;
mod question;
mod schema;
mod search;
mod snapshot;
mod standing;
mod tokenizer;
mod unit;

pub use ask::{MOST_WORDS, finds};
pub use error::SearchError;
pub use follow::Follower;
pub use marks::{Mark, Marks};
pub use passerelle_storage::SearchKind;
pub use place::IndexPlace;
pub use question::{Found, Hit, MOST_BYTES, Matches, Place, Question, SearchNode};
pub use search::{Search, WAIT};
pub use snapshot::Snapshot;
pub use unit::{UnitText, unit_text};
