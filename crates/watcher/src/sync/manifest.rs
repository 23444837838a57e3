//! Stored state of the folder.

use std::collections::BTreeMap;

use passerelle_model::path::DocumentPath;
use passerelle_storage::ManifestEntry;

/// Stored state of every file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Documents by path.
    pub(crate) documents: BTreeMap<DocumentPath, ManifestEntry>,
    /// Assets by path.
    pub(crate) assets: BTreeMap<DocumentPath, ManifestEntry>,
}
