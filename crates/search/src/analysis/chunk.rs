//! Splits a text into chunks: words, and compounds of words that are joined by hyphens or signs.

use std::ops::Range;

use passerelle_text::fold::fold;
use passerelle_text::tokens::{is_elision, is_word_char};

use super::inclusive::{Inclusive, inclusive};

/// One word of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkPart<'t> {
    /// The word as written, without inclusive endings.
    pub written: &'t str,
    /// Inclusive endings after the word, for example `·ne·s` of `citoyen·ne·s`.
    pub(super) inclusive: Option<Inclusive<'t>>,
}

impl ChunkPart<'_> {
    /// Returns the number of meant words: one, plus the words of the inclusive endings.
    pub fn word_count(&self) -> usize {
        1 + self.inclusive.as_ref().map_or(0, |inclusive| inclusive.words(self.written).len())
    }
}

/// Word or compound, for example `école` or `sans-abri`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk<'t> {
    /// Byte range in the text, without an elided word before it: `été` of `l’été`.
    pub range: Range<usize>,
    /// Words of the compound; one for a plain word.
    pub parts: Vec<ChunkPart<'t>>,
    /// Sign after each word. Has no entry for the last word, unless a sign ends the chunk (`65+`). `None` for
    /// a hyphen or an apostrophe, which the joined form leaves out.
    pub(super) joints: Vec<Option<char>>,
}

impl Chunk<'_> {
    /// Returns true if the chunk has a joined form.
    pub fn is_compound(&self) -> bool {
        !self.joints.is_empty()
    }

    /// Returns true if the words have no meaning of their own: `0.5`, `9+9`, `2.6.b`.
    pub fn is_indivisible(&self) -> bool {
        let is_number = |part: &ChunkPart<'_>| part.written.bytes().all(|byte| byte.is_ascii_digit());
        self.joints.contains(&Some('.'))
            || (self.joints.contains(&Some('+')) && self.parts.len() > 1 && self.parts.iter().all(is_number))
    }

    /// Returns the joined form: folded, without hyphens and apostrophes.
    pub fn joined(&self) -> String {
        let mut joined = String::new();
        let mut joints = self.joints.iter();
        for part in &self.parts {
            joined.push_str(&fold(part.written));
            joined.extend(joints.next().copied().flatten());
        }
        joined
    }
}

/// Chunks of a text, in order.
#[derive(Clone, Debug)]
pub struct Chunks<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Chunks<'t> {
    /// Starts at the beginning of a text.
    pub fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the next chunk into `chunk`, whose buffers are reused. Returns `false` at the end of the text.
    pub fn read(&mut self, chunk: &mut Chunk<'t>) -> bool {
        chunk.parts.clear();
        chunk.joints.clear();
        while let Some(start) = self.word() {
            if chunk.parts.is_empty() {
                chunk.range.start = start;
            }
            let written = &self.text[start..self.at];
            if self.after(0).is_some_and(is_apostrophe) && self.is_word_at(1) {
                self.at += self.after(0).map_or(0, char::len_utf8);
                if is_elided(written) {
                    continue;
                }
                chunk.parts.push(ChunkPart { written, inclusive: None });
                chunk.joints.push(None);
                continue;
            }
            let inclusive = inclusive(written, &self.text[self.at..]);
            self.at += inclusive.as_ref().map_or(0, |inclusive| inclusive.length);
            chunk.parts.push(ChunkPart { written, inclusive });
            chunk.range.end = self.at;
            if !self.join(written, chunk) {
                return true;
            }
        }
        // An elided word at the end of the text, as in `l’`.
        !chunk.parts.is_empty()
    }

    /// Moves behind the next word. Returns its first byte.
    fn word(&mut self) -> Option<usize> {
        let start = self.at + self.text[self.at..].find(char::is_alphanumeric)?;
        let rest = &self.text[start..];
        let length = rest.find(|character: char| !is_word_char(character)).unwrap_or(rest.len());
        self.at = start + length;
        Some(start)
    }

    /// Returns the character `count` characters after the current position.
    fn after(&self, count: usize) -> Option<char> {
        self.text[self.at..].chars().nth(count)
    }

    fn is_word_at(&self, count: usize) -> bool {
        self.after(count).is_some_and(char::is_alphanumeric)
    }

    /// Adds the joint after a word. Returns true if the chunk continues with another word.
    fn join(&mut self, written: &str, chunk: &mut Chunk<'t>) -> bool {
        let is_number = || written.bytes().all(|byte| byte.is_ascii_digit());
        let Some(sign) = self.after(0) else { return false };
        let joint = match sign {
            '-' | '\u{2010}' | '\u{2011}' if self.is_word_at(1) => None,
            '+' if self.is_word_at(1) => Some('+'),
            '&' if self.is_word_at(1) && written.chars().count() == 1 => Some('&'),
            '.' if is_number() && self.is_word_at(1) => Some('.'),
            // A decimal comma equals a decimal point.
            ',' if is_number() && self.after(1).is_some_and(|next| next.is_ascii_digit()) => Some('.'),
            // Path of a category: `2.6.b.g1`.
            '.' if chunk.joints.contains(&Some('.')) && self.is_word_at(1) => Some('.'),
            '+' if self.after(1) != Some('+') => {
                chunk.joints.push(Some('+'));
                self.at += 1;
                chunk.range.end = self.at;
                return false;
            }
            _ => return false,
        };
        chunk.joints.push(joint);
        self.at += sign.len_utf8();
        true
    }
}

