//! Indexes for published rows, and the time of the last scan that read every file.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["asset", "plan", "category", "measure", "page", "support_service"] {
            // SQLite used the index on the end revision to find a few published rows, although it selects
            // all of them. The new index contains only rows that have ended.
            let mut old_index = Index::drop();
            manager
                .drop_index(old_index.name(format!("{table}_until_revision")).table(table).to_owned())
                .await?;
            let is_closed = Expr::col("until_revision").is_not_null();
            let closed_index =
                index(table, &["until_revision"]).name(format!("{table}_ended")).and_where(is_closed).take();
            manager.create_index(closed_index).await?;
        }
        let audited = big_integer("audited_at").default(0_i64).take();
        manager.alter_table(Table::alter().table("meta").add_column(audited).take()).await
    }
}
