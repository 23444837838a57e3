//! Table for the contracts of folders.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

use crate::versioned;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // JSON object with the name and the fields.
        let table = versioned::table("collection").col(text("folder")).col(text("contract")).take();
        versioned::create(manager, table, "collection", &[]).await
    }
}
