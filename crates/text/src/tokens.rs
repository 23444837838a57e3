//! Splits a text into significant words and reduces each to its stem.
//!
//! Stop words and elisions (`l’`, `d’`, `qu’`) are dropped. The stemmers of the [Snowball
//! project](https://snowballstem.org) remove endings. Accents are folded last.

mod word_lists;

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};
use passerelle_model::language::Language;

use crate::fold::fold;

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word without another kind.
    Plain,
    /// A number in digits, or in words up to ten.
    Number,
    /// A word that negates the sentence, for example `ne`, `sans` or `hors`.
    Negation,
    /// A capitalized word inside a sentence: a place, person or organization.
    Name,
    /// A word with two or more capitals, or a single capital letter.
    Acronym,
}

/// A significant word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Lower-case stem without accents. For a number, its digits.
    pub stem: String,
    /// Kind of the token.
    pub kind: TokenKind,
    /// True if the word is inside parentheses.
    pub in_parentheses: bool,
}

/// Returns true for an article, preposition or similar word of the language. `folded` is the result of
/// [`fold`].
pub fn is_stop_word(language: Language, folded: &str) -> bool {
    word_lists::is_stop_word(language, folded)
}

/// Returns true for the word before the apostrophe in an elision: the `l` of `l’eau`.
pub fn is_elision(folded: &str) -> bool {
    word_lists::is_elision(folded)
}

/// Returns the full form of a common abbreviation. Returns `None` for any other word.
pub fn expand_abbreviation(folded: &str) -> Option<&'static str> {
    word_lists::expand_abbreviation(folded)
}

/// Returns the stemmer of a language.
pub fn stemmer(language: Language) -> Stemmer {
    Stemmer::new(match language {
        Language::Fr => Algorithm::French,
        Language::Nl => Algorithm::Dutch,
        Language::De => Algorithm::German,
        Language::En => Algorithm::English,
    })
}

/// Splits texts of one language into tokens. Caches the stems of words.
pub struct Analyzer {
    language: Language,
    stemmer: Stemmer,
    stems: HashMap<String, String>,
}

impl Analyzer {
    /// Creates an analyzer with an empty cache.
    pub fn new(language: Language) -> Self {
        Self { language, stemmer: stemmer(language), stems: HashMap::new() }
    }

    /// Returns the significant words of a text, in order.
    pub fn tokens(&mut self, text: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut paren_depth = 0_usize;
        let mut is_sentence_start = true;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if !first.is_alphanumeric() {
                match first {
                    '(' | '[' => paren_depth += 1,
                    ')' | ']' => paren_depth = paren_depth.saturating_sub(1),
                    _ => {}
                }
                is_sentence_start |= matches!(first, '.' | '!' | '?' | ':' | '\n' | '-' | '–' | '•');
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let end = rest.find(|character: char| !is_word_char(character)).unwrap_or(rest.len());
            let spelling = &rest[..end];
            rest = &rest[end..];
            let is_elided = rest.starts_with(['\'', '’', 'ʼ']);
            // Inclusive endings belong to the word: `citoyen·ne·s`, `citoyen-ne-s`.
            if let Some(ending) = inclusive_ending(rest) {
                rest = &rest[ending..];
            }
            let folded = fold(spelling);
            if is_elided && word_lists::is_elision(&folded) {
                continue;
            }
            let kind = token_kind(spelling, &folded, is_sentence_start);
            is_sentence_start = false;
            if kind == TokenKind::Plain && word_lists::is_stop_word(self.language, &folded) {
                continue;
            }
            if word_lists::completes_privative(&folded)
                && tokens.last().is_some_and(|token| word_lists::starts_privative(&token.stem))
            {
                // `sans abri` names a group of people and does not negate the sentence.
                if let Some(token) = tokens.last_mut() {
                    *token = Token {
                        stem: format!("{}-{}", token.stem, self.stem(spelling)),
                        kind: TokenKind::Plain,
                        ..token.clone()
                    };
                }
                continue;
            }
            let stem = match kind {
                TokenKind::Number => word_lists::number(&folded).unwrap_or(&folded).to_owned(),
                TokenKind::Negation => folded,
                TokenKind::Acronym => {
                    word_lists::expand_abbreviation(&folded).map_or(folded, |full| self.stem(full))
                }
                TokenKind::Plain | TokenKind::Name => self.stem(spelling),
            };
            tokens.push(Token { stem, kind, in_parentheses: paren_depth > 0 });
        }
        tokens
    }

    fn stem(&mut self, spelling: &str) -> String {
        let lower = spelling.to_lowercase();
        if let Some(stem) = self.stems.get(&lower) {
            return stem.clone();
        }
        let stem = fold(&self.stemmer.stem(&lower));
        self.stems.insert(lower, stem.clone());
        stem
    }
}

/// Returns true for a character of a word: a letter, a digit, a combining mark or a soft hyphen.
pub fn is_word_char(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36F}' | '\u{AD}')
}

/// Returns the length in bytes of an inclusive ending, for example `·ne·s`.
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

fn token_kind(spelling: &str, folded: &str, is_sentence_start: bool) -> TokenKind {
    if spelling.chars().all(|character| character.is_ascii_digit()) || word_lists::number(folded).is_some() {
        return TokenKind::Number;
    }
    if word_lists::is_negation(folded) {
        return TokenKind::Negation;
    }
    let capitals = spelling.chars().filter(|character| character.is_uppercase()).count();
    let letters = spelling.chars().filter(|character| character.is_alphabetic()).count();
    if capitals >= 2 && capitals * 2 > letters || (capitals == 1 && letters == 1 && !is_sentence_start) {
        return TokenKind::Acronym;
    }
    let has_capital = spelling.chars().next().is_some_and(char::is_uppercase);
    if has_capital && !is_sentence_start { TokenKind::Name } else { TokenKind::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::{Acronym, Name, Negation, Number, Plain};

    fn analyze(text: &str) -> Vec<(String, TokenKind)> {
        let tokens = Analyzer::new(Language::Fr).tokens(text);
        tokens.into_iter().map(|token| (token.stem, token.kind)).collect()
    }

    fn stems(text: &str) -> Vec<String> {
        analyze(text).into_iter().map(|(stem, _)| stem).collect()
    }

    #[test]
    fn stop_words_and_elisions_are_dropped() {
        assert_eq!(stems("L’arbre de la rue d'Ixelles"), stems("arbres, rues Ixelles"));
        assert_eq!(stems("les citoyen·ne·s"), stems("citoyen"));
        assert_eq!(stems("Systématiser l’évaluation"), stems("systématiser les évaluations"));
    }

    #[test]
    fn numbers_names_negations_and_acronyms_are_classified() {
        let kinds = |text: &str| analyze(text).into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
        assert_eq!(kinds("Ouvrir 12 lieux à Anderlecht"), [Plain, Number, Plain, Name]);
        assert_eq!(
            kinds("Ne pas ouvrir deux lieux IHP"),
            [Negation, Negation, Plain, Number, Plain, Acronym]
        );
        assert_eq!(stems("lieux BXL"), stems("lieux Bruxelles"));
        assert_eq!(stems("deux"), ["2"]);
    }

    #[test]
    fn privative_compounds_are_not_negations() {
        assert_eq!(analyze("personnes sans abri"), analyze("personnes sans-abri"));
        assert_eq!(analyze("sans abri")[0].1, TokenKind::Plain);
        assert_eq!(analyze("sans délai")[0].1, TokenKind::Negation);
    }
}
