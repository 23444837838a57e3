//! Index terms of a chunk in a language.

use std::collections::HashMap;

use frostem::Stemmer;
use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::tokens::{expand_abbreviation, is_stop_word, stemmer};

use super::chunk::{Chunk, ChunkPart};

/// First character of each stem term. No word contains it.
pub const STEM_PREFIX: char = '\u{1}';
/// Longer words are truncated to this many bytes. It bounds the size of the dictionary.
const MAX_TERM_BYTES: usize = 64;
/// Maximum number of words in the cache, about 4 MB. The cache is emptied when it is full.
const MAX_CACHED_WORDS: usize = 40_000;
/// Compounds with more words have no joined form. They are sentences or file names.
pub const MAX_COMPOUND_PARTS: usize = 5;

/// Analyser of one language, with a cache of the words that it has seen.
pub struct Analyzer {
    language: Language,
    stemmer: Stemmer,
    cache: HashMap<Box<str>, AnalyzedWord>,
}

/// Terms of one written word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AnalyzedWord {
    word: Box<str>,
    /// Stems with [`STEM_PREFIX`]. Empty for numbers and stop words.
    stems: Vec<Box<str>>,
}

impl Clone for Analyzer {
    /// Returns an analyser of the same language with an empty cache.
    fn clone(&self) -> Self {
        Self::new(self.language)
    }
}

impl Analyzer {
    /// Creates an analyser with an empty cache.
    pub fn new(language: Language) -> Self {
        Self { language, stemmer: stemmer(language), cache: HashMap::new() }
    }

    /// Calls `emit` with each term of a chunk. A term may be emitted twice.
    pub fn each_term(&mut self, chunk: &Chunk<'_>, emit: &mut impl FnMut(&str)) {
        if !chunk.is_indivisible() {
            for part in &chunk.parts {
                self.each_term_of(part, emit);
            }
        }
        if let Some(joined) = joined_term(chunk) {
            emit(&joined);
        }
    }

    /// Calls `emit` with each term of one word of a chunk.
    pub fn each_term_of(&mut self, part: &ChunkPart<'_>, emit: &mut impl FnMut(&str)) {
        self.emit(part.written, emit);
        let Some(inclusive) = &part.inclusive else { return };
        for word in inclusive.words(&part.written.to_lowercase()) {
            self.emit(&word, emit);
        }
    }

    /// Returns the distinct terms of one word of a chunk: the folded word, then its stems.
    pub fn terms_of(&mut self, part: &ChunkPart<'_>) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        self.each_term_of(part, &mut |term| {
            if terms.iter().all(|known| known != term) {
                terms.push(term.to_owned());
            }
        });
        terms
    }

    /// Returns the stem terms of a word, with [`STEM_PREFIX`].
    pub fn stems_of(&mut self, word: &str) -> Vec<String> {
        let mut stems = Vec::new();
        self.emit(word, &mut |term| stems.extend(term.starts_with(STEM_PREFIX).then(|| term.to_owned())));
        stems
    }

    fn emit(&mut self, written: &str, emit: &mut impl FnMut(&str)) {
        if let Some(word) = self.cache.get(written) {
            return word.emit(emit);
        }
        let word = self.read(written);
        word.emit(emit);
        if self.cache.len() >= MAX_CACHED_WORDS {
            self.cache.clear();
        }
        if written.len() <= MAX_TERM_BYTES {
            self.cache.insert(written.into(), word);
        }
    }

    fn read(&self, written: &str) -> AnalyzedWord {
        let written = truncated(written);
        let lower = written.to_lowercase();
        let word = fold(&lower);
        if word.bytes().all(|byte| byte.is_ascii_digit()) || is_stop_word(self.language, &word) {
            return AnalyzedWord { word: word.into(), stems: Vec::new() };
        }
        let mut stems: Vec<Box<str>> = Vec::new();
        let mut add = |stem: String| {
            // A word that equals its stem needs no second term.
            if stem != word && !stem.is_empty() {
                let marked: Box<str> = format!("{STEM_PREFIX}{stem}").into();
                if !stems.contains(&marked) {
                    stems.push(marked);
                }
            }
        };
        let stem = fold(&self.stemmer.stem(&lower));
        if self.language == Language::Fr
            && let Some(more) = extra_stem(&stem)
        {
            add(more);
        }
        add(stem);
        // The stemmer may cut another ending if the accents are missing: `pépinières` and `pepinieres`.
        if lower != word {
            add(self.stemmer.stem(&word).into_owned());
        }
        if let Some(full) = expand_abbreviation(&word) {
            add(fold(&self.stemmer.stem(full)));
            stems.push(full.into());
        }
        AnalyzedWord { word: word.into(), stems }
    }
}

