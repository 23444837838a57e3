//! One pass: look, compare, read, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passerelle_document::diagnostic::{Diagnostic, Fault};
use passerelle_document::manifest::Fingerprint;
use passerelle_document::markdown::RawHtml;
use passerelle_document::path::DocumentPath;
use passerelle_document::read::reader_version;
use passerelle_document::timestamp::Timestamp;
use passerelle_storage::{Batch, Hold, Ingested, IngestedAsset, ManifestEntry, Storage, StorageError};
use thiserror::Error;
use tokio::time::Instant;

use crate::defaults;
use crate::dirty::Scope;
use crate::notify::Watches;
use crate::plan::{self, Trust};
use crate::report::SyncReport;
use crate::scan::{Found, Listing};
use crate::sight::{Look, Manifest, Sight, Sighted, SightedDocument};

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
    raw_html: RawHtml,
    watches: Option<Arc<Mutex<Watches>>>,
    /// Shared with the thread that looks at the folder, which is done before it is changed.
    manifest: Arc<Manifest>,
    trust: Option<Trust>,
    identity: Option<(u64, u64)>,
    missing_since: BTreeMap<DocumentPath, Instant>,
    /// Files that are being written, as the file system spells them, and since when.
    written_since: BTreeMap<DocumentPath, (PathBuf, Instant)>,
}

impl Syncer {
    /// A syncer of a folder. It looks at nothing before it is asked to.
    pub fn new(root: &Path, storage: Storage, clock: Clock, patience: Patience) -> Self {
        Self {
            root: root.to_owned(),
            storage,
            clock,
            patience,
            raw_html: RawHtml::default(),
            watches: None,
            manifest: Arc::default(),
            trust: None,
            identity: None,
            missing_since: BTreeMap::new(),
            written_since: BTreeMap::new(),
        }
    }

    /// Reads raw HTML in another way than taking it out.
    #[must_use]
    pub fn with_raw_html(mut self, raw_html: RawHtml) -> Self {
        self.raw_html = raw_html;
        self
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
        // What waits for a person is looked at when they have said a word, or with the next scan of everything.
        let missing = self.missing_since.iter().filter(|(path, _)| self.is_ripening(path));
        let gone_at = missing.clone().map(|(_, since)| *since + self.patience.removal);
        let written_at = (!self.written_since.is_empty()).then(|| Instant::now() + SOON);
        let at = gone_at.chain(written_at).min()?;
        let missing = missing.map(|(path, _)| PathBuf::from(path.as_str()));
        let written = self.written_since.values().map(|(file, _)| file.clone());
        Some((at, Scope::Paths(missing.chain(written).collect())))
    }

    /// The documents that an operator accepted and that wait to be looked at again; none where nothing waits.
    pub(crate) async fn accepted(&mut self) -> Result<Option<Scope>, SyncError> {
        if self.manifest.documents.values().all(|entry| entry.hold.is_none()) {
            return Ok(None);
        }
        let accepted = self.storage.accepted().await?;
        let manifest = Arc::make_mut(&mut self.manifest);
        for path in &accepted {
            if let Some(entry) = manifest.documents.get_mut(path) {
                entry.is_accepted = true;
            }
        }
        let paths: BTreeSet<PathBuf> = accepted.iter().map(|path| PathBuf::from(path.as_str())).collect();
        Ok((!paths.is_empty()).then_some(Scope::Paths(paths)))
    }

    /// Whether a missing file is gone when time has passed, and not when somebody has said so.
    fn is_ripening(&self, path: &DocumentPath) -> bool {
        let Manifest { documents, assets } = self.manifest.as_ref();
        !self.is_held(path) && (documents.contains_key(path) || assets.contains_key(path))
    }

    /// Whether a missing document waits for a person's word.
    fn is_held(&self, path: &DocumentPath) -> bool {
        let hold = self.manifest.documents.get(path).and_then(|entry| entry.hold);
        matches!(hold, Some(Hold::Missing { .. }))
    }

    /// One pass over the whole folder.
    pub async fn sync_all(&mut self) -> Result<SyncReport, SyncError> {
        self.sync(Scope::Everything).await
    }

