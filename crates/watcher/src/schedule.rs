//! Times of the next passes.

use std::time::Duration;

use tokio::time::Instant;

/// Polling interval without file events.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Back-off after the first failed pass. It doubles with each further failure.
const INITIAL_BACKOFF: Duration = Duration::from_secs(1);
/// Maximum back-off. After a long outage, the folder is synchronised within this time.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// Times before which a worker does not start a pass of a kind.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Time of the next full scan.
    pub(crate) next_scan: Instant,
    /// Time of the next scan of the folders without a watch.
    pub(crate) next_poll: Instant,
    /// Pending files are not checked, and due drafts are not published, before this time.
    retry_after: Instant,
    /// Due drafts are not published before this time.
    next_publication: Instant,
    backoff: Duration,
}

impl Schedule {
    /// Creates a schedule in which everything is due.
    pub(crate) fn starting_at(now: Instant) -> Self {
        Self {
            next_scan: now,
            next_poll: now,
            retry_after: now,
            next_publication: now,
            backoff: INITIAL_BACKOFF,
        }
    }

    /// Makes the next full scan no later than this time.
    pub(crate) fn scan_within(&mut self, latest: Instant) {
        self.next_scan = self.next_scan.min(latest);
    }

    /// Returns the time at which a file that is pending until `at` is checked.
    pub(crate) fn retry_at(&self, at: Instant) -> Instant {
        at.max(self.retry_after)
    }

    /// Returns the time at which a draft that is due at `at` is published.
    pub(crate) fn publication_at(&self, at: Instant) -> Instant {
        self.retry_at(at).max(self.next_publication)
    }

    /// Delays the next publication of drafts by one polling interval.
    pub(crate) fn delay_publication(&mut self, now: Instant) {
        self.next_publication = now + POLL_INTERVAL;
    }

    /// Records a pass that succeeded. `next_scan` is `None` unless it was a full scan.
    pub(crate) fn pass_succeeded(&mut self, now: Instant, next_scan: Option<Instant>) {
        self.backoff = INITIAL_BACKOFF;
        self.next_scan = next_scan.unwrap_or(self.next_scan);
        self.next_poll = now + POLL_INTERVAL;
    }

    /// Records a pass that failed. It is repeated as a full scan after the back-off.
    pub(crate) fn pass_failed(&mut self, now: Instant) {
        self.next_scan = now + self.backoff;
        self.retry_after = self.next_scan;
        self.backoff = (self.backoff * 2).min(MAX_BACKOFF);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn back_off_doubles_to_its_maximum_and_a_success_resets_it() {
        let now = Instant::now();
        let mut schedule = Schedule::starting_at(now);
        let mut waits = Vec::new();
        for _ in 0..7 {
            schedule.pass_failed(now);
            waits.push((schedule.next_scan - now).as_secs());
            assert_eq!(schedule.retry_at(now), schedule.next_scan);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        schedule.pass_succeeded(now, Some(now + POLL_INTERVAL));
        assert_eq!(schedule.next_scan, now + POLL_INTERVAL);
        schedule.pass_failed(now);
        assert_eq!(schedule.next_scan - now, INITIAL_BACKOFF);
    }
}
