//! Publishes the placeholders of images.

use std::collections::BTreeMap;

use passerelle_model::path::DocumentPath;
use passerelle_storage::{FileChange, IngestedAsset};

use crate::scan::listing::FoundFile;
use crate::status::report::SyncReport;
use crate::sync::error::SyncError;
use crate::sync::placeholders::Decoded;
use crate::sync::syncer::Syncer;

impl Syncer {
    /// Queues the published images without a placeholder that a full scan found. A service that was stopped
    /// in between has such images.
    pub(crate) async fn queue_unfinished_images(
        &mut self,
        found: &BTreeMap<DocumentPath, FoundFile>,
    ) -> Result<(), SyncError> {
        for path in self.storage.images_without_placeholder().await? {
            if let Some(found) = found.get(&path) {
                self.placeholders.push(path, found.clone());
            }
        }
        Ok(())
    }

    /// Publishes the placeholders of images that did not change in the meantime.
    pub(crate) async fn publish_placeholders(&mut self, decoded: Vec<Decoded>) -> Result<(), SyncError> {
        let mut changes = Vec::new();
        for Decoded { image: (path, found), placeholder } in decoded {
            let Some(placeholder) = placeholder else { continue };
            let Some((mut asset, fingerprint)) = self.storage.asset_at(&path).await? else { continue };
            if fingerprint == found.fingerprint {
                asset.metadata.placeholder = Some(placeholder);
                changes.push(FileChange::AssetIngested(IngestedAsset { asset, fingerprint }));
            }
        }
        let count = changes.len();
        self.publish_changes(changes, &mut SyncReport::default()).await?;
        if count > 0 {
            tracing::info!(sync.images = count, "placeholders published");
        }
        Ok(())
    }
}
