//! The blocking half of a pass: the folder is listed, what is new is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_document::asset::Asset;
use passerelle_document::checksum::Checksum;
use passerelle_document::decode::Growth;
use passerelle_document::manifest::Fingerprint;
use passerelle_document::markdown::RawHtml;
use passerelle_document::path::DocumentPath;
use passerelle_document::read::{ReadOptions, Reading};
use passerelle_storage::{Ingested, IngestedAsset, ManifestEntry};

use crate::asset;
use crate::defaults::Defaults;
use crate::dirty::Scope;
use crate::ingest::{self, Bytes, Looked};
use crate::notify::Watches;
use crate::plan::{self, Trust};
use crate::scan::{self, Found, Listing, Root};
use crate::sync::SyncError;

/// What is stored of each file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Of documents.
    pub(crate) documents: BTreeMap<DocumentPath, ManifestEntry>,
    /// Of the files beside them.
    pub(crate) assets: BTreeMap<DocumentPath, ManifestEntry>,
}

/// What was seen of the folder.
pub(crate) struct Sight {
    /// Which folder it was.
    pub(crate) identity: (u64, u64),
    pub(crate) listing: Listing,
    /// Documents and files beside them that are stored and were not found.
    pub(crate) missing: BTreeSet<DocumentPath>,
    pub(crate) files: Vec<(DocumentPath, Sighted<SightedDocument>)>,
    pub(crate) assets: Vec<(DocumentPath, Sighted<IngestedAsset>)>,
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

/// Where to look, and what is known.
pub(crate) struct Look {
    pub(crate) root_path: PathBuf,
    pub(crate) scope: Scope,
    pub(crate) watches: Option<Arc<Mutex<Watches>>>,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) trust: Trust,
    /// Files that were being written and are read as they are by now.
    pub(crate) over: BTreeSet<DocumentPath>,
    /// Whether a file can be in the middle of being written at all.
    pub(crate) is_patient: bool,
    /// What becomes of raw HTML.
    pub(crate) raw_html: RawHtml,
}

impl Look {
    /// Looks.
    pub(crate) fn look(&self) -> Result<Sight, SyncError> {
        let root = Root::open(&self.root_path)
            .map_err(|source| SyncError::Folder { path: self.root_path.clone(), source })?;
        let listing = self.list(&root);
        let defaults = Defaults::new(&root, &self.root_path);
        let known = &self.manifest.documents;
        let given = |path: &DocumentPath| defaults.of(path.folder()).checksum();
        let documents = plan::plan(known, &listing.found, &listing, self.trust, given);
        let nothing_given = |_: &DocumentPath| None;
        let beside =
            plan::plan(&self.manifest.assets, &listing.assets, &listing, Trust::Fingerprints, nothing_given);

        let read: Vec<(DocumentPath, Found)> = documents.read.into_iter().collect();
        let sighted = ingest::on_all_cores(&read, |(path, found)| {
            self.document(&root, &defaults, &listing, path, found)
        });
        let files = read.into_iter().map(|(path, _)| path).zip(sighted).collect();
        let read: Vec<(DocumentPath, Found)> = beside.read.into_iter().collect();
        let sighted = ingest::on_all_cores(&read, |(path, found)| self.asset(&root, path, found));
        let assets = read.into_iter().map(|(path, _)| path).zip(sighted).collect();
        let missing = documents.missing.into_iter().chain(beside.missing).collect();
        Ok(Sight { identity: root.identity, missing, listing, files, assets })
    }

    fn list(&self, root: &Root) -> Listing {
        let mut unwatched = Vec::new();
        let mut watches =
            self.watches.as_ref().map(|watches| watches.lock().unwrap_or_else(PoisonError::into_inner));
        if let (Some(watches), Scope::Paths(paths)) = (watches.as_mut(), &self.scope) {
            // A folder that is itself spoken of may be another one under its old name.
            for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                watches.forget(&self.root_path.join(path));
            }
        }
        let mut listing = scan::scan(root, &self.scope, |folder: &Path| {
            if let Some(watches) = watches.as_mut()
                && let Err(error) = watches.watch(&self.root_path.join(folder))
            {
                unwatched.push((folder.to_owned(), format!("it cannot be watched: {error}")));
            }
        });
        listing.unnameable.append(&mut unwatched);
        listing
    }

    fn document(
        &self,
        root: &Root,
        defaults: &Defaults<'_>,
        listing: &Listing,
        path: &DocumentPath,
        found: &Found,
    ) -> Sighted<SightedDocument> {
        let bytes = match ingest::look(root, found) {
            Looked::Moving => return Sighted::Writing,
            Looked::Gone => return Sighted::Gone,
            Looked::Read(bytes) => bytes,
        };
        let growth =
            if self.is_patient && !self.over.contains(path) { Growth::Possible } else { Growth::Over };
        let known = self.manifest.documents.get(path);
        let was_emptied =
            bytes.fingerprint.size == 0 && known.is_some_and(|entry| entry.fingerprint.size > 0);
        if was_emptied && growth == Growth::Possible {
            // An editor that empties a file before it writes it is caught in between.
            return Sighted::Writing;
        }
        let given = defaults.of(path.folder());
        let is_stored =
            known.is_some_and(|entry| entry.checksum == bytes.checksum && entry.defaults == given.checksum());
        let was_accepted = known.is_some_and(|entry| entry.is_accepted && entry.checksum == bytes.checksum);
        let is_accepted = was_accepted || listing.accepts(path, bytes.fingerprint.changed_nanos);
        let is_free = known.is_some_and(|entry| plan::is_free(entry, found, listing));
        if is_stored && !is_free && self.trust == Trust::Fingerprints && bytes.content.is_ok() {
            return Sighted::Same(bytes.fingerprint);
        }
        let options = ReadOptions { growth, defaults: &given, raw_html: self.raw_html };
        match ingest::interpret(path, &bytes, options) {
            Ok(reading) => {
                Sighted::Read(SightedDocument { bytes, defaults: given.checksum(), reading, is_accepted })
            }
            Err(_) => Sighted::Writing,
        }
    }

    fn asset(&self, root: &Root, path: &DocumentPath, found: &Found) -> Sighted<IngestedAsset> {
        match asset::examine(root, found) {
            Ok(None) => Sighted::Writing,
            Ok(Some((fingerprint, facts))) => {
                let known = self.manifest.assets.get(path);
                if known.is_some_and(|entry| entry.checksum == facts.checksum) {
                    return Sighted::Same(fingerprint);
                }
                let asset = Asset { path: path.clone(), size: fingerprint.size, facts };
                Sighted::Read(IngestedAsset { asset, fingerprint })
            }
            // Gone, or not to be read: either way it cannot be served.
            Err(error) => {
                tracing::warn!(asset.path = %path, %error, "a file beside the documents cannot be read");
                Sighted::Gone
            }
        }
    }
}
