//! Text normalization for comparison and for URLs.

use passerelle_model::key::Slug;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Returns the text in lower case, without accents and ligatures, with straight quotes and single spaces.
///
/// Texts that differ only in case, accents, ligatures, quotes or spacing give the same result.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            // Most characters do not decompose.
            fold_char(character, &mut folded);
        } else {
            decompose_canonical(character, |character| fold_char(character, &mut folded));
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn fold_char(character: char, folded: &mut String) {
    match character {
        _ if character.is_ascii_alphanumeric() => folded.push(character.to_ascii_lowercase()),
        'œ' | 'Œ' => folded.push_str("oe"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'ß' | 'ẞ' => folded.push_str("ss"),
        '\u{2018}' | '\u{2019}' | '\u{02BC}' => folded.push('\''),
        '\u{AD}' | '\u{200B}' | '\u{FEFF}' => {}
        _ if character.is_whitespace() => {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        _ if character.is_ascii() => folded.push(character),
        _ if is_combining_mark(character) => {}
        _ => folded.extend(character.to_lowercase()),
    }
}

/// Replaces each run of white space with one space and trims both ends.
pub fn collapse_whitespace(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns ASCII letters and digits in lower case, joined by `-`: `Qu’est-ce ?` gives `qu-est-ce`.
///
/// Empty if the text has no letters of the Latin alphabet and no digits.
pub fn slugify(text: &str) -> String {
    let mut slug = String::new();
    for character in fold(text).chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Returns the slug of a text. `None` if the text has no letters of the Latin alphabet and no digits. A slug
/// that would be too long is shortened.
pub fn slug_of(text: &str) -> Option<Slug> {
    Slug::parse_or_shorten(&slugify(text)).ok()
}

/// Like [`slugify`], with `ä`, `ö` and `ü` as `ae`, `oe` and `ue`: site builders write German anchors so.
pub fn slugify_german(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    // An umlaut can also be a letter and a combining mark.
    for character in text.chars() {
        match character {
            'ä' | 'Ä' => spelled.push_str("ae"),
            'ö' | 'Ö' => spelled.push_str("oe"),
            'ü' | 'Ü' => spelled.push_str("ue"),
            '\u{308}' => spelled.push('e'),
            _ => spelled.push(character),
        }
    }
    slugify(&spelled)
}

/// Returns the most similar candidate. Returns `None` if no candidate is within an edit distance of a third
/// of its length.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = fold(written);
    candidates
        .into_iter()
        // The edit distance is at least the difference in length. This filter bounds the work for long
        // texts.
        .filter(|candidate| {
            let length = candidate.chars().count();
            written.chars().take(2 * length + 2).count().abs_diff(length) <= length.div_ceil(3)
        })
        .map(|candidate| (strsim::damerau_levenshtein(&written, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the first four-digit number that is a year from 1900 to 2199.
pub fn find_year(text: &str) -> Option<i32> {
    let numbers = text.split(|character: char| !character.is_ascii_digit());
    numbers
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (1900..2200).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_four_digits() {
        assert_eq!(find_year("Plan climat 2025-2030"), Some(2025));
        assert_eq!(find_year("Plan 12345"), None);
    }

    #[test]
    fn folding_ignores_case_accents_ligatures_and_spacing() {
        assert_eq!(fold("À  FAIRE"), fold("a faire"));
        assert_eq!(fold("Cœur de l’été"), "coeur de l'ete");
    }

    #[test]
    fn slugs_hold_only_ascii_letters_digits_and_hyphens() {
        assert_eq!(slugify("Qu’est-ce qu’un service support ?"), "qu-est-ce-qu-un-service-support");
        assert_eq!(slugify("« … »"), "");
        assert_eq!(slug_of("« … »"), None);
        assert_eq!(slug_of("L’étang -- du_parc").map(String::from).as_deref(), Some("l-etang-du-parc"));
        assert_eq!(
            (slugify("GROẞE Gärten"), slugify_german("Große Gärten")),
            ("grosse-garten".into(), "grosse-gaerten".into())
        );
    }

    #[test]
    fn nearest_returns_only_close_candidates() {
        assert_eq!(nearest("Realise", ["En cours", "Réalisé"]), Some("Réalisé"));
        assert_eq!(nearest("Bientôt peut-être", ["En cours", "Réalisé"]), None);
    }
}
