//! How many statements a query costs, whatever it nests: one a relation, not one a node.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use passerelle_api::{ApiState, PageUrl, Settings, router};
use passerelle_document::sync::SyncStatus;
use passerelle_document::timestamp::Timestamp;
use passerelle_search::{IndexPlace, Search};
use passerelle_storage::Storage;
use passerelle_watcher::{Patience, Syncer};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::support::{Place, repository};

struct Counting {
    storage: Storage,
    search: Search,
    place: Place,
}

impl Counting {
    async fn new() -> Self {
        let place = Place::new();
        place.copy_documents(&repository().join("content"));
        let storage = Storage::open(&place.database_url()).await.unwrap();
        let clock = Arc::new(|| Timestamp::from_millis(1_000));
        let content = place.content();
        let mut syncer = Syncer::new(Path::new(&content), storage.clone(), clock, Patience::ONCE);
        syncer.sync_all().await.unwrap();
        let (search, follower) = Search::new(storage.clone(), IndexPlace::Memory);
        tokio::select! {
            () = follower.run(CancellationToken::new()) => {}
            () = search.built() => {}
        }
        Self { storage, search, place }
    }

    /// The answer of a query, and how many statements it took.
    async fn ask(&self, query: &str) -> (Value, u64) {
        let (_, sync) = watch::channel(SyncStatus::default());
        let state = ApiState {
            content: self.place.content(),
            page_url: PageUrl::default(),
            settings: Settings::default(),
            storage: self.storage.clone(),
            search: self.search.clone(),
            sync,
            admin: None,
            draining: Arc::default(),
        };
        let body = Body::from(json!({ "query": query }).to_string());
        let request =
            Request::post("/graphql").header("content-type", "application/json").body(body).unwrap();
        let before = self.storage.statement_count();
        let response = router(state).oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer.get("errors"), None, "{query}");
        (answer, self.storage.statement_count() - before)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_costs_one_statement_a_relation() {
    let counting = Counting::new().await;
    let cases = [
        ("{ __typename }", 0),
        ("{ revision { number } }", 0),
        ("{ plans { title translations { title } footnotes { number } } }", 1),
        // The plans; which measures and what they come to is held in memory.
        ("{ plan { axes { title children { title parent { title } ancestors { path } children { path } } } } }", 1),
        ("{ plan { progress { ratio distinct { total } } categories { path progress { total counts { status count } } } } }", 1),
        ("{ sync { documents rejected held revision { number } } }", 1),
        // The plans, the measures; their neighbours; the document and its diagnostics, its lines.
        (
            "{ measures(first: 100) { nodes { number plan { title } category { path } axis { path } section { path }
               categories { path } footnotes { number } next { number category { path } } previous { number }
               source { line document { path } } } } }",
            6,
        ),
        // The plans, and the measures of both levels at once.
        (
            "{ plan { axes { measures(first: 2) { totalCount nodes { number } }
               children { measures(first: 2) { totalCount nodes { number category { title } } } } } } }",
            2,
        ),
        // The plans, the page of the list.
        (
            "{ measures(first: 3, filter: {category: [\"2\"], status: [IN_PROGRESS]}) { totalCount progress { ratio }
               facets { status { count } axis { category { title } count } programme { count } } nodes { number } } }",
            2,
        ),
        // The plans, the measures, their repeats; the rows that tell of statuses, when those were published, the document
        // and its diagnostics.
        (
            "{ measures(first: 100) { nodes { repeats { number } repeatsDisagree
               statusChanges { from to at document { path } } } } }",
            7,
        ),
        // The plans, the measures, what pages are known by, the pages, the services.
        ("{ measures(first: 100) { nodes { relatedPages { slug } relatedServices { name } } } }", 5),
        // The pages, the plans; of each language what the pages are known by, and the measures that are found.
        ("{ pages(first: 100) { nodes { relatedMeasures { number } } } }", 5),
        // The plans, the measures of both languages, the numbers that they had.
        ("{ measures(first: 100) { nodes { translations { number status } previousNumbers } } }", 4),
        // The log, when its revisions were published, and what it tells of: plans, measures, pages, services.
        ("{ changes(since: 0, first: 100) { nodes { kind at node { id } } } }", 6),
        // The pages, their documents with diagnostics, their services, their translations.
        ("{ pages { nodes { title document { path } supportService { name page { slug } } translations { title } } } }", 6),
        // The pages; what their texts and links ask for: pages by name, files, lists; the pages that links go to.
        (
            "{ pages(first: 100) { nodes { content { html text } links { url label isBroken page { slug } }
               images { url width placeholder } } } }",
            5,
        ),
        // Which there are is known to the index. The measures, pages and services; the plans; what the texts of pages and
        // services ask for, the pages that stand above others.
        (
            "{ search(query: \"quartier\", first: 20) { totalCount facets { count } nodes { score title breadcrumb anchor snippet
               highlights { start end } node { __typename ... on Measure { number } ... on Page { slug } } } } }",
            7,
        ),
        // The plans, the page of the list. What is found is known to the index.
        ("{ measures(filter: {text: \"quartier\"}) { totalCount nodes { number } } }", 2),
    ];
    for (query, statements) in cases {
        // The first time something is asked of a plan its index is loaded.
        counting.ask(query).await;
        assert_eq!(counting.ask(query).await.1, statements, "{query}");
    }
}
