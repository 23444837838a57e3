//! Which language a text is written in.

use passerelle_model::language::Language;

use crate::fold::fold;

/// The language whose commonest small words stand most often in the text, where there are enough of
/// them to tell.
pub fn guess(text: &str) -> Option<Language> {
    /// Fewer than this many small words say nothing.
    const ENOUGH: usize = 5;
    /// The longest of those words, in bytes.
    const LONGEST: usize = 5;
    /// A page says its language in this many characters, or not at all.
    const BEGINNING: usize = 8_000;
    let beginning = text.char_indices().nth(BEGINNING).map_or(text, |(end, _)| &text[..end]);
    let folded = fold(beginning);
    let mut counts = [0_usize; 4];
    let words = folded.split(|character: char| !character.is_alphanumeric());
    for word in words.filter(|word| (2..=LONGEST).contains(&word.len())) {
        for (count, language) in counts.iter_mut().zip(Language::ALL) {
            *count += usize::from(small_words(language).contains(&word));
        }
    }
    let (language, count) = Language::ALL
        .into_iter()
        .zip(counts)
        .max_by_key(|(language, count)| (*count, std::cmp::Reverse(*language)))?;
    (count >= ENOUGH).then_some(language)
}

/// Frequent words that the other languages of the list do not have.
fn small_words(language: Language) -> &'static [&'static str] {
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
    fn the_words_say_the_language_when_there_are_enough() {
        assert_eq!(guess("Plan 2025"), None);
        assert_eq!(guess("Le parc et la mare dans les quartiers, pour une ville"), Some(Language::Fr));
        assert_eq!(guess("Het park van de wijk en een tuin voor het dorp met bomen"), Some(Language::Nl));
    }
}
