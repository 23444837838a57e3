//! Where front ends show pages.

use std::fmt;
use std::str::FromStr;

use passerelle_model::key::Slug;
use passerelle_model::language::Language;

/// The pattern of pages' addresses, in which `{slug}` and `{lang}` stand for those of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUrl(String);

/// Why a pattern is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pattern begins with / or http and holds {{slug}}: /{{lang}}/{{slug}}")]
pub struct PageUrlError;

impl PageUrl {
    /// The address of a page.
    pub fn of(&self, slug: &Slug, lang: Language) -> String {
        self.0.replace("{lang}", lang.code()).replace("{slug}", slug.as_str())
    }
}

impl Default for PageUrl {
    fn default() -> Self {
        Self("/{lang}/{slug}".to_owned())
    }
}

impl FromStr for PageUrl {
    type Err = PageUrlError;

    fn from_str(pattern: &str) -> Result<Self, PageUrlError> {
        let is_address = ["/", "http://", "https://"].iter().any(|start| pattern.starts_with(start));
        (is_address && pattern.contains("{slug}")).then(|| Self(pattern.to_owned())).ok_or(PageUrlError)
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_a_place_for_the_slug() {
        let url =
            |pattern: &str| pattern.parse::<PageUrl>().map(|url| url.of(&Slug::new("mare"), Language::Nl));
        assert_eq!(url("/{lang}/{slug}/").as_deref(), Ok("/nl/mare/"));
        assert_eq!(url("https://a.example/{slug}").as_deref(), Ok("https://a.example/mare"));
        assert_eq!(url("/page"), Err(PageUrlError));
        assert_eq!(url("javascript:{slug}"), Err(PageUrlError));
    }
}
