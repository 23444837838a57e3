//! The one row of the table `meta`: revision counter, oldest revision, reader version, time of the last
//! audit.

use passerelle_model::revision::RevisionNumber;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};

use crate::entity::meta;
use crate::error::StorageError;

/// Returns the oldest revision that can be read. Rows that ended before it were pruned.
pub(crate) async fn pruned_revision(connection: &impl ConnectionTrait) -> Result<i64, StorageError> {
    Ok(meta::Entity::find().one(connection).await?.map_or(0, |meta| meta.pruned_revision))
}

/// Takes the next revision number. The update locks the row until the transaction ends, so numbers have no
/// gaps and are in commit order.
pub(crate) async fn next_revision(transaction: &DatabaseTransaction) -> Result<RevisionNumber, StorageError> {
    meta::Entity::update_many()
        .col_expr(meta::Column::Revision, Expr::col(meta::Column::Revision).add(1))
        .exec(transaction)
        .await?;
    let row = meta::Entity::find().one(transaction).await?;
    row.map(|row| RevisionNumber::new(row.revision)).ok_or_else(|| StorageError::InvalidValue {
        table: "meta",
        key: "1".to_owned(),
        column: "revision",
        detail: "the row is missing".to_owned(),
    })
}
