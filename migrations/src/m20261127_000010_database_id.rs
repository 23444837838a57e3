//! An id for each database, for names that are unique over all installations.

use std::hash::{BuildHasher, Hasher, RandomState};

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The keys of a new `RandomState` are random numbers of the operating system. 63 bits fit into every
        // BIGINT.
        let random = RandomState::new().build_hasher().finish() >> 1;
        let update = Query::update().table("meta").value("epoch", random.cast_signed()).take();
        manager.exec_stmt(update).await
    }
}
