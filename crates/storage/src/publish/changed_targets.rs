//! Link targets that a batch changes.

use std::collections::BTreeSet;

/// Targets that a batch added, changed or removed.
#[derive(Debug, Default)]
pub(super) struct ChangedTargets {
    /// Keys of the ingested documents.
    pub(super) documents: BTreeSet<String>,
    /// Translation keys and slugs of the changed pages, before and after the batch.
    pub(super) names: BTreeSet<String>,
    /// Paths of the changed pages, with and without ending.
    pub(super) paths: BTreeSet<String>,
    /// Slugs of pages.
    pub(super) slugs: BTreeSet<String>,
    /// Paths of the changed assets.
    pub(super) files: BTreeSet<String>,
    /// True if the batch adds the first asset or removes the last one. The diagnostic of every missing image
    /// depends on it.
    pub(super) affects_all_images: bool,
}
