//! Waiting until the folder is quiet.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::dirty::Dirty;

/// The folder is quiet when nothing was marked for so long: longer than an editor takes between the two halves of a save.
const QUIET: Duration = Duration::from_millis(25);
/// A folder that is never quiet is looked at all the same after so long.
const PATIENCE: Duration = Duration::from_millis(250);

/// Returns when nothing was marked for [`QUIET`], at the latest after [`PATIENCE`].
pub(crate) async fn settle(dirty: &Dirty) {
    let latest = Instant::now() + PATIENCE;
    loop {
        let quiet_at = (Instant::now() + QUIET).min(latest);
        if timeout_at(quiet_at, dirty.marked()).await.is_err() {
            return;
        }
        if Instant::now() >= latest {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    async fn settled_after(marks: u32, every: Duration) -> Duration {
        let dirty = Dirty::default();
        let start = Instant::now();
        let marking = async {
            for _ in 0..marks {
                tokio::time::sleep(every).await;
                dirty.mark([PathBuf::from("a")]);
            }
        };
        let ((), settled) = tokio::join!(marking, async {
            settle(&dirty).await;
            start.elapsed()
        });
        settled
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_for_a_moment_of_quiet() {
        assert_eq!(settled_after(0, QUIET).await.as_millis(), 25);
        assert_eq!(settled_after(3, Duration::from_millis(10)).await.as_millis(), 55);
    }

    #[tokio::test(start_paused = true)]
    async fn it_does_not_wait_for_ever() {
        assert_eq!(settled_after(1_000, Duration::from_millis(10)).await.as_millis(), 250);
    }
}
