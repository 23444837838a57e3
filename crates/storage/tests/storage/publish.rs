//! Publishing: rows written, rows unchanged, and content at each revision.

use std::collections::HashMap;

use passerelle_model::change::{ChangeKind, ChangedField};
use passerelle_model::document::{DocumentState, Fingerprint};
use passerelle_model::key::TranslationKey;
use passerelle_model::path::FolderPath;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::revision::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::{Direction, ListEnd, MeasureFilter, MeasureOrder};
use passerelle_storage::{
    AdjacentMeasures, DocumentFilter, DocumentQuery, FileChange, IngestedDocument, MeasureQuery,
    MeasureScope, PageFilter, PageOrder, PageQuery, Pagination, Storage,
};

use crate::support::{Database, PLAN, changed, ingested, path};

fn query(filter: MeasureFilter) -> MeasureQuery {
    MeasureQuery { filter, order: Vec::new(), pagination: Pagination::first(100) }
}

#[tokio::test]
async fn published_plan_is_read_back_unchanged() {
    let mut database = Database::new().await;
    let published = database.publish_file("plan.txt", PLAN).await;
    assert_eq!(published.revision.number.get(), 1);
    assert_eq!(published.changes.iter().filter(|change| change.kind == ChangeKind::MeasureAdded).count(), 4);
    let plan = database.plan().await;
    assert_eq!((plan.heading.slug.as_str(), plan.heading.year), ("plan-des-mares", Some(2025)));
    assert_eq!(plan.heading.footnotes.len(), 1);
    let measure = database.measure(2).await;
    assert_eq!((measure.title.text.as_str(), measure.programme.as_deref()), ("Poser un ponton", Some("PPS")));
    let view = database.view().await;
    let tree = view.category_tree(&plan.key).await.unwrap();
    let section = tree.find_by_path(&CategoryPath::parse("1.1.a").unwrap()).unwrap();
    assert_eq!(
        tree.ancestors(tree.index_of(&section.key).unwrap())
            .iter()
            .map(|at| tree.categories()[*at].path.as_str())
            .collect::<Vec<_>>(),
        ["1", "1.1"]
    );
    assert_eq!(measure.category, section.key);
    let lines = view.measure_source_lines(&[plan.document]).await.unwrap();
    assert_eq!(lines.into_values().next().unwrap()[&measure.key], 10);
}

#[tokio::test]
async fn status_change_writes_one_row_and_logs_one_change() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let before = (database.measure(1).await, database.measure(2).await);
    let old_view = database.view().await;
    let changed = format!("\n\n{}", PLAN.replace("PPS À faire", "PPS Réalisé"));
    let published = database.publish_file("plan.txt", &changed).await;
    let [change] = &published.changes[..] else { panic!("{:?}", published.changes) };
    assert_eq!((change.kind, change.field), (ChangeKind::StatusChanged, Some(ChangedField::Status)));
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("NOT_STARTED"), Some("COMPLETED")));
    assert_eq!(database.measure(1).await, before.0);
    let after = database.measure(2).await;
    assert_eq!((&after.key, after.status), (&before.1.key, MeasureStatus::Completed));
    assert_eq!(after.updated_at, published.revision.at);
    // The view of the old revision still returns the old content.
    let old = old_view.measures_by_key(std::slice::from_ref(&after.key)).await.unwrap();
    assert_eq!(*old[&after.key], before.1);
}

#[tokio::test]
async fn rejected_document_keeps_its_published_version() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let published = database.publish_file("plan.txt", &PLAN.replace("4.\t", "3.\t")).await;
    assert_eq!(
        published.changes.iter().map(|change| change.kind).collect::<Vec<_>>(),
        [ChangeKind::DocumentRejected]
    );
    assert_eq!(database.measure(4).await.number, 4);
    let view = database.view().await;
    let document = view.document_at(&path("plan.txt")).await.unwrap().unwrap();
    assert_eq!(document.state, DocumentState::Rejected);
    assert_eq!(document.published_revision.map(RevisionNumber::get), Some(1));
    assert_eq!(document.diagnostics[0].position.unwrap().line, 15);
    assert_eq!(view.document_counts().await.unwrap().rejected, 1);
    database.publish_file("plan.txt", PLAN).await;
    let document = database.view().await.document_at(&path("plan.txt")).await.unwrap().unwrap();
    let codes: Vec<&str> = document.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!((document.state, codes), (DocumentState::Published, vec!["REPEAT_ALONE"]));
}

