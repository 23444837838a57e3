//! The blocking half of a pass: lists the folder and reads new and changed files.

use std::path::Path;
use std::sync::Arc;

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::decode::WriteState;
use passerelle_reader::read::{ReadOptions, rejected};
use passerelle_storage::{Hold, IngestedAsset, ManifestEntry};

use crate::read::asset;
use crate::read::parallel::parallel_map;
use crate::read::parse;
use crate::read::parsed_file::ParsedFile;
use crate::read::plan_inputs;
use crate::read::stable::{FileContent, StableRead, read_stable};
use crate::read::task::{ReadOutcome, ReadTask, TaskOutcome};
use crate::read::write_wait::WriteWait;
use crate::scan::conflict_copy;
use crate::scan::context::ScanContext;
use crate::scan::defaults::DefaultsCache;
use crate::scan::listing::{FoundFile, Listing};
use crate::scan::plan_folders::is_settings_file;
use crate::scan::root::Root;
use crate::scan::scope::ScanScope;
use crate::sync::error::SyncError;
use crate::sync::manifest::Manifest;
use crate::sync::policies::DraftPolicy;
use crate::sync::reconcile::{self, Comparison};

/// Bytes of assets that are read before the documents, the smallest files first. The pages that are saved
/// together with their images are then published together with them. Reading 64 MiB takes about 0.1 s.
const ASSET_BYTES_BEFORE_DOCUMENTS: u64 = 64 * 1024 * 1024;

/// Files by path.
type FoundFiles = Vec<(DocumentPath, FoundFile)>;

/// Splits assets into those that are read before the documents and those that are read after them.
fn split_assets(mut assets: FoundFiles) -> (FoundFiles, FoundFiles) {
    assets.sort_by_key(|(_, found)| found.fingerprint.size);
    let mut bytes = 0_u64;
    let first = assets.iter().take_while(|(_, found)| {
        bytes = bytes.saturating_add(found.fingerprint.size);
        bytes <= ASSET_BYTES_BEFORE_DOCUMENTS
    });
    let last = assets.split_off(first.count());
    (assets, last)
}

/// Checksum that stands for the defaults of a copy that is not served. It differs from that of every folder,
/// so the copy is read again when its original is removed.
fn conflict_checksum(original: &DocumentPath) -> Checksum {
    Checksum::of(format!("conflict copy of {original}").as_bytes())
}

/// Converts a draft to a published document with the diagnostic `DRAFT`, for the preview database.
fn publish_draft(reading: &mut ParsedDocument, now: Timestamp) {
    let diagnostic = reading.draft_at(now).map(|draft| draft.diagnostic.clone());
    reading.diagnostics.extend(diagnostic);
    reading.draft = None;
}

/// Reads the files of a folder as it was listed.
pub(crate) struct FolderReader {
    pub(crate) root: Arc<Root>,
    pub(crate) listing: Listing,
    pub(crate) defaults: DefaultsCache,
    comparison: Comparison,
    /// Time of the pass. It decides whether the date of a draft has come.
    now: Timestamp,
    context: ScanContext,
}

impl FolderReader {
    /// Opens the folder and lists the files in a scope.
    pub(crate) fn open(
        context: ScanContext,
        scope: &ScanScope,
        comparison: Comparison,
        now: Timestamp,
    ) -> Result<Self, SyncError> {
        let root = context
            .open_root()
            .map_err(|source| SyncError::FolderUnreadable { path: context.root.clone(), source })?;
        let root = Arc::new(root);
        let listing = context.scan(&root, scope);
        let defaults = DefaultsCache::new(Arc::clone(&root), &context.root);
        Ok(Self { root, listing, defaults, comparison, now, context })
    }

