//! Waits until no more events arrive.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::events::dirty_set::DirtySet;

/// Time without an event after which a scan starts. Longer than the time between the two steps of an atomic
/// save.
const SETTLE_TIME: Duration = Duration::from_millis(25);
/// Maximum delay of a scan in a folder that changes all the time.
const MAX_DEBOUNCE: Duration = Duration::from_millis(250);

/// Returns after [`SETTLE_TIME`] without an event, at most after [`MAX_DEBOUNCE`].
pub(crate) async fn debounce(dirty: &DirtySet) {
    let deadline = Instant::now() + MAX_DEBOUNCE;
    loop {
        let settled_at = (Instant::now() + SETTLE_TIME).min(deadline);
        if timeout_at(settled_at, dirty.wait_for_change()).await.is_err() {
            return;
        }
        if Instant::now() >= deadline {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    async fn debounce_duration(marks: u32, every: Duration) -> Duration {
        let dirty = DirtySet::default();
        let start = Instant::now();
        let marks_in_background = async {
            for _ in 0..marks {
                tokio::time::sleep(every).await;
                dirty.mark([PathBuf::from("a")]);
            }
        };
        let ((), elapsed) = tokio::join!(marks_in_background, async {
            debounce(&dirty).await;
            start.elapsed()
        });
        elapsed
    }

    #[tokio::test(start_paused = true)]
    async fn debounce_waits_for_the_settle_time_after_the_last_event() {
        assert_eq!(debounce_duration(0, SETTLE_TIME).await.as_millis(), 25);
        assert_eq!(debounce_duration(3, Duration::from_millis(10)).await.as_millis(), 55);
    }

    #[tokio::test(start_paused = true)]
    async fn debounce_ends_at_the_maximum_delay() {
        assert_eq!(debounce_duration(1_000, Duration::from_millis(10)).await.as_millis(), 250);
    }
}
