//! Change log of each revision, for history and subscribers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, text, text_null};

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let change = Table::create()
            .table("change_log")
            .col(big_pk_auto("id"))
            .col(big_integer("revision"))
            .col(integer("ordinal"))
            .col(text("kind"))
            .col(text("node_kind"))
            .col(text("node_key"))
            .col(text_null("field"))
            .col(text_null("before"))
            .col(text_null("after"))
            .take();
        manager.create_table(change).await?;
        manager.create_index(index("change_log", &["revision", "ordinal"])).await?;
        manager.create_index(index("change_log", &["node_key"])).await
    }
}
