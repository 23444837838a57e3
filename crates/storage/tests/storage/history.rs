//! History: progress over time, pruning, and the number of statements.

use passerelle_model::change::ChangeKind;
use passerelle_model::interval::Interval;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::revision::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::MeasureFilter;
use passerelle_storage::{AsOfResult, ChangeFilter, ChangePosition, FileChange, MeasureScope, Pagination};

use crate::support::{Database, PLAN, changed, ingested, path};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

impl Database {
    async fn publish_at(&mut self, date: &str, text: &str) {
        let mut change = [changed(ingested("plan.txt", text))];
        self.storage.publish(&mut change, at(date)).await.unwrap().unwrap();
    }
}

/// Returns a plan with this number of measures.
fn plan_with(measures: u32) -> String {
    let rows = (1..=measures).map(|number| format!("{number}.\tCreuser la mare {number}\tEn cours\n"));
    format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n{}", rows.collect::<Vec<_>>().concat())
}

#[tokio::test]
async fn progress_point_is_the_state_at_the_end_of_the_interval() {
    let mut database = Database::new().await;
    let all_completed = PLAN.replace("En cours", "Réalisé");
    database.publish_at("2025-01-10T10:00:00Z", PLAN).await;
    database.publish_at("2025-01-20T10:00:00Z", &PLAN.replace("Réalisé", "En cours")).await;
    database.publish_at("2025-03-05T10:00:00Z", &all_completed).await;
    let plan = database.plan().await.key;
    let points = database.view().await.progress_over_time(&plan, Interval::Month).await.unwrap();
    let values: Vec<(String, u32, u32)> = points
        .iter()
        .map(|point| {
            let progress = point.progress.unwrap();
            (point.at.to_string(), progress.total(), progress.count(MeasureStatus::Completed))
        })
        .collect();
    let values: Vec<_> =
        values.iter().map(|(at, total, completed)| (at.as_str(), *total, *completed)).collect();
    assert_eq!(
        values,
        [
            ("2025-02-01T00:00:00.000Z", 4, 0),
            ("2025-03-01T00:00:00.000Z", 4, 0),
            ("2025-03-05T10:00:00.000Z", 4, 2)
        ]
    );
    let days = database.view().await.progress_over_time(&plan, Interval::Day).await.unwrap();
    assert_eq!((days.len(), days[0].progress.unwrap().count(MeasureStatus::Completed)), (55, 1));
}

#[tokio::test]
async fn progress_is_unknown_while_no_measure_has_a_status() {
    let mut database = Database::new().await;
    let table = |status: &str| {
        format!(
            "---\nkind: plan\n---\n# Plan des mares 2025\n\n## Axe 1 : Creuser\n\n| N° | Mesure | Pilote{status} |\n\
             | --- | --- | --- |{}\n| 1 | Creuser une mare | Parcs{} |\n| 2 | Poser un ponton | Parcs |\n",
            if status.is_empty() { "" } else { " --- |" },
            if status.is_empty() { "" } else { " | À faire" },
        )
    };
    database.publish_at("2025-01-10T10:00:00Z", &table("")).await;
    database.publish_at("2025-02-10T10:00:00Z", &table(" | Statut")).await;
    let plan = database.plan().await.key;
    let points = database.view().await.progress_over_time(&plan, Interval::Month).await.unwrap();
    let totals: Vec<_> = points.iter().map(|point| point.progress.map(|progress| progress.total())).collect();
    assert_eq!(totals, [None, Some(2)]);
    assert_eq!(database.view().await.progress_by_category(&plan).await.unwrap().len(), 1);
}

