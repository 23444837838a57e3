//! PostgreSQL 14 or later, on a server.
//!
//! Writers exclude each other by a lock on the row of `meta`. Text columns have the collation "C", so that
//! orders, ranges and cursors equal those of SQLite.

mod channels;
pub(super) mod dialect;
pub(super) mod election;
mod examine;
mod failure;
mod follow;
mod leader;
mod migrate;
pub(super) mod server;
pub(super) mod transfer;
mod url;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::migrations::SchemaVersion;
use super::pools::{DatabaseUrls, Pools, count_statements};
use super::{Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
use crate::term::{LeaderRecord, Term};
use examine::{close, connect_and_examine};
use passerelle_model::sync::{RevisionNumber, SyncOutcome};
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, QuerySelect, Statement,
    TransactionTrait,
};
use server::Server;
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
/// Maximum time that a transaction may hold its locks without a statement. Its client is frozen or gone. As
/// long as the lease of a leader: another process then needs neither its lock nor its row.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "10s";

fn open_database(
    urls: DatabaseUrls<'_>,
    target: &Target,
    pools: Pools,
) -> Result<OpenDatabase, StorageError> {
    let direct = urls.direct.map(Target::parse).transpose()?;
    let direct = direct.unwrap_or_else(|| target.clone());
    Ok(OpenDatabase { engine: Engine::Postgres(Arc::new(Server { direct })), pools })
}

/// Opens a database and runs its migrations.
pub(super) async fn open(
    urls: DatabaseUrls<'_>,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    let target = Target::parse(urls.url)?;
    let (connection, database) = connect_and_examine(&target).await?;
    if database.version == SchemaVersion::Older {
        migrate::migrate(connection, &target, &database).await?;
    } else {
        close(connection).await;
    }
    open_database(urls, &target, pools(&target, statement_count).await?)
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
    open_database(DatabaseUrls { url, direct: None }, &target, pools)
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

/// Returns the name of the database of a URL, with its server.
pub(super) fn name_of(url: &str) -> Result<String, StorageError> {
    Ok(Target::parse(url)?.name)
}

/// Starts a write transaction and locks the row of `meta`, so that writers of all processes run one after
/// another. A transaction that publishes checks its right under this lock, which a take-over waits for.
pub(super) async fn begin(
    write_pool: &DatabaseConnection,
    term: Option<Term>,
) -> Result<DatabaseTransaction, StorageError> {
    let transaction = write_pool.begin().await?;
    let meta = meta::Entity::find().lock_exclusive().one(&transaction).await?;
    let denied = match term {
        Some(Term::Epoch(epoch)) => {
            meta.is_none_or(|meta| meta.leader_epoch != epoch).then_some(StorageError::NotLeader)
        }
        Some(Term::Outside) => {
            let record = leader::read(&transaction).await?;
            record.name.filter(|_| record.is_leading).map(|leader| StorageError::OtherLeader { leader })
        }
        None => None,
    };
    match denied {
        None => Ok(transaction),
        Some(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Notifies all processes of a revision when the transaction is committed.
pub(super) async fn announce(
    transaction: &DatabaseTransaction,
    number: RevisionNumber,
) -> Result<(), StorageError> {
    let values = vec![number.to_string().into()];
    let notify = Statement::from_sql_and_values(DbBackend::Postgres, channels::NOTIFY_REVISION, values);
    transaction.query_one_raw(notify).await?;
    Ok(())
}

/// Reads the state of the leader.
pub(super) async fn leader_record(read_pool: &DatabaseConnection) -> Result<LeaderRecord, StorageError> {
    leader::read(read_pool).await
}

/// Asks the leader for a full scan. Returns the number of the request.
pub(super) async fn request_sync(write_pool: &DatabaseConnection) -> Result<i64, StorageError> {
    leader::request(write_pool).await
}

/// Records the result of requests for a full scan.
pub(super) async fn complete_sync(
    write_pool: &DatabaseConnection,
    epoch: i64,
    number: i64,
    outcome: &SyncOutcome,
) -> Result<(), StorageError> {
    leader::complete(write_pool, epoch, number, outcome).await
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
