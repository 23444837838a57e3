//! Status of a follower: that of the leader, as the database has it.

use std::time::Duration;

use passerelle_model::sync::{SyncRole, SyncState, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{LeaderRecord, StorageError};
use passerelle_watcher::{Clock, database_unavailable, no_leader};
use tokio::sync::watch;

/// Writes the status of a follower.
pub(super) struct LeaderStatus {
    status: watch::Sender<SyncStatus>,
    clock: Clock,
    /// Name of the leader in the last line of the log. `None` before the first line; empty if nobody leads.
    logged: Option<String>,
}

impl LeaderStatus {
    pub(super) fn new(status: watch::Sender<SyncStatus>, clock: Clock) -> Self {
        Self { status, clock, logged: None }
    }

    /// Replaces the status by that of the leader. Receivers are notified only if it differs.
    pub(super) fn update(&mut self, record: Result<&LeaderRecord, &StorageError>) {
        let now = (self.clock)();
        let status = match record {
            Ok(record) => {
                self.log_leader(record);
                status_of(record, now)
            }
            Err(error) => {
                tracing::debug!(%error, "cannot read the state of the leader");
                self.status_without_database(now)
            }
        };
        self.status.send_if_modified(|present| {
            // If only the time differs, receivers are not notified.
            let seen_at = status.leader_seen_at;
            let is_news = *present != SyncStatus { leader_seen_at: present.leader_seen_at, ..status.clone() };
            if is_news {
                *present = status;
            } else {
                present.leader_seen_at = seen_at;
            }
            is_news
        });
    }

    fn status_without_database(&self, now: Timestamp) -> SyncStatus {
        let present = self.status.borrow().clone();
        let problem = database_unavailable(now);
        let known = present.problems.iter().find(|known| known.kind == problem.kind).cloned();
        SyncStatus {
            role: SyncRole::Follower,
            leader: None,
            state: SyncState::Degraded,
            problems: vec![known.unwrap_or(problem)],
            problem_count: 1,
            ..present
        }
    }

    fn log_leader(&mut self, record: &LeaderRecord) {
        let leader = record.name.clone().filter(|_| record.is_leading).unwrap_or_default();
        if self.logged.as_ref() == Some(&leader) {
            return;
        }
        if leader.is_empty() {
            tracing::warn!(sync.role = "follower", "no process synchronises the folder");
        } else {
            tracing::info!(sync.role = "follower", sync.leader = leader, "follows the leader");
        }
        self.logged = Some(leader);
    }
}

fn status_of(record: &LeaderRecord, now: Timestamp) -> SyncStatus {
    let ago = i64::try_from(record.seen_ago.as_millis()).unwrap_or(i64::MAX);
    let seen_at = Timestamp::from_millis(now.millis().saturating_sub(ago));
    let mut status = SyncStatus {
        role: SyncRole::Follower,
        leader: record.name.clone().filter(|_| record.is_leading),
        leader_seen_at: record.name.as_ref().map(|_| seen_at),
        ..record.status.clone().unwrap_or_default()
    };
    if !record.is_leading {
        let message = match &record.name {
            Some(name) => format!("no process synchronises the folder; {name} was the last one"),
            None => "no process synchronises the folder yet".to_owned(),
        };
        let since = status.leader_seen_at.unwrap_or(now);
        status.state = SyncState::Degraded;
        status.problems.insert(0, no_leader(&message, since));
        status.problems.truncate(SyncStatus::MAX_PROBLEMS);
        status.problem_count += 1;
    }
    status
}

/// Returns true if a request cannot expect an answer: no process leads, and none was elected for this long.
pub(super) fn is_abandoned(record: &LeaderRecord, after: Duration) -> bool {
    !record.is_leading && record.seen_ago > after
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use passerelle_model::sync::ProblemKind;

    use super::*;

    fn record(is_leading: bool) -> LeaderRecord {
        LeaderRecord {
            name: Some("a".to_owned()),
            is_leading,
            seen_ago: Duration::from_millis(1_500),
            status: Some(SyncStatus { scans: 7, leader: Some("a".to_owned()), ..SyncStatus::default() }),
            ..LeaderRecord::default()
        }
    }

    #[test]
    fn follower_shows_the_state_of_the_leader_and_when_it_was_heard_of() {
        let status = status_of(&record(true), Timestamp::from_millis(10_000));
        assert_eq!((status.role, status.state, status.scans), (SyncRole::Follower, SyncState::Idle, 7));
        assert_eq!(status.leader.as_deref(), Some("a"));
        assert_eq!(status.leader_seen_at, Some(Timestamp::from_millis(8_500)));
    }

    #[test]
    fn follower_without_a_leader_is_degraded_with_the_reason() {
        let status = status_of(&record(false), Timestamp::from_millis(10_000));
        assert_eq!((status.state, status.leader.as_deref()), (SyncState::Degraded, None));
        assert_eq!((status.problems[0].kind, status.problem_count), (ProblemKind::NoLeader, 1));
        assert!(status.reason().unwrap().contains("a was the last one"));
    }

    #[test]
    fn time_that_passes_notifies_no_subscriber() {
        let status = watch::Sender::new(SyncStatus::default());
        let mut changes = status.subscribe();
        let clock: Clock = Arc::new(|| Timestamp::from_millis(10_000));
        let mut leader = LeaderStatus::new(status, clock);
        leader.update(Ok(&record(true)));
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        leader.update(Ok(&LeaderRecord { seen_ago: Duration::ZERO, ..record(true) }));
        assert!(!changes.has_changed().unwrap());
        assert_eq!(changes.borrow().leader_seen_at, Some(Timestamp::from_millis(10_000)));
    }
}
