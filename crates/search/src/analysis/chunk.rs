//! A text cut into what is written in one: a word, or several that hyphens and signs join.

use std::ops::Range;

use passerelle_text::fold::fold;
use passerelle_text::words::is_elision;

use super::inclusive::{Inclusive, inclusive};

/// A word of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'t> {
    /// As it is written, without the endings of inclusive writing.
    pub written: &'t str,
    /// The endings of inclusive writing that follow it: those of `citoyen·ne·s`.
    pub(super) inclusive: Option<Inclusive<'t>>,
}

/// What is written in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk<'t> {
    /// Where it stands in the text, without what is elided before it.
    pub range: Range<usize>,
    /// Its words.
    pub parts: Vec<Part<'t>>,
    /// What stands between them, one less than there are words, or as many where a sign ends the chunk. A hyphen or an
    /// apostrophe is nothing.
    pub(super) joints: Vec<Option<char>>,
}

impl Chunk<'_> {
    /// Whether it is known as a whole too.
    pub fn is_compound(&self) -> bool {
        !self.joints.is_empty()
    }

    /// Whether it means nothing but as a whole: `0.5`, `9+9`, `2.6.b`.
    pub fn is_indivisible(&self) -> bool {
        let is_number = |part: &Part<'_>| part.written.bytes().all(|byte| byte.is_ascii_digit());
        self.joints.contains(&Some('.'))
            || (self.joints.contains(&Some('+')) && self.parts.len() > 1 && self.parts.iter().all(is_number))
    }

    /// How it is known as a whole: folded, without hyphens and apostrophes.
    pub fn whole(&self) -> String {
        let mut whole = String::new();
        let mut joints = self.joints.iter();
        for part in &self.parts {
            whole.push_str(&fold(part.written));
            whole.extend(joints.next().copied().flatten());
        }
        whole
    }
}

/// The chunks of a text, in their order.
#[derive(Clone, Debug)]
pub struct Chunks<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Chunks<'t> {
    /// Those of a text.
    pub fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the next chunk in the place of another. False where there is none.
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
                if is_silent(written) {
                    continue;
                }
                chunk.parts.push(Part { written, inclusive: None });
                chunk.joints.push(None);
                continue;
            }
            let inclusive = inclusive(written, &self.text[self.at..]);
            self.at += inclusive.as_ref().map_or(0, |inclusive| inclusive.length);
            chunk.parts.push(Part { written, inclusive });
            chunk.range.end = self.at;
            if !self.join(written, chunk) {
                return true;
            }
        }
        // What was elided before nothing.
        !chunk.parts.is_empty()
    }

    /// Goes behind the next word. Returns where it begins.
    fn word(&mut self) -> Option<usize> {
        let start = self.at + self.text[self.at..].find(char::is_alphanumeric)?;
        let rest = &self.text[start..];
        let length = rest.find(|character: char| !is_of_word(character)).unwrap_or(rest.len());
        self.at = start + length;
        Some(start)
    }

    /// The character so many after where it stands.
    fn after(&self, count: usize) -> Option<char> {
        self.text[self.at..].chars().nth(count)
    }

    fn is_word_at(&self, count: usize) -> bool {
        self.after(count).is_some_and(char::is_alphanumeric)
    }

    /// Whether the chunk goes on with another word.
    fn join(&mut self, written: &str, chunk: &mut Chunk<'t>) -> bool {
        let is_number = || written.bytes().all(|byte| byte.is_ascii_digit());
        let Some(sign) = self.after(0) else { return false };
        let joint = match sign {
            '-' | '\u{2010}' | '\u{2011}' if self.is_word_at(1) => None,
            '+' if self.is_word_at(1) => Some('+'),
            '&' if self.is_word_at(1) && written.chars().count() == 1 => Some('&'),
            '.' if is_number() && self.is_word_at(1) => Some('.'),
            // A decimal comma is a decimal point.
            ',' if is_number() && self.after(1).is_some_and(|next| next.is_ascii_digit()) => Some('.'),
            // A plan's categories: `2.6.b.g1`.
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

/// Whether what stands before an apostrophe is no word of its own.
fn is_silent(written: &str) -> bool {
    // `n’` says something, but it is said by `pas` too.
    written.len() <= 7 && matches!(fold(written).as_str(), word if word == "n" || is_elision(word))
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}')
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36F}' | '\u{AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut found = Vec::new();
        while chunks.read(&mut chunk) {
            let parts: Vec<&str> = chunk.parts.iter().map(|part| part.written).collect();
            let whole = if chunk.is_compound() { format!("={}", chunk.whole()) } else { String::new() };
            found.push(format!("{}{whole}", parts.join("|")));
        }
        found
    }

    #[test]
    fn elisions_are_no_words() {
        assert_eq!(of("l’évaluation, d'Ixelles et qu'on"), ["évaluation", "Ixelles", "et", "on"]);
        assert_eq!(of("aujourd’hui n’est pas"), ["aujourd|hui=aujourdhui", "est", "pas"]);
        assert_eq!(of("l’"), ["l"]);
    }

    #[test]
    fn what_hyphens_and_signs_join_is_one() {
        assert_eq!(of("sans-abri e-santé"), ["sans|abri=sansabri", "e|santé=esante"]);
        assert_eq!(of("LGBTQIA+, 65+ et C++"), ["LGBTQIA=lgbtqia+", "65=65+", "et", "C"]);
        assert_eq!(of("0.5 0,5 9+9 2.6.b R&D"), ["0|5=0.5", "0|5=0.5", "9|9=9+9", "2|6|b=2.6.b", "R|D=r&d"]);
        assert_eq!(of("La fin.Le début, 12. Et 3,"), ["La", "fin", "Le", "début", "12", "Et", "3"]);
        assert_eq!(of("un - deux -trois"), ["un", "deux", "trois"]);
    }

    #[test]
    fn a_chunk_stands_where_it_is_marked() {
        let text = "À l’e-santé !";
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        assert!(chunks.read(&mut chunk) && chunks.read(&mut chunk));
        assert_eq!(&text[chunk.range.clone()], "e-santé");
        assert!(!chunks.read(&mut chunk));
    }

    #[test]
    fn nothing_has_no_chunks() {
        assert_eq!(of(" ( [ * \" ^ ~ … — "), [""; 0]);
    }
}
