//! Tables for references, folder defaults and assets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, integer_null, text, text_null};

use crate::versioned::{self, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Existing rows are parsed again from their documents, which fills these columns.
        for column in [text("links").default("[]").take(), integer("word_count").default(0).take()] {
            manager.alter_table(Table::alter().table("page").add_column(column).take()).await?;
        }
        let defaults = text("defaults").default("").take();
        manager.alter_table(Table::alter().table("document").add_column(defaults).take()).await?;

        let reference = Table::create()
            .table("reference")
            .col(big_pk_auto("id"))
            .col(text("document_key"))
            .col(text("kind"))
            .col(text("target"))
            .col(text_null("heading"))
            .col(text("lang"))
            .col(integer("line"))
            .col(integer("column"))
            .col(text_null("excerpt"))
            .foreign_key(
                ForeignKey::create()
                    .from("reference", "document_key")
                    .to("document", "key")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(reference).await?;
        manager.create_index(index("reference", &["document_key"])).await?;
        manager.create_index(index("reference", &["target"])).await?;

        let asset = versioned::table("asset")
            .col(big_integer("size"))
            .col(text("checksum"))
            .col(integer_null("width"))
            .col(integer_null("height"))
            .col(text_null("placeholder"))
            .col(big_integer("inode"))
            .col(big_integer("modified_nanos"))
            .col(big_integer("changed_nanos"))
            .take();
        versioned::create(manager, asset, "asset", &[]).await
    }
}
