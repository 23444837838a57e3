//! Detects the encoding of a document and converts its bytes to text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::TextEncoding;

use crate::source::saturating_u32;

/// Maximum size of a document in bytes (5 MiB). A larger document is rejected before it is decoded. Documents
/// written by editors are about a thousand times smaller.
pub const MAX_BYTES: u64 = 5 * 1024 * 1024;
/// Number of leading bytes that are searched for a NUL byte. A NUL marks a binary file, as in Git.
const BINARY_PROBE_BYTES: usize = 8 * 1024;

/// Decoded text and its encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text without a byte order mark. Every line ends with `\n`.
    pub text: String,
    /// Encoding of the bytes.
    pub encoding: TextEncoding,
    /// Diagnostic about the encoding. `None` for valid UTF-8.
    pub diagnostic: Option<DiagnosticKind>,
    /// Line of the first invalid byte, from 1. `None` if the diagnostic concerns the whole file.
    pub diagnostic_line: Option<u32>,
}

/// Reason for which bytes could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The last UTF-8 character is incomplete, so the file is still being written.
    Incomplete,
    /// The file is too large, binary, or in an unsupported encoding.
    Rejected(DiagnosticKind),
}

/// State of the file: complete, or possibly still being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteState {
    /// An incomplete last character gives [`DecodeError::Incomplete`].
    MayGrow,
    /// The file is final. An incomplete last character is replaced by U+FFFD.
    Complete,
}

/// Decodes UTF-8 (with or without a byte order mark), Windows-1252, or UTF-16 with a byte order mark.
///
/// # Errors
/// - [`DecodeError::Incomplete`] if the last character is incomplete and the file may grow. Try again later.
/// - [`DecodeError::Rejected`] if the file exceeds [`MAX_BYTES`], contains a NUL byte near its start, or
///   has another encoding.
pub fn decode(bytes: &[u8], write_state: WriteState) -> Result<Decoded, DecodeError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(DecodeError::Rejected(DiagnosticKind::TooLarge {
            bytes: bytes.len() as u64,
            limit: MAX_BYTES,
        }));
    }
    for (encoding, mark) in [(TextEncoding::Utf16Le, [0xFF, 0xFE]), (TextEncoding::Utf16Be, [0xFE, 0xFF])] {
        if let Some(units) = bytes.strip_prefix(&mark) {
            return decode_utf16(units, encoding, write_state);
        }
    }
    if bytes.iter().take(BINARY_PROBE_BYTES).any(|byte| *byte == 0) {
        return Err(DecodeError::Rejected(DiagnosticKind::Binary));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(to_decoded(text, TextEncoding::Utf8, None)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let ends_mid_character = error.error_len().is_none() && !before.is_ascii();
            if ends_mid_character && write_state == WriteState::MayGrow {
                return Err(DecodeError::Incomplete);
            }
            decode_invalid_utf8(bytes)
        }
    }
}

fn to_decoded(text: &str, encoding: TextEncoding, diagnostic: Option<DiagnosticKind>) -> Decoded {
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    Decoded { text, encoding, diagnostic, diagnostic_line: None }
}

/// Returns a text that an editor should save in UTF-8.
fn transcoded(text: &str, encoding: TextEncoding) -> Decoded {
    to_decoded(text, encoding, Some(DiagnosticKind::Transcoded { encoding: encoding.name() }))
}

/// Decodes UTF-16 without its byte order mark. Windows editors write it as "Unicode".
fn decode_utf16(
    units: &[u8],
    encoding: TextEncoding,
    write_state: WriteState,
) -> Result<Decoded, DecodeError> {
    if !units.len().is_multiple_of(2) && write_state == WriteState::MayGrow {
        return Err(DecodeError::Incomplete);
    }
    let decoder = if encoding == TextEncoding::Utf16Le { UTF_16LE } else { UTF_16BE };
    let (text, has_errors) = decoder.decode_without_bom_handling(units);
    if has_errors && units.len().is_multiple_of(2) {
        return Err(DecodeError::Rejected(DiagnosticKind::UnknownEncoding));
    }
    Ok(transcoded(&text, encoding))
}

