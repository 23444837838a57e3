//! Evidence that a document is a plan, weighed and explained.
//!
//! A single word does not prove that a document is a plan. Each observation has a weight. A document with at
//! least [`PLAN_WEIGHT`] is a plan. With less, but at least [`HINT_WEIGHT`] and a word for measures, it is
//! published as a page with a diagnostic for the editor.

use std::sync::LazyLock;

use passerelle_text::fold::fold;

use super::block::Block;
use super::draft::MeasureDraft;
use super::{header_words, words};
use crate::front_matter::FrontMatter;

/// A document is a plan from this weight on. A header with a word for measures (2), two columns that
/// measures have (2), ten rows (2) and labels (1) reach it without any help of the title.
pub(super) const PLAN_WEIGHT: i32 = 7;
/// A document from this weight on looks like a plan.
pub(super) const HINT_WEIGHT: i32 = 5;
/// Weight of a title that names a plan.
pub(super) const PHRASE_WEIGHT: i32 = 2;
/// Fewer measures are not detected as a plan.
pub(super) const MIN_MEASURES: usize = 3;
/// Number of titles that name the whole document: the file name, the fields and the first heading.
const MAX_OWN_TITLES: usize = 5;

/// Evidence that a document is a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Sum of the weights.
    pub(super) weight: i32,
    /// Headers or words that were seen, for the editor: `Action`, `Statut`.
    pub(super) seen: Vec<String>,
    /// True if a word for measures was found. Otherwise, no diagnostic suggests that the page is a plan.
    pub(super) names_measures: bool,
}

impl Evidence {
    /// Adds an observation.
    pub(super) fn add(&mut self, weight: i32, seen: &str) {
        self.weight += weight;
        if !seen.is_empty() && self.seen.len() < MAX_SEEN {
            self.seen.push(seen.to_owned());
        }
    }

    /// Adds the weight of the number of measures, of their labels and of their statuses.
    pub(super) fn add_measures(&mut self, drafts: &[MeasureDraft], is_status: impl Fn(&str) -> bool) {
        self.weight += i32::from(drafts.len() >= MIN_MEASURES) + i32::from(drafts.len() >= 10);
        let labelled = drafts.iter().filter(|draft| draft.label.is_some()).count();
        self.weight += i32::from(labelled * 3 > drafts.len() * 2);
        let stated: Vec<&str> =
            drafts.iter().map(|draft| draft.status.as_str()).filter(|status| !status.is_empty()).collect();
        let known = stated.iter().filter(|status| is_status(status)).count();
        self.weight += i32::from(known > 0 && known * 2 > stated.len());
    }
}

/// Maximum number of found words in the diagnostic.
const MAX_SEEN: usize = 5;

const TITLES: &str = include_str!("words/titles.txt");

/// Phrases that name a plan.
static PLAN_PHRASES: LazyLock<Vec<&str>> = LazyLock::new(|| words::of(TITLES, "phrase"));
/// Words that name a plan less clearly.
static PLAN_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| words::of(TITLES, "word"));
/// Words that name another kind of document.
static OTHER_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| words::of(TITLES, "other"));

/// Number of blocks at the beginning in which a document names itself.
const MAX_OPENING_BLOCKS: usize = 12;
/// Maximum length of a line of text that can be a title.
const MAX_TITLE_BYTES: usize = 160;

/// Weighs the words by which a document names itself: front matter, file name, headings, and short lines at
/// its beginning.
pub(super) fn of_title(
    front: &FrontMatter,
    stem: &str,
    blocks: &[Block],
    measure_headings: &[&str],
) -> Evidence {
    let mut titles: Vec<String> =
        ["title", "name", "subtitle"].iter().filter_map(|key| front.text(key)).collect();
    titles.push(stem.replace(['-', '_', '.'], " "));
    let opening = blocks.iter().take(MAX_OPENING_BLOCKS).filter_map(|block| match block {
        Block::Heading { text, .. } | Block::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    titles.extend(
        opening
            .chain(measure_headings.iter().copied())
            .filter(|text| text.len() <= MAX_TITLE_BYTES)
            .map(str::to_owned),
    );
    let headings = blocks.iter().filter_map(|block| match block {
        Block::Heading { text, level, .. } if *level <= 2 && text.len() <= MAX_TITLE_BYTES => {
            Some(text.clone())
        }
        _ => None,
    });
    titles.extend(headings.take(MAX_OPENING_BLOCKS));
    let mut evidence = Evidence::default();
    let folded: Vec<String> = titles.iter().map(|title| folded_title(title)).collect();
    let has = |words: &[&'static str]| -> Option<&'static str> {
        words.iter().find(|word| folded.iter().any(|title| contains_word(title, word))).copied()
    };
    if let Some(phrase) = has(&PLAN_PHRASES) {
        evidence.add(PHRASE_WEIGHT, phrase);
    } else if let Some(word) = has(&PLAN_WORDS) {
        evidence.add(1, word);
    }
    // The first titles name the whole document. A later heading names only a part of it.
    let own: Vec<&String> = folded.iter().take(MAX_OWN_TITLES).collect();
    // `En cours` is a status, `un cours` another document.
    let own: Vec<String> = own.into_iter().map(|title| title.replace("en cours", "")).collect();
    if OTHER_WORDS.iter().any(|word| own.iter().any(|title| contains_word(title, word))) {
        evidence.weight -= 4;
    }
    evidence
}

/// Returns true if a line of text, at the beginning of a document without headings, is its title: it is
/// short, ends without a full stop and has a word for a plan.
pub(super) fn is_plain_title(text: &str) -> bool {
    let text = text.trim();
    if text.len() > MAX_TITLE_BYTES || text.ends_with(['.', ':', ';', ',']) {
        return false;
    }
    let folded = folded_title(text);
    PLAN_PHRASES.iter().chain(PLAN_WORDS.iter()).any(|word| contains_word(&folded, word))
}

/// Returns a title in the form of the lists of words.
fn folded_title(title: &str) -> String {
    fold(&header_words::plain_text(title)).replace('’', "'")
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_boundary =
        |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        is_boundary(text[..at].chars().next_back()) && is_boundary(text[at + word.len()..].chars().next())
    })
}
