//! Languages of documents.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::path::DocumentPath;

/// One of the national languages of Belgium, or English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Language {
    /// French. The default if the language of a document is unknown.
    #[default]
    Fr,
    /// Dutch.
    Nl,
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// Every language, in the order in which lists show them.
    pub const ALL: [Self; 4] = [Self::Fr, Self::Nl, Self::De, Self::En];

    /// Parses a BCP 47 tag by its primary subtag: `fr`, `FR`, `nl-BE`, `en_GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// Returns the ISO 639-1 code in lower case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::Nl => "nl",
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// Returns the language that a path names: a folder (`nl/onthaal.md`) or the end of the file name
    /// (`plan.nl.txt`, `plan_NL.md`).
    pub fn from_path(path: &DocumentPath) -> Option<Self> {
        let stem = path.stem();
        let suffix = stem.rsplit_once(['.', '_', '-']).map(|(_, suffix)| suffix);
        let exact = |name: &str| (name.len() == 2).then(|| Self::from_tag(name)).flatten();
        suffix.and_then(exact).or_else(|| path.folders().find_map(exact))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_path(path: &str) -> Option<Language> {
        Language::from_path(&DocumentPath::parse(path).unwrap())
    }

    #[test]
    fn the_language_is_read_from_the_path() {
        assert_eq!(of_path("nl/onthaal.md"), Some(Language::Nl));
        assert_eq!(of_path("plans/plan.nl.txt"), Some(Language::Nl));
        assert_eq!(of_path("plan_FR.md"), Some(Language::Fr));
        assert_eq!(of_path("en-cours/notes.md"), None);
    }
}
