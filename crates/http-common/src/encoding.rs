//! Compression of responses, negotiated by `Accept-Encoding` (RFC 9110, section 12.5.3).

use std::io::Write;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::accept::ranges;

/// Minimum size for compression in bytes. A smaller response fits into one packet anyway.
const MIN_COMPRESSIBLE_BYTES: usize = 1_024;
/// Medium quality (0 to 11): most of the size reduction at a small part of the time.
const BROTLI_QUALITY: i32 = 5;
/// Base-2 logarithm of the window size. 22 is the default of Brotli.
const BROTLI_WINDOW_BITS: i32 = 22;
const BUFFER_BYTES: usize = 4_096;

/// Supported content encodings, in ascending order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentEncoding {
    /// No compression.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl ContentEncoding {
    /// Returns the value of `Content-Encoding`. `None` for uncompressed bytes.
    pub fn header_value(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Brotli => Some(HeaderValue::from_static("br")),
        }
    }

    /// Returns the encoding with the highest quality that the client accepts. Brotli wins over gzip at the
    /// same quality, and gzip over no compression.
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let identity = quality_of(headers, &["identity"]).unwrap_or(0);
        let candidates = [Self::Gzip, Self::Brotli].map(|encoding| (encoding, encoding.quality(headers)));
        let accepted = candidates.into_iter().filter(|(_, quality)| *quality > 0 && *quality >= identity);
        let best = accepted.max_by_key(|(encoding, quality)| (*quality, *encoding));
        best.map_or(Self::Identity, |(encoding, _)| encoding)
    }

    /// Returns true if the client accepts an encoding, preferred or not.
    pub fn accepts(headers: &HeaderMap, encoding: Self) -> bool {
        encoding == Self::Identity || encoding.quality(headers) > 0
    }

    /// Returns the quality that a client gives to an encoding, in thousandths. 0 if it does not name it.
    fn quality(self, headers: &HeaderMap) -> u16 {
        let names: &[&str] = match self {
            Self::Identity => &["identity"],
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
        };
        quality_of(headers, names).unwrap_or(0)
    }

    /// Compresses bytes and returns the encoding that was used. Small bytes stay uncompressed.
    pub fn encode(self, bytes: &Bytes) -> (Bytes, Self) {
        if self == Self::Identity || bytes.len() < MIN_COMPRESSIBLE_BYTES {
            return (bytes.clone(), Self::Identity);
        }
        match self.compress(bytes) {
            Ok(compressed) => (compressed.into(), self),
            Err(error) => {
                tracing::error!(%error, "response compression failed; sending it uncompressed");
                (bytes.clone(), Self::Identity)
            }
        }
    }

    fn compress(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
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
                let mut encoder = brotli::CompressorWriter::new(
                    compressed,
                    BUFFER_BYTES,
                    quality,
                    BROTLI_WINDOW_BITS.cast_unsigned(),
                );
                encoder.write_all(bytes)?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
        }
    }
}

/// Returns the quality of the first range of `Accept-Encoding` with one of these names.
fn quality_of(headers: &HeaderMap, names: &[&str]) -> Option<u16> {
    ranges(headers, &header::ACCEPT_ENCODING)
        .find(|range| names.contains(&range.name.as_str()))
        .map(|range| range.quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn of(accept_encoding: &str) -> ContentEncoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept_encoding.parse().unwrap());
        ContentEncoding::negotiate(&headers)
    }

    #[test]
    fn best_accepted_encoding_is_selected() {
        assert_eq!(ContentEncoding::negotiate(&HeaderMap::new()), ContentEncoding::Identity);
        assert_eq!(of("gzip, deflate, br, zstd"), ContentEncoding::Brotli);
        assert_eq!(of("gzip;q=1.0, br;q=0"), ContentEncoding::Gzip);
        assert_eq!(of("deflate"), ContentEncoding::Identity);
        assert_eq!(of("GZIP"), ContentEncoding::Gzip);
        assert_eq!(of("br;q=x"), ContentEncoding::Identity);
        assert_eq!(of("gzip;q=1, br;q=0.1"), ContentEncoding::Gzip);
        assert_eq!(of("gzip;q=0.5, br;q=0.5"), ContentEncoding::Brotli);
        assert_eq!(of("identity, gzip;q=0.5"), ContentEncoding::Identity);
        assert_eq!(of("br;q=NaN"), ContentEncoding::Identity);
    }

    #[test]
    fn compressed_bytes_round_trip() {
        let text = Bytes::from("des joncs au bord de la mare ".repeat(200));
        let (gzip, encoding) = ContentEncoding::Gzip.encode(&text);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(gzip.as_ref()).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), encoding), (text.as_ref(), ContentEncoding::Gzip));
        let (brotli, encoding) = ContentEncoding::Brotli.encode(&text);
        let mut read = Vec::new();
        brotli::Decompressor::new(brotli.as_ref(), 4_096).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), encoding), (text.as_ref(), ContentEncoding::Brotli));
        assert!(brotli.len() < text.len() && gzip.len() < text.len());
        let small = Bytes::from_static(b"{}");
        assert_eq!(ContentEncoding::Brotli.encode(&small), (small, ContentEncoding::Identity));
    }
}
