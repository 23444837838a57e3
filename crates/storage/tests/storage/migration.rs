//! Migration of databases of earlier versions.

use passerelle_migrations::{Migrator, MigratorTrait};
use passerelle_model::document::DocumentState;
use passerelle_model::key::DocumentKey;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{AsOfResult, Storage, StorageError};
use sea_orm::{ConnectionTrait, Database};

use crate::engine::Place;

/// Number of migrations in the version that deleted the rows of removed documents.
const MIGRATIONS_BEFORE_REMOVED_AT: u32 = 5;

#[tokio::test]
async fn plan_removed_before_the_upgrade_is_readable_at_its_revision() {
    let place = Place::empty();
    let url = place.url();
    let old = Database::connect(&url).await.unwrap();
    Migrator::up(&old, Some(MIGRATIONS_BEFORE_REMOVED_AT)).await.unwrap();
    old.execute_unprepared(
        "INSERT INTO revision (number, at) VALUES (1, 1000), (2, 2000);
         UPDATE meta SET revision = 2;
         INSERT INTO plan (key, from_revision, until_revision, document_key, slug, title, lang, footnotes, notes, updated_at)
         VALUES ('p', 1, 2, 'plans/mares.txt', 'mares', 'Mares', 'fr', '[]', '[]', 1000);",
    )
    .await
    .unwrap();
    old.close().await.unwrap();

    // Opening for reading runs no migration.
    assert!(matches!(Storage::open_read_only(&url).await, Err(StorageError::Unusable(_))));
    let storage = Storage::open(&url).await.unwrap();
    let AsOfResult::Found(past_view) = storage.as_of(Timestamp::from_millis(1_500)).await.unwrap() else {
        panic!("the revision is not pruned")
    };
    let plans = past_view.plans().await.unwrap();
    let key = DocumentKey::new("plans/mares.txt");
    assert_eq!(plans[0].document, key);
    let documents = past_view.documents_by_key(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(
        (documents[&key].path.as_str(), documents[&key].state),
        ("plans/mares.txt", DocumentState::Removed)
    );
    // The row exists for the history only.
    assert_eq!(storage.latest().await.unwrap().document_counts().await.unwrap().documents, 0);
    assert_eq!(storage.manifest().await.unwrap(), []);
    let read_only = Storage::open_read_only(&url).await.unwrap();
    assert_eq!(read_only.latest().await.unwrap().revision(), storage.latest().await.unwrap().revision());
}
