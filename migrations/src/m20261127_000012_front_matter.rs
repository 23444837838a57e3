//! Columns for the front matter of pages: folded for filters and orders, and its rendered texts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Existing documents are parsed again, which fills these columns.
        let columns = [
            text_null("front_matter_folded").take(),
            // JSON object of rendered texts by path.
            text("front_matter_texts").default("{}").take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("page").add_column(column).take()).await?;
        }
        Ok(())
    }
}
