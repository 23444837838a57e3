//! Queue for executions: at most N run at once per lane; the others wait.
//!
//! There are three lanes. Cheap operations never wait for expensive ones. Within a lane, the clients take
//! turns, and the operations of one client run in the order of their arrival. Clients without an address
//! share one turn.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::oneshot;

use crate::error::ApiError;

/// Maximum cost of a cheap operation. A list of 100 items with eight fields costs about 800.
pub(crate) const CHEAP_COST: usize = 1_000;
/// Maximum number of cheap operations that wait. Each takes less than 2 ms, so the last one starts within
/// about 1 s.
const MAX_WAITING_CHEAP: usize = 512;
/// Maximum number of expensive operations that wait. The limit on the cost of an operation lets each take up
/// to 100 ms, so the last one starts within about 6 s, which is less than the execution timeout.
const MAX_WAITING_EXPENSIVE: usize = 64;

/// Lane of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Operations that cost at most [`CHEAP_COST`].
    Cheap,
    /// All other operations.
    Expensive,
    /// Events of subscriptions. The number of subscriptions bounds how many wait.
    Event,
}

impl Lane {
    /// Returns the lane of a query with a cost.
    pub(crate) fn of_cost(cost: usize) -> Self {
        if cost <= CHEAP_COST { Self::Cheap } else { Self::Expensive }
    }
}

/// Queue that all executions of the process share. A clone increments one reference count.
#[derive(Clone, Debug)]
pub struct ExecutionQueue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// A blocking mutex, because it is held for one insertion or removal only.
    lanes: Mutex<[LaneState; 3]>,
    rejected: AtomicU64,
}

#[derive(Debug)]
struct LaneState {
    running: usize,
    max_running: usize,
    waiting: usize,
    max_waiting: usize,
    /// Clients with waiting operations, in the order of their turns.
    clients: VecDeque<(Option<IpAddr>, VecDeque<oneshot::Sender<Permit>>)>,
}

impl Default for ExecutionQueue {
    /// Expensive operations may use all cores. The runtime has one thread more than cores, so a cheap
    /// operation waits for them only while events are executed too.
    fn default() -> Self {
        let cores = available_parallelism().map_or(2, usize::from);
        // A cheap operation waits for the database most of the time, so more of them than cores run at once.
        Self::new([4 * cores, cores, (cores / 2).max(1)])
    }
}

impl ExecutionQueue {
    /// Creates a queue with the number of permits of each lane: cheap, expensive, events.
    fn new([cheap, expensive, events]: [usize; 3]) -> Self {
        let lane = |max_running, max_waiting| LaneState {
            running: 0,
            max_running,
            waiting: 0,
            max_waiting,
            clients: VecDeque::new(),
        };
        let lanes = [
            lane(cheap, MAX_WAITING_CHEAP),
            lane(expensive, MAX_WAITING_EXPENSIVE),
            lane(events, usize::MAX),
        ];
        Self(Arc::new(Shared { lanes: Mutex::new(lanes), rejected: AtomicU64::new(0) }))
    }

    /// Waits for the turn of an operation. Dropping the future gives up the place in the queue.
    ///
    /// # Errors
    /// [`ApiError::Overloaded`] if too many operations wait already.
    pub(crate) async fn acquire(&self, lane: Lane, client: Option<IpAddr>) -> Result<Permit, ApiError> {
        let turn = {
            let mut lanes = self.lanes();
            let state = &mut lanes[lane as usize];
            if state.running < state.max_running {
                state.running += 1;
                drop(lanes);
                return Ok(Permit { queue: self.clone(), lane });
            }
            state.push(client)
        };
        let Some(turn) = turn else {
            self.0.rejected.fetch_add(1, Ordering::Relaxed);
            return Err(ApiError::Overloaded);
        };
        // The sender is dropped only together with the queue.
        turn.await.map_err(|_| ApiError::Overloaded)
    }

    /// Returns the number of waiting operations.
    pub fn waiting_count(&self) -> usize {
        self.lanes().iter().map(|lane| lane.waiting).sum()
    }

    /// Returns the number of operations that were rejected because too many waited.
    pub fn rejected_count(&self) -> u64 {
        self.0.rejected.load(Ordering::Relaxed)
    }

    fn lanes(&self) -> MutexGuard<'_, [LaneState; 3]> {
        self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn release(&self, lane: Lane) {
        let next = self.lanes()[lane as usize].next();
        if let Some(next) = next {
            // A receiver that is gone returns the permit, which is released again when it is dropped.
            drop(next.send(Permit { queue: self.clone(), lane }));
        }
    }
}

impl LaneState {
    /// Adds an operation to the turn of its client. Returns `None` if too many wait.
    fn push(&mut self, client: Option<IpAddr>) -> Option<oneshot::Receiver<Permit>> {
        if self.is_full(client) {
            self.forget_cancelled();
            if self.is_full(client) {
                return None;
            }
        }
        let (sender, receiver) = oneshot::channel();
        match self.clients.iter_mut().find(|(other, _)| *other == client) {
            Some((_, operations)) => operations.push_back(sender),
            None => self.clients.push_back((client, VecDeque::from([sender]))),
        }
        self.waiting += 1;
        Some(receiver)
    }

