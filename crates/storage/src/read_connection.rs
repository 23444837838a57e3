//! Read connections as one request sees them.
//!
//! A request uses at most one connection at a time, and all requests together leave one free: for probes, the
//! latest revision and the search index. Without these bounds, three requests with 30 fields each use up the
//! pool, and every other request fails after the time that the pool waits.

use std::sync::Arc;

use passerelle_model::revision::RevisionNumber;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::engine::read_pool::ReadPool;

/// Read pool with the bounds of one request. A clone shares the bounds.
#[derive(Clone, Debug)]
pub(crate) struct ReadConnection {
    pool: ReadPool,
    /// Revision that the request reads.
    revision: RevisionNumber,
    /// One permit for each connection that requests may use together.
    all_requests: Arc<Semaphore>,
    /// One permit.
    this_request: Arc<Semaphore>,
}

impl ReadConnection {
    /// Creates the connection of a new request.
    pub(crate) fn new(pool: ReadPool, all_requests: Arc<Semaphore>) -> Self {
        let this_request = Arc::new(Semaphore::new(1));
        Self { pool, revision: RevisionNumber::default(), all_requests, this_request }
    }

    /// Returns the connection of the same request for another revision.
    pub(crate) fn at(self, revision: RevisionNumber) -> Self {
        Self { revision, ..self }
    }

    /// Returns the connection of the same request, which does not read a standby.
    pub(crate) fn of_primary(self) -> Self {
        // No standby has this revision.
        self.at(RevisionNumber::new(i64::MAX))
    }

    /// Waits for a connection. The permits are held for one statement only, never while something else is
    /// awaited. The semaphores are fair: who waits longest is first.
    async fn acquire(&self) -> Result<(SemaphorePermit<'_>, SemaphorePermit<'_>), DbErr> {
        let closed = |_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        let own = self.this_request.acquire().await.map_err(closed)?;
        Ok((own, self.all_requests.acquire().await.map_err(closed)?))
    }
}

#[async_trait]
impl ConnectionTrait for ReadConnection {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let _permits = self.acquire().await?;
        self.pool.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let _permits = self.acquire().await?;
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let _permits = self.acquire().await?;
        self.pool.row_at(self.revision, statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let _permits = self.acquire().await?;
        self.pool.rows_at(self.revision, statement).await
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Polls a future once.
    fn now<F: Future>(future: F) -> Option<F::Output> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_request_has_one_connection_and_all_requests_leave_one_free() {
        let all_requests = Arc::new(Semaphore::new(3));
        let pool = ReadPool::Sqlite(sea_orm::DatabaseConnection::default());
        let request = || ReadConnection::new(pool.clone(), Arc::clone(&all_requests));
        let requests: Vec<_> = (0..4).map(|_| request()).collect();
        let first = now(requests[0].acquire()).unwrap().unwrap();
        // A second statement of the same request, which a clone of the view runs.
        let same_request = requests[0].clone();
        assert!(now(same_request.acquire()).is_none());
        let others =
            [now(requests[1].acquire()).unwrap().unwrap(), now(requests[2].acquire()).unwrap().unwrap()];
        assert!(now(requests[3].acquire()).is_none(), "three of four connections are in use");
        drop(first);
        assert!(now(requests[3].acquire()).is_some());
        drop(others);
    }
}
