//! Indexes with everything that the list of routes reads of pages and support services.

use sea_orm_migration::prelude::*;

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A row of a page contains its texts. Reading 10,000 rows for their addresses read the whole table.
        // Two partial indexes, because the routes of pages and of services have different orders.
        let columns = ["from_revision", "until_revision", "slug", "lang", "translation_key", "updated_at"];
        let is_service = Expr::col("service_key").is_not_null();
        let services = [&["service_key"][..], &columns].concat();
        let services = index("page", &services).name("page_service_route").and_where(is_service).take();
        manager.create_index(services).await?;
        // The condition is part of the index, because SQLite checks it again.
        let is_page = Expr::col("service_key").is_null();
        let pages = [&["key", "service_key"][..], &columns].concat();
        let pages = index("page", &pages).name("page_route").and_where(is_page).take();
        manager.create_index(pages).await
    }
}
