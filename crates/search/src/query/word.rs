//! Words of a query, with the index terms that match them in each language.

use std::collections::HashSet;
use std::ops::Range;

use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::tokens::is_stop_word;

use crate::analysis::{Analyzer, Chunk, ChunkPart, MAX_COMPOUND_PARTS, STEM_PREFIX, joined_term};

/// Word or compound of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryWord {
    /// The word as typed.
    pub(crate) written: String,
    /// True if it has 2 to 8 letters, all of them capitals: `CPAS`. Matches only itself.
    pub(crate) is_acronym: bool,
    /// True if it matches longer words too. Only for the last word, which the user may still be typing.
    pub(crate) is_prefix: bool,
    /// Joined form of a compound: `esante` for `e-santé`.
    pub(crate) joined: Option<String>,
    /// True if only the joined form matches, and not its parts: `0.5`.
    pub(crate) is_indivisible: bool,
    /// Terms of each part, by language.
    pub(crate) variants: Vec<(Language, Vec<TermVariants>)>,
    /// Terms that count for [`MAX_QUERY_TERMS`](crate::MAX_QUERY_TERMS).
    pub(crate) term_count: usize,
}

/// Terms of one part of a word in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TermVariants {
    /// The folded word, and the other words of an inclusive spelling.
    pub(crate) exact: Vec<String>,
    /// Stems, which match other endings.
    pub(crate) inflected: Vec<String>,
}

/// Part of a query that becomes one word.
pub(crate) struct Piece<'c, 't> {
    /// Position in the query, in bytes.
    pub(crate) range: Range<usize>,
    parts: &'c [ChunkPart<'t>],
    /// The whole chunk, unless it was split.
    chunk: Option<&'c Chunk<'t>>,
}

/// Splits a chunk into pieces. A compound of more than [`MAX_COMPOUND_PARTS`] words is a sentence with
/// hyphens, and gives a piece for each word. The index does not join such compounds either.
pub(crate) fn pieces<'c, 't>(text: &str, chunk: &'c Chunk<'t>) -> Vec<Piece<'c, 't>> {
    if chunk.is_indivisible() || chunk.parts.len() <= MAX_COMPOUND_PARTS {
        return vec![Piece { range: chunk.range.clone(), parts: &chunk.parts, chunk: Some(chunk) }];
    }
    let mut at = chunk.range.start;
    let piece = |part: &'c ChunkPart<'t>| {
        let start = at + text[at..].find(part.written).unwrap_or_default();
        at = start + part.written.len();
        Piece { range: start..at, parts: std::slice::from_ref(part), chunk: None }
    };
    chunk.parts.iter().map(piece).collect()
}

impl Piece<'_, '_> {
    fn is_indivisible(&self) -> bool {
        self.chunk.is_some_and(Chunk::is_indivisible)
    }

    fn joined(&self) -> Option<String> {
        self.chunk.and_then(joined_term)
    }

    /// Returns the number of terms for [`MAX_QUERY_TERMS`](crate::MAX_QUERY_TERMS).
    pub(crate) fn term_count(&self) -> usize {
        if self.is_indivisible() {
            return 1;
        }
        let parts: usize = self.parts.iter().map(ChunkPart::word_count).sum();
        parts + usize::from(self.joined().is_some())
    }

    /// Returns true for a stop word. Results need not contain it.
    pub(crate) fn is_stop_word(&self) -> bool {
        let is_common = |written: &str| {
            let word = fold(written);
            QUESTION_WORDS.contains(&word.as_str())
                || Language::ALL.into_iter().any(|lang| is_stop_word(lang, &word))
        };
        !self.is_indivisible() && self.parts.iter().all(|part| is_common(part.written))
    }

    /// Analyses the piece in each language.
    pub(crate) fn read(&self, text: &str, analyzers: &mut [(Language, Analyzer)]) -> QueryWord {
        let is_indivisible = self.is_indivisible();
        // Single letters of a compound, as in `e-santé`, are in nearly every document.
        let is_searched =
            |part: &&ChunkPart<'_>| self.parts.len() == 1 || part.written.chars().nth(1).is_some();
        let parts: &[ChunkPart<'_>] = if is_indivisible { &[] } else { self.parts };
        let variants = analyzers.iter_mut().map(|(lang, analyzer)| {
            let parts = parts.iter().filter(is_searched);
            (*lang, parts.map(|part| TermVariants::new(&analyzer.terms_of(part))).collect())
        });
        QueryWord {
            written: text[self.range.clone()].to_owned(),
            is_acronym: is_acronym(self.parts),
            is_prefix: false,
            joined: self.joined(),
            is_indivisible,
            variants: variants.collect(),
            term_count: self.term_count(),
        }
    }
}

impl QueryWord {
    /// Returns true if a text with these terms contains the word.
    pub(crate) fn is_in(&self, terms: &HashSet<String>) -> bool {
        let has =
            |part: &TermVariants| part.exact.iter().chain(&part.inflected).any(|term| terms.contains(term));
        let has_joined = self.joined.as_ref().is_some_and(|joined| terms.contains(joined));
        let has_all = |parts: &Vec<TermVariants>| !parts.is_empty() && parts.iter().all(has);
        has_joined || self.variants.iter().any(|(_, parts)| has_all(parts))
    }
}

impl TermVariants {
    fn new(terms: &[String]) -> Self {
        let mut variants = Self::default();
        for term in terms {
            match term.strip_prefix(STEM_PREFIX) {
                // A word that equals its stem is in the index without the prefix.
                Some(stem) => variants.inflected.extend([term.clone(), stem.to_owned()]),
                None => {
                    variants.exact.push(term.clone());
                    variants.inflected.push(format!("{STEM_PREFIX}{term}"));
                }
            }
        }
        variants.inflected.retain(|term| !variants.exact.contains(term));
        variants
    }
}

fn is_acronym(parts: &[ChunkPart<'_>]) -> bool {
    const MAX_LETTERS: usize = 8;
    let mut letters =
        parts.iter().flat_map(|part| part.written.chars()).filter(|letter| letter.is_alphabetic());
    let count = letters.clone().take(MAX_LETTERS + 1).count();
    (2..=MAX_LETTERS).contains(&count) && letters.all(char::is_uppercase)
}

/// Stop words that only questions contain.
const QUESTION_WORDS: &[&str] = &[
    "comment", "combien", "quand", "quels", "quelle", "quelles", "pourquoi", "hoe", "welke", "waarom",
    "wanneer", "wie", "was", "welche", "wann", "warum", "how", "what", "when", "where", "why", "who", "c",
    "est", "ne", "pas",
];
