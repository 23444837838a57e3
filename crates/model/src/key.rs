//! Stable keys of objects.
//!
//! A key is derived from the name or number of an object when the object first appears. It stays the same
//! when the object is renamed or moved. Clients must not parse it. Cloning is cheap, because responses
//! repeat the same few keys.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checksum::Checksum;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Creates a key from text.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// Returns the key as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0.as_ref().into()
            }
        }
    )*};
}

keys! {
    /// Document, made from the path under which it first appeared.
    DocumentKey,
    /// Plan, made from the key of its document.
    PlanKey,
    /// Category, made from the key of its plan and its first path, such as `2.6`.
    CategoryKey,
    /// Measure, made from the key of its plan and its first number.
    MeasureKey,
    /// Page, made from the key of its document.
    PageKey,
    /// Support service, made from the key of its document.
    ServiceKey,
    /// Name that a page or plan shares with its translations, as written in the front matter.
    TranslationKey,
    /// Translation key or slug by which a link names a page. The link does not say which.
    LinkKey,
}

/// URL name: lower-case ASCII letters and digits, joined by single `-`. At most [`Slug::MAX_BYTES`] long.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(Arc<str>);

/// The text is not a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidSlug {
    /// The text is empty, or has another character, or `-` at an end or beside another `-`.
    #[error("a slug is lower-case ASCII letters and digits, joined by single hyphens")]
    Malformed,
    /// The text is longer than [`Slug::MAX_BYTES`].
    #[error("a slug has at most {} bytes", Slug::MAX_BYTES)]
    TooLong,
}

impl Slug {
    /// Longest slug, in bytes. The slug of a file name always fits: a path has at most
    /// [`MAX_BYTES`](crate::path::DocumentPath::MAX_BYTES).
    pub const MAX_BYTES: usize = 1024;
    /// Digits of the checksum in a generated slug: enough to tell the pages of one site apart.
    const CHECKSUM_DIGITS: usize = 8;

    /// Parses a slug.
    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if text.split('-').any(|word| word.is_empty() || !word.bytes().all(is_letter)) {
            return Err(InvalidSlug::Malformed);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidSlug::TooLong);
        }
        Ok(Self(text.into()))
    }

    /// Parses a slug and shortens it if it is too long.
    ///
    /// A shortened slug ends with digits of the checksum of the whole text. Two long texts with the same
    /// start stay different.
    pub fn parse_or_shorten(text: &str) -> Result<Self, InvalidSlug> {
        match Self::parse(text) {
            Err(InvalidSlug::TooLong) => {
                // The text is ASCII, because it has the form of a slug.
                let longest = &text[..Self::MAX_BYTES - 1 - Self::CHECKSUM_DIGITS];
                let start = longest.rsplit_once('-').map_or(longest, |(words, _)| words);
                Ok(Self(format!("{start}-{}", checksum_digits(text)).into()))
            }
            parsed => parsed,
        }
    }

    /// Returns the slug of a plan without a name.
    pub fn of_unnamed_plan() -> Self {
        Self("plan".into())
    }

    /// Returns the slug of a page with a file name that has no letters for a slug, for example in Chinese.
    pub fn of_unnamed_page(stem: &str) -> Self {
        Self(format!("page-{}", checksum_digits(stem)).into())
    }

    /// Returns the slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checksum_digits(text: &str) -> String {
    Checksum::of(text.as_bytes()).first_digits(Slug::CHECKSUM_DIGITS)
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;

    fn try_from(text: String) -> Result<Self, InvalidSlug> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0.as_ref().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slug_is_lower_case_words_joined_by_single_hyphens() {
        for text in ["contact", "a", "2025", "plan-climat-2025"] {
            assert_eq!(Slug::parse(text).map(|slug| slug.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "-", "-a", "a-", "a--b", "A", "étang", "a/b", "a b", "a_b", "a\n"] {
            assert_eq!(Slug::parse(text), Err(InvalidSlug::Malformed), "{text:?}");
            assert_eq!(Slug::parse_or_shorten(text), Err(InvalidSlug::Malformed), "{text:?}");
            assert!(serde_json::from_value::<Slug>(text.into()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn long_slug_is_cut_and_stays_distinct() {
        let longest = "a".repeat(Slug::MAX_BYTES);
        assert_eq!(Slug::parse_or_shorten(&longest), Slug::parse(&longest));
        let word = format!("{longest}a");
        let words = "pond-".repeat(Slug::MAX_BYTES);
        let [first, second] = ["1", "2"].map(|end| format!("{words}{end}"));
        for text in [&word, &first, &second] {
            assert_eq!(Slug::parse(text), Err(InvalidSlug::TooLong));
            let shortened = Slug::parse_or_shorten(text).unwrap();
            assert_eq!(Slug::parse(shortened.as_str()), Ok(shortened));
        }
        assert_ne!(Slug::parse_or_shorten(&first), Slug::parse_or_shorten(&second));
    }

    #[test]
    fn generated_slugs_are_slugs() {
        for slug in [Slug::of_unnamed_plan(), Slug::of_unnamed_page("池")] {
            assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }
    }
}
