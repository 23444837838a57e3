//! Tables for documents, diagnostics and revisions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, integer, integer_null, text, text_null,
};

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let meta = Table::create()
            .table("meta")
            .col(integer("id").primary_key())
            .col(big_integer("revision"))
            .col(big_integer("epoch"))
            .col(integer("reader_version"))
            .take();
        manager.create_table(meta).await?;
        let initial_row = Query::insert()
            .into_table("meta")
            .columns(["id", "revision", "epoch", "reader_version"])
            .values_panic([1.into(), 0_i64.into(), 0_i64.into(), 0.into()])
            .take();
        manager.exec_stmt(initial_row).await?;

        let revision = Table::create()
            .table("revision")
            .col(big_integer("number").primary_key())
            .col(big_integer("at"))
            .take();
        manager.create_table(revision).await?;
        manager.create_index(index("revision", &["at"])).await?;

        let document = Table::create()
            .table("document")
            .col(text("key").primary_key())
            .col(text("path").unique_key())
            .col(text("kind"))
            .col(text("state"))
            .col(text("checksum"))
            .col(big_integer("size"))
            .col(text("encoding"))
            .col(big_integer_null("modified_at"))
            .col(big_integer("ingested_at"))
            .col(big_integer_null("published_revision"))
            .col(text("source_lines"))
            .col(big_integer("inode"))
            .col(big_integer("modified_nanos"))
            .col(big_integer("changed_nanos"))
            .take();
        manager.create_table(document).await?;
        manager.create_index(index("document", &["state"])).await?;

        let diagnostic = Table::create()
            .table("diagnostic")
            .col(big_pk_auto("id"))
            .col(text("document_key"))
            .col(text("severity"))
            .col(text("code"))
            .col(text("message"))
            .col(integer_null("line"))
            .col(integer_null("column"))
            .col(text_null("excerpt"))
            .col(text_null("suggestion"))
            .foreign_key(
                ForeignKey::create()
                    .from("diagnostic", "document_key")
                    .to("document", "key")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(diagnostic).await?;
        manager.create_index(index("diagnostic", &["document_key"])).await
    }
}
