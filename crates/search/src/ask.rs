//! A question as somebody types it: plain words, without operators.

use std::collections::HashSet;

use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::words::is_small;

use crate::analysis::{Analyzer, Chunk, Chunks, MARK};

/// More words than this are not looked at: nobody types them.
pub const MOST_WORDS: usize = 24;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The words that a hit should have, in their order.
    pub(crate) words: Vec<AskedWord>,
    /// The number of a measure, where that is all that is asked for.
    pub(crate) number: Option<u64>,
}

/// A word, or what is written in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskedWord {
    /// As it was typed.
    pub(crate) written: String,
    /// Two capitals or more and nothing else: it means itself.
    pub(crate) is_acronym: bool,
    /// Whether it may be the beginning of a word.
    pub(crate) is_open: bool,
    /// How it is known as a whole, where it is made of several words.
    pub(crate) whole: Option<String>,
    /// Whether it means nothing but as a whole.
    pub(crate) is_indivisible: bool,
    /// For each language that is looked in the terms of each of its words.
    pub(crate) readings: Vec<(Language, Vec<WordTerms>)>,
}

/// What a word is looked for by, in a language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WordTerms {
    /// The word itself, in all that it means where its writing is inclusive.
    pub(crate) exact: Vec<String>,
    /// What has another ending.
    pub(crate) alike: Vec<String>,
}

impl Asked {
    /// Reads a question, to be looked for in some languages.
    pub(crate) fn read(text: &str, languages: &[Language]) -> Self {
        let mut analyzers: Vec<_> = languages.iter().map(|lang| (*lang, Analyzer::new(*lang))).collect();
        let mut words: Vec<(AskedWord, bool)> = Vec::new();
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        while words.len() < MOST_WORDS && chunks.read(&mut chunk) {
            let word = AskedWord::read(&text[chunk.range.clone()], &chunk, &mut analyzers);
            let is_known = words.iter().any(|(known, _)| known.readings == word.readings);
            let is_small = says_nothing(&chunk);
            if !is_known {
                words.push((word, is_small));
            }
        }
        if let Some((last, _)) = words.last_mut() {
            // What ends in a sign was typed to its end.
            last.is_open = text.ends_with(char::is_alphanumeric) && !last.is_acronym;
        }
        let number = number_of(&words);
        let has_content = words.iter().any(|(_, is_small)| !is_small);
        let kept = words.into_iter().filter(|(_, is_small)| !(has_content && *is_small));
        Self { words: kept.map(|(word, _)| word).collect(), number }
    }
}

impl AskedWord {
    fn read(written: &str, chunk: &Chunk<'_>, analyzers: &mut [(Language, Analyzer)]) -> Self {
        let readings = analyzers.iter_mut().map(|(lang, analyzer)| {
            let parts =
                chunk.parts.iter().filter(|part| chunk.parts.len() == 1 || part.written.chars().count() > 1);
            (*lang, parts.map(|part| WordTerms::of(&analyzer.terms_of(part))).collect())
        });
        Self {
            written: written.to_owned(),
            is_acronym: is_acronym(chunk),
            is_open: false,
            whole: chunk.is_compound().then(|| chunk.whole()),
            is_indivisible: chunk.is_indivisible(),
            readings: readings.collect(),
        }
    }
}

/// Whether a text of a language is found by a question, had it nothing but the words that it needs to have.
pub fn finds(question: &str, text: &str, lang: Language) -> bool {
    let mut analyzer = Analyzer::new(lang);
    let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
    let mut terms: HashSet<String> = HashSet::new();
    while chunks.read(&mut chunk) {
        analyzer.each_term(&chunk, &mut |term| terms.extend([term.to_owned()]));
    }
    let has = |word: &WordTerms| word.exact.iter().chain(&word.alike).any(|term| terms.contains(term));
    let asked = Asked::read(question, &[lang]);
    !asked.words.is_empty() && asked.words.iter().all(|word| word.is_in(&terms, &has))
}

impl AskedWord {
    fn is_in(&self, terms: &HashSet<String>, has: &impl Fn(&WordTerms) -> bool) -> bool {
        let is_whole = self.whole.as_ref().is_some_and(|whole| terms.contains(whole));
        let has_all = |parts: &Vec<WordTerms>| !parts.is_empty() && parts.iter().all(has);
        is_whole || !self.is_indivisible && self.readings.iter().any(|(_, parts)| has_all(parts))
    }
}

