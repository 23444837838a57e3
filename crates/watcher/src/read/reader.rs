//! The blocking half of a pass: lists the folder and reads new and changed files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use passerelle_model::asset::Asset;
use passerelle_model::path::DocumentPath;
use passerelle_reader::decode::WriteState;
use passerelle_reader::read::ReadOptions;
use passerelle_storage::{IngestedAsset, ManifestEntry};

use crate::read::asset;
use crate::read::parallel::parallel_map;
use crate::read::parse;
use crate::read::parsed_file::ParsedFile;
use crate::read::stable::{StableRead, read_stable};
use crate::read::task::{ReadOutcome, ReadTask, TaskOutcome};
use crate::read::write_wait::WriteWait;
use crate::scan::context::ScanContext;
use crate::scan::defaults::DefaultsCache;
use crate::scan::listing::{FoundFile, Listing};
use crate::scan::root::Root;
use crate::scan::scope::ScanScope;
use crate::sync::error::SyncError;
use crate::sync::manifest::Manifest;
use crate::sync::reconcile::{self, Comparison};

/// Reads the files of a folder as it was listed.
pub(crate) struct FolderReader {
    pub(crate) root: Arc<Root>,
    pub(crate) listing: Listing,
    pub(crate) defaults: DefaultsCache,
    comparison: Comparison,
    context: ScanContext,
}

impl FolderReader {
    /// Opens the folder and lists the files in a scope.
    pub(crate) fn open(
        context: ScanContext,
        scope: &ScanScope,
        comparison: Comparison,
    ) -> Result<Self, SyncError> {
        let root = Root::open(&context.root)
            .map_err(|source| SyncError::FolderUnreadable { path: context.root.clone(), source })?;
        let root = Arc::new(root.with_faults(Arc::clone(&context.faults)));
        let listing = context.scan(&root, scope);
        let defaults = DefaultsCache::new(Arc::clone(&root), &context.root);
        Ok(Self { root, listing, defaults, comparison, context })
    }

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
        let outcomes = parallel_map(&tasks, |task| {
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
        match parse::parse(path, &bytes, options) {
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
