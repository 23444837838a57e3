//! Reads and publishes differences in chunks. One chunk is read while another is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::mem::discriminant;
use std::sync::Arc;

use passerelle_model::document::DocumentState;
use passerelle_model::path::DocumentPath;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::decode::MAX_BYTES;
use passerelle_storage::{FileChange, Hold, HoldState, IngestedDocument, ManifestEntry};
use tokio::time::Instant;

use crate::read::byte_budget::{Admission, ByteBudget};
use crate::read::parsed_file::ParsedFile;
use crate::read::reader::FolderReader;
use crate::read::task::{ReadOutcome, ReadTask, TaskOutcome};
use crate::scan::listing::{FoundFile, Listing};
use crate::scan::plan_folders::is_settings_file;
use crate::status::report::{HeldVersion, Move, Rejection, SyncReport};
use crate::sync::error::SyncError;
use crate::sync::manifest::Manifest;
use crate::sync::progress::Progress;
use crate::sync::reconcile::MoveDetector;
use crate::sync::syncer::Syncer;

/// Maximum number of files of one transaction, for each kind of change. Readers of the database wait for no
/// longer than one transaction. Twice as many files make a pass no faster and take a third more memory.
const MAX_BATCH_FILES: usize = 250;
/// Files that changed less than this before the newest file are read again with the next full scan. The time
/// stamps of some file systems have a resolution of 2 s, so a second change can leave the time as it was.
const TIMESTAMP_RESOLUTION_NANOS: i64 = 2_000_000_000;

/// Results of one pass so far, and the moves that it may detect.
struct SyncPass {
    latest_change_nanos: i64,
    now: Instant,
    moves: MoveDetector,
    move_sources: BTreeSet<DocumentPath>,
    report: SyncReport,
}

/// Document that was read, with its task.
struct ReadDocument {
    path: DocumentPath,
    /// Stored state of the file. `None` for a new file.
    stored: Option<ManifestEntry>,
    /// Document that this file is a copy of.
    original: Option<DocumentPath>,
    document: ParsedFile,
}

impl Syncer {
    /// Reads and publishes the differences between the folder and the manifest.
    pub(crate) async fn publish(
        &mut self,
        reader: FolderReader,
        is_full_scan: bool,
    ) -> Result<SyncReport, SyncError> {
        let listing = &reader.listing;
        let now = Instant::now();
        let mut missing = listing.missing(&self.manifest.documents, &listing.found);
        let files = listing.missing(&self.manifest.assets, &listing.assets);
        // A pending file is read in any case, even if its fingerprint is again the stored one.
        let force_read = |path: &DocumentPath| {
            self.pending_files.is_pending_write(path)
                || (is_full_scan && self.recently_modified.contains(path))
        };
        let write_wait = |path: &DocumentPath| self.pending_files.write_wait(path, now, self.grace_periods);
        let keeps_missing = !self.grace_periods.removal.is_zero();
        let tasks = reader.tasks(&self.manifest, keeps_missing, force_read, write_wait);
        if is_full_scan {
            self.recently_modified.clear();
        }
        self.pending_files.retain_found(listing);
        let newest = listing.found.values().map(|found| found.fingerprint.changed_nanos).max();
        let moves = MoveDetector::new(&missing, &self.manifest.documents);
        let report = SyncReport { is_full_scan, found: listing.found.len(), ..SyncReport::default() };
        let latest_change_nanos = newest.unwrap_or(i64::MIN);
        let mut pass = SyncPass { latest_change_nanos, now, moves, move_sources: BTreeSet::new(), report };
        missing.extend(files);

        let mut queue =
            ReadQueue { reader: Arc::new(reader), tasks: tasks.into(), budget: self.budget.clone() };
        let mut progress = Progress { completed: 0, total: queue.tasks.len() };
        let mut next = queue.read_next().await?;
        loop {
            let (read, admission) = next;
            progress.completed += read.len();
            let mut changes = self.collect_changes(read, &mut pass);
            let is_last = queue.tasks.is_empty();
            if is_last {
                self.collect_removals(&missing, &queue.reader.listing, &mut changes, &mut pass);
            }
            let publish = async {
                let published = self.publish_changes(changes, &mut pass.report).await;
                drop(admission);
                published
            };
            // The next files are read while these are written. The budget bounds the bytes of both.
            let (published, read) = tokio::join!(Box::pin(publish), queue.read_next());
            published?;
            next = read?;
            if let Some(on_progress) = self.on_progress.as_ref().filter(|_| progress.total > 0) {
                on_progress(progress);
            }
            if is_last {
                break;
            }
        }
        self.finish_pass(&queue.reader, pass.report).await
    }

