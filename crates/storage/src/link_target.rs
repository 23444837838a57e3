//! Pages as link targets.

use passerelle_model::key::{PageKey, Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::page::{Heading, PageTarget};
use passerelle_text::fold::{fold, slugify};

/// Fields of a page that links need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedPage {
    /// Key of the page.
    pub key: PageKey,
    /// URL name of the page.
    pub slug: Slug,
    /// Language of the page.
    pub lang: Language,
    /// Translation key. `None` if the page has none.
    pub translation_key: Option<TranslationKey>,
    /// Short name from the front matter. `None` if it has none.
    pub name: Option<String>,
    /// Title of the page.
    pub title: String,
    /// Headings of the page as a tree.
    pub headings: Vec<Heading>,
}

impl LinkedPage {
    /// Returns the names that links use for this page.
    pub fn link_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.translation_key.as_ref().map(TranslationKey::as_str).into_iter().collect();
        if !keys.contains(&self.slug.as_str()) {
            keys.push(self.slug.as_str());
        }
        keys
    }

    /// Returns the short name, or the title if there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.title)
    }

    /// Returns the anchor of a heading, found by its anchor or its text.
    pub fn find_anchor(&self, heading: &str) -> Option<&str> {
        let (folded, slug) = (fold(heading), slugify(heading));
        find_heading(&self.headings, &|known| known.anchor == heading)
            .or_else(|| find_heading(&self.headings, &|known| fold(&known.text) == folded))
            .or_else(|| find_heading(&self.headings, &|known| !slug.is_empty() && known.anchor == slug))
    }

    /// Returns the texts of the headings.
    pub fn heading_texts(&self) -> Vec<&str> {
        fn collect<'a>(headings: &'a [Heading], texts: &mut Vec<&'a str>) {
            for heading in headings {
                texts.push(&heading.text);
                collect(&heading.children, texts);
            }
        }
        let mut texts = Vec::new();
        collect(&self.headings, &mut texts);
        texts
    }
}

fn find_heading<'a>(headings: &'a [Heading], matches: &impl Fn(&Heading) -> bool) -> Option<&'a str> {
    headings.iter().find_map(|heading| {
        if matches(heading) {
            Some(heading.anchor.as_str())
        } else {
            find_heading(&heading.children, matches)
        }
    })
}

/// Returns the target page of a link. `pages` are ordered by key. A translation key takes precedence over a
/// slug.
pub fn find_page<'a>(
    target: &PageTarget,
    pages: impl IntoIterator<Item = &'a LinkedPage>,
) -> Option<&'a LinkedPage> {
    let mut by_slug = None;
    for page in pages {
        if page.lang != target.lang {
            continue;
        }
        if page.translation_key.as_ref().is_some_and(|key| key.as_str() == target.key) {
            return Some(page);
        }
        if by_slug.is_none() && page.slug.as_str() == target.key {
            by_slug = Some(page);
        }
    }
    by_slug
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(slug: &str, translation_key: Option<&str>, lang: Language) -> LinkedPage {
        let heading = |text: &str, children| Heading {
            level: 2,
            text: text.to_owned(),
            anchor: slugify(text),
            children,
        };
        LinkedPage {
            key: PageKey::new(format!("{slug}.{lang}")),
            slug: Slug::new(slug),
            lang,
            translation_key: translation_key.map(TranslationKey::new),
            name: None,
            title: slug.to_owned(),
            headings: vec![heading("À Bruxelles", vec![heading("Qu’est-ce ?", Vec::new())])],
        }
    }

    #[test]
    fn links_resolve_by_translation_key_then_slug_in_one_language() {
        let pages = [
            page("mare", None, Language::Fr),
            page("etang", Some("mare"), Language::Fr),
            page("vijver", Some("mare"), Language::Nl),
        ];
        let find = |key: &str, lang| {
            let target = PageTarget { key: key.to_owned(), lang, heading: None };
            find_page(&target, &pages).map(|page| page.slug.to_string())
        };
        assert_eq!(find("mare", Language::Fr).as_deref(), Some("etang"));
        assert_eq!(find("mare", Language::Nl).as_deref(), Some("vijver"));
        assert_eq!(find("etang", Language::Fr).as_deref(), Some("etang"));
        assert_eq!(find("mare", Language::De), None);
    }

    #[test]
    fn headings_are_found_by_text_or_anchor() {
        let page = page("a", None, Language::Fr);
        for heading in ["À Bruxelles", "a-bruxelles", "A BRUXELLES"] {
            assert_eq!(page.find_anchor(heading), Some("a-bruxelles"), "{heading}");
        }
        assert_eq!(page.find_anchor("Qu'est-ce ?"), Some("qu-est-ce"));
        assert_eq!(page.find_anchor("Ailleurs"), None);
    }
}