    /// Returns true if a client has no place. One known client uses at most half of the places, so that
    /// others find one.
    fn is_full(&self, client: Option<IpAddr>) -> bool {
        let own = self.clients.iter().find(|(other, _)| *other == client);
        let own = own.map_or(0, |(_, operations)| operations.len());
        self.waiting >= self.max_waiting || (client.is_some() && own >= self.max_waiting / 2)
    }

    /// Removes and returns the operation whose turn it is. Without one, the lane runs one operation less.
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        while let Some((client, mut operations)) = self.clients.pop_front() {
            let next = operations.pop_front();
            self.waiting -= usize::from(next.is_some());
            if !operations.is_empty() {
                self.clients.push_back((client, operations));
            }
            if let Some(next) = next.filter(|next| !next.is_closed()) {
                return Some(next);
            }
        }
        self.running -= 1;
        None
    }

    /// Removes the operations that nobody waits for any more.
    fn forget_cancelled(&mut self) {
        for (_, operations) in &mut self.clients {
            operations.retain(|operation| !operation.is_closed());
        }
        self.clients.retain(|(_, operations)| !operations.is_empty());
        self.waiting = self.clients.iter().map(|(_, operations)| operations.len()).sum();
    }
}

/// Right to execute one operation. The next one starts when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    queue: ExecutionQueue,
    lane: Lane,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.queue.release(self.lane);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{BoxFuture, FutureExt};

    #[expect(clippy::unnecessary_wraps, reason = "the queue takes an optional client")]
    fn client(number: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, number]))
    }

    type Waiting = BoxFuture<'static, Result<Permit, ApiError>>;

    /// Starts to wait. The future is polled once, so that it has its place.
    fn wait(queue: &ExecutionQueue, lane: Lane, of: Option<IpAddr>) -> Waiting {
        let queue = queue.clone();
        let mut waiting = async move { queue.acquire(lane, of).await }.boxed();
        assert!((&mut waiting).now_or_never().is_none());
        waiting
    }

    #[test]
    fn a_cheap_operation_does_not_wait_for_expensive_ones() {
        let queue = ExecutionQueue::new([1, 1, 1]);
        let _running = queue.acquire(Lane::Expensive, None).now_or_never().unwrap().unwrap();
        let _waiting: Vec<_> =
            (0..MAX_WAITING_EXPENSIVE).map(|_| wait(&queue, Lane::Expensive, None)).collect();
        assert!(matches!(
            queue.acquire(Lane::Expensive, None).now_or_never(),
            Some(Err(ApiError::Overloaded))
        ));
        assert_eq!((queue.waiting_count(), queue.rejected_count()), (MAX_WAITING_EXPENSIVE, 1));
        assert!(queue.acquire(Lane::of_cost(CHEAP_COST), None).now_or_never().unwrap().is_ok());
        assert_eq!(Lane::of_cost(CHEAP_COST + 1), Lane::Expensive);
    }

    #[test]
    fn clients_take_turns() {
        let queue = ExecutionQueue::new([1, 1, 1]);
        let running = queue.acquire(Lane::Cheap, client(1)).now_or_never().unwrap().unwrap();
        let mut greedy: Vec<_> = (0..10).map(|_| wait(&queue, Lane::Cheap, client(1))).collect();
        let mut modest = wait(&queue, Lane::Cheap, client(2));
        drop(running);
        let first = (&mut greedy[0]).now_or_never().unwrap().unwrap();
        assert!((&mut modest).now_or_never().is_none());
        drop(first);
        assert!((&mut greedy[1]).now_or_never().is_none());
        assert!(modest.now_or_never().unwrap().is_ok());
    }

    #[test]
    fn one_client_uses_at_most_half_of_the_places() {
        let queue = ExecutionQueue::new([1, 1, 1]);
        let _running = queue.acquire(Lane::Expensive, client(1)).now_or_never().unwrap();
        let half = MAX_WAITING_EXPENSIVE / 2;
        let _waiting: Vec<_> = (0..half).map(|_| wait(&queue, Lane::Expensive, client(1))).collect();
        assert!(queue.acquire(Lane::Expensive, client(1)).now_or_never().unwrap().is_err());
        drop(wait(&queue, Lane::Expensive, client(2)));
    }

    #[test]
    fn cancelled_operations_free_their_places_and_permits() {
        let queue = ExecutionQueue::new([1, 1, 1]);
        let running = queue.acquire(Lane::Expensive, None).now_or_never().unwrap().unwrap();
        let cancelled: Vec<_> =
            (0..MAX_WAITING_EXPENSIVE).map(|_| wait(&queue, Lane::Expensive, None)).collect();
        drop(cancelled);
        let waiting = wait(&queue, Lane::Expensive, None);
        assert_eq!(queue.waiting_count(), 1);
        drop(running);
        let granted = waiting;
        // Cancelled after it was granted, before it was polled.
        drop(granted);
        assert!(queue.acquire(Lane::Expensive, None).now_or_never().unwrap().is_ok());
    }
}
