//! Latest snapshot of the index, shared between the updater and the searches.

use std::sync::Arc;

use passerelle_model::revision::{Revision, RevisionNumber};

use crate::query::snapshot::Snapshot;

/// Latest snapshot. Empty until the index is built for the first time.
#[derive(Clone, Default)]
pub(crate) struct LiveIndex(Option<Arc<Snapshot>>);

impl LiveIndex {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self(Some(Arc::new(snapshot)))
    }

    pub(crate) fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.0.as_ref()
    }

    pub(crate) fn revision(&self) -> Option<Revision> {
        self.0.as_ref().map(|snapshot| snapshot.revision())
    }

    /// Returns true if the index contains a revision.
    pub(crate) fn contains(&self, revision: RevisionNumber) -> bool {
        self.revision().is_some_and(|own| own.number >= revision)
    }
}
