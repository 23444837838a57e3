//! A database file that is moved, replaced or renamed.

use std::fs;
use std::path::Path;

use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Storage, StorageError, rename_aside};
use tempfile::TempDir;

use crate::engine::url;
use crate::support::{Database, PLAN, changed, ingested, rows};

const AT: &str = "2025-03-05T10:20:30.400Z";

async fn publish(database: &Database, path: &str) -> Result<(), StorageError> {
    let mut change = [changed(ingested(path, "# Page\n"))];
    database.storage.publish(&mut change, Timestamp::from_millis(9_000)).await.map(drop)
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
async fn writes_fail_while_the_database_file_is_moved_away() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let (file, moved_path) = (database.place.file(), database.place.folder.path().join("away.db"));
    fs::rename(&file, &moved_path).unwrap();
    let error = publish(&database, "page.md").await.unwrap_err();
    assert!(matches!(&error, StorageError::FileMissing { file: gone } if *gone == file), "{error}");
    assert!(matches!(database.storage.accept_held(None).await, Err(StorageError::FileMissing { .. })));
    assert!(matches!(
        database.storage.prune(Timestamp::from_millis(0)).await,
        Err(StorageError::FileMissing { .. })
    ));
    // More concurrent readers than before. None of them creates a file.
    let view = database.view().await;
    let plans = tokio::join!(view.plans(), view.plans(), view.plans(), view.plans());
    for plans in <[_; 4]>::from(plans) {
        assert_eq!(plans.unwrap().len(), 1);
    }
    assert!(!file.exists());

    fs::rename(&moved_path, &file).unwrap();
    publish(&database, "page.md").await.unwrap();
    assert_eq!(database.view().await.revision().number.get(), 2);
}

#[tokio::test]
async fn wal_of_a_moved_database_is_not_applied_to_its_replacement() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let (file, moved_path) = (database.place.file(), database.place.folder.path().join("away.db"));
    let mut other = Database::new().await;
    for name in ["a.md", "b.md", "c.md"] {
        other.publish_file(name, "# Page\n").await;
    }
    let expected = rows(&other.place.url()).await;
    let stored = rows(&url(&file)).await;
    other.storage.close().await.unwrap();
    fs::rename(&file, &moved_path).unwrap();
    fs::rename(other.place.folder.path().join("test.db"), &file).unwrap();

    let error = publish(&database, "page.md").await.unwrap_err();
    assert!(matches!(error, StorageError::FileReplaced { .. }), "{error}");
    database.storage.close().await.unwrap();
    assert_eq!((revision(&file).await, revision(&moved_path).await), (3, 1));
    assert_eq!((rows(&url(&file)).await, rows(&url(&moved_path)).await), (expected, stored));
}

#[tokio::test]
async fn closing_after_the_file_was_replaced_loses_no_data() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let (file, moved_path) = (database.place.file(), database.place.folder.path().join("away.db"));
    fs::rename(&file, &moved_path).unwrap();
    let other = Database::new().await;
    other.storage.close().await.unwrap();
    fs::rename(other.place.folder.path().join("test.db"), &file).unwrap();
    database.storage.close().await.unwrap();
    assert_eq!((revision(&file).await, revision(&moved_path).await), (0, 1));
}

#[tokio::test]
async fn rename_aside_keeps_the_wal_and_overwrites_nothing() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    // The state after a crash: the write-ahead log contains data.
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    let copy_crashed_database = || {
        for ending in ["", "-wal", "-shm"] {
            let name = format!("test.db{ending}");
            fs::copy(database.place.folder.path().join(&name), folder.path().join(&name)).unwrap();
        }
    };
    copy_crashed_database();
    let renamed = rename_aside(&url(&file), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(renamed, folder.path().canonicalize().unwrap().join("test.db.aside-20250305T102030Z"));
    assert_eq!(names(&folder).len(), 3);
    copy_crashed_database();
    let second = rename_aside(&url(&file), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(second.file_name().unwrap(), "test.db.aside-20250305T102030Z~2");
    assert_eq!(names(&folder).len(), 6);
    assert_eq!((revision(&renamed).await, revision(&second).await), (1, 1));
    assert!(rename_aside(&url(&file), Timestamp::parse(AT).unwrap()).is_err());
}

#[tokio::test]
async fn rename_aside_follows_a_symlink_and_keeps_it() {
    let (folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let link = folder.path().join("link.db");
    let target = elsewhere.path().join("target.db");
    Storage::open(&url(&target)).await.unwrap().close().await.unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let renamed = rename_aside(&url(&link), Timestamp::parse(AT).unwrap()).unwrap();
    assert_eq!(renamed.parent(), Some(elsewhere.path().canonicalize().unwrap().as_path()));
    Storage::open(&url(&link)).await.unwrap().close().await.unwrap();
    assert!(target.exists() && fs::symlink_metadata(&link).unwrap().is_symlink());
}
