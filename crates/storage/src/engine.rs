//! Seam between the storage and its two engines: SQLite in a file, and a PostgreSQL server.
//!
//! Everything that differs is below this module: opening, examining, locking, error codes, and the SQL of
//! JSON columns ([`dialect`]). All other code runs the same statements on both.

pub(crate) mod dialect;
pub(crate) mod fault;
mod migrations;
mod pools;
mod postgres;
pub(crate) mod read_pool;
mod sqlite;
pub(crate) mod transfer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use passerelle_model::revision::RevisionNumber;
use passerelle_model::sync::{SyncOutcome, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, Value};

use crate::error::StorageError;
use crate::latest_revision::LatestRevision;
use crate::term::{Epoch, LeaderRecord, Signals, SyncRequestNumber, Term};
use dialect::Dialect;
pub use pools::DatabaseUrls;
use pools::Pools;
use postgres::server::Server;
use read_pool::ReadPool;
use sqlite::file::DatabaseFile;

/// Engine of an open database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    Sqlite(Arc<DatabaseFile>),
    Postgres(Arc<Server>),
}

/// Interval at which the latest revision of a SQLite file is read. `passerelle sync` can publish in it.
const SQLITE_READ_INTERVAL: Duration = Duration::from_millis(250);

/// Open database.
pub(crate) struct OpenDatabase {
    pub(crate) engine: Engine,
    pub(crate) pools: Pools,
}

/// Engine that a URL names.
enum Scheme {
    Sqlite,
    Postgres,
}

impl Scheme {
    fn of(url: &str) -> Result<Self, StorageError> {
        match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            // The part before the first colon can be a password, if the scheme is missing.
            _ => Err(StorageError::unusable(
                "the database URL must start with sqlite: or postgres:; use sqlite://FILE?mode=rwc or \
                 postgres://USER:PASSWORD@HOST/DATABASE",
            )),
        }
    }
}

/// Returns the dialect of a connection.
pub(crate) fn dialect_of(connection: &impl ConnectionTrait) -> &'static dyn Dialect {
    match connection.get_database_backend() {
        DbBackend::Postgres => &postgres::dialect::Postgres,
        _ => &sqlite::dialect::Sqlite,
    }
}

/// Returns a statement. Its SQL has `?` for each value.
pub(crate) fn statement(connection: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    let sql = dialect_of(connection).placeholders(sql);
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// Opens a database and runs its migrations. `statement_count` counts the statements of all connections.
pub(crate) async fn open(
    urls: DatabaseUrls<'_>,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    match Scheme::of(urls.url)? {
        Scheme::Sqlite if urls.direct.is_some() => Err(StorageError::unusable(
            "--database-direct-url applies to a PostgreSQL database only; remove it, or specify such a database with \
             --database-url",
        )),
        Scheme::Sqlite if urls.read.is_some() => Err(StorageError::unusable(
            "--database-read-url applies to a PostgreSQL database only; remove it, or specify such a database with \
             --database-url",
        )),
        Scheme::Sqlite => sqlite::open(urls.url, statement_count).await,
        Scheme::Postgres => postgres::open(urls, statement_count).await,
    }
}

/// Opens a database for reading. Runs no migrations.
pub(crate) async fn open_read_only(
    url: &str,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => sqlite::open_read_only(url, statement_count).await,
        Scheme::Postgres => postgres::open_read_only(url, statement_count).await,
    }
}

/// Checks an existing database without changing it. The error tells why it cannot be used.
pub(crate) async fn check_integrity(url: &str) -> Result<(), StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => sqlite::check_integrity(url).await,
        Scheme::Postgres => postgres::check(url).await,
    }
}

/// Returns the URL of the database for previews: a file beside that of the service, or a schema in the same
/// PostgreSQL database.
pub(crate) fn preview_url(url: &str) -> Result<String, StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => sqlite::preview_url(url),
        Scheme::Postgres => Ok(postgres::preview_url(url)),
    }
}

/// Renames a SQLite database and its log files to a name with a timestamp. Returns the new path. Removes and
/// overwrites nothing. Fails for PostgreSQL.
pub fn rename_aside(url: &str, at: Timestamp) -> Result<PathBuf, StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => sqlite::file::rename_aside(url, at),
        Scheme::Postgres => Err(StorageError::unusable(
            "--rebuild applies to SQLite files only; create an empty PostgreSQL database and specify it with \
             --database-url",
        )),
    }
}

