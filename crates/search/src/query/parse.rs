//! Parses a query: splits it into words, drops stop words, and bounds the number of terms. There are no
//! operators.

use std::collections::HashSet;

use passerelle_model::language::Language;
use passerelle_text::fold::fold;

use crate::analysis::{Analyzer, Chunk, Chunks};
use crate::query::word::{QueryWord, pieces};

/// Maximum number of terms of a query, without stop words and repeated words. The parts of a compound
/// (`e-mail`), its joined form (`email`), and the words that an inclusive spelling means count one each.
///
/// Words beyond it are ignored, as web search engines do: an editor may paste a whole question. All other
/// limits of a search follow from this one, because every term adds a bounded number of clauses and
/// dictionary reads.
pub const MAX_QUERY_TERMS: usize = 32;

/// Query after parsing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ParsedQuery {
    /// Words of the query, in order. Stop words only if there are no other words.
    pub(crate) words: Vec<QueryWord>,
    /// Number of a measure, if the query contains nothing else: `12`, `mesure 12`.
    pub(crate) number: Option<u64>,
    /// Labels of measures that the query may be, folded: `mesure a1` and `a1`. Empty if it can be none.
    pub(crate) labels: Vec<String>,
    /// First byte of the part of the text that is ignored. `None` if the whole query is used.
    pub(crate) ignored_from: Option<usize>,
}

/// Words of a query, at most [`MAX_QUERY_TERMS`] terms.
#[derive(Default)]
struct WordList {
    words: Vec<QueryWord>,
    terms: usize,
    ignored_from: Option<usize>,
}

impl WordList {
    /// Adds a word that begins at `start`. Returns true if it is new and the list has room for it.
    fn add(&mut self, start: usize, terms: usize, read: impl FnOnce() -> QueryWord) -> bool {
        if self.ignored_from.is_some() {
            return false;
        }
        let word = read();
        if self.words.iter().any(|known| known.variants == word.variants && known.joined == word.joined) {
            return false;
        }
        if self.terms + terms > MAX_QUERY_TERMS {
            self.ignored_from = Some(start);
            return false;
        }
        self.terms += terms;
        self.words.push(word);
        true
    }
}

impl ParsedQuery {
    /// Parses a query for some languages.
    pub(crate) fn read(text: &str, languages: &[Language]) -> Self {
        let mut analyzers: Vec<_> = languages.iter().map(|lang| (*lang, Analyzer::new(*lang))).collect();
        let (mut content, mut stop_words) = (WordList::default(), WordList::default());
        let mut is_last_content = false;
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        while content.ignored_from.is_none() && chunks.read(&mut chunk) {
            for piece in pieces(text, &chunk) {
                let is_content = !piece.is_stop_word();
                let list = if is_content { &mut content } else { &mut stop_words };
                if list.add(piece.range.start, piece.term_count(), || piece.read(text, &mut analyzers)) {
                    is_last_content = is_content;
                }
            }
        }
        let is_complete = content.ignored_from.is_none() && stop_words.ignored_from.is_none();
        let last = if is_last_content { content.words.last_mut() } else { stop_words.words.last_mut() };
        if let Some(last) = last {
            // A sign or a space after the last word shows that the user has finished typing it.
            last.is_prefix = is_complete && text.ends_with(char::is_alphanumeric) && !last.is_acronym;
        }
        let number = number_of(content.words.iter().chain(&stop_words.words));
        let used = if content.words.is_empty() { stop_words } else { content };
        Self { words: used.words, number, labels: labels_of(text), ignored_from: used.ignored_from }
    }

    /// Returns the number of terms.
    pub(crate) fn term_count(&self) -> usize {
        self.words.iter().map(|word| word.term_count).sum()
    }
}

/// Returns true if a text of a language contains all words of a query, regardless of endings, accents and
/// spelling variants.
pub fn matches_text(query: &str, text: &str, lang: Language) -> bool {
    let mut analyzer = Analyzer::new(lang);
    let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
    let mut terms: HashSet<String> = HashSet::new();
    while chunks.read(&mut chunk) {
        analyzer.each_term(&chunk, &mut |term| terms.extend([term.to_owned()]));
    }
    let query = ParsedQuery::read(query, &[lang]);
    !query.words.is_empty() && query.words.iter().all(|word| word.is_in(&terms))
}

