//! Parses the sentence that designates a support service, and the sentence about its renewal.
//!
//! The patterns are folded phrases of one language each. The text between two phrases is returned as written.

use passerelle_text::fold::{collapse_whitespace, find_year, fold};

/// Facts from the sentences. A fact that was not found is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Designation {
    pub(super) organisation: Option<String>,
    pub(super) domain: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) legal_basis: Option<String>,
    pub(super) region: Option<String>,
    pub(super) designated_year: Option<i32>,
    pub(super) renewed_year: Option<i32>,
}

/// The phrases of one language, folded.
struct LanguagePattern {
    /// Phrase after the organisation.
    designated: &'static [&'static str],
    /// Phrase before the domain.
    domain: &'static [&'static str],
    /// Phrase before the legal basis.
    framework: &'static [&'static str],
    /// Phrase between the legal basis and the authority.
    set_up_by: &'static [&'static str],
    /// Phrase between the authority and the region.
    within: &'static [&'static str],
    /// Phrase in the sentence that contains the year of renewal.
    renewed: &'static [&'static str],
}

const PATTERNS: [LanguagePattern; 3] = [
    LanguagePattern {
        designated: &["a ete designee", "a ete designe", "est designee", "est designe"],
        domain: &["en matiere de ", "en matiere d'", "dans le domaine de ", "dans le domaine d'"],
        framework: &["dans le cadre du ", "dans le cadre de la ", "dans le cadre de l'"],
        set_up_by: &[
            "mis en place par la ",
            "mis en place par le ",
            "mis en place par l'",
            "mise en place par la ",
            "mise en place par le ",
            "mise en place par l'",
        ],
        within: &["en ", "dans la ", "dans le "],
        renewed: &["renouvel"],
    },
    LanguagePattern {
        designated: &["werd aangeduid", "is aangeduid", "werd aangewezen", "is aangewezen"],
        domain: &["op het vlak van ", "inzake ", "voor "],
        framework: &["in het kader van het ", "in het kader van de "],
        set_up_by: &[
            "ingevoerd door de ",
            "ingevoerd door het ",
            "opgezet door de ",
            "opgezet door het ",
            "van de ",
        ],
        within: &["in het ", "in de ", "in "],
        renewed: &["vernieuwd", "verlengd"],
    },
    LanguagePattern {
        designated: &["was designated", "has been designated", "is designated"],
        domain: &["in the field of ", "in the area of ", "for "],
        framework: &["under the ", "within the framework of the "],
        set_up_by: &["set up by the ", "set up by "],
        within: &["in the ", "in "],
        renewed: &["renewed"],
    },
];

/// Maximum length of the searched text in characters. The sentence is near the top of its page.
const MAX_CHARACTERS: usize = 20_000;

/// Parses the facts from plain text, sentence by sentence. The first match of each fact wins.
pub(super) fn read(text: &str) -> Designation {
    let mut designation = Designation::default();
    let text = text.char_indices().nth(MAX_CHARACTERS).map_or(text, |(end, _)| &text[..end]);
    for sentence in sentences(text) {
        for pattern in &PATTERNS {
            if designation.organisation.is_none()
                && let Some((before, after)) = split_at_any(&sentence, pattern.designated)
            {
                designation.organisation = Some(last_clause(before));
                designation.domain =
                    split_at_any(after, pattern.domain).map(|(_, domain)| trim_punctuation(domain));
                read_framework(before, pattern, &mut designation);
            }
            if designation.renewed_year.is_none() && split_at_any(&sentence, pattern.renewed).is_some() {
                designation.renewed_year = find_year(&sentence);
            }
        }
    }
    designation
}

fn read_framework(before: &str, pattern: &LanguagePattern, designation: &mut Designation) {
    designation.designated_year = find_year(before);
    let Some((_, framework)) = split_at_any(before, pattern.framework) else { return };
    let Some((basis, rest)) = split_at_any(framework, pattern.set_up_by) else {
        designation.legal_basis =
            Some(trim_punctuation(framework.split([',', '(']).next().unwrap_or_default()));
        return;
    };
    designation.legal_basis = Some(trim_punctuation(basis));
    let rest = rest.split([',', '(']).next().unwrap_or_default();
    match split_at_any(rest, pattern.within) {
        Some((authority, region)) => {
            designation.authority = Some(trim_punctuation(authority));
            designation.region = Some(trim_punctuation(region));
        }
        None => designation.authority = Some(trim_punctuation(rest)),
    }
}

