//! Making storage equal to the folder, as often as it is asked for.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passerelle_model::diagnostic::Fault;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{ProblemKind, RevisionNumber, SyncProblem, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read::reader_version;
use passerelle_storage::{Batch, Hold, ManifestEntry, Storage, StorageError};
use thiserror::Error;
use tokio::time::Instant;

use crate::defaults;
use crate::dirty::{Dirty, Scope};
use crate::faults::{self, Faults};
use crate::notify::Watches;
use crate::plan::Trust;
use crate::problem::{Problems, Trouble, told};
use crate::reader::{Eyes, Manifest, Reader};
use crate::report::SyncReport;
use crate::root::FolderId;
use crate::scan::{self, Listing};
use crate::waiting::Waiting;

/// A folder that loses more documents than this, and more than half of them, waits for a person's word.
const FEW: usize = 20;

/// Tells the time of a batch.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How far a pass has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files that were read and stored.
    pub done: usize,
    /// Files that are to be.
    pub all: usize,
}

/// Is told how far a pass has come, after each transaction.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// How long to wait before believing what the folder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A document is gone when it was missing for so long.
    pub removal: Duration,
    /// A file that ends in half a character, that was emptied, or that somebody has open is read as it is after so long.
    pub writing: Duration,
    /// Whether a folder may lose most of its documents at once.
    pub accept_removals: bool,
}

impl Patience {
    /// For a service that goes on looking: editors that save by removing and moving have time to finish.
    pub const SERVICE: Self =
        Self { removal: Duration::from_millis(200), writing: Duration::from_secs(2), accept_removals: false };
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

impl SyncError {
    /// What it is, to those who are told: whoever may ask is told no paths and no words of the database, which the log has.
    pub(crate) fn trouble(&self) -> Trouble {
        match self {
            Self::Folder { source, .. } => {
                Trouble::new(ProblemKind::FolderMissing, format!("the folder cannot be read: {source}"))
            }
            Self::Empty { documents, .. } => {
                let message = format!("the folder is empty, but {documents} documents are served from it");
                Trouble::new(ProblemKind::FolderEmpty, message)
            }
            Self::Storage(error) => Trouble::new(ProblemKind::Storage, storage_trouble(error)),
            Self::Interrupted => Trouble::new(ProblemKind::Failed, self.to_string()),
        }
    }
}

/// What is wrong with the database, without its words.
fn storage_trouble(error: &StorageError) -> &'static str {
    match error {
        StorageError::Gone { .. } => {
            "the database is gone from its place, and nothing new can be stored: put it back"
        }
        StorageError::Replaced { .. } => {
            "another database was put in the place of the one that is served: put that back, or restart"
        }
        StorageError::Damaged { .. } => DAMAGED,
        error => {
            let words = error.to_string();
            let known = [
                ("disk is full", "the disk of the database is full"),
                ("database is locked", "another program holds the database"),
                ("malformed", DAMAGED),
                ("not a database", DAMAGED),
            ];
            let known = known.into_iter().find(|(word, _)| words.contains(word));
            known.map_or("the database cannot be read or written; the log says why", |(_, told)| told)
        }
    }
}

/// What is told of a database that contradicts itself.
const DAMAGED: &str = "the database is damaged: put a copy of it back, or restart with --rebuild";

/// Makes storage equal to the folder, as often as it is asked to.
pub struct Syncer {
    pub(crate) storage: Storage,
    pub(crate) clock: Clock,
    pub(crate) patience: Patience,
    pub(crate) on_progress: Option<OnProgress>,
    eyes: Eyes,
    /// Shared with the thread that looks at the folder, which is done before it is changed.
    pub(crate) manifest: Arc<Manifest>,
    /// The revision that the manifest is that of; none where it is not known what is stored.
    pub(crate) revision: Option<RevisionNumber>,
    trust: Option<Trust>,
    id: Option<FolderId>,
    pub(crate) waiting: Waiting,
    /// Files that were read a moment after they changed: one that changes twice within the grain of the file system's time
    /// looks as if it had not. They are read again with the next look at everything.
    pub(crate) fresh: BTreeSet<DocumentPath>,
    /// The names of documents that differ in case alone from those of others.
    twice: BTreeSet<String>,
    pub(crate) problems: Problems,
}

impl Syncer {
    /// A syncer of a folder. It looks at nothing before it is asked to.
    pub fn new(root: &Path, storage: Storage, clock: Clock, patience: Patience) -> Self {
        let eyes = Eyes {
            root: root.to_owned(),
            watches: None,
            dirty: None,
            faults: Arc::new(faults::None),
            raw_html: RawHtml::default(),
            is_patient: !patience.writing.is_zero(),
        };
        Self {
            storage,
            clock,
            patience,
            on_progress: None,
            eyes,
            manifest: Arc::default(),
            revision: None,
            trust: None,
            id: None,
            waiting: Waiting::default(),
            fresh: BTreeSet::new(),
            twice: BTreeSet::new(),
            problems: Problems::default(),
        }
    }