#[tokio::test]
async fn removed_plan_keeps_its_measure_keys_when_published_again() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let measure = database.measure(1).await;
    let removed = FileChange::DocumentRemoved(path("plan.txt"));
    let published = database.publish(vec![removed]).await.unwrap();
    assert_eq!(published.changes[0].kind, ChangeKind::PlanRemoved);
    assert_eq!(database.view().await.plans().await.unwrap(), []);
    assert_eq!(database.view().await.document_counts().await.unwrap().documents, 0);
    database.publish_file("other.txt", PLAN).await;
    assert_eq!(database.measure(1).await.key, measure.key);
}

#[tokio::test]
async fn documents_that_swap_paths_keep_their_keys() {
    let mut database = Database::new().await;
    let other = PLAN.replace("mares", "haies");
    database.publish_file("a.txt", PLAN).await;
    database.publish_file("b.txt", &other).await;
    let key_of = |documents: HashMap<String, String>, path: &str| documents[path].clone();
    let keys = async |database: &Database| -> HashMap<String, String> {
        let query = DocumentQuery { filter: DocumentFilter::default(), pagination: Pagination::first(9) };
        let slice = database.view().await.documents(&query).await.unwrap();
        slice
            .items
            .into_iter()
            .map(|(_, document)| (document.path.to_string(), document.key.to_string()))
            .collect()
    };
    let before = keys(&database).await;
    let moved = |at: &str, from: &str, text: &str| IngestedDocument {
        moved_from: Some(path(from)),
        ..ingested(at, text)
    };
    let swapped = vec![changed(moved("b.txt", "a.txt", PLAN)), changed(moved("a.txt", "b.txt", &other))];
    let published = database.publish(swapped).await.unwrap();
    assert_eq!(published.changes, []);
    let after = keys(&database).await;
    assert_eq!(key_of(before.clone(), "a.txt"), key_of(after.clone(), "b.txt"));
    assert_eq!(key_of(before, "b.txt"), key_of(after, "a.txt"));
}

#[tokio::test]
async fn fingerprint_update_creates_no_revision() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let fingerprint = Fingerprint { inode: 7, size: PLAN.len() as u64, modified_nanos: 9, changed_nanos: 9 };
    let change = FileChange::DocumentFingerprint(path("plan.txt"), fingerprint);
    assert_eq!(database.publish(vec![change]).await, None);
    assert_eq!(database.view().await.revision().number.get(), 1);
    assert_eq!(database.storage.manifest().await.unwrap()[0].fingerprint.inode, 7);
}

#[tokio::test]
async fn measure_filters_return_matching_measures() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let within = |path: &str| MeasureFilter::Within(vec![CategoryPath::parse(path).unwrap()]);
    let not = |filter| MeasureFilter::Not(Box::new(filter));
    let cases = [
        (MeasureFilter::default(), vec![1, 2, 3, 4]),
        (MeasureFilter::Status(vec![MeasureStatus::NotStarted]), vec![2, 4]),
        (MeasureFilter::Number(vec![3, 1, 99]), vec![1, 3]),
        (within("1"), vec![1, 2]),
        (within("1.1.a"), vec![1, 2]),
        (within("1.2"), vec![]),
        (not(within("1.1.a")), vec![3, 4]),
        (MeasureFilter::HasProgramme(true), vec![2]),
        (not(MeasureFilter::Programme(vec!["PPS".to_owned()])), vec![1, 3, 4]),
        (MeasureFilter::IsRepeated(true), vec![1]),
        // The time of the file is 5 ms.
        (MeasureFilter::ChangedSince(Timestamp::from_millis(4)), vec![1, 2, 3, 4]),
        (MeasureFilter::ChangedSince(Timestamp::from_millis(5)), vec![]),
        (MeasureFilter::Any(vec![]), vec![]),
        (not(MeasureFilter::All(vec![])), vec![]),
        (MeasureFilter::Any(vec![within("2"), MeasureFilter::Number(vec![1])]), vec![1, 3, 4]),
        (MeasureFilter::All(vec![within("2"), not(MeasureFilter::Number(vec![4]))]), vec![3]),
    ];
    for (filter, numbers) in cases {
        assert_eq!(database.numbers(&query(filter.clone())).await, numbers, "{filter:?}");
    }
}

