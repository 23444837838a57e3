//! Ranges of the headers `Accept`, `Accept-Encoding` and `Accept-Language` (RFC 9110, section 12.4).

use axum::http::{HeaderMap, HeaderName};

/// Highest quality, in thousandths.
pub const FULL_QUALITY: u16 = 1_000;

/// One range of a header, for example `text/html;q=0.9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Name in lower case, without parameters: `text/html`, `gzip`, `fr-be`.
    pub name: String,
    /// Quality in thousandths. 0 means that the client does not accept the range.
    pub quality: u16,
}

/// Returns the ranges of a header, in the order in which the client names them.
pub fn ranges(headers: &HeaderMap, header: &HeaderName) -> impl Iterator<Item = Range> {
    let values = headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(FULL_QUALITY, parse_quality);
        Range { name, quality }
    })
}

/// Parses a quality value into thousandths. An invalid value gives 0.
fn parse_quality(text: &str) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1,000")]
    text.parse::<f32>().map_or(0, |quality| (quality.clamp(0.0, 1.0) * f32::from(FULL_QUALITY)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::ACCEPT;

    #[test]
    fn ranges_have_a_name_in_lower_case_and_a_quality() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, "Text/HTML;level=1;q=0.5, */*".parse().unwrap());
        headers.append(ACCEPT, "a/b;q=2, c/d;q=x".parse().unwrap());
        let found: Vec<(String, u16)> =
            ranges(&headers, &ACCEPT).map(|range| (range.name, range.quality)).collect();
        let expected = [("text/html", 500), ("*/*", 1_000), ("a/b", 1_000), ("c/d", 0)];
        assert_eq!(found, expected.map(|(name, quality)| (name.to_owned(), quality)));
    }
}