    /// Reads raw HTML in another way than taking it out.
    #[must_use]
    pub fn with_raw_html(mut self, raw_html: RawHtml) -> Self {
        self.eyes.raw_html = raw_html;
        self
    }

    /// Tells how far each pass has come.
    #[must_use]
    pub fn with_progress(mut self, on_progress: OnProgress) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    /// Sees the folder through faults.
    pub(crate) fn with_faults(mut self, faults: Arc<dyn Faults>) -> Self {
        self.eyes.faults = faults;
        self
    }

    /// Sets watches on the folders that it comes by.
    pub(crate) fn watch_with(&mut self, watches: Watches, dirty: Arc<Dirty>) {
        self.eyes.watches = Some(Arc::new(Mutex::new(watches)));
        self.eyes.dirty = Some(dirty);
    }

    /// Watches nothing any more.
    pub(crate) fn unwatch(&mut self) {
        self.eyes.watches = None;
        self.eyes.dirty = None;
        self.problems.clear(ProblemKind::Unwatched);
    }

    /// Gives up all watches: the folder is another one, or events were lost.
    pub(crate) fn forget_watches(&self) {
        if let Some(watches) = &self.eyes.watches {
            watches.lock().unwrap_or_else(PoisonError::into_inner).forget(&self.eyes.root);
        }
    }

    /// The time, by the clock that it was given.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// How many documents are stored.
    pub(crate) fn document_count(&self) -> usize {
        self.manifest.documents.len()
    }

    /// When to look again at what is waiting, and where.
    pub(crate) fn again(&self) -> Option<(Instant, Scope)> {
        // What waits for a person is looked at when they have said a word, or with the next scan of everything.
        let (at, paths) = self.waiting.again(self.patience, |path| self.is_ripening(path))?;
        Some((at, Scope::Paths(paths.into_iter().collect())))
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
        self.sync(Scope::Everything, Trust::Fingerprints).await
    }

    /// What stands between the folder and what is stored, the gravest first, as far as it is told.
    pub(crate) fn problems_told(&self) -> Vec<SyncProblem> {
        self.problems.told(SyncStatus::MOST_PROBLEMS)
    }

    /// How many things stand there.
    pub(crate) fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Whether the system gives no notice of a folder.
    pub(crate) fn is_unwatched(&self, folder: &Path) -> bool {
        self.problems.is_at(ProblemKind::Unwatched, &told(folder))
    }

    /// One pass over a part of the folder.
    pub(crate) async fn sync(&mut self, scope: Scope, trust: Trust) -> Result<SyncReport, SyncError> {
        let done = self.look_and_publish(scope, trust).await;
        if done.is_err() {
            // A transaction that failed may have been made all the same.
            self.revision = None;
        }
        done
    }

    async fn look_and_publish(&mut self, scope: Scope, trust: Trust) -> Result<SyncReport, SyncError> {
        let mut scope = scope.widened(defaults::name_of(&self.eyes.root).as_deref());
        self.know_what_is_stored(scope == Scope::Everything).await?;
        let trust = if self.trust == Some(Trust::Nothing) { Trust::Nothing } else { trust };
        let mut reader = self.survey(&scope, trust).await?;
        let is_another = self.id.is_some_and(|id| id != reader.root.id);
        // A part of another folder says nothing about this one, and of two names that are one a part may hold one.
        if scope != Scope::Everything && (is_another || self.is_ambiguous(&reader.listing)) {
            scope = Scope::Everything;
            reader = self.survey(&scope, trust).await?;
        }
        let is_whole = scope == Scope::Everything;
        self.assert_not_suddenly_empty(&reader, is_whole)?;
        self.id = Some(reader.root.id);
        let is_complete = reader.listing.unreadable.is_empty();
        let report = self.publish(reader, is_whole).await?;
        if is_whole && trust == Trust::Nothing && is_complete && report.waiting.is_empty() {
            self.storage.confirm_reader_version(reader_version(self.eyes.raw_html)).await?;
            self.trust = Some(Trust::Fingerprints);
        }
        if is_whole && trust != Trust::Fingerprints && is_complete {
            self.storage.confirm_audit(self.now()).await?;
        }
        Ok(report)
    }

    /// Reads what is stored, where that is not known or somebody else may have changed it.
    async fn know_what_is_stored(&mut self, is_whole: bool) -> Result<(), SyncError> {
        if self.revision.is_none()
            || is_whole && self.revision != Some(self.storage.latest().await?.revision().number)
        {
            let by_path = |entries: Vec<ManifestEntry>| {
                entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect()
            };
            let revision = self.storage.latest().await?.revision().number;
            self.manifest = Arc::new(Manifest {
                documents: by_path(self.storage.manifest().await?),
                assets: by_path(self.storage.asset_manifest().await?),
            });
            self.revision = Some(revision);
        }
        if self.trust.is_none() {
            let same = self.storage.reader_version().await? == reader_version(self.eyes.raw_html);
            self.trust = Some(if same { Trust::Fingerprints } else { Trust::Nothing });
        }
        Ok(())
    }

