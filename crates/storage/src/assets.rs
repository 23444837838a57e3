//! The files beside the documents: what is known of them at a revision, and what the worker compares with.

use std::collections::HashMap;

use passerelle_model::asset::{Asset, AssetFacts};
use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::column::Address;
use crate::connect::Storage;
use crate::documents::ManifestEntry;
use crate::entity::asset;
use crate::error::StorageError;
use crate::publish::IngestedAsset;
use crate::timed::Timed;
use crate::view::View;

impl Storage {
    /// What is stored of each file beside the documents.
    pub async fn asset_manifest(&self) -> Result<Vec<ManifestEntry>, StorageError> {
        let rows = asset::Entity::find()
            .filter(asset::Column::UntilRevision.is_null())
            .order_by_asc(asset::Column::Key)
            .all(&self.reader)
            .await?;
        let entry = |row: asset::Model| {
            let fingerprint = fingerprint(&row)?;
            let asset = to_asset(row)?;
            Ok(ManifestEntry {
                hold: None,
                is_accepted: false,
                path: asset.path,
                fingerprint,
                checksum: asset.facts.checksum,
                defaults: None,
            })
        };
        rows.into_iter().map(entry).collect()
    }

    /// What is known of a file beside the documents, and what the file system said of it then.
    pub async fn asset_at(&self, path: &DocumentPath) -> Result<Option<(Asset, Fingerprint)>, StorageError> {
        let row = asset::Entity::find()
            .filter(asset::Column::Key.eq(path.as_str()))
            .filter(asset::Column::UntilRevision.is_null())
            .one(&self.reader)
            .await?;
        row.map(|row| Ok((fingerprint(&row)?, to_asset(row)?)))
            .transpose()
            .map(|found| found.map(|(fingerprint, asset)| (asset, fingerprint)))
    }
}

impl View {
    /// What is known of the files of these paths.
    pub async fn asset_facts(
        &self,
        paths: &[DocumentPath],
    ) -> Result<HashMap<DocumentPath, AssetFacts>, StorageError> {
        let rows = asset::Entity::find()
            .filter(asset::Entity::live(self.revision.number))
            .filter(asset::Column::Key.is_in(paths.iter().map(DocumentPath::as_str)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(|row| to_asset(row).map(|asset| (asset.path, asset.facts))).collect()
    }
}

fn fingerprint(row: &asset::Model) -> Result<Fingerprint, StorageError> {
    let at = Address { table: "asset", key: &row.key };
    Ok(Fingerprint {
        // Stored as it is in memory: the sign means nothing.
        inode: row.inode.cast_unsigned(),
        size: at.number("size", row.size)?,
        modified_nanos: row.modified_nanos,
        changed_nanos: row.changed_nanos,
    })
}

pub(crate) fn to_asset(row: asset::Model) -> Result<Asset, StorageError> {
    let at = Address { table: "asset", key: &row.key };
    let pixels = |column, side: Option<i32>| side.map(|side| at.number(column, side)).transpose();
    Ok(Asset {
        path: at.name("key", &row.key, |path| DocumentPath::parse(path).ok())?,
        size: at.number("size", row.size)?,
        facts: AssetFacts {
            checksum: at.name("checksum", &row.checksum, |text| text.parse().ok())?,
            width: pixels("width", row.width)?,
            height: pixels("height", row.height)?,
            placeholder: row.placeholder,
        },
    })
}

pub(crate) fn from_asset(ingested: &IngestedAsset, revision: i64) -> Result<asset::Model, StorageError> {
    let (asset, fingerprint) = (&ingested.asset, &ingested.fingerprint);
    let at = Address { table: "asset", key: asset.path.as_str() };
    let pixels = |column, side: Option<u32>| side.map(|side| at.number(column, side)).transpose();
    Ok(asset::Model {
        row_id: 0,
        key: asset.path.to_string(),
        from_revision: revision,
        until_revision: None,
        size: at.number("size", asset.size)?,
        checksum: asset.facts.checksum.to_string(),
        width: pixels("width", asset.facts.width)?,
        height: pixels("height", asset.facts.height)?,
        placeholder: asset.facts.placeholder.clone(),
        inode: fingerprint.inode.cast_signed(),
        modified_nanos: fingerprint.modified_nanos,
        changed_nanos: fingerprint.changed_nanos,
    })
}
