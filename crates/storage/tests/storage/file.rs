//! The file of a database that is moved, replaced or put aside.

use std::fs;
use std::path::Path;

use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Batch, Storage, StorageError, set_aside};
use tempfile::TempDir;

use crate::support::{Database, PLAN, ingested, rows, url};

const AT: &str = "2025-03-05T10:20:30.400Z";

async fn publish(database: &Database, path: &str) -> Result<(), StorageError> {
    let batch = Batch { ingested: vec![ingested(path, "# Page\n")], ..Batch::default() };
    database.storage.publish(batch, Timestamp::from_millis(9_000)).await.map(drop)
}

async fn revision(file: &Path) -> i64 {
    let storage = Storage::open(&url(file)).await.unwrap();
    let revision = storage.latest().await.unwrap().revision().number.get();
    storage.close().await.unwrap();
    revision
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn nothing_is_written_to_a_file_that_was_moved_until_it_is_back() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    let (file, away) = (database.file(), database.folder.path().join("away.db"));
    fs::rename(&file, &away).unwrap();
    let told = publish(&database, "page.md").await.unwrap_err();
    assert!(matches!(&told, StorageError::Gone { file: gone } if *gone == file), "{told}");
    assert!(matches!(database.storage.accept(None).await, Err(StorageError::Gone { .. })));
    assert!(matches!(
        database.storage.prune(Timestamp::from_millis(0)).await,
        Err(StorageError::Gone { .. })
    ));
    // More readers at once than were needed before: none of them makes a file.
    let view = database.view().await;
    let plans = tokio::join!(view.plans(), view.plans(), view.plans(), view.plans());
    for plans in <[_; 4]>::from(plans) {
        assert_eq!(plans.unwrap().len(), 1);
    }
    assert!(!file.exists());

    fs::rename(&away, &file).unwrap();
    publish(&database, "page.md").await.unwrap();
    assert_eq!(database.view().await.revision().number.get(), 2);
}

#[tokio::test]
async fn the_log_of_a_database_is_not_taken_for_that_of_the_one_in_its_place() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    let (file, away) = (database.file(), database.folder.path().join("away.db"));
    let mut other = Database::new().await;
    for name in ["a.md", "b.md", "c.md"] {
        other.drop_file(name, "# Page\n").await;
    }
    let wanted = rows(&other.file()).await;
    let stored = rows(&file).await;
    other.storage.close().await.unwrap();
    fs::rename(&file, &away).unwrap();
    fs::rename(other.folder.path().join("test.db"), &file).unwrap();

    let told = publish(&database, "page.md").await.unwrap_err();
    assert!(matches!(told, StorageError::Replaced { .. }), "{told}");
    database.storage.close().await.unwrap();
    assert_eq!((revision(&file).await, revision(&away).await), (3, 1));
    assert_eq!((rows(&file).await, rows(&away).await), (wanted, stored));
}

#[tokio::test]
async fn a_database_that_is_replaced_when_nothing_is_written_loses_nothing() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    let (file, away) = (database.file(), database.folder.path().join("away.db"));
    fs::rename(&file, &away).unwrap();
    let other = Database::new().await;
    other.storage.close().await.unwrap();
    fs::rename(other.folder.path().join("test.db"), &file).unwrap();
    database.storage.close().await.unwrap();
    assert_eq!((revision(&file).await, revision(&away).await), (0, 1));
}

#[tokio::test]
async fn what_is_put_aside_is_whole_and_overwrites_nothing() {
    let mut database = Database::new().await;
    database.drop_file("plan.txt", PLAN).await;
    // As a crash leaves it: with what did not get into the database beside it.
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    let crashed = || {
        for ending in ["", "-wal", "-shm"] {
            let name = format!("test.db{ending}");
            fs::copy(database.folder.path().join(&name), folder.path().join(&name)).unwrap();
        }
    };
    crashed();
    let aside = set_aside(&url(&file), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(aside, folder.path().canonicalize().unwrap().join("test.db.aside-20250305T102030Z"));
    assert_eq!(names(&folder).len(), 3);
    crashed();
    let second = set_aside(&url(&file), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(second.file_name().unwrap(), "test.db.aside-20250305T102030Z~2");
    assert_eq!(names(&folder).len(), 6);
    assert_eq!((revision(&aside).await, revision(&second).await), (1, 1));
    assert!(set_aside(&url(&file), Timestamp::parse(AT).unwrap()).is_err());
}

#[tokio::test]
async fn a_link_to_a_database_stays_one() {
    let (folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let link = folder.path().join("link.db");
    let target = elsewhere.path().join("target.db");
    Storage::open(&url(&target)).await.unwrap().close().await.unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let aside = set_aside(&url(&link), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(aside.parent(), Some(elsewhere.path().canonicalize().unwrap().as_path()));
    Storage::open(&url(&link)).await.unwrap().close().await.unwrap();
    assert!(target.exists() && fs::symlink_metadata(&link).unwrap().is_symlink());
}
