//! One pass: look, compare, read, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passerelle_document::decode::Growth;
use passerelle_document::diagnostic::Diagnostic;
use passerelle_document::manifest::Fingerprint;
use passerelle_document::path::DocumentPath;
use passerelle_document::read::{READER_VERSION, Reading};
use passerelle_document::timestamp::Timestamp;
use passerelle_storage::{Batch, Ingested, ManifestEntry, Storage, StorageError};
use thiserror::Error;
use tokio::time::Instant;

use crate::dirty::Scope;
use crate::ingest::{self, Bytes, Looked};
use crate::notify::Watches;
use crate::plan::{self, Trust};
use crate::report::SyncReport;
use crate::scan::{self, Found, Listing, Root};

/// The most documents of one transaction: readers of the database wait for no longer than that takes.
const BATCH: usize = 500;
/// A folder that loses more documents than this, and more than half of them, waits for a person's word.
const FEW: usize = 20;

/// Tells the time of a batch.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How long to wait before believing what the folder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A document is gone when it was missing for so long.
    pub removal: Duration,
    /// A file that ends in half a character, or that was emptied, is read as it is after so long.
    pub writing: Duration,
    /// Whether a folder may lose most of its documents at once.
    pub accept_removals: bool,
}

impl Patience {
    /// For a service that goes on looking: editors that save by removing and moving have time to finish.
    pub const SERVICE: Self =
        Self { removal: Duration::from_secs(2), writing: Duration::from_secs(2), accept_removals: false };
    /// For one look at a folder that nobody writes to.
    pub const ONCE: Self = Self { removal: Duration::ZERO, writing: Duration::ZERO, accept_removals: false };
}

/// Why a pass ended without an answer. What is served stays as it was.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The folder is missing or cannot be read: an error, never an empty folder.
    #[error("the folder {path} cannot be read: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is empty and was not: unmounted, or the wrong one.
    #[error("the folder {path} is empty, but {documents} documents are served from it")]
    Empty {
        /// The folder.
        path: PathBuf,
        /// How many documents are served.
        documents: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The thread that reads files ended without an answer.
    #[error("reading files was interrupted")]
    Interrupted,
}

/// Makes storage equal to the folder, as often as it is asked to.
pub struct Syncer {
    root: PathBuf,
    storage: Storage,
    clock: Clock,
    patience: Patience,
    watches: Option<Arc<Mutex<Watches>>>,
    /// Shared with the thread that looks at the folder, which is done before it is changed.
    manifest: Arc<BTreeMap<DocumentPath, ManifestEntry>>,
    trust: Option<Trust>,
    identity: Option<(u64, u64)>,
    missing_since: BTreeMap<DocumentPath, Instant>,
    /// Files that are being written, as the file system spells them, and since when.
    written_since: BTreeMap<DocumentPath, (PathBuf, Instant)>,
    /// Whether the missing documents wait for a person rather than for time to pass.
    is_held: bool,
}

/// What the blocking half of a pass brings back.
struct Sight {
    identity: (u64, u64),
    listing: Listing,
    missing: BTreeSet<DocumentPath>,
    files: Vec<(DocumentPath, Sighted)>,
}

/// A file that was to be read.
enum Sighted {
    /// It was read; the reading is none where the bytes are those that are stored.
    Read(Bytes, Option<Reading>),
    /// It is still being written.
    Writing,
    /// It went while it was looked at.
    Gone,
}

impl Syncer {
    /// A syncer of a folder. It looks at nothing before it is asked to.
    pub fn new(root: &Path, storage: Storage, clock: Clock, patience: Patience) -> Self {
        Self {
            root: root.to_owned(),
            storage,
            clock,
            patience,
            watches: None,
            manifest: Arc::default(),
            trust: None,
            identity: None,
            missing_since: BTreeMap::new(),
            written_since: BTreeMap::new(),
            is_held: false,
        }
    }

    /// Sets watches on the folders that it comes by.
    pub(crate) fn watch_with(&mut self, watches: Watches) {
        self.watches = Some(Arc::new(Mutex::new(watches)));
    }