/// Splits a text into sentences. A sentence ends at `.`, `!` or `?` before white space, or with its
/// paragraph.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for paragraph in text.split("\n\n") {
        let paragraph = collapse_whitespace(paragraph);
        let mut start = 0;
        for (at, character) in paragraph.char_indices() {
            let next = at + character.len_utf8();
            if matches!(character, '.' | '!' | '?') && paragraph[next..].starts_with(' ') {
                sentences.push(paragraph[start..next].trim().to_owned());
                start = next;
            }
        }
        sentences.push(paragraph[start..].trim().to_owned());
    }
    sentences
}

/// Splits a text at the first occurrence of any phrase at the start of a word. The comparison is folded.
fn split_at_any<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut before = ' ';
    for start in starts {
        if !before.is_alphanumeric()
            && let Some(length) = words.iter().find_map(|word| folded_prefix_len(&text[start..], word))
        {
            return Some((&text[..start], &text[start + length..]));
        }
        before = text[start..].chars().next().unwrap_or(' ');
    }
    None
}

/// Returns the length in bytes of the prefix of `text` that folds to `word`.
fn folded_prefix_len(text: &str, word: &str) -> Option<usize> {
    let mut expected = word;
    for (at, character) in text.char_indices() {
        if expected.is_empty() {
            return Some(at);
        }
        let folded =
            if character.is_whitespace() { " ".to_owned() } else { fold(character.encode_utf8(&mut [0; 4])) };
        expected = expected.strip_prefix(folded.as_str())?;
    }
    expected.is_empty().then_some(text.len())
}

/// Returns the text after the last comma: `The Workshop` for `In 2018, The Workshop`.
fn last_clause(text: &str) -> String {
    trim_punctuation(text.rsplit(',').next().unwrap_or(text))
}

fn trim_punctuation(text: &str) -> String {
    collapse_whitespace(
        text.trim_matches(|character: char| character.is_whitespace() || ".,;:()".contains(character)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_designations_are_parsed() {
        let designation = read(
            "Dans le cadre du nouveau décret de Mobilité douce mis en place par la COMOB en Région Côtière (2019), \
             Les Sentiers a été désignée comme SERVICE DE SUPPORT en matière de CARTOGRAPHIE participative. \
             Elle a été renouvelée en 2024.",
        );
        assert_eq!(
            designation,
            Designation {
                organisation: Some("Les Sentiers".to_owned()),
                domain: Some("CARTOGRAPHIE participative".to_owned()),
                authority: Some("COMOB".to_owned()),
                legal_basis: Some("nouveau décret de Mobilité douce".to_owned()),
                region: Some("Région Côtière".to_owned()),
                designated_year: Some(2019),
                renewed_year: Some(2024),
            }
        );
    }

    #[test]
    fn dutch_and_english_designations_are_parsed() {
        let dutch = read(
            "In het kader van het decreet Zachte mobiliteit ingevoerd door de COMOB in het Kustgewest (2019), werd De Paden aangeduid.",
        );
        assert_eq!(dutch.organisation, None);
        let dutch = read(
            "In het kader van het decreet Zachte mobiliteit ingevoerd door de COMOB in het Kustgewest (2019), De Paden werd aangeduid als ondersteuningsdienst inzake kaarten.",
        );
        assert_eq!((dutch.authority.as_deref(), dutch.domain.as_deref()), (Some("COMOB"), Some("kaarten")));
        let english = read(
            "Under the Paths Act set up by the COMOB in the Coastal Region (2019), The Paths was designated as a support service in the field of maps.",
        );
        assert_eq!(
            (english.legal_basis.as_deref(), english.region.as_deref()),
            (Some("Paths Act"), Some("Coastal Region"))
        );
    }

    #[test]
    fn text_without_a_designation_is_empty() {
        assert_eq!(read("Bienvenue. Nous sommes ouverts en 2025."), Designation::default());
    }
}
