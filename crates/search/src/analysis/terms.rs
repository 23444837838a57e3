//! The terms that a chunk is known by, in a language.

use std::collections::HashMap;

use frostem::Stemmer;
use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::words::{in_full, is_small, stemmer};

use super::chunk::{Chunk, Part};

/// Before every stem. No word begins with it.
pub const MARK: char = '\u{1}';
/// What is longer than this is no word that anybody looks for to its end, in bytes.
const LONGEST: usize = 64;
/// The stems of so many words are remembered: those of a language in use. More begin anew.
const MOST_KNOWN: usize = 40_000;
/// Compounds of more words than this are sentences.
const MOST_PARTS: usize = 5;

/// Knows the terms of a language. It remembers those of the words that it has met.
pub struct Analyzer {
    language: Language,
    stemmer: Stemmer,
    known: HashMap<Box<str>, Known>,
}

/// The terms of a word as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    word: Box<str>,
    /// With their marks. None of them where the word says nothing.
    stems: Vec<Box<str>>,
}

impl Clone for Analyzer {
    /// One that knows the same language, and has met no words.
    fn clone(&self) -> Self {
        Self::new(self.language)
    }
}

impl Analyzer {
    /// For a language.
    pub fn new(language: Language) -> Self {
        Self { language, stemmer: stemmer(language), known: HashMap::new() }
    }

    /// Gives each term of a chunk, none of them twice in a row.
    pub fn each_term(&mut self, chunk: &Chunk<'_>, give: &mut impl FnMut(&str)) {
        if !chunk.is_indivisible() {
            for part in &chunk.parts {
                self.each_term_of(part, give);
            }
        }
        if let Some(whole) = whole(chunk) {
            give(&whole);
        }
    }

    /// Gives each term of a word of a chunk.
    pub fn each_term_of(&mut self, part: &Part<'_>, give: &mut impl FnMut(&str)) {
        self.give(part.written, give);
        let Some(inclusive) = &part.inclusive else { return };
        for word in inclusive.words(&part.written.to_lowercase()) {
            self.give(&word, give);
        }
    }

    /// The terms of a word of a chunk: as it is written, then its stems.
    pub fn terms_of(&mut self, part: &Part<'_>) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        self.each_term_of(part, &mut |term| {
            if terms.iter().all(|known| known != term) {
                terms.push(term.to_owned());
            }
        });
        terms
    }

    /// The stems of a word, with their marks.
    pub fn stems_of(&mut self, word: &str) -> Vec<String> {
        let mut stems = Vec::new();
        self.give(word, &mut |term| stems.extend(term.starts_with(MARK).then(|| term.to_owned())));
        stems
    }

    fn give(&mut self, written: &str, give: &mut impl FnMut(&str)) {
        if let Some(known) = self.known.get(written) {
            return known.give(give);
        }
        let known = self.read(written);
        known.give(give);
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        if written.len() <= LONGEST {
            self.known.insert(written.into(), known);
        }
    }

    fn read(&self, written: &str) -> Known {
        let written = bounded(written);
        let lower = written.to_lowercase();
        let word = fold(&lower);
        if word.bytes().all(|byte| byte.is_ascii_digit()) || is_small(self.language, &word) {
            return Known { word: word.into(), stems: Vec::new() };
        }
        let mut stems: Vec<Box<str>> = Vec::new();
        let mut add = |stem: String| {
            // A word that is its own stem is found as a word.
            if stem != word && !stem.is_empty() {
                let marked: Box<str> = format!("{MARK}{stem}").into();
                if !stems.contains(&marked) {
                    stems.push(marked);
                }
            }
        };
        let stem = fold(&self.stemmer.stem(&lower));
        if self.language == Language::Fr
            && let Some(more) = beyond(&stem)
        {
            add(more);
        }
        add(stem);
        // Typed without accents a word may lose another ending: `pépinières` and `pepinieres`.
        if lower != word {
            add(self.stemmer.stem(&word).into_owned());
        }
        if let Some(full) = in_full(&word) {
            add(fold(&self.stemmer.stem(full)));
            stems.push(full.into());
        }
        Known { word: word.into(), stems }
    }
}

impl Known {
    fn give(&self, give: &mut impl FnMut(&str)) {
        if !self.word.is_empty() {
            give(&self.word);
        }
        self.stems.iter().for_each(|stem| give(stem));
    }
}

/// What the French stemmer leaves of a word and a reader would not: plurals behind a vowel (`vélos`, `jeux`), and the `f` of
/// what is feminine with a `v` (`actif`).
fn beyond(stem: &str) -> Option<String> {
    const SHORT: usize = 3;
    let without = |ending: &str| stem.strip_suffix(ending).filter(|rest| rest.len() >= SHORT);
    if let Some(rest) = without("if") {
        return Some(format!("{rest}iv"));
    }
    without("s").or_else(|| without("x").filter(|rest| rest.ends_with('u'))).map(str::to_owned)
}

/// How a chunk is known as a whole, if it is.
pub(super) fn whole(chunk: &Chunk<'_>) -> Option<String> {
    let is_known = chunk.is_compound() && chunk.parts.len() <= MOST_PARTS;
    let is_range = || {
        let is_number = |part: &Part<'_>| part.written.bytes().all(|byte| byte.is_ascii_digit());
        chunk.joints.iter().all(Option::is_none) && chunk.parts.iter().all(is_number)
    };
    (is_known && !is_range()).then(|| bounded(&chunk.whole()).to_owned())
}

/// The beginning of a word, as far as it is looked at.
fn bounded(written: &str) -> &str {
    let mut end = written.len().min(LONGEST);
    while !written.is_char_boundary(end) {
        end -= 1;
    }
    &written[..end]
}

#[cfg(test)]
mod tests {
    use super::super::Chunks;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut analyzer = Analyzer::new(Language::Fr);
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut terms = Vec::new();
        while chunks.read(&mut chunk) {
            analyzer.each_term(&chunk, &mut |term| terms.push(term.replace(MARK, "~")));
        }
        terms
    }

    #[test]
    fn a_word_is_known_as_written_and_by_its_stem() {
        assert_eq!(of("Élèves"), ["eleves", "~elev"]);
        assert_eq!(of("œuvres"), ["oeuvres", "~oeuvr"]);
        assert_eq!(of("parc"), ["parc"]);
    }

    #[test]
    fn a_compound_is_known_as_a_whole_too() {
        assert_eq!(of("sans-abri"), ["sans", "~san", "abri", "sansabri"]);
        assert_eq!(of("LGBTQIA+"), ["lgbtqia", "~lgbtqi", "lgbtqia+"]);
        assert_eq!(of("0,5"), ["0.5"]);
        assert_eq!(of("2020-2024"), ["2020", "2024"]);
    }

    #[test]
    fn inclusive_writing_is_known_by_all_that_it_means() {
        let terms = of("citoyen·ne·s");
        for word in ["citoyen", "citoyens", "citoyennes", "citoyenne"] {
            assert!(terms.iter().any(|term| term == word), "{word}");
        }
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let term = &of(&"é".repeat(1_000_000))[0];
        assert_eq!(term.len(), LONGEST / 2);
    }
}
