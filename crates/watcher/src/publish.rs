//! What differs is read and stored, a part at a time: one part is read while another is written.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use passerelle_model::path::DocumentPath;
use passerelle_storage::{Batch, Hold};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::outline::Outline;
use crate::plan::Moves;
use crate::reader::{Done, Manifest, Reader, Sighted, Task};
use crate::report::SyncReport;
use crate::sync::{Progress, SyncError, Syncer};

/// The most documents of one transaction: readers of the database wait for no longer than that takes. With twice as many
/// nothing is faster, and a third more memory is used.
const BATCH: usize = 250;
/// The most bytes of them: what is read and not yet written stays in memory, twice at the most.
const BATCH_BYTES: u64 = 16 * 1024 * 1024;
/// Files that changed so shortly before the newest are read again with the next look: half of the time stamps of a file
/// system lie further apart than two changes of a file.
const RACY_NANOS: i64 = 2_000_000_000;

/// What a pass has found so far.
struct Pass {
    listing_newest: i64,
    now: Instant,
    moves: Moves,
    moved_away: BTreeSet<DocumentPath>,
    report: SyncReport,
}

impl Syncer {
    /// Reads and stores what differs.
    pub(crate) async fn publish(&mut self, reader: Reader, is_whole: bool) -> Result<SyncReport, SyncError> {
        let listing = &reader.listing;
        let now = Instant::now();
        let mut missing = listing.missing(&self.manifest.documents, &listing.found);
        let files = listing.missing(&self.manifest.assets, &listing.assets);
        // What is waited for is read when it is looked at, even if it is as it was before somebody wrote to it.
        let must =
            |path: &DocumentPath| self.waiting.is_waited_for(path) || (is_whole && self.fresh.contains(path));
        let wait = |path: &DocumentPath| self.waiting.wait(path, now, self.patience);
        let mut tasks: VecDeque<Task> = reader.tasks(&self.manifest, must, wait).into();
        if is_whole {
            self.fresh.clear();
        }
        self.waiting.retain_found(listing);
        let newest = listing.found.values().map(|found| found.fingerprint.changed_nanos).max();
        let moves = Moves::of(&missing, &self.manifest.documents);
        let report = SyncReport { is_whole, found: listing.found.len(), ..SyncReport::default() };
        let listing_newest = newest.unwrap_or(i64::MIN);
        let mut pass = Pass { listing_newest, now, moves, moved_away: BTreeSet::new(), report };
        missing.extend(files);

        let reader = Arc::new(reader);
        let mut progress = Progress { done: 0, all: tasks.len() };
        let mut reading = read_next(&reader, &mut tasks);
        loop {
            let read = match reading.take() {
                Some(reading) => reading.await.map_err(|_| SyncError::Interrupted)?,
                None => Vec::new(),
            };
            reading = read_next(&reader, &mut tasks);
            progress.done += read.len();
            let mut batch = self.sort(read, &mut pass);
            if reading.is_none() {
                self.take_away(&missing, &reader, &mut batch, &mut pass);
            }
            self.write(batch, &mut pass.report).await?;
            if let Some(tell) = self.on_progress.as_ref().filter(|_| progress.all > 0) {
                tell(progress);
            }
            if reading.is_none() {
                break;
            }
        }
        let held = pass.report.held.clone();
        self.note_problems(&reader.listing, held.as_deref());
        let mut report = pass.report;
        report.problems = self.problems_told();
        report.unwatched.clone_from(&reader.listing.unwatched);
        Ok(report)
    }

    /// Sorts what was read into what is to be written, and what is to be waited for.
    fn sort(&mut self, read: Vec<(Task, Done)>, pass: &mut Pass) -> Batch {
        let mut batch = Batch::default();
        for (task, done) in read {
            let Task { path, found, known, .. } = task;
            let is_other = |fingerprint| known.as_ref().is_none_or(|known| known.fingerprint != fingerprint);
            let is_writing = matches!(done, Done::Document(Sighted::Writing) | Done::Asset(Sighted::Writing));
            if is_writing {
                self.waiting.is_written(&path, &found, pass.now);
                pass.report.waiting.push(path);
                continue;
            }
            let was_waited_for = self.waiting.is_settled(&path);
            if !was_waited_for
                && matches!(done, Done::Document(Sighted::Read(_)) | Done::Asset(Sighted::Read(_)))
            {
                pass.report.news.push(path.clone());
            }
            match done {
                Done::Document(Sighted::Same(fingerprint)) if is_other(fingerprint) => {
                    batch.touched.push((path, fingerprint));
                }
                Done::Asset(Sighted::Same(fingerprint)) if is_other(fingerprint) => {
                    batch.assets_touched.push((path, fingerprint));
                }
                Done::Document(Sighted::Read(document)) => {
                    if document.fingerprint().changed_nanos >= pass.listing_newest.saturating_sub(RACY_NANOS)
                    {
                        self.fresh.insert(path.clone());
                    }
                    let is_new = known.is_none();
                    let from = is_new.then(|| pass.moves.take(document.checksum())).flatten();
                    pass.moved_away.extend(from.clone());
                    batch.ingested.push(document.ingested(path, from));
                }
                Done::Asset(Sighted::Read(asset)) => batch.assets.push(asset),
                Done::Document(_) | Done::Asset(_) => {}
            }
        }
        batch
    }

