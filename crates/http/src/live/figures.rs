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
pub(in super::super) struct LiveFigures {
    subscribers: Family<TransportLabel, Gauge>,
    open: Gauge,
    opened: Counter,
    /// Connections that were closed because their clients took nothing of what they were sent.
    pub(in super::super) unread: Counter,
}

impl LiveFigures {
    /// Figures that stand at nothing, told by a registry.
    pub(in super::super) fn new(registry: &mut Registry) -> Self {
        let figures = Self {
            subscribers: Family::default(),
            open: Gauge::default(),
            opened: Counter::default(),
            unread: Counter::default(),
        };
        registry.register(
            "subscribers",
            "Operations that are answered live, by transport",
            figures.subscribers.clone(),
        );
        registry.register("sockets_open", "WebSockets that are open", figures.open.clone());
        registry.register("sockets", "WebSockets that were opened", figures.opened.clone());
        registry.register(
            "connections_closed_unread",
            "Connections that were closed because their clients took nothing of what they were sent",
            figures.unread.clone(),
        );
        for transport in [Transport::WebSocket, Transport::Events, Transport::Multipart] {
            // Told from the start, at 0.
            drop(figures.subscribers.get_or_create(&TransportLabel { transport }));
        }
        figures
    }

    /// Counts a subscriber until what is returned is dropped.
    pub(super) fn listening(&self, transport: Transport) -> Counted {
        Counted::new(self.subscribers.get_or_create(&TransportLabel { transport }).clone())
    }

    /// Counts a socket until what is returned is dropped.
    pub(super) fn opened(&self) -> Counted {
        self.opened.inc();
        Counted::new(self.open.clone())
    }
}

/// Something that is counted while it is there.
#[derive(Debug)]
pub(super) struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
