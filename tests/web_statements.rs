//! Number of SQL statements per web page. It does not depend on the number of measures.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_http_common::rate_limit::ClientRateLimiter;
use passerelle_http_common::shared_limits::SharedLimits;
use passerelle_model::sync::SyncStatus;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_search::{IndexLocation, Search};
use passerelle_storage::Storage;
use passerelle_watcher::{GracePeriods, Syncer};
use passerelle_web::WebSources;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::support::TestSite;

/// Returns the text of a plan.
fn plan(measures: usize) -> String {
    let row = |number: usize| {
        let status = ["En cours", "Réalisé", "À faire"][number % 3];
        format!("{number}.\tPlanter des joncs au bord de la mare {number}*\t{status}\n")
    };
    let rows: String = (1..=measures).map(row).collect();
    format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n{rows}")
}

/// Pages of a plan, with empty caches.
struct Pages {
    routes: Router,
    storage: Storage,
    _place: TestSite,
}

impl Pages {
    async fn new(measures: usize) -> Self {
        let place = TestSite::new();
        place.write("plan.txt", &plan(measures));
        place.write("mare.md", "---\nlang: fr\n---\n# La mare\n\nDes joncs au bord de la mare.\n");
        let writer = Storage::open(&place.database_url()).await.unwrap();
        let clock = Arc::new(|| Timestamp::from_millis(1_900_000_000_000));
        let content = place.content();
        let mut syncer = Syncer::new(Path::new(&content), writer.clone(), clock, GracePeriods::NONE);
        syncer.sync_all().await.unwrap();
        writer.close().await.unwrap();
        let storage = Storage::open(&place.database_url()).await.unwrap();
        let (search, updater) = Search::new(storage.clone(), IndexLocation::Memory);
        tokio::select! {
            () = updater.run(CancellationToken::new()) => {}
            () = search.built() => {}
        }
        let sources = WebSources {
            storage: storage.clone(),
            search,
            sync_status: watch::channel(SyncStatus::default()).1,
            public_url: None,
            object_url: Arc::new(|_| None),
            desk: DeskAccess::Off,
            admin_token: None,
            frame_ancestors: "'self'".to_owned(),
            raw_html: RawHtmlPolicy::Removed,
        };
        let limits = SharedLimits::new(ClientRateLimiter::new(None, None));
        Self { routes: passerelle_web::routes(sources, &limits), storage, _place: place }
    }

    /// Returns the number of statements of a page.
    async fn count(&self, path: &str) -> u64 {
        let request = Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap();
        let before = self.storage.statement_count();
        let response = self.routes.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(to_bytes(response.into_body(), usize::MAX).await.unwrap().len() > 500, "{path}");
        self.storage.statement_count() - before
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_runs_the_same_statements_for_any_number_of_measures() {
    let (few, many) = (Pages::new(310).await, Pages::new(600).await);
    for (path, most) in [
        ("/", 12),
        ("/plans/plan-des-mares", 20),
        ("/plans/plan-des-mares?status=COMPLETED&text=joncs&page=2", 12),
        ("/plans/plan-des-mares/measures/2", 20),
        ("/plans/plan-des-mares/compare?from=2999-01-01", 12),
        ("/embed/plans/plan-des-mares/measures/2", 12),
        ("/embed/plans/plan-des-mares/axes/1", 12),
        ("/badges/plans/plan-des-mares.svg", 12),
    ] {
        let (few, many) = (few.count(path).await, many.count(path).await);
        assert_eq!(few, many, "{path}");
        assert!(few <= most, "{path}: {few}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_page_runs_no_statement() {
    let pages = Pages::new(10).await;
    for path in ["/", "/plans/plan-des-mares?lang=nl", "/plans/plan-des-mares/measures/2"] {
        assert!(pages.count(path).await > 0, "{path}");
        assert_eq!(pages.count(path).await, 0, "{path}");
    }
}
