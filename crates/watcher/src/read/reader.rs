//! The blocking half of a pass: the folder is listed, what is new is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_reader::decode::WriteState;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::ReadOptions;
use passerelle_storage::{IngestedAsset, IngestedDocument, ManifestEntry};

use crate::asset;
use crate::defaults::DefaultsCache;
use crate::dirty_set::{DirtySet, ScanScope};
use crate::fault_injection::FaultInjector;
use crate::fs_events::Watches;
use crate::ingest::{self, FileContent, StableRead};
use crate::reconcile::{self, Comparison};
use crate::root::Root;
use crate::scan::{self, FoundFile, Listing};
use crate::sync::SyncError;

/// Stored state of every file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Of documents.
    pub(crate) documents: BTreeMap<DocumentPath, ManifestEntry>,
    /// Of the files beside them.
    pub(crate) assets: BTreeMap<DocumentPath, ManifestEntry>,
}

/// Inputs of a scan.
#[derive(Clone)]
pub(crate) struct ScanContext {
    /// The folder.
    pub(crate) root: PathBuf,
    /// Watches to set on the folders that are come by.
    pub(crate) watches: Option<Arc<Mutex<Watches>>>,
    /// Set of changed paths, for files that are being written.
    pub(crate) dirty: Option<Arc<DirtySet>>,
    pub(crate) faults: Arc<dyn FaultInjector>,
    /// Policy for raw HTML.
    pub(crate) raw_html: RawHtmlPolicy,
    /// Whether a file can be in the middle of being written at all.
    pub(crate) waits_for_writers: bool,
}

impl ScanContext {
    /// Lists what lies in a part of the folder.
    pub(crate) fn open_and_scan(
        self,
        scope: &ScanScope,
        comparison: Comparison,
    ) -> Result<FolderReader, SyncError> {
        let root = Root::open(&self.root)
            .map_err(|source| SyncError::FolderUnreadable { path: self.root.clone(), source })?;
        let root = Arc::new(root.with_faults(Arc::clone(&self.faults)));
        let listing = self.scan(&root, scope);
        let defaults = DefaultsCache::new(Arc::clone(&root), &self.root);
        Ok(FolderReader { root, listing, defaults, comparison, context: self })
    }

    fn scan(&self, root: &Root, scope: &ScanScope) -> Listing {
        let watches = self.watches.as_ref();
        let mut watches = watches.map(|watches| watches.lock().unwrap_or_else(PoisonError::into_inner));
        if let (Some(watches), ScanScope::Paths(paths)) = (watches.as_mut(), scope) {
            // A folder that is itself spoken of may be another one under its old name.
            for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                watches.remove(&self.root.join(path));
            }
        }
        scan::scan(root, scope, |folder: &Path, id| match watches.as_mut() {
            Some(watches) => watches.watch(&self.root.join(folder), id).map_err(|error| error.to_string()),
            None => Ok(()),
        })
    }
}

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct ReadTask {
    pub(crate) path: DocumentPath,
    pub(crate) found: FoundFile,
    /// Stored state of the file. `None` for a new file.
    pub(crate) stored: Option<ManifestEntry>,
    pub(crate) is_asset: bool,
    pub(crate) write_wait: WriteWait,
}

/// Time that a file which is being written is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WriteWait {
    /// Fingerprint at the last check.
    pub(crate) last_fingerprint: Option<Fingerprint>,
    /// Whether it is read as it is by now.
    pub(crate) has_expired: bool,
}

/// A file that was to be read.
pub(crate) enum ReadOutcome<T> {
    /// It was read.
    Read(T),
    /// Its bytes are those that are stored.
    Unchanged(Fingerprint),
    /// It is still being written.
    BeingWritten,
    /// It went while it was looked at.
    Missing,
}

/// Outcome of a read task.
pub(crate) enum TaskOutcome {
    Document(ReadOutcome<ParsedFile>),
    Asset(ReadOutcome<IngestedAsset>),
}

/// A document that was read.
pub(crate) struct ParsedFile {
    bytes: FileContent,
    defaults_checksum: Option<Checksum>,
    reading: ParsedDocument,
    is_accepted: bool,
}

impl ParsedFile {
    /// The identity of its bytes.
    pub(crate) fn checksum(&self) -> &Checksum {
        &self.bytes.checksum
    }

    /// Returns the fingerprint of the file.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.bytes.fingerprint
    }

    /// To be stored.
    pub(crate) fn ingested(self, path: DocumentPath, moved_from: Option<DocumentPath>) -> IngestedDocument {
        IngestedDocument {
            path,
            moved_from,
            fingerprint: self.bytes.fingerprint,
            checksum: self.bytes.checksum,
            size: self.bytes.fingerprint.size,
            defaults_checksum: self.defaults_checksum,
            reading: self.reading,
            is_accepted: self.is_accepted,
        }
    }
}

