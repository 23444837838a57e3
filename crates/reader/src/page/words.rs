//! Word count and characteristic terms of a page, and the measures that it names.

use std::collections::HashMap;

use passerelle_model::page::{Heading, Page, Term};
use passerelle_model::placeholder::strip_placeholders;
use passerelle_text::tokens::{Analyzer, TokenKind};

use crate::front_matter::integer_of;
use crate::source::saturating_u32;

/// Maximum number of terms per page. More terms do not improve the similarity between pages.
const MAX_TERMS: usize = 64;
/// Maximum length of the text that terms are taken from, in bytes: about 80,000 words. A larger text has the
/// same characteristic words.
const MAX_TERM_TEXT_BYTES: usize = 512 * 1024;
/// Weight of each occurrence of a word in the title.
const TITLE_WEIGHT: f64 = 4.0;
/// Weight of each occurrence of a word in a heading or tag.
const HEADING_WEIGHT: f64 = 2.0;
/// Weight of each occurrence of a word in the text.
const BODY_WEIGHT: f64 = 1.0;

/// Counts the words of a text. A word is separated by white space and contains a letter or a digit.
pub(super) fn word_count(text: &str) -> u32 {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    saturating_u32(words.count())
}

/// Returns the stems with the highest weights, highest first. Weights are in thousandths.
pub(super) fn extract_terms(page: &Page) -> Vec<Term> {
    let mut term_weights = TermWeights { analyzer: Analyzer::new(page.lang), weights: HashMap::new() };
    term_weights.add_text(&page.title, TITLE_WEIGHT);
    for text in page.name.iter().filter(|name| **name != page.title) {
        term_weights.add_text(text, TITLE_WEIGHT);
    }
    for tag in &page.tags {
        term_weights.add_text(tag, HEADING_WEIGHT);
    }
    term_weights.add_headings(&page.table_of_contents);
    let text = &page.content.text;
    let text = &text[..text.floor_char_boundary(MAX_TERM_TEXT_BYTES)];
    term_weights.add_text(&strip_placeholders(text), BODY_WEIGHT);
    // The logarithm dampens repetition: ten occurrences do not make a word ten times as important.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a logarithm is a small number"
    )]
    let thousandths = |weight: f64| (weight.ln_1p() * 1_000.0) as u32;
    let terms = term_weights.weights.into_iter().map(|(word, weight)| Term(word, thousandths(weight)));
    let mut terms: Vec<Term> = terms.collect();
    terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(MAX_TERMS);
    terms
}

struct TermWeights {
    analyzer: Analyzer,
    weights: HashMap<String, f64>,
}

impl TermWeights {
    fn add_text(&mut self, text: &str, weight: f64) {
        for word in self.analyzer.tokens(text).into_iter().filter(|word| word.kind != TokenKind::Number) {
            *self.weights.entry(word.stem).or_default() += weight;
        }
    }

    fn add_headings(&mut self, headings: &[Heading]) {
        for heading in headings {
            self.add_text(&heading.text, HEADING_WEIGHT);
            self.add_headings(&heading.children);
        }
    }
}

/// Returns the measure numbers of the front matter field `measures`, for example `measures: [12, 40]`.
pub(super) fn explicit_measures(page: &Page) -> Vec<u32> {
    let number = |value: &serde_json::Value| {
        let number = integer_of(value);
        number.and_then(|number| u32::try_from(number).ok())
    };
    match page.front_matter.get("measures") {
        Some(serde_json::Value::Array(numbers)) => numbers.iter().filter_map(number).collect(),
        Some(one) => number(one).into_iter().collect(),
        None => Vec::new(),
    }
}