    /// Completes the report of a pass, after all changes are published.
    async fn finish_pass(
        &mut self,
        reader: &FolderReader,
        mut report: SyncReport,
    ) -> Result<SyncReport, SyncError> {
        if report.is_full_scan && !self.has_queued_unfinished_images {
            self.queue_unfinished_images(&reader.listing.assets).await?;
            self.has_queued_unfinished_images = true;
        }
        self.full_scan_is_due = self.has_copy_of_any(&report.removed);
        self.update_problems(&reader.listing, report.removal_hold.as_deref());
        report.problems = self.reported_problems();
        report.unwatched.clone_from(&reader.listing.unwatched);
        Ok(report)
    }

    /// Sorts the results into changes to write and files to wait for.
    fn collect_changes(
        &mut self,
        read: Vec<(ReadTask, TaskOutcome)>,
        pass: &mut SyncPass,
    ) -> Vec<FileChange> {
        let mut changes = Vec::new();
        for (task, outcome) in read {
            let ReadTask { path, found, stored, original, .. } = task;
            let fingerprint_differs =
                |fingerprint| stored.as_ref().is_none_or(|stored| stored.fingerprint != fingerprint);
            let is_being_written = matches!(
                outcome,
                TaskOutcome::Document(ReadOutcome::BeingWritten)
                    | TaskOutcome::Asset(ReadOutcome::BeingWritten)
            );
            if is_being_written {
                self.pending_files.record_write(&path, &found, pass.now);
                pass.report.pending.push(path);
                continue;
            }
            let was_pending = self.pending_files.clear_write(&path);
            if !was_pending
                && matches!(
                    outcome,
                    TaskOutcome::Document(ReadOutcome::Read(_)) | TaskOutcome::Asset(ReadOutcome::Read(_))
                )
            {
                pass.report.changed_paths.push(path.clone());
            }
            match outcome {
                TaskOutcome::Document(ReadOutcome::Unchanged(fingerprint))
                    if fingerprint_differs(fingerprint) =>
                {
                    changes.push(FileChange::DocumentFingerprint(path, fingerprint));
                }
                TaskOutcome::Asset(ReadOutcome::Unchanged(fingerprint))
                    if fingerprint_differs(fingerprint) =>
                {
                    changes.push(FileChange::AssetFingerprint(path, fingerprint));
                }
                TaskOutcome::Document(ReadOutcome::Read(document)) => {
                    let read = ReadDocument { path, stored, original, document };
                    self.collect_document(read, pass, &mut changes);
                }
                TaskOutcome::Asset(ReadOutcome::Read(ingested)) => {
                    if ingested.asset.metadata.width.is_some() {
                        let fingerprint = ingested.fingerprint;
                        self.placeholders.push(path, FoundFile { fingerprint, ..found });
                    }
                    changes.push(FileChange::AssetIngested(ingested));
                }
                TaskOutcome::Document(_) | TaskOutcome::Asset(_) => {}
            }
        }
        changes
    }

    /// Adds the changes of a document that was read.
    fn collect_document(&mut self, read: ReadDocument, pass: &mut SyncPass, changes: &mut Vec<FileChange>) {
        let ReadDocument { path, stored, original, document } = read;
        let newest = pass.latest_change_nanos.saturating_sub(TIMESTAMP_RESOLUTION_NANOS);
        if document.fingerprint().changed_nanos >= newest {
            self.recently_modified.insert(path.clone());
        }
        let has_other_defaults =
            stored.as_ref().is_some_and(|stored| stored.defaults_checksum != document.defaults_checksum);
        if original.is_some() && has_other_defaults {
            changes.push(FileChange::DocumentRemoved(path.clone()));
        }
        let can_be_moved = stored.is_none() && original.is_none();
        let from = can_be_moved.then(|| pass.moves.take_source(document.checksum())).flatten();
        pass.move_sources.extend(from.clone());
        changes.push(FileChange::DocumentIngested(Box::new(document.ingested(path, from))));
    }

