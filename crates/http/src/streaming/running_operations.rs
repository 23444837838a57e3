//! Running operations of one WebSocket.

use std::collections::HashMap;
use std::task::{Context, Poll};

use futures_util::stream::{
    self, AbortHandle, Abortable, BoxStream, SelectAll, StreamExt, abortable, select_all,
};
use passerelle_api::GraphqlResponse;

use super::protocol::OperationId;
use super::types::{Interrupted, ResponseStream};

/// The next response of an operation, or `None` if it is complete.
pub(super) type OperationEvent = (OperationId, Option<Result<GraphqlResponse, Interrupted>>);

/// Streams of the running operations, merged fairly, with a handle to abort each one.
pub(super) struct RunningOperations {
    running: SelectAll<Abortable<BoxStream<'static, OperationEvent>>>,
    handles: HashMap<OperationId, AbortHandle>,
}

impl RunningOperations {
    pub(super) fn new() -> Self {
        Self { running: select_all([]), handles: HashMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// Adds an operation. Its stream is polled only by [`Self::poll_next`].
    pub(super) fn start(&mut self, id: OperationId, responses: ResponseStream) {
        let name = id.clone();
        let event =
            responses.map(Some).chain(stream::iter([None])).map(move |response| (name.clone(), response));
        let (running, handle) = abortable(event.boxed());
        self.handles.insert(id, handle);
        self.running.push(running);
    }

    /// Stops an operation. It yields no further event, even if another operation reuses its id.
    pub(super) fn abort(&mut self, id: &OperationId) {
        if let Some(handle) = self.handles.remove(id) {
            handle.abort();
        }
    }

    /// Returns the next event of any operation. Pending if no operation runs.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<OperationEvent> {
        match self.running.poll_next_unpin(context) {
            Poll::Ready(Some((id, None))) => {
                self.handles.remove(&id);
                Poll::Ready((id, None))
            }
            Poll::Ready(Some(event)) => Poll::Ready(event),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
