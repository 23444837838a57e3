//! Inclusive writing: `citoyen·ne·s`, `acteur·rices`, `bruxellois.es`, `étudiant(e)s`, `concerné-e-s`, `Bürger:innen`.

/// The endings that follow a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inclusive<'t> {
    /// How many bytes they take.
    pub(super) length: usize,
    /// That of the other gender, without the `s` of the plural. None where there is a plural alone: `ami(s)`.
    ending: Option<&'t str>,
    /// Whether there is a plural.
    is_plural: bool,
}

/// The endings that may follow a point or a parenthesis, where other words do too.
const KNOWN: &[&str] = &[
    "e", "es", "ne", "nes", "le", "les", "te", "tes", "se", "ses", "ve", "ves", "re", "res", "ère", "ères",
    "ere", "eres", "rice", "rices", "trice", "trices", "euse", "euses", "esse", "esses", "elle", "elles",
    "s", "x", "in", "innen",
];
/// Those that may follow a hyphen, where nearly everything does.
const AFTER_HYPHEN: &[&str] = &["e", "es", "ne", "nes", "s"];
/// Words shorter than this take no endings but behind a middle dot.
const SHORT: usize = 3;
/// A word has at most so many.
const MOST: usize = 3;

/// The endings at the beginning of what follows a word.
pub(super) fn inclusive<'t>(word: &str, rest: &'t str) -> Option<Inclusive<'t>> {
    let separator = rest.chars().next().filter(|separator| is_separator(*separator))?;
    if word.chars().count() < SHORT || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let mut found = Inclusive { length: 0, ending: None, is_plural: false };
    for _ in 0..MOST {
        let Some((length, ending)) = next(&rest[found.length..], separator) else { break };
        found.length += length;
        let bare = ending.strip_suffix('s').filter(|bare| !bare.ends_with('s')).unwrap_or(ending);
        found.is_plural |= bare.len() < ending.len() || ending == "innen" || ending == "x";
        if !bare.is_empty() && ending != "x" && found.ending.is_none() {
            found.ending = Some(bare);
        }
    }
    // `(e)s`: the plural stands behind the parenthesis.
    if separator == '(' && found.length > 0 && ends_in_s(&rest[found.length..]) {
        found.length += 1;
        found.is_plural = true;
    }
    let is_end = !rest[found.length..].starts_with(char::is_alphanumeric);
    // A hyphen and one `s` alone are somebody's slip.
    let is_said = found.ending.is_some() || separator != '-';
    (found.length > 0 && is_end && is_said).then_some(found)
}

fn ends_in_s(rest: &str) -> bool {
    let mut rest = rest.chars();
    rest.next() == Some('s') && !rest.next().is_some_and(char::is_alphanumeric)
}

/// The first ending, and how many bytes it takes with its separators.
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
    /// The words that it stands for beside the one before it, which is in lower case.
    pub(super) fn words(&self, word: &str) -> Vec<String> {
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

/// What an ending takes the place of.
const TAKES: &[(&str, &[&str])] = &[
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

/// A word in the gender of an ending: `acteur` and `rice` give `actrice`.
fn other_gender(word: &str, ending: &str) -> String {
    // The plural may stand on the word already: `usagers·ères`.
    let word = word.strip_suffix('s').filter(|_| ending.len() > 1).unwrap_or(word);
    let taken = TAKES.iter().find(|(known, _)| *known == ending);
    let stem = taken.and_then(|(_, taken)| taken.iter().find_map(|taken| word.strip_suffix(taken)));
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
    fn both_genders_and_their_plurals_are_meant() {
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
        assert_eq!(of("Bürger:innen"), ["Bürgers", "Bürgerinnens", "Bürgerinnen"]);
    }

    #[test]
    fn what_only_looks_like_an_ending_is_none() {
        for text in
            ["peut-elle", "fin.Le", "fin. Et", "sans-abri", "va-t-il", "site.example", "mot(s", "ici:là"]
        {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }
}
