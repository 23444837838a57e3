//! Writes the rows of assets.

use std::collections::HashMap;

use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::batch_writer::BatchWriter;
use super::rows;
use crate::convert::asset::from_asset;
use crate::entity::asset;
use crate::error::StorageError;
use crate::fail_point;
use crate::file_change::IngestedAsset;

/// Maximum number of paths per statement.
const MAX_PATHS: usize = 500;

impl BatchWriter {
    /// Replaces the rows of new, changed and removed assets.
    pub(super) async fn write_assets(
        &mut self,
        ingested: &[&IngestedAsset],
        removed: &[&DocumentPath],
    ) -> Result<(), StorageError> {
        if ingested.is_empty() && removed.is_empty() {
            return Ok(());
        }
        let had_assets = has_assets(&self.transaction).await?;
        let changed: Vec<&DocumentPath> =
            ingested.iter().map(|ingested| &ingested.asset.path).chain(removed.iter().copied()).collect();
        for paths in changed.chunks(MAX_PATHS) {
            let live = live_row_ids(&self.transaction, paths).await?;
            let mut row_ids: Vec<i64> = live.into_values().collect();
            row_ids.sort_unstable();
            rows::close::<asset::Entity>(&self.transaction, &row_ids, self.revision.number.get()).await?;
        }
        fail_point!(self.fail_points, "publish.assets_closed");
        self.changed_targets.files.extend(changed.iter().map(ToString::to_string));
        let opened = ingested.iter().map(|ingested| from_asset(ingested, self.revision.number.get()));
        let opened = opened.collect::<Result<Vec<_>, _>>()?;
        rows::insert::<asset::Entity>(&self.transaction, opened, asset::Column::RowId).await?;
        self.changed_targets.affects_all_images = had_assets != has_assets(&self.transaction).await?;
        Ok(())
    }
}

/// Returns true if at least one asset is published.
pub(super) async fn has_assets(connection: &impl ConnectionTrait) -> Result<bool, StorageError> {
    let live = asset::Entity::find().filter(asset::Column::UntilRevision.is_null());
    Ok(live.one(connection).await?.is_some())
}

async fn live_row_ids(
    connection: &impl ConnectionTrait,
    paths: &[&DocumentPath],
) -> Result<HashMap<String, i64>, StorageError> {
    let rows: Vec<(String, i64)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Key)
        .column(asset::Column::RowId)
        .filter(asset::Column::Key.is_in(paths.iter().map(|path| path.as_str())))
        .filter(asset::Column::UntilRevision.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Updates the fingerprint of an unchanged asset.
pub(super) async fn update_fingerprint(
    connection: &impl ConnectionTrait,
    path: &DocumentPath,
    fingerprint: &Fingerprint,
) -> Result<(), StorageError> {
    asset::Entity::update_many()
        .col_expr(asset::Column::Inode, Expr::value(fingerprint.inode.cast_signed()))
        .col_expr(asset::Column::ModifiedNanos, Expr::value(fingerprint.modified_nanos))
        .col_expr(asset::Column::ChangedNanos, Expr::value(fingerprint.changed_nanos))
        .filter(asset::Column::Key.eq(path.as_str()))
        .filter(asset::Column::UntilRevision.is_null())
        .exec(connection)
        .await?;
    Ok(())
}
