//! Drafts are not served. Those with a date are served on that date.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use passerelle_model::document::DocumentState;
use passerelle_model::published::PublishedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{PageFilter, PageQuery, Pagination};
use passerelle_watcher::{Clock, DraftPolicy, GracePeriods, Syncer, WorkerOptions};

use crate::Folder;

/// 1970-01-02 in milliseconds since the Unix epoch.
const NEXT_DAY: i64 = 24 * 60 * 60 * 1_000;

/// Returns a clock that the test moves.
fn movable_clock() -> (Arc<AtomicI64>, Clock) {
    let now = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&now);
    (now, Arc::new(move || Timestamp::from_millis(read.load(Ordering::Relaxed))))
}

impl Folder {
    /// Returns the served pages, by order and title.
    pub(crate) async fn pages(&self) -> Vec<PublishedPage> {
        let query = PageQuery {
            filter: PageFilter::default(),
            order: Vec::new(),
            pagination: Pagination::first(100),
        };
        let pages = self.storage.latest().await.unwrap().pages(&query).await.unwrap();
        pages.items.into_iter().map(|(_, page)| page).collect()
    }

    /// Returns the titles of the served pages.
    async fn titles(&self) -> Vec<String> {
        self.pages().await.into_iter().map(|page| page.page.title).collect()
    }

    async fn state(&self, path: &str) -> DocumentState {
        self.document(path).await.state
    }
}

#[tokio::test]
async fn drafts_are_reported_and_not_served() {
    let folder = Folder::new().await;
    folder.write("a.md", "---\ndraft: true\n---\n# Mare\n");
    folder.write("b.md", "---\npublished: false\n---\n# Vijver\n");
    folder.write("c.md", "---\nstatus: draft\n---\n# Teich\n");
    folder.write("d.md", "---\ndraft: false\n---\n# Étang\n");
    let report = folder.syncer(GracePeriods::NONE).sync_all().await.unwrap();
    assert_eq!((report.drafts.len(), report.published.len(), report.rejected.len()), (3, 1, 0));
    assert_eq!(folder.titles().await, ["Étang"]);
    for path in ["a.md", "b.md", "c.md"] {
        let document = folder.document(path).await;
        assert_eq!((document.state, document.published_revision), (DocumentState::Draft, None), "{path}");
        assert_eq!(document.diagnostics.len(), 1);
        assert_eq!(document.diagnostics[0].code, "DRAFT");
        assert_eq!(document.diagnostics[0].position.unwrap().line, 2);
    }
}

#[tokio::test]
async fn draft_with_a_date_is_published_by_the_first_sync_after_that_date() {
    let folder = Folder::new().await;
    folder.write("a.md", "---\ndate: 1970-01-02\n---\n# Mare\n");
    let (now, clock) = movable_clock();
    let syncer = || Syncer::new(&folder.content(), folder.storage.clone(), clock.clone(), GracePeriods::NONE);
    let mut running = syncer();
    running.sync_all().await.unwrap();
    now.store(NEXT_DAY - 1, Ordering::Relaxed);
    assert!(!running.sync_all().await.unwrap().changed());
    let document = folder.document("a.md").await;
    assert_eq!(document.state, DocumentState::Draft);
    assert!(document.diagnostics[0].message.contains("1970-01-02"));

    // A process that starts later knows the date from the database.
    now.store(NEXT_DAY, Ordering::Relaxed);
    let report = syncer().sync_all().await.unwrap();
    assert_eq!((report.published.len(), report.drafts.len()), (1, 0));
    assert_eq!(folder.titles().await, ["Mare"]);
    let document = folder.document("a.md").await;
    assert_eq!((document.state, document.diagnostics.len()), (DocumentState::Published, 0));
}

#[tokio::test]
async fn worker_publishes_a_draft_when_its_date_comes() {
    let folder = Folder::new().await;
    folder.write("a.md", "---\ndate: 1970-01-02\n---\n# Mare\n");
    let (now, clock) = movable_clock();
    folder
        .run_worker_at(clock, WorkerOptions::default(), async |worker| {
            assert_eq!(folder.state("a.md").await, DocumentState::Draft);
            now.store(NEXT_DAY, Ordering::Relaxed);
            worker.wait_until(async || folder.state("a.md").await == DocumentState::Published).await;
            // The timer made a pass over one file, not a full scan.
            assert_eq!(worker.status.borrow().scans, 1);
            assert_eq!(folder.titles().await, ["Mare"]);
        })
        .await;
}

#[tokio::test]
async fn page_that_becomes_a_draft_is_withdrawn_and_comes_back_under_its_key() {
    let folder = Folder::new().await;
    folder.write("a.md", "# Mare\n");
    folder
        .run_worker(async |worker| {
            let key = folder.key_of("a.md").await;
            folder.write("a.md", "---\ndraft: true\n---\n# Mare\n");
            worker.wait_until(async || folder.state("a.md").await == DocumentState::Draft).await;
            assert_eq!(folder.titles().await, Vec::<String>::new());
            folder.write("a.md", "# Mare\n");
            worker.wait_until(async || folder.state("a.md").await == DocumentState::Published).await;
            assert_eq!((folder.titles().await, folder.key_of("a.md").await), (vec!["Mare".to_owned()], key));
        })
        .await;
}

#[tokio::test]
async fn database_for_previews_contains_drafts() {
    let folder = Folder::new().await;
    folder.write("a.md", "---\ndraft: true\n---\n# Mare\n");
    folder.write("b.md", "---\ndate: 1970-01-02\n---\n# Étang\n");
    let mut syncer = folder.syncer(GracePeriods::NONE).with_drafts(DraftPolicy::Published);
    assert_eq!(syncer.sync_all().await.unwrap().published.len(), 2);
    assert_eq!(folder.titles().await, ["Étang", "Mare"]);
    for path in ["a.md", "b.md"] {
        let document = folder.document(path).await;
        assert_eq!((document.state, document.diagnostics.len()), (DocumentState::Published, 1), "{path}");
        assert_eq!(document.diagnostics[0].code, "DRAFT");
    }
}

#[tokio::test]
async fn emptied_page_is_held_until_it_is_accepted_or_restored() {
    let folder = Folder::new().await;
    let header = "---\nname: Mare\n---\n";
    let text = format!("{header}# Mare\n\nUne mare.\n");
    let mut syncer = folder.syncer(GracePeriods::NONE);
    folder.write("a.md", &text);
    syncer.sync_all().await.unwrap();
    for emptied in ["", header, "\n\n"] {
        folder.write("a.md", emptied);
        let report = syncer.sync_all().await.unwrap();
        assert_eq!((report.held.len(), report.published.len()), (1, 0), "{emptied:?}");
        let document = folder.document("a.md").await;
        assert_eq!(
            (document.state, document.diagnostics[0].code.as_str()),
            (DocumentState::Held, "PAGE_HELD")
        );
        assert_eq!(folder.titles().await, ["Mare"]);
    }
    folder.write("a.md", &text);
    syncer.sync_all().await.unwrap();
    assert_eq!(folder.state("a.md").await, DocumentState::Published);
    folder.write("a.md", header);
    syncer.sync_all().await.unwrap();
    folder.write("a.md.accept", "");
    syncer.sync_all().await.unwrap();
    assert_eq!(folder.document("a.md").await.state, DocumentState::Published);
}
