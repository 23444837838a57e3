//! Text analysis shared by everything that compares words.
//!
//! [`fold`] normalizes text. [`tokens`] splits text into stems. [`language`] detects the language.
//! Matching, repeat detection, related pages and search use these functions, so that they treat words
//! alike.

pub mod fold;
pub mod language;
pub mod tokens;
