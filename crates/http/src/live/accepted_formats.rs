//! In which forms a client takes responses, by its `Accept` header.

use axum::http::{HeaderMap, header};
use passerelle_api::OperationType;

use super::super::accept::{MediaType, negotiate};

/// A response that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum StreamFormat {
    /// `text/event-stream`.
    Events,
    /// `multipart/mixed` with `subscriptionSpec`: Apollo Client's form, which no other `multipart/mixed` is.
    Multipart,
}

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct AcceptedFormats {
    /// What it takes where there is one response.
    single: Option<MediaType>,
    /// What it takes where there are several: of two, the one that it names first.
    stream: Option<StreamFormat>,
}

impl AcceptedFormats {
    /// Reads the header.
    pub(in super::super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let stream = accepted.flat_map(|value| value.split(',')).find_map(parse_stream_format);
        Self { single: negotiate(headers), stream }
    }

    /// The media type of a response that is not streamed. None where nothing that there is is accepted.
    pub(in super::super) fn response_media_type(self) -> Option<MediaType> {
        self.single.or(self.stream.map(|_| MediaType::Json))
    }

    /// Whether subscriptions can be answered.
    pub(in super::super) fn accepts_streams(self) -> bool {
        self.stream.is_some()
    }

    /// The form in which whatever is asked for is answered, if at all: nothing else is accepted.
    pub(in super::super) fn required_stream_format(self) -> Option<StreamFormat> {
        self.stream.filter(|_| self.single.is_none())
    }

    /// The form in which a operation_type of operation is answered; none where it is answered once. Clients that speak of all forms
    /// with every request, as urql does, get queries as JSON, which is kept.
    pub(in super::super) fn stream_format_for(self, operation_type: OperationType) -> Option<StreamFormat> {
        self.stream.filter(|format| match operation_type {
            OperationType::Subscription => true,
            OperationType::Query | OperationType::Mutation => {
                self.single.is_none() && *format == StreamFormat::Events
            }
        })
    }

    /// Whether a operation_type of operation has a form that is accepted at all.
    pub(in super::super) fn accepts(self, operation_type: OperationType) -> bool {
        self.stream_format_for(operation_type).is_some()
            || (operation_type != OperationType::Subscription && self.single.is_some())
    }
}

/// The form of a range of media types; none where it is another, or refused by `q=0`.
fn parse_stream_format(range: &str) -> Option<StreamFormat> {
    let range = range.to_ascii_lowercase();
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let is_refused = |(name, value): &(&str, &str)| *name == "q" && value.parse() == Ok(0.0_f32);
    if parameters.iter().any(is_refused) {
        return None;
    }
    match name {
        "text/event-stream" => Some(StreamFormat::Events),
        "multipart/mixed" if parameters.iter().any(|(name, _)| *name == "subscriptionspec") => {
            Some(StreamFormat::Multipart)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationType::{Query, Subscription};

    fn parse(accept: &str) -> AcceptedFormats {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        AcceptedFormats::of(&headers)
    }

    #[test]
    fn subscriptions_use_the_first_accepted_stream_format() {
        let form = |accept| parse(accept).stream_format_for(Subscription);
        assert_eq!(form("text/event-stream"), Some(StreamFormat::Events));
        assert_eq!(
            form("multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\", application/json"),
            Some(StreamFormat::Multipart)
        );
        assert_eq!(
            form("multipart/mixed;boundary=graphql;subscriptionSpec=1.0"),
            Some(StreamFormat::Multipart)
        );
        // Those of urql, and of Apollo Client for `@defer`.
        assert_eq!(form("text/event-stream, multipart/mixed"), Some(StreamFormat::Events));
        assert_eq!(form("multipart/mixed;deferSpec=20220824,application/json"), None);
        assert_eq!(form("application/json, text/event-stream;q=0"), None);
        assert!(!parse("application/json").accepts(Subscription) && !parse("*/*").accepts(Subscription));
    }

    #[test]
    fn queries_prefer_a_single_response() {
        let form = |accept| parse(accept).stream_format_for(Query);
        assert_eq!(form("application/graphql-response+json, application/json, text/event-stream"), None);
        assert_eq!(form("text/event-stream"), Some(StreamFormat::Events));
        assert_eq!(parse("text/event-stream").required_stream_format(), Some(StreamFormat::Events));
        assert_eq!(parse("text/event-stream, application/json").required_stream_format(), None);
        let multipart = parse("multipart/mixed;subscriptionSpec=1.0");
        assert!(multipart.accepts(Subscription) && !multipart.accepts(Query));
        assert!(parse("multipart/mixed;subscriptionSpec=1.0, application/json").accepts(Query));
        assert_eq!(AcceptedFormats::of(&HeaderMap::new()).response_media_type(), Some(MediaType::Json));
        assert_eq!(parse("text/html").response_media_type(), None);
    }
}
