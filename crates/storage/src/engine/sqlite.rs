//! SQLite: a file in WAL mode with one writer and four readers.

pub(super) mod dialect;
pub(super) mod file;
mod integrity;
pub(super) mod transfer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use passerelle_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::migrations::SchemaVersion;
use super::pools::{Pools, count_statements};
use super::read_pool::ReadPool;
use super::{Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
use file::DatabaseFile;

/// Number of read connections. With several, a reader that waits for the disk does not block the others.
const READ_CONNECTIONS: u32 = 4;
/// Maximum time to wait for a lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time to wait for a free read connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Page cache of a connection in KiB (a negative number in SQLite). It is small, because the operating
/// system caches the file.
const CACHE_KIB: &str = "-4000";
/// Oldest supported SQLite. Earlier versions can corrupt a WAL database that two connections use.
const MIN_SQLITE_VERSION: [u32; 3] = [3, 51, 3];

/// URL parameter that allows SQLite to create the file.
const MODE_CREATE: &str = "mode=rwc";
/// URL parameter that does not allow SQLite to create the file.
const MODE_READ_WRITE: &str = "mode=rw";

/// Opens a database file and runs its migrations.
pub(super) async fn open(url: &str, statement_count: &Arc<AtomicU64>) -> Result<OpenDatabase, StorageError> {
    let path = file_path(url)?;
    if url.contains(MODE_CREATE) {
        file::create_if_missing(&path)?;
    } else if !path.exists() {
        return Err(StorageError::unusable(format!(
            "there is no file {}: end the URL with `?{MODE_CREATE}` to create it",
            path.display()
        )));
    }
    let schema = integrity::check_integrity(&path, false).await?;
    // A connection that is opened later must not create a new file if the file was moved away.
    let url = url.replace(MODE_CREATE, MODE_READ_WRITE);
    let write = connect(&url, 1, Access::Write, statement_count).await?;
    check_sqlite_version(&write).await?;
    if schema == SchemaVersion::Older {
        migrate(&write).await.map_err(StorageError::migration)?;
    }
    let read = connect(&url, READ_CONNECTIONS, Access::Read, statement_count).await?;
    Ok(open_database(DatabaseFile::locate(path)?, write, read))
}

/// Opens a database file for reading and runs no migrations.
pub(super) async fn open_read_only(
    url: &str,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    let path = file_path(url)?;
    let file = DatabaseFile::locate(path.clone())?;
    integrity::check_integrity(&path, false).await?;
    // Another mode would create a missing file.
    let url = url.replace(MODE_CREATE, MODE_READ_WRITE);
    let read = connect(&url, READ_CONNECTIONS, Access::Read, statement_count).await?;
    if meta::Entity::find().one(&read).await.is_err() {
        return Err(StorageError::older_schema());
    }
    Ok(open_database(file, read.clone(), read))
}

fn open_database(file: DatabaseFile, write: DatabaseConnection, read: DatabaseConnection) -> OpenDatabase {
    let pools =
        Pools { write, read: ReadPool::Sqlite(read), request_connections: READ_CONNECTIONS as usize - 1 };
    OpenDatabase { engine: Engine::Sqlite(Arc::new(file)), pools }
}

/// Checks every page of an existing file.
pub(super) async fn check_integrity(url: &str) -> Result<(), StorageError> {
    let path = file_path(url)?;
    if path.exists() {
        integrity::check_integrity(&path, true).await?;
    }
    Ok(())
}

/// Writes one state of the database to an empty file, and checks every page of it.
pub(super) async fn back_up(url: &str, to: &Path) -> Result<(), StorageError> {
    let path = file_path(url)?;
    // The file can be of another version: a backup before an upgrade is made with either.
    DatabaseFile::locate(path.clone())?;
    transfer::back_up(&path, to).await?;
    integrity::check_integrity(to, true).await.map(drop)
}

/// Returns the URL of the file with `.preview` after its name.
pub(super) fn preview_url(url: &str) -> Result<String, StorageError> {
    let path = file_path(url)?;
    Ok(format!("sqlite://{}.preview?{MODE_CREATE}", path.display()))
}

/// Starts a write transaction. Fails if the database file is no longer at its path.
pub(super) async fn begin(
    file: &DatabaseFile,
    write_pool: &DatabaseConnection,
) -> Result<DatabaseTransaction, StorageError> {
    if let Err(error) = file.check_in_place() {
        truncate_wal(write_pool).await;
        return Err(error);
    }
    Ok(begin_immediate(write_pool).await?)
}

/// Completes a file that was moved away, before its connections are closed.
pub(super) async fn finish(file: &DatabaseFile, write_pool: &DatabaseConnection) {
    if file.check_in_place().is_err() {
        truncate_wal(write_pool).await;
    }
}

/// Moves the write-ahead log into the opened database file.
///
/// If that file was moved away, the log is still at the old path. SQLite would apply it to the next
/// database opened there.
async fn truncate_wal(write_pool: &DatabaseConnection) {
    if let Err(error) = write_pool.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await {
        tracing::debug!(%error, "cannot truncate the WAL of a database that was moved");
    }
}

async fn begin_immediate(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        // A deferred transaction that reads first cannot wait for another writer and fails at once.
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await
}

/// Runs all pending migrations in one transaction. SQLite does not run each migration in a transaction of
/// its own.
async fn migrate(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_immediate(connection).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await
}

/// Returns the path of the file that the URL names.
pub(super) fn file_path(url: &str) -> Result<PathBuf, StorageError> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StorageError::unusable("in-memory databases are not supported; specify a file"));
    }
    file::path_from_url(url)
}

