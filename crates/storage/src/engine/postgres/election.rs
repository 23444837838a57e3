//! Election over PostgreSQL: a session lock, a lease by the clock of the server, and the epoch in `meta`.

use std::time::Duration;

use passerelle_model::sync::SyncStatus;
use sea_orm::sqlx::postgres::{PgConnection, PgRow};
use sea_orm::sqlx::{self, Connection, Executor, FromRow, Row};
use tokio::time::timeout;

use super::channels::STATUS_CHANNEL;
use super::examine::close;
use super::failure;
use super::pooler::{self, is_pooled};
use super::url::Target;
use crate::error::StorageError;
use crate::term::{Epoch, SyncRequestNumber};

/// Time after its last heartbeat at which a leader can be replaced, in milliseconds. A leader that is frozen
/// or cut off is replaced within 15 s.
const LEASE_MILLIS: i64 = 10_000;
/// Maximum time of one step of the election. A leader whose heartbeat takes longer steps down.
const STEP_TIMEOUT: Duration = Duration::from_secs(3);

/// Tries to take a lock that ends with the session. The first number is arbitrary, and the same in all
/// versions. The second one stands for the schema: previews have an election of their own.
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock(1885434740, hashtext(current_schema()))";
const UNLOCK: &str = "SELECT pg_advisory_unlock(1885434740, hashtext(current_schema()))";

/// Ends the session that has the lock.
const END_LOCK: &str = "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_locks
    WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND classid = 1885434740 AND objid::bigint = (hashtext(current_schema())::bigint & 4294967295)";
/// Ends the sessions that hold the row of `meta` and whose client has sent nothing for 2 s: it is frozen or
/// cut off in the middle of a transaction.
const END_WRITERS: &str = "SELECT pg_terminate_backend(a.pid)
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'relation' AND l.relation = 'meta'::regclass AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - interval '2 s'";

/// Reads a [`Lease`]. The one bound value is the delay of the candidate in milliseconds.
const LEASE: &str = "SELECT lease_until < now_millis AS has_ended,
        lease_until < now_millis - $1 AS ended_before_delay, is_locked AS holder_has_lock
    FROM leader, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_millis) clock
    WHERE id = 1";
/// Starts the next epoch. Waits for the write transaction that runs.
const NEXT_EPOCH: &str = "UPDATE meta SET leader_epoch = leader_epoch + 1 RETURNING leader_epoch";
const TAKE_OVER: &str = "UPDATE leader SET epoch = $1, name = $2, is_locked = $3, status = '',
    seen_at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    lease_until = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $4";
/// Extends the lease of an epoch. Returns no row if another process leads.
const BEAT: &str = "WITH beat AS (
        UPDATE leader SET seen_at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
            lease_until = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $2,
            is_locked = $3, status = COALESCE($4, status)
        WHERE id = 1 AND epoch = $1 RETURNING requested)
    SELECT requested FROM beat";
const RESIGN: &str = "UPDATE leader SET lease_until = 0 WHERE id = 1 AND epoch = $1";

/// Lease of the present leader, by the clock of the database.
struct Lease {
    has_ended: bool,
    /// True if it ended longer ago than the delay of the candidate.
    ended_before_delay: bool,
    /// True if the leader had the lock when it last extended the lease.
    holder_has_lock: bool,
}

impl FromRow<'_, PgRow> for Lease {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            has_ended: row.try_get("has_ended")?,
            ended_before_delay: row.try_get("ended_before_delay")?,
            holder_has_lock: row.try_get("holder_has_lock")?,
        })
    }
}

/// Process that takes part in the election, with a connection of its own.
pub(crate) struct Candidate {
    target: Target,
    name: String,
    /// `None` before the first attempt and after an error. The lock ends with the connection.
    connection: Option<PgConnection>,
    has_lock: bool,
    /// True if connections are known to go to the server itself.
    is_direct: bool,
    /// `None` while the process does not lead.
    epoch: Option<Epoch>,
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate")
            .field("name", &self.name)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

impl Candidate {
    pub(crate) fn new(target: &Target, name: &str) -> Self {
        let options = target.session(&[
            ("statement_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "3s"),
            // The server notices a client that is cut off, and gives its lock to another one.
            ("tcp_keepalives_idle", "5"),
            ("tcp_keepalives_interval", "2"),
            ("tcp_keepalives_count", "3"),
        ]);
        let target = Target { options, has_settings: false, ..target.clone() };
        Self {
            target,
            name: name.to_owned(),
            connection: None,
            has_lock: false,
            is_direct: false,
            epoch: None,
        }
    }

    pub(crate) fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// Tries once to become the leader. Returns the new epoch.
    pub(crate) async fn attempt(&mut self, delay: Duration) -> Result<Option<Epoch>, StorageError> {
        self.epoch = None;
        if self.target.is_pooled {
            return Err(pooler::cannot_lead(&self.target));
        }
        // A connection whose statement was cancelled or failed is dropped.
        let connection = self.connection.take();
        if connection.is_none() {
            self.has_lock = false;
        }
        let target = self.target.clone();
        let attempt = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => PgConnection::connect_with(&target.options).await?,
            };
            if !self.is_direct {
                if is_pooled(&mut connection, &target).await? {
                    return Ok(None);
                }
                self.is_direct = true;
            }
            let epoch = self.take_over(&mut connection, delay).await?;
            Ok::<_, sqlx::Error>(Some((connection, epoch)))
        };
        let Some((connection, epoch)) = in_time(attempt, &target).await? else {
            return Err(pooler::cannot_lead(&target));
        };
        self.connection = Some(connection);
        self.epoch = epoch;
        Ok(epoch)
    }

