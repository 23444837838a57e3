//! Opens and closes the database.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use passerelle_model::revision::{Revision, RevisionNumber};
use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait};
use tokio::sync::{Semaphore, watch};

use crate::engine::read_pool::ReadPool;
use crate::engine::{self, DatabaseUrls, Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
use crate::fail_point::FailPoints;
use crate::index_cache::{IndexCache, PlanSize};
use crate::latest_revision::LatestRevision;
use crate::read_connection::ReadConnection;
use crate::read_view::ReadView;
use crate::row_cache::RowCache;
use crate::term::{Leadership, Signals};

/// The database of the service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(crate) write_pool: DatabaseConnection,
    pub(crate) read_pool: ReadPool,
    pub(crate) fail_points: FailPoints,
    pub(crate) engine: Engine,
    request_connections: Arc<Semaphore>,
    statement_count: Arc<AtomicU64>,
    index_cache: Arc<IndexCache>,
    row_cache: Arc<RowCache>,
    pub(crate) latest_revision: LatestRevision,
    pub(crate) leadership: Leadership,
    pub(crate) signals: Signals,
    database_id: DatabaseId,
}

/// Id of a database: 16 hexadecimal digits. A backup has the same id, any other database a different one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DatabaseId(i64);

impl DatabaseId {
    /// Creates an id from its number.
    pub fn new(number: i64) -> Self {
        Self(number)
    }
}

impl fmt::Display for DatabaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Storage {
    /// Opens a database and runs its migrations. Examples of a `url`: `sqlite://passerelle.db?mode=rwc`,
    /// `postgres://user:password@host/name`. An unusable database is not changed.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        Self::open_with(DatabaseUrls { url, direct: None, read: None }).await
    }

    /// Opens a database that has several addresses, like [`Storage::open`].
    pub async fn open_with(urls: DatabaseUrls<'_>) -> Result<Self, StorageError> {
        let statement_count = Arc::default();
        let open = engine::open(urls, &statement_count).await?;
        Self::from_open(open, statement_count).await
    }

    /// Opens a database for reading and runs no migrations, because a service of another version may be
    /// using it.
    pub async fn open_read_only(url: &str) -> Result<Self, StorageError> {
        let statement_count = Arc::default();
        let open = engine::open_read_only(url, &statement_count).await?;
        Self::from_open(open, statement_count).await
    }

    /// Returns the URL of the database for previews, which belongs to the database of a URL.
    pub fn preview_url(url: &str) -> Result<String, StorageError> {
        engine::preview_url(url)
    }

    /// Creates the storage with open connections and empty caches.
    async fn from_open(open: OpenDatabase, statement_count: Arc<AtomicU64>) -> Result<Self, StorageError> {
        let OpenDatabase { engine, pools } = open;
        let latest_revision = LatestRevision::load(&pools.read).await?;
        let database_id = meta::Entity::find().one(&pools.read).await?.map_or(0, |row| row.epoch);
        let database_id = DatabaseId(database_id);
        let (fail_points, index_cache, row_cache) = (FailPoints::default(), Arc::default(), Arc::default());
        Ok(Self {
            write_pool: pools.write,
            read_pool: pools.read,
            fail_points,
            engine,
            request_connections: Arc::new(Semaphore::new(pools.request_connections)),
            statement_count,
            index_cache,
            row_cache,
            latest_revision,
            leadership: Leadership::default(),
            signals: Signals::default(),
            database_id,
        })
    }

    /// Returns the id of the database.
    pub fn database_id(&self) -> DatabaseId {
        self.database_id
    }

    /// Checks an existing database without changing it: every page of a SQLite file, the tables of a
    /// PostgreSQL database. The error tells why the database cannot be used.
    pub async fn check_integrity(url: &str) -> Result<(), StorageError> {
        engine::check_integrity(url).await
    }

    /// Reads the latest revision from the database and returns a view of it.
    pub async fn latest(&self) -> Result<ReadView, StorageError> {
        let mut view = self.view_at(self.latest_revision.refresh(&self.read_pool).await?);
        // The worker compares the folder with this view. A standby can have older rows of documents.
        view.read_pool = view.read_pool.of_primary();
        Ok(view)
    }

    /// Returns a view of the latest known revision without running a statement.
    ///
    /// Revisions of this process are known before [`Storage::publish`] returns. Revisions of other
    /// processes are known after the next call of [`Storage::latest`].
    pub fn cached_latest(&self) -> ReadView {
        self.view_at(self.latest_revision.get())
    }

    /// Returns the oldest revision that can be read, without running a statement. Cached results that contain
    /// older content are stale if it changed.
    pub fn pruned_revision(&self) -> RevisionNumber {
        self.latest_revision.pruned()
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
        ReadView {
            read_pool: read_pool.at(revision.number),
            revision,
            index_cache,
            row_cache,
            latest_revision,
        }
    }

    /// Starts a write transaction of an operator, who needs no right to publish. Fails if the database file
    /// is no longer at its path.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        self.engine.begin(&self.write_pool, None).await
    }

    /// Returns the path of the database file. `None` if the database is on a server.
    pub fn path(&self) -> Option<&Path> {
        self.engine.path()
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
        self.engine.pool_size(self.read_pool.pool())
    }

    /// Returns an error if the database does not respond.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.latest_revision.refresh(&self.read_pool).await?;
        Ok(())
    }

    /// Closes all connections. Afterwards the database file is complete without its write-ahead log.
    pub async fn close(self) -> Result<(), StorageError> {
        self.read_pool.close().await?;
        self.engine.finish(&self.write_pool).await;
        self.write_pool.close().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;

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

    #[tokio::test]
    async fn url_of_a_missing_file_without_a_mode_says_how_to_create_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("missing.db");
        let error = Storage::open(&format!("sqlite://{}", file.display())).await.err().unwrap();
        assert!(error.to_string().ends_with("end the URL with `?mode=rwc` to create it"), "{error}");
        assert!(!file.exists());
    }
}
