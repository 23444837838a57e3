//! The index as those see it who search.

use std::sync::Arc;
use std::time::Duration;

use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_storage::Storage;
use tokio::sync::watch;

use crate::error::SearchError;
use crate::follow::Follower;
use crate::place::IndexPlace;
use crate::question::{Found, Question};
use crate::snapshot::Snapshot;

/// A question that is read at a revision waits so long for the index to have it. The index takes some milliseconds for a
/// few documents; where it takes longer, thousands came at once, and who asks is told at which revision they are answered.
pub const WAIT: Duration = Duration::from_millis(500);

/// What is searchable now; nothing before the index was first built.
#[derive(Clone, Default)]
pub(crate) struct Live(Option<Arc<Snapshot>>);

impl Live {
    pub(crate) fn of(snapshot: Snapshot) -> Self {
        Self(Some(Arc::new(snapshot)))
    }

    pub(crate) fn revision(&self) -> Option<Revision> {
        self.0.as_ref().map(|snapshot| snapshot.revision())
    }

    fn has(&self, revision: RevisionNumber) -> bool {
        self.revision().is_some_and(|own| own.number >= revision)
    }
}

/// Searches what is served. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    live: watch::Receiver<Live>,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("revision", &self.revision()).finish()
    }
}

impl Search {
    /// An index of what a database serves, and the one that keeps it so, which is to be run.
    pub fn new(storage: Storage, place: IndexPlace) -> (Self, Follower) {
        let (sender, live) = watch::channel(Live::default());
        (Self { live }, Follower::new(storage, place, sender))
    }

    /// The revision that the index has everything of; none before it was first built.
    pub fn revision(&self) -> Option<Revision> {
        self.live.borrow().revision()
    }

    /// Waits until the index was first built.
    pub async fn built(&self) {
        // Its writer lives as long as the service.
        drop(self.live.clone().wait_for(|live| live.0.is_some()).await);
    }

    /// The index once it has a revision, or as it is after [`WAIT`]. None where it is not built yet.
    pub async fn at(&self, revision: RevisionNumber) -> Option<Arc<Snapshot>> {
        let mut live = self.live.clone();
        // Its writer may be gone, and the time may be over: what there is then is what is answered from.
        drop(tokio::time::timeout(WAIT, live.wait_for(|live| live.has(revision))).await);
        self.live.borrow().0.clone()
    }

    /// Answers a question from the index as it is once it has a revision. None where it is not built yet.
    pub async fn search(
        &self,
        revision: RevisionNumber,
        question: Question,
    ) -> Result<Option<Found>, SearchError> {
        let Some(snapshot) = self.at(revision).await else { return Ok(None) };
        let found = tokio::task::spawn_blocking(move || snapshot.search(&question)).await;
        found.unwrap_or_else(|error| Err(SearchError::Damaged(error.to_string()))).map(Some)
    }
}