impl Engine {
    /// Starts a write transaction that excludes all other writers until it ends. With a `term`, it checks the
    /// right to publish.
    pub(crate) async fn begin(
        &self,
        write_pool: &DatabaseConnection,
        term: Option<Term>,
    ) -> Result<DatabaseTransaction, StorageError> {
        match self {
            Self::Sqlite(file) => sqlite::begin(file, write_pool).await,
            Self::Postgres(server) => postgres::begin(server, write_pool, term).await,
        }
    }

    /// Notifies other processes of a revision when the transaction is committed.
    pub(crate) async fn announce(
        &self,
        transaction: &DatabaseTransaction,
        number: RevisionNumber,
    ) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => postgres::announce(transaction, number).await,
        }
    }

    /// Returns a candidate of the election.
    pub(crate) fn candidate(&self, name: &str) -> Candidate {
        match self {
            Self::Sqlite(_) => Candidate::Sqlite,
            Self::Postgres(server) => Candidate::Postgres(Box::new(server.candidate(name))),
        }
    }

    /// Learns of the revisions of other processes until the future is dropped.
    pub(crate) async fn follow(&self, reads: &ReadPool, latest: &LatestRevision, signals: &Signals) {
        match self {
            Self::Sqlite(_) => latest.refresh_at_intervals(reads, SQLITE_READ_INTERVAL).await,
            Self::Postgres(server) => server.follow(reads, latest, signals).await,
        }
    }

    /// Reads the state of the leader.
    pub(crate) async fn leader_record(&self, reads: &ReadPool) -> Result<LeaderRecord, StorageError> {
        match self {
            Self::Sqlite(_) => Ok(LeaderRecord::default()),
            Self::Postgres(_) => postgres::leader_record(reads).await,
        }
    }

    /// Asks the leader for a full scan. Returns the number of the request.
    pub(crate) async fn request_sync(
        &self,
        write_pool: &DatabaseConnection,
    ) -> Result<SyncRequestNumber, StorageError> {
        match self {
            Self::Sqlite(_) => Ok(SyncRequestNumber::default()),
            Self::Postgres(server) => postgres::request_sync(server, write_pool).await,
        }
    }

    /// Records the result of all requests up to this number, while the epoch is the present one.
    pub(crate) async fn complete_sync(
        &self,
        write_pool: &DatabaseConnection,
        epoch: Epoch,
        number: SyncRequestNumber,
        outcome: &SyncOutcome,
    ) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(server) => {
                postgres::complete_sync(server, write_pool, epoch, number, outcome).await
            }
        }
    }

    /// Returns the path of the database file. `None` if the database is not a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(file) => Some(file.path()),
            Self::Postgres(_) => None,
        }
    }

    /// Returns the number of connections of a pool and the number of idle ones.
    pub(crate) fn pool_size(&self, pool: &DatabaseConnection) -> (u32, usize) {
        match self {
            Self::Sqlite(_) => {
                let pool = pool.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Self::Postgres(_) => {
                let pool = pool.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        }
    }

    /// Completes the database before its connections are closed.
    pub(crate) async fn finish(&self, write_pool: &DatabaseConnection) {
        match self {
            Self::Sqlite(file) => sqlite::finish(file, write_pool).await,
            Self::Postgres(_) => {}
        }
    }
}

/// Candidate of the election.
#[derive(Debug)]
pub(crate) enum Candidate {
    /// The one process of a SQLite file.
    Sqlite,
    Postgres(Box<postgres::election::Candidate>),
}

impl Candidate {
    /// Tries once to become the leader. Returns the epoch of the new leader.
    pub(crate) async fn attempt(&mut self, delay: Duration) -> Result<Option<Epoch>, StorageError> {
        match self {
            Self::Sqlite => Ok(Some(Epoch::ONLY)),
            Self::Postgres(candidate) => candidate.attempt(delay).await,
        }
    }

    /// Extends the lease, and reports the state if there is one. Returns the number of the latest request for
    /// a full scan.
    pub(crate) async fn heartbeat(
        &mut self,
        status: Option<&SyncStatus>,
    ) -> Result<SyncRequestNumber, StorageError> {
        match self {
            Self::Sqlite => Ok(SyncRequestNumber::default()),
            Self::Postgres(candidate) => candidate.heartbeat(status).await,
        }
    }

    /// Returns the epoch. `None` if the process does not lead, or needs no epoch.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(candidate) => candidate.epoch(),
        }
    }

    /// Ends the lease.
    pub(crate) async fn resign(&mut self) {
        match self {
            Self::Sqlite => {}
            Self::Postgres(candidate) => candidate.resign().await,
        }
    }
}
