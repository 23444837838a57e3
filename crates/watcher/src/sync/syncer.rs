//! Making storage equal to the folder, as often as it is asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{ProblemKind, RevisionNumber, SyncProblem, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::reader_version;
use passerelle_storage::{Hold, ManifestEntry, Storage};
use tokio::time::Instant;

use crate::events::dirty_set::DirtySet;
use crate::events::fs_events::Watches;
use crate::fault_injection::{self, FaultInjector};
use crate::read::reader::FolderReader;
use crate::scan::context::ScanContext;
use crate::scan::defaults;
use crate::scan::listing::{self, Listing};
use crate::scan::root::FolderId;
use crate::scan::scope::ScanScope;
use crate::status::problem::{ProblemDetail, Problems, display_path};
use crate::status::report::SyncReport;
use crate::sync::error::SyncError;
use crate::sync::grace_periods::GracePeriods;
use crate::sync::manifest::Manifest;
use crate::sync::pending_files::PendingFiles;
use crate::sync::progress::OnProgress;
use crate::sync::reconcile::Comparison;

/// Tells the time of a batch.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes storage equal to the folder, as often as it is asked to.
pub struct Syncer {
    pub(crate) storage: Storage,
    pub(crate) clock: Clock,
    pub(crate) grace_periods: GracePeriods,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) context: ScanContext,
    /// Shared with the thread that looks at the folder, which is done before it is changed.
    pub(crate) manifest: Arc<Manifest>,
    /// The revision that the manifest is that of; none where it is not known what is stored.
    pub(crate) revision: Option<RevisionNumber>,
    comparison: Option<Comparison>,
    root_id: Option<FolderId>,
    pub(crate) pending_files: PendingFiles,
    /// Files that were read a moment after they changed: one that changes twice within the grain of the file system's time
    /// looks as if it had not. They are read again with the next look at everything.
    pub(crate) recently_modified: BTreeSet<DocumentPath>,
    /// The names of documents that differ in case alone from those of others.
    case_collisions: BTreeSet<String>,
    pub(crate) problems: Problems,
}

impl Syncer {
    /// A syncer of a folder. It looks at nothing before it is asked to.
    pub fn new(root: &Path, storage: Storage, clock: Clock, grace_periods: GracePeriods) -> Self {
        let context = ScanContext {
            root: root.to_owned(),
            watches: None,
            dirty: None,
            faults: Arc::new(fault_injection::NoFaults),
            raw_html: RawHtmlPolicy::default(),
            waits_for_writers: !grace_periods.partial_write.is_zero(),
        };
        Self {
            storage,
            clock,
            grace_periods,
            on_progress: None,
            context,
            manifest: Arc::default(),
            revision: None,
            comparison: None,
            root_id: None,
            pending_files: PendingFiles::default(),
            recently_modified: BTreeSet::new(),
            case_collisions: BTreeSet::new(),
            problems: Problems::default(),
        }
    }

    /// Reads raw HTML in another way than taking it out.
    #[must_use]
    pub fn with_raw_html(mut self, raw_html: RawHtmlPolicy) -> Self {
        self.context.raw_html = raw_html;
        self
    }

    /// Tells how far each pass has come.
    #[must_use]
    pub fn with_progress(mut self, on_progress: OnProgress) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    /// Sees the folder through faults.
    pub(crate) fn with_faults(mut self, faults: Arc<dyn FaultInjector>) -> Self {
        self.context.faults = faults;
        self
    }

    /// Sets watches on the folders that it comes by.
    pub(crate) fn set_watches(&mut self, watches: Watches, dirty: Arc<DirtySet>) {
        self.context.watches = Some(Arc::new(Mutex::new(watches)));
        self.context.dirty = Some(dirty);
    }

    /// Watches nothing any more.
    pub(crate) fn unwatch(&mut self) {
        self.context.watches = None;
        self.context.dirty = None;
        self.problems.clear(ProblemKind::Unwatched);
    }

