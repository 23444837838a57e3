//! The words of a title, and the comparison of two titles.

use std::hash::{DefaultHasher, Hash, Hasher};

use passerelle_text::tokens::{Token, TokenKind};

/// Minimum share of the words of the longer row that the shorter row must contain if both are repeats.
///
/// Measured in a plan of 271 measures. `tests/documents.rs` lists its groups and the nearest misses. Among
/// its unmarked repeats, the pair with the largest difference has 0.87. Similar rows that are not repeats
/// replace one word with another, and another rule detects them at any share. So the threshold only limits
/// added words: one in five.
const MIN_SIMILARITY: f64 = 0.8;
/// The same share for two rows that are both marked as repeated. The threshold is lower, because a marked row
/// has a repeat. The pair with the largest difference in the measured plan has 0.75.
pub(super) const MIN_SIMILARITY_MARKED: f64 = 0.7;
/// Rows with fewer words than this are repeats only if their words are equal.
const MIN_WORDS: usize = 3;
/// Minimum number of letters of a word in which a typing error is detected.
const MIN_TYPO_LETTERS: usize = 5;

/// The words of a row, sorted.
#[derive(Clone, Debug)]
pub(super) struct TitleWords {
    /// The words by stem.
    pub(super) words: Vec<Token>,
    /// The words as numbers, sorted. Comparing them is enough for most pairs of rows.
    hashes: Vec<u64>,
    /// Sum of the hashes of its numbers and negations. Repeats have equal sums.
    decisive_hash: u64,
    expansions: Vec<AcronymExpansion>,
    has_parentheses: bool,
    /// True if the row is marked as repeated under other axes.
    pub(super) is_marked: bool,
}

impl TitleWords {
    /// Sorts the words of a title.
    pub(super) fn new(mut words: Vec<Token>, is_marked: bool) -> Self {
        let expansions = find_expansions(&words);
        words.sort_by(|a, b| a.stem.cmp(&b.stem));
        let mut hashes: Vec<u64> = words.iter().map(|word| hash(&word.stem)).collect();
        hashes.sort_unstable();
        let is_decisive = |word: &&Token| matches!(word.kind, TokenKind::Number | TokenKind::Negation);
        let decisive_hash =
            words.iter().filter(is_decisive).map(|word| hash(&word.stem)).fold(0, u64::wrapping_add);
        let has_parentheses = words.iter().any(|word| word.in_parentheses);
        Self { words, hashes, decisive_hash, expansions, has_parentheses, is_marked }
    }

    /// The words in order.
    pub(super) fn stems(&self) -> Vec<&str> {
        self.words.iter().map(|word| word.stem.as_str()).collect()
    }

    fn has(&self, stem: &str) -> bool {
        self.words.binary_search_by(|word| word.stem.as_str().cmp(stem)).is_ok()
    }

    /// Returns the number of words outside parentheses.
    pub(super) fn words_outside_parentheses(&self) -> usize {
        self.words.iter().filter(|word| !word.in_parentheses).count()
    }
}

fn hash(stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    hasher.finish()
}

/// Returns true if the word numbers show that two rows are different.
fn clearly_differ(a: &TitleWords, b: &TitleWords) -> bool {
    if !a.expansions.is_empty() || !b.expansions.is_empty() {
        return false;
    }
    if a.decisive_hash != b.decisive_hash {
        return true;
    }
    if a.has_parentheses || b.has_parentheses {
        return false;
    }
    let (mut shared, mut rest) = (0, b.hashes.iter().peekable());
    for hash in &a.hashes {
        while rest.next_if(|other| *other < hash).is_some() {}
        shared += usize::from(rest.next_if_eq(&hash).is_some());
    }
    let (only_a, only_b) = (a.hashes.len() - shared, b.hashes.len() - shared);
    match (only_a, only_b) {
        (0, more) | (more, 0) => {
            let whole = a.hashes.len().max(b.hashes.len());
            ratio(whole - more, whole) < MIN_SIMILARITY_MARKED
        }
        // A replaced word can be a typing error.
        (only_a, only_b) => only_a + only_b > 2,
    }
}

