//! The words of a text that carry its meaning, in the form in which they are compared.
//!
//! Small words are left out, elisions (`l’`, `d’`, `qu’`) taken off, plurals and endings cut by the stemmers of the
//! [Snowball project](https://snowballstem.org), accents folded after that.

mod lists;

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};
use passerelle_model::language::Language;

use crate::fold::fold;

/// What a word is, beyond what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordKind {
    /// A word.
    Plain,
    /// A number, in digits or spelled out up to ten.
    Number,
    /// A word that turns a sentence into its contrary, such as `ne`, `sans` or `hors`.
    Negation,
    /// A word with a capital inside a sentence: a place, a person, an organisation.
    Name,
    /// Two capitals or more, or a capital that stands alone.
    Acronym,
}

/// A word as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case, without ending and accents. A number in digits.
    pub stem: String,
    /// What it is.
    pub kind: WordKind,
    /// Whether it stands in parentheses.
    pub in_parentheses: bool,
}

/// Whether a folded word says nothing by itself in a language: an article, a preposition.
pub fn is_small(language: Language, folded: &str) -> bool {
    lists::is_small(language, folded)
}

/// Whether a folded word before an apostrophe says nothing by itself: the `l` of `l’eau`.
pub fn is_elision(folded: &str) -> bool {
    lists::is_elision(folded)
}

/// What an abbreviation stands for that everybody in the country writes both ways.
pub fn in_full(folded: &str) -> Option<&'static str> {
    lists::in_full(folded)
}

/// What takes the endings off the words of a language.
pub fn stemmer(language: Language) -> Stemmer {
    Stemmer::new(match language {
        Language::Fr => Algorithm::French,
        Language::Nl => Algorithm::Dutch,
        Language::De => Algorithm::German,
        Language::En => Algorithm::English,
    })
}

/// Cuts texts of one language into words. It remembers the stems of those that it has met.
pub struct Analyzer {
    language: Language,
    stemmer: Stemmer,
    stems: HashMap<String, String>,
}

impl Analyzer {
    /// For texts of a language.
    pub fn new(language: Language) -> Self {
        Self { language, stemmer: stemmer(language), stems: HashMap::new() }
    }

    /// The words of a text that carry its meaning, in their order.
    pub fn words(&mut self, text: &str) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut depth = 0_usize;
        let mut is_start = true;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if !first.is_alphanumeric() {
                match first {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                is_start |= matches!(first, '.' | '!' | '?' | ':' | '\n' | '-' | '–' | '•');
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let end = rest.find(|character: char| !is_of_word(character)).unwrap_or(rest.len());
            let written = &rest[..end];
            rest = &rest[end..];
            let is_elided = rest.starts_with(['\'', '’', 'ʼ']);
            // The point médian and the hyphen of inclusive writing stand inside a word: `citoyen·ne·s`.
            if let Some(ending) = inclusive_ending(rest) {
                rest = &rest[ending..];
            }
            let folded = fold(written);
            if is_elided && lists::is_elision(&folded) {
                continue;
            }
            let kind = kind_of(written, &folded, is_start);
            is_start = false;
            if kind == WordKind::Plain && lists::is_small(self.language, &folded) {
                continue;
            }
            if lists::completes_lack(&folded) && words.last().is_some_and(|word| lists::is_lack(&word.stem)) {
                // `sans abri` is what somebody is, and no contrary of anything.
                if let Some(word) = words.last_mut() {
                    *word = Word {
                        stem: format!("{}-{}", word.stem, self.stem(written)),
                        kind: WordKind::Plain,
                        ..word.clone()
                    };
                }
                continue;
            }
            let stem = match kind {
                WordKind::Number => lists::number(&folded).unwrap_or(&folded).to_owned(),
                WordKind::Negation => folded,
                WordKind::Acronym => lists::in_full(&folded).map_or(folded, |full| self.stem(full)),
                WordKind::Plain | WordKind::Name => self.stem(written),
            };
            words.push(Word { stem, kind, in_parentheses: depth > 0 });
        }
        words
    }

    fn stem(&mut self, written: &str) -> String {
        let lower = written.to_lowercase();
        if let Some(stem) = self.stems.get(&lower) {
            return stem.clone();
        }
        let stem = fold(&self.stemmer.stem(&lower));
        self.stems.insert(lower, stem.clone());
        stem
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36F}' | '\u{AD}')
}

/// How many bytes of endings of inclusive writing follow a word: `·ne·s`.
fn inclusive_ending(rest: &str) -> Option<usize> {
    let mut length = 0;
    while let Some(ending) = rest[length..].strip_prefix(['·', '•']) {
        let letters = ending.find(|character: char| !character.is_alphabetic()).unwrap_or(ending.len());
        if letters == 0 || letters > 6 {
            break;
        }
        length = rest.len() - ending.len() + letters;
    }
    (length > 0).then_some(length)
}

fn kind_of(written: &str, folded: &str, is_start: bool) -> WordKind {
    if written.chars().all(|character| character.is_ascii_digit()) || lists::number(folded).is_some() {
        return WordKind::Number;
    }
    if lists::is_negation(folded) {
        return WordKind::Negation;
    }
    let capitals = written.chars().filter(|character| character.is_uppercase()).count();
    let letters = written.chars().filter(|character| character.is_alphabetic()).count();
    if capitals >= 2 && capitals * 2 > letters || (capitals == 1 && letters == 1 && !is_start) {
        return WordKind::Acronym;
    }
    let has_capital = written.chars().next().is_some_and(char::is_uppercase);
    if has_capital && !is_start { WordKind::Name } else { WordKind::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use WordKind::{Acronym, Name, Negation, Number, Plain};

    fn of(text: &str) -> Vec<(String, WordKind)> {
        let words = Analyzer::new(Language::Fr).words(text);
        words.into_iter().map(|word| (word.stem, word.kind)).collect()
    }

    fn stems(text: &str) -> Vec<String> {
        of(text).into_iter().map(|(stem, _)| stem).collect()
    }

    #[test]
    fn small_words_and_elisions_are_left_out() {
        assert_eq!(stems("L’arbre de la rue d'Ixelles"), stems("arbres, rues Ixelles"));
        assert_eq!(stems("les citoyen·ne·s"), stems("citoyen"));
        assert_eq!(stems("Systématiser l’évaluation"), stems("systématiser les évaluations"));
    }

    #[test]
    fn what_tells_rows_apart_has_its_kind() {
        let kinds = |text: &str| of(text).into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
        assert_eq!(kinds("Ouvrir 12 lieux à Anderlecht"), [Plain, Number, Plain, Name]);
        assert_eq!(
            kinds("Ne pas ouvrir deux lieux IHP"),
            [Negation, Negation, Plain, Number, Plain, Acronym]
        );
        assert_eq!(stems("lieux BXL"), stems("lieux Bruxelles"));
        assert_eq!(stems("deux"), ["2"]);
    }

    #[test]
    fn a_lack_that_names_somebody_is_no_negation() {
        assert_eq!(of("personnes sans abri"), of("personnes sans-abri"));
        assert_eq!(of("sans abri")[0].1, WordKind::Plain);
        assert_eq!(of("sans délai")[0].1, WordKind::Negation);
    }
}
