//! The time, for everyone who is handed it.

use std::sync::Arc;

use passerelle_model::timestamp::Timestamp;
use passerelle_watcher::Clock;
use time::OffsetDateTime;

/// The system's clock.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn system() -> Clock {
    Arc::new(|| {
        let millis = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    })
}
