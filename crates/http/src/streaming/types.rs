//! Types that all transports of streamed responses share.

use std::time::Duration;

use futures_util::stream::BoxStream;
use passerelle_api::GraphqlResponse;
use thiserror::Error;

/// Time between two heartbeats on an idle connection.
///
/// Proxies close a connection after about 60 s without data, some clients after 15 s.
pub(super) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(12);

/// The responses to one operation. The operation is complete if the stream ends without an error.
pub(crate) type ResponseStream = BoxStream<'static, Result<GraphqlResponse, Interrupted>>;

/// The service shuts down while a subscription runs.
///
/// The client gets neither `complete` nor a closing boundary. Clients treat those as the end of the
/// subscription and do not subscribe again. After a broken connection they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the service is shutting down")]
pub(crate) struct Interrupted;
