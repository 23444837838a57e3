//! Words as they are looked for: what a text is cut into, and under which terms each of its words is known.
//!
//! A word is known as it is written, folded: in lower case, without accents (`ÉLÈVES` is `eleves`). It is known by its stem
//! too, which has no ending (`elev`), and what is written with hyphens or signs also as a whole (`e-santé` is `esante`,
//! `9+9` is `9+9`). Stems carry a [`MARK`] that no word has, so that what is exact weighs more than what is alike, and what
//! somebody has typed half is completed to words and not to stems.
//!
//! **Architecture invariant:** nothing here knows the index. The same text gives the same terms.

mod chunk;
mod inclusive;
mod terms;

pub use chunk::{Chunk, Chunks, Part};
pub use terms::{Analyzer, MARK};
