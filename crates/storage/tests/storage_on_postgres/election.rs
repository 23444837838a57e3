//! Election of the process that publishes, and the fence around the others.

use std::time::Duration;

use passerelle_model::sync::{SyncOutcome, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Election, Epoch, Storage, StorageError, SyncRequestNumber};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::engine::Place;
use crate::postgres::execute;
use crate::support::{changed, ingested};

/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

async fn candidate(place: &Place, name: &str) -> (Storage, Election) {
    let storage = Storage::open(&place.url()).await.unwrap();
    let election = storage.join_election(name);
    (storage, election)
}

async fn win(election: &mut Election) {
    timeout(TIMEOUT, election.wait_until_elected(async || Duration::ZERO, || Duration::ZERO)).await.unwrap();
}

async fn publish(storage: &Storage, path: &str) -> Result<i64, StorageError> {
    let mut changes = [changed(ingested(path, "# Page\n"))];
    let report = storage.publish(&mut changes, Timestamp::from_millis(1)).await?;
    Ok(report.unwrap().revision.number.get())
}

#[tokio::test]
async fn only_the_leader_publishes() {
    let place = Place::migrated();
    let (first, mut first_election) = candidate(&place, "first").await;
    let (second, mut second_election) = candidate(&place, "second").await;
    assert!(first_election.attempt(Duration::ZERO).await.unwrap());
    assert!(!second_election.attempt(Duration::ZERO).await.unwrap());
    assert_eq!(publish(&first, "a.md").await.unwrap(), 1);
    assert!(matches!(publish(&second, "b.md").await, Err(StorageError::NotLeader)));
    assert!(matches!(second.set_reader_version(9).await, Err(StorageError::NotLeader)));
    // A command outside the election names the leader.
    let command = Storage::open(&place.url()).await.unwrap();
    let error = publish(&command, "c.md").await.unwrap_err();
    assert!(matches!(&error, StorageError::OtherLeader { leader } if leader == "first"), "{error}");
    let record = second.leader_record().await.unwrap();
    assert_eq!((record.name.as_deref(), record.is_leading), (Some("first"), true));

    first_election.resign().await;
    assert!(second_election.attempt(Duration::ZERO).await.unwrap());
    assert_eq!(second_election.epoch().map(Epoch::get), Some(2));
    assert_eq!(publish(&second, "b.md").await.unwrap(), 2);
    assert!(matches!(publish(&first, "a.md").await, Err(StorageError::NotLeader)));
}

#[tokio::test]
async fn lock_of_a_leader_that_is_gone_is_enough() {
    let place = Place::migrated();
    let (first, mut first_election) = candidate(&place, "first").await;
    win(&mut first_election).await;
    // The connection ends without a word, as after a kill. The lease is still valid.
    drop(first_election);
    let (second, mut second_election) = candidate(&place, "second").await;
    win(&mut second_election).await;
    // A process without the folder would have waited for the lease.
    assert_eq!(publish(&second, "a.md").await.unwrap(), 1);
    // The first process does not know that it was replaced. The epoch stops it.
    assert!(matches!(publish(&first, "b.md").await, Err(StorageError::NotLeader)));
    assert_eq!(second.latest().await.unwrap().revision().number.get(), 1);
}

#[tokio::test]
async fn frozen_leader_loses_its_lock_and_its_transaction() {
    let place = Place::migrated();
    let (first, mut first_election) = candidate(&place, "first").await;
    win(&mut first_election).await;
    // Stands for the write transaction of the frozen leader: it holds the row of `meta`.
    let frozen = Database::connect(place.url()).await.unwrap();
    let transaction = frozen.begin().await.unwrap();
    transaction.execute_unprepared("UPDATE meta SET revision = revision + 1").await.unwrap();
    let (second, mut second_election) = candidate(&place, "second").await;
    assert!(!second_election.attempt(Duration::ZERO).await.unwrap(), "the lease is valid");
    execute(&place.url(), "UPDATE leader SET lease_until = 0");
    win(&mut second_election).await;
    assert!(transaction.commit().await.is_err());
    assert_eq!(publish(&second, "a.md").await.unwrap(), 1);
    // The frozen leader wakes.
    assert!(matches!(publish(&first, "b.md").await, Err(StorageError::NotLeader)));
    let status = watch::Sender::new(SyncStatus::default());
    let requested = watch::Sender::new(SyncRequestNumber::default());
    timeout(TIMEOUT, first_election.hold_lease(status.subscribe(), &requested)).await.unwrap();
    // A process that was replaced does not take the leadership back.
    assert!(!first_election.attempt(Duration::ZERO).await.unwrap());
    assert_eq!(publish(&second, "c.md").await.unwrap(), 2);
}

#[tokio::test]
async fn state_and_requests_travel_over_the_database() {
    let place = Place::migrated();
    let (leader, mut election) = candidate(&place, "leader").await;
    win(&mut election).await;
    let (follower, _) = candidate(&place, "follower").await;
    let status = watch::Sender::new(SyncStatus { scans: 7, ..SyncStatus::default() });
    let requested = watch::Sender::new(SyncRequestNumber::default());
    let mut numbers = requested.subscribe();
    let mut reports = follower.subscribe_leader();
    let (receiver, outcome) = (status.subscribe(), SyncOutcome { revision: None, problems: Vec::new() });
    let work = async {
        reports.changed().await.unwrap();
        while follower.leader_record().await.unwrap().status.is_none_or(|status| status.scans != 7) {
            reports.changed().await.unwrap();
        }
        let number = follower.request_sync().await.unwrap();
        numbers.wait_for(|known| *known == number).await.unwrap();
        leader.complete_sync(number, &outcome).await.unwrap();
        while follower.leader_record().await.unwrap().completed != number {
            reports.changed().await.unwrap();
        }
        assert_eq!(follower.leader_record().await.unwrap().outcome, Some(outcome.clone()));
    };
    tokio::select! {
        () = work => {}
        reason = election.hold_lease(receiver, &requested) => panic!("{reason}"),
        () = leader.follow() => {}
        () = follower.follow() => {}
        () = tokio::time::sleep(TIMEOUT) => panic!("no notification arrived"),
    }
}

#[tokio::test]
async fn follower_learns_of_a_revision_after_its_connections_were_cut() {
    let place = Place::migrated();
    let storage = Storage::open(&place.url()).await.unwrap();
    let follower = Storage::open(&place.url()).await.unwrap();
    let mut revisions = follower.subscribe_revisions();
    let work = async {
        for number in 1..=3 {
            assert_eq!(publish(&storage, &format!("{number}.md")).await.unwrap(), number);
            revisions.wait_for(|known| known.number.get() == number).await.unwrap();
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
            execute(&place.url(), cut);
        }
    };
    tokio::select! {
        () = work => {}
        () = follower.follow() => {}
        () = tokio::time::sleep(TIMEOUT) => panic!("a revision was missed"),
    }
}
