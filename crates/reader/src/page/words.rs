//! The words of a page: how many it has, and which it is known by.

use std::collections::HashMap;

use passerelle_model::page::{Heading, Page, Term};
use passerelle_model::slot::without_slots;
use passerelle_text::words::{Analyzer, WordKind};

use crate::front_matter::integer_of;
use crate::source::saturate;

/// A page is known by so many of its words.
const TERMS: usize = 64;
/// What a word weighs in a title, in a heading or tag, and once in the text.
const IN_TITLE: f64 = 4.0;
const IN_HEADING: f64 = 2.0;
const IN_TEXT: f64 = 1.0;
/// How many words a text has: what stands between spaces and has a letter or a digit.
pub(super) fn word_count(text: &str) -> u32 {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    saturate(words.count())
}

/// The heaviest words of a page, the heaviest first.
pub(super) fn terms(page: &Page) -> Vec<Term> {
    let mut weighed = Weighed { analyzer: Analyzer::new(page.lang), weights: HashMap::new() };
    weighed.text(&page.title, IN_TITLE);
    for text in page.name.iter().filter(|name| **name != page.title) {
        weighed.text(text, IN_TITLE);
    }
    for tag in &page.tags {
        weighed.text(tag, IN_HEADING);
    }
    weighed.headings(&page.table_of_contents);
    weighed.text(&without_slots(&page.content.text), IN_TEXT);
    // Said ten times is not ten times as much.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a logarithm is a small number"
    )]
    let thousandths = |weight: f64| (weight.ln_1p() * 1_000.0) as u32;
    let terms = weighed.weights.into_iter().map(|(word, weight)| Term(word, thousandths(weight)));
    let mut terms: Vec<Term> = terms.collect();
    terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(TERMS);
    terms
}

struct Weighed {
    analyzer: Analyzer,
    weights: HashMap<String, f64>,
}

impl Weighed {
    fn text(&mut self, text: &str, weight: f64) {
        for word in self.analyzer.words(text).into_iter().filter(|word| word.kind != WordKind::Number) {
            *self.weights.entry(word.stem).or_default() += weight;
        }
    }

    fn headings(&mut self, headings: &[Heading]) {
        for heading in headings {
            self.text(&heading.text, IN_HEADING);
            self.headings(&heading.children);
        }
    }
}

/// The measures that a page names itself, by their numbers: `measures: [12, 40]` in its front matter.
pub(super) fn named(page: &Page) -> Vec<u32> {
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
