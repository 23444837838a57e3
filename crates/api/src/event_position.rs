//! Position of a subscription in the change log, for transports whose clients resume by themselves.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use passerelle_model::revision::RevisionNumber;
use passerelle_storage::ChangePosition;

/// Position of a subscription, shared by its resolver and its transport.
///
/// As text, it is the id of an event: the id of the database, the revision and the ordinal of the change, for
/// example `00c3a1f0e2b4d596-12.3`. The id of the database tells a client that resumes on another database to
/// refetch its data.
#[derive(Clone, Debug, Default)]
pub struct EventPosition(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Id of the last event that the client received, as the client sent it.
    last_event_id: Option<String>,
    /// Id of the position of the subscription. `None` for a subscription without positions.
    current: Option<String>,
}

/// Position at which a client resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// The client continues after this position.
    After(ChangePosition),
    /// The client has an id that is not of this database.
    Unknown,
}

impl EventPosition {
    /// Creates the position of a client that resumes after an event.
    pub fn after_event(last_event_id: &str) -> Self {
        let state = State { last_event_id: Some(last_event_id.to_owned()), current: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns the id of the last event, or of the start of the subscription. `None` if its events have no
    /// ids.
    pub fn event_id(&self) -> Option<String> {
        self.state().current.clone()
    }

    /// Returns where the client resumes. `None` if it starts anew.
    pub(crate) fn resume(&self, database_id: &str) -> Option<Resume> {
        let state = self.state();
        let id = state.last_event_id.as_deref().filter(|id| !id.is_empty())?;
        Some(parse(id, database_id).map_or(Resume::Unknown, Resume::After))
    }

    /// Sets the position after an event.
    pub(crate) fn set(&self, database_id: &str, position: ChangePosition) {
        let id = format!("{database_id}-{}.{}", position.revision, position.ordinal);
        self.state().current = Some(id);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(id: &str, database_id: &str) -> Option<ChangePosition> {
    let (revision, ordinal) = id.strip_prefix(database_id)?.strip_prefix('-')?.split_once('.')?;
    let revision = RevisionNumber::new(revision.parse().ok()?);
    Some(ChangePosition { revision, ordinal: ordinal.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_resumes_at_the_id_that_it_received() {
        let place = ChangePosition { revision: RevisionNumber::new(12), ordinal: 3 };
        let sent = EventPosition::default();
        assert_eq!((sent.event_id(), sent.resume("a1")), (None, None));
        sent.set("a1", place);
        let id = sent.event_id().unwrap();
        assert_eq!(id, "a1-12.3");
        let resumed = EventPosition::after_event(&id);
        assert_eq!(resumed.resume("a1"), Some(Resume::After(place)));
        assert_eq!(resumed.resume("b2"), Some(Resume::Unknown));
        for id in ["a1-12", "a1-x.1", "12.3", "é"] {
            assert_eq!(EventPosition::after_event(id).resume("a1"), Some(Resume::Unknown), "{id}");
        }
        assert_eq!(EventPosition::after_event("").resume("a1"), None);
    }
}
