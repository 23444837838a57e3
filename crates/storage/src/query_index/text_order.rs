//! Sort values of texts: numbers that order as the texts do.
//!
//! A cursor contains the sort values of a measure. They depend on the text only, so a cursor stays valid when
//! other measures change.

use passerelle_text::fold::fold;

/// Number of sort values of a text. Together they hold its first 28 bytes; texts that begin alike are in
/// document order.
const VALUES: usize = 4;
/// Bytes of one sort value. Seven bytes are never negative, so a value can be negated for the other
/// direction.
const BYTES: usize = 7;
/// Longest run of digits that is compared as a number.
const MAX_DIGITS: usize = 9;

/// Returns the sort values of a text. Case and accents are ignored, and numbers order by value: `1.9` is
/// before `1.10`.
pub(super) fn text_values(text: &str) -> [i64; VALUES] {
    let key = natural_key(&fold(text));
    let mut values = [0; VALUES];
    for (value, bytes) in values.iter_mut().zip(key.chunks(BYTES)) {
        let padded = bytes.iter().copied().chain([0; BYTES]).take(BYTES);
        *value = padded.fold(0, |value, byte| value << 8 | i64::from(byte));
    }
    values
}

/// Returns the first bytes of a folded text, with the number of digits before each number.
fn natural_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(VALUES * BYTES);
    let mut rest = text.as_bytes();
    while let Some(first) = rest.first().filter(|_| key.len() < VALUES * BYTES) {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            key.push(*first);
            rest = &rest[1..];
            continue;
        }
        let zeros = rest[..digits].iter().take_while(|byte| **byte == b'0').count();
        let number = &rest[zeros..digits];
        // `:` follows `9` in ASCII: longer numbers are after all others.
        key.push(b'0' + u8::try_from(number.len().min(MAX_DIGITS + 1)).unwrap_or_default());
        key.extend_from_slice(number);
        rest = &rest[digits..];
    }
    key.truncate(VALUES * BYTES);
    key
}

/// Words of priorities, most urgent first, folded. A priority contains one of them as a word.
const PRIORITIES: [&[&str]; 4] = [
    &["critique", "urgent", "urgente", "kritisch", "kritiek", "dringend", "critical"],
    &["haute", "haut", "elevee", "eleve", "forte", "prioritaire", "hoog", "hoge", "hoch", "hohe", "high"],
    &[
        "moyenne",
        "moyen",
        "moderee",
        "gemiddeld",
        "middel",
        "matig",
        "mittel",
        "mittlere",
        "medium",
        "moderate",
    ],
    &["basse", "bas", "faible", "laag", "lage", "niedrig", "niedrige", "gering", "low"],
];

/// Returns the sort values of a priority: its urgency, then its text. Unknown words come after the known
/// ones.
pub(super) fn priority_values(text: &str) -> [i64; VALUES + 1] {
    let folded = fold(text);
    let has = |word: &&str| folded.split(|letter: char| !letter.is_alphanumeric()).any(|own| own == *word);
    let urgency = PRIORITIES.iter().zip(0..).find(|(words, _)| words.iter().any(&has));
    let mut values = [0; VALUES + 1];
    values[0] = urgency.map_or(4, |(_, urgency)| urgency);
    values[1..].copy_from_slice(&text_values(text));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_order_by_letters_and_numbers() {
        let sorted = [
            "",
            "0",
            "1",
            "1.1",
            "1.1.3",
            "1.9",
            "1.10",
            "2",
            "10",
            "0999",
            "1234567890",
            "Action 4.2",
            "action 4.10",
            "Ämter",
            "eau",
            "École",
            "P1",
            "p2",
            "P10",
            "zone",
        ];
        for pair in sorted.windows(2) {
            assert!(text_values(pair[0]) < text_values(pair[1]), "{pair:?}");
        }
        assert_eq!(text_values("ÉCOLE"), text_values("ecole"));
        // Only the first bytes count.
        let long = "a".repeat(28);
        assert_eq!(text_values(&long), text_values(&format!("{long}b")));
        assert!(text_values(&"\u{10FFFF}".repeat(9)).iter().all(|value| *value >= 0));
    }

    #[test]
    fn priorities_order_by_urgency_in_four_languages() {
        for sorted in [
            ["Critique", "Priorité haute", "moyenne", "Faible", "1", "2"],
            ["dringend", "hoog", "gemiddeld", "laag", "P1", "P2"],
            ["dringend", "Hoch", "mittel", "gering", "A", "B"],
            ["urgent", "High", "Medium", "low", "other", "to define"],
        ] {
            for pair in sorted.windows(2) {
                assert!(priority_values(pair[0]) < priority_values(pair[1]), "{pair:?}");
            }
        }
    }
}
