//! Response formats that a client accepts, from its `Accept` header.

use axum::http::{HeaderMap, header};
use passerelle_api::OperationKind;

use crate::accept::{MediaType, negotiate};

/// Format of a streamed HTTP response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamFormat {
    /// `text/event-stream`.
    Events,
    /// `multipart/mixed` with the parameter `subscriptionSpec`, as Apollo Client sends it.
    /// Other `multipart/mixed` types, such as that of `@defer`, are not supported.
    Multipart,
}

/// Formats that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AcceptedFormats {
    /// Preferred media type of a single response. `None` if no supported type is accepted.
    single: Option<MediaType>,
    /// Format of a streamed response. If several are accepted, the first one listed wins.
    stream: Option<StreamFormat>,
}

impl AcceptedFormats {
    /// Reads the `Accept` header.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let stream = accepted.flat_map(|value| value.split(',')).find_map(parse_stream_format);
        Self { single: negotiate(headers), stream }
    }

    /// Returns the media type of a response that is not streamed. `None` if no supported format is accepted.
    ///
    /// A client that accepts only streams gets errors as JSON.
    pub(crate) fn response_media_type(self) -> Option<MediaType> {
        self.single.or(self.stream.map(|_| MediaType::Json))
    }

    /// Returns true if the client can receive subscriptions.
    pub(crate) fn accepts_streams(self) -> bool {
        self.stream.is_some()
    }

    /// Returns the stream format if the client accepts no single response.
    pub(crate) fn required_stream_format(self) -> Option<StreamFormat> {
        self.stream.filter(|_| self.single.is_none())
    }

    /// Returns the stream format for an operation type. `None` means a single response.
    ///
    /// Some clients, such as urql, list all formats in every request. Their queries get JSON, because only
    /// single responses are cached.
    pub(crate) fn stream_format_for(self, operation_type: OperationKind) -> Option<StreamFormat> {
        self.stream.filter(|format| match operation_type {
            OperationKind::Subscription => true,
            OperationKind::Query | OperationKind::Mutation => {
                self.single.is_none() && *format == StreamFormat::Events
            }
        })
    }

    /// Returns true if the client accepts any format in which this operation type can be served.
    pub(crate) fn accepts(self, operation_type: OperationKind) -> bool {
        self.stream_format_for(operation_type).is_some()
            || (operation_type != OperationKind::Subscription && self.single.is_some())
    }
}

/// Parses one media range of `Accept`. Returns `None` for other types and for ranges with `q=0`.
fn parse_stream_format(range: &str) -> Option<StreamFormat> {
    let range = range.to_ascii_lowercase();
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let is_excluded = |(name, value): &(&str, &str)| *name == "q" && value.parse() == Ok(0.0_f32);
    if parameters.iter().any(is_excluded) {
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
    use OperationKind::{Query, Subscription};

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
        // urql sends the first value, Apollo Client sends the second one for `@defer`.
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
