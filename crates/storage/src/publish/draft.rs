//! What a batch writes, kept until it is written in few statements.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::rows;
use crate::column::MANY;
use crate::entity::{diagnostic, document, page, reference, support_service};
use crate::error::StorageError;
use crate::fail_point;
use crate::fail_point::FailPoints;

/// Rows to write and to close.
#[derive(Default)]
pub(super) struct Draft {
    /// The rows of documents, new ones and those that take the place of what is stored.
    pub(super) documents: Vec<document::Model>,
    /// The keys of documents whose diagnostics are other ones now.
    pub(super) told_anew: Vec<String>,
    pub(super) diagnostics: Vec<diagnostic::Model>,
    /// The keys of documents that count on other things now.
    pub(super) refer_anew: Vec<String>,
    pub(super) references: Vec<reference::Model>,
    pub(super) closed_pages: Vec<i64>,
    pub(super) pages: Vec<page::Model>,
    pub(super) closed_services: Vec<i64>,
    pub(super) services: Vec<support_service::Model>,
}

impl Draft {
    /// Writes all of it. Nothing of it is left.
    pub(super) async fn write(
        &mut self,
        transaction: &DatabaseTransaction,
        fail_points: &FailPoints,
        revision: i64,
    ) -> Result<(), StorageError> {
        let draft = std::mem::take(self);
        // The rows of documents come first, for the diagnostics refer to them.
        rows::upsert::<document::Entity>(transaction, draft.documents, document::Column::Key).await?;
        fail_point!(fail_points, "publish.document_rows");
        for keys in draft.told_anew.chunks(MANY) {
            diagnostic::Entity::delete_many()
                .filter(diagnostic::Column::DocumentKey.is_in(keys))
                .exec(transaction)
                .await?;
        }
        rows::insert::<diagnostic::Entity>(transaction, draft.diagnostics, diagnostic::Column::Id).await?;
        fail_point!(fail_points, "publish.diagnostics");
        for keys in draft.refer_anew.chunks(MANY) {
            reference::Entity::delete_many()
                .filter(reference::Column::DocumentKey.is_in(keys))
                .exec(transaction)
                .await?;
        }
        rows::insert::<reference::Entity>(transaction, draft.references, reference::Column::Id).await?;
        fail_point!(fail_points, "publish.references");
        rows::close::<page::Entity>(transaction, &draft.closed_pages, revision).await?;
        fail_point!(fail_points, "publish.pages_closed");
        rows::insert::<page::Entity>(transaction, draft.pages, page::Column::RowId).await?;
        fail_point!(fail_points, "publish.page_rows");
        rows::close::<support_service::Entity>(transaction, &draft.closed_services, revision).await?;
        fail_point!(fail_points, "publish.services_closed");
        let id = support_service::Column::RowId;
        rows::insert::<support_service::Entity>(transaction, draft.services, id).await
    }
}
