//! Acceptance of held documents.

use passerelle_model::checksum::Checksum;
use passerelle_model::document::DocumentState;
use passerelle_model::path::{DocumentPath, FolderPath};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::column::{RowContext, is_below_folder};
use crate::connect::Storage;
use crate::entity::document;
use crate::error::StorageError;

impl Storage {
    /// Accepts the held documents at a path or below it, or all held documents if `path` is `None`. Returns
    /// their paths. The watcher publishes them in its next scan.
    pub async fn accept_held(&self, path: Option<&DocumentPath>) -> Result<Vec<DocumentPath>, StorageError> {
        let held = document::Column::State.eq(DocumentState::Held.name());
        let mut condition = Condition::all().add(held);
        if let Some(path) = path {
            let in_folder = is_below_folder(document::Column::Path, &FolderPath::from(path.clone()));
            condition =
                condition.add(Condition::any().add(document::Column::Path.eq(path.as_str())).add(in_folder));
        }
        let transaction = self.begin().await?;
        let rows = document::Entity::find().filter(condition.clone()).all(&transaction).await?;
        document::Entity::update_many()
            .col_expr(document::Column::Accepted, Expr::col(document::Column::Checksum))
            .filter(condition)
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        document_paths(&rows)
    }

    /// Accepts one version of a held document. Returns false if the document is not held, or if another
    /// version is held. The watcher publishes the version in its next scan.
    pub async fn accept_held_version(
        &self,
        path: &DocumentPath,
        checksum: Checksum,
    ) -> Result<bool, StorageError> {
        let transaction = self.begin().await?;
        let updated = document::Entity::update_many()
            .col_expr(document::Column::Accepted, Expr::col(document::Column::Checksum))
            .filter(document::Column::State.eq(DocumentState::Held.name()))
            .filter(document::Column::Path.eq(path.as_str()))
            .filter(document::Column::Checksum.eq(checksum.to_string()))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(updated.rows_affected > 0)
    }

    /// Returns the held documents that an operator accepted.
    pub async fn accepted_documents(&self) -> Result<Vec<DocumentPath>, StorageError> {
        let rows = document::Entity::find()
            .filter(document::Column::State.eq(DocumentState::Held.name()))
            .filter(Expr::col(document::Column::Accepted).equals(document::Column::Checksum))
            .all(&self.read_pool)
            .await?;
        document_paths(&rows)
    }
}

fn document_paths(rows: &[document::Model]) -> Result<Vec<DocumentPath>, StorageError> {
    let path = |row: &document::Model| {
        let context = RowContext { table: "document", key: &row.key };
        context.parse_text("path", &row.path, |path| DocumentPath::parse(path).ok())
    };
    rows.iter().map(path).collect()
}
