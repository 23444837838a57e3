//! Number of SQL statements per query. It depends on the number of relations and not on the number of
//! nodes.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use passerelle_api::SiteUrls;
use passerelle_http::{HttpSources, Readiness, Settings, router};
use passerelle_model::sync::SyncStatus;
use passerelle_model::timestamp::Timestamp;
use passerelle_search::{IndexLocation, Search};
use passerelle_storage::Storage;
use passerelle_watcher::{GracePeriods, Syncer};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::example_operations::operations;
use crate::support::{TestSite, repository};

struct StatementCounter {
    storage: Storage,
    search: Search,
    place: Arc<TestSite>,
}

impl StatementCounter {
    async fn new() -> Self {
        let place = Arc::new(TestSite::new());
        place.copy_documents(&repository().join("content"));
        let storage = Storage::open(&place.database_url()).await.unwrap();
        // In 2030, after the dates of the demo: a page with a later date is a draft.
        let clock = Arc::new(|| Timestamp::from_millis(1_900_000_000_000));
        let content = place.content();
        let mut syncer = Syncer::new(Path::new(&content), storage.clone(), clock, GracePeriods::NONE);
        syncer.sync_all().await.unwrap();
        let (search, updater) = Search::new(storage.clone(), IndexLocation::Memory);
        tokio::select! {
            () = updater.run(CancellationToken::new()) => {}
            () = search.built() => {}
        }
        Self { storage, search, place }
    }

    /// Opens the same database with empty caches.
    async fn reopened(&self) -> Self {
        let storage = Storage::open(&self.place.database_url()).await.unwrap();
        Self { storage, search: self.search.clone(), place: Arc::clone(&self.place) }
    }

    /// Returns the response of a query and the number of statements.
    async fn ask(&self, query: &str) -> (Value, u64) {
        self.ask_with(query, &Value::Null).await
    }

