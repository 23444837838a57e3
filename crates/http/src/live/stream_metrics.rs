//! What is counted of those who listen, for `/metrics`.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// A way to be answered for as long as one listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Transport {
    /// `graphql-transport-ws`.
    WebSocket,
    /// Server-Sent Events.
    Events,
    /// Apollo's multipart subscriptions.
    Multipart,
}

impl Transport {
    /// The name under which it is counted and logged.
    pub(in super::super) fn name(self) -> &'static str {
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

/// Who listens, and who did.
#[derive(Clone, Debug)]
pub(in super::super) struct StreamMetrics {
    subscribers: Family<TransportLabel, Gauge>,
    open_websockets: Gauge,
    websockets: Counter,
    /// Connections that were closed because their clients took nothing of what they were sent.
    pub(in super::super) write_timeouts: Counter,
}

impl StreamMetrics {
    /// HttpMetrics that stand at nothing, told by a registry.
    pub(in super::super) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            subscribers: Family::default(),
            open_websockets: Gauge::default(),
            websockets: Counter::default(),
            write_timeouts: Counter::default(),
        };
        registry.register(
            "active_subscriptions",
            "Active subscriptions, by transport",
            metrics.subscribers.clone(),
        );
        registry.register("websockets_open", "Open WebSockets", metrics.open_websockets.clone());
        registry.register("websockets", "WebSockets opened", metrics.websockets.clone());
        registry.register(
            "connections_closed_by_write_timeout",
            "Connections closed by the write timeout",
            metrics.write_timeouts.clone(),
        );
        for transport in [Transport::WebSocket, Transport::Events, Transport::Multipart] {
            // Told from the start, at 0.
            drop(metrics.subscribers.get_or_create(&TransportLabel { transport }));
        }
        metrics
    }

    /// Counts a subscriber until what is returned is dropped.
    pub(super) fn track_subscriber(&self, transport: Transport) -> GaugeGuard {
        GaugeGuard::new(self.subscribers.get_or_create(&TransportLabel { transport }).clone())
    }

    /// Counts a socket until what is returned is dropped.
    pub(super) fn track_websocket(&self) -> GaugeGuard {
        self.websockets.inc();
        GaugeGuard::new(self.open_websockets.clone())
    }
}

/// Something that is counted while it is there.
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
