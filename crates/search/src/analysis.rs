//! Analysis: splits a text into words, and each word into index terms.
//!
//! A word has a folded term: lower case, without accents (`ÉLÈVES` gives `eleves`), and terms for its stems
//! (`elev`). A compound with hyphens or signs has a joined term too: `e-santé` gives `esante`, `9+9` gives
//! `9+9`. Stems begin with [`STEM_PREFIX`], so that an exact match can weigh more than an inflected one, and
//! prefixes are completed to words only.
//!
//! **Architecture invariant:** the analysis does not know the index. The same text always gives the same
//! terms.

mod chunk;
mod inclusive;
mod terms;

pub use chunk::{Chunk, ChunkPart, Chunks};
pub use terms::{Analyzer, MAX_COMPOUND_PARTS, STEM_PREFIX, joined_term};
