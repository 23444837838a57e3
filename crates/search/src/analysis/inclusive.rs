//! Inclusive spellings of French and German: `citoyen·ne·s`, `acteur·rices`, `bruxellois.es`, `étudiant(e)s`,
//! `concerné-e-s`, `Bürger:innen`.

/// Inclusive endings after a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inclusive<'t> {
    /// Length in bytes, with separators.
    pub(super) length: usize,
    /// Ending of the other gender, without the plural `s`. `None` if only a plural is given: `ami(s)`.
    ending: Option<&'t str>,
    /// True if the plural is meant too.
    is_plural: bool,
}

/// Endings after a point or a parenthesis. Limited to a list, because other words can follow these signs.
const KNOWN: &[&str] = &[
    "e", "es", "ne", "nes", "le", "les", "te", "tes", "se", "ses", "ve", "ves", "re", "res", "ère", "ères",
    "ere", "eres", "rice", "rices", "trice", "trices", "euse", "euses", "esse", "esses", "elle", "elles",
    "s", "x", "in", "innen",
];
/// Endings after a hyphen, which joins compounds much more often than endings.
const AFTER_HYPHEN: &[&str] = &["e", "es", "ne", "nes", "s"];
/// Minimum length of the word before the endings, in characters.
const MIN_WORD_CHARS: usize = 3;
/// Maximum number of endings of a word: `·ne·s` has two.
const MAX_ENDINGS: usize = 3;

/// Reads the endings at the beginning of the text after a word. Returns `None` if there are none.
pub(super) fn inclusive<'t>(word: &str, rest: &'t str) -> Option<Inclusive<'t>> {
    let separator = rest.chars().next().filter(|separator| is_separator(*separator))?;
    if word.chars().count() < MIN_WORD_CHARS || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let mut found = Inclusive { length: 0, ending: None, is_plural: false };
    for _ in 0..MAX_ENDINGS {
        let Some((length, ending)) = next(&rest[found.length..], separator) else { break };
        found.length += length;
        let bare = ending.strip_suffix('s').filter(|bare| !bare.ends_with('s')).unwrap_or(ending);
        found.is_plural |= bare.len() < ending.len() || ending == "innen" || ending == "x";
        if !bare.is_empty() && ending != "x" && found.ending.is_none() {
            found.ending = Some(bare);
        }
    }
    // `(e)s`: the plural follows the parenthesis.
    if separator == '(' && found.length > 0 && ends_in_s(&rest[found.length..]) {
        found.length += 1;
        found.is_plural = true;
    }
    let is_end = !rest[found.length..].starts_with(char::is_alphanumeric);
    // A hyphen and a single `s` is a typo.
    let is_valid = found.ending.is_some() || separator != '-';
    (found.length > 0 && is_end && is_valid).then_some(found)
}

fn ends_in_s(rest: &str) -> bool {
    let mut rest = rest.chars();
    rest.next() == Some('s') && !rest.next().is_some_and(char::is_alphanumeric)
}

/// Returns the length of the first ending in bytes, with separators, and the ending.
fn next(rest: &str, first: char) -> Option<(usize, &str)> {
    let separator = rest.chars().next().filter(|separator| is_separator(*separator))?;
    let after = &rest[separator.len_utf8()..];
    let letters = after.find(|character: char| !character.is_alphabetic()).unwrap_or(after.len());
    let ending = &after[..letters];
    let is_free = is_middle_dot(first) && is_middle_dot(separator) && (1..=8).contains(&letters);
    let is_known = match separator {
        '-' => AFTER_HYPHEN.contains(&ending),
        ':' | '*' | '_' => matches!(ending, "in" | "innen"),
        _ => KNOWN.contains(&ending),
    };
    if !is_free && !is_known {
        return None;
    }
    let mut length = separator.len_utf8() + letters;
    if separator == '(' {
        after[letters..].strip_prefix(')')?;
        length += 1;
    }
    Some((length, ending))
}

fn is_middle_dot(character: char) -> bool {
    matches!(character, '\u{B7}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22C5}')
}