/// Returns true if two rows with different words are repeats.
pub(super) fn are_similar(a: &TitleWords, b: &TitleWords) -> bool {
    if clearly_differ(a, b) {
        return false;
    }
    let (mut only_a, mut only_b) = differences(&a.words, &b.words);
    for AcronymExpansion { acronym, words } in a.expansions.iter().chain(&b.expansions) {
        for (row, only) in [(a, &mut only_b), (b, &mut only_a)] {
            // One row has both the acronym and its words, the other has only one of them. That adds nothing.
            if words.iter().all(|word| row.has(word)) {
                only.retain(|word| word.stem != *acronym);
            }
            if row.has(acronym) {
                only.retain(|word| !words.contains(&word.stem));
            }
        }
    }
    if let ([one], [other]) = (only_a.as_slice(), only_b.as_slice())
        && is_typo(one, other)
    {
        return a.words_outside_parentheses().min(b.words_outside_parentheses()) >= MIN_WORDS;
    }
    let both_marked = a.is_marked && b.is_marked;
    let is_parenthesized = |word: &&Token| {
        word.in_parentheses
            && (word.kind == TokenKind::Acronym || (both_marked && word.kind == TokenKind::Plain))
    };
    // Parentheses in only one row are an explanation. Different parentheses in both rows are a difference.
    match (only_a.iter().any(is_parenthesized), only_b.iter().any(is_parenthesized)) {
        (true, false) => only_a.retain(|word| !is_parenthesized(word)),
        (false, true) => only_b.retain(|word| !is_parenthesized(word)),
        _ => {}
    }
    let ((more, []) | ([], more)) = (only_a.as_slice(), only_b.as_slice()) else { return false };
    let core = a.words_outside_parentheses().max(b.words_outside_parentheses());
    more.iter().all(|word| word.kind == TokenKind::Plain)
        && a.words_outside_parentheses().min(b.words_outside_parentheses()) >= MIN_WORDS
        && ratio(core.saturating_sub(more.len()), core)
            >= if both_marked { MIN_SIMILARITY_MARKED } else { MIN_SIMILARITY }
}

/// The words that only one of two sorted lists has.
pub(super) fn differences<'a>(a: &'a [Token], b: &'a [Token]) -> (Vec<&'a Token>, Vec<&'a Token>) {
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (None, None) => return (only_a, only_b),
            (Some(one), Some(other)) if one.stem == other.stem => {
                a.next();
                b.next();
            }
            (Some(one), other) if other.is_none_or(|other| one.stem < other.stem) => only_a.extend(a.next()),
            _ => only_b.extend(b.next()),
        }
    }
}

/// Returns true if two words differ by one replaced, missing or added letter.
fn is_typo(a: &Token, b: &Token) -> bool {
    let is_long =
        |word: &Token| word.kind == TokenKind::Plain && word.stem.chars().count() >= MIN_TYPO_LETTERS;
    is_long(a) && is_long(b) && strsim::damerau_levenshtein(&a.stem, &b.stem) == 1
}

#[expect(clippy::cast_precision_loss, reason = "a title has few words")]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// An acronym and the words beside it that it stands for: `CLSS (Contrats Locaux Social Santé)`.
#[derive(Clone, Debug)]
struct AcronymExpansion {
    acronym: String,
    words: Vec<String>,
}

fn find_expansions(words: &[Token]) -> Vec<AcronymExpansion> {
    let is_acronym = |word: &Token| word.kind == TokenKind::Acronym && word.stem.len() > 1;
    let mut found = Vec::new();
    for (at, acronym) in words.iter().enumerate().filter(|(_, word)| is_acronym(word)) {
        let is_other_side = |word: &&Token| word.in_parentheses != acronym.in_parentheses;
        let beside: Vec<&Token> = if acronym.in_parentheses {
            let longest = words[..at].iter().rev().take_while(is_other_side).take(acronym.stem.len());
            let mut before: Vec<&Token> = longest.collect();
            before.reverse();
            let first = acronym.stem.chars().next();
            let begins = |word: &&Token| word.stem.chars().next() != first;
            before.into_iter().skip_while(begins).collect()
        } else {
            words[at + 1..].iter().take_while(is_other_side).collect()
        };
        let beside: Vec<String> = beside.into_iter().map(|word| word.stem.clone()).collect();
        if abbreviates(&acronym.stem, &beside) {
            found.push(AcronymExpansion { acronym: acronym.stem.clone(), words: beside });
        }
    }
    found
}

/// Returns true if letters are the initials of words, between which small words may have had theirs: `RDR`,
/// réduction (des) risques.
fn abbreviates(acronym: &str, words: &[String]) -> bool {
    let mut letters = acronym.chars();
    let mut initials = words.iter().filter_map(|word| word.chars().next());
    words.len() > 1
        && words.len() * 2 >= acronym.len()
        && words[0].chars().next() == acronym.chars().next()
        && initials.all(|initial| letters.any(|letter| letter == initial))
}
