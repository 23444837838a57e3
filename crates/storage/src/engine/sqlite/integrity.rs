//! Integrity checks before a database is used or changed.

use std::path::Path;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};

use super::file;
use crate::engine::fault::{DatabaseErrorKind, database_message};
use crate::engine::migrations::{self, SchemaVersion};
use crate::error::StorageError;

/// Rejects an unusable database. All pages are checked on request, or if the last writer may have been
/// killed.
pub(super) async fn check_integrity(
    path: &Path,
    check_all_pages: bool,
) -> Result<SchemaVersion, StorageError> {
    if file::is_empty(path) {
        return Ok(SchemaVersion::Older);
    }
    let state = inspect_read_only(path, check_all_pages || file::has_wal(path)).await;
    let damaged = |detail: String| StorageError::Damaged { file: path.to_owned(), detail };
    let unusable = |detail: &str| StorageError::Unusable(format!("{}: {detail}", path.display()));
    match state {
        Ok(DatabaseState::Empty) => Ok(SchemaVersion::Older),
        Ok(DatabaseState::Migrated(applied)) => match migrations::compare(&applied) {
            SchemaVersion::Newer(migration) => Err(StorageError::NewerSchema {
                database: path.display().to_string(),
                migration,
                advice: "install the newer version, or run `passerelle serve --rebuild` to rename the database and \
                         rebuild it from the folder",
            }),
            version => Ok(version),
        },
        Ok(DatabaseState::Foreign) => {
            Err(unusable("the file contains the tables of another application; choose another file"))
        }
        Ok(DatabaseState::Damaged(detail)) => Err(damaged(detail)),
        Err(error) if DatabaseErrorKind::of(&error) == Some(DatabaseErrorKind::Damaged) => {
            Err(damaged(database_message(&error)))
        }
        Err(error) => Err(unusable(&database_message(&error))),
    }
}

/// State of a database file.
enum DatabaseState {
    /// No tables.
    Empty,
    /// Tables that these migrations applied.
    Migrated(Vec<String>),
    /// Tables that no migration applied.
    Foreign,
    /// The file is damaged. The text is the message of SQLite.
    Damaged(String),
}

async fn inspect_read_only(path: &Path, check_all_pages: bool) -> Result<DatabaseState, DbErr> {
    let file = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    // A read-only connection does not change the write-ahead log.
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_: SqliteConnectOptions| {
        SqliteConnectOptions::new().filename(&file).read_only(true)
    });
    let connection = Database::connect(options).await?;
    let state = inspect(&connection, check_all_pages).await;
    connection.close().await?;
    state
}

async fn inspect(connection: &DatabaseConnection, check_all_pages: bool) -> Result<DatabaseState, DbErr> {
    let tables = query_strings(connection, "SELECT name FROM sqlite_master WHERE type = 'table'").await?;
    if check_all_pages {
        let messages = query_strings(connection, "PRAGMA quick_check(1)").await?;
        if let Some(message) = messages.into_iter().find(|line| line != "ok") {
            return Ok(DatabaseState::Damaged(message.lines().last().unwrap_or_default().to_owned()));
        }
    }
    if tables.iter().any(|table| table == "seaql_migrations") {
        let applied =
            query_strings(connection, "SELECT version FROM seaql_migrations ORDER BY version").await?;
        return Ok(DatabaseState::Migrated(applied));
    }
    Ok(if tables.is_empty() { DatabaseState::Empty } else { DatabaseState::Foreign })
}

async fn query_strings(connection: &DatabaseConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    rows.into_iter().map(|row| row.try_get_by_index(0)).collect()
}
