//! Measures parsing and storing a plan.

use std::path::Path;

use anyhow::Context;
use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_storage::{FileChange, IngestedDocument, Storage};

use crate::timings::Timings;

/// Number of runs.
const RUNS: usize = 20;

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions::with_defaults(defaults)
}

/// Parses a document.
pub(crate) fn read_document(path: &DocumentPath, bytes: &[u8]) -> anyhow::Result<ParsedDocument> {
    Ok(read(path, bytes, options(&FolderDefaults::default()))?)
}

/// Measures a plan in an empty database, then the same plan with one changed status.
pub(crate) fn measure(plan: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(plan)?;
    let name = plan.file_name().and_then(|name| name.to_str()).context("the plan's name is not UTF-8")?;
    let path = DocumentPath::parse(name)?;
    let changed = String::from_utf8(bytes.clone())?.replacen("\tEn cours", "\tRéalisé", 1).into_bytes();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut reading, mut storing, mut whole, mut again) =
        (Timings::default(), Timings::default(), Timings::default(), Timings::default());
    for _ in 0..RUNS {
        let work_dir = tempfile::TempDir::new()?;
        let url = format!("sqlite://{}?mode=rwc", work_dir.path().join("bench.db").display());
        let storage = runtime.block_on(Storage::open(&url))?;
        whole.time(|| -> anyhow::Result<()> {
            let read = reading.time(|| read(&path, &bytes, options(&FolderDefaults::default())))?;
            storing.time(|| {
                runtime.block_on(
                    storage.publish(&mut [file_change(&path, &bytes, read)], Timestamp::from_millis(1)),
                )
            })?;
            Ok(())
        })?;
        let read = read(&path, &changed, options(&FolderDefaults::default()))?;
        again.time(|| {
            runtime.block_on(
                storage.publish(&mut [file_change(&path, &changed, read)], Timestamp::from_millis(2)),
            )
        })?;
        runtime.block_on(storage.close())?;
    }
    println!("read and store the plan          {whole}");
    println!("  of it reading                  {reading}");
    println!("  of it storing                  {storing}   x{:.1} of reading", storing.over(&reading));
    println!("store it with one status changed {again}   x{:.2} of storing\n", again.over(&storing));
    Ok(())
}

pub(crate) fn file_change(path: &DocumentPath, bytes: &[u8], reading: ParsedDocument) -> FileChange {
    let ingested = IngestedDocument {
        is_accepted: false,
        path: path.clone(),
        moved_from: None,
        fingerprint: Fingerprint::default(),
        checksum: Checksum::of(bytes),
        size: bytes.len() as u64,
        defaults_checksum: None,
        reading,
    };
    FileChange::DocumentIngested(Box::new(ingested))
}