/// Access mode of a connection pool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

async fn connect(
    url: &str,
    connections: u32,
    access: Access,
    statement_count: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        // Open all connections at start and keep them. Open files stay readable when the database is moved
        // away.
        .min_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
            let sqlite = sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
                .pragma("cache_size", CACHE_KIB)
                .pragma("temp_store", "MEMORY");
            match access {
                Access::Write => sqlite,
                Access::Read => sqlite.pragma("query_only", "ON"),
            }
        })
        .map_sqlx_sqlite_pool_opts(move |pool| match access {
            Access::Write => pool.after_release(|connection, _| Box::pin(has_no_transaction(connection))),
            Access::Read => pool,
        });
    let connected = Database::connect(options).await;
    let mut connection = connected.map_err(|error| StorageError::Unusable(error.to_string()))?;
    open_all_connections(&connection, connections)
        .await
        .map_err(|error| StorageError::Unusable(error.to_string()))?;
    count_statements(&mut connection, statement_count);
    Ok(connection)
}

/// Opens every connection of a pool now. By default the pool opens the first one and the others later, when
/// the file may have been moved.
async fn open_all_connections(connection: &DatabaseConnection, count: u32) -> Result<(), DbErr> {
    let mut transactions = Vec::new();
    for _ in 0..count {
        transactions.push(connection.begin().await?);
    }
    for transaction in transactions {
        transaction.rollback().await?;
    }
    Ok(())
}

/// Returns false if an unused connection still has an open transaction. The pool then closes the
/// connection.
///
/// SQLite ends a transaction itself if the disk is full. SQLx then tries to roll it back, fails, and counts
/// the transaction as open. It starts the next transaction as a savepoint of the ended one, so after a
/// later error nothing would be committed while every publish reports success.
async fn has_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The ping first runs a pending rollback of a dropped transaction.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn check_sqlite_version(connection: &DatabaseConnection) -> Result<(), StorageError> {
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT sqlite_version()");
    let row = connection.query_one_raw(statement).await?;
    let version: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() < MIN_SQLITE_VERSION.as_slice() {
        return Err(StorageError::Unusable(format!(
            "SQLite {version} can corrupt a database in WAL mode; version 3.51.3 or later is required"
        )));
    }
    Ok(())
}
