//! Stable code of a diagnostic.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Stable code of a diagnostic: upper-case ASCII letters and `_`, for example `STATUS_UNKNOWN`.
///
/// The code need not be in the table of this version. Another replica can be newer, and store its codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DiagnosticCode(Cow<'static, str>);

/// The text is not the code of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the code of a diagnostic is upper-case ASCII letters and underscores")]
pub struct InvalidDiagnosticCode;

impl DiagnosticCode {
    /// Creates the code of a row of the table. A test checks the form of all of them.
    pub(crate) const fn of_row(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// Parses a code.
    pub fn parse(text: &str) -> Result<Self, InvalidDiagnosticCode> {
        if is_code(text) { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(InvalidDiagnosticCode) }
    }

    /// Returns the code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

impl fmt::Display for DiagnosticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq<&str> for DiagnosticCode {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl TryFrom<String> for DiagnosticCode {
    type Error = InvalidDiagnosticCode;

    fn try_from(text: String) -> Result<Self, InvalidDiagnosticCode> {
        Self::parse(&text)
    }
}

impl From<DiagnosticCode> for String {
    fn from(code: DiagnosticCode) -> Self {
        code.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_upper_case_letters_and_underscores() {
        assert_eq!(DiagnosticCode::parse("OF_ANOTHER_VERSION").unwrap(), "OF_ANOTHER_VERSION");
        for text in ["", "draft", "SLUG TWICE", "É", "A-B"] {
            assert_eq!(DiagnosticCode::parse(text), Err(InvalidDiagnosticCode), "{text:?}");
            assert!(serde_json::from_value::<DiagnosticCode>(text.into()).is_err(), "{text:?}");
        }
    }
}
