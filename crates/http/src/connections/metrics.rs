//! Metrics of connections.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// Counters of connections that the service closed or refused.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionMetrics {
    /// Connections refused because all slots have a running request.
    pub(super) refused: Counter,
    /// Failed calls of `accept`, for example without a free descriptor.
    pub(super) accept_errors: Counter,
    /// Waiting connections that were closed to make room for new ones.
    pub(super) evicted: Counter,
    /// Connections closed by the header timeout or the idle timeout.
    pub(super) read_timeouts: Counter,
}

impl ConnectionMetrics {
    /// Creates the metrics with value 0 and registers them.
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "connections_refused",
            "Number of connections refused because every open connection has a running request",
            metrics.refused.clone(),
        );
        registry.register(
            "connection_accept_errors",
            "Number of connections that could not be accepted, for example without a free descriptor",
            metrics.accept_errors.clone(),
        );
        registry.register(
            "connections_evicted",
            "Number of connections closed while they waited for a request, to make room for new ones",
            metrics.evicted.clone(),
        );
        registry.register(
            "connections_closed_by_read_timeout",
            "Number of connections closed by the header timeout or the idle timeout",
            metrics.read_timeouts.clone(),
        );
        metrics
    }
}
