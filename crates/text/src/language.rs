//! Language detection.

use passerelle_model::language::Language;

use crate::fold::fold;

/// Returns the language whose stop words occur most often. Returns `None` if the text has too few stop
/// words.
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
    (count >= MIN_STOP_WORDS).then_some(language)
}

/// Frequent words that do not occur in the other languages.
fn stop_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Fr => &["le", "la", "les", "et", "du", "aux", "dans", "pour", "une", "par", "sur", "avec"],
        Language::Nl => {
            &["het", "een", "van", "en", "voor", "met", "niet", "zijn", "op", "ook", "bij", "naar"]
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
        assert_eq!(detect("Het park van de wijk en een tuin voor het dorp met bomen"), Some(Language::Nl));
    }
}
