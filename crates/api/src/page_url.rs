//! URLs of pages in front ends.

use std::fmt;
use std::str::FromStr;

use passerelle_model::key::Slug;
use passerelle_model::language::Language;

/// Template for the URLs of pages. `{slug}` and `{lang}` are replaced with those of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUrlTemplate(String);

/// The pattern is not a page URL template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a page URL template starts with /, http:// or https:// and contains {{slug}}, for example /{{lang}}/{{slug}}"
)]
pub struct InvalidPageUrlTemplate;

impl PageUrlTemplate {
    /// Returns the URL of a page.
    pub fn for_page(&self, slug: &Slug, lang: Language) -> String {
        self.0.replace("{lang}", lang.code()).replace("{slug}", slug.as_str())
    }
}

impl Default for PageUrlTemplate {
    fn default() -> Self {
        Self("/{lang}/{slug}".to_owned())
    }
}

impl FromStr for PageUrlTemplate {
    type Err = InvalidPageUrlTemplate;

    fn from_str(pattern: &str) -> Result<Self, InvalidPageUrlTemplate> {
        let is_url = ["/", "http://", "https://"].iter().any(|start| pattern.starts_with(start));
        (is_url && pattern.contains("{slug}")).then(|| Self(pattern.to_owned())).ok_or(InvalidPageUrlTemplate)
    }
}

impl fmt::Display for PageUrlTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_url_template_requires_a_slug_placeholder() {
        let url = |pattern: &str| {
            pattern.parse::<PageUrlTemplate>().map(|url| url.for_page(&Slug::new("mare"), Language::Nl))
        };
        assert_eq!(url("/{lang}/{slug}/").as_deref(), Ok("/nl/mare/"));
        assert_eq!(url("https://a.example/{slug}").as_deref(), Ok("https://a.example/mare"));
        assert_eq!(url("/page"), Err(InvalidPageUrlTemplate));
        assert_eq!(url("javascript:{slug}"), Err(InvalidPageUrlTemplate));
    }
}
