//! The operations that are under way on one socket.

use std::collections::HashMap;
use std::task::{Context, Poll};

use futures_util::stream::{
    self, AbortHandle, Abortable, BoxStream, SelectAll, StreamExt, abortable, select_all,
};
use passerelle_api::Answer;

use super::Answers;
use super::protocol::OperationId;

/// What came of an operation: an answer, or none any more.
type Came = (OperationId, Option<Answer>);

/// Operations with their answers to come.
pub(super) struct Operations {
    running: SelectAll<Abortable<BoxStream<'static, Came>>>,
    handles: HashMap<OperationId, AbortHandle>,
}

impl Operations {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { running: select_all([]), handles: HashMap::new() }
    }

    /// Whether none is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// Begins to answer an operation.
    pub(super) fn begin(&mut self, id: OperationId, answers: Answers) {
        let name = id.clone();
        let came = answers.map(Some).chain(stream::iter([None])).map(move |answer| (name.clone(), answer));
        let (running, handle) = abortable(came.boxed());
        self.handles.insert(id, handle);
        self.running.push(running);
    }

    /// Drops an operation. Nothing comes of it any more, even if another gets its id.
    pub(super) fn end(&mut self, id: &OperationId) {
        if let Some(handle) = self.handles.remove(id) {
            handle.abort();
        }
    }

    /// What comes next, of whichever operation. Nothing is made before it is asked for.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Came> {
        match self.running.poll_next_unpin(context) {
            Poll::Ready(Some((id, None))) => {
                self.handles.remove(&id);
                Poll::Ready((id, None))
            }
            Poll::Ready(Some(came)) => Poll::Ready(came),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
