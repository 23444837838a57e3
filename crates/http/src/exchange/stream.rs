//! A request that is answered for as long as there is something to tell.

use std::pin::Pin;

use axum::response::Response as HttpResponse;
use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use passerelle_api::{Answer, Operation, OperationType, Params};

use super::super::cache::{Outcome, Rendered};
use super::super::live::{Answers, Form, Transport, answers, streamed};
use super::Exchange;

impl Exchange<'_> {
    /// Answers for as long as there is something to tell. What cannot be asked over HTTP at all is answered so; what is no
    /// operation is told as events where there are to be events, and as JSON to clients of multipart, which read both.
    pub(in super::super) fn stream(self, form: Form, operation: Result<Operation, Answer>) -> HttpResponse {
        let operation = match operation {
            Ok(operation) => operation,
            Err(answer) if form == Form::Events && answer.is_graphql() => {
                let told = self.told(answer);
                return self.named(streamed(form, Box::pin(stream::iter([told]))));
            }
            Err(answer) => return self.for_now(answer),
        };
        if let Err(wait) = self.charge(operation.tally.cost) {
            return self.slow_down(wait);
        }
        match form {
            Form::Events => {
                let answers = answers(self.shared, operation, Transport::Events, self.id.clone());
                self.named(streamed(form, answers))
            }
            Form::Multipart => {
                let answers = answers(self.shared, operation, Transport::Multipart, self.id.clone());
                self.parts(answers)
            }
        }
    }

    /// Answers in parts, unless the engine refuses the operation, which it does at once: then there is one answer, with the
    /// status of any other.
    fn parts(self, answers: Answers) -> HttpResponse {
        let mut answers = answers.peekable();
        let first = Pin::new(&mut answers).peek().now_or_never().flatten();
        if first.is_some_and(|answer| !answer.was_executed())
            && let Some(Some(refused)) = answers.next().now_or_never()
        {
            let rendered = Rendered::of(&refused, self.media, String::new);
            return self.end(rendered, Outcome::Pass);
        }
        self.named(streamed(Form::Multipart, Box::pin(answers)))
    }

    /// Answers in the one form that is accepted, if the kind of operation may be answered so.
    pub(in super::super) fn only(
        self,
        form: Form,
        params: Params,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> HttpResponse {
        let asked = self.shared.engine.find(params);
        let operation = asked.and_then(|asked| self.admitted(asked, assert_kind));
        self.stream(form, operation)
    }
}
