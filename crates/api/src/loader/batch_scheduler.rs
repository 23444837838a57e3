//! Runs loader batches after all fields of a request wait.
//!
//! The loaders of async-graphql hand the loading to a spawner after a delay. On a runtime with several threads neither a
//! delay nor a spawned task says when all fields have asked: batches would be cut at random. Here the loading runs in
//! the request's own task, after every field that can run has run. A request that is dropped takes its loading along.

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

/// The batches of one request that wait to be loaded.
#[derive(Clone, Default)]
pub(crate) struct BatchScheduler {
    /// Not the asynchronous one: it is held for a push.
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
        // [`drive_to_completion`] waits for the right moment; there is nothing more to wait for.
        std::future::ready(()).boxed()
    }
}

/// Runs a request and its batches to the request's end, in rounds: what the fields ask for while a round is loaded waits
/// for the next.
///
/// The request itself is polled all the while: a field that reads storage without a loader holds a connection, and the
/// loaders may be pending for just that one.
pub(crate) async fn drive_to_completion<T>(request: impl Future<Output = T>, batches: BatchScheduler) -> T {
    let mut request = std::pin::pin!(request);
    let mut loading: FuturesUnordered<FutureObj<'static, ()>> = FuturesUnordered::new();
    poll_fn(move |context| {
        loop {
            if let Poll::Ready(output) = request.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            if loading.is_empty() {
                // Every field waits: what they asked for is complete.
                loading.extend(batches.take());
            }
            match Pin::new(&mut loading).poll_next(context) {
                // A batch is there: some fields can go on.
                Poll::Ready(Some(())) => {}
                // Nothing to load: the request waits for something that will wake it.
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}
