//! Tables whose rows are valid between two revisions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, text};

/// Returns a table of rows that are never overwritten: `row_id`, the stable `key` of the object,
/// `from_revision`, and `until_revision`, which is null while the row is published.
pub(crate) fn table(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(big_pk_auto("row_id"))
        .col(text("key"))
        .col(big_integer("from_revision"))
        .col(big_integer_null("until_revision"))
        .take()
}

/// Returns an index named after its table and columns.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// Creates a table and its indexes. Every table gets an index on the key and one on the end revision.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    name: &'static str,
    indexes: &[&[&'static str]],
) -> Result<(), DbErr> {
    manager.create_table(table).await?;
    manager.create_index(index(name, &["key"])).await?;
    manager.create_index(index(name, &["until_revision"])).await?;
    for columns in indexes {
        manager.create_index(index(name, columns)).await?;
    }
    Ok(())
}
