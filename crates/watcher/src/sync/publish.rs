//! Reads and publishes differences in parts. One part is read while another is written.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use passerelle_model::path::DocumentPath;
use passerelle_storage::{Batch, Hold};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::read::reader::FolderReader;
use crate::read::task::{ReadOutcome, ReadTask, TaskOutcome};
use crate::status::report::SyncReport;
use crate::sync::batch_summary::BatchSummary;
use crate::sync::error::SyncError;
use crate::sync::manifest::Manifest;
use crate::sync::progress::Progress;
use crate::sync::reconcile::MoveDetector;
use crate::sync::syncer::Syncer;

/// The most documents of one transaction: readers of the database wait for no longer than that takes. With twice as many
/// nothing is faster, and a third more memory is used.
const MAX_BATCH_DOCUMENTS: usize = 250;
/// The most bytes of them: what is read and not yet written stays in memory, twice at the most.
const MAX_BATCH_BYTES: u64 = 16 * 1024 * 1024;
/// Files that changed so shortly before the newest are read again with the next look: half of the time stamps of a file
/// system lie further apart than two changes of a file.
const TIMESTAMP_RESOLUTION_NANOS: i64 = 2_000_000_000;

/// State of one pass.
struct SyncPass {
    latest_change_nanos: i64,
    now: Instant,
    moves: MoveDetector,
    move_sources: BTreeSet<DocumentPath>,
    report: SyncReport,
}

impl Syncer {
    /// Reads and stores what differs.
    pub(crate) async fn publish(
        &mut self,
        reader: FolderReader,
        is_full_scan: bool,
    ) -> Result<SyncReport, SyncError> {
        let listing = &reader.listing;
        let now = Instant::now();
        let mut missing = listing.missing(&self.manifest.documents, &listing.found);
        let files = listing.missing(&self.manifest.assets, &listing.assets);
        // What is waited for is read when it is looked at, even if it is as it was before somebody wrote to it.
        let force_read = |path: &DocumentPath| {
            self.pending_files.is_pending_write(path)
                || (is_full_scan && self.recently_modified.contains(path))
        };
        let write_wait = |path: &DocumentPath| self.pending_files.write_wait(path, now, self.grace_periods);
        let mut tasks: VecDeque<ReadTask> = reader.tasks(&self.manifest, force_read, write_wait).into();
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

        let reader = Arc::new(reader);
        let mut progress = Progress { completed: 0, total: tasks.len() };
        let mut reading = spawn_next_read(&reader, &mut tasks);
        loop {
            let read = match reading.take() {
                Some(reading) => reading.await.map_err(|_| SyncError::Interrupted)?,
                None => Vec::new(),
            };
            reading = spawn_next_read(&reader, &mut tasks);
            progress.completed += read.len();
            let mut batch = self.collect_batch(read, &mut pass);
            if reading.is_none() {
                self.collect_removals(&missing, &reader, &mut batch, &mut pass);
            }
            self.publish_batch(batch, &mut pass.report).await?;
            if let Some(on_progress) = self.on_progress.as_ref().filter(|_| progress.total > 0) {
                on_progress(progress);
            }
            if reading.is_none() {
                break;
            }
        }
        let removal_hold = pass.report.removal_hold.clone();
        self.update_problems(&reader.listing, removal_hold.as_deref());
        let mut report = pass.report;
        report.problems = self.reported_problems();
        report.unwatched.clone_from(&reader.listing.unwatched);
        Ok(report)
    }

