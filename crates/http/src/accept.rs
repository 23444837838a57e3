//! Media type of a single response, negotiated by `Accept` (RFC 9110, section 12.5.1, and GraphQL over HTTP).

use axum::http::{HeaderMap, header};
use passerelle_http_common::accept::ranges;

/// Media type of a GraphQL response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the HTTP status reflects the result.
    GraphqlResponseJson,
    /// `application/json`: the HTTP status of every GraphQL response is 200.
    Json,
}

impl MediaType {
    /// Returns the value of `Content-Type`.
    pub(super) fn header_value(self) -> &'static str {
        match self {
            Self::GraphqlResponseJson => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// Returns a number that differs between the types, for cache keys.
    pub(super) fn cache_variant(self) -> u8 {
        u8::from(self == Self::Json)
    }

    fn matches(self, range: &str) -> bool {
        match self {
            Self::GraphqlResponseJson => range == "application/graphql-response+json",
            Self::Json => matches!(range, "application/json" | "application/*" | "*/*"),
        }
    }
}

/// Returns the media type with the highest quality. JSON without `Accept`, `None` if neither type is
/// accepted.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(MediaType::Json);
    }
    let mut best: Option<(u16, MediaType)> = None;
    for range in ranges(headers, &header::ACCEPT) {
        let media_type = [MediaType::GraphqlResponseJson, MediaType::Json]
            .into_iter()
            .find(|media_type| media_type.matches(&range.name));
        if let Some(media_type) = media_type
            && range.quality > 0
            && best.is_none_or(|(best_quality, _)| range.quality > best_quality)
        {
            best = Some((range.quality, media_type));
        }
    }
    best.map(|(_, media_type)| media_type)
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
    fn highest_quality_media_type_wins() {
        let (graphql, json) = (Some(MediaType::GraphqlResponseJson), Some(MediaType::Json));
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
