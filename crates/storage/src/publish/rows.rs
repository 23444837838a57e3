//! Opening and closing rows, in chunks.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
};

use crate::error::StorageError;
use crate::timed::Timed;

/// The most rows of one statement: more gain nothing, measured.
const ROWS: usize = 500;
/// The most values of one statement, below the limits of SQLite (32,766) and PostgreSQL (65,535).
const VALUES: usize = 30_000;

/// Inserts rows, each with a new id.
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
        let mut row = row.into_active_model();
        row.not_set(id);
        row
    });
    loop {
        let chunk: Vec<E::ActiveModel> = rows.by_ref().take(most_rows::<E>()).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        E::insert_many(chunk).exec_without_returning(connection).await?;
    }
}

/// Inserts rows, each in place of the one that has its key.
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
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let chunk: Vec<E::ActiveModel> = rows.by_ref().take(most_rows::<E>()).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        let in_place = OnConflict::column(key).update_columns(E::Column::iter()).to_owned();
        E::insert_many(chunk).on_conflict(in_place).exec_without_returning(connection).await?;
    }
}

/// How many rows one statement may insert.
fn most_rows<E: EntityTrait>() -> usize {
    ROWS.min(VALUES / E::Column::iter().count().max(1)).max(1)
}

/// Ends the life of rows at a revision.
pub(super) async fn close<E: Timed>(
    connection: &impl ConnectionTrait,
    row_ids: &[i64],
    revision: i64,
) -> Result<(), StorageError> {
    for chunk in row_ids.chunks(ROWS) {
        E::update_many()
            .col_expr(E::UNTIL, Expr::value(revision))
            .filter(E::ROW_ID.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
    }
    Ok(())
}

/// What to do with the rows of things that are known by a key.
pub(super) struct Turnover<'a, T> {
    /// The rows to close.
    pub(super) close: Vec<i64>,
    /// The things to open rows for.
    pub(super) open: Vec<&'a T>,
}

/// Compares the rows that are served with what is to be served. Rows of things that are equal are left alone.
pub(super) fn turnover<'a, T: PartialEq, K: std::hash::Hash + Eq>(
    before: &[(i64, T)],
    after: &'a [T],
    key: impl Fn(&T) -> K,
) -> Turnover<'a, T> {
    let mut served: std::collections::HashMap<K, &(i64, T)> =
        before.iter().map(|row| (key(&row.1), row)).collect();
    let mut turnover = Turnover { close: Vec::new(), open: Vec::new() };
    for thing in after {
        match served.remove(&key(thing)) {
            Some((_, old)) if old == thing => {}
            Some((row_id, _)) => {
                turnover.close.push(*row_id);
                turnover.open.push(thing);
            }
            None => turnover.open.push(thing),
        }
    }
    let mut gone: Vec<i64> = served.into_values().map(|(row_id, _)| *row_id).collect();
    gone.sort_unstable();
    turnover.close.append(&mut gone);
    turnover
}
