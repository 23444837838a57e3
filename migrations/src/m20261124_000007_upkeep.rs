//! Finding what is served among what was, and when all of the folder was last read.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

use crate::timed::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["asset", "plan", "category", "measure", "page", "support_service"] {
            // SQLite takes an index on the end of lives for the best way to find a few rows that are served: it leads to
            // all of them. Only rows that have ended are looked for by their end.
            let mut whole = Index::drop();
            manager.drop_index(whole.name(format!("{table}_until_revision")).table(table).to_owned()).await?;
            let has_ended = Expr::col("until_revision").is_not_null();
            let ended =
                index(table, &["until_revision"]).name(format!("{table}_ended")).and_where(has_ended).take();
            manager.create_index(ended).await?;
        }
        let audited = big_integer("audited_at").default(0_i64).take();
        manager.alter_table(Table::alter().table("meta").add_column(audited).take()).await
    }
}
