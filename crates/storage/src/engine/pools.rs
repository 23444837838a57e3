//! Connections to one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::DatabaseConnection;

use super::read_pool::ReadPool;
use crate::statement_recorder::record_statement;

/// Addresses of a database.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a URL can contain a password")]
pub struct DatabaseUrls<'u> {
    /// Address of the database that is written.
    pub url: &'u str,
    /// Address of the same PostgreSQL database without a pooler, for locks of sessions and for notifications.
    /// `None` if `url` goes through no pooler.
    pub direct: Option<&'u str>,
    /// Address of a hot standby, which is read instead of `url` for the revisions that it has.
    pub read: Option<&'u str>,
}

/// Connections to one database.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) write: DatabaseConnection,
    pub(crate) read: ReadPool,
    /// Read connections that requests may use together. One more is left for the probes, the latest revision
    /// and the search index.
    pub(crate) request_connections: usize,
}

/// Counts and records the statements of a pool.
pub(super) fn count_statements(pool: &mut DatabaseConnection, statement_count: &Arc<AtomicU64>) {
    let statement_count = Arc::clone(statement_count);
    pool.set_metric_callback(move |info| {
        statement_count.fetch_add(1, Ordering::Relaxed);
        record_statement(&info.statement.sql, info.elapsed);
    });
}
