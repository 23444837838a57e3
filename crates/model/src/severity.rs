//! Severity of diagnostics.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Severity of a diagnostic, the least serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Useful to know. The document is published and nothing is lost.
    Notice,
    /// A part of the document was not understood. The rest is published.
    Warning,
    /// The new version of the document is rejected. The last valid version stays published.
    Error,
}

impl Severity {
    /// Every severity, the most serious first: the order of the tables in `docs/errors.md`.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The upper-case name that the database and the API use, for example `WARNING`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "NOTICE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// Inverse of [`Severity::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
