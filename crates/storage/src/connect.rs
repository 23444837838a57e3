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

use crate::condition::{Tables, look};
use crate::entity::{meta, revision};
use crate::error::StorageError;
use crate::fail_point::FailPoints;
use crate::file::{self, DatabaseFile};
use crate::held_rows::HeldRows;
use crate::indexes::Indexes;
use crate::statements::note;
use crate::view::View;

/// Readers of an embedded database: a reader that waits for the disk must not hold up the others.
const READERS: u32 = 4;
/// How long a statement waits for a lock of another process before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free reader before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of the database that a connection keeps in memory, in KiB (SQLite's unit for negative sizes). Small: the
/// operating system keeps the file in its own cache.
const CACHE_KIB: &str = "-4000";
/// Versions before this one can corrupt a database in WAL mode that two connections have open.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// What in an address says that a database may be made where there is none.
const CREATES: &str = "mode=rwc";
/// What says that it may not.
const WRITES: &str = "mode=rw";

/// The database of a service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    pub(crate) fail_points: FailPoints,
    file: Arc<DatabaseFile>,
    statements: Arc<AtomicU64>,
    indexes: Arc<Indexes>,
    rows: Arc<HeldRows>,
    newest: watch::Sender<Revision>,
}

impl Storage {
    /// Opens a database and brings its tables to the newest version. `url` as in `sqlite://passerelle.db?mode=rwc`. One
    /// that cannot be used is left as it is.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        assert_served(url)?;
        let path = file::path_of(url)?;
        if url.contains(CREATES) {
            file::create(&path)?;
        }
        let tables = look(&path, false).await?;
        // A connection that is made later must not make a file in the place of one that is gone.
        let url = url.replace(CREATES, WRITES);
        let statements = Arc::new(AtomicU64::new(0));
        let writer = connect(&url, 1, Access::Write, &statements).await?;
        assert_version(&writer).await?;
        if tables == Tables::Older {
            migrate(&writer).await.map_err(StorageError::Migration)?;
        }
        let reader = connect(&url, READERS, Access::Read, &statements).await?;
        Self::opened(writer, reader, Arc::new(DatabaseFile::at(path)?), statements).await
    }

    /// Opens a database to look at it: nothing of it is changed, its tables least of all, for a service of another version
    /// may be using them.
    pub async fn open_to_read(url: &str) -> Result<Self, StorageError> {
        assert_served(url)?;
        let path = file::path_of(url)?;
        let file = Arc::new(DatabaseFile::at(path.clone())?);
        look(&path, false).await?;
        // Another mode would make a file that is not there.
        let url = url.replace(CREATES, WRITES);
        let statements = Arc::new(AtomicU64::new(0));
        let reader = connect(&url, READERS, Access::Read, &statements).await?;
        if meta::Entity::find().one(&reader).await.is_err() {
            let message = "the database is of another version than this one: `passerelle migrate` brings it to this one";
            return Err(StorageError::Unusable(message.to_owned()));
        }
        Self::opened(reader.clone(), reader, file, statements).await
    }

    /// A database whose connections are open. Nothing of it is held yet.
    async fn opened(
        writer: DatabaseConnection,
        reader: DatabaseConnection,
        file: Arc<DatabaseFile>,
        statements: Arc<AtomicU64>,
    ) -> Result<Self, StorageError> {
        let newest = watch::Sender::new(newest(&reader).await?);
        let (fail_points, indexes, rows) = (FailPoints::default(), Arc::default(), Arc::default());
        Ok(Self { writer, reader, fail_points, file, statements, indexes, rows, newest })
    }

    /// Looks at every page of a database, if there is one, without changing anything of it. An error says why it cannot be
    /// used.
    pub async fn examine(url: &str) -> Result<(), StorageError> {
        assert_served(url)?;
        let path = file::path_of(url)?;
        if path.exists() {
            look(&path, true).await?;
        }
        Ok(())
    }

    /// The newest revision that the database has, to read at.
    pub async fn latest(&self) -> Result<View, StorageError> {
        let newest = newest(&self.reader).await?;
        self.announce(newest);
        Ok(self.at(newest))
    }

    /// The newest revision that is known, to read at: no statement is run for it. Those that this process publishes are
    /// known before [`Storage::publish`] returns, those of others once somebody has asked for the [`Storage::latest`].
    pub fn newest(&self) -> View {
        self.at(*self.newest.borrow())
    }

    /// Tells of every revision that comes to be known, but for those that are followed at once by another.
    pub fn revisions(&self) -> watch::Receiver<Revision> {
        self.newest.subscribe()
    }

    /// Makes a revision known, after it was committed.
    pub(crate) fn announce(&self, revision: Revision) {
        self.newest.send_if_modified(|known| {
            // Somebody may have read the database before, and tell of it after, another one published.
            let is_news = revision.number > known.number;
            if is_news {
                *known = revision;
            }
            is_news
        });
    }

    /// A revision, to read at.
    pub(crate) fn at(&self, revision: Revision) -> View {
        let (indexes, rows) = (Arc::clone(&self.indexes), Arc::clone(&self.rows));
        View { reader: self.reader.clone(), revision, indexes, rows }
    }

    /// Begins to write, if what is written will be found again at the place of the database.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        if let Err(error) = self.file.assert_in_place() {
            self.empty_log().await;
            return Err(error);
        }
        Ok(begin(&self.writer).await?)
    }

    /// Brings what is in the log into the file that was opened. Where that file is not at its place any more, the log still
    /// is, and whoever opens another file there would take it for the log of that.
    async fn empty_log(&self) {
        if let Err(error) = self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::debug!(%error, "the log of a database that was moved was not emptied");
        }
    }

    /// The file of the database.
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }

    /// Where faults can be made to happen.
    pub fn fail_points(&self) -> &FailPoints {
        &self.fail_points
    }

    /// The version of the readers that the stored content was read with. 0 where nothing was read yet.
    pub async fn reader_version(&self) -> Result<i32, StorageError> {
        Ok(meta::Entity::find().one(&self.writer).await?.map_or(0, |row| row.reader_version))
    }

    /// How many statements were run so far, of all connections.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many connections for readers there are, and how many of them wait for work.
    pub fn readers(&self) -> (u32, usize) {
        let pool = self.reader.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.reader.ping().await?;
        Ok(())
    }

    /// Closes every connection, after which the files are whole without a write-ahead log.
    pub async fn close(self) -> Result<(), StorageError> {
        self.reader.clone().close().await?;
        if self.file.assert_in_place().is_err() {
            self.empty_log().await;
        }
        self.writer.close().await?;
        Ok(())
    }
}

