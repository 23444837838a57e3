//! Log lines about refused connections, at most one per minute.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Minimum time between two log lines. An attack refuses thousands of connections per second.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// Connections that were refused or evicted since the last log line.
#[derive(Debug, Default)]
pub(super) struct RefusalLog {
    refused: usize,
    evicted: usize,
    accept_errors: usize,
    last_error: Option<String>,
    /// Time of the next log line. `None` before the first.
    next: Option<Instant>,
}

/// Content of one log line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RefusalCounts {
    pub(super) refused: usize,
    pub(super) evicted: usize,
    pub(super) accept_errors: usize,
    pub(super) last_error: Option<String>,
}

impl RefusalLog {
    pub(super) fn count_refused(&mut self) {
        self.refused += 1;
    }

    pub(super) fn count_evicted(&mut self, count: usize) {
        self.evicted += count;
    }

    pub(super) fn count_accept_error(&mut self, error: &std::io::Error) {
        self.accept_errors += 1;
        self.last_error = Some(error.to_string());
    }

    /// Waits until the next log line is due. Returns never if there is nothing to log.
    pub(super) async fn is_due(&self) {
        match (self.is_empty(), self.next) {
            (true, _) => pending().await,
            (false, None) => {}
            (false, Some(next)) => sleep_until(next).await,
        }
    }

    /// Returns the counts since the last call and resets them.
    pub(super) fn take(&mut self) -> RefusalCounts {
        let Self { refused, evicted, accept_errors, last_error, .. } = std::mem::take(self);
        self.next = Some(Instant::now() + LOG_INTERVAL);
        RefusalCounts { refused, evicted, accept_errors, last_error }
    }

    fn is_empty(&self) -> bool {
        self.refused + self.evicted + self.accept_errors == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn refused_connections_are_logged_once_a_minute_with_their_number() {
        let mut log = RefusalLog::default();
        let started = Instant::now();
        assert!(tokio::time::timeout(Duration::from_hours(1), log.is_due()).await.is_err());
        let begin = started.elapsed().as_secs();
        log.count_refused();
        log.is_due().await;
        assert_eq!((log.take().refused, started.elapsed().as_secs() - begin), (1, 0));
        for _ in 0..500 {
            log.count_refused();
        }
        log.count_evicted(3);
        log.is_due().await;
        let counts = log.take();
        assert_eq!((counts.refused, counts.evicted, counts.accept_errors), (500, 3, 0));
        assert_eq!(started.elapsed().as_secs() - begin, 60);
    }
}
