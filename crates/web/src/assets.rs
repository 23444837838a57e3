//! Style sheet and scripts. They are compiled into the binary and named after their content.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_model::checksum::Checksum;

/// Route of the files.
pub(crate) const ROUTE: &str = "/web-assets/{name}";
/// A new version of a file has another name, so a browser may keep each for a year.
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";
/// Number of hex digits of the checksum in a name (64 bits).
const CHECKSUM_DIGITS: usize = 16;

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One file in each encoding.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) name: String,
    media_type: &'static str,
    encodings: [(ContentEncoding, Bytes); 3],
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, text: &'static str) -> Self {
        let checksum = Checksum::of(text.as_bytes()).to_string();
        let digits = checksum.get(..CHECKSUM_DIGITS).unwrap_or_default();
        let bytes = Bytes::from_static(text.as_bytes());
        let encode = |encoding: ContentEncoding| {
            let (encoded, used) = encoding.encode(&bytes);
            (used, encoded)
        };
        Self {
            name: format!("{stem}.{digits}.{extension}"),
            media_type,
            encodings: [ContentEncoding::Identity, ContentEncoding::Gzip, ContentEncoding::Brotli]
                .map(encode),
        }
    }

    /// Returns the address of the file.
    pub(crate) fn url(&self) -> String {
        ROUTE.replace("{name}", &self.name)
    }

    pub(crate) fn response(&self, headers: &HeaderMap) -> Response {
        let wanted = ContentEncoding::negotiate(headers);
        let [identity, ..] = &self.encodings;
        let found = self.encodings.iter().find(|(encoding, _)| *encoding == wanted).unwrap_or(identity);
        let (encoding, bytes) = found;
        let mut response = Response::new(Body::from(bytes.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(value) = encoding.header_value() {
            headers.insert(header::CONTENT_ENCODING, value);
        }
        response
    }
}

/// All files.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) style: Asset,
    /// Script of the pages that follow the content.
    pub(crate) live: Asset,
    /// Script of the pages to which a file can be dropped.
    pub(crate) drop: Asset,
}

impl Assets {
    pub(crate) fn new() -> Self {
        Self {
            style: Asset::new("site", "css", STYLE, include_str!("../assets/site.css")),
            live: Asset::new("live", "js", SCRIPT, include_str!("../assets/live.js")),
            drop: Asset::new("drop", "js", SCRIPT, include_str!("../assets/drop.js")),
        }
    }

    pub(crate) fn all(&self) -> [&Asset; 3] {
        [&self.style, &self.live, &self.drop]
    }

    /// Returns the names of all files. They change with the content of any.
    pub(crate) fn names(&self) -> String {
        self.all().map(|asset| asset.name.as_str()).join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_their_content_and_small() {
        let assets = Assets::new();
        assert_eq!(assets.style.url(), format!("/web-assets/{}", assets.style.name));
        let other = Asset::new("site", "css", STYLE, "a{}");
        assert_ne!(other.name, assets.style.name);
        for asset in assets.all() {
            let [(_, identity), (_, gzip), (_, brotli)] = &asset.encodings;
            // A file below a packet is not compressed.
            assert!(identity.len() < 20_000, "{}", asset.name);
            assert!(brotli.len() <= gzip.len(), "{}", asset.name);
        }
    }
}
