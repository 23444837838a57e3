//! Position of a subscription in the change log, for transports whose clients resume by themselves.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use passerelle_model::revision::RevisionNumber;
use passerelle_storage::{ChangePosition, DatabaseId};

/// Position of a subscription, shared by its resolver and its transport.
///
/// As text, it is the id of an event: the id of the database, the revision and the ordinal of the change, for
/// example `00c3a1f0e2b4d596-12.3`. The id of the database tells a client that resumes on another database to
/// refetch its data.
#[derive(Clone, Debug, Default)]
pub struct EventPosition(Arc<Mutex<State>>);

/// Id of an event, as a client sends it. It can be of another database, or no id at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId(String);

impl EventId {
    /// Creates an id from the text of a client. `None` for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    fn at(database: DatabaseId, position: ChangePosition) -> Self {
        Self(format!("{database}-{}.{}", position.revision, position.ordinal))
    }

    /// Returns the position. `None` if the id is not of this database.
    fn position(&self, database: DatabaseId) -> Option<ChangePosition> {
        let own = self.0.strip_prefix(&database.to_string())?.strip_prefix('-')?;
        let (revision, ordinal) = own.split_once('.')?;
        let revision = RevisionNumber::new(revision.parse().ok()?);
        Some(ChangePosition { revision, ordinal: ordinal.parse().ok()? })
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Default)]
struct State {
    /// Id of the last event that the client received. `None` if the client starts anew.
    last_event_id: Option<EventId>,
    /// Id of the position of the subscription. `None` for a subscription without positions.
    current: Option<EventId>,
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
    pub fn after_event(last_event_id: EventId) -> Self {
        let state = State { last_event_id: Some(last_event_id), current: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns the id of the last event, or of the start of the subscription. `None` if its events have no
    /// ids.
    pub fn event_id(&self) -> Option<EventId> {
        self.state().current.clone()
    }

    /// Returns where the client resumes. `None` if it starts anew.
    pub(crate) fn resume(&self, database: DatabaseId) -> Option<Resume> {
        let state = self.state();
        let id = state.last_event_id.as_ref()?;
        Some(id.position(database).map_or(Resume::Unknown, Resume::After))
    }

    /// Sets the position after an event.
    pub(crate) fn set(&self, database: DatabaseId, position: ChangePosition) {
        self.state().current = Some(EventId::at(database, position));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_resumes_at_the_id_that_it_received() {
        let place = ChangePosition { revision: RevisionNumber::new(12), ordinal: 3 };
        let (own, other) = (DatabaseId::new(0xa1), DatabaseId::new(0xb2));
        let sent = EventPosition::default();
        assert_eq!((sent.event_id(), sent.resume(own)), (None, None));
        sent.set(own, place);
        let id = sent.event_id().unwrap();
        assert_eq!(id.to_string(), "00000000000000a1-12.3");
        let resumed = EventPosition::after_event(id);
        assert_eq!(resumed.resume(own), Some(Resume::After(place)));
        assert_eq!(resumed.resume(other), Some(Resume::Unknown));
        for id in ["00000000000000a1-12", "00000000000000a1-x.1", "12.3", "é"] {
            let position = EventPosition::after_event(EventId::new(id).unwrap());
            assert_eq!(position.resume(own), Some(Resume::Unknown), "{id}");
        }
        assert_eq!(EventId::new(""), None);
    }
}
