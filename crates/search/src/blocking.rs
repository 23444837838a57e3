//! Bounded pool for blocking work. Work stops when its caller drops the future.
//!
//! Tokio cannot abort a blocking thread. A request that times out, or whose client disconnects, drops its
//! future but would leave the thread running. [`BlockingPool::run`] gives the work a [`Cancellation`] that
//! is set when the future is dropped. The work must check it in each loop that can be long.

use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::Ordering::Relaxed;

use thiserror::Error;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Error of work that stopped because its caller dropped the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cancelled, because the caller is gone")]
pub struct Cancelled;

/// Flag that stops running work.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    token: CancellationToken,
    /// Tests cancel after this many checks, to count the work after a cancellation.
    #[cfg(test)]
    checks_left: Option<Arc<std::sync::atomic::AtomicUsize>>,
}

impl Cancellation {
    /// Returns an error if the work must stop.
    ///
    /// # Errors
    /// [`Cancelled`] after the future that waits for the work was dropped.
    pub fn check(&self) -> Result<(), Cancelled> {
        #[cfg(test)]
        if let Some(left) = &self.checks_left
            && left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err()
        {
            return Err(Cancelled);
        }
        if self.token.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    #[cfg(test)]
    pub(crate) fn after(checks: usize) -> Self {
        Self { checks_left: Some(Arc::new(checks.into())), ..Self::default() }
    }
}

/// Pool with a bounded number of blocking threads. Cheap to clone. Clones share the bound.
#[derive(Clone, Debug)]
pub struct BlockingPool {
    permits: Arc<Semaphore>,
}

impl BlockingPool {
    /// Creates a pool that runs at most `permits` tasks at the same time.
    pub fn new(permits: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits)) }
    }

    /// Returns the number of tasks that could start now.
    pub fn available(&self) -> usize {
        self.permits.available_permits()
    }

    /// Runs work on a blocking thread and returns its result.
    ///
    /// Waits in first-in, first-out order until a permit is free. If the future is dropped before that, the
    /// work never starts. If it is dropped later, the [`Cancellation`] is set, and the permit is released
    /// when the work has stopped: work that is still running always counts.
    ///
    /// # Errors
    /// [`BlockingError::Cancelled`] if the work stopped early, [`BlockingError::Panicked`] if it panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cancellation) -> T + Send + 'static,
    ) -> Result<T, BlockingError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        // Cannot fail: the semaphore is never closed.
        let permit = permit.map_err(|_| BlockingError::Cancelled(Cancelled))?;
        let cancellation = Cancellation::default();
        let _guard = cancellation.token.clone().drop_guard();
        let thread = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            // The future may be dropped while the work waits for a thread.
            cancellation.check().map(|()| work(&cancellation))
        });
        Ok(thread.await.map_err(|error| BlockingError::Panicked(error.to_string()))??)
    }
}

/// Error of blocking work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockingError {
    /// The work stopped early.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The work panicked.
    #[error("blocking work panicked: {0}")]
    Panicked(String),
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    const PERMITS: usize = 3;

    #[tokio::test]
    async fn sixty_pieces_of_work_at_once_never_exceed_the_permits() {
        let pool = BlockingPool::new(PERMITS);
        let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (started, mut starts) = tokio::sync::mpsc::unbounded_channel();
        let mut ends = Vec::new();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..60 {
            let (end, ended) = mpsc::channel::<()>();
            ends.push(end);
            let (pool, running, peak) = (pool.clone(), Arc::clone(&running), Arc::clone(&peak));
            let started = started.clone();
            tasks.spawn(async move {
                pool.run(move |_| {
                    peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    started.send(()).unwrap();
                    // Runs until the test drops the sender.
                    assert!(ended.recv().is_err());
                    running.fetch_sub(1, Ordering::SeqCst);
                })
                .await
            });
        }
        for _ in 0..PERMITS {
            starts.recv().await.unwrap();
        }
        assert_eq!(pool.available(), 0);
        drop(ends);
        while let Some(result) = tasks.join_next().await {
            assert_eq!(result.unwrap(), Ok(()));
        }
        assert_eq!(peak.load(Ordering::SeqCst), PERMITS);
        assert_eq!(pool.available(), PERMITS);
    }

    #[tokio::test]
    async fn work_stops_when_its_future_is_dropped_and_keeps_its_permit_until_then() {
        let pool = BlockingPool::new(1);
        let (started, start) = tokio::sync::oneshot::channel();
        let (stopped, stop) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        let running = pool.run(move |cancellation| {
            started.send(()).unwrap();
            while cancellation.check().is_ok() {
                std::thread::yield_now();
            }
            stopped.send(()).unwrap();
            assert!(left.recv().is_err());
        });
        tokio::select! {
            _ = running => panic!("the work ends only when it is cancelled"),
            result = start => result.unwrap(),
        }
        // `select!` dropped the future.
        tokio::task::spawn_blocking(move || stop.recv()).await.unwrap().unwrap();
        assert_eq!(pool.available(), 0);
        drop(leave);
        assert_eq!(pool.run(|_| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn work_whose_future_is_dropped_in_the_queue_never_starts() {
        let pool = BlockingPool::new(1);
        let permit = Arc::clone(&pool.permits).acquire_owned().await.unwrap();
        let has_run = Arc::new(AtomicBool::new(false));
        let run = Arc::clone(&has_run);
        let mut waiting = Box::pin(pool.run(move |_| run.store(true, Ordering::SeqCst)));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("there is no permit"),
            () = std::future::ready(()) => {}
        }
        drop(waiting);
        drop(permit);
        assert_eq!(pool.run(|_| 7).await, Ok(7));
        assert!(!has_run.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_releases_the_permit() {
        let pool = BlockingPool::new(1);
        let result = pool.run(|_| -> () { panic!("a defect") }).await;
        assert!(matches!(result, Err(BlockingError::Panicked(_))));
        assert_eq!(pool.run(|_| 7).await, Ok(7));
    }
}
