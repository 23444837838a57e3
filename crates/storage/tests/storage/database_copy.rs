//! Copies of a database to a new one of the same engine.

use passerelle_model::revision::RevisionNumber;
use passerelle_storage::{CopyProgress, CopyReport, Storage, StorageError, copy_database};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::task::JoinSet;

use crate::engine::Place;
use crate::support::{Database, PLAN, changed, ingested, rows};

/// Number of pages of the source.
const PAGES: usize = 12;
/// Inserts 1,203 rows, which are three batches.
const FORMER_ADDRESSES: &str = "INSERT INTO former_address (kind, key, slug, lang, ended_revision, ended_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)
    SELECT 'PAGE', 'page-7.md', 'old-' || i, 'fr', 1, 1000 FROM n";

/// Returns a database with a history: several revisions, removed objects and deleted row numbers.
pub(crate) async fn database_with_history() -> Database {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let pages = (0..PAGES).map(|number| {
        changed(ingested(&format!("page-{number}.md"), &format!("# Page {number}\n\n[x](missing)\n")))
    });
    database.publish(pages.collect()).await.unwrap();
    database.publish_file("plan.txt", &PLAN.replace("En cours", "Réalisé")).await;
    let connection = connect(&database.place).await;
    connection.execute_unprepared(FORMER_ADDRESSES).await.unwrap();
    connection.close().await.unwrap();
    database.publish_file("page-7.md", "# Étang n° 7\n\n🦆 L’eau\u{a0}: 'claire'; \"vive\" \\ %\n").await;
    database
}

pub(crate) async fn copy(from: &str, to: &str) -> Result<CopyReport, StorageError> {
    copy_database(from, to, &mut |_| ()).await
}

async fn connect(place: &Place) -> DatabaseConnection {
    sea_orm::Database::connect(place.url()).await.unwrap()
}

fn row_count(report: &CopyReport, table: &str) -> u64 {
    report.tables.iter().find(|copied| copied.name == table).unwrap().rows
}

#[tokio::test]
async fn copy_has_all_rows_and_continues_their_numbers() {
    let mut source = database_with_history().await;
    let target = Place::empty();
    let report = copy(&source.place.url(), &target.url()).await.unwrap();
    assert_eq!(report.revision, RevisionNumber::new(4));
    assert_eq!((row_count(&report, "document"), row_count(&report, "page")), (13, 13));
    assert_eq!(row_count(&report, "former_address"), 1_203);
    assert_eq!(row_count(&report, "meta"), 1);
    assert_eq!(rows(&source.place.url()).await, rows(&target.url()).await);

    // The same changes get the same numbers in both databases, also after rows with the highest numbers were
    // deleted.
    let mut copy =
        Database { storage: Storage::open(&target.url()).await.unwrap(), place: target, now: source.now };
    assert_eq!(copy.storage.database_id(), source.storage.database_id());
    for database in [&mut source, &mut copy] {
        database.publish_file("page-7.md", "# Étang\n").await;
        database.publish_file("plan.txt", &PLAN.replace("Semer des joncs", "Planter des saules")).await;
    }
    assert_eq!(rows(&source.place.url()).await, rows(&copy.place.url()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copy_reads_one_state_while_the_source_is_written() {
    let mut source = database_with_history().await;
    let before = rows(&source.place.url()).await;
    let target = Place::empty();
    let (sender, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (from, to) = (source.place.url(), target.url());
    let (resume, mut resumed) = tokio::sync::mpsc::unbounded_channel::<()>();
    let mut copies = JoinSet::new();
    copies.spawn(async move {
        let mut is_first = true;
        let mut wait_for_write = |_: CopyProgress<'_>| {
            if std::mem::take(&mut is_first) {
                sender.send(()).unwrap();
                // The test has several threads. The other one writes meanwhile.
                tokio::task::block_in_place(|| resumed.blocking_recv()).unwrap();
            }
        };
        copy_database(&from, &to, &mut wait_for_write).await
    });
    begun.recv().await.unwrap();
    source.publish_file("page-8.md", "# Autre\n").await;
    resume.send(()).unwrap();
    let report = copies.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(report.revision, RevisionNumber::new(4));
    assert_eq!(rows(&target.url()).await, before);
}

#[tokio::test]
async fn interrupted_copy_leaves_the_target_empty() {
    let source = database_with_history().await;
    let target = Place::empty();
    let (sender, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (from, to) = (source.place.url(), target.url());
    let mut report_start = |progress: CopyProgress<'_>| {
        if progress.table == "former_address" {
            sender.send(progress.completed).unwrap_or_default();
        }
    };
    tokio::select! {
        biased;
        written = begun.recv() => assert!(written.unwrap() > 500),
        copied = copy_database(&from, &to, &mut report_start) => panic!("not interrupted: {copied:?}"),
    }
    // The copy can be started again.
    let report = copy(&from, &to).await.unwrap();
    assert_eq!(row_count(&report, "page"), 13);
    assert_eq!(rows(&from).await, rows(&to).await);
}

#[tokio::test]
async fn progress_counts_every_row_twice_in_bounded_batches() {
    let source = database_with_history().await;
    let target = Place::empty();
    let mut steps: Vec<(String, u64, u64)> = Vec::new();
    let mut record = |CopyProgress { table, completed, total }: CopyProgress<'_>| {
        steps.push((table.to_owned(), completed, total));
    };
    let report = copy_database(&source.place.url(), &target.url(), &mut record).await.unwrap();
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    let (_, completed, total) = steps.last().unwrap();
    assert_eq!((*completed, *total), (2 * rows, 2 * rows));
    let sizes = steps.windows(2).map(|pair| pair[1].1 - pair[0].1);
    assert!(sizes.into_iter().all(|size| (1..=500).contains(&size)), "{steps:?}");
    // Three batches are written, and three compared.
    assert_eq!(steps.iter().filter(|(table, ..)| table == "former_address").count(), 6);
}

#[tokio::test]
async fn target_with_content_and_source_without_content_are_refused() {
    let source = database_with_history().await;
    let mut target = Database::new().await;
    target.publish_file("own.md", "# Own\n").await;
    let before = rows(&target.place.url()).await;
    let error = copy(&source.place.url(), &target.place.url()).await.unwrap_err();
    assert!(matches!(&error, StorageError::NotCopied(text) if text.contains("is not empty")), "{error}");
    assert_eq!(rows(&target.place.url()).await, before);
    // A database is not empty for itself.
    let error = copy(&source.place.url(), &source.place.url()).await.unwrap_err();
    assert!(matches!(&error, StorageError::NotCopied(text) if text.contains("is not empty")), "{error}");

    let empty = Database::new().await;
    let error = copy(&empty.place.url(), &Place::empty().url()).await.unwrap_err();
    assert!(matches!(&error, StorageError::NotCopied(text) if text.contains("has no content")), "{error}");
}

#[tokio::test]
async fn row_that_differs_after_the_copy_is_found() {
    let source = database_with_history().await;
    let target = Database::new().await;
    // Changes a row while it is written, as a faulty disk or a trigger would.
    let connection = connect(&target.place).await;
    for statement in crate::engine::DAMAGE_PAGES {
        connection.execute_unprepared(statement).await.unwrap();
    }
    connection.close().await.unwrap();
    let error = copy(&source.place.url(), &target.place.url()).await.unwrap_err();
    assert!(
        matches!(&error, StorageError::NotCopied(text) if text.contains("the table page differs")),
        "{error}"
    );
    assert!(!rows(&target.place.url()).await.iter().any(|row| row.starts_with("page ")));
}
