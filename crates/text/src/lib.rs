//! Text analysis: one analyser for everything that compares words.
//!
//! [`fold`] compares texts without case and accents. [`tokens`] cuts a text into stems. [`language`] guesses the language of
//! a text. Matching, repeats, related pages and search all use these functions, so that they agree.

pub mod fold;
pub mod language;
pub mod tokens;