/// Words before the number of a measure.
const NUMBER_WORDS: &[&str] = &[
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

/// Returns the number of a measure if the query contains nothing else: `12`, `mesure 12`, `n° 12`.
fn number_of<'w>(words: impl Iterator<Item = &'w QueryWord>) -> Option<u64> {
    let (numbers, others): (Vec<_>, Vec<_>) = words
        .map(|word| word.written.as_str())
        .partition(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let [number] = numbers.as_slice() else { return None };
    others
        .iter()
        .all(|word| NUMBER_WORDS.contains(&fold(word).as_str()))
        .then(|| number.parse().ok())
        .flatten()
}

/// Longest label of a measure in bytes. Longer queries are sentences.
const MAX_LABEL_BYTES: usize = 40;

/// Returns the labels of measures that a query may be: the folded query, and the query without its first
/// word. A label contains a digit.
fn labels_of(text: &str) -> Vec<String> {
    if text.len() > MAX_LABEL_BYTES || !text.contains(|letter: char| letter.is_ascii_digit()) {
        return Vec::new();
    }
    let folded = fold(text);
    let rest = folded
        .split_once(' ')
        .filter(|(first, _)| LABEL_WORDS.contains(first) || NUMBER_WORDS.contains(first));
    let rest = rest.map(|(_, rest)| rest.to_owned());
    std::iter::once(folded).chain(rest).collect()
}

/// Words before the label of a measure, besides [`NUMBER_WORDS`].
const LABEL_WORDS: &[&str] = &[
    "action",
    "actie",
    "aktion",
    "fiche",
    "engagement",
    "commitment",
    "initiative",
    "projet",
    "project",
    "projekt",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        ParsedQuery::read(text, &[Language::Fr]).words.into_iter().map(|word| word.written).collect()
    }

    #[test]
    fn stop_words_are_used_only_if_there_are_no_other_words() {
        assert_eq!(words("la fête de la rue"), ["fête", "rue"]);
        assert_eq!(words("pour qui ?"), ["pour", "qui"]);
        assert_eq!(words("comment s’inscrire"), ["inscrire"]);
    }

    #[test]
    fn operators_of_other_query_languages_are_words_or_ignored() {
        assert_eq!(words("title:parc AND (vélo OR \"rue^2~"), ["title", "parc", "vélo", "rue", "2"]);
        assert_eq!(words("( [ * ~ ^ \" :"), [""; 0]);
        assert_eq!(words(&"mot ".repeat(1_000)), ["mot"]);
    }

    #[test]
    fn a_number_alone_selects_a_measure() {
        let number = |text| ParsedQuery::read(text, &Language::ALL).number;
        assert_eq!([number("12"), number("mesure 12"), number("n° 12")], [Some(12); 3]);
        assert_eq!([number("plan 2025"), number("12 13"), number("0.5"), number("")], [None; 4]);
    }

    #[test]
    fn a_short_query_with_a_digit_may_be_a_label() {
        let labels = |text| ParsedQuery::read(text, &[Language::Fr]).labels;
        assert_eq!(labels("A1"), ["a1"]);
        assert_eq!(labels("Mesure 1.1.3"), ["mesure 1.1.3", "1.1.3"]);
        assert_eq!(labels("Action 4.2"), ["action 4.2", "4.2"]);
        assert_eq!(labels("plan 2025"), ["plan 2025"]);
        assert_eq!(labels("arbres"), [""; 0]);
        assert_eq!(labels(&"1 ".repeat(21)), [""; 0]);
    }

    #[test]
    fn the_last_word_may_be_a_prefix_and_an_acronym_may_not() {
        let is_prefix =
            |text| ParsedQuery::read(text, &[Language::Fr]).words.last().map(|word| word.is_prefix);
        assert_eq!(
            [is_prefix("parc vél"), is_prefix("parc vélo."), is_prefix("CPAS"), is_prefix("cpas")],
            [Some(true), Some(false), Some(false), Some(true)]
        );
    }

    /// Distinct words of two letters, none of them a stop word.
    fn two_letter_words(count: usize) -> Vec<String> {
        let letters = || ('b'..='z').filter(|letter| !"eiouy".contains(*letter));
        letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).take(count).collect()
    }

    #[test]
    fn a_query_has_at_most_32_terms_however_its_words_are_joined() {
        let words = two_letter_words(330);
        for separator in [" ", "-", "+", "&", "’", ", ", "·", "."] {
            let text = words.join(separator);
            let query = ParsedQuery::read(&text, &Language::ALL);
            let analysed: usize =
                query.words.iter().flat_map(|word| &word.variants).map(|(_, v)| v.len()).sum();
            assert!(query.term_count() <= MAX_QUERY_TERMS, "{separator:?}: {}", query.term_count());
            assert!(analysed <= MAX_QUERY_TERMS * Language::ALL.len(), "{separator:?}: {analysed}");
            let ignored = query.ignored_from.map(|from| &text[from..]).unwrap();
            assert!(text.len() > ignored.len() && ignored.len() > text.len() / 2, "{separator:?}: {ignored}");
            assert!(query.words.iter().all(|word| !word.is_prefix));
        }
    }

    #[test]
    fn inclusive_spellings_count_all_the_words_that_they_mean() {
        let words: Vec<String> =
            two_letter_words(30).iter().map(|word| format!("{word}teur·rice·s")).collect();
        let text = words.join(" ");
        let query = ParsedQuery::read(&text, &[Language::Fr]);
        assert_eq!((query.words.len(), query.term_count()), (8, 32));
        assert!(text[query.ignored_from.unwrap()..].starts_with("bl"), "{:?}", query.ignored_from);
    }

    #[test]
    fn a_long_question_is_used_up_to_the_limit_without_its_stop_words() {
        let question =
            "Comment la commune va-t-elle aider les habitants du quartier à payer la rénovation des toits ? ";
        let query = ParsedQuery::read(&question.repeat(8), &[Language::Fr]);
        assert_eq!(query.ignored_from, None);
        assert_eq!(query.words.first().map(|word| word.written.as_str()), Some("commune"));
    }
}
