//! Suggests a status for an unknown word that is probably a misspelling.
//!
//! A wrong suggestion is worse than none, because an editor who accepts it publishes a false status.

use passerelle_model::plan::MeasureStatus;
use passerelle_text::fold::fold;

/// French inflections, folded: `Réalisé(e)s`. Longest first.
pub(super) const INFLECTIONS: [&str; 11] =
    ["(e)(s)", "·e·s", ".e.s", "(e)s", "(es)", "(e)", "(s)", "·e", "es", "e", "s"];

/// Letters of a known word per error that is allowed in it. Words of fewer letters are never suggested: in
/// `Late`, one letter makes another word.
const LETTERS_PER_ERROR: usize = 5;

/// Words that turn a status into its opposite, folded, in the four languages.
const NEGATIONS: [&str; 26] = [
    "aucun", "aucune", "geen", "jamais", "kein", "keine", "keiner", "never", "ni", "nicht", "nie", "niemals",
    "niet", "no", "noch", "nog", "non", "none", "nooit", "not", "ohne", "pas", "sans", "without", "yet",
    "zonder",
];

/// Returns the status of the known word that differs from the written word by at most a few typing errors.
///
/// Returns `None` if words of two statuses are equally near, or if the difference adds or removes a negation.
/// The first letter must agree, because a prefix can be a negation: `unerledigt`, `onvoltooid`.
pub(super) fn of(written: &str, known: &[(&str, MeasureStatus)]) -> Option<MeasureStatus> {
    /// No known word is longer, and comparing long texts is quadratic.
    const LONGEST: usize = 40;
    let folded = fold(written);
    // Punctuation around a status is no typing error. A parenthesis can belong to an inflection:
    // `réalisé(e)`.
    let folded = folded.trim_matches(|mark: char| !mark.is_alphanumeric() && !matches!(mark, '(' | ')'));
    if folded.chars().count() > LONGEST {
        return None;
    }
    let uninflected = INFLECTIONS.iter().filter_map(|end| folded.strip_suffix(end));
    let forms: Vec<&str> = std::iter::once(folded).chain(uninflected).collect();
    let mut best: Option<(usize, MeasureStatus)> = None;
    let mut is_ambiguous = false;
    for (word, status) in known {
        let Some(distance) = distance(&forms, &fold(word)) else { continue };
        match best {
            Some((least, other)) if distance == least => is_ambiguous |= other != *status,
            Some((least, _)) if distance > least => {}
            _ => (best, is_ambiguous) = (Some((distance, *status)), false),
        }
    }
    best.filter(|_| !is_ambiguous).map(|(_, status)| status)
}

/// Number of typing errors between the nearest of the written forms and a known word, if they are few.
fn distance(forms: &[&str], word: &str) -> Option<usize> {
    let allowed = word.chars().count() / LETTERS_PER_ERROR;
    forms
        .iter()
        .filter(|form| form.chars().next() == word.chars().next() && negations(form) == negations(word))
        .map(|form| strsim::damerau_levenshtein(form, word))
        .filter(|distance| *distance <= allowed)
        .min()
}

/// Number of negations in a folded text.
fn negations(folded: &str) -> usize {
    let words = folded.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| NEGATIONS.contains(word)).count()
}

#[cfg(test)]
mod tests {
    use super::super::status::read;
    use super::*;

    #[test]
    fn a_word_of_another_meaning_suggests_nothing() {
        for written in [
            "Commencé",
            "Started",
            "Lancé",
            "Retiré",
            "Gestart",
            "Net gestart",
            "Now started",
            "Non réalisé",
            "Inachevé",
            "Unfinished",
            "Uncompleted",
            "Undone",
            "Unerledigt",
            "Onvoltooid",
            "Later",
            "None",
            "Gone",
            "Vertaald",
            "Rapporté",
        ] {
            assert_eq!(read(written).nearest, None, "{written}");
        }
    }

    #[test]
    fn a_typing_error_suggests_the_status() {
        for (written, status) in [
            ("Realisé !", MeasureStatus::Completed),
            ("Abandonées", MeasureStatus::Cancelled),
            ("Abgeschlosen", MeasureStatus::Completed),
            ("En cour", MeasureStatus::InProgress),
            ("No commencé", MeasureStatus::NotStarted),
            ("Niet gestrat", MeasureStatus::NotStarted),
            ("In progres", MeasureStatus::InProgress),
            ("PPS En corus", MeasureStatus::InProgress),
            ("Verschobben", MeasureStatus::Postponed),
        ] {
            assert_eq!(read(written).nearest, Some(status), "{written}");
        }
    }

    #[test]
    fn words_of_two_statuses_equally_near_suggest_nothing() {
        let known = [("Posted", MeasureStatus::Completed), ("Posten", MeasureStatus::Late)];
        assert_eq!(of("Poster", &known), None);
        assert_eq!(of("Postted", &known), Some(MeasureStatus::Completed));
    }
}
