//! The words of a page: how many it has, and which it is known by.

use std::collections::HashMap;

use passerelle_model::page::{Heading, Page, Term};
use passerelle_model::placeholder::strip_placeholders;
use passerelle_text::tokens::{Analyzer, TokenKind};

use crate::front_matter::integer_of;
use crate::source::saturating_u32;

/// A page is known by so many of its words.
const MAX_TERMS: usize = 64;
/// What a word weighs in a title, in a heading or tag, and once in the text.
const TITLE_WEIGHT: f64 = 4.0;
const HEADING_WEIGHT: f64 = 2.0;
const BODY_WEIGHT: f64 = 1.0;
/// How many words a text has: what stands between spaces and has a letter or a digit.
pub(super) fn word_count(text: &str) -> u32 {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    saturating_u32(words.count())
}

/// The heaviest words of a page, the heaviest first.
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
    term_weights.add_text(&strip_placeholders(&page.content.text), BODY_WEIGHT);
    // Said ten times is not ten times as much.
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

/// The measures that a page names itself, by their numbers: `measures: [12, 40]` in its front matter.
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
