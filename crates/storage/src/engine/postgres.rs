//! PostgreSQL 14 or later, on a server.
//!
//! Writers exclude each other by a lock on the row of `meta`. Text columns have the collation "C", so that
//! orders, ranges and cursors equal those of SQLite.

mod channels;
pub(super) mod dialect;
pub(super) mod election;
mod examine;
mod failure;
pub(super) mod fetch;
mod follow;
mod leader;
mod migrate;
mod pooler;
pub(super) mod reads;
pub(super) mod server;
mod standby;
pub(super) mod transfer;
mod url;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::migrations::SchemaVersion;
use super::pools::{DatabaseUrls, Pools, count_statements};
use super::read_pool::ReadPool;
use super::{Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
use crate::term::{Epoch, LeaderRecord, SyncRequestNumber, Term};
use examine::{close, connect_and_examine, database_id};
use passerelle_model::revision::RevisionNumber;
use passerelle_model::sync::SyncOutcome;
use reads::Reads;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QuerySelect,
    Statement, TransactionTrait,
};
use server::Server;
use standby::Standby;
use tokio::time::timeout;
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
/// Maximum time that a transaction may hold its locks without a statement. Its client then does not respond.
/// The lease of a leader is as long, so the lock is free when another process is elected.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "10s";
/// Maximum time to read or write the row of the leader. A process does not follow while it waits.
const ROW_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time for the rest of a cancelled statement. SQLx would wait until the kernel closes the
/// connection, and the pool would have one connection less meanwhile.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// Opens a database and runs its migrations.
pub(super) async fn open(
    urls: DatabaseUrls<'_>,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    let target = examine::target(Target::parse(urls.url)?).await?;
    let direct = match urls.direct {
        Some(url) => {
            let direct = other_target(url, "--database-direct-url", &target).await?;
            if direct.is_pooled {
                return Err(pooler::needs_session(&direct, "locks and notifications"));
            }
            direct
        }
        None => target.clone(),
    };
    let standby = match urls.read {
        Some(url) => Some(other_target(url, "--database-read-url", &target).await?),
        None => None,
    };
    let (connection, database) = connect_and_examine(&direct).await?;
    if database.version == SchemaVersion::Older {
        migrate::migrate(connection, &direct, &database).await?;
    } else {
        close(connection).await;
    }
    let standby = match standby {
        Some(standby) => {
            Some(Standby::new(read_connections(&standby, statement_count).await?, standby.is_pooled))
        }
        None => None,
    };
    let pools = pools(&target, standby, statement_count).await?;
    let server = Server { direct, is_pooled: target.is_pooled };
    Ok(OpenDatabase { engine: Engine::Postgres(Arc::new(server)), pools })
}

/// Returns another address of a database. Fails if it is the address of another database.
async fn other_target(url: &str, setting: &'static str, database: &Target) -> Result<Target, StorageError> {
    let other = examine::target(Target::parse_setting(url, setting)?).await?;
    if database_id(database).await? == database_id(&other).await? {
        return Ok(other);
    }
    Err(StorageError::unusable(format!(
        "{setting} names {}, which is not {}, the database of --database-url; specify another address of the same \
         database, or of its standby",
        other.name, database.name
    )))
}

/// Opens a database for reading. Runs no migrations.
pub(super) async fn open_read_only(
    url: &str,
    statement_count: &Arc<AtomicU64>,
) -> Result<OpenDatabase, StorageError> {
    let target = examine::target(Target::parse(url)?).await?;
    let (connection, database) = connect_and_examine(&target).await?;
    close(connection).await;
    if database.version == SchemaVersion::Older {
        return Err(StorageError::older_schema());
    }
    if target.is_pooled {
        return Err(pooler::needs_session(&target, "the snapshot of this command"));
    }
    let Pools { read, request_connections, .. } = pools(&target, None, statement_count).await?;
    let pools = Pools { write: read.pool().clone(), read, request_connections };
    let server = Server { direct: target, is_pooled: false };
    Ok(OpenDatabase { engine: Engine::Postgres(Arc::new(server)), pools })
}

