//! Stored state of the folder.

use std::collections::BTreeMap;

use passerelle_model::path::DocumentPath;
use passerelle_storage::ManifestEntry;

/// Stored state of every file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Of documents.
    pub(crate) documents: BTreeMap<DocumentPath, ManifestEntry>,
    /// Of the files beside them.
    pub(crate) assets: BTreeMap<DocumentPath, ManifestEntry>,
}