    /// Adds the documents and assets whose grace period is over to the last changes of a pass.
    fn collect_removals(
        &mut self,
        missing: &BTreeSet<DocumentPath>,
        listing: &Listing,
        changes: &mut Vec<FileChange>,
        pass: &mut SyncPass,
    ) {
        let mut removed = Vec::new();
        for path in missing.difference(&pass.move_sources) {
            let (since, is_newly_missing) = self.pending_files.record_missing(path, pass.now);
            if is_newly_missing {
                pass.report.changed_paths.push(path.clone());
            }
            if pass.now.duration_since(since) >= self.grace_periods.removal {
                removed.push(path.clone());
            } else {
                pass.report.pending.push(path.clone());
            }
        }
        let (assets, documents): (Vec<_>, Vec<_>) =
            removed.into_iter().partition(|path| self.manifest.assets.contains_key(path));
        changes.extend(assets.into_iter().map(FileChange::AssetRemoved));
        pass.report.removal_hold = self.collect_document_removals(documents, listing, changes);
    }

    /// Publishes changes in transactions of limited size and updates the manifest.
    pub(crate) async fn publish_changes(
        &mut self,
        mut changes: Vec<FileChange>,
        report: &mut SyncReport,
    ) -> Result<(), SyncError> {
        while !changes.is_empty() {
            let mut chunk = take_chunk(&mut changes);
            let at = self.now();
            let published = self.storage.publish(&mut chunk, at).await?;
            let mut states = BTreeMap::new();
            if let Some(published) = published {
                report.revision = Some(published.revision);
                report.changes += published.changes.len();
                states = published.states;
                // After a write of another process, the manifest is loaded again.
                let is_next = self.revision.is_some_and(|stored| stored.next() == published.revision.number);
                if is_next {
                    self.revision = Some(published.revision.number);
                }
            }
            for change in chunk {
                self.update_manifest(change, &states, at, report);
            }
        }
        Ok(())
    }

    /// Applies a published change to the manifest. `at` is the time of publication.
    fn update_manifest(
        &mut self,
        change: FileChange,
        states: &BTreeMap<DocumentPath, DocumentState>,
        at: Timestamp,
        report: &mut SyncReport,
    ) {
        let Manifest { documents, assets } = Arc::make_mut(&mut self.manifest);
        match change {
            FileChange::DocumentIngested(document) => {
                if let Some(from) = &document.moved_from {
                    documents.remove(from);
                    self.pending_files.clear_missing(from);
                    report.moved.push(Move { from: from.clone(), to: document.path.clone() });
                }
                let state = states.get(&document.path).copied();
                let entry = document_entry(&document, state, at);
                documents.insert(document.path.clone(), entry);
                record_outcome(*document, state, report);
            }
            FileChange::DocumentRemoved(path) => {
                documents.remove(&path);
                self.pending_files.clear_missing(&path);
                report.removed.push(path);
            }
            FileChange::DocumentFingerprint(path, fingerprint) => {
                if let Some(entry) = documents.get_mut(&path) {
                    entry.fingerprint = fingerprint;
                }
            }
            FileChange::DocumentMissing(path, _) => {
                if let Some(entry) = documents.get_mut(&path) {
                    entry.hold = HoldState::Held(Hold::Missing { since: at });
                }
            }
            FileChange::AssetIngested(ingested) => {
                let entry = ManifestEntry::from(ingested);
                assets.insert(entry.path.clone(), entry);
                report.assets += 1;
            }
            FileChange::AssetRemoved(path) => {
                assets.remove(&path);
                self.pending_files.clear_missing(&path);
                report.assets += 1;
            }
            FileChange::AssetFingerprint(path, fingerprint) => {
                if let Some(entry) = assets.get_mut(&path) {
                    entry.fingerprint = fingerprint;
                }
            }
        }
    }
}

/// Returns the manifest entry of a published document. `at` is the time of publication.
fn document_entry(document: &IngestedDocument, state: Option<DocumentState>, at: Timestamp) -> ManifestEntry {
    ManifestEntry {
        path: document.path.clone(),
        fingerprint: document.fingerprint,
        checksum: document.checksum,
        defaults_checksum: document.defaults_checksum,
        hold: state.and_then(|state| document.hold(state, at)).into(),
    }
}

