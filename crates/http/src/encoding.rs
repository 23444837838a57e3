//! How the bytes of an answer are compressed, by `Accept-Encoding` (RFC 9110, section 12.5.3).

use std::io::Write;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Less than this is sent as it is: what is saved is lost again in the headers.
const WORTH_IT: usize = 1_024;
/// Half-way: most of the gain for little of the time.
const BROTLI_QUALITY: i32 = 5;
/// Brotli's default, as a power of two.
const BROTLI_WINDOW: i32 = 22;
const BUFFER: usize = 4_096;

/// The encodings that are spoken, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// The header's value; none for what is sent as it is.
    pub(super) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Brotli => Some(HeaderValue::from_static("br")),
        }
    }

    /// The best encoding that a client accepts.
    pub(super) fn negotiate(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
        let ranges = accepted.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        let known = ranges.filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let encoding = match parts.next()?.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => Self::Gzip,
                "br" => Self::Brotli,
                _ => return None,
            };
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            quality
                .is_none_or(|text| text.parse::<f32>().is_ok_and(|quality| quality > 0.0))
                .then_some(encoding)
        });
        known.max().unwrap_or(Self::Identity)
    }

    /// The bytes in this encoding, and which one they have then: what is small is left as it is.
    pub(super) fn encode(self, bytes: &Bytes) -> (Bytes, Self) {
        if self == Self::Identity || bytes.len() < WORTH_IT {
            return (bytes.clone(), Self::Identity);
        }
        match self.compressed(bytes) {
            Ok(compressed) => (compressed.into(), self),
            Err(error) => {
                tracing::error!(%error, "an answer could not be compressed");
                (bytes.clone(), Self::Identity)
            }
        }
    }

    fn compressed(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let compressed = Vec::with_capacity(bytes.len() / 4);
        match self {
            Self::Identity => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(compressed, Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Brotli => {
                let quality = BROTLI_QUALITY.cast_unsigned();
                let mut encoder =
                    brotli::CompressorWriter::new(compressed, BUFFER, quality, BROTLI_WINDOW.cast_unsigned());
                encoder.write_all(bytes)?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn of(accepted: &str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
        Encoding::negotiate(&headers)
    }

    #[test]
    fn the_best_encoding_is_chosen() {
        assert_eq!(Encoding::negotiate(&HeaderMap::new()), Encoding::Identity);
        assert_eq!(of("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(of("gzip;q=1.0, br;q=0"), Encoding::Gzip);
        assert_eq!(of("deflate"), Encoding::Identity);
        assert_eq!(of("GZIP"), Encoding::Gzip);
        assert_eq!(of("br;q=x"), Encoding::Identity);
    }

    #[test]
    fn what_is_compressed_is_read_again() {
        let text = Bytes::from("des joncs au bord de la mare ".repeat(200));
        let (gzip, encoding) = Encoding::Gzip.encode(&text);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(gzip.as_ref()).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), encoding), (text.as_ref(), Encoding::Gzip));
        let (brotli, encoding) = Encoding::Brotli.encode(&text);
        let mut read = Vec::new();
        brotli::Decompressor::new(brotli.as_ref(), 4_096).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), encoding), (text.as_ref(), Encoding::Brotli));
        assert!(brotli.len() < text.len() && gzip.len() < text.len());
        let small = Bytes::from_static(b"{}");
        assert_eq!(Encoding::Brotli.encode(&small), (small, Encoding::Identity));
    }
}
