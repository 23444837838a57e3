//! Opening the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use passerelle_migrations::{Migrator, MigratorTrait};
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sqlx;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::watch;

use crate::database_file::{self, DatabaseFile};
use crate::entity::{meta, revision};
use crate::error::StorageError;
use crate::fail_point::FailPoints;
use crate::index_cache::IndexCache;
use crate::integrity::{self, SchemaVersion};
use crate::read_view::ReadView;
use crate::row_cache::RowCache;
use crate::statement_recorder::record_statement;

/// Readers of an embedded database: a reader that waits for the disk must not hold up the others.
const READ_CONNECTIONS: u32 = 4;
/// Maximum time to wait for a lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time to wait for a free read connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of the database that a connection keeps in memory, in KiB (SQLite's unit for negative sizes). Small: the
/// operating system keeps the file in its own cache.
const CACHE_KIB: &str = "-4000";
/// Versions before this one can corrupt a database in WAL mode that two connections have open.
const MIN_SQLITE_VERSION: [u32; 3] = [3, 51, 3];

/// URL parameter that allows SQLite to create the file.
const MODE_CREATE: &str = "mode=rwc";
/// URL parameter that does not allow SQLite to create the file.
const MODE_READ_WRITE: &str = "mode=rw";

/// The database of a service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(crate) write_pool: DatabaseConnection,
    pub(crate) read_pool: DatabaseConnection,
    pub(crate) fail_points: FailPoints,
    file: Arc<DatabaseFile>,
    statement_count: Arc<AtomicU64>,
    index_cache: Arc<IndexCache>,
    row_cache: Arc<RowCache>,
    latest_revision: watch::Sender<Revision>,
}

impl Storage {
    /// Opens a database and brings its tables to the newest version. `url` as in `sqlite://passerelle.db?mode=rwc`. One
    /// that cannot be used is left as it is.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        if url.contains(MODE_CREATE) {
            database_file::create_if_missing(&path)?;
        }
        let schema = integrity::check_integrity(&path, false).await?;
        // A connection that is made later must not make a file in the place of one that is gone.
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

    /// Opens a database to look at it: nothing of it is changed, its tables least of all, for a service of another version
    /// may be using them.
    pub async fn open_read_only(url: &str) -> Result<Self, StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        let file = Arc::new(DatabaseFile::locate(path.clone())?);
        integrity::check_integrity(&path, false).await?;
        // Another mode would make a file that is not there.
        let url = url.replace(MODE_CREATE, MODE_READ_WRITE);
        let statement_count = Arc::new(AtomicU64::new(0));
        let read_pool = connect(&url, READ_CONNECTIONS, Access::Read, &statement_count).await?;
        if meta::Entity::find().one(&read_pool).await.is_err() {
            let message = "the database schema is of another version; run `passerelle migrate`";
            return Err(StorageError::Unusable(message.to_owned()));
        }
        Self::from_pools(read_pool.clone(), read_pool, file, statement_count).await
    }

    /// A database whose connections are open. Nothing of it is held yet.
    async fn from_pools(
        write_pool: DatabaseConnection,
        read_pool: DatabaseConnection,
        file: Arc<DatabaseFile>,
        statement_count: Arc<AtomicU64>,
    ) -> Result<Self, StorageError> {
        let latest_revision = watch::Sender::new(query_latest_revision(&read_pool).await?);
        let (fail_points, index_cache, row_cache) = (FailPoints::default(), Arc::default(), Arc::default());
        Ok(Self {
            write_pool,
            read_pool,
            fail_points,
            file,
            statement_count,
            index_cache,
            row_cache,
            latest_revision,
        })
    }

    /// Looks at every page of a database, if there is one, without changing anything of it. An error says why it cannot be
    /// used.
    pub async fn check_integrity(url: &str) -> Result<(), StorageError> {
        validate_url(url)?;
        let path = database_file::path_from_url(url)?;
        if path.exists() {
            integrity::check_integrity(&path, true).await?;
        }
        Ok(())
    }

    /// The newest revision that the database has, to read at.
    pub async fn latest(&self) -> Result<ReadView, StorageError> {
        let latest_revision = query_latest_revision(&self.read_pool).await?;
        self.notify_revision(latest_revision);
        Ok(self.view_at(latest_revision))
    }

    /// The newest revision that is known, to read at: no statement is run for it. Those that this process publishes are
    /// known before [`Storage::publish`] returns, those of others once somebody has asked for the [`Storage::latest`].
    pub fn cached_latest(&self) -> ReadView {
        self.view_at(*self.latest_revision.borrow())
    }

    /// Tells of every revision that comes to be known, but for those that are followed at once by another.
    pub fn subscribe_revisions(&self) -> watch::Receiver<Revision> {
        self.latest_revision.subscribe()
    }

    /// Makes a revision known, after it was committed.
    pub(crate) fn notify_revision(&self, revision: Revision) {
        self.latest_revision.send_if_modified(|latest| {
            // Somebody may have read the database before, and tell of it after, another one published.
            let is_newer = revision.number > latest.number;
            if is_newer {
                *latest = revision;
            }
            is_newer
        });
    }

    /// A revision, to read at.
    pub(crate) fn view_at(&self, revision: Revision) -> ReadView {
        let (index_cache, row_cache) = (Arc::clone(&self.index_cache), Arc::clone(&self.row_cache));
        ReadView { read_pool: self.read_pool.clone(), revision, index_cache, row_cache }
    }

    /// Begins to write, if what is written will be found again at the place of the database.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        if let Err(error) = self.file.check_in_place() {
            self.truncate_wal().await;
            return Err(error);
        }
        Ok(begin_immediate(&self.write_pool).await?)
    }

    /// Brings what is in the log into the file that was opened. Where that file is not at its place any more, the log still
    /// is, and whoever opens another file there would take it for the log of that.
    async fn truncate_wal(&self) {
        if let Err(error) = self.write_pool.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::debug!(%error, "cannot truncate the WAL of a database that was moved");
        }
    }

    /// The file of the database.
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

    /// Returns the number of read connections and the number of idle ones.
    pub fn read_pool_size(&self) -> (u32, usize) {
        let pool = self.read_pool.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.read_pool.ping().await?;
        Ok(())
    }

    /// Closes every connection, after which the files are whole without a write-ahead log.
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
        // Without it two writers that read first fail at once instead of waiting for each other.
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await
}

