//! Inserts and closes rows in chunks.

use sea_orm::sea_query::{Expr, InsertStatement, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable,
    QueryFilter, QueryTrait, Value,
};

use crate::error::StorageError;
use crate::versioned::Versioned;

/// Maximum number of rows per statement. Measurements show no gain above it.
const MAX_ROWS: usize = 500;
/// Maximum number of values per statement, below the limits of SQLite (32,766) and PostgreSQL (65,535).
pub(crate) const MAX_BIND_VALUES: usize = 30_000;

/// Inserts rows with new ids.
pub(crate) async fn insert<E>(
    connection: &impl ConnectionTrait,
    rows: Vec<E::Model>,
    id: E::Column,
) -> Result<(), StorageError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let mut rows = rows.into_iter().map(|row| {
        let mut row = without_nul::<E>(row.into_active_model());
        row.not_set(id);
        row
    });
    loop {
        let chunk: Vec<E::ActiveModel> = rows.by_ref().take(max_rows_per_statement::<E>()).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        execute(connection, E::insert_many(chunk).into_query()).await?;
    }
}

/// Inserts rows or updates the rows with the same key.
pub(super) async fn upsert<E>(
    connection: &impl ConnectionTrait,
    rows: Vec<E::Model>,
    key: E::Column,
) -> Result<(), StorageError>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let mut rows = rows.into_iter().map(|row| without_nul::<E>(row.into_active_model()));
    loop {
        let chunk: Vec<E::ActiveModel> = rows.by_ref().take(max_rows_per_statement::<E>()).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        let replace_existing = OnConflict::column(key).update_columns(E::Column::iter()).to_owned();
        execute(connection, E::insert_many(chunk).on_conflict(replace_existing).into_query()).await?;
    }
}

/// Executes an insert. The statement has a copy of the values of the query, which is dropped first: the row
/// of a page can have 30 MB.
async fn execute(connection: &impl ConnectionTrait, query: InsertStatement) -> Result<(), StorageError> {
    let statement = connection.get_database_backend().build(&query);
    drop(query);
    connection.execute_raw(statement).await?;
    Ok(())
}

/// Replaces U+0000 in texts by U+FFFD, as CommonMark does. PostgreSQL cannot store it, and both engines must
/// return the same content.
fn without_nul<E: EntityTrait>(mut row: E::ActiveModel) -> E::ActiveModel {
    for column in E::Column::iter() {
        // Taken and set again, because `get` copies the text.
        let value = match row.take(column) {
            ActiveValue::NotSet => continue,
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
        };
        row.set(
            column,
            match value {
                Value::String(Some(text)) if text.contains('\0') => text.replace('\0', "\u{FFFD}").into(),
                value => value,
            },
        );
    }
    row
}

/// Returns the maximum number of rows of one insert statement.
fn max_rows_per_statement<E: EntityTrait>() -> usize {
    MAX_ROWS.min(MAX_BIND_VALUES / E::Column::iter().count().max(1)).max(1)
}

/// Ends the validity of rows at a revision.
pub(super) async fn close<E: Versioned>(
    connection: &impl ConnectionTrait,
    row_ids: &[i64],
    revision: i64,
) -> Result<(), StorageError> {
    for chunk in row_ids.chunks(MAX_ROWS) {
        E::update_many()
            .col_expr(E::UNTIL_REVISION, Expr::value(revision))
            .filter(E::ROW_ID.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
    }
    Ok(())
}

/// Rows to close and to insert for objects with keys.
pub(super) struct RowDiff<'a, T> {
    /// Ids of the rows to close.
    pub(super) close: Vec<i64>,
    /// Objects that need a new row.
    pub(super) open: Vec<&'a T>,
}

/// Compares published rows with the new objects. Equal objects keep their rows.
pub(super) fn diff_rows<'a, T: PartialEq, K: std::hash::Hash + Eq>(
    before: &[(i64, T)],
    after: &'a [T],
    key: impl Fn(&T) -> K,
) -> RowDiff<'a, T> {
    let mut served: std::collections::HashMap<K, &(i64, T)> =
        before.iter().map(|row| (key(&row.1), row)).collect();
    let mut diff = RowDiff { close: Vec::new(), open: Vec::new() };
    for item in after {
        match served.remove(&key(item)) {
            Some((_, old)) if old == item => {}
            Some((row_id, _)) => {
                diff.close.push(*row_id);
                diff.open.push(item);
            }
            None => diff.open.push(item),
        }
    }
    let mut removed: Vec<i64> = served.into_values().map(|(row_id, _)| *row_id).collect();
    removed.sort_unstable();
    diff.close.append(&mut removed);
    diff
}
