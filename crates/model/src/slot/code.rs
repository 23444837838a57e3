//! Bytes as characters of a private plane, which no editor types and to which neither Markdown nor HTML gives a meaning.
//!
//! Each is four bytes of UTF-8 that begin with one that is rare in any other text, so that a text without any is told at
//! the speed of memory.

use memchr::memchr;

/// The first of the 256 characters that stand for bytes.
const FIRST: u32 = 0xF_0000;
/// The last character of those that are used.
const LAST: u32 = 0xF_01FF;
/// How many bytes each of them has.
const WIDTH: usize = 4;
/// The first of those bytes.
const FIRST_BYTE: u8 = 0xF3;
/// Before what can be filled at once.
const NOW: &str = "\u{F0100}";
/// Before what asks for something of other files.
const LATER: &str = "\u{F0102}";
/// After either.
const END: &str = "\u{F0101}";

/// Bytes in private characters. `is_later` says that they ask for something of other files.
pub(super) fn encode(bytes: &[u8], is_later: bool) -> String {
    let mut text = String::with_capacity((bytes.len() + 2) * WIDTH);
    text.push_str(if is_later { LATER } else { NOW });
    text.extend(bytes.iter().filter_map(|byte| char::from_u32(FIRST + u32::from(*byte))));
    text.push_str(END);
    text
}

/// Whether a text is something in private characters, or begins like it.
pub(super) fn is_encoded(text: &str) -> bool {
    text.starts_with(NOW) || text.starts_with(LATER)
}

/// What a text in private characters says.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let inside = text.strip_prefix(NOW).or_else(|| text.strip_prefix(LATER))?;
    inside.strip_suffix(END)?.chars().map(byte).collect()
}

/// The first letter in lower case of what a text in private characters says.
pub(super) fn first_letter(text: &str) -> Option<u8> {
    text.chars().skip(1).map_while(byte).find(u8::is_ascii_lowercase)
}

fn byte(character: char) -> Option<u8> {
    u8::try_from(u32::from(character).checked_sub(FIRST)?).ok()
}

/// Whether a text asks for something of other files.
pub(super) fn is_later(text: &str) -> bool {
    text.starts_with(LATER)
}

/// Where the first thing in private characters begins.
fn start(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = memchr(FIRST_BYTE, &text.as_bytes()[from..]) {
        let at = from + at;
        if is_encoded(&text[at..]) {
            return Some(at);
        }
        from = at + WIDTH;
    }
    None
}

/// Whether a text has slots.
pub fn has_slots(text: &str) -> bool {
    start(text).is_some()
}

/// The text without slots, and without any character that they could be written in.
pub fn without_slots(text: &str) -> String {
    if memchr(FIRST_BYTE, text.as_bytes()).is_none() {
        return text.to_owned();
    }
    text.chars().filter(|character| !(FIRST..=LAST).contains(&u32::from(*character))).collect()
}

/// A text cut before and behind each slot.
pub fn cut(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = start(rest) {
        if at > 0 {
            parts.push(&rest[..at]);
        }
        let characters = rest.as_bytes()[at..].chunks_exact(WIDTH);
        let length = characters.take_while(|character| *character != END.as_bytes()).count();
        // One that has no end is none, and takes with it what is written like it.
        let end = at + (length + 1) * WIDTH;
        let (slot, after) = rest[at..].split_at_checked(end - at).unwrap_or((&rest[at..], ""));
        parts.push(slot);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes = "{\"à\":1}".as_bytes();
        for later in [false, true] {
            let text = encode(bytes, later);
            assert_eq!(decode(&text), Some(bytes.to_vec()));
            assert_eq!(is_later(&text), later);
            assert_eq!(cut(&format!("é{text}\u{C1234}b{text}")), ["é", &text, "\u{C1234}b", &text]);
        }
        assert_eq!(decode("a"), None);
        assert_eq!(decode("\u{F0100}b\u{F0101}"), None);
    }

    #[test]
    fn a_text_is_cleaned_of_what_could_be_a_slot() {
        assert!(has_slots("a\u{F0102}"));
        assert!(!has_slots("a\u{F0001}\u{F1000}"));
        assert_eq!(without_slots("a\u{F0100}b\u{F0041}\u{F0101}\u{F1000}"), "ab\u{F1000}");
    }
}
