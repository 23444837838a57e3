//! Right of this process to publish, and what it knows of the leader.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle_model::sync::{SyncOutcome, SyncStatus};
use tokio::sync::watch;

use crate::error::StorageError;

/// Value of the epoch of a process that takes part in no election.
const OUTSIDE: i64 = -1;
/// Value of the epoch of a process that does not lead. Epochs of leaders are positive.
const NOT_LEADING: i64 = 0;

/// Number of a leader's term. Each take-over increases it. Positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(i64);

impl Epoch {
    /// Epoch of the one process of a SQLite file. Nothing compares it.
    pub(crate) const ONLY: Self = Self(1);

    /// Creates an epoch from its number. `None` unless it is positive.
    pub(crate) fn new(number: i64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// Number of a request for a full scan. The default is less than that of every request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SyncRequestNumber(i64);

impl SyncRequestNumber {
    /// Creates a number from the value of a row.
    pub(crate) fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the value for a row.
    pub(crate) fn get(self) -> i64 {
        self.0
    }
}

/// Right to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// The process takes part in no election. It publishes only while no process leads.
    Outside,
    /// The process leads with this epoch.
    Epoch(Epoch),
}

/// Present right of this process. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Leadership(Arc<AtomicI64>);

impl Default for Leadership {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(OUTSIDE)))
    }
}

impl Leadership {
    /// Begins a term.
    pub(crate) fn begin(&self, epoch: Epoch) {
        self.0.store(epoch.get(), Ordering::SeqCst);
    }

    /// Ends the right to publish until the next term.
    pub(crate) fn end(&self) {
        self.0.store(NOT_LEADING, Ordering::SeqCst);
    }

    /// Returns the present right.
    ///
    /// # Errors
    /// [`StorageError::NotLeader`] for a follower and for a replaced leader.
    pub(crate) fn term(&self) -> Result<Term, StorageError> {
        match self.0.load(Ordering::SeqCst) {
            OUTSIDE => Ok(Term::Outside),
            number => Epoch::new(number).map(Term::Epoch).ok_or(StorageError::NotLeader),
        }
    }
}

/// State of the leader, as the database has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaderRecord {
    /// Name of the last leader. `None` if no process has led yet.
    pub name: Option<String>,
    /// True if the lease is valid.
    pub is_leading: bool,
    /// Time since the leader was last heard of, by the clock of the database.
    pub seen_ago: Duration,
    /// State that the leader reported. `None` before its first report, and if another version wrote it.
    pub status: Option<SyncStatus>,
    /// Number of the latest completed request for a full scan.
    pub completed: SyncRequestNumber,
    /// Result of that request.
    pub outcome: Option<SyncOutcome>,
}

/// Signals of other processes. Each channel counts them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// The leader reported its state.
    pub(crate) status: watch::Sender<u64>,
    /// A process asked the leader for a full scan.
    pub(crate) request: watch::Sender<u64>,
}

impl Signals {
    /// Wakes everything that waits for a signal.
    pub(crate) fn wake_all(&self) {
        for signal in [&self.status, &self.request] {
            signal.send_modify(|count| *count += 1);
        }
    }
}