    /// Adds to the last batch of a pass what is gone and was missing for long enough.
    fn take_away(
        &mut self,
        missing: &BTreeSet<DocumentPath>,
        reader: &Reader,
        batch: &mut Batch,
        pass: &mut Pass,
    ) {
        let mut removed = Vec::new();
        for path in missing.difference(&pass.moved_away) {
            let (since, is_news) = self.waiting.is_missing(path, pass.now);
            if is_news {
                pass.report.news.push(path.clone());
            }
            if pass.now.duration_since(since) >= self.patience.removal {
                removed.push(path.clone());
            } else {
                pass.report.waiting.push(path.clone());
            }
        }
        (batch.assets_removed, batch.removed) =
            removed.into_iter().partition(|path| self.manifest.assets.contains_key(path));
        pass.report.held = self.hold_mass_removal(batch, &reader.listing);
    }

    /// Publishes a batch in transactions that are not too long, and keeps the manifest in step.
    async fn write(&mut self, mut batch: Batch, report: &mut SyncReport) -> Result<(), SyncError> {
        while !batch.is_empty() {
            let part = Batch {
                ingested: part_of(&mut batch.ingested),
                removed: part_of(&mut batch.removed),
                touched: part_of(&mut batch.touched),
                held: part_of(&mut batch.held),
                assets: part_of(&mut batch.assets),
                assets_removed: part_of(&mut batch.assets_removed),
                assets_touched: part_of(&mut batch.assets_touched),
            };
            let at = self.now();
            let mut written = Outline::of(&part, at);
            let published = self.storage.publish(part, at).await?;
            if let Some(published) = published {
                report.revision = Some(published.revision);
                report.changes += published.changes.len();
                written.hold(published.held);
                // Somebody else may have written in between: then what is stored is read again.
                let is_next = self.revision.is_some_and(|known| known.next() == published.revision.number);
                if is_next {
                    self.revision = Some(published.revision.number);
                }
            }
            self.note(written, report);
        }
        Ok(())
    }

    /// Keeps the manifest equal to what was written.
    fn note(&mut self, written: Outline, report: &mut SyncReport) {
        let Manifest { documents: manifest, assets } = Arc::make_mut(&mut self.manifest);
        report.assets += written.assets.len() + written.assets_removed.len();
        for path in written.assets_removed {
            assets.remove(&path);
            self.waiting.is_not_missing(&path);
        }
        for (path, fingerprint) in written.assets_touched {
            if let Some(entry) = assets.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        assets.extend(written.assets.into_iter().map(|entry| (entry.path.clone(), entry)));
        for path in written.removed {
            manifest.remove(&path);
            self.waiting.is_not_missing(&path);
            report.removed.push(path);
        }
        for (path, fingerprint) in written.touched {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        for (path, since) in written.missing {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.hold = Some(Hold::Missing { since });
                entry.is_accepted = false;
            }
        }
        for document in written.ingested {
            if let Some(from) = document.moved_from {
                manifest.remove(&from);
                self.waiting.is_not_missing(&from);
                report.moved.push((from, document.entry.path.clone()));
            }
            if let Some(diagnostic) = document.held {
                report.waiting_for_word.push((document.entry.path.clone(), diagnostic));
                manifest.insert(document.entry.path.clone(), document.entry);
                continue;
            }
            match document.refused {
                Some(diagnostics) => report.rejected.push((document.entry.path.clone(), diagnostics)),
                None => report.published.push(document.entry.path.clone()),
            }
            manifest.insert(document.entry.path.clone(), document.entry);
        }
    }
}

/// Takes the first of a list, as many as one transaction has.
fn part_of<T>(list: &mut Vec<T>) -> Vec<T> {
    let rest = list.split_off(list.len().min(BATCH));
    std::mem::replace(list, rest)
}

/// Begins to read the next files, as many as one transaction has.
fn read_next(reader: &Arc<Reader>, tasks: &mut VecDeque<Task>) -> Option<JoinHandle<Vec<(Task, Done)>>> {
    let (mut part, mut bytes) = (Vec::new(), 0);
    while let Some(task) = tasks.front() {
        bytes += task.found.fingerprint.size;
        if part.len() == BATCH || (bytes > BATCH_BYTES && !part.is_empty()) {
            break;
        }
        part.extend(tasks.pop_front());
    }
    let reader = Arc::clone(reader);
    (!part.is_empty()).then(|| tokio::task::spawn_blocking(move || reader.read(part)))
}
