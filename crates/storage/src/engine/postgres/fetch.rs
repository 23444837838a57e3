//! One statement that reads rows.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, QueryResult, Statement, TransactionTrait};

use super::pooler;

/// Number of rows to fetch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows {
    First,
    All,
}

/// Runs a statement once.
pub(super) async fn fetch_once(
    pool: &DatabaseConnection,
    is_pooled: bool,
    statement: &Statement,
    rows: Rows,
) -> Result<Vec<QueryResult>, DbErr> {
    if !is_pooled {
        return fetch(pool, statement, rows).await;
    }
    let transaction = pool.begin().await?;
    transaction.execute_unprepared(pooler::START_OF_READ).await?;
    let fetched = fetch(&transaction, statement, rows).await?;
    transaction.commit().await?;
    Ok(fetched)
}

async fn fetch(
    connection: &impl ConnectionTrait,
    statement: &Statement,
    rows: Rows,
) -> Result<Vec<QueryResult>, DbErr> {
    match rows {
        Rows::First => Ok(connection.query_one_raw(statement.clone()).await?.into_iter().collect()),
        Rows::All => connection.query_all_raw(statement.clone()).await,
    }
}
