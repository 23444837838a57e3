//! Deletes old content and old changes.

use passerelle_model::revision::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::connect::Storage;
use crate::convert::change::resync_row;
use crate::entity::{
    asset, category, change_log, collection, document, former_address, measure, meta, page, plan, revision,
    support_service,
};
use crate::error::StorageError;
use crate::meta::pruned_revision;
use crate::publish::rows;
use crate::redirect::FormerAddressKind;
use crate::versioned::Versioned;

/// Result of pruning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// Number of deleted content rows.
    pub rows_deleted: u64,
    /// Number of deleted change log entries.
    pub changes_deleted: u64,
    /// Oldest available revision.
    pub oldest_revision: RevisionNumber,
}

impl Storage {
    /// Deletes the content and changes that only views before this time need. Current content stays.
    pub async fn prune(&self, before: Timestamp) -> Result<PruneReport, StorageError> {
        let transaction = self.begin().await?;
        let oldest = revision::Entity::find()
            .filter(revision::Column::At.lte(before.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&transaction)
            .await?;
        let Some(oldest) = oldest.map(|row| row.number) else {
            transaction.rollback().await?;
            return Ok(PruneReport::default());
        };
        let already_pruned = pruned_revision(&transaction).await?;
        if oldest <= already_pruned {
            // An earlier pruning deleted more.
            transaction.rollback().await?;
            return Ok(PruneReport {
                oldest_revision: RevisionNumber::new(already_pruned),
                ..PruneReport::default()
            });
        }
        let mut pruned =
            PruneReport { oldest_revision: RevisionNumber::new(oldest), ..PruneReport::default() };
        pruned.rows_deleted = delete_closed_rows(&transaction, oldest).await?;
        delete_former_addresses(&transaction).await?;
        let removed_documents = document::Column::RemovedAt.lte(oldest);
        document::Entity::delete_many().filter(removed_documents).exec(&transaction).await?;
        let old_changes = change_log::Column::Revision.lte(oldest);
        pruned.changes_deleted =
            change_log::Entity::delete_many().filter(old_changes).exec(&transaction).await?.rows_affected;
        insert_resync(&transaction, oldest).await?;
        meta::Entity::update_many()
            .col_expr(meta::Column::PrunedRevision, Expr::value(oldest))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        self.latest().await?;
        Ok(pruned)
    }
}

/// Deletes the content that ended up to a revision. Returns the number of rows.
async fn delete_closed_rows(transaction: &DatabaseTransaction, oldest: i64) -> Result<u64, StorageError> {
    let mut deleted = 0;
    macro_rules! prune {
        ($($table:ident),*) => {$(
            let closed = <$table::Entity as Versioned>::UNTIL_REVISION.lte(oldest);
            deleted += $table::Entity::delete_many().filter(closed).exec(transaction).await?.rows_affected;
        )*};
    }
    prune!(asset, category, collection, measure, page, plan, support_service);
    Ok(deleted)
}

/// Deletes the former addresses of removed objects. Those of current objects stay, so that old links still
/// redirect.
async fn delete_former_addresses(transaction: &DatabaseTransaction) -> Result<(), StorageError> {
    for (kind, rows) in [
        (FormerAddressKind::Page, page::Entity::find().select_only().column(page::Column::Key).into_query()),
        (FormerAddressKind::Plan, plan::Entity::find().select_only().column(plan::Column::Key).into_query()),
    ] {
        former_address::Entity::delete_many()
            .filter(former_address::Column::Kind.eq(kind.name()))
            .filter(former_address::Column::Key.not_in_subquery(rows))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Adds a resync entry before the remaining changes. Clients with an older revision must refetch their data.
async fn insert_resync(transaction: &DatabaseTransaction, oldest: i64) -> Result<(), StorageError> {
    rows::insert::<change_log::Entity>(transaction, vec![resync_row(oldest)], change_log::Column::Id).await
}
