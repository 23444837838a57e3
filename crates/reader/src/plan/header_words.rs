//! Words in the headers of columns and in the names of fields, in French, Dutch, German and English.

use std::collections::HashMap;
use std::sync::LazyLock;

use passerelle_text::fold::fold;

use super::{title, words};

/// Meaning of a column of a table, or of a named field of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ColumnRole {
    /// Number or code of the measure.
    Label,
    /// Title of the measure.
    Title,
    /// Status.
    Status,
    /// Bodies that carry the measure out.
    Responsible,
    /// Bodies that support it.
    Partners,
    /// Period or deadline.
    Schedule,
    /// Beginning of the period.
    Start,
    /// End of the period.
    End,
    /// Costs or funding.
    Budget,
    /// Indicators and targets.
    Indicator,
    /// Percentage of completion.
    Completion,
    /// Priority.
    Priority,
    /// Theme, sector or axis: a category.
    Theme,
    /// Goal of the measure: a category if several measures have the same, else an effect.
    Goal,
    /// Description below the title.
    Description,
    /// Expected effect. It has no field of its own but is typical for plans.
    Impact,
    /// Any other column: an attribute with the name of its header.
    Other,
}

/// Phrases of one role, folded.
type Phrases = (ColumnRole, Vec<&'static str>);

/// Phrases of each role. A header has the role of the longest phrase that it contains.
static PHRASES: LazyLock<Vec<Phrases>> =
    LazyLock::new(|| ROLE_NAMES.iter().map(|(name, role)| (*role, words::of(HEADERS, name))).collect());

/// Roles of each phrase.
static ROLES_BY_PHRASE: LazyLock<HashMap<&str, Vec<ColumnRole>>> = LazyLock::new(|| {
    let mut roles: HashMap<&str, Vec<ColumnRole>> = HashMap::new();
    for (role, phrases) in PHRASES.iter() {
        for phrase in phrases {
            roles.entry(phrase).or_default().push(*role);
        }
    }
    roles
});

/// Phrases with their roles, by their first word.
static PHRASES_BY_FIRST_WORD: LazyLock<HashMap<&str, Vec<(ColumnRole, &str)>>> = LazyLock::new(|| {
    let mut by_word: HashMap<&str, Vec<(ColumnRole, &str)>> = HashMap::new();
    for (role, phrases) in PHRASES.iter() {
        for phrase in phrases {
            by_word.entry(first_word(phrase)).or_default().push((*role, phrase));
        }
    }
    by_word
});

/// Titles of columns that many other tables use too. They are not enough to detect a plan.
static WEAK_TITLES: LazyLock<Vec<&str>> = LazyLock::new(|| words::of(HEADERS, "weak"));

const HEADERS: &str = include_str!("words/headers.txt");

/// Names of roles in the list of phrases.
const ROLE_NAMES: [(&str, ColumnRole); 16] = [
    ("label", ColumnRole::Label),
    ("title", ColumnRole::Title),
    ("status", ColumnRole::Status),
    ("responsible", ColumnRole::Responsible),
    ("partners", ColumnRole::Partners),
    ("schedule", ColumnRole::Schedule),
    ("start", ColumnRole::Start),
    ("end", ColumnRole::End),
    ("budget", ColumnRole::Budget),
    ("indicator", ColumnRole::Indicator),
    ("completion", ColumnRole::Completion),
    ("priority", ColumnRole::Priority),
    ("theme", ColumnRole::Theme),
    ("goal", ColumnRole::Goal),
    ("description", ColumnRole::Description),
    ("impact", ColumnRole::Impact),
];

/// Role of a header, and the quality of the match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderMatch {
    /// Role of the column.
    pub(super) role: ColumnRole,
    /// True if the whole header is the phrase.
    pub(super) is_exact: bool,
    /// Length of the phrase in bytes.
    pub(super) length: usize,
}

/// The longest header that is compared with phrases, in bytes. Longer cells are text.
const MAX_HEADER_BYTES: usize = 240;

/// Folds a header and removes its markup, footnote references and closing colon.
pub(super) fn clean(header: &str) -> String {
    let (text, _) = title::extract_footnote_refs(header);
    let text = plain_text(&text);
    let folded = fold(&text).replace('’', "'");
    folded.trim_matches([':', '.', '*', '?', ' ', '\u{A0}']).to_owned()
}

/// A cell without emphasis and with the text of a link instead of the link.
pub(super) fn plain_text(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let link = after.split_once("](").and_then(|(label, tail)| Some((label, tail.split_once(')')?.1)));
        let Some((label, tail)) = link.filter(|(label, _)| !label.contains('[')) else {
            text.push_str(&rest[..=open]);
            rest = after;
            continue;
        };
        text.push_str(&rest[..open]);
        text.push_str(label);
        rest = tail;
    }
    text.push_str(rest);
    let text = text.replace("**", "").replace("__", "").replace("\\*", "*").replace('`', "");
    passerelle_text::fold::collapse_whitespace(text.trim().trim_matches('*'))
}

/// The longest cell that can be exactly a phrase, in bytes.
const MAX_PHRASE_BYTES: usize = 80;

/// Returns true if a whole cell is a phrase. Called for every cell of a table, so it needs one look-up.
pub(super) fn is_exact(cell: &str) -> bool {
    let start = cell.get(..cell.len().min(MAX_HEADER_BYTES)).unwrap_or_default();
    let name = start.split('(').next().unwrap_or_default();
    name.len() <= MAX_PHRASE_BYTES && {
        let cleaned = clean(start);
        ROLES_BY_PHRASE.contains_key(cleaned.as_str())
            || ROLES_BY_PHRASE.contains_key(without_parenthesis(&cleaned))
    }
}

