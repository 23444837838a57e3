//! Opens and closes the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use passerelle_migrations::{Migrator, MigratorTrait};
use passerelle_model::sync::Revision;
use sea_orm::sqlx;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Semaphore, watch};

use crate::database_file::{self, DatabaseFile};
use crate::entity::meta;
use crate::error::StorageError;
use crate::fail_point::FailPoints;
use crate::index_cache::{IndexCache, PlanSize};
use crate::integrity::{self, SchemaVersion};
use crate::latest_revision::LatestRevision;
use crate::read_connection::ReadConnection;
use crate::read_view::ReadView;
use crate::row_cache::RowCache;
use crate::statement_recorder::record_statement;

/// Number of read connections. With several, a reader that waits for the disk does not block the others.
const READ_CONNECTIONS: u32 = 4;
/// Readers that requests may use together. One is left for the probes, the latest revision and the search
/// index.
const REQUEST_CONNECTIONS: usize = READ_CONNECTIONS as usize - 1;
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

/// The database of the service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(crate) write_pool: DatabaseConnection,
    pub(crate) read_pool: DatabaseConnection,
    pub(crate) fail_points: FailPoints,
    request_connections: Arc<Semaphore>,
    file: Arc<DatabaseFile>,
    statement_count: Arc<AtomicU64>,
    index_cache: Arc<IndexCache>,
    row_cache: Arc<RowCache>,
    latest_revision: LatestRevision,
    database_id: i64,
}