    /// Same as `ask`, with variables.
    async fn ask_with(&self, query: &str, variables: &Value) -> (Value, u64) {
        let (_, sync_status) = watch::channel(SyncStatus::default());
        let state = HttpSources {
            content_folder: self.place.content(),
            site_urls: SiteUrls::default(),
            settings: Settings::default(),
            storage: self.storage.clone(),
            search: self.search.clone(),
            sync_status,
            admin: None,
            readiness: watch::channel(Readiness::Ready).1,
            shutdown: CancellationToken::new(),
        };
        let body = Body::from(json!({ "query": query, "variables": variables }).to_string());
        let request =
            Request::post("/graphql").header("content-type", "application/json").body(body).unwrap();
        let before = self.storage.statement_count();
        let response = router(state, None).oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer.get("errors"), None, "{query}");
        (answer, self.storage.statement_count() - before)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_routes_and_languages_cost_one_statement() {
    let counting = StatementCounter::new().await;
    for query in [
        "{ routes(first: 10000) { nodes { ...Own } pageInfo { hasNextPage } } } fragment Own on Route { url kind }",
        "{ languages { lang label pageCount } }",
    ] {
        let (_, statements) = counting.reopened().await.ask_with(query, &json!({})).await;
        assert_eq!(statements, 1, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one case per relation")]
async fn each_relation_costs_one_statement() {
    let counting = StatementCounter::new().await;
    // Statements with empty caches, then with filled caches. The indexes of plans and the measure rows are
    // cached.
    let cases = [
        ("{ __typename }", 0, 0),
        ("{ revision { number } }", 0, 0),
        ("{ plans { title translations { title } footnotes { number } } }", 1, 0),
        // Reads the plans, and the categories and measures of the plan's index.
        ("{ plan { axes { title children { title parent { title } ancestors { path } children { path } } } } }", 3, 0),
        ("{ plan { progress { ratio distinct { total } } categories { path progress { total counts { status count } } } } }", 3, 0),
        // The plans; the versions of measures, the pruned revision, when the revisions were published.
        // The curve is cached.
        (
            "{ plan { progressOverTime(interval: DAY) { at } same: progressOverTime(interval: DAY) { progress { ratio } } } }",
            4,
            0,
        ),
        ("{ sync { documents rejected held revision { number } } }", 2, 2),
        // Reads the range, and the translations of its pages.
        ("{ routes(first: 1000) { nodes { url kind lang updatedAt } } }", 1, 1),
        ("{ redirects(first: 1000) { nodes { url canonicalUrl kind } } }", 1, 1),
        ("{ routes(kind: [PAGE], first: 1000) { nodes { url alternates { lang url } } } }", 2, 2),
        // Reads the index, the measures (neighbours included), the document, its diagnostics and its
        // lines, and the latest revision.
        (
            "{ measures(first: 100) { nodes { number plan { title } category { path } axis { path } section { path }
               categories { path } footnotes { number } next { number category { path } } previous { number }
               source { line document { path } } } } }",
            8,
            4,
        ),
        // Reads the index, and the measures of both levels together.
        (
            "{ plan { axes { measures(first: 2) { totalCount nodes { number } }
               children { measures(first: 2) { totalCount nodes { number category { title } } } } } } }",
            4,
            0,
        ),
        // Reads the index and the page of the list.
        (
            "{ measures(first: 3, filter: {category: [\"2\"], status: [IN_PROGRESS]}) { totalCount progress { ratio }
               facets { status { count } axis { category { title } count } programme { count } } nodes { number } } }",
            4,
            0,
        ),
        // Reads the index, the measures (repeats included), their status changes, the times of those
        // revisions, the document and its diagnostics.
        (
            "{ measures(first: 100) { nodes { repeats { number } repeatsDisagree
               statusChanges { from to at document { path } } } } }",
            9,
            5,
        ),
        // Reads the index, the measures, the words of titles, the keywords of pages, the pages and the
        // services.
        ("{ measures(first: 100) { nodes { relatedPages { slug } relatedServices { name } } } }", 9, 3),
        // Reads the pages, the plans, the keywords of pages and the measures. Per plan: the index and the
        // words of titles.
        ("{ pages(first: 100) { nodes { relatedMeasures { number } } } }", 12, 2),
        // Reads the indexes and measures of both languages, and the previous numbers.
        ("{ measures(first: 100) { nodes { translations { number status } previousNumbers } } }", 8, 1),
        // Reads the change log, the times of its revisions, and the changed plans, measures, pages and
        // services.
        ("{ changes(since: 0, first: 100) { nodes { kind at node { id } } } }", 6, 5),
        // Reads the pages, documents, diagnostics, services and translations.
        ("{ pages { nodes { title document { path } supportService { name page { slug } } translations { title } } } }", 7, 7),
        // Reads the pages, the sizes of their texts, the texts, the targets of placeholders (pages by
        // name, files, lists) and the linked pages.
        (
            "{ pages(first: 100) { nodes { content { html text } links { url label isBroken page { slug } }
               images { url width thumbHash } } } }",
            11,
            11,
        ),
        // The search index finds the hits. Reads the index of the plan, the measures, pages and services, the
        // sizes of the texts, the texts, the targets of their placeholders, and the pages of the breadcrumbs.
        (
            "{ search(query: \"quartier\", first: 20) { totalCount facets { count } nodes { score title breadcrumb anchor snippet
               highlights { start end } node { __typename ... on Measure { number } ... on Page { slug } } } } }",
            13,
            8,
        ),
        // The search index finds the matches. Reads the index of the plan and the page of the list.
        ("{ measures(filter: {text: \"quartier\"}) { totalCount nodes { number } } }", 4, 0),
    ];
    let mut different = Vec::new();
    for (query, cold, warm) in cases {
        let with_empty_caches = counting.reopened().await.ask(query).await.1;
        counting.ask(query).await;
        let with_filled_caches = counting.ask(query).await.1;
        if !is_expected(with_empty_caches, cold) || !is_expected(with_filled_caches, warm) {
            different.push((query, with_empty_caches, with_filled_caches));
        }
    }
    assert_eq!(different, []);
}

/// Returns true for the expected number of statements, or up to two fewer: loads that wait for a read
/// without a loader can miss a batch, and then they need one of their own.
fn is_expected(statements: u64, at_most: u64) -> bool {
    (at_most.saturating_sub(2)..=at_most).contains(&statements)
}

/// Example operations and their statement counts with empty caches. The count grows if a relation is loaded
/// node by node.
const OPERATIONS: [(&str, u64); 15] = [
    ("ChangesSince", 6),
    ("ContentSearch", 8),
    ("DocumentDiagnostics", 5),
    ("MeasureDetail", 17),
    ("MeasureList", 4),
    ("NodesById", 6),
    ("PageBySlug", 8),
    ("PageList", 6),
    ("PlanOverview", 3),
    ("PlanTree", 3),
    ("ProgressCurve", 4),
    ("SiteNavigation", 1),
    ("SiteRedirects", 1),
    ("SupportServiceDetail", 9),
    ("SyncState", 2),
];

#[tokio::test(flavor = "multi_thread")]
async fn operation_statement_counts_are_unchanged() {
    let counting = StatementCounter::new().await;
    let mut costs = Vec::new();
    for operation in operations().iter().filter(|operation| !operation.is_subscription()) {
        let cold = counting.reopened().await;
        let (_, statements) = cold.ask_with(&operation.text, &operation.variables).await;
        costs.push((operation.name.clone(), statements));
    }
    let names: Vec<&str> = costs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, OPERATIONS.map(|(name, _)| name));
    for ((name, statements), (_, at_most)) in costs.iter().zip(OPERATIONS) {
        assert!(is_expected(*statements, at_most), "{name} takes {statements} statements, not {at_most}");
    }
}