async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        // Without it two writers that read first fail at once instead of waiting for each other.
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await
}

/// The newest revision; the one before the first where nothing was published yet.
async fn newest(connection: &DatabaseConnection) -> Result<Revision, DbErr> {
    let row = revision::Entity::find().order_by_id_desc().one(connection).await?;
    let revision = |row: revision::Model| Revision {
        number: RevisionNumber::new(row.number),
        at: Timestamp::from_millis(row.at),
    };
    Ok(row.map(revision).unwrap_or_default())
}

/// Brings the tables to the newest version, all of the way or not at all: a migration alone is no transaction in SQLite.
async fn migrate(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin(connection).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await
}

/// Whether a database can be served at all, by its address.
fn assert_served(url: &str) -> Result<(), StorageError> {
    if !url.starts_with("sqlite:") {
        return Err(StorageError::Unusable(format!(
            "{} is not served by this version; write sqlite://FILE?mode=rwc",
            url.split(':').next().unwrap_or_default()
        )));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StorageError::Unusable(
            "a database in memory has one connection only; name a file".to_owned(),
        ));
    }
    Ok(())
}

/// What a pool is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

async fn connect(
    url: &str,
    connections: u32,
    access: Access,
    statements: &Arc<AtomicU64>,
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
            Access::Write => pool.after_release(|connection, _| Box::pin(is_at_rest(connection))),
            Access::Read => pool,
        });
    let opened = Database::connect(options).await;
    let mut connection = opened.map_err(|error| StorageError::Unusable(error.to_string()))?;
    open_all(&connection, connections).await.map_err(|error| StorageError::Unusable(error.to_string()))?;
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |info| {
        statements.fetch_add(1, Ordering::Relaxed);
        note(&info.statement.sql, info.elapsed);
    });
    Ok(connection)
}

/// Opens every connection of a pool now: it opens the first, and the others when it finds the time. By then the file may be
/// somewhere else.
async fn open_all(connection: &DatabaseConnection, count: u32) -> Result<(), DbErr> {
    let mut held = Vec::new();
    for _ in 0..count {
        held.push(connection.begin().await?);
    }
    for transaction in held {
        transaction.rollback().await?;
    }
    Ok(())
}

/// Whether no transaction is left on a connection that nobody uses any more; one that has one is closed.
///
/// SQLite ends a transaction by itself where a disk is full. SQLx rolls it back once more, is refused, and counts it as
/// open: of the next one it makes a part of that, and a later error leaves it open indeed. From then on nothing would be
/// committed, while every publishing reports success.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // What is rolled back when a transaction is dropped is done before this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn assert_version(connection: &DatabaseConnection) -> Result<(), StorageError> {
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT sqlite_version()");
    let row = connection.query_one_raw(statement).await?;
    let version: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() < OLDEST_SQLITE.as_slice() {
        return Err(StorageError::Unusable(format!(
            "SQLite {version} can corrupt a database; 3.51.3 is the oldest that is used"
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
    async fn what_is_committed_after_sqlite_gave_a_transaction_up_is_seen() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        let storage = Storage::open(&url).await.unwrap();
        // As SQLite does by itself where the disk is full.
        let given_up = write(&storage, 1).await.unwrap();
        given_up.execute_unprepared("ROLLBACK").await.unwrap();
        drop(given_up);
        // Another error, which SQLite leaves to us.
        drop(write(&storage, 2).await.unwrap());
        write(&storage, 3).await.unwrap().commit().await.unwrap();
        assert_eq!(storage.latest().await.unwrap().revision().number.get(), 3);
    }
}