    async fn take_over(
        &mut self,
        connection: &mut PgConnection,
        delay: Duration,
    ) -> Result<Option<Epoch>, sqlx::Error> {
        if !self.has_lock {
            self.has_lock = try_lock(connection).await?;
        }
        let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        let lease: Lease = sqlx::query_as(LEASE).bind(delay).fetch_one(&mut *connection).await?;
        if !self.may_take_over(&lease, delay) {
            return self.stand_back(connection).await;
        }
        if lease.has_ended {
            if !self.has_lock {
                connection.execute(END_LOCK).await?;
                self.has_lock = try_lock(connection).await?;
            }
            connection.execute(END_WRITERS).await?;
        }
        self.begin_epoch(connection, delay).await
    }

    /// A free lock means that its holder is gone, if the leader had it. Otherwise the lease must have ended.
    fn may_take_over(&self, lease: &Lease, delay: i64) -> bool {
        let is_over = lease.has_ended && lease.ended_before_delay;
        is_over || (delay == 0 && self.has_lock && lease.holder_has_lock)
    }

    /// Leaves the lock to the leader, or to a candidate without a delay.
    async fn stand_back(&mut self, connection: &mut PgConnection) -> Result<Option<Epoch>, sqlx::Error> {
        if self.has_lock {
            connection.execute(UNLOCK).await?;
            self.has_lock = false;
        }
        Ok(None)
    }

    async fn begin_epoch(
        &mut self,
        connection: &mut PgConnection,
        delay: i64,
    ) -> Result<Option<Epoch>, sqlx::Error> {
        let mut transaction = connection.begin().await?;
        transaction.execute("SET LOCAL lock_timeout = '1s'").await?;
        // Another candidate can have taken over since the lease was read.
        let query = sqlx::AssertSqlSafe(format!("{LEASE} FOR UPDATE OF leader"));
        let lease: Lease = sqlx::query_as(query).bind(delay).fetch_one(&mut *transaction).await?;
        if !self.may_take_over(&lease, delay) {
            transaction.rollback().await?;
            return self.stand_back(connection).await;
        }
        let epoch: i64 = match sqlx::query_scalar(NEXT_EPOCH).fetch_one(&mut *transaction).await {
            Ok(epoch) => epoch,
            // A transaction of the leader still runs. The next attempt ends it if its client is gone.
            Err(error) if is_lock_timeout(&error) => {
                transaction.rollback().await?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        sqlx::query(TAKE_OVER)
            .bind(epoch)
            .bind(&self.name)
            .bind(self.has_lock)
            .bind(LEASE_MILLIS)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Epoch::new(epoch))
    }

    /// Extends the lease, and reports the state if there is one. Returns the number of the latest request.
    pub(crate) async fn heartbeat(
        &mut self,
        status: Option<&SyncStatus>,
    ) -> Result<SyncRequestNumber, StorageError> {
        let Some(mut connection) = self.connection.take() else { return Err(StorageError::NotLeader) };
        let status = status.map(|status| serde_json::to_string(status).unwrap_or_default());
        let target = self.target.clone();
        let beat = async {
            if !self.has_lock {
                self.has_lock = try_lock(&mut connection).await?;
            }
            let requested: Option<i64> = sqlx::query_scalar(BEAT)
                .bind(self.epoch.map(Epoch::get))
                .bind(LEASE_MILLIS)
                .bind(self.has_lock)
                .bind(&status)
                .fetch_optional(&mut connection)
                .await?;
            if requested.is_some() && status.is_some() {
                connection.execute(STATUS_CHANNEL.notify()).await?;
            }
            Ok::<_, sqlx::Error>((connection, requested))
        };
        let beaten = in_time(beat, &target).await;
        if !matches!(beaten, Ok((_, Some(_)))) {
            self.epoch = None;
        }
        let (connection, requested) = beaten?;
        self.connection = Some(connection);
        requested.map(SyncRequestNumber::new).ok_or(StorageError::NotLeader)
    }

    /// Ends the lease and gives the lock back, so that another process leads at once.
    pub(crate) async fn resign(&mut self) {
        let epoch = self.epoch.take().map(Epoch::get);
        self.has_lock = false;
        if let Some(mut connection) = self.connection.take() {
            let resign = sqlx::query(RESIGN).bind(epoch).execute(&mut connection);
            if let Ok(Err(error)) = timeout(STEP_TIMEOUT, resign).await {
                tracing::debug!(%error, "cannot end the lease");
            }
            close(connection).await;
        }
    }
}

async fn try_lock(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(TRY_LOCK).fetch_one(connection).await
}

/// 55P03: `lock_timeout` is over.
fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("55P03")
}

async fn in_time<T>(
    step: impl Future<Output = Result<T, sqlx::Error>>,
    target: &Target,
) -> Result<T, StorageError> {
    match timeout(STEP_TIMEOUT, step).await {
        Ok(done) => done.map_err(|error| failure::describe(&error, target)),
        Err(_) => Err(failure::unreachable(target, "it does not respond")),
    }
}