#[tokio::test]
async fn consecutive_slices_neither_overlap_nor_skip() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let scope = MeasureScope { plan: database.plan().await.key, category: None };
    let orders = [
        (vec![], vec![1, 2, 3, 4]),
        (vec![(MeasureOrder::Status, Direction::Ascending)], vec![2, 4, 1, 3]),
        (vec![(MeasureOrder::Status, Direction::Descending)], vec![3, 1, 2, 4]),
        (
            vec![
                (MeasureOrder::UpdatedAt, Direction::Descending),
                (MeasureOrder::Number, Direction::Descending),
            ],
            vec![4, 3, 2, 1],
        ),
    ];
    for (order, expected) in orders {
        let slice = async |pagination: Pagination| {
            let query = MeasureQuery { filter: MeasureFilter::default(), order: order.clone(), pagination };
            database
                .view()
                .await
                .measures(std::slice::from_ref(&scope), &query)
                .await
                .unwrap()
                .remove(&scope)
                .unwrap()
        };
        let first = slice(Pagination::first(3)).await;
        assert!(first.has_next && !first.has_previous);
        let end = first.items.last().unwrap().0.clone();
        let second = slice(Pagination { after: Some(end), ..Pagination::first(3) }).await;
        assert!(!second.has_next && second.has_previous);
        let numbers: Vec<u32> =
            first.items.iter().chain(&second.items).map(|(_, measure)| measure.number).collect();
        assert_eq!(numbers, expected, "{order:?}");
        let start = second.items[0].0.clone();
        let back =
            slice(Pagination { end: ListEnd::Last, before: Some(start), ..Pagination::first(2) }).await;
        let numbers: Vec<u32> = back.items.iter().map(|(_, measure)| measure.number).collect();
        assert_eq!(numbers, expected[1..3], "{order:?}");
        assert!(back.has_previous && back.has_next);
    }
}

#[tokio::test]
async fn measures_of_several_scopes_are_read_in_one_statement() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let plan = database.plan().await;
    let view = database.view().await;
    let tree = view.category_tree(&plan.key).await.unwrap();
    let axes: Vec<_> = tree
        .categories()
        .iter()
        .filter(|category| category.parent.is_none())
        .map(|axis| MeasureScope { plan: plan.key.clone(), category: Some(axis.key.clone()) })
        .collect();
    let before = database.storage.statement_count();
    let one = MeasureQuery { pagination: Pagination::first(1), ..query(MeasureFilter::default()) };
    let slices = view.measures(&axes, &one).await.unwrap();
    let facets = view.measure_facets(&axes, &MeasureFilter::default()).await.unwrap();
    // The index gives the row ids. One statement reads the rows of both lists.
    assert_eq!(database.storage.statement_count() - before, 1);
    let firsts: Vec<_> =
        axes.iter().map(|axis| (slices[axis].items[0].1.number, slices[axis].has_next)).collect();
    assert_eq!(firsts, [(1, true), (3, true)]);
    let counts: Vec<_> =
        facets[&axes[1]].progress.counts().map(|count| (count.status, count.count)).collect();
    assert_eq!(counts, [(MeasureStatus::NotStarted, 1), (MeasureStatus::Completed, 1)]);
    let sums = view.progress_by_category(&plan.key).await.unwrap();
    assert_eq!(sums[&tree.categories()[0].key].total(), 2);
}

#[tokio::test]
async fn adjacent_measures_are_previous_and_next_in_document_order() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let (first, second) = (database.measure(1).await, database.measure(2).await);
    let positions = [(first.plan.clone(), first.position), (second.plan.clone(), second.position)];
    let adjacent = database.view().await.adjacent_measures(&positions).await.unwrap();
    let numbers = |position| {
        let AdjacentMeasures { previous, next } = &adjacent[position];
        [previous, next].map(|measure| measure.as_ref().map(|measure| measure.number))
    };
    assert_eq!(positions.each_ref().map(numbers), [[None, Some(2)], [Some(1), Some(3)]]);
}

