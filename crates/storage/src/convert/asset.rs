//! Rows of the table `asset`.

use passerelle_model::asset::{Asset, AssetMetadata};
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;

use crate::column::RowContext;
use crate::entity::asset;
use crate::error::StorageError;
use crate::file_change::IngestedAsset;

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

pub(crate) fn to_fingerprint(row: &asset::Model) -> Result<Fingerprint, StorageError> {
    let context = RowContext { table: "asset", key: &row.key };
    Ok(Fingerprint {
        // Stored with the same 64 bits: the sign has no meaning.
        inode: row.inode.cast_unsigned(),
        size: context.convert_integer("size", row.size)?,
        modified_nanos: row.modified_nanos,
        changed_nanos: row.changed_nanos,
    })
}