    /// Gives up all watches: the folder is another one.
    pub(crate) fn forget_watches(&self) {
        if let Some(watches) = &self.watches {
            watches.lock().unwrap_or_else(PoisonError::into_inner).forget(&self.root);
        }
    }

    /// The time, by the clock that it was given.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// When to look again at what is waiting, and where.
    pub(crate) fn again(&self) -> Option<(Instant, Scope)> {
        /// How soon a file that is being written is looked at again.
        const SOON: Duration = Duration::from_millis(100);
        // What waits for a person is looked at with the next scan of everything.
        let missing = self.missing_since.iter().filter(|_| !self.is_held);
        let gone_at = missing.clone().map(|(_, since)| *since + self.patience.removal);
        let written_at = (!self.written_since.is_empty()).then(|| Instant::now() + SOON);
        let at = gone_at.chain(written_at).min()?;
        let missing = missing.map(|(path, _)| PathBuf::from(path.as_str()));
        let written = self.written_since.values().map(|(file, _)| file.clone());
        Some((at, Scope::Paths(missing.chain(written).collect())))
    }

    /// One pass over the whole folder.
    pub async fn sync_all(&mut self) -> Result<SyncReport, SyncError> {
        self.sync(Scope::Everything).await
    }

    /// One pass over a part of the folder.
    pub(crate) async fn sync(&mut self, scope: Scope) -> Result<SyncReport, SyncError> {
        let is_whole = scope == Scope::Everything;
        if is_whole || self.trust.is_none() {
            let entries = self.storage.manifest().await?;
            self.manifest = Arc::new(entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect());
        }
        if self.trust.is_none() {
            let same = self.storage.reader_version().await? == READER_VERSION;
            self.trust = Some(if same { Trust::Fingerprints } else { Trust::Nothing });
        }
        let trust = self.trust.unwrap_or(Trust::Nothing);
        let mut is_whole = is_whole;
        let mut sight = self.look(scope, trust).await?;
        if !is_whole && self.identity.is_some_and(|identity| identity != sight.identity) {
            // A part of another folder says nothing about this one.
            is_whole = true;
            sight = self.look(Scope::Everything, trust).await?;
        }
        self.assert_not_suddenly_empty(&sight, is_whole)?;
        self.identity = Some(sight.identity);
        let is_complete = sight.listing.unreadable.is_empty();
        let report = self.publish(sight).await?;
        if is_whole && trust == Trust::Nothing && is_complete && self.written_since.is_empty() {
            self.storage.confirm_reader_version().await?;
            self.trust = Some(Trust::Fingerprints);
        }
        Ok(report)
    }

    /// The blocking half: the file system, and the readers.
    async fn look(&self, scope: Scope, trust: Trust) -> Result<Sight, SyncError> {
        let root_path = self.root.clone();
        let watches = self.watches.clone();
        let manifest = Arc::clone(&self.manifest);
        let now = Instant::now();
        let patience = self.patience.writing;
        let over: BTreeSet<DocumentPath> = self
            .written_since
            .iter()
            .filter(|(_, (_, since))| now.duration_since(*since) >= patience)
            .map(|(path, _)| path.clone())
            .collect();
        let looking = tokio::task::spawn_blocking(move || {
            let growth = |path: &DocumentPath| {
                if patience.is_zero() || over.contains(path) { Growth::Over } else { Growth::Possible }
            };
            look_at(&root_path, &scope, watches.as_deref(), &manifest, trust, growth)
        });
        looking.await.map_err(|_| SyncError::Interrupted)?
    }

    /// An unmounted disk leaves an empty folder behind, another one than before or one that was never seen.
    fn assert_not_suddenly_empty(&self, sight: &Sight, is_whole: bool) -> Result<(), SyncError> {
        let is_empty = is_whole && sight.listing.found.is_empty() && sight.listing.unreadable.is_empty();
        let is_known = self.identity == Some(sight.identity);
        if is_empty && !is_known && !self.manifest.is_empty() && !self.patience.accept_removals {
            let documents = self.manifest.len();
            return Err(SyncError::Empty { path: self.root.clone(), documents });
        }
        Ok(())
    }