#[tokio::test]
async fn page_filters_and_orders_return_matching_pages() {
    let mut database = Database::new().await;
    let pages = [
        ("b.md", "---\nname: Étang\norder: 2\ntags: [Eau, \"100%\"]\n---\n# Étang\n"),
        ("a.md", "---\nname: Zone\norder: 1\ntranslationKey: zone\n---\n# Zone\n"),
        ("nl/a.md", "---\nname: Zone\ntranslationKey: zone\n---\n# Zone\n"),
        ("sous/dossier/s.md", "# Service support mares (SSM)\n\nTexte.\n"),
    ];
    for (path, text) in pages {
        database.publish_file(path, text).await;
    }
    let view = database.view().await;
    let titles = async |filter: PageFilter, order: Vec<(PageOrder, Direction)>| -> Vec<String> {
        let query = PageQuery { filter, order, pagination: Pagination::first(9) };
        view.pages(&query).await.unwrap().items.into_iter().map(|(_, page)| page.page.title).collect()
    };
    let all = PageFilter::default();
    assert_eq!(titles(all.clone(), vec![]).await, ["Zone", "Étang", "Service support mares (SSM)", "Zone"]);
    let by_title = vec![(PageOrder::Title, Direction::Descending)];
    assert_eq!(titles(all.clone(), by_title).await, ["Zone", "Zone", "Service support mares (SSM)", "Étang"]);
    let tag = |tag: &str| PageFilter { tag: vec![tag.to_owned()], ..PageFilter::default() };
    assert_eq!(titles(tag("eau"), vec![]).await, ["Étang"]);
    assert_eq!(titles(tag("100%"), vec![]).await, ["Étang"]);
    assert_eq!(titles(tag("1%"), vec![]).await, Vec::<String>::new());
    let folder = PageFilter { folder: Some(FolderPath::parse("sous").unwrap()), ..PageFilter::default() };
    assert_eq!(titles(folder, vec![]).await.len(), 1);
    let services = PageFilter { is_support_service: Some(true), ..PageFilter::default() };
    assert_eq!(titles(services, vec![]).await, ["Service support mares (SSM)"]);
    let translations = view.translations(&[TranslationKey::new("zone")]).await.unwrap();
    assert_eq!(
        translations[&TranslationKey::new("zone")]
            .iter()
            .map(|page| page.page.lang.code())
            .collect::<Vec<_>>(),
        ["fr", "nl"]
    );
}

#[tokio::test]
async fn document_that_changes_kind_removes_the_plan_and_adds_the_page() {
    let mut database = Database::new().await;
    database.publish_file("a.txt", PLAN).await;
    let accepted = IngestedDocument { is_accepted: true, ..ingested("a.txt", "# Une page\n") };
    let published = database.publish(vec![changed(accepted)]).await.unwrap();
    assert!(published.changes.iter().any(|change| change.kind == ChangeKind::PlanRemoved));
    assert!(published.changes.iter().any(|change| change.kind == ChangeKind::PageAdded));
    assert_eq!(database.view().await.plans().await.unwrap(), []);
}

#[tokio::test]
async fn unsupported_database_url_is_rejected() {
    for url in ["mysql://localhost/x", "sqlite::memory:"] {
        assert!(Storage::open(url).await.is_err(), "{url}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the writer runs beside the readers")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn document_state_is_never_ahead_of_the_content_that_is_read_next() {
    const ROUNDS: i64 = 1_000;
    let database = Database::new().await;
    // A second process: it learns of a revision from the database only.
    let other = Storage::open(&database.place.url()).await.unwrap();
    for round in 1..=ROUNDS {
        let at = Timestamp::from_millis(round);
        let text = format!("---\nslug: a\n---\n# Titre {round}\n");
        let writer = database.storage.clone();
        let mut change = [changed(ingested("a.md", &text))];
        let publishing = tokio::spawn(async move { writer.publish(&mut change, at).await.unwrap() });
        for storage in [&database.storage, &other] {
            // Reads states until one of this round is shown, at the view of a request that began earlier.
            loop {
                let view = storage.cached_latest();
                let seen = view.document_at(&path("a.md")).await.unwrap();
                let seen = seen.and_then(|document| document.published_revision);
                let next = storage.cached_latest();
                assert!(seen.is_none_or(|seen| seen <= next.revision().number), "round {round}");
                if seen == Some(RevisionNumber::new(round)) {
                    let page = next.page(&PageFilter::default()).await.unwrap().unwrap();
                    assert_eq!(page.page.title, format!("Titre {round}"));
                    break;
                }
            }
        }
        publishing.await.unwrap();
    }
}