impl WordTerms {
    fn of(terms: &[String]) -> Self {
        let mut found = Self::default();
        for term in terms {
            match term.strip_prefix(MARK) {
                // A word that is its own stem is in the index as a word.
                Some(stem) => found.alike.extend([term.clone(), stem.to_owned()]),
                None => {
                    found.exact.push(term.clone());
                    found.alike.push(format!("{MARK}{term}"));
                }
            }
        }
        found.alike.retain(|term| !found.exact.contains(term));
        found
    }
}

/// `CPAS`, `LGBTQIA+`: short and all in capitals.
fn is_acronym(chunk: &Chunk<'_>) -> bool {
    const LONGEST: usize = 8;
    let mut letters =
        chunk.parts.iter().flat_map(|part| part.written.chars()).filter(|letter| letter.is_alphabetic());
    let count = letters.clone().count();
    (2..=LONGEST).contains(&count) && letters.all(char::is_uppercase)
}

/// Whether a word is one that a question may have and its answer need not.
fn says_nothing(chunk: &Chunk<'_>) -> bool {
    let is_nothing = |written: &str| {
        let word = fold(written);
        let is_asked = QUESTIONS.contains(&word.as_str());
        is_asked || Language::ALL.into_iter().any(|lang| is_small(lang, &word))
    };
    !chunk.is_indivisible() && chunk.parts.iter().all(|part| is_nothing(part.written))
}

/// Words that questions begin with.
const QUESTIONS: &[&str] = &[
    "comment", "combien", "quand", "quels", "quelle", "quelles", "pourquoi", "hoe", "welke", "waarom",
    "wanneer", "wie", "was", "welche", "wann", "warum", "how", "what", "when", "where", "why", "who", "c",
    "est", "ne", "pas",
];

/// How measures are spoken of by their numbers.
const CALLED: &[&str] = &[
    "mesure",
    "mesures",
    "no",
    "n",
    "numero",
    "nr",
    "nummer",
    "maatregel",
    "measure",
    "number",
    "massnahme",
    "la",
    "de",
];

/// The number, where nothing else is asked for: `12`, `mesure 12`, `n° 12`.
fn number_of(words: &[(AskedWord, bool)]) -> Option<u64> {
    let (numbers, others): (Vec<_>, Vec<_>) = words
        .iter()
        .map(|(word, _)| word.written.as_str())
        .partition(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let [number] = numbers.as_slice() else { return None };
    others.iter().all(|word| CALLED.contains(&fold(word).as_str())).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Asked::read(text, &[Language::Fr]).words.into_iter().map(|word| word.written).collect()
    }

    #[test]
    fn small_words_are_asked_for_only_where_there_are_no_others() {
        assert_eq!(words("la fête de la rue"), ["fête", "rue"]);
        assert_eq!(words("pour qui ?"), ["pour", "qui"]);
        assert_eq!(words("comment s’inscrire"), ["inscrire"]);
    }

    #[test]
    fn operators_of_other_languages_are_words_or_nothing() {
        assert_eq!(words("title:parc AND (vélo OR \"rue^2~"), ["title", "parc", "vélo", "rue", "2"]);
        assert_eq!(words("( [ * ~ ^ \" :"), [""; 0]);
        assert_eq!(words(&"mot ".repeat(1_000)), ["mot"]);
    }

    #[test]
    fn a_number_alone_is_that_of_a_measure() {
        let number = |text| Asked::read(text, &Language::ALL).number;
        assert_eq!([number("12"), number("mesure 12"), number("n° 12")], [Some(12); 3]);
        assert_eq!([number("plan 2025"), number("12 13"), number("0.5"), number("")], [None; 4]);
    }

    #[test]
    fn the_last_word_may_be_a_beginning_and_an_acronym_may_not() {
        let open = |text| Asked::read(text, &[Language::Fr]).words.last().map(|word| word.is_open);
        assert_eq!(
            [open("parc vél"), open("parc vélo."), open("CPAS"), open("cpas")],
            [Some(true), Some(false), Some(false), Some(true)]
        );
    }
}
