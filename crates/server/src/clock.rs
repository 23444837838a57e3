//! The clock of the process. Other crates receive it as a parameter.

use std::sync::Arc;

use passerelle_model::timestamp::Timestamp;
use passerelle_watcher::Clock;
use time::OffsetDateTime;

/// Returns the clock of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn system() -> Clock {
    Arc::new(|| {
        let millis = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    })
}
