//! Spelling suggestion for a query without results: words that are not in the index are replaced by similar
//! ones.

use std::cmp::Reverse;
use std::collections::HashMap;

use passerelle_model::language::Language;
use passerelle_text::fold::fold;

use crate::error::SearchError;
use crate::index::schema::Zone;
use crate::query::clause::MAX_FUZZY_WORDS;
use crate::query::dictionary::Dictionary;
use crate::query::parse::ParsedQuery;
use crate::query::work::Execution;

/// A word with fewer letters is similar to many others. It is replaced only by words with the same first
/// letter.
const SHORT_WORD_CHARS: usize = 5;

/// Returns the corrected query. Returns `None` if no word can be corrected.
pub(crate) fn suggest(
    execution: &Execution<'_>,
    text: &str,
    query: &ParsedQuery,
    languages: &[Language],
) -> Result<Option<String>, SearchError> {
    let mut suggested = text.trim().to_owned();
    let mut is_corrected = false;
    // An acronym is not a misspelt word.
    for word in query.words.iter().filter(|word| !word.is_acronym).take(MAX_FUZZY_WORDS) {
        execution.check()?;
        if let Some(similar) = most_similar(execution, &fold(&word.written), languages)? {
            suggested = suggested.replacen(&word.written, &similar, 1);
            is_corrected = true;
        }
    }
    Ok(is_corrected.then_some(suggested))
}

fn most_similar(
    execution: &Execution<'_>,
    word: &str,
    languages: &[Language],
) -> Result<Option<String>, SearchError> {
    // More edits than in a search: a suggestion is shown to the user before it is used.
    let edits = match word.chars().count() {
        0..=2 => 0,
        3..=4 => 1,
        _ => 2,
    };
    let fields = languages.iter().flat_map(|lang| Zone::ALL.map(|zone| execution.fields.terms(*lang, zone)));
    let fields: Vec<_> = fields.collect();
    let mut counts: HashMap<String, (usize, u64)> = HashMap::new();
    for (distance, known) in Dictionary::new(execution).within(&fields, word, edits)?.into_iter().flatten() {
        counts.entry(known.word).or_insert((distance, 0)).1 += known.count;
    }
    let is_similar = |known: &str| {
        let is_short = known.chars().count() < SHORT_WORD_CHARS || word.chars().count() < SHORT_WORD_CHARS;
        !is_short || known.chars().next() == word.chars().next() && known.chars().count() > 2
    };
    let similar = counts
        .into_iter()
        .filter(|(known, _)| is_similar(known))
        .min_by_key(|(word, (distance, count))| (*distance, Reverse(*count), word.clone()));
    Ok(similar.map(|(word, _)| word))
}