/// Checks that the database can be used.
pub(super) async fn check(url: &str) -> Result<(), StorageError> {
    let (connection, _) = connect_and_examine(&examine::target(Target::parse(url)?).await?).await?;
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
    server: &Server,
    write_pool: &DatabaseConnection,
    term: Option<Term>,
) -> Result<DatabaseTransaction, StorageError> {
    let transaction = begin_write(server, write_pool).await?;
    let meta = meta::Entity::find().lock_exclusive().one(&transaction).await?;
    let denied = match term {
        Some(Term::Epoch(epoch)) => meta
            .is_none_or(|meta| Epoch::new(meta.leader_epoch) != Some(epoch))
            .then_some(StorageError::NotLeader),
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

async fn begin_write(server: &Server, write_pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = match write_pool.begin().await {
        // The server can have ended the connection since it was used. The next one is new.
        Err(error) if reads::is_lost_connection(&error) => write_pool.begin().await?,
        begun => begun?,
    };
    if server.is_pooled {
        transaction.execute_unprepared(pooler::START_OF_WRITE).await?;
    }
    Ok(transaction)
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
pub(super) async fn leader_record(reads: &ReadPool) -> Result<LeaderRecord, StorageError> {
    in_time(leader::read(reads)).await
}

/// Asks the leader for a full scan. Returns the number of the request.
pub(super) async fn request_sync(
    server: &Server,
    write_pool: &DatabaseConnection,
) -> Result<SyncRequestNumber, StorageError> {
    in_time(async { leader::request(begin_write(server, write_pool).await?).await }).await
}

/// Records the result of requests for a full scan.
pub(super) async fn complete_sync(
    server: &Server,
    write_pool: &DatabaseConnection,
    epoch: Epoch,
    number: SyncRequestNumber,
    outcome: &SyncOutcome,
) -> Result<(), StorageError> {
    in_time(async { leader::complete(begin_write(server, write_pool).await?, epoch, number, outcome).await })
        .await
}

/// Ends a statement of a process that has to go on if the server does not respond. Its connection is closed
/// with its transaction.
async fn in_time<T>(statement: impl Future<Output = Result<T, StorageError>>) -> Result<T, StorageError> {
    match timeout(ROW_TIMEOUT, statement).await {
        Ok(done) => done,
        Err(_) => Err(reads::unreachable().into()),
    }
}

async fn pools(
    target: &Target,
    standby: Option<Standby>,
    statement_count: &Arc<AtomicU64>,
) -> Result<Pools, StorageError> {
    let write = pool(target, &[("statement_timeout", WRITE_STATEMENT_TIMEOUT)], 1, statement_count).await?;
    let primary = read_connections(target, statement_count).await?;
    let reads = Reads::new(primary, READ_CONNECTIONS, target.is_pooled, standby);
    Ok(Pools {
        write,
        read: ReadPool::Postgres(Arc::new(reads)),
        request_connections: READ_CONNECTIONS as usize - 1,
    })
}

async fn read_connections(
    target: &Target,
    statement_count: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, StorageError> {
    let settings = [("statement_timeout", READ_STATEMENT_TIMEOUT), ("default_transaction_read_only", "on")];
    pool(target, &settings, READ_CONNECTIONS, statement_count).await
}

async fn pool(
    target: &Target,
    settings: &[(&str, &str)],
    connections: u32,
    statement_count: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, StorageError> {
    let common = [
        ("lock_timeout", LOCK_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        // A transaction that waited for the row of `meta` must see what the writer before it committed.
        ("default_transaction_isolation", "read committed"),
    ];
    let options = target.session(&[settings, &common].concat());
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
        // connection, and also one whose statement was cancelled because the server does not respond.
        .after_release(|connection, _| {
            Box::pin(async move {
                let responds = matches!(timeout(RELEASE_TIMEOUT, connection.ping()).await, Ok(Ok(())));
                Ok(responds && !connection.is_in_transaction())
            })
        });
    let pool = pool.connect_with(options).await.map_err(|error| failure::describe(&error, target))?;
    let mut connection = DatabaseConnection::from(pool);
    count_statements(&mut connection, statement_count);
    Ok(connection)
}
