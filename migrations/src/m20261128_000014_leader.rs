//! The process that synchronises the folder, and the epoch that each of its transactions checks.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The epoch is in `meta`, whose row every write transaction locks. The lease is in a table of its
        // own, because it is renewed while a transaction runs.
        let epoch = big_integer("leader_epoch").default(0_i64).take();
        manager.alter_table(Table::alter().table("meta").add_column(epoch).take()).await?;
        let leader = Table::create()
            .table("leader")
            .col(integer("id").primary_key())
            .col(big_integer("epoch"))
            .col(text("name"))
            .col(boolean("is_locked"))
            .col(big_integer("lease_until"))
            .col(big_integer("seen_at"))
            .col(text("status"))
            .col(big_integer("requested"))
            .col(big_integer("completed"))
            .col(text("outcome"))
            .take();
        manager.create_table(leader).await?;
        let columns = [
            "id",
            "epoch",
            "name",
            "is_locked",
            "lease_until",
            "seen_at",
            "status",
            "requested",
            "completed",
            "outcome",
        ];
        let zero = || Expr::from(0_i64);
        let empty = || Expr::from("");
        let row = [
            Expr::from(1),
            zero(),
            empty(),
            Expr::from(false),
            zero(),
            zero(),
            empty(),
            zero(),
            zero(),
            empty(),
        ];
        let insert = Query::insert().into_table("leader").columns(columns).values_panic(row).take();
        manager.exec_stmt(insert).await
    }
}
