//! Language detection.

use passerelle_model::language::Language;

use crate::fold::fold;

/// Returns the language whose stop words occur most often, else the language whose words for measures and
/// their fields do. A table has few stop words. Returns `None` if the text has too few of both.
pub fn detect(text: &str) -> Option<Language> {
    /// Fewer stop words give no reliable result.
    const MIN_STOP_WORDS: usize = 5;
    /// Length of the longest stop word below, in bytes.
    const MAX_WORD_BYTES: usize = 5;
    /// Number of characters that are read. It bounds the work, and longer texts do not change the result.
    const MAX_CHARACTERS: usize = 8_000;
    let sample = text.char_indices().nth(MAX_CHARACTERS).map_or(text, |(end, _)| &text[..end]);
    let folded = fold(sample);
    let mut counts = [0_usize; 4];
    let words = folded.split(|character: char| !character.is_alphanumeric());
    for word in words.filter(|word| (2..=MAX_WORD_BYTES).contains(&word.len())) {
        for (count, language) in counts.iter_mut().zip(Language::ALL) {
            *count += usize::from(stop_words(language).contains(&word));
        }
    }
    let (language, count) = Language::ALL
        .into_iter()
        .zip(counts)
        .max_by_key(|(language, count)| (*count, std::cmp::Reverse(*language)))?;
    if count >= MIN_STOP_WORDS {
        return Some(language);
    }
    // Editors mix the languages of statuses, so these words decide last.
    only_language_with(&folded, subject_words).or_else(|| only_language_with(&folded, status_words))
}

/// Returns the language that alone has some of its words in a folded text.
fn only_language_with(
    folded: &str,
    words_of: impl Fn(Language) -> &'static [&'static str],
) -> Option<Language> {
    let words: Vec<&str> = folded.split(|character: char| !character.is_alphanumeric()).collect();
    let has_word = |language: &Language| words_of(*language).iter().any(|word| words.contains(word));
    let mut found = Language::ALL.into_iter().filter(has_word);
    let language = found.next()?;
    found.next().is_none().then_some(language)
}

/// Words for measures and their fields that do not occur in the other languages, folded.
fn subject_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Fr => &["mesure", "mesures", "pilote", "echeance", "intitule", "partenaires"],
        Language::Nl => &["maatregel", "maatregelen", "acties", "actieplan", "trekker"],
        Language::De => &["massnahme", "massnahmen", "zustandig", "handlungsfeld", "umsetzung", "zeitraum"],
        Language::En => &["measure", "measures", "commitment", "commitments", "lead", "owner"],
    }
}

/// Words of statuses that do not occur in the other languages, folded.
fn status_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Fr => &["cours", "faire", "realise", "realisee", "termine", "terminee", "prevu", "prevue"],
        Language::Nl => &["uitgevoerd", "lopend", "lopende", "gepland", "voltooid", "afgerond"],
        Language::De => &["geplant", "umgesetzt", "laufend", "erledigt", "abgeschlossen", "lauft"],
        Language::En => &["done", "delayed", "completed", "ongoing", "planned", "started", "progress"],
    }
}

/// Frequent words that do not occur in the other languages.
fn stop_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Fr => &["le", "la", "les", "et", "du", "aux", "dans", "pour", "une", "par", "sur", "avec"],
        Language::Nl => {
            &["het", "een", "van", "voor", "met", "niet", "zijn", "op", "ook", "bij", "naar", "aan"]
        }
        Language::De => {
            &["der", "das", "und", "den", "dem", "ein", "eine", "fur", "mit", "nicht", "von", "zu"]
        }
        Language::En => &["the", "and", "of", "to", "for", "with", "is", "are", "by", "from", "this", "that"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_detected_from_stop_words() {
        assert_eq!(detect("Plan 2025"), None);
        assert_eq!(detect("Le parc et la mare dans les quartiers, pour une ville"), Some(Language::Fr));
        assert_eq!(detect("Nr;Maßnahme;Status\n1;Hecken pflanzen;Geplant"), Some(Language::De));
        assert_eq!(detect("Nr;Maatregel;Status\n1;Hagen planten;Gepland"), Some(Language::Nl));
        assert_eq!(detect("Massnahme;Mesure"), None);
        assert_eq!(detect("Action;Status\nBike lanes;Delayed"), Some(Language::En));
        let in_french = "En cours;En cours;En cours;En cours;En cours;À faire";
        assert_eq!(detect(in_french), Some(Language::Fr));
        assert_eq!(detect("Het park van de wijk en een tuin voor het dorp met bomen"), Some(Language::Nl));
    }
}