    async fn publish(&mut self, sight: Sight) -> Result<SyncReport, SyncError> {
        let mut report = SyncReport { found: sight.listing.found.len(), ..SyncReport::default() };
        let strange = sight.listing.unreadable.iter().chain(&sight.listing.unnameable);
        report.passed_over =
            strange.map(|(path, reason)| (path.display().to_string(), reason.clone())).collect();

        let now = Instant::now();
        let mut batch = Batch::default();
        let mut read: Vec<(DocumentPath, Bytes, Reading)> = Vec::new();
        let mut written = BTreeMap::new();
        for (path, sighted) in sight.files {
            match sighted {
                Sighted::Writing => {
                    let file = sight.listing.found.get(&path).map(|found| found.file.clone());
                    let since = self.written_since.get(&path).map_or(now, |(_, since)| *since);
                    written.insert(path.clone(), (file.unwrap_or_default(), since));
                    report.waiting.push(path);
                }
                Sighted::Gone => {}
                Sighted::Read(bytes, None) => batch.touched.push((path.clone(), bytes.fingerprint)),
                Sighted::Read(bytes, Some(reading)) => read.push((path.clone(), bytes, reading)),
            }
        }
        // What was looked at and is not being written any more was read, or is gone.
        self.written_since.retain(|path, _| !sight.listing.speaks_of(path));
        self.written_since.append(&mut written);
        for path in sight.listing.found.keys() {
            self.missing_since.remove(path);
        }

        let new = read.iter().filter(|(path, ..)| !self.manifest.contains_key(path));
        let new = new.map(|(path, bytes, _)| (path, &bytes.checksum));
        let mut moves = plan::moves(new, &sight.missing, &self.manifest);
        let moved_away: BTreeSet<DocumentPath> = moves.values().cloned().collect();
        batch.removed = self.removals(sight.missing.difference(&moved_away), now, &mut report);
        self.hold_mass_removal(&mut batch, &mut report);

        for (path, bytes, reading) in read {
            let moved_from = moves.remove(&path);
            batch.ingested.push(Ingested {
                moved_from,
                fingerprint: bytes.fingerprint,
                checksum: bytes.checksum,
                size: bytes.fingerprint.size,
                path,
                reading,
            });
        }
        self.write(batch, &mut report).await?;
        Ok(report)
    }

    /// Which of the missing documents were missing for long enough.
    fn removals<'a>(
        &mut self,
        missing: impl Iterator<Item = &'a DocumentPath>,
        now: Instant,
        report: &mut SyncReport,
    ) -> Vec<DocumentPath> {
        let mut removed = Vec::new();
        for path in missing {
            let since = *self.missing_since.entry(path.clone()).or_insert(now);
            if now.duration_since(since) >= self.patience.removal {
                removed.push(path.clone());
            } else {
                report.waiting.push(path.clone());
            }
        }
        removed
    }

    /// Most of a folder gone at once is more often an accident than a wish.
    fn hold_mass_removal(&mut self, batch: &mut Batch, report: &mut SyncReport) {
        let (gone, all) = (batch.removed.len(), self.manifest.len());
        self.is_held = gone > FEW && gone * 2 > all && !self.patience.accept_removals;
        if self.is_held {
            batch.removed.clear();
            report.held = Some(format!(
                "{gone} of {all} documents are gone from the folder and are served all the same; \
                 put them back, or accept with `passerelle sync --accept-removals`"
            ));
        }
    }

    /// Publishes a batch in transactions that are not too long, and keeps the manifest in step.
    async fn write(&mut self, mut batch: Batch, report: &mut SyncReport) -> Result<(), SyncError> {
        while !batch.is_empty() {
            let rest = batch.ingested.split_off(batch.ingested.len().min(BATCH));
            let part = Batch {
                ingested: std::mem::replace(&mut batch.ingested, rest),
                removed: std::mem::take(&mut batch.removed),
                touched: std::mem::take(&mut batch.touched),
            };
            let written = Outline::of(&part);
            let published = self.storage.publish(part, (self.clock)()).await?;
            if let Some(published) = published {
                report.revision = Some(published.revision);
                report.changes += published.changes.len();
            }
            self.note(written, report);
        }
        Ok(())
    }

    /// Keeps the manifest equal to what was written.
    fn note(&mut self, written: Outline, report: &mut SyncReport) {
        let manifest = Arc::make_mut(&mut self.manifest);
        for path in written.removed {
            manifest.remove(&path);
            self.missing_since.remove(&path);
            report.removed.push(path);
        }
        for (path, fingerprint) in written.touched {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        for document in written.ingested {
            if let Some(from) = document.moved_from {
                manifest.remove(&from);
                self.missing_since.remove(&from);
                report.moved.push((from, document.entry.path.clone()));
            }
            match document.refused {
                Some(diagnostics) => report.rejected.push((document.entry.path.clone(), diagnostics)),
                None => report.published.push(document.entry.path.clone()),
            }
            manifest.insert(document.entry.path.clone(), document.entry);
        }
    }
}

