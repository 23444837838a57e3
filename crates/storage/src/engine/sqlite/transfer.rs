//! Copies from and to SQLite files, and backups of them.

use std::path::Path;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, Statement, TransactionTrait,
};

use crate::entity::meta;

/// Columns of all tables. Integers have 64 bits, whatever their declared type.
pub(crate) const COLUMNS: &str =
    "SELECT t.name, c.name, replace(lower(c.type), 'integer', 'bigint'), c.pk > 0
    FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> 'seaql_migrations'
    ORDER BY EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name)), t.name, c.name";

/// Starts a transaction. In WAL mode it reads the state of its first statement until it ends.
pub(crate) async fn begin_snapshot(read_pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = read_pool.begin().await?;
    meta::Entity::find().one(&transaction).await?;
    Ok(transaction)
}

/// Returns the statement for the highest row number that a table has given.
pub(crate) fn last_row_number(table: &str) -> Statement {
    statement("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.into()])
}

/// Returns the statements that set the highest row number that a table has given.
pub(crate) fn continue_after(table: &str, number: i64) -> Vec<Statement> {
    // The table of the numbers has no unique key.
    vec![
        statement("DELETE FROM sqlite_sequence WHERE name = ?", [table.into()]),
        statement("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table.into(), number.into()]),
    ]
}

fn statement<const COUNT: usize>(sql: &str, values: [sea_orm::Value; COUNT]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// Writes one state of a database to an empty file. Other connections can read and write meanwhile.
pub(crate) async fn back_up(database: &Path, to: &Path) -> Result<(), DbErr> {
    let file = database.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_: SqliteConnectOptions| {
        SqliteConnectOptions::new().filename(&file).read_only(true)
    });
    let connection = Database::connect(options).await?;
    let vacuum = statement("VACUUM INTO ?", [to.to_string_lossy().into_owned().into()]);
    let written = connection.execute_raw(vacuum).await;
    connection.close().await?;
    written.map(drop)
}
