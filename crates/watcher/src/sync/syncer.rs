//! Makes storage equal to the folder. All passes run [`Syncer::sync`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::path::DocumentPath;
use passerelle_model::public_url::PublicUrl;
use passerelle_model::revision::RevisionNumber;
use passerelle_model::sync::{ProblemKind, ProblemPlace, SyncProblem, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::reader_version;
use passerelle_storage::{Hold, ManifestEntry, Storage};
use tokio::time::Instant;

use crate::events::dirty_set::DirtySet;
use crate::events::fs_events::Watches;
use crate::fault_injection::{self, FaultInjector};
use crate::read::byte_budget::ByteBudget;
use crate::read::reader::FolderReader;
use crate::scan::conflict_copy;
use crate::scan::context::ScanContext;
use crate::scan::listing::{self, Listing};
use crate::scan::root::{self, FolderId};
use crate::scan::scope::ScanScope;
use crate::status::problem::{ProblemDetail, Problems, display_path};
use crate::status::report::SyncReport;
use crate::sync::error::SyncError;
use crate::sync::grace_periods::GracePeriods;
use crate::sync::manifest::Manifest;
use crate::sync::pending_files::PendingFiles;
use crate::sync::placeholders::{Decoded, PlaceholderQueue};
use crate::sync::policies::{DraftPolicy, RemovalPolicy};
use crate::sync::progress::OnProgress;
use crate::sync::reconcile::Comparison;

/// Returns the present time. Revisions get their time from it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes storage equal to the folder.
pub struct Syncer {
    pub(crate) storage: Storage,
    pub(crate) clock: Clock,
    pub(crate) grace_periods: GracePeriods,
    pub(crate) removals: RemovalPolicy,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) context: ScanContext,
    /// Shared with the thread that reads files. That thread has finished before the manifest is changed.
    pub(crate) manifest: Arc<Manifest>,
    /// Revision of the manifest. `None` if the manifest must be loaded.
    pub(crate) revision: Option<RevisionNumber>,
    comparison: Option<Comparison>,
    root_id: Option<FolderId>,
    pub(crate) pending_files: PendingFiles,
    /// Files modified within the time resolution of the file system. They are read again with the next full
    /// scan.
    pub(crate) recently_modified: BTreeSet<DocumentPath>,
    /// Case-folded names of documents that differ only in case.
    case_collisions: BTreeSet<String>,
    pub(crate) problems: Problems,
    pub(crate) budget: ByteBudget,
    pub(crate) placeholders: PlaceholderQueue,
    /// True if the images that an earlier process left without a placeholder are queued.
    pub(crate) has_queued_unfinished_images: bool,
    /// True if a document was removed that another one is a copy of.
    pub(crate) full_scan_is_due: bool,
}

impl Syncer {
    /// Creates a syncer. It does not read the folder yet.
    pub fn new(root: &Path, storage: Storage, clock: Clock, grace_periods: GracePeriods) -> Self {
        let context = ScanContext {
            root: root.to_owned(),
            watches: None,
            dirty: None,
            faults: Arc::new(fault_injection::NoFaults),
            raw_html: RawHtmlPolicy::default(),
            site: None,
            drafts: DraftPolicy::default(),
            waits_for_writers: !grace_periods.partial_write.is_zero(),
        };
        Self {
            storage,
            clock,
            grace_periods,
            removals: RemovalPolicy::default(),
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
            budget: ByteBudget::default(),
            placeholders: PlaceholderQueue::default(),
            has_queued_unfinished_images: false,
            full_scan_is_due: false,
        }
    }

    /// Sets the policy for raw HTML.
    #[must_use]
    pub fn with_raw_html(mut self, raw_html: RawHtmlPolicy) -> Self {
        self.context.raw_html = raw_html;
        self
    }

    /// Sets the public address of the site. Links to it are links to its pages.
    #[must_use]
    pub fn with_site(mut self, site: Option<PublicUrl>) -> Self {
        self.context.site = site;
        self
    }