impl AnalyzedWord {
    fn emit(&self, emit: &mut impl FnMut(&str)) {
        if !self.word.is_empty() {
            emit(&self.word);
        }
        self.stems.iter().for_each(|stem| emit(stem));
    }
}

/// Returns a shorter stem where the French stemmer leaves an ending: plurals after a vowel (`vélos`, `jeux`),
/// and `if`, which becomes `iv` in the feminine (`actif`, `active`).
fn extra_stem(stem: &str) -> Option<String> {
    const MIN_STEM_BYTES: usize = 3;
    let without = |ending: &str| stem.strip_suffix(ending).filter(|rest| rest.len() >= MIN_STEM_BYTES);
    if let Some(rest) = without("if") {
        return Some(format!("{rest}iv"));
    }
    without("s").or_else(|| without("x").filter(|rest| rest.ends_with('u'))).map(str::to_owned)
}

/// Returns the joined form of a compound as an index term. `None` for plain words, ranges of numbers and long
/// compounds.
pub fn joined_term(chunk: &Chunk<'_>) -> Option<String> {
    let is_compound = chunk.is_compound() && chunk.parts.len() <= MAX_COMPOUND_PARTS;
    let is_range = || {
        let is_number = |part: &ChunkPart<'_>| part.written.bytes().all(|byte| byte.is_ascii_digit());
        chunk.joints.iter().all(Option::is_none) && chunk.parts.iter().all(is_number)
    };
    (is_compound && !is_range()).then(|| truncated(&chunk.joined()).to_owned())
}

/// Returns at most [`MAX_TERM_BYTES`] of a word, cut at a character boundary.
fn truncated(written: &str) -> &str {
    let mut end = written.len().min(MAX_TERM_BYTES);
    while !written.is_char_boundary(end) {
        end -= 1;
    }
    &written[..end]
}

#[cfg(test)]
mod tests {
    use super::super::chunk::Chunks;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut analyzer = Analyzer::new(Language::Fr);
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut terms = Vec::new();
        while chunks.read(&mut chunk) {
            analyzer.each_term(&chunk, &mut |term| terms.push(term.replace(STEM_PREFIX, "~")));
        }
        terms
    }

    #[test]
    fn a_word_has_a_folded_term_and_a_stem_term() {
        assert_eq!(of("Élèves"), ["eleves", "~elev"]);
        assert_eq!(of("œuvres"), ["oeuvres", "~oeuvr"]);
        assert_eq!(of("parc"), ["parc"]);
    }

    #[test]
    fn a_compound_has_a_joined_term() {
        assert_eq!(of("sans-abri"), ["sans", "~san", "abri", "sansabri"]);
        assert_eq!(of("LGBTQIA+"), ["lgbtqia", "~lgbtqi", "lgbtqia+"]);
        assert_eq!(of("0,5"), ["0.5"]);
        assert_eq!(of("2020-2024"), ["2020", "2024"]);
    }

    #[test]
    fn an_inclusive_spelling_has_the_terms_of_all_its_words() {
        let terms = of("citoyen·ne·s");
        for word in ["citoyen", "citoyens", "citoyennes", "citoyenne"] {
            assert!(terms.iter().any(|term| term == word), "{word}");
        }
    }

    #[test]
    fn a_long_word_is_truncated() {
        let term = &of(&"é".repeat(1_000_000))[0];
        assert_eq!(term.len(), MAX_TERM_BYTES / 2);
    }
}
