//! Rows that a batch collects and then writes in few statements.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::rows;
use crate::column::MAX_IN_VALUES;
use crate::entity::{diagnostic, document, page, reference, support_service};
use crate::error::StorageError;
use crate::fail_point;
use crate::fail_point::FailPoints;

/// Rows to write and to close.
#[derive(Default)]
pub(super) struct PendingWrites {
    /// The rows of documents, new ones and those that take the place of what is stored.
    pub(super) documents: Vec<document::Model>,
    /// The keys of documents whose diagnostics are other ones now.
    pub(super) documents_with_new_diagnostics: Vec<String>,
    pub(super) diagnostics: Vec<diagnostic::Model>,
    /// The keys of documents that count on other things now.
    pub(super) documents_with_new_references: Vec<String>,
    pub(super) references: Vec<reference::Model>,
    pub(super) closed_pages: Vec<i64>,
    pub(super) pages: Vec<page::Model>,
    pub(super) closed_services: Vec<i64>,
    pub(super) services: Vec<support_service::Model>,
}

impl PendingWrites {
    /// Writes all of it. Nothing of it is left.
    pub(super) async fn write(
        &mut self,
        transaction: &DatabaseTransaction,
        fail_points: &FailPoints,
        revision: i64,
    ) -> Result<(), StorageError> {
        let pending = std::mem::take(self);
        // The rows of documents come first, for the diagnostics refer to them.
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
        rows::close::<page::Entity>(transaction, &pending.closed_pages, revision).await?;
        fail_point!(fail_points, "publish.pages_closed");
        rows::insert::<page::Entity>(transaction, pending.pages, page::Column::RowId).await?;
        fail_point!(fail_points, "publish.page_rows");
        rows::close::<support_service::Entity>(transaction, &pending.closed_services, revision).await?;
        fail_point!(fail_points, "publish.services_closed");
        let id = support_service::Column::RowId;
        rows::insert::<support_service::Entity>(transaction, pending.services, id).await
    }
}