    /// Returns the files to read: those that are new or changed, and those that `force_read` selects.
    ///
    /// `keeps_missing` is true if a missing document stays published for a grace period.
    pub(crate) fn tasks(
        &self,
        manifest: &Manifest,
        keeps_missing: bool,
        force_read: impl Fn(&DocumentPath) -> bool,
        write_wait: impl Fn(&DocumentPath) -> WriteWait,
    ) -> Vec<ReadTask> {
        let listing = &self.listing;
        let original = |path: &DocumentPath| self.present_original(path, manifest, keeps_missing);
        let current_defaults = |path: &DocumentPath| match original(path) {
            Some(original) => Some(conflict_checksum(&original)),
            None => self.inputs_checksum(path),
        };
        // A file with an event is read always: the times of two saves in a row can be the same.
        let force_read = |path: &DocumentPath| {
            let has_event =
                listing.scanned.as_ref().is_some_and(|paths| paths.contains(Path::new(path.as_str())));
            has_event || force_read(path)
        };
        // A new version of the reader does not change how assets are read.
        let comparison =
            if self.comparison == Comparison::ParseAll { Comparison::Fingerprints } else { self.comparison };
        let assets = reconcile::files_to_read(
            &manifest.assets,
            &listing.assets,
            listing,
            (comparison, self.now),
            |_| None,
            force_read,
        );
        let documents = reconcile::files_to_read(
            &manifest.documents,
            &listing.found,
            listing,
            (self.comparison, self.now),
            current_defaults,
            force_read,
        );
        let asset = |(path, found): (DocumentPath, FoundFile)| ReadTask {
            stored: manifest.assets.get(&path).cloned(),
            write_wait: write_wait(&path),
            is_asset: true,
            original: None,
            path,
            found,
        };
        let document = |(path, found): (DocumentPath, FoundFile)| ReadTask {
            stored: manifest.documents.get(&path).cloned(),
            write_wait: write_wait(&path),
            is_asset: false,
            original: original(&path),
            path,
            found,
        };
        let (first, last) = split_assets(assets);
        let documents = documents.into_iter().map(document);
        first.into_iter().map(asset).chain(documents).chain(last.into_iter().map(asset)).collect()
    }

    /// Returns the checksum of the default fields of a document, and of the members of a plan folder.
    fn inputs_checksum(&self, path: &DocumentPath) -> Option<Checksum> {
        let defaults = self.defaults.for_folder(&path.parent()).checksum();
        if !is_settings_file(path) {
            return defaults;
        }
        let inputs = plan_inputs::read(&self.root, &path.parent());
        // A member that is changing differs from every stored version.
        if inputs.is_changing { None } else { Some(inputs.checksum(defaults)) }
    }

    /// Returns the document that a file is a copy of, if that document is present.
    fn present_original(
        &self,
        path: &DocumentPath,
        manifest: &Manifest,
        keeps_missing: bool,
    ) -> Option<DocumentPath> {
        conflict_copy::originals(path).find(|original| {
            let is_published = manifest.documents.contains_key(original);
            self.listing.found.contains_key(original)
                || (is_published && (keeps_missing || !self.listing.covers(original.as_str())))
        })
    }

    /// Reads files on all cores.
    pub(crate) fn read(&self, tasks: Vec<ReadTask>) -> Vec<(ReadTask, TaskOutcome)> {
        let outcomes = parallel_map(&tasks, |task| {
            if task.is_asset {
                TaskOutcome::Asset(self.asset(task))
            } else {
                TaskOutcome::Document(self.document(task))
            }
        });
        tasks.into_iter().zip(outcomes).collect()
    }

    /// Returns true if a program is writing a file: the file is open, and it changed since the last check.
    fn is_being_written(&self, task: &ReadTask) -> bool {
        let is_unchanged = task.write_wait.last_fingerprint == Some(task.found.fingerprint);
        let dirty = self
            .context
            .dirty
            .as_ref()
            .filter(|_| self.context.waits_for_writers && !task.write_wait.has_expired && !is_unchanged);
        dirty.is_some_and(|dirty| dirty.is_open(&self.context.root.join(&task.found.file)))
    }

    fn document(&self, task: &ReadTask) -> ReadOutcome<ParsedFile> {
        if self.is_being_written(task) {
            return ReadOutcome::BeingWritten;
        }
        let ReadTask { path, found, stored, .. } = task;
        let bytes = match read_stable(&self.root, found) {
            StableRead::Changing => return ReadOutcome::BeingWritten,
            StableRead::Missing => return ReadOutcome::Missing,
            StableRead::Read(bytes) => bytes,
        };
        let write_state = if self.context.waits_for_writers && !task.write_wait.has_expired {
            WriteState::MayGrow
        } else {
            WriteState::Complete
        };
        let was_emptied =
            bytes.fingerprint.size == 0 && stored.as_ref().is_some_and(|entry| entry.fingerprint.size > 0);
        if was_emptied && write_state == WriteState::MayGrow {
            // The editor truncated the file and has not written it yet.
            return ReadOutcome::BeingWritten;
        }
        if let Some(original) = &task.original {
            return self.conflict_copy(task, original, bytes);
        }
        if is_settings_file(path) {
            return self.plan_folder(task, bytes, write_state);
        }
        let folder_defaults = self.defaults.for_folder(&path.parent());
        let stored = stored.as_ref();
        let is_stored = stored.is_some_and(|entry| {
            entry.checksum == bytes.checksum && entry.defaults_checksum == folder_defaults.checksum()
        });
        let was_accepted =
            stored.is_some_and(|entry| entry.hold.is_accepted() && entry.checksum == bytes.checksum);
        let is_accepted = was_accepted || self.listing.has_acceptance(path, bytes.fingerprint.changed_nanos);
        let is_released =
            stored.is_some_and(|entry| reconcile::is_released(entry, found, &self.listing, self.now));
        // An unreadable file has the checksum of no bytes. Only its fingerprint shows whether it changed.
        let is_same_file =
            bytes.content.is_ok() || stored.is_some_and(|entry| entry.fingerprint == bytes.fingerprint);
        if is_stored && !is_released && self.comparison != Comparison::ParseAll && is_same_file {
            return ReadOutcome::Unchanged(bytes.fingerprint);
        }
        let options = ReadOptions {
            write_state,
            defaults: &folder_defaults,
            raw_html: self.context.raw_html,
            site: self.context.site.as_ref(),
        };
        match parse::parse(path, &bytes, options) {
            Ok(mut reading) => {
                if self.context.drafts == DraftPolicy::Published {
                    publish_draft(&mut reading, self.now);
                }
                let defaults_checksum = folder_defaults.checksum();
                ReadOutcome::Read(ParsedFile { bytes, defaults_checksum, reading, is_accepted })
            }
            Err(_) => ReadOutcome::BeingWritten,
        }
    }

