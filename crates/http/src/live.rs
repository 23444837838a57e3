//! Operations that are answered for as long as somebody listens: over WebSocket, Server-Sent Events and multipart.
//!
//! | Transport | Text |
//! | --- | --- |
//! | [`socket`] | <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md> |
//! | [`sse`] | <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>, distinct connections mode |
//! | [`multipart`] | <https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol> |
//!
//! What all of them send is made by [`answers`], which is asked for the next answer only when the one before it is on its
//! way. So a client that reads slowly holds its place in the log of changes and one answer, however much is published.

mod answers;
mod body;
mod close;
mod figures;
mod multipart;
mod operations;
mod protocol;
mod session;
mod socket;
mod sse;
mod wanted;

use std::time::Duration;

use axum::response::Response as HttpResponse;
use futures_util::stream::BoxStream;
use passerelle_api::Answer;

pub(super) use answers::answers;
pub(super) use figures::{LiveFigures, Transport};
pub(super) use socket::{not_upgraded, upgraded};
pub(super) use wanted::{Form, Wanted};

/// Where nothing happens that is said so often, so that nobody on the way takes the connection for dead. Proxies wait for
/// a minute, clients for 15 s.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// The answers to one operation.
pub(super) type Answers = BoxStream<'static, Answer>;

/// Answers over HTTP, in the form that was asked for.
pub(super) fn streamed(form: Form, answers: Answers) -> HttpResponse {
    match form {
        Form::Events => sse::events(answers),
        Form::Multipart => multipart::parts(answers),
    }
}