fn is_separator(character: char) -> bool {
    is_middle_dot(character) || matches!(character, '.' | '-' | '(' | ':' | '*' | '_')
}

impl Inclusive<'_> {
    /// Returns the other words that the spelling means. `word` is the word before the endings, in lower case.
    pub(super) fn words(&self, word: &str) -> Vec<String> {
        if let Some("in" | "innen") = self.ending {
            // German plurals do not end in `s`.
            return vec![format!("{word}in"), format!("{word}innen")];
        }
        let other = self.ending.map(|ending| other_gender(word, ending));
        let mut words: Vec<String> = Vec::new();
        if self.is_plural {
            let plural =
                |word: &str| if word.ends_with(['s', 'x']) { word.to_owned() } else { format!("{word}s") };
            words.extend(std::iter::once(plural(word)).chain(other.as_deref().map(plural)));
        }
        words.extend(other);
        words
    }
}

/// Endings of the other gender, and the endings of the word that they replace.
const REPLACED: &[(&str, &[&str])] = &[
    ("ère", &["er"]),
    ("ere", &["er"]),
    ("rice", &["eur"]),
    ("trice", &["teur"]),
    ("euse", &["eur", "eux"]),
    ("eresse", &["eur"]),
    ("se", &["x", "r"]),
    ("ve", &["f"]),
    ("elle", &["el"]),
    ("enne", &["en"]),
    ("ienne", &["ien"]),
    ("onne", &["on"]),
    ("ière", &["ier"]),
    ("re", &["er"]),
];

/// Returns the word with the ending of the other gender: `acteur` and `rice` give `actrice`.
fn other_gender(word: &str, ending: &str) -> String {
    // The word may be plural already: `usagers·ères`.
    let word = word.strip_suffix('s').filter(|_| ending.len() > 1).unwrap_or(word);
    let replaced = REPLACED.iter().find(|(known, _)| *known == ending);
    let stem = replaced.and_then(|(_, endings)| endings.iter().find_map(|ending| word.strip_suffix(ending)));
    match (stem, ending) {
        (Some(stem), "se") if word.ends_with('r') => format!("{stem}se"),
        (Some(stem), "re") => format!("{stem}ère"),
        (Some(stem), _) => format!("{stem}{ending}"),
        (None, _) => format!("{word}{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let end = text.find(|character: char| !character.is_alphabetic()).unwrap();
        let (word, rest) = text.split_at(end);
        inclusive(word, rest).map(|found| found.words(word)).unwrap_or_default()
    }

    #[test]
    fn an_inclusive_spelling_means_both_genders_and_plurals() {
        assert_eq!(of("citoyen·ne·s"), ["citoyens", "citoyennes", "citoyenne"]);
        assert_eq!(of("usager·ère·s"), ["usagers", "usagères", "usagère"]);
        assert_eq!(of("acteur·rices"), ["acteurs", "actrices", "actrice"]);
        assert_eq!(of("chercheur·se·s"), ["chercheurs", "chercheuses", "chercheuse"]);
        assert_eq!(of("professionnel·les"), ["professionnels", "professionnelles", "professionnelle"]);
        assert_eq!(of("créatif•ve"), ["créative"]);
        assert_eq!(of("bruxellois.es"), ["bruxellois", "bruxelloises", "bruxelloise"]);
        assert_eq!(of("citoyen.nes"), ["citoyens", "citoyennes", "citoyenne"]);
        assert_eq!(of("étudiant(e)s"), ["étudiants", "étudiantes", "étudiante"]);
        assert_eq!(of("concerné-e-s"), ["concernés", "concernées", "concernée"]);
        assert_eq!(of("concerné.e-s"), ["concernés", "concernées", "concernée"]);
        assert_eq!(of("Bürger:innen"), ["Bürgerin", "Bürgerinnen"]);
        assert_eq!(of("Lehrer*in"), ["Lehrerin", "Lehrerinnen"]);
    }

    #[test]
    fn other_text_after_a_word_is_not_an_ending() {
        for text in
            ["peut-elle", "fin.Le", "fin. Et", "sans-abri", "va-t-il", "site.example", "mot(s", "ici:là"]
        {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }
}
