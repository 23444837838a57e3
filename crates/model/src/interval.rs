//! Calendar intervals in UTC.

use time::{Duration, OffsetDateTime};

use crate::timestamp::Timestamp;

/// Distance between two points of a time series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interval {
    /// A calendar day.
    Day,
    /// A week that starts on Monday, as in ISO 8601.
    Week,
    /// A calendar month.
    Month,
}

impl Interval {
    /// Returns the end of the interval that contains `at`, which is the start of the next interval.
    pub fn end_after(self, at: Timestamp) -> Timestamp {
        let nanos = i128::from(at.millis()) * 1_000_000;
        let Ok(moment) = OffsetDateTime::from_unix_timestamp_nanos(nanos) else { return at };
        let midnight = moment.date().midnight().assume_utc();
        let end = match self {
            Self::Day => midnight + Duration::days(1),
            Self::Week => {
                midnight + Duration::days(7 - i64::from(moment.weekday().number_days_from_monday()))
            }
            Self::Month => {
                let days = i64::from(moment.month().length(moment.year()));
                midnight + Duration::days(days - i64::from(moment.day()) + 1)
            }
        };
        Timestamp::from_millis(end.unix_timestamp() * 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_end_at_calendar_boundaries() {
        let end = |interval: Interval, at| interval.end_after(Timestamp::parse(at).unwrap()).to_string();
        assert_eq!(end(Interval::Day, "2024-02-28T23:59:59Z"), "2024-02-29T00:00:00.000Z");
        assert_eq!(end(Interval::Day, "2024-02-29"), "2024-03-01T00:00:00.000Z");
        assert_eq!(end(Interval::Week, "2026-11-24T10:00:00Z"), "2026-11-30T00:00:00.000Z");
        assert_eq!(end(Interval::Week, "2026-11-30"), "2026-12-07T00:00:00.000Z");
        assert_eq!(end(Interval::Month, "2026-12-31T12:00:00Z"), "2027-01-01T00:00:00.000Z");
    }
}
