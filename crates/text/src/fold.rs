//! Text as it is compared, and as it stands in a URL.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Lower case, without accents, ligatures opened, curly quotes straightened, runs of space as one.
///
/// Two texts that a reader would call the same word for word fold to the same string.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            // Most of any text: nothing to take apart.
            fold_letter(character, &mut folded);
        } else {
            decompose_canonical(character, |part| fold_letter(part, &mut folded));
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn fold_letter(character: char, folded: &mut String) {
    match character {
        _ if character.is_ascii_alphanumeric() => folded.push(character.to_ascii_lowercase()),
        'œ' | 'Œ' => folded.push_str("oe"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'ß' => folded.push_str("ss"),
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

/// Runs of white space as one space, none at the ends.
pub fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// ASCII letters and digits in lower case, joined by `-`: `Qu’est-ce ?` gives `qu-est-ce`.
///
/// Empty where the text has neither letters nor digits of the Latin alphabet.
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

/// The candidate that the written word most resembles, if one is near: at most a third of its letters differ.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = fold(written);
    candidates
        .into_iter()
        // Words whose lengths differ by more than what is allowed cannot be near, which bounds the work on long ones.
        .filter(|candidate| {
            let length = candidate.chars().count();
            written.chars().take(2 * length + 2).count().abs_diff(length) <= length.div_ceil(3)
        })
        .map(|candidate| (strsim::damerau_levenshtein(&written, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The first number of four digits that is a year of this or the last century.
pub fn year_in(text: &str) -> Option<i32> {
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
    fn a_year_is_a_number_of_four_digits() {
        assert_eq!(year_in("Plan climat 2025-2030"), Some(2025));
        assert_eq!(year_in("Plan 12345"), None);
    }

    #[test]
    fn case_accents_ligatures_and_spaces_do_not_count() {
        assert_eq!(fold("À  FAIRE"), fold("a faire"));
        assert_eq!(fold("Cœur de l’été"), "coeur de l'ete");
    }

    #[test]
    fn a_slug_holds_letters_and_digits_only() {
        assert_eq!(slugify("Qu’est-ce qu’un service support ?"), "qu-est-ce-qu-un-service-support");
        assert_eq!(slugify("« … »"), "");
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        assert_eq!(nearest("Realise", ["En cours", "Réalisé"]), Some("Réalisé"));
        assert_eq!(nearest("Bientôt peut-être", ["En cours", "Réalisé"]), None);
    }
}
