//! Paths of pages and of link targets, so that a link by path finds its page.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, text_null};

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Existing rows are parsed again from their documents, which fills these columns.
        let columns = [("page", text("path").default("").take()), ("reference", text_null("path").take())];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            manager.create_index(index(table, &["path"])).await?;
        }
        Ok(())
    }
}
