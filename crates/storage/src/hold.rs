//! Reasons not to publish the latest version of a document.

use std::fmt;
use std::str::FromStr;

use passerelle_model::timestamp::Timestamp;

/// Reason not to publish the latest version of a document.
///
/// The text form is stored in the column `document.hold`: `LOSS`, `DRAFT`, or `DRAFT` or `MISSING` and a time
/// in milliseconds since the Unix epoch, for example `MISSING 1700000000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The new version removes too much: many measures of a plan, or the whole text of a page.
    Loss,
    /// The document is a draft.
    Draft {
        /// Time of publication. `None` if the editor must change the document first.
        until: Option<Timestamp>,
    },
    /// The document is missing together with most of the folder.
    Missing {
        /// Time of the first scan that did not find it.
        since: Timestamp,
    },
}

impl Hold {
    /// Returns true if an editor or operator can confirm the change.
    pub fn awaits_confirmation(self) -> bool {
        matches!(self, Self::Loss | Self::Missing { .. })
    }
}

/// Hold of the latest version of a document, and whether it was accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoldState {
    /// Nothing is held.
    #[default]
    None,
    /// The change is held.
    Held(Hold),
    /// An operator accepted the held change.
    Accepted(Hold),
}

impl HoldState {
    /// Returns the hold, accepted or not.
    pub fn hold(self) -> Option<Hold> {
        match self {
            Self::None => None,
            Self::Held(hold) | Self::Accepted(hold) => Some(hold),
        }
    }

    /// Returns true if an operator accepted the held change.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Records that an operator accepted the held change.
    pub fn accept(&mut self) {
        if let Self::Held(hold) = *self {
            *self = Self::Accepted(hold);
        }
    }
}

impl From<Option<Hold>> for HoldState {
    fn from(hold: Option<Hold>) -> Self {
        hold.map_or(Self::None, Self::Held)
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loss => formatter.write_str("LOSS"),
            Self::Draft { until: None } => formatter.write_str("DRAFT"),
            Self::Draft { until: Some(until) } => write!(formatter, "DRAFT {}", until.millis()),
            Self::Missing { since } => write!(formatter, "MISSING {}", since.millis()),
        }
    }
}

/// The text is not a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected LOSS, DRAFT, or DRAFT or MISSING and a time in milliseconds")]
pub struct ParseHoldError;

impl FromStr for Hold {
    type Err = ParseHoldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |text: &str| text.parse().map(Timestamp::from_millis).map_err(|_| ParseHoldError);
        match text.split_once(' ') {
            None if text == "LOSS" => Ok(Self::Loss),
            None if text == "DRAFT" => Ok(Self::Draft { until: None }),
            Some(("DRAFT", until)) => Ok(Self::Draft { until: Some(time(until)?) }),
            Some(("MISSING", since)) => Ok(Self::Missing { since: time(since)? }),
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
        let drafts = [None, Some(Timestamp::from_millis(1))].map(|until| Hold::Draft { until });
        for hold in [Hold::Loss, missing].into_iter().chain(drafts) {
            assert_eq!(hold.to_string().parse(), Ok(hold));
        }
        for text in ["", "loss", "LOSS 1", "MISSING", "MISSING x", "DRAFT x"] {
            assert_eq!(text.parse::<Hold>(), Err(ParseHoldError), "{text:?}");
        }
    }
}