    /// Sets the policy for drafts.
    #[must_use]
    pub fn with_drafts(mut self, drafts: DraftPolicy) -> Self {
        self.context.drafts = drafts;
        self
    }

    /// Sets the policy for the removal of most documents.
    #[must_use]
    pub fn with_removals(mut self, removals: RemovalPolicy) -> Self {
        self.removals = removals;
        self
    }

    /// Sets the function that is called with the progress.
    #[must_use]
    pub fn with_progress(mut self, on_progress: OnProgress) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    /// Injects faults.
    pub(crate) fn with_faults(mut self, faults: Arc<dyn FaultInjector>) -> Self {
        self.context.faults = faults;
        self
    }

    /// Watches the folders that are scanned.
    pub(crate) fn set_watches(&mut self, watches: Watches, dirty: Arc<DirtySet>) {
        self.context.watches = Some(Arc::new(Mutex::new(watches)));
        self.context.dirty = Some(dirty);
    }

    /// Removes all watches for good: the folder is polled.
    pub(crate) fn unwatch(&mut self) {
        self.context.watches = None;
        self.context.dirty = None;
        self.problems.clear(ProblemKind::Unwatched);
    }

    /// Removes all watches. The next scan sets them again.
    pub(crate) fn remove_watches(&self) {
        if let Some(watches) = &self.context.watches {
            watches.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.context.root);
        }
    }

    /// Returns the present time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns the number of stored documents.
    pub(crate) fn document_count(&self) -> usize {
        self.manifest.documents.len()
    }

    /// Returns the time and the scope of the next check of pending files.
    pub(crate) fn next_check(&self) -> Option<(Instant, ScanScope)> {
        if self.full_scan_is_due {
            return Some((Instant::now(), ScanScope::Everything));
        }
        // A held document is not checked: an acceptance or the next full scan releases it.
        let (at, paths) =
            self.pending_files.next_check(self.grace_periods, |path| self.is_in_grace_period(path))?;
        Some((at, ScanScope::Paths(paths.into_iter().collect())))
    }

    /// Returns the scope of the documents that an operator accepted. `None` if there are none.
    pub(crate) async fn take_accepted(&mut self) -> Result<Option<ScanScope>, SyncError> {
        let is_held = |entry: &ManifestEntry| entry.hold.hold().is_some_and(Hold::awaits_confirmation);
        if !self.manifest.documents.values().any(is_held) {
            return Ok(None);
        }
        let accepted = self.storage.accepted_documents().await?;
        let manifest = Arc::make_mut(&mut self.manifest);
        for path in &accepted {
            if let Some(entry) = manifest.documents.get_mut(path) {
                entry.hold.accept();
            }
        }
        let paths: BTreeSet<PathBuf> = accepted.iter().map(|path| PathBuf::from(path.as_str())).collect();
        Ok((!paths.is_empty()).then_some(ScanScope::Paths(paths)))
    }

    /// Returns the time of the next publication of a draft. `None` if no draft has a date.
    pub(crate) fn next_publication(&self) -> Option<Timestamp> {
        self.manifest.documents.values().filter_map(publication_time).min()
    }

    /// Returns the scope of the drafts whose date has come. `None` if there are none.
    pub(crate) fn due_drafts(&self) -> Option<ScanScope> {
        let now = self.now();
        let is_due = |entry: &&ManifestEntry| publication_time(entry).is_some_and(|at| at <= now);
        let due = self.manifest.documents.values().filter(is_due);
        let paths: BTreeSet<PathBuf> = due.map(|entry| PathBuf::from(entry.path.as_str())).collect();
        (!paths.is_empty()).then_some(ScanScope::Paths(paths))
    }

    /// Returns true if a missing file is removed after the grace period, without confirmation.
    fn is_in_grace_period(&self, path: &DocumentPath) -> bool {
        let Manifest { documents, assets } = self.manifest.as_ref();
        !self.is_removal_held(path) && (documents.contains_key(path) || assets.contains_key(path))
    }

    /// Returns true if the removal of a document awaits confirmation.
    pub(crate) fn is_removal_held(&self, path: &DocumentPath) -> bool {
        let hold = self.manifest.documents.get(path).and_then(|entry| entry.hold.hold());
        matches!(hold, Some(Hold::Missing { .. }))
    }

    /// Publishes the whole folder, then the placeholders of its images.
    ///
    /// The future is boxed, so that its code is generated in this crate and not again in each caller.
    pub fn sync_all(&mut self) -> Pin<Box<dyn Future<Output = Result<SyncReport, SyncError>> + Send + '_>> {
        Box::pin(self.sync_until_done())
    }

    async fn sync_until_done(&mut self) -> Result<SyncReport, SyncError> {
        let report = self.sync(ScanScope::Everything, Comparison::Fingerprints).await?;
        while self.placeholders.has_work() {
            let decoded = self.placeholders.decode_next(&self.context).await;
            self.publish_placeholders(decoded).await?;
        }
        Ok(report)
    }

    /// Decodes the next images. A cancelled call loses nothing.
    pub(crate) async fn decode_next(&mut self) -> Vec<Decoded> {
        self.placeholders.decode_next(&self.context).await
    }

    /// Returns the reported problems, most severe first.
    pub(crate) fn reported_problems(&self) -> Vec<SyncProblem> {
        self.problems.most_severe(SyncStatus::MAX_PROBLEMS)
    }

    /// Returns the number of problems.
    pub(crate) fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Returns true if a folder has no watch.
    pub(crate) fn is_unwatched(&self, folder: &Path) -> bool {
        self.problems.is_at(ProblemKind::Unwatched, place_of(folder))
    }

    /// Runs a pass over a part of the folder.
    pub(crate) async fn sync(
        &mut self,
        scope: ScanScope,
        comparison: Comparison,
    ) -> Result<SyncReport, SyncError> {
        let result = self.scan_and_publish(scope, comparison).await;
        if result.is_err() {
            // A transaction that reported an error may have been committed.
            self.revision = None;
        }
        result
    }

    async fn scan_and_publish(
        &mut self,
        scope: ScanScope,
        comparison: Comparison,
    ) -> Result<SyncReport, SyncError> {
        let mut scope = scope.with_related_paths(root::folder_name(&self.context.root).as_deref());
        self.load_manifest(scope == ScanScope::Everything).await?;
        let comparison =
            if self.comparison == Some(Comparison::ParseAll) { Comparison::ParseAll } else { comparison };
        let mut reader = self.scan_folder(&scope, comparison).await?;
        let root_changed = self.root_id.is_some_and(|id| id != reader.root.id);
        // A partial scan is not enough if the folder is another one, or if a name depends on names elsewhere.
        let depends_on_other_names =
            || self.may_have_case_collision(&reader.listing) || self.has_copy_of_new_file(&reader.listing);
        if scope != ScanScope::Everything && (root_changed || depends_on_other_names()) {
            scope = ScanScope::Everything;
            reader = self.scan_folder(&scope, comparison).await?;
        }
        let is_full_scan = scope == ScanScope::Everything;
        self.check_not_unexpectedly_empty(&reader, is_full_scan)?;
        self.root_id = Some(reader.root.id);
        let is_complete = reader.listing.unreadable.is_empty();
        let report = self.publish(reader, is_full_scan).await?;
        if is_full_scan && comparison == Comparison::ParseAll && is_complete && report.pending.is_empty() {
            self.storage
                .set_reader_version(reader_version(self.context.raw_html, self.context.site.as_ref()))
                .await?;
            self.comparison = Some(Comparison::Fingerprints);
        }
        if is_full_scan && comparison != Comparison::Fingerprints && is_complete {
            self.storage.set_audited_at(self.now()).await?;
        }
        Ok(report)
    }

    /// Loads the manifest if it is unknown or if another process may have changed it.
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
            let same = self.storage.reader_version().await?
                == reader_version(self.context.raw_html, self.context.site.as_ref());
            self.comparison = Some(if same { Comparison::Fingerprints } else { Comparison::ParseAll });
        }
        Ok(())
    }

    async fn scan_folder(
        &self,
        scope: &ScanScope,
        comparison: Comparison,
    ) -> Result<FolderReader, SyncError> {
        let (context, scope, now) = (self.context.clone(), scope.clone(), self.now());
        let scan_folder =
            tokio::task::spawn_blocking(move || FolderReader::open(context, &scope, comparison, now));
        scan_folder.await.map_err(|_| SyncError::Interrupted)?
    }

    /// Returns true if a partial scan cannot decide which of two names that differ in case is served.
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

    /// Returns true if a stored document is a copy of a file that is new.
    fn has_copy_of_new_file(&self, listing: &Listing) -> bool {
        let is_new = |path: &&DocumentPath| !self.manifest.documents.contains_key(*path);
        let new: Vec<DocumentPath> = listing.found.keys().filter(is_new).cloned().collect();
        self.has_copy_of_any(&new)
    }

    /// Returns true if a stored document is a copy of one of these.
    pub(crate) fn has_copy_of_any(&self, originals: &[DocumentPath]) -> bool {
        let originals: BTreeSet<&DocumentPath> = originals.iter().collect();
        let is_copy = |path: &DocumentPath| {
            conflict_copy::originals(path).any(|original| originals.contains(&original))
        };
        !originals.is_empty() && self.manifest.documents.keys().any(is_copy)
    }

    /// Returns an error if the folder is empty and is not the folder of the last pass: a disk may not be
    /// mounted.
    fn check_not_unexpectedly_empty(
        &self,
        reader: &FolderReader,
        is_full_scan: bool,
    ) -> Result<(), SyncError> {
        let is_empty =
            is_full_scan && reader.listing.found.is_empty() && reader.listing.unreadable.is_empty();
        let is_known = self.root_id == Some(reader.root.id);
        if is_empty
            && !is_known
            && !self.manifest.documents.is_empty()
            && self.removals == RemovalPolicy::Confirmed
        {
            let documents = self.manifest.documents.len();
            return Err(SyncError::FolderEmpty { path: self.context.root.clone(), documents });
        }
        Ok(())
    }

    /// Updates the problems within the scope of the scan.
    pub(crate) fn update_problems(&mut self, listing: &Listing, held: Option<&str>) {
        let held =
            held.map(|held| (ProblemPlace::Folder, ProblemDetail::new(ProblemKind::MassRemoval, held)));
        let new_problems = listing.problems.iter().map(|(path, detail)| (place_of(path), detail.clone()));
        let at = self.now();
        self.problems.update(new_problems.chain(held), |place| is_in_scope(listing, place), at);
        let is_held = |entry: &ManifestEntry| matches!(entry.hold.hold(), Some(Hold::Missing { .. }));
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

/// Returns the time at which a draft is published. `None` for other documents and drafts without a date.
fn publication_time(entry: &ManifestEntry) -> Option<Timestamp> {
    match entry.hold.hold() {
        Some(Hold::Draft { until }) => until,
        Some(Hold::Loss | Hold::Missing { .. }) | None => None,
    }
}

/// Returns the place of a problem. The empty path is the whole folder.
fn place_of(path: &Path) -> ProblemPlace {
    if path.as_os_str().is_empty() { ProblemPlace::Folder } else { ProblemPlace::Path(display_path(path)) }
}

/// Returns true if a scan covered a place.
fn is_in_scope(listing: &Listing, place: &ProblemPlace) -> bool {
    place.path().map_or(listing.scanned.is_none(), |path| is_scanned(listing, path))
}

/// Returns true if a listing covered the path.
fn is_scanned(listing: &Listing, path: &str) -> bool {
    let is_below_any =
        |folders: &BTreeSet<PathBuf>| Path::new(path).ancestors().any(|ancestor| folders.contains(ancestor));
    listing.scanned.as_ref().is_none_or(is_below_any)
}
