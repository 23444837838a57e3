//! Columns for the label, the parent and the details of a measure.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Existing rows are parsed again from their documents, which fills these columns.
        let columns = [
            text("label").default("").take(),
            integer_null("parent").take(),
            // JSON object. It contains only the fields that the document states.
            text("details").default("{}").take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("measure").add_column(column).take()).await?;
        }
        Ok(())
    }
}
