//! Assets: metadata at a revision, and the stored state that the worker compares with the folder.

use std::collections::HashMap;

use passerelle_model::asset::{Asset, AssetMetadata};
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::connect::Storage;
use crate::convert::asset::{to_asset, to_fingerprint};
use crate::entity::asset;
use crate::error::StorageError;
use crate::file_change::IngestedAsset;
use crate::manifest::ManifestEntry;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

impl Storage {
    /// Returns the stored state of every asset.
    pub async fn asset_manifest(&self) -> Result<Vec<ManifestEntry>, StorageError> {
        let rows = asset::Entity::find()
            .filter(asset::Column::UntilRevision.is_null())
            .order_by_asc(asset::Column::Key)
            .all(&self.read_pool)
            .await?;
        let entry = |row: asset::Model| {
            let fingerprint = to_fingerprint(&row)?;
            Ok(IngestedAsset { asset: to_asset(row)?, fingerprint }.into())
        };
        rows.into_iter().map(entry).collect()
    }

    /// Returns the paths of published images that have a size and no placeholder.
    pub async fn images_without_placeholder(&self) -> Result<Vec<DocumentPath>, StorageError> {
        let rows = asset::Entity::find()
            .filter(asset::Column::UntilRevision.is_null())
            .filter(asset::Column::Width.is_not_null())
            .filter(asset::Column::Placeholder.is_null())
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(|row| to_asset(row).map(|asset| asset.path)).collect()
    }

    /// Returns the metadata and the fingerprint of an asset. Returns `None` if it is not published.
    pub async fn asset_at(&self, path: &DocumentPath) -> Result<Option<(Asset, Fingerprint)>, StorageError> {
        let row = asset::Entity::find()
            .filter(asset::Column::Key.eq(path.as_str()))
            .filter(asset::Column::UntilRevision.is_null())
            .one(&self.read_pool)
            .await?;
        row.map(|row| Ok((to_fingerprint(&row)?, to_asset(row)?)))
            .transpose()
            .map(|found| found.map(|(fingerprint, asset)| (asset, fingerprint)))
    }
}

impl ReadView {
    /// Returns the metadata of assets by path. Unknown paths are omitted.
    pub async fn asset_metadata(
        &self,
        paths: &[DocumentPath],
    ) -> Result<HashMap<DocumentPath, AssetMetadata>, StorageError> {
        let rows = asset::Entity::find()
            .filter(asset::Entity::live(self.revision.number))
            .filter(asset::Column::Key.is_in(paths.iter().map(DocumentPath::as_str)))
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(|row| to_asset(row).map(|asset| (asset.path, asset.metadata))).collect()
    }
}