/// The newest revision; the one before the first where nothing was published yet.
async fn query_latest_revision(connection: &DatabaseConnection) -> Result<Revision, DbErr> {
    let row = revision::Entity::find().order_by_id_desc().one(connection).await?;
    let revision = |row: revision::Model| Revision {
        number: RevisionNumber::new(row.number),
        at: Timestamp::from_millis(row.at),
    };
    Ok(row.map(revision).unwrap_or_default())
}

/// Brings the tables to the newest version, all of the way or not at all: a migration alone is no transaction in SQLite.
async fn migrate(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_immediate(connection).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await
}

/// Whether a database can be served at all, by its address.
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
        // All of them at once and for good: what is open goes on reading when the file is moved away.
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

/// Opens every connection of a pool now: it opens the first, and the others when it finds the time. By then the file may be
/// somewhere else.
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

/// Whether no transaction is left on a connection that nobody uses any more; one that has one is closed.
///
/// SQLite ends a transaction by itself where a disk is full. SQLx rolls it back once more, is refused, and counts it as
/// open: of the next one it makes a part of that, and a later error leaves it open indeed. From then on nothing would be
/// committed, while every publishing reports success.
async fn has_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // What is rolled back when a transaction is dropped is done before this is answered.
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
        // As SQLite does by itself where the disk is full.
        let rolled_back = write(&storage, 1).await.unwrap();
        rolled_back.execute_unprepared("ROLLBACK").await.unwrap();
        drop(rolled_back);
        // Another error, which SQLite leaves to us.
        drop(write(&storage, 2).await.unwrap());
        write(&storage, 3).await.unwrap().commit().await.unwrap();
        assert_eq!(storage.latest().await.unwrap().revision().number.get(), 3);
    }
}
