//! Copies from and to PostgreSQL databases.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    Statement, TransactionTrait,
};

/// Columns of all tables.
pub(crate) const COLUMNS: &str = "SELECT t.relname::text, c.attname::text, format_type(c.atttypid, NULL),
        coalesce(c.attnum = ANY (k.conkey), false)
    FROM pg_catalog.pg_class t
    JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND t.relname <> 'seaql_migrations'
    ORDER BY EXISTS (SELECT 1 FROM pg_catalog.pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f'),
        t.relname COLLATE \"C\", c.attname COLLATE \"C\"";

/// The other database of a copy can need longer for a batch than a transaction may be idle otherwise. Still
/// bounded: the open transaction delays the removal of dead rows.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "SET LOCAL idle_in_transaction_session_timeout = '10min'";

/// Starts a transaction that reads the state of its first statement until it ends.
pub(crate) async fn begin_snapshot(read_pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let isolation = Some(IsolationLevel::RepeatableRead);
    let transaction = read_pool.begin_with_config(isolation, Some(AccessMode::ReadOnly)).await?;
    transaction.execute_unprepared(IDLE_IN_TRANSACTION_TIMEOUT).await?;
    Ok(transaction)
}

/// Prepares a write transaction for a copy.
pub(crate) async fn extend_timeouts(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(IDLE_IN_TRANSACTION_TIMEOUT).await.map(drop)
}

/// Returns the statement for the highest row number that a table has given.
pub(crate) fn last_row_number(table: &str, key: &str) -> Statement {
    let sql = "SELECT pg_sequence_last_value(pg_get_serial_sequence(quote_ident($1), $2)::regclass)";
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into(), key.into()])
}

/// Returns the statement that sets the highest row number that a table has given.
pub(crate) fn continue_after(table: &str, key: &str, number: i64) -> Statement {
    let sql = "SELECT setval(pg_get_serial_sequence(quote_ident($1), $2)::regclass, $3)";
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into(), key.into(), number.into()])
}
