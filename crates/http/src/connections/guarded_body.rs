//! Response body that ends the phase [`Phase::Request`] of its connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::phase::{ConnectionState, Phase};

/// Response body. The connection is idle when it is dropped, complete or not.
pub(super) struct GuardedBody {
    inner: Body,
    connection: Arc<ConnectionState>,
}

impl GuardedBody {
    /// Attaches a body to its connection.
    pub(super) fn new(inner: Body, connection: Arc<ConnectionState>) -> Self {
        Self { inner, connection }
    }
}

impl Drop for GuardedBody {
    fn drop(&mut self) {
        self.connection.enter(Phase::Idle);
    }
}

impl HttpBody for GuardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
