//! How the worker that keeps the service equal to the folder is doing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// The number of a batch of changes, without gaps, in the order in which they became visible. 0: nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNumber(i64);

impl RevisionNumber {
    /// The revision of this number.
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A revision and when it was published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub number: RevisionNumber,
    /// When it was published.
    pub at: Timestamp,
}

/// How changes come to be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WatchMode {
    /// The operating system tells.
    #[default]
    Native,
    /// The folder is looked at again and again.
    Polling,
}

/// What the worker is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncState {
    /// Nothing known to be different from the folder.
    #[default]
    Idle,
    /// Changes are being read or published.
    Syncing,
    /// The folder cannot be read or watched in full; the last good state is served.
    Degraded,
}

/// The worker's state, as it tells it to the API over a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// How changes come to be known.
    pub mode: WatchMode,
    /// What the worker is at.
    pub state: SyncState,
    /// Documents known to be different and not yet published.
    pub pending: u32,
    /// When the whole folder was last compared.
    pub last_scan_at: Option<Timestamp>,
    /// Why the state is [`SyncState::Degraded`]; for operators.
    pub reason: Option<String>,
}