/// Adds a published document to the list of the report for its state.
fn record_outcome(document: IngestedDocument, state: Option<DocumentState>, report: &mut SyncReport) {
    let IngestedDocument { path, reading, .. } = document;
    match state {
        // The diagnostic of a held document is the first one.
        Some(DocumentState::Held) => {
            let first = reading.diagnostics.into_iter().next();
            report.held.extend(first.map(|diagnostic| HeldVersion { path, diagnostic }));
        }
        Some(DocumentState::Draft) => report.drafts.push(path),
        Some(DocumentState::Rejected) => {
            report.rejected.push(Rejection { path, diagnostics: reading.diagnostics });
        }
        Some(DocumentState::Published | DocumentState::Removed) | None => report.published.push(path),
    }
}

/// Takes the changes of one transaction: of each kind, the first [`MAX_BATCH_FILES`].
fn take_chunk(changes: &mut Vec<FileChange>) -> Vec<FileChange> {
    let mut counts = HashMap::new();
    let (chunk, rest) = std::mem::take(changes).into_iter().partition(|change| {
        let count = counts.entry(discriminant(change)).or_insert(0);
        *count += 1;
        *count <= MAX_BATCH_FILES
    });
    *changes = rest;
    chunk
}

/// Files that were read, and the bytes that they use until they are written.
type ReadChunk = (Vec<(ReadTask, TaskOutcome)>, Option<Admission>);

/// Files of a pass that are not read yet.
struct ReadQueue {
    reader: Arc<FolderReader>,
    tasks: VecDeque<ReadTask>,
    budget: ByteBudget,
}

impl ReadQueue {
    /// Reads the files of the next transaction, when the budget has room for them.
    async fn read_next(&mut self) -> Result<ReadChunk, SyncError> {
        let (chunk, bytes) = self.take_chunk();
        if chunk.is_empty() {
            return Ok((Vec::new(), None));
        }
        let admission = self.budget.admit(bytes).await;
        let reader = Arc::clone(&self.reader);
        let read = tokio::task::spawn_blocking(move || reader.read(chunk)).await;
        Ok((read.map_err(|_| SyncError::Interrupted)?, admission))
    }

    /// Takes the tasks of one transaction: half of the budget, so that one chunk is read while another is
    /// written.
    fn take_chunk(&mut self) -> (Vec<ReadTask>, u64) {
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while let Some(task) = self.tasks.front() {
            let more = bytes + document_bytes(task);
            if chunk.len() == MAX_BATCH_FILES || (more > self.budget.bytes() / 2 && bytes > 0) {
                break;
            }
            bytes = more;
            chunk.extend(self.tasks.pop_front());
        }
        (chunk, bytes)
    }
}

/// Bytes of a file that are in memory. An asset is read in a constant amount of memory, and a document above
/// the size limit is not read.
fn document_bytes(task: &ReadTask) -> u64 {
    let size = task.found.fingerprint.size;
    // The members of a plan folder have at most the size of one document together.
    if !task.is_asset && is_settings_file(&task.path) {
        return MAX_BYTES;
    }
    if task.is_asset || size > MAX_BYTES { 0 } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::grace_periods::GracePeriods;
    use passerelle_storage::Storage;

    #[tokio::test]
    async fn documents_in_memory_stay_within_the_byte_budget() {
        let temp = tempfile::TempDir::new().unwrap();
        let content = temp.path().join("content");
        std::fs::create_dir(&content).unwrap();
        for number in 0..8 {
            std::fs::write(content.join(format!("large-{number}.md")), "palabre \n".repeat(5 * 1024))
                .unwrap();
            std::fs::write(content.join(format!("small-{number}.md")), "# Petit\n").unwrap();
        }
        let url = format!("sqlite://{}?mode=rwc", temp.path().join("test.db").display());
        let storage = Storage::open(&url).await.unwrap();
        let clock = Arc::new(|| Timestamp::from_millis(0));
        let mut syncer = Syncer::new(&content, storage, clock, GracePeriods::NONE);
        // Each large document has 45 KiB.
        syncer.budget = ByteBudget::new(80 * 1024);
        let report = syncer.sync_all().await.unwrap();
        assert_eq!(report.published.len(), 16);
        let most = syncer.budget.most_bytes_in_use();
        assert!((45 * 1024..=80 * 1024).contains(&most), "{most} bytes at the same time");
    }
}