/// Reads the files of a folder as it was listed.
pub(crate) struct FolderReader {
    pub(crate) root: Arc<Root>,
    pub(crate) listing: Listing,
    pub(crate) defaults: DefaultsCache,
    comparison: Comparison,
    context: ScanContext,
}

impl FolderReader {
    /// The documents and the files beside them that are to be read. `force_read` are those that are read whatever the file system
    /// says of them.
    pub(crate) fn tasks(
        &self,
        manifest: &Manifest,
        force_read: impl Fn(&DocumentPath) -> bool,
        write_wait: impl Fn(&DocumentPath) -> WriteWait,
    ) -> Vec<ReadTask> {
        let current_defaults = |path: &DocumentPath| self.defaults.for_folder(path.folder()).checksum();
        let no_defaults = |_: &DocumentPath| None;
        let listing = &self.listing;
        // What the system told of is read: the times of two saves in a row can be the same.
        let force_read = |path: &DocumentPath| {
            let was_notified =
                listing.scanned.as_ref().is_some_and(|paths| paths.contains(Path::new(path.as_str())));
            was_notified || force_read(path)
        };
        // What files beside the documents are does not depend on how documents are read.
        let comparison =
            if self.comparison == Comparison::ParseAll { Comparison::Fingerprints } else { self.comparison };
        let assets = reconcile::files_to_read(
            &manifest.assets,
            &listing.assets,
            listing,
            comparison,
            no_defaults,
            force_read,
        );
        let documents = reconcile::files_to_read(
            &manifest.documents,
            &listing.found,
            listing,
            self.comparison,
            current_defaults,
            force_read,
        );
        let task =
            |(path, found): (DocumentPath, FoundFile), stored: &BTreeMap<_, ManifestEntry>, is_asset| {
                let (stored_entry, write_wait) = (stored.get(&path).cloned(), write_wait(&path));
                ReadTask { path, found, stored: stored_entry, is_asset, write_wait }
            };
        // Files before the documents that count on them.
        let assets = assets.into_iter().map(|found| task(found, &manifest.assets, true));
        assets.chain(documents.into_iter().map(|found| task(found, &manifest.documents, false))).collect()
    }

    /// Reads files, on all cores.
    pub(crate) fn read(&self, tasks: Vec<ReadTask>) -> Vec<(ReadTask, TaskOutcome)> {
        let outcomes = ingest::parallel_map(&tasks, |task| {
            if task.is_asset {
                TaskOutcome::Asset(self.asset(task))
            } else {
                TaskOutcome::Document(self.document(task))
            }
        });
        tasks.into_iter().zip(outcomes).collect()
    }

    /// Whether somebody is in the middle of writing a file: it is open, and was another one at the last look.
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
        let bytes = match ingest::read_stable(&self.root, found) {
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
            // An editor that empties a file before it writes it is caught in between.
            return ReadOutcome::BeingWritten;
        }
        let folder_defaults = self.defaults.for_folder(path.folder());
        let stored = stored.as_ref();
        let is_stored = stored.is_some_and(|entry| {
            entry.checksum == bytes.checksum && entry.defaults_checksum == folder_defaults.checksum()
        });
        let was_accepted = stored.is_some_and(|entry| entry.is_accepted && entry.checksum == bytes.checksum);
        let is_accepted = was_accepted || self.listing.has_acceptance(path, bytes.fingerprint.changed_nanos);
        let is_released = stored.is_some_and(|entry| reconcile::is_released(entry, found, &self.listing));
        // What could not be read has the identity of nothing: only its fingerprint tells whether it is as it was.
        let is_same_file =
            bytes.content.is_ok() || stored.is_some_and(|entry| entry.fingerprint == bytes.fingerprint);
        if is_stored && !is_released && self.comparison != Comparison::ParseAll && is_same_file {
            return ReadOutcome::Unchanged(bytes.fingerprint);
        }
        let options =
            ReadOptions { write_state, defaults: &folder_defaults, raw_html: self.context.raw_html };
        match ingest::parse(path, &bytes, options) {
            Ok(reading) => ReadOutcome::Read(ParsedFile {
                bytes,
                defaults_checksum: folder_defaults.checksum(),
                reading,
                is_accepted,
            }),
            Err(_) => ReadOutcome::BeingWritten,
        }
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
            // Gone, or not to be read: either way it cannot be served.
            Err(error) => {
                tracing::warn!(asset.path = %task.path, %error, "cannot read an asset");
                ReadOutcome::Missing
            }
        }
    }
}