/// Chooses between damaged UTF-8 and Windows-1252 by the defects of both readings.
///
/// As UTF-8, each invalid sequence is a lost character. As Windows-1252, each valid UTF-8 sequence becomes
/// two wrong ones (`Ã©`). Text in Windows-1252 almost never contains a valid sequence, because it would need
/// a letter such as `Ã` before a sign such as `©`.
fn decode_invalid_utf8(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    let mut first_line = None;
    let mut lines = 1;
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        lines += chunk.valid().matches('\n').count();
        if !chunk.invalid().is_empty() {
            invalid += 1;
            first_line.get_or_insert(lines);
        }
    }
    if valid > 0 && valid >= invalid {
        let text = String::from_utf8_lossy(bytes);
        let decoded =
            to_decoded(&text, TextEncoding::Utf8, Some(DiagnosticKind::InvalidUtf8 { replaced: invalid }));
        return Ok(Decoded { diagnostic_line: first_line.map(saturating_u32), ..decoded });
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"fr"), Utf8Detection::Deny);
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    // Bytes that Windows-1252 does not define decode to C1 control characters, which real text does not
    // contain.
    if guess != WINDOWS_1252 || text.chars().any(|character| matches!(character, '\u{80}'..='\u{9F}')) {
        return Err(DecodeError::Rejected(DiagnosticKind::UnknownEncoding));
    }
    Ok(transcoded(&text, TextEncoding::Windows1252))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<(String, &'static str), DecodeError> {
        decode(bytes, WriteState::MayGrow).map(|decoded| (decoded.text, decoded.encoding.name()))
    }

    #[test]
    fn byte_order_mark_and_carriage_returns_are_removed() {
        assert_eq!(text("\u{FEFF}été\r\nhiver".as_bytes()), Ok(("été\nhiver".to_owned(), "UTF-8")));
    }

    #[test]
    fn windows_1252_is_transcoded_with_a_notice() {
        let bytes = b"R\xE9alis\xE9 : la mare de l\x92\xE9cole a \xE9t\xE9 creus\xE9e, \x80 12";
        let decoded = decode(bytes, WriteState::MayGrow).unwrap();
        assert_eq!(decoded.text, "Réalisé : la mare de l’école a été creusée, € 12");
        assert_eq!(decoded.diagnostic, Some(DiagnosticKind::Transcoded { encoding: "windows-1252" }));
    }

    #[test]
    fn a_partial_last_character_is_incomplete_then_invalid_utf8() {
        let whole =
            "Réalisé, créé, relié, planté, creusé, semé, lié, égaré, pavé, délié, mêlé, été, né, hélé";
        let ends_mid_character = &whole.as_bytes()[..whole.len() - 1];
        assert_eq!(text(ends_mid_character), Err(DecodeError::Incomplete));
        let decoded = decode(ends_mid_character, WriteState::Complete).unwrap();
        assert_eq!(decoded.diagnostic, Some(DiagnosticKind::InvalidUtf8 { replaced: 1 }));
    }

    #[test]
    fn few_invalid_bytes_do_not_change_the_encoding() {
        let decoded =
            decode(b"# \xC3\x89t\xC3\xA9\n\nCaf\xE9, d\xC3\xA9j\xC3\xA0\n", WriteState::Complete).unwrap();
        assert_eq!(
            (decoded.text.as_str(), decoded.encoding.name()),
            ("# Été\n\nCaf\u{FFFD}, déjà\n", "UTF-8")
        );
        assert_eq!(decoded.diagnostic_line, Some(3));
        let latin = decode(b"\xC9t\xE9, caf\xE9, d\xE9j\xE0 vu \xC3\xA9", WriteState::Complete).unwrap();
        assert_eq!(latin.encoding, TextEncoding::Windows1252);
    }

    #[test]
    fn utf16_needs_a_byte_order_mark() {
        assert_eq!(text(b"\xFF\xFE\xC9\x00t\x00"), Ok(("Ét".to_owned(), "UTF-16LE")));
        assert_eq!(text(b"\xFE\xFF\x00\xC9\x00t"), Ok(("Ét".to_owned(), "UTF-16BE")));
        assert_eq!(text(b"\xFF\xFE\xC9"), Err(DecodeError::Incomplete));
    }

    #[test]
    fn binary_and_unknown_encodings_are_rejected() {
        assert_eq!(text(b"PK\x03\x04\x00\x00"), Err(DecodeError::Rejected(DiagnosticKind::Binary)));
        assert_eq!(
            text(b"\xA4\xCE\xA4\xDF\x8D\xA4\xB3"),
            Err(DecodeError::Rejected(DiagnosticKind::UnknownEncoding))
        );
        let huge = vec![b'a'; usize::try_from(MAX_BYTES).unwrap() + 1];
        assert!(matches!(text(&huge), Err(DecodeError::Rejected(DiagnosticKind::TooLarge { .. }))));
    }
}
