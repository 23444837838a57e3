//! The sentence that designates a service, and those after it.
//!
//! The patterns are words of the language, looked for in folded text; what stands between them is returned as written.

use passerelle_text::fold::{fold, tidy, year_in};

/// What the sentences say.
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

/// The words of one language around each fact.
struct Pattern {
    /// After the organisation.
    designated: &'static [&'static str],
    /// Before the domain.
    domain: &'static [&'static str],
    /// Before the legal basis.
    framework: &'static [&'static str],
    /// Between the legal basis and the authority.
    set_up_by: &'static [&'static str],
    /// Between the authority and the region.
    within: &'static [&'static str],
    /// In the sentence that has the year of renewal.
    renewed: &'static [&'static str],
}

const PATTERNS: [Pattern; 3] = [
    Pattern {
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
    Pattern {
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
    Pattern {
        designated: &["was designated", "has been designated", "is designated"],
        domain: &["in the field of ", "in the area of ", "for "],
        framework: &["under the ", "within the framework of the "],
        set_up_by: &["set up by the ", "set up by "],
        within: &["in the ", "in "],
        renewed: &["renewed"],
    },
];

/// The sentence stands near the top of its page; what is further down is not looked through word by word.
const FAR_DOWN: usize = 20_000;

/// Reads the facts out of plain text, sentence by sentence.
pub(super) fn read(text: &str) -> Designation {
    let mut found = Designation::default();
    let text = text.char_indices().nth(FAR_DOWN).map_or(text, |(end, _)| &text[..end]);
    for sentence in sentences(text) {
        for pattern in &PATTERNS {
            if found.organisation.is_none()
                && let Some((before, after)) = cut(&sentence, pattern.designated)
            {
                found.organisation = Some(last_clause(before));
                found.domain = cut(after, pattern.domain).map(|(_, domain)| clean(domain));
                designation(before, pattern, &mut found);
            }
            if found.renewed_year.is_none() && cut(&sentence, pattern.renewed).is_some() {
                found.renewed_year = year_in(&sentence);
            }
        }
    }
    found
}

fn designation(before: &str, pattern: &Pattern, found: &mut Designation) {
    found.designated_year = year_in(before);
    let Some((_, framework)) = cut(before, pattern.framework) else { return };
    let Some((basis, rest)) = cut(framework, pattern.set_up_by) else {
        found.legal_basis = Some(clean(framework.split([',', '(']).next().unwrap_or_default()));
        return;
    };
    found.legal_basis = Some(clean(basis));
    let rest = rest.split([',', '(']).next().unwrap_or_default();
    match cut(rest, pattern.within) {
        Some((authority, region)) => {
            found.authority = Some(clean(authority));
            found.region = Some(clean(region));
        }
        None => found.authority = Some(clean(rest)),
    }
}

/// Sentences end at `.`, `!` or `?` before white space, and at the end of a paragraph.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for paragraph in text.split("\n\n") {
        let paragraph = tidy(paragraph);
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

/// What stands before and after the first of the words that occurs, at the start of a word, compared folded.
fn cut<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut before = ' ';
    for start in starts {
        if !before.is_alphanumeric()
            && let Some(length) = words.iter().find_map(|word| matched(&text[start..], word))
        {
            return Some((&text[..start], &text[start + length..]));
        }
        before = text[start..].chars().next().unwrap_or(' ');
    }
    None
}

/// The length in bytes of the beginning of `text` that folds to `word`.
fn matched(text: &str, word: &str) -> Option<usize> {
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

/// What stands after the last comma: `In 2018, The Workshop` gives `The Workshop`.
fn last_clause(text: &str) -> String {
    clean(text.rsplit(',').next().unwrap_or(text))
}

fn clean(text: &str) -> String {
    tidy(text.trim_matches(|character: char| character.is_whitespace() || ".,;:()".contains(character)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_read() {
        let found = read(
            "Dans le cadre du nouveau décret de Mobilité douce mis en place par la COMOB en Région Côtière (2019), \
             Les Sentiers a été désignée comme SERVICE DE SUPPORT en matière de CARTOGRAPHIE participative. \
             Elle a été renouvelée en 2024.",
        );
        assert_eq!(
            found,
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
    fn dutch_and_english_are_read() {
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
    fn a_page_that_says_nothing_says_nothing() {
        assert_eq!(read("Bienvenue. Nous sommes ouverts en 2025."), Designation::default());
    }
}
