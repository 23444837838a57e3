//! Reads the label of a heading. The number of `#` is ignored.

use passerelle_model::plan::CategoryLevel;
use passerelle_text::fold::fold;

use super::title::{extract_footnote_refs, remove_emphasis_markers, strip_emphasis};

/// A heading of a plan that opens a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LabelledHeading {
    /// The level that the label belongs to.
    pub(super) level: CategoryLevel,
    /// The word before the label of an axis, folded. Empty for other levels.
    pub(super) word: String,
    /// The label: `2`, `b`.
    pub(super) label: String,
    /// The title after it.
    pub(super) title: String,
    /// Numbers of the footnotes that it references.
    pub(super) footnote_refs: Vec<u32>,
}

/// The words before the number of an axis, folded: French, Dutch, English, German.
pub(super) const AXIS_WORDS: [&str; 16] = [
    "axe",
    "as",
    "axis",
    "achse",
    "theme",
    "thema",
    "orientation",
    "handlungsfeld",
    "pilier",
    "pijler",
    "pillar",
    "volet",
    "chapitre",
    "domaine",
    "defi",
    "enjeu",
];

/// Reads the label of a heading's text, with or without emphasis around it.
pub(super) fn read(text: &str) -> Option<LabelledHeading> {
    let (text, footnote_refs) = extract_footnote_refs(text);
    let (text, _) = strip_emphasis(&text);
    // Pandoc writes `3\.` where `3.` would begin a list.
    let unescaped = text.contains('\\').then(|| text.replace("\\.", ".").replace("\\)", ")"));
    let text = unescaped.as_deref().unwrap_or(&text);
    let (level, label, title) =
        parse_axis(text).or_else(|| parse_objective(text)).or_else(|| parse_section(text))?;
    let title = remove_emphasis_markers(
        title.trim_start_matches(|character: char| character.is_whitespace() || ":–—-".contains(character)),
    );
    let word =
        if level == CategoryLevel::Axis { text.split(char::is_whitespace).next().map(fold) } else { None };
    let word = word.unwrap_or_default();
    (!title.is_empty()).then_some(LabelledHeading { level, word, label, title, footnote_refs })
}

type LabelParts<'a> = (CategoryLevel, String, &'a str);

fn parse_axis(text: &str) -> Option<LabelParts<'_>> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    if !AXIS_WORDS.contains(&fold(word).as_str()) {
        return None;
    }
    let rest = without_adjective(rest.trim_start());
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (label, title) = rest.split_at(end);
    let is_label = !label.is_empty()
        && (label.chars().all(|digit| digit.is_ascii_digit())
            || label.chars().all(|roman| "IVXLC".contains(roman)));
    is_label.then(|| (CategoryLevel::Axis, label.to_owned(), title.trim_start_matches(['.', ')'])))
}

/// `stratégique 1: Planter` gives `1: Planter`.
fn without_adjective(text: &str) -> &str {
    const ADJECTIVES: [&str; 8] = [
        "strategique",
        "strategiques",
        "operationnel",
        "operationnelle",
        "prioritaire",
        "thematique",
        "transversal",
        "n°",
    ];
    let Some((word, rest)) = text.split_once(char::is_whitespace) else { return text };
    let is_adjective = word.len() <= MAX_ADJECTIVE_BYTES && ADJECTIVES.contains(&fold(word).as_str());
    if is_adjective { rest.trim_start() } else { text }
}

/// The longest of these adjectives in bytes, with accents.
const MAX_ADJECTIVE_BYTES: usize = 16;

fn parse_objective(text: &str) -> Option<LabelParts<'_>> {
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let title = text[end..].strip_prefix(['.', ')'])?;
    (end > 0 && title.starts_with(char::is_whitespace))
        .then(|| (CategoryLevel::Objective, text[..end].to_owned(), title))
}

fn parse_section(text: &str) -> Option<LabelParts<'_>> {
    let label = text.chars().next().filter(char::is_ascii_alphabetic)?;
    let title = text[1..].strip_prefix(['.', ')'])?;
    title
        .starts_with(char::is_whitespace)
        .then(|| (CategoryLevel::Section, label.to_ascii_lowercase().to_string(), title))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(CategoryLevel, String, String)> {
        read(text).map(|heading| (heading.level, heading.label, heading.title))
    }

    #[test]
    fn the_label_decides_the_level() {
        let parts = |level, label: &str, title: &str| Some((level, label.to_owned(), title.to_owned()));
        assert_eq!(
            parsed("AXE 2: Ouvrir la ville<sup>2</sup>"),
            parts(CategoryLevel::Axis, "2", "Ouvrir la ville")
        );
        assert_eq!(parsed("Axe stratégique 2 : Ouvrir"), parts(CategoryLevel::Axis, "2", "Ouvrir"));
        assert_eq!(parsed("As 2 – De stad openen"), parts(CategoryLevel::Axis, "2", "De stad openen"));
        assert_eq!(parsed("3. Planter"), parts(CategoryLevel::Objective, "3", "Planter"));
        assert_eq!(parsed("**3\\. Planter**"), parts(CategoryLevel::Objective, "3", "Planter"));
        assert_eq!(parsed("*b. Creuser*"), parts(CategoryLevel::Section, "b", "Creuser"));
    }

    #[test]
    fn other_headings_have_no_label() {
        for text in
            ["Plan climat 2025", "Table des matières", "2025", "e-santé", "As de pique", "a.b", "3.Planter"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
