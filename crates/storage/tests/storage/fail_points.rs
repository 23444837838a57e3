//! A fault at every step of publishing: what is stored is what was stored before, or what the batch says; and the next
//! try ends where one without faults does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle_model::asset::{Asset, AssetFacts};
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::Fault;
use passerelle_model::manifest::{DocumentState, Fingerprint};
use passerelle_storage::{Batch, FAIL_POINTS, FailMode, Ingested, IngestedAsset};

use crate::support::{Database, PLAN, ingested, path, rows};

const LINKS: &str = "---\nname: Liens\n---\n# Liens\n\n{% link url=\"moved\", type=\"internal\" %}ici{% endlink %}\n\n\
    ![Une mare](_images/mare.png)\n";
const SERVICE: &str = "# Service support mares (SSM)\n\nTexte.\n";

fn asset(at: &str, bytes: &[u8]) -> IngestedAsset {
    let facts =
        AssetFacts { checksum: Checksum::of(bytes), width: Some(3), height: Some(2), placeholder: None };
    let asset = Asset { path: path(at), size: bytes.len() as u64, facts };
    let fingerprint = Fingerprint { inode: 5, size: bytes.len() as u64, modified_nanos: 1, changed_nanos: 1 };
    IngestedAsset { asset, fingerprint }
}

/// What lies in the folder at first.
fn first() -> Batch {
    let documents = [
        ("plan.txt", PLAN),
        ("links.md", LINKS),
        ("moved.md", "---\ntranslationKey: moved\n---\n# Moved\n"),
        ("gone.md", "# Gone\n"),
        ("missing.md", "# Missing\n"),
        ("service.md", SERVICE),
    ];
    Batch {
        ingested: documents.into_iter().map(|(path, text)| ingested(path, text)).collect(),
        assets: vec![asset("_images/mare.png", b"mare"), asset("_images/gone.png", b"gone")],
        ..Batch::default()
    }
}

/// Of everything that a batch can say something.
fn second() -> Batch {
    let fingerprint = Fingerprint { inode: 7, size: 9, modified_nanos: 9, changed_nanos: 9 };
    let moved = "---\ntranslationKey: moved\n---\n# Moved\n";
    Batch {
        ingested: vec![
            ingested("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé")),
            Ingested { moved_from: Some(path("moved.md")), ..ingested("deep/moved.md", moved) },
            ingested("service.md", &SERVICE.replace("Texte", "Un autre texte")),
            ingested("service-2.md", &SERVICE.replace("mares (SSM)", "haies (SSH)")),
            ingested("plan-2.txt", &PLAN.replace("mares", "haies")),
            ingested("refused.txt", &PLAN.replace("4.\t", "3.\t")),
        ],
        removed: vec![path("gone.md")],
        touched: vec![(path("links.md"), fingerprint)],
        held: vec![(
            path("missing.md"),
            Fault::GoneWithMost { gone: 1, all: 6, accept: "content.accept".to_owned() },
        )],
        assets: vec![asset("_images/haie.png", b"haie")],
        assets_removed: vec![path("_images/gone.png")],
        assets_touched: vec![(path("_images/mare.png"), fingerprint)],
    }
}

/// What is read of a database by who knows nothing of its tables: the revision, and the state of each document.
async fn read(database: &Database) -> (i64, Vec<Option<DocumentState>>) {
    let view = database.view().await;
    let mut states = Vec::new();
    for at in ["gone.md", "moved.md", "deep/moved.md", "plan-2.txt", "service-2.md", "refused.txt"] {
        states.push(view.document_at(&path(at)).await.unwrap().map(|document| document.state));
    }
    (view.revision().number.get(), states)
}

/// Nothing is stored but what is wanted.
fn assert_stored(stored: &[String], wanted: &[String], name: &str) {
    let first = stored.iter().zip(wanted).find(|(stored, wanted)| stored != wanted);
    assert_eq!((first, stored.len()), (None, wanted.len()), "{name}");
}

async fn publish(database: &mut Database, batch: Batch) {
    database.publish(batch).await.unwrap();
}

#[tokio::test]
async fn a_fault_at_any_step_leaves_all_of_a_batch_or_none() {
    let mut calm = Database::new().await;
    publish(&mut calm, first()).await;
    let (before, read_before) = (rows(&calm.file()).await, read(&calm).await);
    publish(&mut calm, second()).await;
    let (after, read_after) = (rows(&calm.file()).await, read(&calm).await);
    // As if the answer to the first time had been lost.
    publish(&mut calm, second()).await;
    let after_twice = rows(&calm.file()).await;
    assert_eq!((read_before.0, read_after.0), (1, 2));
    assert_ne!(read_before.1, read_after.1);

    let mut hit = BTreeSet::new();
    for name in FAIL_POINTS {
        let mut database = Database::new().await;
        publish(&mut database, first()).await;
        let then = database.view().await;
        database.storage.fail_points().arm(name, FailMode::Error, 1);
        database.now += 1_000;
        let at = passerelle_model::timestamp::Timestamp::from_millis(database.now);
        assert!(database.storage.publish(second(), at).await.is_err(), "{name} was not met");
        hit.extend(database.storage.fail_points().hits());
        database.storage.fail_points().disarm();

        let is_committed = name == "publish.after_commit";
        let (stored, seen) = if is_committed { (&after, &read_after) } else { (&before, &read_before) };
        assert_stored(&rows(&database.file()).await, stored, name);
        assert_eq!(&read(&database).await, seen, "{name}");
        assert_eq!(then.revision().number.get(), 1);
        if !is_committed {
            database.now -= 1_000;
        }
        publish(&mut database, second()).await;
        let end = if is_committed { &after_twice } else { &after };
        assert_stored(&rows(&database.file()).await, end, name);
    }
    assert_eq!(hit, BTreeSet::from(FAIL_POINTS));
}

#[tokio::test]
async fn a_fault_at_a_later_document_leaves_nothing_of_the_earlier_ones() {
    let mut database = Database::new().await;
    publish(&mut database, first()).await;
    let before = rows(&database.file()).await;
    for visit in 2..=6 {
        database.storage.fail_points().arm("publish.document_key", FailMode::Error, visit);
        let at = passerelle_model::timestamp::Timestamp::from_millis(9_000);
        assert!(database.storage.publish(second(), at).await.is_err());
        assert_stored(&rows(&database.file()).await, &before, "publish.document_key");
    }
    database.storage.fail_points().arm("publish.document_key", FailMode::Error, 7);
    publish(&mut database, second()).await;
}

#[test]
fn every_point_of_the_sources_is_in_the_list_once() {
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
