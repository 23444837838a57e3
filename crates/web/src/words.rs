//! Words of the pages. One catalogue per language, and one field per word.
//!
//! A missing word is a compile error. To add a language, add a file and an arm of [`Words::of`].

mod catalogue;
mod de;
mod en;
mod fr;
mod nl;

use passerelle_model::language::Language;

pub(crate) use catalogue::{Noun, Words};

impl Words {
    /// Returns the catalogue of a language.
    pub(crate) fn of(lang: Language) -> &'static Self {
        match lang {
            Language::Fr => &fr::WORDS,
            Language::Nl => &nl::WORDS,
            Language::De => &de::WORDS,
            Language::En => &en::WORDS,
        }
    }

    /// Replaces each `{}` of a sentence with the next value.
    pub(crate) fn fill(sentence: &str, values: &[&str]) -> String {
        let mut values = values.iter();
        let mut parts = sentence.split("{}");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            filled.push_str(values.next().unwrap_or(&""));
            filled.push_str(part);
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_have_the_same_gaps_in_each_language() {
        for lang in Language::ALL {
            let words = Words::of(lang);
            assert_eq!((words.lang, words.code), (lang, lang.code()));
            let gaps = |sentence: &str| sentence.matches("{}").count();
            let found = [
                words.plan_at,
                words.completed_of,
                words.distinct,
                words.of_all,
                words.chart_text,
                words.plan_description,
                words.would_be_held,
                words.and_more,
                words.pruned,
                words.measure_removed,
                words.compare_absent,
            ];
            assert_eq!(found.map(gaps), [1, 3, 2, 1, 4, 1, 2, 1, 1, 1, 1], "{lang}");
        }
    }

    #[test]
    fn each_gap_gets_its_value() {
        assert_eq!(Words::fill("{} of {}", &["2", "10"]), "2 of 10");
        assert_eq!(Words::fill("none", &["2"]), "none");
    }
}
