//! The version of the readers that parsed the stored content, and the time of the last audit.

use passerelle_model::timestamp::Timestamp;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;

use crate::connect::Storage;
use crate::entity::meta;
use crate::error::StorageError;

impl Storage {
    /// Returns the version of the readers that parsed the stored content. 0 if nothing was published yet.
    pub async fn reader_version(&self) -> Result<i32, StorageError> {
        Ok(meta::Entity::find().one(&self.read_pool).await?.map_or(0, |row| row.reader_version))
    }

    /// Records that readers of this version parsed all stored content.
    pub async fn set_reader_version(&self, version: i32) -> Result<(), StorageError> {
        let transaction = self.begin_publishing().await?;
        meta::Entity::update_many()
            .col_expr(meta::Column::ReaderVersion, Expr::value(version))
            .exec(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the time of the last audit: a scan that reads every file even if its fingerprint is unchanged.
    pub async fn audited_at(&self) -> Result<Timestamp, StorageError> {
        let row = meta::Entity::find().one(&self.read_pool).await?;
        Ok(Timestamp::from_millis(row.map_or(0, |row| row.audited_at)))
    }

    /// Records the time of an audit.
    pub async fn set_audited_at(&self, at: Timestamp) -> Result<(), StorageError> {
        let transaction = self.begin_publishing().await?;
        meta::Entity::update_many()
            .col_expr(meta::Column::AuditedAt, Expr::value(at.millis()))
            .exec(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}
