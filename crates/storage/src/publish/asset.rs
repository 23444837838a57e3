//! Files beside the documents: rows opened, closed and touched.

use std::collections::HashMap;

use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{IngestedAsset, Writer, rows};
use crate::assets::from_asset;
use crate::entity::asset;
use crate::error::StorageError;
use crate::fail_point;

/// The most paths of one statement.
const PATHS: usize = 500;

impl Writer {
    /// Serves files beside the documents as they are now.
    pub(super) async fn write_assets(
        &mut self,
        ingested: &[IngestedAsset],
        removed: &[DocumentPath],
    ) -> Result<(), StorageError> {
        if ingested.is_empty() && removed.is_empty() {
            return Ok(());
        }
        let had_some = has_assets(&self.transaction).await?;
        let changed: Vec<&DocumentPath> =
            ingested.iter().map(|ingested| &ingested.asset.path).chain(removed).collect();
        for paths in changed.chunks(PATHS) {
            let served = served(&self.transaction, paths).await?;
            let mut row_ids: Vec<i64> = served.into_values().collect();
            row_ids.sort_unstable();
            rows::close::<asset::Entity>(&self.transaction, &row_ids, self.revision.number.get()).await?;
        }
        fail_point!(self.fail_points, "publish.assets_closed");
        self.touched.files.extend(changed.iter().map(ToString::to_string));
        let opened = ingested.iter().map(|ingested| from_asset(ingested, self.revision.number.get()));
        let opened = opened.collect::<Result<Vec<_>, _>>()?;
        rows::insert::<asset::Entity>(&self.transaction, opened, asset::Column::RowId).await?;
        self.touched.is_every_image = had_some != has_assets(&self.transaction).await?;
        Ok(())
    }
}

/// Whether there is any file beside the documents.
pub(super) async fn has_assets(connection: &impl ConnectionTrait) -> Result<bool, StorageError> {
    let live = asset::Entity::find().filter(asset::Column::UntilRevision.is_null());
    Ok(live.one(connection).await?.is_some())
}

async fn served(
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

/// Writes a new fingerprint of the same bytes.
pub(super) async fn touch(
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
