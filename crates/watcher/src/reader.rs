//! The blocking half of a pass: the folder is listed, what is new is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Reading;
use passerelle_reader::decode::Growth;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read::ReadOptions;
use passerelle_storage::{Ingested, IngestedAsset, ManifestEntry};

use crate::asset;
use crate::defaults::Defaults;
use crate::dirty::{Dirty, Scope};
use crate::faults::Faults;
use crate::ingest::{self, Bytes, Looked};
use crate::notify::Watches;
use crate::plan::{self, Trust};
use crate::root::Root;
use crate::scan::{self, Found, Listing};
use crate::sync::SyncError;

/// What is stored of each file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Of documents.
    pub(crate) documents: BTreeMap<DocumentPath, ManifestEntry>,
    /// Of the files beside them.
    pub(crate) assets: BTreeMap<DocumentPath, ManifestEntry>,
}

/// How the folder is looked at.
#[derive(Clone)]
pub(crate) struct Eyes {
    /// The folder.
    pub(crate) root: PathBuf,
    /// Watches to set on the folders that are come by.
    pub(crate) watches: Option<Arc<Mutex<Watches>>>,
    /// What is known of files that are being written to.
    pub(crate) dirty: Option<Arc<Dirty>>,
    pub(crate) faults: Arc<dyn Faults>,
    /// What becomes of raw HTML.
    pub(crate) raw_html: RawHtml,
    /// Whether a file can be in the middle of being written at all.
    pub(crate) is_patient: bool,
}

impl Eyes {
    /// Lists what lies in a part of the folder.
    pub(crate) fn survey(self, scope: &Scope, trust: Trust) -> Result<Reader, SyncError> {
        let root =
            Root::open(&self.root).map_err(|source| SyncError::Folder { path: self.root.clone(), source })?;
        let root = Arc::new(root.with_faults(Arc::clone(&self.faults)));
        let listing = self.list(&root, scope);
        let defaults = Defaults::new(Arc::clone(&root), &self.root);
        Ok(Reader { root, listing, defaults, trust, eyes: self })
    }

    fn list(&self, root: &Root, scope: &Scope) -> Listing {
        let watches = self.watches.as_ref();
        let mut watches = watches.map(|watches| watches.lock().unwrap_or_else(PoisonError::into_inner));
        if let (Some(watches), Scope::Paths(paths)) = (watches.as_mut(), scope) {
            // A folder that is itself spoken of may be another one under its old name.
            for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                watches.forget(&self.root.join(path));
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
pub(crate) struct Task {
    pub(crate) path: DocumentPath,
    pub(crate) found: Found,
    /// What is stored of it.
    pub(crate) known: Option<ManifestEntry>,
    pub(crate) is_asset: bool,
    pub(crate) wait: Wait,
}

/// How long a file that is being written was waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wait {
    /// What the file system said of it at the last look.
    pub(crate) seen: Option<Fingerprint>,
    /// Whether it is read as it is by now.
    pub(crate) is_over: bool,
}

/// A file that was to be read.
pub(crate) enum Sighted<T> {
    /// It was read.
    Read(T),
    /// Its bytes are those that are stored.
    Same(Fingerprint),
    /// It is still being written.
    Writing,
    /// It went while it was looked at.
    Gone,
}

/// What became of a task.
pub(crate) enum Done {
    Document(Sighted<SightedDocument>),
    Asset(Sighted<IngestedAsset>),
}

/// A document that was read.
pub(crate) struct SightedDocument {
    bytes: Bytes,
    defaults: Option<Checksum>,
    reading: Reading,
    is_accepted: bool,
}

impl SightedDocument {
    /// The identity of its bytes.
    pub(crate) fn checksum(&self) -> &Checksum {
        &self.bytes.checksum
    }

    /// What the file system said of it.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.bytes.fingerprint
    }

    /// To be stored.
    pub(crate) fn ingested(self, path: DocumentPath, moved_from: Option<DocumentPath>) -> Ingested {
        Ingested {
            path,
            moved_from,
            fingerprint: self.bytes.fingerprint,
            checksum: self.bytes.checksum,
            size: self.bytes.fingerprint.size,
            defaults: self.defaults,
            reading: self.reading,
            is_accepted: self.is_accepted,
        }
    }
}

/// Reads the files of a folder as it was listed.
pub(crate) struct Reader {
    pub(crate) root: Arc<Root>,
    pub(crate) listing: Listing,
    pub(crate) defaults: Defaults,
    trust: Trust,
    eyes: Eyes,
}

impl Reader {
    /// The documents and the files beside them that are to be read. `must` are those that are read whatever the file system
    /// says of them.
    pub(crate) fn tasks(
        &self,
        manifest: &Manifest,
        must: impl Fn(&DocumentPath) -> bool,
        wait: impl Fn(&DocumentPath) -> Wait,
    ) -> Vec<Task> {
        let given = |path: &DocumentPath| self.defaults.of(path.folder()).checksum();
        let nothing_given = |_: &DocumentPath| None;
        let list = &self.listing;
        // What the system told of is read: the times of two saves in a row can be the same.
        let must = |path: &DocumentPath| {
            let told = list.looked_at.as_ref().is_some_and(|paths| paths.contains(Path::new(path.as_str())));
            told || must(path)
        };
        // What files beside the documents are does not depend on how documents are read.
        let trust = if self.trust == Trust::Nothing { Trust::Fingerprints } else { self.trust };
        let assets = plan::to_read(&manifest.assets, &list.assets, list, trust, nothing_given, must);
        let documents = plan::to_read(&manifest.documents, &list.found, list, self.trust, given, must);
        let task = |(path, found): (DocumentPath, Found), stored: &BTreeMap<_, ManifestEntry>, is_asset| {
            let (known, wait) = (stored.get(&path).cloned(), wait(&path));
            Task { path, found, known, is_asset, wait }
        };
        // Files before the documents that count on them.
        let assets = assets.into_iter().map(|found| task(found, &manifest.assets, true));
        assets.chain(documents.into_iter().map(|found| task(found, &manifest.documents, false))).collect()
    }

