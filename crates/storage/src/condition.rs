//! In what condition a database is, looked at before anything of it is changed.

use std::path::Path;

use passerelle_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr, Statement};

use crate::error::StorageError;
use crate::file;

/// What SQLite calls a database whose pages contradict each other.
const SQLITE_CORRUPT: u32 = 11;
/// What SQLite calls a file that is no database.
const SQLITE_NOTADB: u32 = 26;

/// Of which version the tables of a database are, where this one can use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    /// There are none yet, or a version before this one made them.
    Older,
    /// This version has nothing to add.
    Current,
}

/// Looks at the database at a path and refuses one that cannot be used. Every page of it is looked at where that was
/// asked for, and where whoever wrote last may have been killed.
pub(crate) async fn look(path: &Path, is_thorough: bool) -> Result<Tables, StorageError> {
    if file::is_empty(path) {
        return Ok(Tables::Older);
    }
    let found = looked_at(path, is_thorough || file::has_log(path)).await;
    let damaged = |detail: String| StorageError::Damaged { file: path.to_owned(), detail };
    let unusable = |detail: &str| StorageError::Unusable(format!("{}: {detail}", path.display()));
    match found {
        Ok(Condition::Empty) => Ok(Tables::Older),
        Ok(Condition::Migrated(made)) => version(path, &made),
        Ok(Condition::Foreign) => Err(unusable("it holds the tables of something else; name another file")),
        Ok(Condition::Damaged(detail)) => Err(damaged(detail)),
        Err(error) if matches!(code(&error), Some(SQLITE_CORRUPT | SQLITE_NOTADB)) => {
            Err(damaged(words(&error)))
        }
        Err(error) => Err(unusable(&words(&error))),
    }
}

/// What was found in a file.
enum Condition {
    /// No tables.
    Empty,
    /// Tables that these migrations made.
    Migrated(Vec<String>),
    /// Tables that no migration made.
    Foreign,
    /// What is wrong with it.
    Damaged(String),
}

async fn looked_at(path: &Path, is_thorough: bool) -> Result<Condition, DbErr> {
    let file = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    // Who may only read leaves the log as it is, too.
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_: SqliteConnectOptions| {
        SqliteConnectOptions::new().filename(&file).read_only(true)
    });
    let connection = Database::connect(options).await?;
    let found = read(&connection, is_thorough).await;
    connection.close().await?;
    found
}

async fn read(connection: &DatabaseConnection, is_thorough: bool) -> Result<Condition, DbErr> {
    let tables = column(connection, "SELECT name FROM sqlite_master WHERE type = 'table'").await?;
    if is_thorough {
        let found = column(connection, "PRAGMA quick_check(1)").await?;
        if let Some(found) = found.into_iter().find(|line| line != "ok") {
            return Ok(Condition::Damaged(found.lines().last().unwrap_or_default().to_owned()));
        }
    }
    if tables.iter().any(|table| table == "seaql_migrations") {
        let made = column(connection, "SELECT version FROM seaql_migrations ORDER BY version").await?;
        return Ok(Condition::Migrated(made));
    }
    Ok(if tables.is_empty() { Condition::Empty } else { Condition::Foreign })
}

async fn column(connection: &DatabaseConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    rows.into_iter().map(|row| row.try_get_by_index(0)).collect()
}

fn version(path: &Path, made: &[String]) -> Result<Tables, StorageError> {
    let known = Migrator::migrations();
    let is_known = |name: &&String| known.iter().any(|migration| migration.name() == name.as_str());
    match made.iter().rfind(|name| !is_known(name)) {
        Some(migration) => {
            Err(StorageError::Newer { file: path.to_owned(), migration: migration.to_owned() })
        }
        None if made.len() < known.len() => Ok(Tables::Older),
        None => Ok(Tables::Current),
    }
}

/// What SQLite calls an error, without the finer distinctions.
fn code(error: &DbErr) -> Option<u32> {
    let code = sqlx_error(error)?.as_database_error()?.code()?.parse::<u32>().ok()?;
    Some(code & 0xff)
}

/// What SQLite says of an error, without what each layer above it adds.
fn words(error: &DbErr) -> String {
    let said = sqlx_error(error).and_then(sqlx::Error::as_database_error);
    said.map_or_else(|| error.to_string(), |said| said.message().to_owned())
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
