//! Times of the last update: from the front matter and the file at first, then from the changes that are
//! seen.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use passerelle_model::key::Slug;
use passerelle_model::published::PublishedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_storage::{PageFilter, ReadView};
use passerelle_watcher::{GracePeriods, Syncer};

use crate::Folder;

/// A day in 2026, later than all files of these tests.
const IMPORTED: &str = "2026-03-01T00:00:00Z";
const FILE_TIME: &str = "2025-05-05T00:00:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A folder whose clock the test sets.
struct TimedFolder {
    folder: Folder,
    now: Arc<AtomicI64>,
    syncer: Syncer,
}

impl TimedFolder {
    async fn new() -> Self {
        let folder = Folder::new().await;
        let now = Arc::new(AtomicI64::new(at(IMPORTED).millis()));
        let time = Arc::clone(&now);
        let clock = Arc::new(move || Timestamp::from_millis(time.load(Ordering::Relaxed)));
        let syncer = Syncer::new(&folder.content(), folder.storage.clone(), clock, GracePeriods::NONE);
        Self { folder, now, syncer }
    }

    /// Writes a file whose modification time is `modified`.
    fn write(&self, path: &str, text: &str, modified: &str) {
        self.folder.write(path, text);
        let file = File::options().write(true).open(self.folder.content().join(path)).unwrap();
        let millis = u64::try_from(at(modified).millis()).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_millis(millis)).unwrap();
    }

    async fn sync_at(&mut self, now: &str) {
        self.now.store(at(now).millis(), Ordering::Relaxed);
        self.syncer.sync_all().await.unwrap();
    }

    async fn view(&self) -> ReadView {
        self.folder.storage.latest().await.unwrap()
    }

    async fn page(&self, slug: &str) -> PublishedPage {
        let filter = PageFilter { slug: Some(vec![Slug::parse(slug).unwrap()]), ..PageFilter::default() };
        self.view().await.page(&filter).await.unwrap().unwrap()
    }

    /// Returns the time of the last update of a page.
    async fn updated(&self, slug: &str) -> Timestamp {
        self.page(slug).await.updated_at
    }
}

#[tokio::test]
async fn imported_page_has_the_time_of_its_front_matter_or_file() {
    let mut folder = TimedFolder::new().await;
    folder.write("stated.md", "---\nupdatedAt: 2024-02-03\ndate: 2023-01-01\n---\n# A\n", FILE_TIME);
    folder.write("dated.md", "---\ndate: 2023-01-01\n---\n# B\n", FILE_TIME);
    folder.write("plain.md", "---\ndate: au printemps\n---\n# C\n", FILE_TIME);
    folder.write("future.md", "# D\n", "2030-01-01");
    folder.sync_at(IMPORTED).await;
    assert_eq!(folder.updated("stated").await, at("2024-02-03"));
    assert_eq!(folder.updated("dated").await, at("2023-01-01"));
    assert_eq!(folder.updated("plain").await, at(FILE_TIME));
    assert_eq!(folder.updated("future").await, at(IMPORTED));
}

#[tokio::test]
async fn changed_page_has_the_time_of_the_change() {
    let mut folder = TimedFolder::new().await;
    let text = |updated: &str, body: &str| format!("---\nupdatedAt: {updated}\n---\n# A\n\n{body}\n");
    folder.write("a.md", &text("2024-02-03", "un"), FILE_TIME);
    folder.sync_at(IMPORTED).await;
    // A copy of the same bytes is no change.
    folder.write("a.md", &text("2024-02-03", "un"), "2025-06-06");
    folder.sync_at("2026-03-02").await;
    assert_eq!(folder.updated("a").await, at("2024-02-03"));
    folder.write("a.md", &text("2024-02-03", "deux"), "2025-06-07");
    folder.sync_at("2026-03-03").await;
    assert_eq!(folder.updated("a").await, at("2026-03-03"));
    folder.write("a.md", &text("2026-03-04", "trois"), "2025-06-08");
    folder.sync_at("2026-03-05").await;
    assert_eq!(folder.updated("a").await, at("2026-03-04"));
}

#[tokio::test]
async fn imported_plan_and_its_measures_have_the_time_of_the_file() {
    let mut folder = TimedFolder::new().await;
    let plan = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n1.\tSemer\tÀ faire\n2.\tArroser\tEn cours\n";
    folder.write("plan.txt", plan, FILE_TIME);
    folder.sync_at(IMPORTED).await;
    let times = async |folder: &TimedFolder| {
        let view = folder.view().await;
        let plan = view.plans().await.unwrap().remove(0);
        let keys = [1, 2, 3].map(|number| (plan.key.clone(), number));
        let measures = view.measures_by_number(&keys).await.unwrap();
        let of_measures = keys.iter().filter_map(|key| measures.get(key)).map(|measure| measure.updated_at);
        std::iter::once(plan.updated_at).chain(of_measures).collect::<Vec<_>>()
    };
    assert_eq!(times(&folder).await, [at(FILE_TIME); 3]);
    let changed = plan.replace("En cours", "Réalisé") + "3.\tPailler\tÀ faire\n";
    folder.write("plan.txt", &changed, "2025-06-06");
    folder.sync_at("2026-03-03").await;
    let now = at("2026-03-03");
    assert_eq!(times(&folder).await, [now, at(FILE_TIME), now, now]);
}

#[tokio::test]
async fn page_that_is_read_again_by_another_version_keeps_its_time() {
    let mut folder = TimedFolder::new().await;
    folder.write("a.md", "# A\n\nUn <b>mot</b>.\n", FILE_TIME);
    folder.sync_at(IMPORTED).await;
    // Another policy for HTML gives other content from the same bytes, like another version of the reader.
    let (content, storage) = (folder.folder.content(), folder.folder.storage.clone());
    let clock = Arc::new(|| at("2026-03-02"));
    let other = Syncer::new(&content, storage, clock, GracePeriods::NONE);
    let report = other.with_raw_html(RawHtmlPolicy::Sanitized).sync_all().await.unwrap();
    assert_eq!(report.published.len(), 1);
    let page = folder.page("a").await;
    assert_eq!(page.updated_at, at(FILE_TIME));
}
