//! Encoding of bytes as private-use Unicode characters.
//!
//! Each character takes four bytes in UTF-8. The first byte is rare in other text, so `memchr` finds
//! quickly that a text has no placeholders.

use memchr::memchr;

/// First of the 256 characters that encode bytes.
const BYTE_BASE: u32 = 0xF_0000;
/// Last reserved character.
const LAST_RESERVED: u32 = 0xF_01FF;
/// Bytes of one private-use character in UTF-8.
const CHAR_BYTES: usize = 4;
/// First byte of every private-use character in UTF-8.
const LEAD_BYTE: u8 = 0xF3;
/// Starts a placeholder that needs no other file.
const LOCAL_MARKER: &str = "\u{F0100}";
/// Starts a placeholder that needs another file.
const DEFERRED_MARKER: &str = "\u{F0102}";
/// Ends a placeholder.
const END_MARKER: &str = "\u{F0101}";

/// Encodes bytes. `is_deferred` is true if filling needs another file.
pub(super) fn encode(bytes: &[u8], is_deferred: bool) -> String {
    let mut text = String::with_capacity((bytes.len() + 2) * CHAR_BYTES);
    text.push_str(if is_deferred { DEFERRED_MARKER } else { LOCAL_MARKER });
    text.extend(bytes.iter().filter_map(|byte| char::from_u32(BYTE_BASE + u32::from(*byte))));
    text.push_str(END_MARKER);
    text
}

/// Returns true if a text starts with an encoded placeholder.
pub(super) fn is_encoded(text: &str) -> bool {
    text.starts_with(LOCAL_MARKER) || text.starts_with(DEFERRED_MARKER)
}

/// Decodes a text in private-use characters. Returns `None` if it is malformed.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let inside = text.strip_prefix(LOCAL_MARKER).or_else(|| text.strip_prefix(DEFERRED_MARKER))?;
    inside.strip_suffix(END_MARKER)?.chars().map(decode_byte).collect()
}

/// Returns the first lower-case ASCII letter of the encoded content.
pub(super) fn first_letter(text: &str) -> Option<u8> {
    text.chars().skip(1).map_while(decode_byte).find(u8::is_ascii_lowercase)
}

fn decode_byte(character: char) -> Option<u8> {
    u8::try_from(u32::from(character).checked_sub(BYTE_BASE)?).ok()
}

/// Returns true if filling needs another file.
pub(super) fn is_deferred(text: &str) -> bool {
    text.starts_with(DEFERRED_MARKER)
}

/// Returns the byte offset of the first placeholder.
fn find_placeholder(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(offset) = memchr(LEAD_BYTE, &text.as_bytes()[from..]) {
        let offset = from + offset;
        if is_encoded(&text[offset..]) {
            return Some(offset);
        }
        from = offset + CHAR_BYTES;
    }
    None
}

/// Returns true if the text contains a placeholder.
pub fn has_placeholders(text: &str) -> bool {
    find_placeholder(text).is_some()
}

/// Removes all placeholders and all reserved characters.
pub fn strip_placeholders(text: &str) -> String {
    if memchr(LEAD_BYTE, text.as_bytes()).is_none() {
        return text.to_owned();
    }
    text.chars().filter(|character| !(BYTE_BASE..=LAST_RESERVED).contains(&u32::from(*character))).collect()
}

/// Splits a text before and after each placeholder.
pub fn split_placeholders(text: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut rest = text;
    while let Some(offset) = find_placeholder(rest) {
        if offset > 0 {
            segments.push(&rest[..offset]);
        }
        let characters = rest.as_bytes()[offset..].chunks_exact(CHAR_BYTES);
        let length = characters.take_while(|character| *character != END_MARKER.as_bytes()).count();
        // Without an end marker, the segment is the rest of the text. It does not decode.
        let end = offset + (length + 1) * CHAR_BYTES;
        let (placeholder, after) =
            rest[offset..].split_at_checked(end - offset).unwrap_or((&rest[offset..], ""));
        segments.push(placeholder);
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(rest);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_round_trips() {
        let bytes = "{\"à\":1}".as_bytes();
        for is_deferred in [false, true] {
            let text = encode(bytes, is_deferred);
            assert_eq!(decode(&text), Some(bytes.to_vec()));
            assert_eq!(super::is_deferred(&text), is_deferred);
            assert_eq!(
                split_placeholders(&format!("é{text}\u{C1234}b{text}")),
                ["é", &text, "\u{C1234}b", &text]
            );
        }
        assert_eq!(decode("a"), None);
        assert_eq!(decode("\u{F0100}b\u{F0101}"), None);
    }

    #[test]
    fn reserved_characters_are_stripped() {
        assert!(has_placeholders("a\u{F0102}"));
        assert!(!has_placeholders("a\u{F0001}\u{F1000}"));
        assert_eq!(strip_placeholders("a\u{F0100}b\u{F0041}\u{F0101}\u{F1000}"), "ab\u{F1000}");
    }
}