    /// One pass over a part of the folder.
    pub(crate) async fn sync(&mut self, scope: Scope) -> Result<SyncReport, SyncError> {
        let scope = scope.widened(defaults::name_of(&self.root).as_deref());
        let is_whole = scope == Scope::Everything;
        if is_whole || self.trust.is_none() {
            let by_path = |entries: Vec<ManifestEntry>| {
                entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect()
            };
            self.manifest = Arc::new(Manifest {
                documents: by_path(self.storage.manifest().await?),
                assets: by_path(self.storage.asset_manifest().await?),
            });
        }
        if self.trust.is_none() {
            let same = self.storage.reader_version().await? == reader_version(self.raw_html);
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
        let report = SyncReport { is_whole, ..self.publish(sight).await? };
        if is_whole && trust == Trust::Nothing && is_complete && self.written_since.is_empty() {
            self.storage.confirm_reader_version(reader_version(self.raw_html)).await?;
            self.trust = Some(Trust::Fingerprints);
        }
        Ok(report)
    }

    /// The blocking half: the file system, and the readers.
    async fn look(&self, scope: Scope, trust: Trust) -> Result<Sight, SyncError> {
        let now = Instant::now();
        let patience = self.patience.writing;
        let written = self.written_since.iter();
        let over = written.filter(|(_, (_, since))| now.duration_since(*since) >= patience);
        let look = Look {
            root_path: self.root.clone(),
            scope,
            watches: self.watches.clone(),
            manifest: Arc::clone(&self.manifest),
            trust,
            over: over.map(|(path, _)| path.clone()).collect(),
            is_patient: !patience.is_zero(),
            raw_html: self.raw_html,
        };
        tokio::task::spawn_blocking(move || look.look()).await.map_err(|_| SyncError::Interrupted)?
    }

    /// An unmounted disk leaves an empty folder behind, another one than before or one that was never seen.
    fn assert_not_suddenly_empty(&self, sight: &Sight, is_whole: bool) -> Result<(), SyncError> {
        let is_empty = is_whole && sight.listing.found.is_empty() && sight.listing.unreadable.is_empty();
        let is_known = self.identity == Some(sight.identity);
        if is_empty && !is_known && !self.manifest.documents.is_empty() && !self.patience.accept_removals {
            let documents = self.manifest.documents.len();
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
        let mut read: Vec<(DocumentPath, SightedDocument)> = Vec::new();
        let mut written = BTreeMap::new();
        let mut wait_for = |path: DocumentPath, found: &BTreeMap<DocumentPath, Found>| {
            let file = found.get(&path).map(|found| found.file.clone()).unwrap_or_default();
            let since = self.written_since.get(&path).map_or(now, |(_, since)| *since);
            written.insert(path.clone(), (file, since));
            report.waiting.push(path);
        };
        for (path, sighted) in sight.files {
            match sighted {
                Sighted::Writing => wait_for(path, &sight.listing.found),
                Sighted::Gone => {}
                Sighted::Same(fingerprint) => batch.touched.push((path, fingerprint)),
                Sighted::Read(document) => read.push((path, document)),
            }
        }
        for (path, sighted) in sight.assets {
            match sighted {
                Sighted::Writing => wait_for(path, &sight.listing.assets),
                Sighted::Gone => {}
                Sighted::Same(fingerprint) => batch.assets_touched.push((path, fingerprint)),
                Sighted::Read(asset) => batch.assets.push(asset),
            }
        }
        // What was looked at and is not being written any more was read, or is gone.
        self.written_since.retain(|path, _| !sight.listing.speaks_of(path));
        self.written_since.append(&mut written);
        for path in sight.listing.found.keys().chain(sight.listing.assets.keys()) {
            self.missing_since.remove(path);
        }

        let new = read.iter().filter(|(path, _)| !self.manifest.documents.contains_key(path));
        let new = new.map(|(path, document)| (path, document.checksum()));
        let mut moves = plan::moves(new, &sight.missing, &self.manifest.documents);
        let moved_away: BTreeSet<DocumentPath> = moves.values().cloned().collect();
        let removed = self.removals(sight.missing.difference(&moved_away), now, &mut report);
        (batch.assets_removed, batch.removed) =
            removed.into_iter().partition(|path| self.manifest.assets.contains_key(path));
        self.hold_mass_removal(&mut batch, &sight.listing, &mut report);
        for (path, document) in read {
            let moved_from = moves.remove(&path);
            batch.ingested.push(document.ingested(path, moved_from));
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

    /// Most of a folder gone at once is more often an accident than a wish: what nobody accepted stays.
    fn hold_mass_removal(&self, batch: &mut Batch, listing: &Listing, report: &mut SyncReport) {
        if self.patience.accept_removals {
            return;
        }
        let root = defaults::name_of(&self.root).unwrap_or_else(|| "folder".to_owned());
        let whole = DocumentPath::parse(&root).ok();
        let is_accepted = |path: &DocumentPath| {
            let Some(entry) = self.manifest.documents.get(path) else { return true };
            let Some(Hold::Missing { since }) = entry.hold else { return false };
            let since = since.millis().saturating_mul(1_000_000);
            let by_file = |path: &DocumentPath| listing.accepts(path, since);
            entry.is_accepted || by_file(path) || whole.as_ref().is_some_and(by_file)
        };
        let (accepted, missing): (Vec<_>, Vec<_>) = batch.removed.drain(..).partition(is_accepted);
        // Those that are not missing for long enough yet will be: a folder is not emptied at one stroke.
        let ripening = self.missing_since.keys().filter(|path| self.manifest.documents.contains_key(*path));
        let ripening = ripening.filter(|path| !is_accepted(path)).count();
        let (gone, all) = (missing.len().max(ripening), self.manifest.documents.len());
        let is_mass = gone > FEW && gone * 2 > all;
        let (held, free): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|path| is_mass || self.is_held(path));
        batch.removed = accepted.into_iter().chain(free).collect();
        if held.is_empty() {
            return;
        }
        let accept = format!("{root}.accept");
        let fault = Fault::GoneWithMost { gone, all, accept: accept.clone() };
        let news = held.iter().filter(|path| !self.is_held(path));
        batch.held = news.map(|path| (path.clone(), fault.clone())).collect();
        report.held = Some(format!(
            "{gone} of {all} documents are gone from the folder and are served all the same; put them back, or accept \
             with an empty file {accept} in it or with `passerelle accept .`"
        ));
    }

    /// Publishes a batch in transactions that are not too long, and keeps the manifest in step.
    async fn write(&mut self, mut batch: Batch, report: &mut SyncReport) -> Result<(), SyncError> {
        while !batch.is_empty() {
            let rest = batch.ingested.split_off(batch.ingested.len().min(BATCH));
            let part = Batch {
                ingested: std::mem::replace(&mut batch.ingested, rest),
                removed: std::mem::take(&mut batch.removed),
                touched: std::mem::take(&mut batch.touched),
                held: std::mem::take(&mut batch.held),
                assets: std::mem::take(&mut batch.assets),
                assets_removed: std::mem::take(&mut batch.assets_removed),
                assets_touched: std::mem::take(&mut batch.assets_touched),
            };
            let at = (self.clock)();
            let mut written = Outline::of(&part, at);
            let published = self.storage.publish(part, at).await?;
            if let Some(published) = published {
                report.revision = Some(published.revision);
                report.changes += published.changes.len();
                written.hold(published.held);
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
            self.missing_since.remove(&path);
        }
        for (path, fingerprint) in written.assets_touched {
            if let Some(entry) = assets.get_mut(&path) {
                entry.fingerprint = fingerprint;
            }
        }
        assets.extend(written.assets.into_iter().map(|entry| (entry.path.clone(), entry)));
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
        for (path, since) in written.missing {
            if let Some(entry) = manifest.get_mut(&path) {
                entry.hold = Some(Hold::Missing { since });
                entry.is_accepted = false;
            }
        }
        for document in written.ingested {
            if let Some(from) = document.moved_from {
                manifest.remove(&from);
                self.missing_since.remove(&from);
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

/// A batch without what it says: enough to keep the manifest in step once it is written.
struct Outline {
    ingested: Vec<OutlinedDocument>,
    removed: Vec<DocumentPath>,
    touched: Vec<(DocumentPath, Fingerprint)>,
    missing: Vec<(DocumentPath, Timestamp)>,
    assets: Vec<ManifestEntry>,
    assets_removed: Vec<DocumentPath>,
    assets_touched: Vec<(DocumentPath, Fingerprint)>,
}

struct OutlinedDocument {
    entry: ManifestEntry,
    moved_from: Option<DocumentPath>,
    refused: Option<Vec<Diagnostic>>,
    held: Option<Diagnostic>,
}

impl Outline {
    fn of(batch: &Batch, at: Timestamp) -> Self {
        let document = |ingested: &Ingested| OutlinedDocument {
            entry: ManifestEntry {
                path: ingested.path.clone(),
                fingerprint: ingested.fingerprint,
                checksum: ingested.checksum,
                defaults: ingested.defaults,
                hold: None,
                is_accepted: false,
            },
            held: None,
            moved_from: ingested.moved_from.clone(),
            refused: ingested.reading.content.is_none().then(|| ingested.reading.diagnostics.clone()),
        };
        let asset = |ingested: &IngestedAsset| ManifestEntry {
            path: ingested.asset.path.clone(),
            fingerprint: ingested.fingerprint,
            checksum: ingested.asset.facts.checksum,
            defaults: None,
            hold: None,
            is_accepted: false,
        };
        Self {
            ingested: batch.ingested.iter().map(document).collect(),
            removed: batch.removed.clone(),
            touched: batch.touched.clone(),
            missing: batch.held.iter().map(|(path, _)| (path.clone(), at)).collect(),
            assets: batch.assets.iter().map(asset).collect(),
            assets_removed: batch.assets_removed.clone(),
            assets_touched: batch.assets_touched.clone(),
        }
    }

    /// Marks the documents that wait for a person's word.
    fn hold(&mut self, held: Vec<(DocumentPath, Diagnostic)>) {
        let mut held: BTreeMap<DocumentPath, Diagnostic> = held.into_iter().collect();
        for document in &mut self.ingested {
            document.held = held.remove(&document.entry.path);
            document.entry.hold = document.held.as_ref().map(|_| Hold::Loss);
        }
    }
}
