//! Bound on the bytes of documents in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Budget of the worker in bytes. Two documents of the maximum size of 5 MiB are never in memory at the same
/// time.
const DEFAULT_BYTES: u64 = 8 * 1024 * 1024;
/// Number of bytes of one permit. Permits are counted in 32 bits.
const BYTES_PER_PERMIT: u64 = 1024;

/// Admits documents until their files add up to a number of bytes.
///
/// A document takes many times its size in bytes while it is parsed and until it is written. So the sizes of
/// the files bound the memory of all readers together.
#[derive(Clone, Debug)]
pub(crate) struct ByteBudget {
    semaphore: Arc<Semaphore>,
    permits: u32,
    /// The most permits that were in use at the same time.
    most_in_use: Arc<AtomicU32>,
}

/// Bytes in use. They are free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Admission(
    #[expect(dead_code, reason = "it is held until it is dropped")] OwnedSemaphorePermit,
);

impl Default for ByteBudget {
    fn default() -> Self {
        Self::new(DEFAULT_BYTES)
    }
}

impl ByteBudget {
    pub(crate) fn new(bytes: u64) -> Self {
        let permits = u32::try_from(bytes.div_ceil(BYTES_PER_PERMIT)).unwrap_or(u32::MAX);
        let semaphore = Semaphore::new(usize::try_from(permits).unwrap_or(Semaphore::MAX_PERMITS));
        Self { semaphore: Arc::new(semaphore), permits, most_in_use: Arc::default() }
    }

    /// Size of the budget in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.permits) * BYTES_PER_PERMIT
    }

    /// Waits until the bytes are free. The first caller is admitted first. Bytes beyond the budget are
    /// admitted alone.
    ///
    /// Returns `None` if the semaphore is closed, which nobody does.
    pub(crate) async fn admit(&self, bytes: u64) -> Option<Admission> {
        let permits = u32::try_from(bytes.div_ceil(BYTES_PER_PERMIT)).unwrap_or(u32::MAX).min(self.permits);
        let admission = Arc::clone(&self.semaphore).acquire_many_owned(permits).await.ok()?;
        let available = u32::try_from(self.semaphore.available_permits()).unwrap_or(u32::MAX);
        self.most_in_use.fetch_max(self.permits.saturating_sub(available), Ordering::Relaxed);
        Some(Admission(admission))
    }

    /// Returns the most bytes that were in use at the same time.
    #[cfg(test)]
    pub(crate) fn most_bytes_in_use(&self) -> u64 {
        u64::from(self.most_in_use.load(Ordering::Relaxed)) * BYTES_PER_PERMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_reader::decode::MAX_BYTES;
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::{Context, Waker};

    #[tokio::test]
    async fn second_large_file_waits_for_the_first() {
        let budget = ByteBudget::default();
        let first = budget.admit(MAX_BYTES).await.unwrap();
        let small = budget.admit(1024).await.unwrap();
        let mut second = pin!(budget.admit(MAX_BYTES));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop((first, small));
        drop(second.await.unwrap());
        assert_eq!(budget.most_bytes_in_use(), MAX_BYTES + 1024);
    }

    #[tokio::test]
    async fn file_beyond_the_budget_is_admitted_alone() {
        let budget = ByteBudget::new(8 * 1024);
        let huge = budget.admit(u64::MAX).await.unwrap();
        let mut small = pin!(budget.admit(1));
        assert!(small.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(huge);
        assert!(small.await.is_some());
    }
}
