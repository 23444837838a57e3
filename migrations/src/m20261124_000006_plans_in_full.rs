//! Columns for repeats, outlines, held changes, removed documents and pruning.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer_null, text, text_null};

use crate::versioned::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Existing rows are parsed again from their documents, which fills these columns.
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
        // Removed documents had no rows. Their history needs one.
        for (table, kind) in [("plan", "PLAN"), ("page", "PAGE")] {
            let insert_removed = format!(
                "INSERT INTO document (key, path, kind, state, checksum, size, encoding, ingested_at, source_lines, inode, \
                 modified_nanos, changed_nanos, removed_at) \
                 SELECT gone.document_key, '//' || gone.document_key, '{kind}', 'IGNORED', '{}', 0, '', 0, \
                 '{{\"categories\":{{}},\"measures\":{{}}}}', 0, 0, 0, MAX(gone.until_revision) \
                 FROM {table} AS gone WHERE gone.until_revision IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM document WHERE document.key = gone.document_key) \
                 GROUP BY gone.document_key",
                "0".repeat(64)
            );
            manager.get_connection().execute_unprepared(&insert_removed).await?;
        }
        // For the changes of a plan since a revision. Measures are looked up by number in memory.
        manager.create_index(index("measure", &["plan_key", "from_revision"])).await?;
        manager.create_index(index("measure", &["plan_key", "until_revision"])).await?;
        let mut redundant = Index::drop();
        manager.drop_index(redundant.name("measure_plan_key_number").table("measure").to_owned()).await
    }
}
