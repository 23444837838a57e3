//! In which forms a client takes answers, by its `Accept` header.

use axum::http::{HeaderMap, header};
use passerelle_api::OperationType;

use super::super::accept::{MediaType, negotiate};

/// A response that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// `text/event-stream`.
    Events,
    /// `multipart/mixed` with `subscriptionSpec`: Apollo Client's form, which no other `multipart/mixed` is.
    Multipart,
}

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Wanted {
    /// What it takes where there is one answer.
    once: Option<MediaType>,
    /// What it takes where there are several: of two, the one that it names first.
    stream: Option<Form>,
}

impl Wanted {
    /// Reads the header.
    pub(in super::super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let stream = accepted.flat_map(|value| value.split(',')).find_map(form);
        Self { once: negotiate(headers), stream }
    }

    /// The media type of an answer that is not streamed. None where nothing that there is is accepted.
    pub(in super::super) fn media(self) -> Option<MediaType> {
        self.once.or(self.stream.map(|_| MediaType::Json))
    }

    /// Whether subscriptions can be answered.
    pub(in super::super) fn is_live(self) -> bool {
        self.stream.is_some()
    }

    /// The form in which whatever is asked for is answered, if at all: nothing else is accepted.
    pub(in super::super) fn only(self) -> Option<Form> {
        self.stream.filter(|_| self.once.is_none())
    }

    /// The form in which a kind of operation is answered; none where it is answered once. Clients that speak of all forms
    /// with every request, as urql does, get queries as JSON, which is kept.
    pub(in super::super) fn form_of(self, kind: OperationType) -> Option<Form> {
        self.stream.filter(|form| match kind {
            OperationType::Subscription => true,
            OperationType::Query | OperationType::Mutation => self.once.is_none() && *form == Form::Events,
        })
    }

    /// Whether a kind of operation has a form that is accepted at all.
    pub(in super::super) fn takes(self, kind: OperationType) -> bool {
        self.form_of(kind).is_some() || (kind != OperationType::Subscription && self.once.is_some())
    }
}

/// The form of a range of media types; none where it is another, or refused by `q=0`.
fn form(range: &str) -> Option<Form> {
    let range = range.to_ascii_lowercase();
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let is_refused = |(name, value): &(&str, &str)| *name == "q" && value.parse() == Ok(0.0_f32);
    if parameters.iter().any(is_refused) {
        return None;
    }
    match name {
        "text/event-stream" => Some(Form::Events),
        "multipart/mixed" if parameters.iter().any(|(name, _)| *name == "subscriptionspec") => {
            Some(Form::Multipart)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationType::{Query, Subscription};

    fn of(accept: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Wanted::of(&headers)
    }

    #[test]
    fn a_subscription_is_answered_in_the_form_that_is_named_first() {
        let form = |accept| of(accept).form_of(Subscription);
        assert_eq!(form("text/event-stream"), Some(Form::Events));
        assert_eq!(
            form("multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\", application/json"),
            Some(Form::Multipart)
        );
        assert_eq!(form("multipart/mixed;boundary=graphql;subscriptionSpec=1.0"), Some(Form::Multipart));
        // Those of urql, and of Apollo Client for `@defer`.
        assert_eq!(form("text/event-stream, multipart/mixed"), Some(Form::Events));
        assert_eq!(form("multipart/mixed;deferSpec=20220824,application/json"), None);
        assert_eq!(form("application/json, text/event-stream;q=0"), None);
        assert!(!of("application/json").takes(Subscription) && !of("*/*").takes(Subscription));
    }

    #[test]
    fn a_query_is_answered_once_where_that_is_accepted() {
        let form = |accept| of(accept).form_of(Query);
        assert_eq!(form("application/graphql-response+json, application/json, text/event-stream"), None);
        assert_eq!(form("text/event-stream"), Some(Form::Events));
        assert_eq!(of("text/event-stream").only(), Some(Form::Events));
        assert_eq!(of("text/event-stream, application/json").only(), None);
        let multipart = of("multipart/mixed;subscriptionSpec=1.0");
        assert!(multipart.takes(Subscription) && !multipart.takes(Query));
        assert!(of("multipart/mixed;subscriptionSpec=1.0, application/json").takes(Query));
        assert_eq!(Wanted::of(&HeaderMap::new()).media(), Some(MediaType::Json));
        assert_eq!(of("text/html").media(), None);
    }
}
