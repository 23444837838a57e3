//! Lists of folded words with special treatment.
//!
//! Words of all four languages share a list if they have no other meaning in another language.

use passerelle_model::language::Language;

/// Returns true for a word without meaning of its own, for example an article.
pub(super) fn is_stop_word(language: Language, folded: &str) -> bool {
    let words: &[&str] = match language {
        Language::Fr => &[
            "a", "afin", "ainsi", "alors", "au", "aupres", "aussi", "aux", "avec", "ce", "ces", "cet",
            "cette", "ceux", "ci", "comme", "d", "dans", "de", "des", "dont", "du", "elle", "elles", "en",
            "entre", "est", "et", "etc", "etre", "il", "ils", "j", "je", "l", "la", "le", "les", "leur",
            "leurs", "lors", "m", "meme", "mon", "nos", "notre", "nous", "on", "ont", "ou", "par", "pour",
            "qu", "que", "quel", "qui", "quoi", "s", "sa", "se", "ses", "si", "soit", "son", "sont", "sur",
            "t", "tant", "tel", "telle", "telles", "tels", "tres", "un", "une", "vers", "via", "vos",
            "votre", "vous", "y",
        ],
        Language::Nl => &[
            "aan", "al", "alle", "als", "bij", "dat", "de", "der", "deze", "die", "dit", "door", "een", "en",
            "er", "het", "hun", "in", "is", "met", "naar", "of", "om", "onder", "onze", "ook", "op", "over",
            "te", "tot", "uit", "van", "via", "voor", "waar", "wat", "we", "worden", "wordt", "ze", "zijn",
            "zoals",
        ],
        Language::De => &[
            "als", "am", "an", "auf", "aus", "bei", "das", "dem", "den", "der", "des", "die", "ein", "eine",
            "einem", "einen", "einer", "eines", "fur", "im", "in", "ist", "mit", "oder", "sich", "sie",
            "sind", "uber", "um", "und", "von", "vor", "werden", "wird", "zu", "zum", "zur",
        ],
        Language::En => &[
            "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it", "its",
            "of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "we", "were", "which",
            "with",
        ],
    };
    words.binary_search(&folded).is_ok()
}

/// Returns true for the word before an apostrophe that has no meaning of its own. `n’` is a negation and
/// has one.
pub(super) fn is_elision(folded: &str) -> bool {
    matches!(
        folded,
        "l" | "d" | "j" | "m" | "t" | "s" | "c" | "qu" | "jusqu" | "lorsqu" | "puisqu" | "quoiqu" | "quelqu"
    )
}

/// Returns true for a word that negates the sentence.
pub(super) fn is_negation(folded: &str) -> bool {
    matches!(
        folded,
        "n" | "ne"
            | "non"
            | "pas"
            | "ni"
            | "aucun"
            | "aucune"
            | "jamais"
            | "sans"
            | "sauf"
            | "hors"
            | "excepte"
            | "niet"
            | "geen"
            | "zonder"
            | "behalve"
            | "nooit"
            | "nicht"
            | "kein"
            | "keine"
            | "keinen"
            | "ohne"
            | "ausser"
            | "nie"
            | "no"
            | "not"
            | "never"
            | "without"
            | "except"
    )
}

/// Returns true for the first word of a compound such as `sans abri`.
pub(super) fn starts_privative(stem: &str) -> bool {
    stem == "sans"
}

/// Returns true for the last word of a compound that names people: `sans abri`, `sans papiers`.
pub(super) fn completes_privative(folded: &str) -> bool {
    matches!(
        folded,
        "abri" | "abris" | "abrisme" | "papier" | "papiers" | "logement" | "emploi" | "domicile" | "chez"
    )
}

/// Returns the digits of a number word up to ten. `un` and `une` are treated as articles.
pub(super) fn number(folded: &str) -> Option<&'static str> {
    Some(match folded {
        "premier" | "premiere" | "premiers" | "premieres" | "eerste" | "first" | "erste" | "ersten" => "1e",
        "deuxieme" | "deuxiemes" | "seconde" | "tweede" | "second" | "zweite" | "zweiten" => "2e",
        "troisieme" | "derde" | "third" | "dritte" | "dritten" => "3e",
        "deux" | "twee" | "two" | "zwei" => "2",
        "trois" | "drie" | "three" | "drei" => "3",
        "quatre" | "vier" | "four" => "4",
        "cinq" | "vijf" | "five" | "funf" => "5",
        "six" | "zes" | "sechs" => "6",
        "sept" | "zeven" | "seven" | "sieben" => "7",
        "huit" | "acht" | "eight" => "8",
        "neuf" | "negen" | "nine" | "neun" => "9",
        "dix" | "tien" | "ten" | "zehn" => "10",
        _ => return None,
    })
}

/// Returns the full form of a common abbreviation. Returns `None` for any other word.
pub(super) fn expand_abbreviation(folded: &str) -> Option<&'static str> {
    match folded {
        "bxl" => Some("bruxelles"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_word_lists_are_sorted() {
        for (language, first, last) in [
            (Language::Fr, "a", "y"),
            (Language::Nl, "aan", "zoals"),
            (Language::De, "als", "zur"),
            (Language::En, "a", "with"),
        ] {
            assert!(is_stop_word(language, first) && is_stop_word(language, last));
        }
        let stop_words = [
            "au", "ce", "de", "des", "et", "la", "le", "les", "ou", "par", "pour", "qui", "sur", "une",
            "tres",
        ];
        assert!(stop_words.into_iter().all(|word| is_stop_word(Language::Fr, word)));
        let stop_words = ["de", "het", "een", "van", "voor", "wordt", "ze", "onze"];
        assert!(stop_words.into_iter().all(|word| is_stop_word(Language::Nl, word)));
    }
}
