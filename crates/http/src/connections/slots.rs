//! Connection limit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::phase::ConnectionState;

/// Part of all connections that are closed at once if all slots are taken: one of 64.
///
/// Finding the longest-waiting connections reads the state of all of them. Closing several at once divides
/// that work.
const EVICTED_PART: usize = 64;
/// Maximum time until an evicted connection is closed. Its task only has to run once.
const EVICTION_TIMEOUT: Duration = Duration::from_millis(100);

/// The slots of all connections of a listener.
#[derive(Clone)]
pub(crate) struct ConnectionSlots(Arc<Inner>);

struct Inner {
    capacity: usize,
    free: Arc<Semaphore>,
    next_id: AtomicU64,
    connections: Mutex<HashMap<u64, Arc<ConnectionState>>>,
}

/// Slot of one connection. Free again when it is dropped.
pub(super) struct ConnectionSlot {
    slots: ConnectionSlots,
    id: u64,
    state: Arc<ConnectionState>,
    _permit: OwnedSemaphorePermit,
}

/// Slot of a new connection, and the number of connections that were closed for it.
pub(super) struct Assignment {
    /// `None` if all connections have a running request.
    pub(super) slot: Option<ConnectionSlot>,
    pub(super) evicted: usize,
}

impl ConnectionSlots {
    /// Creates the slots, at least one.
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            capacity,
            free: Arc::new(Semaphore::new(capacity)),
            next_id: AtomicU64::new(0),
            connections: Mutex::new(HashMap::new()),
        }))
    }

    /// Returns the number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.0.capacity - self.0.free.available_permits()
    }

    /// Returns a slot for a new connection. If none is free, closes the connections that have waited longest
    /// for a request.
    pub(super) async fn assign(&self) -> Assignment {
        let free = Arc::clone(&self.0.free);
        let mut evicted = 0;
        let permit = match Arc::clone(&free).try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => {
                evicted = self.evict();
                let freed = async { timeout(EVICTION_TIMEOUT, free.acquire_owned()).await.ok()?.ok() };
                if evicted > 0 { freed.await } else { None }
            }
        };
        Assignment { slot: permit.map(|permit| self.slot(permit)), evicted }
    }

    fn slot(&self, permit: OwnedSemaphorePermit) -> ConnectionSlot {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(ConnectionState::new());
        self.connections(|connections| drop(connections.insert(id, Arc::clone(&state))));
        ConnectionSlot { slots: self.clone(), id, state, _permit: permit }
    }

    /// Closes the connections that have waited longest for a request. Returns their number.
    pub(super) fn evict(&self) -> usize {
        let mut waiting: Vec<_> = self.connections(|connections| {
            let states = connections.values().filter(|state| !state.evicted.is_cancelled());
            states.filter_map(|state| Some((state.waiting_since()?, Arc::clone(state)))).collect()
        });
        let count = (self.0.capacity / EVICTED_PART).max(1).min(waiting.len());
        if count > 0 {
            waiting.select_nth_unstable_by_key(count - 1, |(since, _)| *since);
        }
        waiting.iter().take(count).for_each(|(_, state)| state.evicted.cancel());
        count
    }

    fn connections<T>(&self, use_map: impl FnOnce(&mut HashMap<u64, Arc<ConnectionState>>) -> T) -> T {
        use_map(&mut self.0.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ConnectionSlot {
    /// Returns the state of the connection.
    pub(super) fn state(&self) -> &Arc<ConnectionState> {
        &self.state
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.slots.connections(|connections| drop(connections.remove(&self.id)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::phase::Phase;
    use super::*;
    use tokio::time::advance;
    use tokio_util::task::TaskTracker;

    /// Runs a connection that closes when it is evicted.
    fn run(slot: ConnectionSlot) -> tokio::task::JoinHandle<()> {
        TaskTracker::new().spawn(async move { slot.state().evicted.cancelled().await })
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_waits_longest_makes_room() {
        let slots = ConnectionSlots::new(3);
        let mut open = Vec::new();
        for _ in 0..3 {
            let slot = slots.assign().await.slot.unwrap();
            open.push((Arc::clone(slot.state()), run(slot)));
            advance(Duration::from_secs(1)).await;
        }
        open[0].0.enter(Phase::Request);
        let assigned = slots.assign().await;
        assert!(assigned.slot.is_some() && assigned.evicted == 1);
        let evicted: Vec<bool> = open.iter().map(|(state, _)| state.evicted.is_cancelled()).collect();
        assert_eq!((evicted, slots.open()), (vec![false, true, false], 3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_is_refused_if_all_others_have_a_request() {
        let slots = ConnectionSlots::new(2);
        let open = [slots.assign().await.slot.unwrap(), slots.assign().await.slot.unwrap()];
        for slot in &open {
            slot.state().enter(Phase::Request);
        }
        let refused = slots.assign().await;
        assert!(refused.slot.is_none() && refused.evicted == 0);
        drop(open);
        assert_eq!(slots.open(), 0);
        assert!(slots.assign().await.slot.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_64_connections_is_closed_at_once() {
        let slots = ConnectionSlots::new(640);
        for _ in 0..640 {
            drop(run(slots.assign().await.slot.unwrap()));
        }
        assert_eq!(slots.assign().await.evicted, 10);
        // The other 9 slots are free, so the next connections read no state of others.
        for _ in 0..9 {
            assert_eq!(slots.assign().await.evicted, 0);
        }
    }
}
