//! Addresses that pages and plans had before they were renamed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer_null, text};

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("former_address")
            .col(big_pk_auto("row_id"))
            // `PAGE` or `PLAN`.
            .col(text("kind"))
            .col(text("key"))
            .col(text("slug"))
            .col(text("lang"))
            .col(integer_null("year"))
            // Revision and time of the rename.
            .col(big_integer("ended_revision"))
            .col(big_integer("ended_at"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("former_address", &["slug"])).await?;
        // The renames in the history. Rows that ended for another reason are no former addresses, because the
        // object still has the address.
        for (kind, table, year) in [("PAGE", "page", "CAST(NULL AS INTEGER)"), ("PLAN", "plan", "o.year")] {
            let sql = format!(
                "INSERT INTO former_address (kind, key, slug, lang, year, ended_revision, ended_at)
                 SELECT '{kind}', o.key, o.slug, o.lang, {year}, MAX(o.until_revision), MAX(r.at)
                 FROM {table} o JOIN revision r ON r.number = o.until_revision
                 GROUP BY o.key, o.slug, o.lang, {year}"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
