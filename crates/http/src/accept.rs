//! Which media type an answer has, by the `Accept` header (RFC 9110, section 12.5.1, and the GraphQL-over-HTTP text).

use axum::http::{HeaderMap, header};

/// The media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status code speaks.
    GraphqlResponse,
    /// `application/json`: the status code is 200 for whatever is GraphQL.
    Json,
}

impl MediaType {
    /// The header's value.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn matches(self, range: &str) -> bool {
        match self {
            Self::GraphqlResponse => range == "application/graphql-response+json",
            Self::Json => matches!(range, "application/json" | "application/*" | "*/*"),
        }
    }
}

/// The media type that a client prefers of those that there are. None where it accepts neither.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
    if accepted.peek().is_none() {
        return Some(MediaType::Json);
    }
    let mut best: Option<(u16, MediaType)> = None;
    let ranges = accepted.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1_000, quality);
        let kind = [MediaType::GraphqlResponse, MediaType::Json].into_iter().find(|kind| kind.matches(&name));
        if let Some(kind) = kind
            && quality > 0
            && best.is_none_or(|(known, _)| quality > known)
        {
            best = Some((quality, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// A quality in thousandths; what is none is 0.
fn quality(text: &str) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and 1,000")]
    text.parse::<f32>().map_or(0, |quality| (quality.clamp(0.0, 1.0) * 1_000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        negotiate(&headers)
    }

    #[test]
    fn the_preferred_type_is_chosen() {
        let (graphql, json) = (Some(MediaType::GraphqlResponse), Some(MediaType::Json));
        assert_eq!(negotiate(&HeaderMap::new()), json);
        assert_eq!(of("*/*"), json);
        assert_eq!(of("application/graphql-response+json"), graphql);
        assert_eq!(of("application/graphql-response+json, application/json;q=0.9"), graphql);
        assert_eq!(of("application/json, application/graphql-response+json;q=0.9"), json);
        assert_eq!(of("application/graphql-response+json; charset=utf-8, */*;q=0.1"), graphql);
        assert_eq!(of("text/html, application/*;q=0.5"), json);
        assert_eq!(of("text/html"), None);
        assert_eq!(of("application/json;q=0"), None);
    }
}
