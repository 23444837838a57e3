//! TCP connections: accept loop, connection limit and timeouts.
//!
//! | Timeout | Setting | Applies to |
//! | --- | --- | --- |
//! | header | [`ConnectionLimits::header_timeout`] | a new connection, and an incomplete request head |
//! | idle | [`ConnectionLimits::idle_timeout`] | a connection between two requests |
//! | write | [`passerelle_api::Limits::write_timeout`] | a client that does not read |
//!
//! Every accepted connection takes a slot of [`ConnectionSlots`]. If all slots are taken, the connections
//! that have waited longest for a request are closed. If all of them have a running request, the new
//! connection is refused.

mod accept;
mod guarded_body;
mod head;
mod limits;
mod metrics;
mod phase;
mod read_timeout;
mod refusals;
mod serve;
mod slots;
mod write_timeout;

pub use limits::ConnectionLimits;
pub(crate) use metrics::ConnectionMetrics;
pub(crate) use serve::{ConnectionContext, serve_connections};
pub(crate) use slots::ConnectionSlots;
pub(crate) use write_timeout::WriteTimeout;