    /// Reads the settings file of a plan folder with its members.
    fn plan_folder(
        &self,
        task: &ReadTask,
        bytes: FileContent,
        write_state: WriteState,
    ) -> ReadOutcome<ParsedFile> {
        let ReadTask { path, stored, .. } = task;
        let inputs = plan_inputs::read(&self.root, &path.parent());
        if inputs.is_changing {
            return ReadOutcome::BeingWritten;
        }
        let defaults = self.defaults.for_folder(&path.parent());
        let checksum = Some(inputs.checksum(defaults.checksum()));
        let is_same =
            |entry: &ManifestEntry| entry.checksum == bytes.checksum && entry.defaults_checksum == checksum;
        let same = stored.as_ref().filter(|entry| is_same(entry));
        // An acceptance confirms one version of all files.
        let changed = bytes.fingerprint.changed_nanos.max(inputs.changed_nanos);
        let is_accepted =
            same.is_some_and(|entry| entry.hold.is_accepted()) || self.listing.has_acceptance(path, changed);
        let is_released = same.is_some_and(|entry| match entry.hold.hold() {
            None => false,
            Some(Hold::Loss) => is_accepted,
            Some(Hold::Draft { until }) => until.is_some_and(|until| until <= self.now),
            Some(Hold::Missing { .. }) => true,
        });
        if same.is_some() && !is_released && self.comparison != Comparison::ParseAll && bytes.content.is_ok()
        {
            return ReadOutcome::Unchanged(bytes.fingerprint);
        }
        match parse::parse_plan_folder(path, &bytes, &inputs.members, &defaults, write_state) {
            Ok(reading) => {
                ReadOutcome::Read(ParsedFile { bytes, defaults_checksum: checksum, reading, is_accepted })
            }
            Err(_) => ReadOutcome::BeingWritten,
        }
    }

    /// Rejects a copy whose original is present.
    fn conflict_copy(
        &self,
        task: &ReadTask,
        original: &DocumentPath,
        bytes: FileContent,
    ) -> ReadOutcome<ParsedFile> {
        let checksum = Some(conflict_checksum(original));
        let is_stored = task
            .stored
            .as_ref()
            .is_some_and(|entry| entry.checksum == bytes.checksum && entry.defaults_checksum == checksum);
        if is_stored && self.comparison != Comparison::ParseAll {
            return ReadOutcome::Unchanged(bytes.fingerprint);
        }
        let kind = DiagnosticKind::ConflictCopy { original: original.name().to_owned() };
        ReadOutcome::Read(ParsedFile {
            bytes,
            defaults_checksum: checksum,
            reading: rejected(&task.path, kind, &self.defaults.for_folder(&task.path.parent())),
            is_accepted: false,
        })
    }

    fn asset(&self, task: &ReadTask) -> ReadOutcome<IngestedAsset> {
        if self.is_being_written(task) {
            return ReadOutcome::BeingWritten;
        }
        match asset::read_asset(&self.root, &task.found) {
            Ok(None) => ReadOutcome::BeingWritten,
            Ok(Some((fingerprint, facts))) => {
                if task.stored.as_ref().is_some_and(|entry| entry.checksum == facts.checksum) {
                    return ReadOutcome::Unchanged(fingerprint);
                }
                let asset = Asset { path: task.path.clone(), size: fingerprint.size, metadata: facts };
                ReadOutcome::Read(IngestedAsset { asset, fingerprint })
            }
            // A removed or unreadable file is not served.
            Err(error) => {
                tracing::warn!(asset.path = %task.path, %error, "cannot read an asset");
                ReadOutcome::Missing
            }
        }
    }
}