#[tokio::test]
async fn prune_deletes_old_rows_and_keeps_later_revisions_readable() {
    let mut database = Database::new().await;
    database.publish_at("2025-01-01", PLAN).await;
    database.publish_at("2025-02-01", &PLAN.replace("PPS À faire", "PPS En cours")).await;
    database.publish_at("2025-03-01", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let key = database.measure(2).await.key;
    let pruned = database.storage.prune(at("2025-02-15")).await.unwrap();
    assert_eq!((pruned.rows_deleted, pruned.oldest_revision), (1, RevisionNumber::new(2)));
    let statuses = database.view().await.status_changes(std::slice::from_ref(&key)).await.unwrap();
    let statuses: Vec<_> = statuses[&key].iter().map(|change| change.to).collect();
    assert_eq!(statuses, [MeasureStatus::InProgress, MeasureStatus::Completed]);
    assert!(
        matches!(database.storage.as_of(at("2025-01-15")).await.unwrap(), AsOfResult::Pruned(oldest) if oldest == at("2025-02-01"))
    );
    assert!(matches!(
        database.storage.as_of(at("2024-01-01")).await.unwrap(),
        AsOfResult::BeforeFirstRevision
    ));
    let AsOfResult::Found(past_view) = database.storage.as_of(at("2025-02-20")).await.unwrap() else {
        panic!("the revision is not pruned")
    };
    let past_view = past_view.measures_by_key(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(past_view[&key].status, MeasureStatus::InProgress);
    // Pruning again, or to an earlier date, deletes nothing.
    assert_eq!(database.storage.prune(at("2025-02-15")).await.unwrap().rows_deleted, 0);
    let less = database.storage.prune(at("2025-01-15")).await.unwrap();
    assert_eq!((less.rows_deleted, less.oldest_revision), (0, RevisionNumber::new(2)));
    let filter = ChangeFilter { kinds: vec![ChangeKind::StatusChanged], ..ChangeFilter::default() };
    let changes = database.view().await.changes(&filter, &Pagination::first(10)).await.unwrap();
    let kinds: Vec<_> =
        changes.items.iter().map(|(_, change)| (change.revision.number.get(), change.kind)).collect();
    assert_eq!(kinds, [(2, ChangeKind::Resync), (3, ChangeKind::StatusChanged)]);
}

#[tokio::test]
async fn status_change_runs_the_same_number_of_statements_for_any_plan_size() {
    let mut costs = Vec::new();
    for measures in [20, 2_000] {
        let mut database = Database::new().await;
        let text = plan_with(measures);
        database.publish_file("plan.txt", &text).await;
        let before = database.storage.statement_count();
        let published = database.publish_file("plan.txt", &text.replacen("En cours", "Réalisé", 1)).await;
        assert_eq!(published.changes.len(), 1);
        costs.push(database.storage.statement_count() - before);
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn measure_index_is_correct_at_past_and_later_revisions() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let first = database.view().await;
    let plan = database.plan().await.key;
    let scope = MeasureScope { plan: plan.clone(), category: None };
    let completed = async |view: &passerelle_storage::ReadView| {
        let facets =
            view.measure_facets(std::slice::from_ref(&scope), &MeasureFilter::default()).await.unwrap();
        (facets[&scope].progress.total(), facets[&scope].progress.count(MeasureStatus::Completed))
    };
    assert_eq!(completed(&first).await, (4, 1));
    database.publish_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let second = database.view().await;
    // The batch changes a heading and a measure, so the category tree changes.
    database
        .publish_file(
            "plan.txt",
            &PLAN.replace("## AXE 2: Arroser", "5.\tSemer\tÀ faire\n\n## AXE 2: Irriguer"),
        )
        .await;
    let third = database.view().await;
    for _ in 0..2 {
        assert_eq!(completed(&third).await, (5, 1));
        assert_eq!(completed(&first).await, (4, 1));
        assert_eq!(completed(&second).await, (4, 2));
    }
    database.publish(vec![FileChange::DocumentRemoved(path("plan.txt"))]).await.unwrap();
    assert_eq!(completed(&database.view().await).await, (0, 0));
    assert_eq!(completed(&third).await, (5, 1));
}

#[tokio::test]
async fn measure_index_is_rebuilt_after_pruning() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let scope = MeasureScope { plan: database.plan().await.key, category: None };
    let total = async |database: &Database| {
        let view = database.view().await;
        let facets =
            view.measure_facets(std::slice::from_ref(&scope), &MeasureFilter::default()).await.unwrap();
        facets[&scope].progress.total()
    };
    assert_eq!(total(&database).await, 4);
    database.publish_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    database.storage.prune(at("2025-01-01")).await.unwrap();
    assert_eq!(total(&database).await, 4);
}

#[tokio::test]
async fn changes_after_any_position_returns_the_next_changes() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    database.publish_file("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")).await;
    let view = database.view().await;
    let everything = ChangeFilter::default();
    let all =
        view.changes_after(ChangePosition::end_of(RevisionNumber::new(0)), &everything, 100).await.unwrap();
    assert_eq!(all.len(), 6);
    // With a limit of one, every change follows the previous one.
    let mut position = ChangePosition::end_of(RevisionNumber::new(0));
    for change in &all {
        let next = view.changes_after(position, &everything, 1).await.unwrap();
        assert_eq!(next, std::slice::from_ref(change));
        position = change.position();
    }
    assert_eq!(view.changes_after(position, &everything, 1).await.unwrap(), []);
    assert_eq!(view.change_at(position).await.unwrap().as_ref(), all.last());
}

#[tokio::test]
async fn a_text_at_a_past_revision_is_compared_with_all_texts_of_a_measure() {
    let plan = |party: &str| {
        format!(
            "---\nkind: plan\n---\n# Plan des haies\n\n| N° | Mesure | Pilote | Zone | Statut |\n|---|---|---|---|---|\n\
             | A1 | Tailler les haies | {party} | Nord | En cours |\n| A2 | Planter des saules | Parcs | Sud | À faire |\n"
        )
    };
    let mut database = Database::new().await;
    database.publish_file("plan.md", &plan("Voirie")).await;
    let past = database.view().await;
    database.publish_file("plan.md", &plan("Jardins")).await;
    let scope = MeasureScope { plan: database.plan().await.key, category: None };
    for (text, at_first, now) in [
        ("voirie", vec!["A1"], vec![]),
        ("jardins", vec![], vec!["A1"]),
        ("haies zone nord", vec!["A1"], vec!["A1"]),
        ("a2", vec!["A2"], vec!["A2"]),
        ("saules nord", vec![], vec![]),
    ] {
        for (view, expected) in [(&past, at_first), (&database.view().await, now)] {
            let filter = MeasureFilter::Text(text.to_owned());
            let found = view.all_measures(&scope, &filter, &[]).await.unwrap();
            let labels: Vec<&str> = found.iter().map(|measure| measure.label.as_str()).collect();
            assert_eq!(labels, expected, "{text}");
        }
    }
}