    /// Gives up all watches: the folder is another one, or events were lost.
    pub(crate) fn remove_watches(&self) {
        if let Some(watches) = &self.context.watches {
            watches.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.context.root);
        }
    }

    /// The time, by the clock that it was given.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns the number of stored documents.
    pub(crate) fn document_count(&self) -> usize {
        self.manifest.documents.len()
    }

    /// Returns the time and the scope of the next check of pending files.
    pub(crate) fn next_check(&self) -> Option<(Instant, ScanScope)> {
        // What waits for a person is looked at when they have said a word, or with the next scan of everything.
        let (at, paths) =
            self.pending_files.next_check(self.grace_periods, |path| self.is_in_grace_period(path))?;
        Some((at, ScanScope::Paths(paths.into_iter().collect())))
    }

    /// The documents that an operator accepted and that wait to be looked at again; none where nothing waits.
    pub(crate) async fn take_accepted(&mut self) -> Result<Option<ScanScope>, SyncError> {
        if self.manifest.documents.values().all(|entry| entry.hold.is_none()) {
            return Ok(None);
        }
        let accepted = self.storage.accepted_documents().await?;
        let manifest = Arc::make_mut(&mut self.manifest);
        for path in &accepted {
            if let Some(entry) = manifest.documents.get_mut(path) {
                entry.is_accepted = true;
            }
        }
        let paths: BTreeSet<PathBuf> = accepted.iter().map(|path| PathBuf::from(path.as_str())).collect();
        Ok((!paths.is_empty()).then_some(ScanScope::Paths(paths)))
    }

    /// Whether a missing file is gone when time has passed, and not when somebody has said so.
    fn is_in_grace_period(&self, path: &DocumentPath) -> bool {
        let Manifest { documents, assets } = self.manifest.as_ref();
        !self.is_removal_held(path) && (documents.contains_key(path) || assets.contains_key(path))
    }

    /// Whether a missing document waits for a person's word.
    pub(crate) fn is_removal_held(&self, path: &DocumentPath) -> bool {
        let hold = self.manifest.documents.get(path).and_then(|entry| entry.hold);
        matches!(hold, Some(Hold::Missing { .. }))
    }

    /// One pass over the whole folder.
    pub async fn sync_all(&mut self) -> Result<SyncReport, SyncError> {
        self.sync(ScanScope::Everything, Comparison::Fingerprints).await
    }

    /// Returns the reported problems, most severe first.
    pub(crate) fn reported_problems(&self) -> Vec<SyncProblem> {
        self.problems.most_severe(SyncStatus::MAX_PROBLEMS)
    }

    /// Returns the number of problems.
    pub(crate) fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Whether the system gives no notice of a folder.
    pub(crate) fn is_unwatched(&self, folder: &Path) -> bool {
        self.problems.is_at(ProblemKind::Unwatched, &display_path(folder))
    }

    /// One pass over a part of the folder.
    pub(crate) async fn sync(
        &mut self,
        scope: ScanScope,
        comparison: Comparison,
    ) -> Result<SyncReport, SyncError> {
        let result = self.scan_and_publish(scope, comparison).await;
        if result.is_err() {
            // A transaction that failed may have been made all the same.
            self.revision = None;
        }
        result
    }

    async fn scan_and_publish(
        &mut self,
        scope: ScanScope,
        comparison: Comparison,
    ) -> Result<SyncReport, SyncError> {
        let mut scope = scope.with_related_paths(defaults::folder_name(&self.context.root).as_deref());
        self.load_manifest(scope == ScanScope::Everything).await?;
        let comparison =
            if self.comparison == Some(Comparison::ParseAll) { Comparison::ParseAll } else { comparison };
        let mut reader = self.scan_folder(&scope, comparison).await?;
        let root_changed = self.root_id.is_some_and(|id| id != reader.root.id);
        // A part of another folder says nothing about this one, and of two names that are one a part may hold one.
        if scope != ScanScope::Everything && (root_changed || self.may_have_case_collision(&reader.listing)) {
            scope = ScanScope::Everything;
            reader = self.scan_folder(&scope, comparison).await?;
        }
        let is_full_scan = scope == ScanScope::Everything;
        self.check_not_unexpectedly_empty(&reader, is_full_scan)?;
        self.root_id = Some(reader.root.id);
        let is_complete = reader.listing.unreadable.is_empty();
        let report = self.publish(reader, is_full_scan).await?;
        if is_full_scan && comparison == Comparison::ParseAll && is_complete && report.pending.is_empty() {
            self.storage.set_reader_version(reader_version(self.context.raw_html)).await?;
            self.comparison = Some(Comparison::Fingerprints);
        }
        if is_full_scan && comparison != Comparison::Fingerprints && is_complete {
            self.storage.set_audited_at(self.now()).await?;
        }
        Ok(report)
    }

    /// Reads what is stored, where that is not known or somebody else may have changed it.
    async fn load_manifest(&mut self, is_full_scan: bool) -> Result<(), SyncError> {
        if self.revision.is_none()
            || is_full_scan && self.revision != Some(self.storage.latest().await?.revision().number)
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
        if self.comparison.is_none() {
            let same = self.storage.reader_version().await? == reader_version(self.context.raw_html);
            self.comparison = Some(if same { Comparison::Fingerprints } else { Comparison::ParseAll });
        }
        Ok(())
    }

    async fn scan_folder(
        &self,
        scope: &ScanScope,
        comparison: Comparison,
    ) -> Result<FolderReader, SyncError> {
        let (context, scope) = (self.context.clone(), scope.clone());
        let scan_folder =
            tokio::task::spawn_blocking(move || FolderReader::open(context, &scope, comparison));
        scan_folder.await.map_err(|_| SyncError::Interrupted)?
    }

    /// Whether which of two names is served cannot be told from a part of the folder.
    fn may_have_case_collision(&self, listing: &Listing) -> bool {
        if listing.problems.iter().any(|(_, detail)| detail.kind == ProblemKind::NameTwice) {
            return true;
        }
        let removed = || listing.missing(&self.manifest.documents, &listing.found).into_iter();
        if !self.case_collisions.is_empty()
            && listing
                .found
                .keys()
                .cloned()
                .chain(removed())
                .any(|path| self.case_collisions.contains(&listing::case_folded(&path)))
        {
            return true;
        }
        let is_new = |path: &&DocumentPath| !self.manifest.documents.contains_key(*path);
        let new: BTreeSet<String> = listing.found.keys().filter(is_new).map(listing::case_folded).collect();
        !new.is_empty()
            && self.manifest.documents.keys().any(|path| new.contains(&listing::case_folded(path)))
    }

    /// An unmounted disk leaves an empty folder behind, another one than before or one that was never seen.
    fn check_not_unexpectedly_empty(
        &self,
        reader: &FolderReader,
        is_full_scan: bool,
    ) -> Result<(), SyncError> {
        let is_empty =
            is_full_scan && reader.listing.found.is_empty() && reader.listing.unreadable.is_empty();
        let is_known = self.root_id == Some(reader.root.id);
        if is_empty && !is_known && !self.manifest.documents.is_empty() && !self.grace_periods.accept_removals
        {
            let documents = self.manifest.documents.len();
            return Err(SyncError::FolderEmpty { path: self.context.root.clone(), documents });
        }
        Ok(())
    }

    /// Keeps what is wrong, as far as it was looked.
    pub(crate) fn update_problems(&mut self, listing: &Listing, held: Option<&str>) {
        let held = held.map(|held| (String::new(), ProblemDetail::new(ProblemKind::MassRemoval, held)));
        let new_problems = listing.problems.iter().map(|(path, detail)| (display_path(path), detail.clone()));
        let at = self.now();
        self.problems.update(new_problems.chain(held), |path| is_in_scope(listing, path), at);
        let is_held = |entry: &ManifestEntry| matches!(entry.hold, Some(Hold::Missing { .. }));
        if self.problems.has(ProblemKind::MassRemoval) && !self.manifest.documents.values().any(is_held) {
            self.problems.clear(ProblemKind::MassRemoval);
        }
        if listing.scanned.is_none() {
            let case_collisions =
                listing.problems.iter().filter(|(_, detail)| detail.kind == ProblemKind::NameTwice);
            let names = case_collisions.filter_map(|(path, _)| DocumentPath::parse(path.to_str()?).ok());
            self.case_collisions = names.map(|path| listing::case_folded(&path)).collect();
        }
    }
}

/// Whether it was looked at a path, or at the folder as a whole.
fn is_in_scope(listing: &Listing, path: &str) -> bool {
    if path.is_empty() { listing.scanned.is_none() } else { is_scanned(listing, path) }
}

/// Returns true if a listing covered the path.
fn is_scanned(listing: &Listing, path: &str) -> bool {
    let is_below_any =
        |folders: &BTreeSet<PathBuf>| Path::new(path).ancestors().any(|ancestor| folders.contains(ancestor));
    listing.scanned.as_ref().is_none_or(is_below_any)
}
