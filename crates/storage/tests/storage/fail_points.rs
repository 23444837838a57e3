//! An error at every step of publishing. The database contains either the state before or the whole batch,
//! and a retry succeeds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle_model::asset::{Asset, AssetMetadata};
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::{DocumentState, Fingerprint};
use passerelle_storage::{FAIL_POINTS, FailMode, FileChange, IngestedAsset, IngestedDocument};

use crate::support::{Database, PLAN, changed, ingested, path, rows};

const LINKS: &str = "---\nname: Liens\n---\n# Liens\n\n{% link url=\"moved\", type=\"internal\" %}ici{% endlink %}\n\n\
    ![Une mare](_images/mare.png)\n";
const SERVICE: &str = "# Service support mares (SSM)\n\nTexte.\n";

fn asset(at: &str, bytes: &[u8]) -> IngestedAsset {
    let facts =
        AssetMetadata { checksum: Checksum::of(bytes), width: Some(3), height: Some(2), placeholder: None };
    let asset = Asset { path: path(at), size: bytes.len() as u64, metadata: facts };
    let fingerprint = Fingerprint { inode: 5, size: bytes.len() as u64, modified_nanos: 1, changed_nanos: 1 };
    IngestedAsset { asset, fingerprint }
}

/// Returns the first batch.
fn initial_batch() -> Vec<FileChange> {
    let documents = [
        ("plan.txt", PLAN),
        ("links.md", LINKS),
        ("moved.md", "---\ntranslationKey: moved\n---\n# Moved\n"),
        ("gone.md", "# Gone\n"),
        ("missing.md", "# Missing\n"),
        ("service.md", SERVICE),
    ];
    let documents = documents.into_iter().map(|(path, text)| changed(ingested(path, text)));
    let assets = [asset("_images/mare.png", b"mare"), asset("_images/gone.png", b"gone")];
    documents.chain(assets.map(FileChange::AssetIngested)).collect()
}

/// Returns a batch that contains every kind of change.
fn update_batch() -> Vec<FileChange> {
    let fingerprint = Fingerprint { inode: 7, size: 9, modified_nanos: 9, changed_nanos: 9 };
    let moved = "---\ntranslationKey: moved\n---\n# Moved\n";
    let documents = [
        ingested("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")),
        IngestedDocument { moved_from: Some(path("moved.md")), ..ingested("deep/moved.md", moved) },
        ingested("service.md", &SERVICE.replace("Texte", "Un autre texte")),
        ingested("service-2.md", &SERVICE.replace("mares (SSM)", "haies (SSH)")),
        ingested("plan-2.txt", &PLAN.replace("mares", "haies")),
        ingested("refused.txt", &PLAN.replace("4.\t", "3.\t")),
    ];
    let hold =
        DiagnosticKind::RemovalHeld { removed: 1, total: 6, confirmation_file: "content.accept".to_owned() };
    let others = [
        FileChange::DocumentRemoved(path("gone.md")),
        FileChange::DocumentFingerprint(path("links.md"), fingerprint),
        FileChange::DocumentMissing(path("missing.md"), hold),
        FileChange::AssetIngested(asset("_images/haie.png", b"haie")),
        FileChange::AssetRemoved(path("_images/gone.png")),
        FileChange::AssetFingerprint(path("_images/mare.png"), fingerprint),
    ];
    documents.map(changed).into_iter().chain(others).collect()
}

/// Returns the revision and the state of each document through the public API.
async fn read_states(database: &Database) -> (i64, Vec<Option<DocumentState>>) {
    let view = database.view().await;
    let mut states = Vec::new();
    for at in ["gone.md", "moved.md", "deep/moved.md", "plan-2.txt", "service-2.md", "refused.txt"] {
        states.push(view.document_at(&path(at)).await.unwrap().map(|document| document.state));
    }
    (view.revision().number.get(), states)
}

/// Fails if the stored rows differ from the expected ones.
fn assert_stored(stored: &[String], expected: &[String], name: &str) {
    let first = stored.iter().zip(expected).find(|(stored, expected)| stored != expected);
    assert_eq!((first, stored.len()), (None, expected.len()), "{name}");
}

async fn publish(database: &mut Database, changes: Vec<FileChange>) {
    database.publish(changes).await.unwrap();
}

#[tokio::test]
async fn failure_at_any_fail_point_publishes_the_whole_batch_or_nothing() {
    let mut reference = Database::new().await;
    publish(&mut reference, initial_batch()).await;
    let (before, read_before) = (rows(&reference.place.url()).await, read_states(&reference).await);
    publish(&mut reference, update_batch()).await;
    let (after, read_after) = (rows(&reference.place.url()).await, read_states(&reference).await);
    // The batch is published again, as after a lost response.
    publish(&mut reference, update_batch()).await;
    let after_twice = rows(&reference.place.url()).await;
    assert_eq!((read_before.0, read_after.0), (1, 2));
    assert_ne!(read_before.1, read_after.1);

    let mut hit_points = BTreeSet::new();
    for name in FAIL_POINTS {
        let mut database = Database::new().await;
        publish(&mut database, initial_batch()).await;
        let view_before = database.view().await;
        database.storage.fail_points().arm(name, FailMode::Error, 1);
        database.now += 1_000;
        let at = passerelle_model::timestamp::Timestamp::from_millis(database.now);
        assert!(
            database.storage.publish(&mut update_batch(), at).await.is_err(),
            "fail point {name} was not reached"
        );
        hit_points.extend(database.storage.fail_points().hits());
        database.storage.fail_points().disarm();

        let is_committed = name == "publish.after_commit";
        let (stored, expected_states) =
            if is_committed { (&after, &read_after) } else { (&before, &read_before) };
        assert_stored(&rows(&database.place.url()).await, stored, name);
        assert_eq!(&read_states(&database).await, expected_states, "{name}");
        assert_eq!(view_before.revision().number.get(), 1);
        if !is_committed {
            database.now -= 1_000;
        }
        publish(&mut database, update_batch()).await;
        let end = if is_committed { &after_twice } else { &after };
        assert_stored(&rows(&database.place.url()).await, end, name);
    }
    assert_eq!(hit_points, BTreeSet::from(FAIL_POINTS));
}

#[tokio::test]
async fn failure_at_a_later_document_rolls_back_earlier_documents() {
    let mut database = Database::new().await;
    publish(&mut database, initial_batch()).await;
    let before = rows(&database.place.url()).await;
    for visit in 2..=6 {
        database.storage.fail_points().arm("publish.document_key", FailMode::Error, visit);
        let at = passerelle_model::timestamp::Timestamp::from_millis(9_000);
        assert!(database.storage.publish(&mut update_batch(), at).await.is_err());
        assert_stored(&rows(&database.place.url()).await, &before, "publish.document_key");
    }
    database.storage.fail_points().arm("publish.document_key", FailMode::Error, 7);
    publish(&mut database, update_batch()).await;
}

#[test]
fn every_fail_point_in_the_sources_is_listed_exactly_once() {
    fn names(folder: &Path, found: &mut Vec<String>) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                names(&entry, found);
                continue;
            }
            let text = fs::read_to_string(&entry).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let points = code.filter_map(|line| line.split_once("fail_point!(")?.1.split('"').nth(1));
            found.extend(points.map(str::to_owned));
        }
    }
    let mut found = Vec::new();
    names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    let mut listed = FAIL_POINTS.map(str::to_owned).to_vec();
    listed.sort();
    assert_eq!(found, listed);
}
