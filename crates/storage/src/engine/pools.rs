//! Connections to one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::DatabaseConnection;

use crate::statement_recorder::record_statement;

/// Addresses of a database.
#[derive(Clone, Copy)]
pub(crate) struct DatabaseUrls<'u> {
    pub(crate) url: &'u str,
    /// Address without a pooler, for locks of sessions and for notifications. `None` if `url` has none.
    pub(crate) direct: Option<&'u str>,
}

/// Connections to one database.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) write: DatabaseConnection,
    pub(crate) read: DatabaseConnection,
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
