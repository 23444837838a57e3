//! PostgreSQL 14 or later, on a server.
//!
//! Writers exclude each other by a lock on the row of `meta`. Text columns have the collation "C", so that
//! orders, ranges and cursors equal those of SQLite.

pub(super) mod dialect;
mod examine;
mod failure;
mod migrate;
mod url;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, QuerySelect, TransactionTrait};

use super::migrations::SchemaVersion;
use super::pools::{Pools, count_statements};
use super::{Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
use examine::{close, connect_and_examine};
use url::Target;

/// Number of read connections. Each takes a process of the server, which allows 100 by default.
const READ_CONNECTIONS: u32 = 8;
/// Maximum time to wait for a free connection. While the server is away, a request fails after this time.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was idle for longer is tested before it is used, because the server may have closed it.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);
/// A connection is replaced after this time, so that a change of DNS or of a load balancer takes effect.
const MAX_LIFETIME: Duration = Duration::from_mins(10);
/// Maximum time to wait for a lock of another process. The same as for SQLite.
const LOCK_TIMEOUT: &str = "5s";
/// Maximum time of a statement that reads. Clients do not wait longer.
const READ_STATEMENT_TIMEOUT: &str = "30s";
/// Maximum time of a statement that writes. `prune` deletes a long history in one statement.
const WRITE_STATEMENT_TIMEOUT: &str = "10min";
/// Maximum time that a transaction may hold its locks without a statement. Its client is frozen or gone.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "30s";

/// Opens a database and runs its migrations.
pub(super) async fn open(url: &str, statement_count: &Arc<AtomicU64>) -> Result<OpenDatabase, StorageError> {
    let target = Target::parse(url)?;
    let (connection, database) = connect_and_examine(&target).await?;
    if database.version == SchemaVersion::Older {
        migrate::migrate(connection, &target, &database).await?;
    } else {
        close(connection).await;
    }
    Ok(OpenDatabase { engine: Engine::Postgres, pools: pools(&target, statement_count).await? })
}

/// Opens a database for reading. Runs no migrations.
pub(super) async fn open_read_only(
    url: &str,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    let target = Target::parse(url)?;
    let (connection, database) = connect_and_examine(&target).await?;
    close(connection).await;
    if database.version == SchemaVersion::Older {
        return Err(StorageError::older_schema());
    }
    let Pools { read, request_connections, .. } = pools(&target, statement_count).await?;
    let pools = Pools { write: read.clone(), read, request_connections };
    Ok(OpenDatabase { engine: Engine::Postgres, pools })
}

/// Checks that the database can be used.
pub(super) async fn check(url: &str) -> Result<(), StorageError> {
    let (connection, _) = connect_and_examine(&Target::parse(url)?).await?;
    close(connection).await;
    Ok(())
}

/// Returns the URL of the schema for previews in the same database.
pub(super) fn preview_url(url: &str) -> String {
    url::with_schema(url, "passerelle_preview")
}

/// Starts a write transaction and locks the row of `meta`, so that writers of all processes run one after
/// another.
pub(super) async fn begin(write_pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = write_pool.begin().await?;
    meta::Entity::find().lock_exclusive().one(&transaction).await?;
    Ok(transaction)
}

async fn pools(target: &Target, statement_count: &Arc<AtomicU64>) -> Result<Pools, StorageError> {
    let write = target.options.clone().options([("statement_timeout", WRITE_STATEMENT_TIMEOUT)]);
    let read = target
        .options
        .clone()
        .options([("statement_timeout", READ_STATEMENT_TIMEOUT), ("default_transaction_read_only", "on")]);
    Ok(Pools {
        write: pool(write, 1, target, statement_count).await?,
        read: pool(read, READ_CONNECTIONS, target, statement_count).await?,
        request_connections: READ_CONNECTIONS as usize - 1,
    })
}

async fn pool(
    options: PgConnectOptions,
    connections: u32,
    target: &Target,
    statement_count: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, StorageError> {
    let options = options.options([
        ("lock_timeout", LOCK_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        // A transaction that waited for the row of `meta` must see what the writer before it committed.
        ("default_transaction_isolation", "read committed"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_lifetime(MAX_LIFETIME)
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(
                async move { Ok(metadata.idle_for < TEST_AFTER_IDLE || connection.ping().await.is_ok()) },
            )
        })
        // SQLx 0.9.0 leaves a transaction open if its `BEGIN` was cancelled. The pool then closes the
        // connection.
        .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    let pool = pool.connect_with(options).await.map_err(|error| failure::describe(&error, target))?;
    let mut connection = DatabaseConnection::from(pool);
    count_statements(&mut connection, statement_count);
    Ok(connection)
}
