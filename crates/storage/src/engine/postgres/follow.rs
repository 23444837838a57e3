//! Follows the revisions and the state of other processes.
//!
//! Notifications make it quick, and a read at an interval makes it certain: a notification can be lost with
//! its connection.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sea_orm::sqlx::{self};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::channels::{REQUEST_CHANNEL, REVISION_CHANNEL, SCHEMA_NUMBER, STATUS_CHANNEL};
use super::url::Target;
use crate::engine::read_pool::ReadPool;
use crate::latest_revision::LatestRevision;
use crate::term::Signals;

/// Interval of the reads that find changes without a notification.
const READ_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum time of such a read. It reads one row. If it takes longer, the statements of requests fail too.
const READ_TIMEOUT: Duration = Duration::from_secs(3);
/// Time until the listener connects again. Meanwhile the reads go on.
const RECONNECT_DELAY: Duration = Duration::from_millis(500);
/// Maximum time to open the connection of the listener.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Follower of one database.
pub(super) struct Follower<'f> {
    pub(super) target: &'f Target,
    pub(super) reads: &'f ReadPool,
    pub(super) latest: &'f LatestRevision,
    pub(super) signals: &'f Signals,
    /// Latest number of a revision that a notification told, or that was read when the listener started.
    pub(super) notified: AtomicI64,
    /// Ends the connection of the listener, because a revision came without a notification.
    pub(super) is_deaf: Notify,
}

impl Follower<'_> {
    /// Follows until the future is dropped.
    pub(super) async fn run(&self) {
        tokio::join!(self.read_at_intervals(), self.listen_always(), self.follow_standby());
    }

    async fn read_at_intervals(&self) {
        let mut ticks = interval(READ_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Revision that was read at the previous tick and of which no notification told.
        let mut missed = 0;
        loop {
            ticks.tick().await;
            let before = self.latest.get().number.get();
            let number = self.read().await;
            // After two reads, the notification is not only late.
            if missed > self.notified.load(Ordering::SeqCst) {
                self.is_deaf.notify_one();
            }
            missed = if number > before { number } else { 0 };
        }
    }

    async fn follow_standby(&self) {
        if let ReadPool::Postgres(reads) = self.reads
            && let Some(standby) = reads.standby()
        {
            standby.follow(self.latest).await;
        }
    }

    /// Reads the latest revision. Returns its number.
    async fn read(&self) -> i64 {
        match timeout(READ_TIMEOUT, self.latest.refresh(self.reads)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "cannot read the latest revision"),
            Err(_) => {
                if let ReadPool::Postgres(reads) = self.reads {
                    reads.set_down();
                }
            }
        }
        self.latest.get().number.get()
    }

    async fn listen_always(&self) {
        if self.target.is_pooled {
            // A pooler in transaction mode forwards no notifications.
            return;
        }
        loop {
            if let Err(error) = self.listen().await {
                tracing::debug!(%error, "the connection that listens was lost");
            }
            sleep(RECONNECT_DELAY).await;
        }
    }

    async fn listen(&self) -> Result<(), sqlx::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_with(self.target.session(&[]))
            .await?;
        let started = timeout(CONNECT_TIMEOUT, start_listener(&pool)).await;
        let (mut listener, [status, requests]) = started.map_err(|_| sqlx::Error::PoolTimedOut)??;
        // What was committed before `LISTEN` is read after it. In the other order a revision could be missed.
        self.notified.fetch_max(self.read().await, Ordering::SeqCst);
        self.signals.wake_all();
        loop {
            let received = tokio::select! {
                received = listener.try_recv() => received?,
                () = self.is_deaf.notified() => None,
            };
            let Some(notification) = received else { return Ok(()) };
            match notification.channel() {
                channel if channel == status => self.signals.status.send_modify(|count| *count += 1),
                channel if channel == requests => self.signals.request.send_modify(|count| *count += 1),
                _ => self.revision_committed(notification.payload().parse().unwrap_or(i64::MAX)).await,
            }
        }
    }

    /// Reads the latest revision unless this process knows it, for example because it committed it.
    async fn revision_committed(&self, number: i64) {
        let known = self.latest.get().number.get();
        let known = if number > known { self.read().await } else { known };
        self.notified.fetch_max(number.min(known), Ordering::SeqCst);
    }
}

/// Starts to listen. Returns the names of the channels of the state and of the requests too.
async fn start_listener(pool: &PgPool) -> Result<(PgListener, [String; 2]), sqlx::Error> {
    let schema: i32 = sqlx::query_scalar(SCHEMA_NUMBER).fetch_one(pool).await?;
    let [revisions, status, requests] =
        [REVISION_CHANNEL, STATUS_CHANNEL, REQUEST_CHANNEL].map(|channel| channel.name(schema));
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen_all([revisions.as_str(), status.as_str(), requests.as_str()]).await?;
    Ok((listener, [status, requests]))
}