fn without_parenthesis(cleaned: &str) -> &str {
    cleaned.split('(').next().unwrap_or_default().trim().trim_end_matches([':', '*', '.'])
}

/// Returns the role whose phrase is exactly the text. Needs one look-up, because it is called for every line
/// with a colon.
pub(super) fn exact_role(text: &str) -> Option<ColumnRole> {
    if text.len() > MAX_HEADER_BYTES {
        return None;
    }
    let cleaned = clean(text);
    let roles = ROLES_BY_PHRASE.get(cleaned.as_str());
    roles.or_else(|| ROLES_BY_PHRASE.get(without_parenthesis(&cleaned)))?.first().copied()
}

/// The longest name of a field in characters.
const MAX_NAME: usize = 60;

/// Reads `Statut : en cours`, `**Pilote :** Ville` and `**Échéance** : 2026`.
pub(super) fn field(text: &str) -> Option<(ColumnRole, String, &str)> {
    let (name, value) = text.split_once(':')?;
    let value = value.trim_start_matches(['*', ' ', '\u{A0}', '_']).trim();
    let plain = plain_text(name);
    if plain.is_empty() || plain.chars().count() > MAX_NAME || value.is_empty() || value.starts_with("//") {
        return None;
    }
    let role = exact_role(&plain).filter(|role| *role != ColumnRole::Title)?;
    Some((role, plain, value))
}

/// Every role that the words of a header allow, the best match first.
pub(super) fn matches(header: &str) -> Vec<HeaderMatch> {
    if header.len() > MAX_HEADER_BYTES {
        return Vec::new();
    }
    let cleaned = clean(header);
    let short = without_parenthesis(&cleaned);
    let mut found: Vec<HeaderMatch> = Vec::new();
    let mut add = |role: ColumnRole, is_exact: bool, length: usize| {
        let new = HeaderMatch { role, is_exact, length };
        match found.iter_mut().find(|known| known.role == role) {
            Some(known) if (known.is_exact, known.length) < (is_exact, length) => *known = new,
            Some(_) => {}
            None => found.push(new),
        }
    };
    for text in [cleaned.as_str(), short] {
        for role in ROLES_BY_PHRASE.get(text).into_iter().flatten() {
            add(*role, true, text.len());
        }
    }
    for (role, phrase) in contained_phrases(short) {
        add(role, false, phrase.len());
    }
    // Equal matches stay in the order of the roles.
    found.sort_by_key(|found| (std::cmp::Reverse((found.is_exact, found.length)), found.role));
    found
}

/// Returns true if a header names measures by a word that few other tables use.
pub(super) fn is_strong_title(header: &str) -> bool {
    let cleaned = clean(header);
    let is_title = |(role, phrase): &(ColumnRole, &'static str)| {
        *role == ColumnRole::Title && !WEAK_TITLES.contains(phrase)
    };
    contained_phrases(&cleaned).iter().any(is_title)
}

/// Returns the phrases that a text contains as whole words. A number sign or a single letter counts only as
/// the first word. One look-up per word: most cells contain no phrase.
fn contained_phrases(text: &str) -> Vec<(ColumnRole, &'static str)> {
    let is_boundary =
        |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    let mut found = Vec::new();
    let mut add = |at: usize, first_word: &str| {
        for (role, phrase) in PHRASES_BY_FIRST_WORD.get(first_word).into_iter().flatten() {
            let is_short = phrase.chars().count() <= 3;
            let rest = text[at..].strip_prefix(phrase);
            if (at == 0 || !is_short) && rest.is_some_and(|rest| is_boundary(rest.chars().next())) {
                found.push((*role, *phrase));
            }
        }
    };
    let mut previous = None;
    for (at, character) in text.char_indices() {
        if is_boundary(previous) {
            // A phrase that begins with a sign, such as `% done`, has no first word.
            add(at, if character.is_alphanumeric() { first_word(&text[at..]) } else { "" });
        }
        previous = Some(character);
    }
    found
}

/// Returns the letters and digits at the beginning of a text.
fn first_word(text: &str) -> &str {
    text.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(header: &str) -> Option<ColumnRole> {
        matches(header).first().map(|found| found.role)
    }

    #[test]
    fn headers_are_recognized_in_four_languages() {
        for (header, expected) in [
            ("N°", ColumnRole::Label),
            ("Nr. in Plan A", ColumnRole::Label),
            ("**Maßnahme**", ColumnRole::Title),
            ("Naam van de maatregel", ColumnRole::Title),
            ("[Stand der Umsetzung](#legende)", ColumnRole::Status),
            ("Institution / person in charge", ColumnRole::Responsible),
            ("Trekker", ColumnRole::Responsible),
            ("Partenaires :", ColumnRole::Partners),
            ("Zeitraum", ColumnRole::Schedule),
            ("Target Date", ColumnRole::End),
            ("Coût (k€)", ColumnRole::Budget),
            ("Field of action", ColumnRole::Theme),
            ("Prioriteit", ColumnRole::Priority),
            ("Action description", ColumnRole::Description),
        ] {
            assert_eq!(role(header), Some(expected), "{header}");
        }
        assert_eq!(role("Remarques diverses"), None);
        for phrase in PHRASES.iter().flat_map(|(_, phrases)| phrases) {
            let best = matches(phrase).first().filter(|best| best.is_exact).map(|best| best.role);
            assert_eq!(exact_role(phrase), best, "{phrase}");
        }
        assert_eq!(exact_role("**Trekker** :"), Some(ColumnRole::Responsible));
        assert_eq!(exact_role("Naam van de maatregel en meer"), None);
    }

    #[test]
    fn a_word_inside_another_word_is_not_a_match() {
        assert_eq!(role("Transaction"), None);
        assert_eq!(role("Measurement"), Some(ColumnRole::Indicator));
    }
}