    async fn survey(&self, scope: &Scope, trust: Trust) -> Result<Reader, SyncError> {
        let (eyes, scope) = (self.eyes.clone(), scope.clone());
        let survey = tokio::task::spawn_blocking(move || eyes.survey(&scope, trust));
        survey.await.map_err(|_| SyncError::Interrupted)?
    }

    /// Whether which of two names is served cannot be told from a part of the folder.
    fn is_ambiguous(&self, listing: &Listing) -> bool {
        if listing.problems.iter().any(|(_, trouble)| trouble.kind == ProblemKind::NameTwice) {
            return true;
        }
        let gone = || listing.missing(&self.manifest.documents, &listing.found).into_iter();
        if !self.twice.is_empty()
            && listing
                .found
                .keys()
                .cloned()
                .chain(gone())
                .any(|path| self.twice.contains(&scan::folded(&path)))
        {
            return true;
        }
        let is_new = |path: &&DocumentPath| !self.manifest.documents.contains_key(*path);
        let new: BTreeSet<String> = listing.found.keys().filter(is_new).map(scan::folded).collect();
        !new.is_empty() && self.manifest.documents.keys().any(|path| new.contains(&scan::folded(path)))
    }

    /// An unmounted disk leaves an empty folder behind, another one than before or one that was never seen.
    fn assert_not_suddenly_empty(&self, reader: &Reader, is_whole: bool) -> Result<(), SyncError> {
        let is_empty = is_whole && reader.listing.found.is_empty() && reader.listing.unreadable.is_empty();
        let is_known = self.id == Some(reader.root.id);
        if is_empty && !is_known && !self.manifest.documents.is_empty() && !self.patience.accept_removals {
            let documents = self.manifest.documents.len();
            return Err(SyncError::Empty { path: self.eyes.root.clone(), documents });
        }
        Ok(())
    }

    /// Keeps what is wrong, as far as it was looked.
    pub(crate) fn note_problems(&mut self, listing: &Listing, held: Option<&str>) {
        let held = held.map(|held| (String::new(), Trouble::new(ProblemKind::MassRemoval, held)));
        let wrong = listing.problems.iter().map(|(path, trouble)| (told(path), trouble.clone()));
        let at = self.now();
        self.problems.update(wrong.chain(held), |path| speaks_of(listing, path), at);
        let is_held = |entry: &ManifestEntry| matches!(entry.hold, Some(Hold::Missing { .. }));
        if self.problems.has(ProblemKind::MassRemoval) && !self.manifest.documents.values().any(is_held) {
            self.problems.clear(ProblemKind::MassRemoval);
        }
        if listing.looked_at.is_none() {
            let twice = listing.problems.iter().filter(|(_, trouble)| trouble.kind == ProblemKind::NameTwice);
            let names = twice.filter_map(|(path, _)| DocumentPath::parse(path.to_str()?).ok());
            self.twice = names.map(|path| scan::folded(&path)).collect();
        }
    }

    /// Most of a folder gone at once is more often an accident than a wish: what nobody accepted stays. Returns what is to
    /// be removed and held, and why.
    pub(crate) fn hold_mass_removal(&self, batch: &mut Batch, listing: &Listing) -> Option<String> {
        if self.patience.accept_removals {
            return None;
        }
        let root = defaults::name_of(&self.eyes.root).unwrap_or_else(|| "folder".to_owned());
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
        let ripening = self.waiting.missing().filter(|path| self.manifest.documents.contains_key(*path));
        let ripening = ripening.filter(|path| !is_accepted(path)).count();
        let (gone, all) = (missing.len().max(ripening), self.manifest.documents.len());
        let is_mass = gone > FEW && gone * 2 > all;
        let (held, free): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|path| is_mass || self.is_held(path));
        batch.removed = accepted.into_iter().chain(free).collect();
        if held.is_empty() {
            return None;
        }
        let accept = format!("{root}.accept");
        let fault = Fault::GoneWithMost { gone, all, accept: accept.clone() };
        let news = held.iter().filter(|path| !self.is_held(path));
        batch.held = news.map(|path| (path.clone(), fault.clone())).collect();
        Some(format!(
            "{gone} of {all} documents are gone from the folder and are served all the same; put them back, or accept \
             with an empty file {accept} in it or with `passerelle accept .`"
        ))
    }
}

/// Whether it was looked at a path, or at the folder as a whole.
fn speaks_of(listing: &Listing, path: &str) -> bool {
    if path.is_empty() { listing.looked_at.is_none() } else { is_looked_at(listing, path) }
}

/// What could not be read was looked at, and so was what lies below it as far as it could be.
fn is_looked_at(listing: &Listing, path: &str) -> bool {
    let is_in = |places: &BTreeSet<PathBuf>| Path::new(path).ancestors().any(|place| places.contains(place));
    listing.looked_at.as_ref().is_none_or(is_in)
}