    /// Sorts what was read into what is to be written, and what is to be waited for.
    fn collect_batch(&mut self, read: Vec<(ReadTask, TaskOutcome)>, pass: &mut SyncPass) -> Batch {
        let mut batch = Batch::default();
        for (task, outcome) in read {
            let ReadTask { path, found, stored, .. } = task;
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
                    batch.fingerprint_updates.push((path, fingerprint));
                }
                TaskOutcome::Asset(ReadOutcome::Unchanged(fingerprint))
                    if fingerprint_differs(fingerprint) =>
                {
                    batch.asset_fingerprint_updates.push((path, fingerprint));
                }
                TaskOutcome::Document(ReadOutcome::Read(document)) => {
                    if document.fingerprint().changed_nanos
                        >= pass.latest_change_nanos.saturating_sub(TIMESTAMP_RESOLUTION_NANOS)
                    {
                        self.recently_modified.insert(path.clone());
                    }
                    let is_new = stored.is_none();
                    let from = is_new.then(|| pass.moves.take_source(document.checksum())).flatten();
                    pass.move_sources.extend(from.clone());
                    batch.ingested.push(document.ingested(path, from));
                }
                TaskOutcome::Asset(ReadOutcome::Read(asset)) => batch.assets.push(asset),
                TaskOutcome::Document(_) | TaskOutcome::Asset(_) => {}
            }
        }
        batch
    }

    /// Adds to the last batch of a pass what is gone and was missing for long enough.
    fn collect_removals(
        &mut self,
        missing: &BTreeSet<DocumentPath>,
        reader: &FolderReader,
        batch: &mut Batch,
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
        (batch.removed_assets, batch.removed) =
            removed.into_iter().partition(|path| self.manifest.assets.contains_key(path));
        pass.report.removal_hold = self.hold_mass_removal(batch, &reader.listing);
    }

    /// Publishes a batch in transactions that are not too long, and keeps the manifest in step.
    async fn publish_batch(&mut self, mut batch: Batch, report: &mut SyncReport) -> Result<(), SyncError> {
        while !batch.is_empty() {
            let chunk = Batch {
                ingested: take_chunk(&mut batch.ingested),
                removed: take_chunk(&mut batch.removed),
                fingerprint_updates: take_chunk(&mut batch.fingerprint_updates),
                missing_held: take_chunk(&mut batch.missing_held),
                assets: take_chunk(&mut batch.assets),
                removed_assets: take_chunk(&mut batch.removed_assets),
                asset_fingerprint_updates: take_chunk(&mut batch.asset_fingerprint_updates),
            };
            let at = self.now();
            let mut summary = BatchSummary::new(&chunk, at);
            let published = self.storage.publish(chunk, at).await?;
            if let Some(published) = published {
                report.revision = Some(published.revision);
                report.changes += published.changes.len();
                summary.set_held(published.held);
                // Somebody else may have written in between: then what is stored is read again.
                let is_next = self.revision.is_some_and(|stored| stored.next() == published.revision.number);
                if is_next {
                    self.revision = Some(published.revision.number);
                }
            }
            self.update_manifest(summary, report);
        }
        Ok(())
    }

    /// Keeps the manifest equal to what was written.
    fn update_manifest(&mut self, summary: BatchSummary, report: &mut SyncReport) {
        let Manifest { documents: manifest, assets } = Arc::make_mut(&mut self.manifest);
        report.assets += summary.assets.len() + summary.removed_assets.len();
        for path in summary.removed_assets {
            assets.remove(&path);
            self.pending_files.clear_missing(&path);
        }
        for (path, fingerprint) in summary.asset_fingerprint_updates {
            if let Some(entry) = assets.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        assets.extend(summary.assets.into_iter().map(|entry| (entry.path.clone(), entry)));
        for path in summary.removed {
            manifest.remove(&path);
            self.pending_files.clear_missing(&path);
            report.removed.push(path);
        }
        for (path, fingerprint) in summary.fingerprint_updates {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        for (path, since) in summary.missing {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.hold = Some(Hold::Missing { since });
                entry.is_accepted = false;
            }
        }
        for document in summary.ingested {
            if let Some(from) = document.moved_from {
                manifest.remove(&from);
                self.pending_files.clear_missing(&from);
                report.moved.push((from, document.entry.path.clone()));
            }
            if let Some(diagnostic) = document.held {
                report.held.push((document.entry.path.clone(), diagnostic));
                manifest.insert(document.entry.path.clone(), document.entry);
                continue;
            }
            match document.rejected {
                Some(diagnostics) => report.rejected.push((document.entry.path.clone(), diagnostics)),
                None => report.published.push(document.entry.path.clone()),
            }
            manifest.insert(document.entry.path.clone(), document.entry);
        }
    }
}

/// Takes the first of a list, as many as one transaction has.
fn take_chunk<T>(list: &mut Vec<T>) -> Vec<T> {
    let rest = list.split_off(list.len().min(MAX_BATCH_DOCUMENTS));
    std::mem::replace(list, rest)
}

/// Begins to read the next files, as many as one transaction has.
fn spawn_next_read(
    reader: &Arc<FolderReader>,
    tasks: &mut VecDeque<ReadTask>,
) -> Option<JoinHandle<Vec<(ReadTask, TaskOutcome)>>> {
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    while let Some(task) = tasks.front() {
        bytes += task.found.fingerprint.size;
        if chunk.len() == MAX_BATCH_DOCUMENTS || (bytes > MAX_BATCH_BYTES && !chunk.is_empty()) {
            break;
        }
        chunk.extend(tasks.pop_front());
    }
    let reader = Arc::clone(reader);
    (!chunk.is_empty()).then(|| tokio::task::spawn_blocking(move || reader.read(chunk)))
}
