//! The files beside the documents: what is known of them at a revision, and what the worker compares with.

use std::collections::HashMap;

use passerelle_model::asset::{Asset, AssetMetadata};
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::column::RowContext;
use crate::connect::Storage;
use crate::documents::ManifestEntry;
use crate::entity::asset;
use crate::error::StorageError;
use crate::publish::IngestedAsset;
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
            let fingerprint = fingerprint(&row)?;
            let asset = to_asset(row)?;
            Ok(ManifestEntry {
                hold: None,
                is_accepted: false,
                path: asset.path,
                fingerprint,
                checksum: asset.metadata.checksum,
                defaults_checksum: None,
            })
        };
        rows.into_iter().map(entry).collect()
    }

    /// Returns the metadata and the fingerprint of an asset. `None` if it is not published.
    pub async fn asset_at(&self, path: &DocumentPath) -> Result<Option<(Asset, Fingerprint)>, StorageError> {
        let row = asset::Entity::find()
            .filter(asset::Column::Key.eq(path.as_str()))
            .filter(asset::Column::UntilRevision.is_null())
            .one(&self.read_pool)
            .await?;
        row.map(|row| Ok((fingerprint(&row)?, to_asset(row)?)))
            .transpose()
            .map(|found| found.map(|(fingerprint, asset)| (asset, fingerprint)))
    }
}

impl ReadView {
    /// Returns the metadata of assets by path. Unknown paths are left out.
    pub async fn asset_facts(
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

fn fingerprint(row: &asset::Model) -> Result<Fingerprint, StorageError> {
    let context = RowContext { table: "asset", key: &row.key };
    Ok(Fingerprint {
        // Stored as it is in memory: the sign means nothing.
        inode: row.inode.cast_unsigned(),
        size: context.convert_integer("size", row.size)?,
        modified_nanos: row.modified_nanos,
        changed_nanos: row.changed_nanos,
    })
}

pub(crate) fn to_asset(row: asset::Model) -> Result<Asset, StorageError> {
    let context = RowContext { table: "asset", key: &row.key };
    let dimension = |column, pixels: Option<i32>| {
        pixels.map(|pixels| context.convert_integer(column, pixels)).transpose()
    };
    Ok(Asset {
        path: context.parse_text("key", &row.key, |path| DocumentPath::parse(path).ok())?,
        size: context.convert_integer("size", row.size)?,
        metadata: AssetMetadata {
            checksum: context.parse_text("checksum", &row.checksum, |text| text.parse().ok())?,
            width: dimension("width", row.width)?,
            height: dimension("height", row.height)?,
            placeholder: row.placeholder,
        },
    })
}

pub(crate) fn from_asset(ingested: &IngestedAsset, revision: i64) -> Result<asset::Model, StorageError> {
    let (asset, fingerprint) = (&ingested.asset, &ingested.fingerprint);
    let context = RowContext { table: "asset", key: asset.path.as_str() };
    let dimension = |column, pixels: Option<u32>| {
        pixels.map(|pixels| context.convert_integer(column, pixels)).transpose()
    };
    Ok(asset::Model {
        row_id: 0,
        key: asset.path.to_string(),
        from_revision: revision,
        until_revision: None,
        size: context.convert_integer("size", asset.size)?,
        checksum: asset.metadata.checksum.to_string(),
        width: dimension("width", asset.metadata.width)?,
        height: dimension("height", asset.metadata.height)?,
        placeholder: asset.metadata.placeholder.clone(),
        inode: fingerprint.inode.cast_signed(),
        modified_nanos: fingerprint.modified_nanos,
        changed_nanos: fingerprint.changed_nanos,
    })
}