impl Storage {
    /// Opens a database and runs its migrations. Example of a `url`: `sqlite://passerelle.db?mode=rwc`. An
    /// unusable database is not changed.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        if url.contains(MODE_CREATE) {
            database_file::create_if_missing(&path)?;
        }
        let schema = integrity::check_integrity(&path, false).await?;
        // A connection that is opened later must not create a new file if the file was moved away.
        let url = url.replace(MODE_CREATE, MODE_READ_WRITE);
        let statement_count = Arc::new(AtomicU64::new(0));
        let write_pool = connect(&url, 1, Access::Write, &statement_count).await?;
        check_sqlite_version(&write_pool).await?;
        if schema == SchemaVersion::Older {
            migrate(&write_pool).await.map_err(StorageError::Migration)?;
        }
        let read_pool = connect(&url, READ_CONNECTIONS, Access::Read, &statement_count).await?;
        Self::from_pools(write_pool, read_pool, Arc::new(DatabaseFile::locate(path)?), statement_count).await
    }

    /// Opens a database for reading and runs no migrations, because a service of another version may be
    /// using it.
    pub async fn open_read_only(url: &str) -> Result<Self, StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        let file = Arc::new(DatabaseFile::locate(path.clone())?);
        integrity::check_integrity(&path, false).await?;
        // Another mode would create a missing file.
        let url = url.replace(MODE_CREATE, MODE_READ_WRITE);
        let statement_count = Arc::new(AtomicU64::new(0));
        let read_pool = connect(&url, READ_CONNECTIONS, Access::Read, &statement_count).await?;
        if meta::Entity::find().one(&read_pool).await.is_err() {
            let message = "the database schema is of another version; run `passerelle migrate`";
            return Err(StorageError::Unusable(message.to_owned()));
        }
        Self::from_pools(read_pool.clone(), read_pool, file, statement_count).await
    }

    /// Creates the storage with open connections and empty caches.
    async fn from_pools(
        write_pool: DatabaseConnection,
        read_pool: DatabaseConnection,
        file: Arc<DatabaseFile>,
        statement_count: Arc<AtomicU64>,
    ) -> Result<Self, StorageError> {
        let latest_revision = LatestRevision::load(&read_pool).await?;
        let database_id = meta::Entity::find().one(&read_pool).await?.map_or(0, |row| row.epoch);
        let (fail_points, index_cache, row_cache) = (FailPoints::default(), Arc::default(), Arc::default());
        Ok(Self {
            write_pool,
            read_pool,
            fail_points,
            request_connections: Arc::new(Semaphore::new(REQUEST_CONNECTIONS)),
            file,
            statement_count,
            index_cache,
            row_cache,
            latest_revision,
            database_id,
        })
    }

    /// Returns the id of the database, 16 hexadecimal digits. A backup has the same id, any other database a
    /// different one.
    pub fn database_id(&self) -> String {
        format!("{:016x}", self.database_id)
    }

    /// Checks every page of an existing database without changing it. The error tells why the database
    /// cannot be used.
    pub async fn check_integrity(url: &str) -> Result<(), StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        if path.exists() {
            integrity::check_integrity(&path, true).await?;
        }
        Ok(())
    }

    /// Reads the latest revision from the database and returns a view of it.
    pub async fn latest(&self) -> Result<ReadView, StorageError> {
        Ok(self.view_at(self.latest_revision.refresh(&self.read_pool).await?))
    }

    /// Returns a view of the latest known revision without running a statement.
    ///
    /// Revisions of this process are known before [`Storage::publish`] returns. Revisions of other
    /// processes are known after the next call of [`Storage::latest`].
    pub fn cached_latest(&self) -> ReadView {
        self.view_at(self.latest_revision.get())
    }

    /// Returns a channel with the latest known revision. A slow receiver can miss intermediate revisions.
    pub fn subscribe_revisions(&self) -> watch::Receiver<Revision> {
        self.latest_revision.subscribe()
    }

    /// Announces a committed revision.
    pub(crate) fn notify_revision(&self, revision: Revision) {
        self.latest_revision.notify(revision);
    }

    /// Returns a view of a revision.
    pub(crate) fn view_at(&self, revision: Revision) -> ReadView {
        let (index_cache, row_cache) = (Arc::clone(&self.index_cache), Arc::clone(&self.row_cache));
        let read_pool = ReadConnection::new(self.read_pool.clone(), Arc::clone(&self.request_connections));
        let latest_revision = self.latest_revision.clone();
        ReadView { read_pool, revision, index_cache, row_cache, latest_revision }
    }

    /// Starts a write transaction. Fails if the database file is no longer at its path.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        if let Err(error) = self.file.check_in_place() {
            self.truncate_wal().await;
            return Err(error);
        }
        Ok(begin_immediate(&self.write_pool).await?)
    }

    /// Moves the write-ahead log into the opened database file.
    ///
    /// If that file was moved away, the log is still at the old path. SQLite would apply it to the next
    /// database opened there.
    async fn truncate_wal(&self) {
        if let Err(error) = self.write_pool.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::debug!(%error, "cannot truncate the WAL of a database that was moved");
        }
    }

    /// Returns the path of the database file.
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }

    /// Returns the fail points of this storage.
    pub fn fail_points(&self) -> &FailPoints {
        &self.fail_points
    }

    /// Returns the number of statements since the start, over all connections.
    pub fn statement_count(&self) -> u64 {
        self.statement_count.load(Ordering::Relaxed)
    }

    /// Returns the size of the largest plan that was queried. Prices of queries follow it.
    pub fn largest_plan(&self) -> PlanSize {
        self.index_cache.largest_plan()
    }

    /// Returns the number of read connections and the number of idle ones.
    pub fn read_pool_size(&self) -> (u32, usize) {
        let pool = self.read_pool.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    }

    /// Returns an error if the database does not respond.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.read_pool.ping().await?;
        Ok(())
    }

    /// Closes all connections. Afterwards the database file is complete without its write-ahead log.
    pub async fn close(self) -> Result<(), StorageError> {
        self.read_pool.clone().close().await?;
        if self.file.check_in_place().is_err() {
            self.truncate_wal().await;
        }
        self.write_pool.close().await?;
        Ok(())
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

/// Checks that the URL names a SQLite file.
fn validate_url(url: &str) -> Result<(), StorageError> {
    if !url.starts_with("sqlite:") {
        return Err(StorageError::Unusable(format!(
            "the database scheme {} is not supported; use sqlite://FILE?mode=rwc",
            url.split(':').next().unwrap_or_default()
        )));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StorageError::Unusable(
            "in-memory databases are not supported; specify a file".to_owned(),
        ));
    }
    Ok(())
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
    let statement_count = Arc::clone(statement_count);
    connection.set_metric_callback(move |info| {
        statement_count.fetch_add(1, Ordering::Relaxed);
        record_statement(&info.statement.sql, info.elapsed);
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn write(storage: &Storage, number: i64) -> Result<DatabaseTransaction, StorageError> {
        let transaction = storage.begin().await?;
        let sql = format!("INSERT INTO revision (number, at) VALUES ({number}, 0)");
        transaction.execute_unprepared(&sql).await?;
        Ok(transaction)
    }

    #[tokio::test]
    async fn commit_is_visible_after_sqlite_rolled_back_an_earlier_transaction() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        let storage = Storage::open(&url).await.unwrap();
        // SQLite itself does this if the disk is full.
        let rolled_back = write(&storage, 1).await.unwrap();
        rolled_back.execute_unprepared("ROLLBACK").await.unwrap();
        drop(rolled_back);
        // After any other error SQLite leaves the transaction open.
        drop(write(&storage, 2).await.unwrap());
        write(&storage, 3).await.unwrap().commit().await.unwrap();
        assert_eq!(storage.latest().await.unwrap().revision().number.get(), 3);
    }
}
