//! Media type of a single response, negotiated by `Accept` (RFC 9110, section 12.5.1, and GraphQL over HTTP).

use axum::http::{HeaderMap, header};

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
        let media_type = [MediaType::GraphqlResponseJson, MediaType::Json]
            .into_iter()
            .find(|media_type| media_type.matches(&name));
        if let Some(media_type) = media_type
            && quality > 0
            && best.is_none_or(|(best_quality, _)| quality > best_quality)
        {
            best = Some((quality, media_type));
        }
    }
    best.map(|(_, media_type)| media_type)
}

/// Parses a quality value into thousandths. An invalid value gives 0.
fn quality(text: &str) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1,000")]
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
