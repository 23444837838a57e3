//! Repeated timings.

use std::fmt;
use std::time::{Duration, Instant};

/// Timings in the order of measurement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timings {
    times: Vec<Duration>,
}

impl Timings {
    pub(crate) fn push(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// Measures the time of a call.
    pub(crate) fn time<T, E>(&mut self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let started = Instant::now();
        let done = work();
        self.times.push(started.elapsed());
        done
    }

    /// Returns the ratio of the medians.
    pub(crate) fn over(&self, other: &Self) -> f64 {
        self.quantile(0.5).as_secs_f64() / other.quantile(0.5).as_secs_f64()
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    /// Returns a quantile of the timings.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "few, and positive"
    )]
    fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        let index = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(index.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |share| self.quantile(share).as_secs_f64() * 1_000.0;
        let (p50, p95, p99) = (millis(0.5), millis(0.95), millis(0.99));
        write!(f, "p50 {p50:7.2} ms  p95 {p95:7.2} ms  p99 {p99:7.2} ms  (n={})", self.times.len())
    }
}
