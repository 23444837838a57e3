//! Metrics of subscriptions and WebSockets.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Transport of a streamed response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    /// `graphql-transport-ws`.
    WebSocket,
    /// Server-Sent Events.
    Events,
    /// Apollo's multipart subscriptions.
    Multipart,
}

impl Transport {
    /// Returns the name in metrics and logs, for example `ws`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "ws",
            Self::Events => "sse",
            Self::Multipart => "multipart",
        }
    }
}

impl EncodeLabelValue for Transport {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> std::fmt::Result {
        self.name().encode(encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransportLabel {
    transport: Transport,
}

/// Gauges and counters of streamed responses.
#[derive(Clone, Debug)]
pub(crate) struct StreamMetrics {
    subscribers: Family<TransportLabel, Gauge>,
    open_websockets: Gauge,
    websockets: Counter,
    /// Number of connections that the write timeout has closed.
    pub(crate) write_timeouts: Counter,
}

impl StreamMetrics {
    /// Creates the metrics with value 0 and registers them.
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            subscribers: Family::default(),
            open_websockets: Gauge::default(),
            websockets: Counter::default(),
            write_timeouts: Counter::default(),
        };
        registry.register(
            "active_subscriptions",
            "Number of active subscriptions, by transport: ws, sse, multipart",
            metrics.subscribers.clone(),
        );
        registry.register("websockets_open", "Number of open WebSockets", metrics.open_websockets.clone());
        registry.register(
            "websockets",
            "Number of WebSockets opened since the start",
            metrics.websockets.clone(),
        );
        registry.register(
            "connections_closed_by_write_timeout",
            "Number of connections closed because the client did not read within the write timeout",
            metrics.write_timeouts.clone(),
        );
        for transport in [Transport::WebSocket, Transport::Events, Transport::Multipart] {
            // A series must exist from the start, so that rates and alerts work.
            drop(metrics.subscribers.get_or_create(&TransportLabel { transport }));
        }
        metrics
    }

    /// Counts an active subscription until the guard is dropped.
    pub(super) fn track_subscriber(&self, transport: Transport) -> GaugeGuard {
        GaugeGuard::new(self.subscribers.get_or_create(&TransportLabel { transport }).clone())
    }

    /// Counts an open WebSocket until the guard is dropped.
    pub(super) fn track_websocket(&self) -> GaugeGuard {
        self.websockets.inc();
        GaugeGuard::new(self.open_websockets.clone())
    }
}

/// Increments a gauge until it is dropped.
#[derive(Debug)]
pub(super) struct GaugeGuard(Gauge);

impl GaugeGuard {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