    /// Reads files, on all cores.
    pub(crate) fn read(&self, tasks: Vec<Task>) -> Vec<(Task, Done)> {
        let done = ingest::on_all_cores(&tasks, |task| {
            if task.is_asset { Done::Asset(self.asset(task)) } else { Done::Document(self.document(task)) }
        });
        tasks.into_iter().zip(done).collect()
    }

    /// Whether somebody is in the middle of writing a file: it is open, and was another one at the last look.
    fn is_being_written(&self, task: &Task) -> bool {
        let is_still = task.wait.seen == Some(task.found.fingerprint);
        let dirty =
            self.eyes.dirty.as_ref().filter(|_| self.eyes.is_patient && !task.wait.is_over && !is_still);
        dirty.is_some_and(|dirty| dirty.is_open(&self.eyes.root.join(&task.found.file)))
    }

    fn document(&self, task: &Task) -> Sighted<SightedDocument> {
        if self.is_being_written(task) {
            return Sighted::Writing;
        }
        let Task { path, found, known, .. } = task;
        let bytes = match ingest::look(&self.root, found) {
            Looked::Moving => return Sighted::Writing,
            Looked::Gone => return Sighted::Gone,
            Looked::Read(bytes) => bytes,
        };
        let growth = if self.eyes.is_patient && !task.wait.is_over { Growth::Possible } else { Growth::Over };
        let was_emptied =
            bytes.fingerprint.size == 0 && known.as_ref().is_some_and(|entry| entry.fingerprint.size > 0);
        if was_emptied && growth == Growth::Possible {
            // An editor that empties a file before it writes it is caught in between.
            return Sighted::Writing;
        }
        let given = self.defaults.of(path.folder());
        let known = known.as_ref();
        let is_stored =
            known.is_some_and(|entry| entry.checksum == bytes.checksum && entry.defaults == given.checksum());
        let was_accepted = known.is_some_and(|entry| entry.is_accepted && entry.checksum == bytes.checksum);
        let is_accepted = was_accepted || self.listing.accepts(path, bytes.fingerprint.changed_nanos);
        let is_free = known.is_some_and(|entry| plan::is_free(entry, found, &self.listing));
        // What could not be read has the identity of nothing: only its fingerprint tells whether it is as it was.
        let is_as_it_was =
            bytes.content.is_ok() || known.is_some_and(|entry| entry.fingerprint == bytes.fingerprint);
        if is_stored && !is_free && self.trust != Trust::Nothing && is_as_it_was {
            return Sighted::Same(bytes.fingerprint);
        }
        let options = ReadOptions { growth, defaults: &given, raw_html: self.eyes.raw_html };
        match ingest::interpret(path, &bytes, options) {
            Ok(reading) => {
                Sighted::Read(SightedDocument { bytes, defaults: given.checksum(), reading, is_accepted })
            }
            Err(_) => Sighted::Writing,
        }
    }

    fn asset(&self, task: &Task) -> Sighted<IngestedAsset> {
        if self.is_being_written(task) {
            return Sighted::Writing;
        }
        match asset::examine(&self.root, &task.found) {
            Ok(None) => Sighted::Writing,
            Ok(Some((fingerprint, facts))) => {
                if task.known.as_ref().is_some_and(|entry| entry.checksum == facts.checksum) {
                    return Sighted::Same(fingerprint);
                }
                let asset = Asset { path: task.path.clone(), size: fingerprint.size, facts };
                Sighted::Read(IngestedAsset { asset, fingerprint })
            }
            // Gone, or not to be read: either way it cannot be served.
            Err(error) => {
                tracing::warn!(asset.path = %task.path, %error, "a file beside the documents cannot be read");
                Sighted::Gone
            }
        }
    }
}
