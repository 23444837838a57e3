//! A rendered page as bytes.

use axum::body::Bytes;
use axum::http::StatusCode;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::response_cache::CachedResponse;

/// Page, ready to send.
#[derive(Clone, Debug)]
pub(crate) struct RenderedPage {
    pub(crate) status: StatusCode,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) encoding: ContentEncoding,
    /// Value of `Retry-After` in seconds.
    pub(crate) retry_after: Option<u64>,
    /// False if the response must not be cached.
    pub(crate) is_cacheable: bool,
}

impl CachedResponse for RenderedPage {
    fn size(&self) -> usize {
        self.bytes.len()
    }

    fn is_cacheable(&self) -> bool {
        self.is_cacheable
    }

    fn encoded(self, encoding: ContentEncoding) -> Self {
        let (bytes, encoding) = encoding.encode(&self.bytes);
        Self { bytes, encoding, ..self }
    }
}