/// A batch without what it says: enough to keep the manifest in step once it is written.
struct Outline {
    ingested: Vec<OutlinedDocument>,
    removed: Vec<DocumentPath>,
    touched: Vec<(DocumentPath, Fingerprint)>,
}

struct OutlinedDocument {
    entry: ManifestEntry,
    moved_from: Option<DocumentPath>,
    refused: Option<Vec<Diagnostic>>,
}

impl Outline {
    fn of(batch: &Batch) -> Self {
        let document = |ingested: &Ingested| OutlinedDocument {
            entry: ManifestEntry {
                path: ingested.path.clone(),
                fingerprint: ingested.fingerprint,
                checksum: ingested.checksum,
            },
            moved_from: ingested.moved_from.clone(),
            refused: ingested.reading.content.is_none().then(|| ingested.reading.diagnostics.clone()),
        };
        Self {
            ingested: batch.ingested.iter().map(document).collect(),
            removed: batch.removed.clone(),
            touched: batch.touched.clone(),
        }
    }
}

fn look_at(
    root_path: &Path,
    scope: &Scope,
    watches: Option<&Mutex<Watches>>,
    manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    trust: Trust,
    growth: impl Fn(&DocumentPath) -> Growth + Sync,
) -> Result<Sight, SyncError> {
    let root =
        Root::open(root_path).map_err(|source| SyncError::Folder { path: root_path.to_owned(), source })?;
    let mut unwatched = Vec::new();
    let listing = {
        let mut watches = watches.map(|watches| watches.lock().unwrap_or_else(PoisonError::into_inner));
        if let (Some(watches), Scope::Paths(paths)) = (watches.as_mut(), scope) {
            // A folder that is itself spoken of may be another one under its old name.
            for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                watches.forget(&root_path.join(path));
            }
        }
        scan::scan(&root, scope, |folder| {
            if let Some(watches) = watches.as_mut()
                && let Err(error) = watches.watch(&root_path.join(folder))
            {
                unwatched.push((folder.to_owned(), format!("it cannot be watched: {error}")));
            }
        })
    };
    let plan = plan::plan(manifest, &listing, trust);
    let read: Vec<(DocumentPath, Found)> = plan.read.into_iter().collect();
    let sighted = ingest::on_all_cores(&read, |(path, found)| match ingest::look(&root, found) {
        Looked::Moving => Sighted::Writing,
        Looked::Gone => Sighted::Gone,
        Looked::Read(bytes) => {
            let known = manifest.get(path);
            let was_emptied =
                bytes.fingerprint.size == 0 && known.is_some_and(|entry| entry.fingerprint.size > 0);
            if was_emptied && growth(path) == Growth::Possible {
                // An editor that empties a file before it writes it is caught in between.
                return Sighted::Writing;
            }
            let stored = known.is_some_and(|entry| entry.checksum == bytes.checksum);
            if stored && trust == Trust::Fingerprints && bytes.content.is_ok() {
                return Sighted::Read(bytes, None);
            }
            match ingest::interpret(path, &bytes, growth(path)) {
                Ok(reading) => Sighted::Read(bytes, Some(reading)),
                Err(_) => Sighted::Writing,
            }
        }
    });
    let files = read.into_iter().map(|(path, _)| path).zip(sighted).collect();
    let mut listing = listing;
    listing.unnameable.append(&mut unwatched);
    Ok(Sight { identity: root.identity, missing: plan.missing, listing, files })
}
