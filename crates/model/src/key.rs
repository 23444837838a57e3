//! Stable keys of objects.
//!
//! A key is derived from the name or number of an object when the object first appears. It stays the same
//! when the object is renamed or moved. Clients must not parse it. Cloning is cheap, because responses
//! repeat the same few keys.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
    /// URL name: lower-case ASCII letters and digits, joined by `-`.
    Slug,
}
