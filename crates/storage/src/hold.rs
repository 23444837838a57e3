//! A change that is held for confirmation.

use std::fmt;
use std::str::FromStr;

use passerelle_model::timestamp::Timestamp;

/// A change that is held until an editor or operator confirms it.
///
/// The text form is stored in the column `document.hold`: `LOSS`, or `MISSING` and the time in milliseconds
/// since the Unix epoch, for example `MISSING 1700000000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The new version of a plan removes too many measures.
    Loss,
    /// The document is missing together with most of the folder.
    Missing {
        /// Time of the first scan that did not find it.
        since: Timestamp,
    },
}

impl fmt::Display for Hold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loss => formatter.write_str("LOSS"),
            Self::Missing { since } => write!(formatter, "MISSING {}", since.millis()),
        }
    }
}

/// The text is not a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected LOSS or MISSING and a time in milliseconds")]
pub struct ParseHoldError;

impl FromStr for Hold {
    type Err = ParseHoldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(' ') {
            None if text == "LOSS" => Ok(Self::Loss),
            Some(("MISSING", since)) => {
                let millis = since.parse().map_err(|_| ParseHoldError)?;
                Ok(Self::Missing { since: Timestamp::from_millis(millis) })
            }
            _ => Err(ParseHoldError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hold_is_parsed_from_its_text_form() {
        let missing = Hold::Missing { since: Timestamp::from_millis(1_700_000_000_000) };
        assert_eq!(missing.to_string(), "MISSING 1700000000000");
        for hold in [Hold::Loss, missing] {
            assert_eq!(hold.to_string().parse(), Ok(hold));
        }
        for text in ["", "loss", "LOSS 1", "MISSING", "MISSING x"] {
            assert_eq!(text.parse::<Hold>(), Err(ParseHoldError), "{text:?}");
        }
    }
}
