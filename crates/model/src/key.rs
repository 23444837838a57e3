//! The names under which things are known for as long as they live.
//!
//! A key is given once, at birth, from what the thing was called then, and outlives renaming, moving and
//! every row that it is stored in. Nobody may read a meaning into it. Cheap to clone: answers name the same few keys again and
//! again.

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
            /// The key of this text.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The key as text.
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
    /// A document of the folder, under whatever name.
    DocumentKey,
    /// A plan.
    PlanKey,
    /// A category of a plan.
    CategoryKey,
    /// A measure of a plan.
    MeasureKey,
    /// A page.
    PageKey,
    /// A support service.
    ServiceKey,
    /// A name in a URL: lower-case ASCII letters and digits, joined by `-`.
    Slug,
}
