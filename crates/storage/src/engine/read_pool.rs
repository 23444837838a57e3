//! Read connections of a process, of either engine.

use std::sync::Arc;
use std::time::Duration;

use passerelle_model::revision::RevisionNumber;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::postgres::fetch::Rows;
use super::postgres::reads::Reads;

/// Maximum time of a statement. The server cancels it at the same time. Without this limit a connection that
/// is cut off would be waited for until the kernel notices.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// Read connections. Cheap to clone.
///
/// As a [`ConnectionTrait`] it runs statements that see everything that is committed.
#[derive(Clone, Debug)]
pub(crate) enum ReadPool {
    Sqlite(DatabaseConnection),
    Postgres(Arc<Reads>),
}

impl ReadPool {
    /// Returns the connections themselves, for what is not a statement.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        match self {
            Self::Sqlite(pool) => pool,
            Self::Postgres(reads) => reads.primary(),
        }
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        if let Self::Postgres(reads) = self
            && let Some(standby) = reads.standby()
        {
            standby.pool().clone().close().await?;
        }
        self.pool().clone().close().await
    }

    /// Runs a statement of a request that reads a revision. Its result has at least that revision.
    pub(crate) async fn rows_at(
        &self,
        revision: RevisionNumber,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(pool) => pool.query_all_raw(statement).await,
            Self::Postgres(reads) => reads.fetch_at(revision, &statement, Rows::All, STATEMENT_TIMEOUT).await,
        }
    }

    /// Like [`ReadPool::rows_at`], for the first row.
    pub(crate) async fn row_at(
        &self,
        revision: RevisionNumber,
        statement: Statement,
    ) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(pool) => pool.query_one_raw(statement).await,
            Self::Postgres(reads) => {
                let rows = reads.fetch_at(revision, &statement, Rows::First, STATEMENT_TIMEOUT).await?;
                Ok(rows.into_iter().next())
            }
        }
    }
}

#[async_trait]
impl ConnectionTrait for ReadPool {
    fn get_database_backend(&self) -> DbBackend {
        self.pool().get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pool().execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool().execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(pool) => pool.query_one_raw(statement).await,
            Self::Postgres(reads) => {
                let rows = reads.fetch(&statement, Rows::First, STATEMENT_TIMEOUT).await?;
                Ok(rows.into_iter().next())
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(pool) => pool.query_all_raw(statement).await,
            Self::Postgres(reads) => reads.fetch(&statement, Rows::All, STATEMENT_TIMEOUT).await,
        }
    }
}
