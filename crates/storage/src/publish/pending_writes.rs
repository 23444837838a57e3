//! Rows of a batch, collected so that they are written in few statements.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::rows;
use crate::column::MAX_IN_VALUES;
use crate::entity::{collection, diagnostic, document, former_address, page, reference, support_service};
use crate::error::StorageError;
use crate::fail_point;
use crate::fail_point::FailPoints;

/// Rows to insert, update and close.
#[derive(Default)]
pub(super) struct PendingWrites {
    /// New or updated rows of documents.
    pub(super) documents: Vec<document::Model>,
    /// Keys of documents with new diagnostics.
    pub(super) documents_with_new_diagnostics: Vec<String>,
    pub(super) diagnostics: Vec<diagnostic::Model>,
    /// Keys of documents with new references.
    pub(super) documents_with_new_references: Vec<String>,
    pub(super) references: Vec<reference::Model>,
    pub(super) closed_pages: Vec<i64>,
    pub(super) pages: Vec<page::Model>,
    pub(super) closed_services: Vec<i64>,
    pub(super) services: Vec<support_service::Model>,
    pub(super) former_addresses: Vec<former_address::Model>,
    pub(super) closed_collections: Vec<i64>,
    pub(super) collections: Vec<collection::Model>,
}

impl PendingWrites {
    /// Writes all collected rows and empties the collection.
    pub(super) async fn write(
        &mut self,
        transaction: &DatabaseTransaction,
        fail_points: &FailPoints,
        revision: i64,
    ) -> Result<(), StorageError> {
        let pending = std::mem::take(self);
        // Diagnostics refer to document rows, so these are written first.
        rows::upsert::<document::Entity>(transaction, pending.documents, document::Column::Key).await?;
        fail_point!(fail_points, "publish.document_rows");
        for keys in pending.documents_with_new_diagnostics.chunks(MAX_IN_VALUES) {
            diagnostic::Entity::delete_many()
                .filter(diagnostic::Column::DocumentKey.is_in(keys))
                .exec(transaction)
                .await?;
        }
        rows::insert::<diagnostic::Entity>(transaction, pending.diagnostics, diagnostic::Column::Id).await?;
        fail_point!(fail_points, "publish.diagnostics");
        for keys in pending.documents_with_new_references.chunks(MAX_IN_VALUES) {
            reference::Entity::delete_many()
                .filter(reference::Column::DocumentKey.is_in(keys))
                .exec(transaction)
                .await?;
        }
        rows::insert::<reference::Entity>(transaction, pending.references, reference::Column::Id).await?;
        fail_point!(fail_points, "publish.references");
        let id = former_address::Column::RowId;
        rows::insert::<former_address::Entity>(transaction, pending.former_addresses, id).await?;
        fail_point!(fail_points, "publish.former_addresses");
        rows::close::<page::Entity>(transaction, &pending.closed_pages, revision).await?;
        fail_point!(fail_points, "publish.pages_closed");
        rows::insert::<page::Entity>(transaction, pending.pages, page::Column::RowId).await?;
        fail_point!(fail_points, "publish.page_rows");
        rows::close::<support_service::Entity>(transaction, &pending.closed_services, revision).await?;
        fail_point!(fail_points, "publish.services_closed");
        let id = support_service::Column::RowId;
        rows::insert::<support_service::Entity>(transaction, pending.services, id).await?;
        rows::close::<collection::Entity>(transaction, &pending.closed_collections, revision).await?;
        rows::insert::<collection::Entity>(transaction, pending.collections, collection::Column::RowId).await
    }
}
