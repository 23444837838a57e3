//! Bytes to text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_8, WINDOWS_1252};
use passerelle_model::diagnostic::Fault;

/// A document of more bytes is refused unread: 5 MiB is a thousand times what a person writes.
pub const MAX_BYTES: u64 = 5 * 1024 * 1024;
/// A NUL within this many bytes means that the file is no text, as Git decides it.
const BINARY_PROBE_BYTES: usize = 8 * 1024;
/// From this share of valid sequences on, bytes are UTF-8 with damage rather than another encoding.
const DAMAGED_SHARE: f64 = 0.95;

/// Text and how it was encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark, its lines ended by `\n`.
    pub text: String,
    /// The encoding's name by the Encoding Standard.
    pub encoding: &'static str,
    /// What to tell about the encoding, if anything.
    pub fault: Option<Fault>,
}

/// Why there is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The last character is cut in half: the file is still being written.
    Incomplete,
    /// The bytes are no text that is read here.
    Refused(Fault),
}

/// Whether the file may still be growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Half a character at the end means: wait.
    Possible,
    /// What is there is all that will come.
    Over,
}

/// UTF-8 with or without byte order mark, or Windows-1252.
pub fn decode(bytes: &[u8], growth: Growth) -> Result<Decoded, DecodeError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(DecodeError::Refused(Fault::TooLarge { bytes: bytes.len() as u64, limit: MAX_BYTES }));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(DecodeError::Refused(Fault::UnknownEncoding));
    }
    if bytes.iter().take(BINARY_PROBE_BYTES).any(|byte| *byte == 0) {
        return Err(DecodeError::Refused(Fault::Binary));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(decoded(text, UTF_8.name(), None)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let cut = error.error_len().is_none() && !before.is_ascii();
            if cut && growth == Growth::Possible {
                return Err(DecodeError::Incomplete);
            }
            not_quite_utf8(bytes)
        }
    }
}

fn decoded(text: &str, encoding: &'static str, fault: Option<Fault>) -> Decoded {
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    Decoded { text, encoding, fault }
}

fn not_quite_utf8(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of at most 5 million")]
    let share = valid as f64 / (valid + invalid) as f64;
    if share >= DAMAGED_SHARE {
        let text = String::from_utf8_lossy(bytes);
        return Ok(decoded(&text, UTF_8.name(), Some(Fault::DamagedUtf8 { replaced: invalid })));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"fr"), Utf8Detection::Deny);
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    // Bytes that Windows-1252 leaves undefined come out as C1 controls, which no text has.
    if guess != WINDOWS_1252 || text.chars().any(|character| matches!(character, '\u{80}'..='\u{9F}')) {
        return Err(DecodeError::Refused(Fault::UnknownEncoding));
    }
    let encoding = WINDOWS_1252.name();
    Ok(decoded(&text, encoding, Some(Fault::Transcoded { encoding })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<(String, &'static str), DecodeError> {
        decode(bytes, Growth::Possible).map(|decoded| (decoded.text, decoded.encoding))
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_leave_no_trace() {
        assert_eq!(text("\u{FEFF}été\r\nhiver".as_bytes()), Ok(("été\nhiver".to_owned(), "UTF-8")));
    }

    #[test]
    fn windows_1252_is_recognised_and_noted() {
        let bytes = b"R\xE9alis\xE9 : la mare de l\x92\xE9cole a \xE9t\xE9 creus\xE9e, \x80 12";
        let decoded = decode(bytes, Growth::Possible).unwrap();
        assert_eq!(decoded.text, "Réalisé : la mare de l’école a été creusée, € 12");
        assert_eq!(decoded.fault, Some(Fault::Transcoded { encoding: "windows-1252" }));
    }

    #[test]
    fn half_a_character_at_the_end_means_wait_and_then_damage() {
        let whole =
            "Réalisé, créé, relié, planté, creusé, semé, lié, égaré, pavé, délié, mêlé, été, né, hélé";
        let cut = &whole.as_bytes()[..whole.len() - 1];
        assert_eq!(text(cut), Err(DecodeError::Incomplete));
        let decoded = decode(cut, Growth::Over).unwrap();
        assert_eq!(decoded.fault, Some(Fault::DamagedUtf8 { replaced: 1 }));
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(text(b"PK\x03\x04\x00\x00"), Err(DecodeError::Refused(Fault::Binary)));
        assert_eq!(text(b"\xFF\xFEe\x00"), Err(DecodeError::Refused(Fault::UnknownEncoding)));
        let huge = vec![b'a'; usize::try_from(MAX_BYTES).unwrap() + 1];
        assert!(matches!(text(&huge), Err(DecodeError::Refused(Fault::TooLarge { .. }))));
    }
}
