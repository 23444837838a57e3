//! Runs loader batches after all fields of a request wait.
//!
//! The loaders of async-graphql start a batch after a delay, in a spawned task. On a runtime with several
//! threads, some fields then miss the batch at random. Here a batch runs in the task of the request, after
//! every field that can run has run. If the request is dropped, its batches are dropped too.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_graphql::runtime::Timer;
use futures_util::future::{BoxFuture, FutureExt, poll_fn};
use futures_util::stream::{FuturesUnordered, Stream};
use futures_util::task::{FutureObj, Spawn, SpawnError};

/// Batches of one request that are not loaded yet.
#[derive(Clone, Default)]
pub(crate) struct BatchScheduler {
    /// A blocking mutex, because it is held for one push only.
    pending: Arc<Mutex<Vec<FutureObj<'static, ()>>>>,
    spawned: Arc<AtomicUsize>,
}

impl BatchScheduler {
    /// Returns the number of batches so far.
    pub(crate) fn spawned_count(&self) -> usize {
        self.spawned.load(Ordering::Relaxed)
    }

    fn take(&self) -> Vec<FutureObj<'static, ()>> {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Spawn for BatchScheduler {
    fn spawn_obj(&self, batch: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.spawned.fetch_add(1, Ordering::Relaxed);
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        Ok(())
    }
}

impl Timer for BatchScheduler {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        // No delay: [`drive_to_completion`] decides when a batch runs.
        std::future::ready(()).boxed()
    }
}

/// Runs a request and its batches until the request is complete. Batches that are added during a round run in
/// the next round.
///
/// The request is polled during a round too. A field that reads the storage without a loader holds a
/// connection, and a batch can wait for this connection.
pub(crate) async fn drive_to_completion<T>(request: impl Future<Output = T>, batches: BatchScheduler) -> T {
    let mut request = std::pin::pin!(request);
    let mut loading: FuturesUnordered<FutureObj<'static, ()>> = FuturesUnordered::new();
    poll_fn(move |context| {
        loop {
            if let Poll::Ready(output) = request.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            if loading.is_empty() {
                // Every field waits, so the batches are complete.
                loading.extend(batches.take());
            }
            match Pin::new(&mut loading).poll_next(context) {
                // A batch is loaded, so some fields can continue.
                Poll::Ready(Some(())) => {}
                // No batch is pending. Something else wakes the request.
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}
