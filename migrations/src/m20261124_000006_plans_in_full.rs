//! What plans say of themselves in full: repeats, outlines, what waits for a word, what is gone, and what was pruned.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer_null, text, text_null};

use crate::timed::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Rows of before are read again from their documents, which fills what is empty here.
        let columns = [
            ("measure", integer_null("repeat_group").take()),
            ("plan", text("stem").default("").take()),
            ("plan", text("outline").default("").take()),
            ("page", text("related_measures").default("[]").take()),
            ("page", text("terms").default("[]").take()),
            ("document", text_null("hold").take()),
            ("document", text_null("accepted").take()),
            ("document", big_integer_null("removed_at").take()),
            ("meta", big_integer("pruned_revision").default(0_i64).take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        // What became of a plan since a revision; the measures of a number are found in memory.
        manager.create_index(index("measure", &["plan_key", "from_revision"])).await?;
        manager.create_index(index("measure", &["plan_key", "until_revision"])).await?;
        let mut unused = Index::drop();
        manager.drop_index(unused.name("measure_plan_key_number").table("measure").to_owned()).await
    }
}