/// Returns true if a word before an apostrophe is an article or pronoun without its vowel, as in `l’école`.
fn is_elided(written: &str) -> bool {
    // `n’` is a negation, but `pas` follows and says the same.
    written.len() <= 7 && matches!(fold(written).as_str(), word if word == "n" || is_elision(word))
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut found = Vec::new();
        while chunks.read(&mut chunk) {
            let parts: Vec<&str> = chunk.parts.iter().map(|part| part.written).collect();
            let whole = if chunk.is_compound() { format!("={}", chunk.joined()) } else { String::new() };
            found.push(format!("{}{whole}", parts.join("|")));
        }
        found
    }

    #[test]
    fn elided_words_are_dropped() {
        assert_eq!(of("l’évaluation, d'Ixelles et qu'on"), ["évaluation", "Ixelles", "et", "on"]);
        assert_eq!(of("aujourd’hui n’est pas"), ["aujourd|hui=aujourdhui", "est", "pas"]);
        assert_eq!(of("l’"), ["l"]);
    }

    #[test]
    fn hyphens_and_signs_join_words_to_a_compound() {
        assert_eq!(of("sans-abri e-santé"), ["sans|abri=sansabri", "e|santé=esante"]);
        assert_eq!(of("LGBTQIA+, 65+ et C++"), ["LGBTQIA=lgbtqia+", "65=65+", "et", "C"]);
        assert_eq!(of("0.5 0,5 9+9 2.6.b R&D"), ["0|5=0.5", "0|5=0.5", "9|9=9+9", "2|6|b=2.6.b", "R|D=r&d"]);
        assert_eq!(of("La fin.Le début, 12. Et 3,"), ["La", "fin", "Le", "début", "12", "Et", "3"]);
        assert_eq!(of("un - deux -trois"), ["un", "deux", "trois"]);
    }

    #[test]
    fn the_range_of_a_chunk_excludes_the_elided_word() {
        let text = "À l’e-santé !";
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        assert!(chunks.read(&mut chunk) && chunks.read(&mut chunk));
        assert_eq!(&text[chunk.range.clone()], "e-santé");
        assert!(!chunks.read(&mut chunk));
    }

    #[test]
    fn a_text_without_letters_and_digits_has_no_chunks() {
        assert_eq!(of(" ( [ * \" ^ ~ … — "), [""; 0]);
    }
}
