//! What was: over months, without what was pruned, whatever the size of a plan.

use passerelle_model::change::ChangeKind;
use passerelle_model::interval::Interval;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::sync::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::MeasureFilter;
use passerelle_storage::{Batch, ChangeFilter, ChangePlace, MeasureScope, Past, Window};

use crate::support::{Database, PLAN, ingested, path};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

impl Database {
    async fn drop_at(&mut self, date: &str, text: &str) {
        let batch = Batch { ingested: vec![ingested("plan.txt", text)], ..Batch::default() };
        self.storage.publish(batch, at(date)).await.unwrap().unwrap();
    }
}

/// A plan of so many measures.
fn plan(measures: u32) -> String {
    let rows = (1..=measures).map(|number| format!("{number}.\tCreuser la mare {number}\tEn cours\n"));
    format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n{}", rows.collect::<Vec<_>>().concat())
}

#[tokio::test]
async fn progress_is_that_of_the_end_of_each_interval() {
    let mut database = Database::new().await;
    let done = PLAN.replace("En cours", "Réalisé");
    database.drop_at("2025-01-10T10:00:00Z", PLAN).await;
    database.drop_at("2025-01-20T10:00:00Z", &PLAN.replace("Réalisé", "En cours")).await;
    database.drop_at("2025-03-05T10:00:00Z", &done).await;
    let plan = database.plan().await.key;
    let points = database.view().await.progress_over_time(&plan, Interval::Month).await.unwrap();
    let drawn: Vec<(String, u32, u32)> = points
        .iter()
        .map(|point| {
            (point.at.to_string(), point.progress.total(), point.progress.count(MeasureStatus::Completed))
        })
        .collect();
    let drawn: Vec<_> =
        drawn.iter().map(|(at, total, completed)| (at.as_str(), *total, *completed)).collect();
    assert_eq!(
        drawn,
        [
            ("2025-02-01T00:00:00.000Z", 4, 0),
            ("2025-03-01T00:00:00.000Z", 4, 0),
            ("2025-03-05T10:00:00.000Z", 4, 2)
        ]
    );
    let days = database.view().await.progress_over_time(&plan, Interval::Day).await.unwrap();
    assert_eq!((days.len(), days[0].progress.count(MeasureStatus::Completed)), (55, 1));
}

#[tokio::test]
async fn what_was_pruned_is_gone_and_the_rest_reads_as_before() {
    let mut database = Database::new().await;
    database.drop_at("2025-01-01", PLAN).await;
    database.drop_at("2025-02-01", &PLAN.replace("PPS À faire", "PPS En cours")).await;
    database.drop_at("2025-03-01", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let key = database.measure(2).await.key;
    let pruned = database.storage.prune(at("2025-02-15")).await.unwrap();
    assert_eq!((pruned.rows, pruned.oldest), (1, RevisionNumber::new(2)));
    let statuses = database.view().await.status_changes(std::slice::from_ref(&key)).await.unwrap();
    let statuses: Vec<_> = statuses[&key].iter().map(|change| change.to).collect();
    assert_eq!(statuses, [MeasureStatus::InProgress, MeasureStatus::Completed]);
    assert!(
        matches!(database.storage.as_of(at("2025-01-15")).await.unwrap(), Past::Pruned(oldest) if oldest == at("2025-02-01"))
    );
    assert!(matches!(database.storage.as_of(at("2024-01-01")).await.unwrap(), Past::Nothing));
    let Past::At(then) = database.storage.as_of(at("2025-02-20")).await.unwrap() else {
        panic!("it is kept")
    };
    let then = then.measures_by_key(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(then[&key].status, MeasureStatus::InProgress);
    // Twice is once, and less than what is gone changes nothing.
    assert_eq!(database.storage.prune(at("2025-02-15")).await.unwrap().rows, 0);
    let less = database.storage.prune(at("2025-01-15")).await.unwrap();
    assert_eq!((less.rows, less.oldest), (0, RevisionNumber::new(2)));
    let filter = ChangeFilter { since: RevisionNumber::new(0), kinds: vec![ChangeKind::StatusChanged] };
    let changes = database.view().await.changes(&filter, &Window::first(10)).await.unwrap();
    let kinds: Vec<_> =
        changes.items.iter().map(|(_, change)| (change.revision.number.get(), change.kind)).collect();
    assert_eq!(kinds, [(2, ChangeKind::Resync), (3, ChangeKind::StatusChanged)]);
}

#[tokio::test]
async fn a_changed_status_costs_as_much_in_a_small_plan_as_in_a_large_one() {
    let mut costs = Vec::new();
    for measures in [20, 2_000] {
        let mut database = Database::new().await;
        let text = plan(measures);
        database.drop_file("plan.txt", &text).await;
        let before = database.storage.statement_count();
        let published = database.drop_file("plan.txt", &text.replacen("En cours", "Réalisé", 1)).await;
        assert_eq!(published.changes.len(), 1);
        costs.push(database.storage.statement_count() - before);
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn an_index_follows_its_revision_back_and_forth() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    let first = database.view().await;
    let plan = database.plan().await.key;
    let scope = MeasureScope { plan: plan.clone(), category: None };
    let completed = async |view: &passerelle_storage::View| {
        let tallies = view.tallies(std::slice::from_ref(&scope), &MeasureFilter::default()).await.unwrap();
        (tallies[&scope].progress.total(), tallies[&scope].progress.count(MeasureStatus::Completed))
    };
    assert_eq!(completed(&first).await, (4, 1));
    database.drop_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let second = database.view().await;
    // Another heading, another measure: the tree is another one.
    database
        .drop_file("plan.txt", &PLAN.replace("## AXE 2: Arroser", "5.\tSemer\tÀ faire\n\n## AXE 2: Irriguer"))
        .await;
    let third = database.view().await;
    for _ in 0..2 {
        assert_eq!(completed(&third).await, (5, 1));
        assert_eq!(completed(&first).await, (4, 1));
        assert_eq!(completed(&second).await, (4, 2));
    }
    database.publish(Batch { removed: vec![path("plan.txt")], ..Batch::default() }).await.unwrap();
    assert_eq!(completed(&database.view().await).await, (0, 0));
    assert_eq!(completed(&third).await, (5, 1));
}

#[tokio::test]
async fn an_index_is_right_after_rows_were_pruned_that_it_had_not_seen_end() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    let scope = MeasureScope { plan: database.plan().await.key, category: None };
    let total = async |database: &Database| {
        let view = database.view().await;
        let tallies = view.tallies(std::slice::from_ref(&scope), &MeasureFilter::default()).await.unwrap();
        tallies[&scope].progress.total()
    };
    assert_eq!(total(&database).await, 4);
    database.drop_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    database.storage.prune(at("2025-01-01")).await.unwrap();
    assert_eq!(total(&database).await, 4);
}

#[tokio::test]
async fn the_log_is_read_on_from_any_place() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    database.drop_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let view = database.view().await;
    let all = view.changes_after(ChangePlace::after(RevisionNumber::new(0)), &[], 100).await.unwrap();
    assert_eq!(all.len(), 6);
    // Read one by one, each follows the one before.
    let mut place = ChangePlace::after(RevisionNumber::new(0));
    for change in &all {
        let next = view.changes_after(place, &[], 1).await.unwrap();
        assert_eq!(next, std::slice::from_ref(change));
        place = change.place();
    }
    assert_eq!(view.changes_after(place, &[], 1).await.unwrap(), []);
    assert_eq!(view.change_at(place).await.unwrap().as_ref(), all.last());
}
