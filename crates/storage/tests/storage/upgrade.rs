//! Databases of versions before.

use passerelle_migrations::{Migrator, MigratorTrait};
use passerelle_model::key::DocumentKey;
use passerelle_model::manifest::DocumentState;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Past, Storage, StorageError};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

/// How many migrations there were when documents that were removed left no row.
const BEFORE: u32 = 5;

#[tokio::test]
async fn a_plan_that_was_removed_before_an_upgrade_is_still_read_as_it_stood() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
    let old = Database::connect(&url).await.unwrap();
    Migrator::up(&old, Some(BEFORE)).await.unwrap();
    old.execute_unprepared(
        "INSERT INTO revision (number, at) VALUES (1, 1000), (2, 2000);
         UPDATE meta SET revision = 2;
         INSERT INTO plan (key, from_revision, until_revision, document_key, slug, title, lang, footnotes, notes, updated_at)
         VALUES ('p', 1, 2, 'plans/mares.txt', 'mares', 'Mares', 'fr', '[]', '[]', 1000);",
    )
    .await
    .unwrap();
    old.close().await.unwrap();

    // Who only looks brings nothing to another version.
    assert!(matches!(Storage::open_to_read(&url).await, Err(StorageError::Unusable(_))));
    let storage = Storage::open(&url).await.unwrap();
    let Past::At(then) = storage.as_of(Timestamp::from_millis(1_500)).await.unwrap() else {
        panic!("it is kept")
    };
    let plans = then.plans().await.unwrap();
    let key = DocumentKey::new("plans/mares.txt");
    assert_eq!(plans[0].document, key);
    let documents = then.documents_by_key(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(
        (documents[&key].path.as_str(), documents[&key].state),
        ("plans/mares.txt", DocumentState::Ignored)
    );
    // It is there for the history alone.
    assert_eq!(storage.latest().await.unwrap().folder_counts().await.unwrap().documents, 0);
    assert_eq!(storage.manifest().await.unwrap(), []);
    let looked = Storage::open_to_read(&url).await.unwrap();
    assert_eq!(looked.latest().await.unwrap().revision(), storage.latest().await.unwrap().revision());
    let nowhere = url.replace("old.db", "nowhere.db");
    assert!(Storage::open_to_read(&nowhere).await.is_err());
    assert!(!folder.path().join("nowhere.db").exists());
}
