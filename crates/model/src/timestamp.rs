//! Timestamps in UTC with millisecond precision.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Milliseconds since the Unix epoch, UTC. Displayed as RFC 3339.
///
/// Stored as an integer and not as a date type, because `SQLite` and `PostgreSQL` compare and index
/// integers in the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Last timestamp that RFC 3339 can write with a four-digit year: 9999-12-31T23:59:59.999Z.
const LAST_MILLIS: i64 = 253_402_300_799_999;
/// First timestamp that RFC 3339 can write: 0000-01-01T00:00:00Z.
const FIRST_MILLIS: i64 = -62_167_219_200_000;

impl Timestamp {
    /// Creates a timestamp. Values outside the years 0 to 9999 are clamped.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(FIRST_MILLIS, LAST_MILLIS))
    }

    /// Returns the milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339, a date and time without offset (taken as UTC), or a date (its first instant).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let moment = OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .or_else(|| {
                let format =
                    format_description!("[year]-[month]-[day][first [T][ ]][hour]:[minute]:[second]");
                PrimitiveDateTime::parse(text, format).ok().map(PrimitiveDateTime::assume_utc)
            })
            .or_else(|| {
                let format = format_description!("[year]-[month]-[day]");
                Date::parse(text, format).ok().map(|date| date.midnight().assume_utc())
            })?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Self::from_millis)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(format).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_date_formats_are_parsed() {
        let parsed = |text: &str| Timestamp::parse(text).map(|at| at.to_string());
        assert_eq!(parsed("2025-11-14T09:44:00.000Z").as_deref(), Some("2025-11-14T09:44:00.000Z"));
        assert_eq!(parsed("2025-11-14T10:44:00+01:00").as_deref(), Some("2025-11-14T09:44:00.000Z"));
        assert_eq!(parsed("2025-11-14 09:44:00").as_deref(), Some("2025-11-14T09:44:00.000Z"));
        assert_eq!(parsed("2025-11-14").as_deref(), Some("2025-11-14T00:00:00.000Z"));
        assert_eq!(parsed("14 novembre"), None);
    }

    #[test]
    fn timestamps_are_clamped_to_years_0_to_9999() {
        assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
    }
}
