//! Pages as link targets.

use passerelle_model::key::{LinkKey, PageKey, Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::page::{Anchor, Heading, HeadingRef, LinkName, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_text::fold::{fold, slugify, slugify_german};

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
    /// Path of the document. `None` in rows of versions that did not store it.
    pub path: Option<DocumentPath>,
}

/// Endings of documents.
const DOCUMENT_ENDINGS: [&str; 3] = [".md", ".markdown", ".txt"];
/// Names of the document that stands for its folder.
const INDEX_NAMES: [&str; 2] = ["index", "README"];

/// Returns the names under which links by path find a document: `fr/menu.md` and `fr/menu`, and `fr/menu` for
/// `fr/menu/index.md`.
pub(crate) fn path_names(path: &DocumentPath) -> impl Iterator<Item = DocumentPath> {
    let path = path.as_str();
    let stem = DOCUMENT_ENDINGS.iter().find_map(|ending| path.strip_suffix(ending));
    let folder = stem.and_then(|stem| INDEX_NAMES.iter().find_map(|name| stem.strip_suffix(name)));
    let folder = folder.and_then(|folder| folder.strip_suffix('/'));
    let names = [Some(path), stem, folder].into_iter().flatten();
    names.filter_map(|name| DocumentPath::parse(name).ok())
}

/// Returns the paths of the documents that a path in a link can mean.
pub(crate) fn candidate_paths(name: &DocumentPath) -> Vec<String> {
    let path = name.as_str();
    if DOCUMENT_ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        return vec![path.to_owned()];
    }
    let index = INDEX_NAMES.iter().map(|name| format!("/{name}"));
    let stems = std::iter::once(String::new()).chain(index);
    let with_ending = |stem: String| DOCUMENT_ENDINGS.map(|ending| format!("{path}{stem}{ending}"));
    stems.flat_map(with_ending).collect()
}

impl LinkedPage {
    /// Returns the names that links use for this page: translation key, slug and paths.
    pub fn link_names(&self) -> Vec<LinkName> {
        let key = self.translation_key.as_ref().map(TranslationKey::as_str);
        let slug = Some(self.slug.as_str()).filter(|slug| key != Some(*slug));
        let keys = [key, slug].into_iter().flatten().map(|name| LinkName::Key(LinkKey::new(name)));
        let paths = self.path.iter().flat_map(path_names).map(LinkName::Path);
        keys.chain(paths).collect()
    }

    /// Returns the short name, or the title if there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.title)
    }

    /// Returns the anchor of a heading, found by its anchor or its text.
    pub fn find_anchor(&self, heading: &HeadingRef) -> Option<&Anchor> {
        let heading = heading.as_str();
        let (folded, slug) = (fold(heading), slugify(heading));
        find_heading(&self.headings, &|known| known.anchor.as_str() == heading)
            .or_else(|| find_heading(&self.headings, &|known| fold(&known.text) == folded))
            .or_else(|| {
                find_heading(&self.headings, &|known| !slug.is_empty() && known.anchor.as_str() == slug)
            })
            .or_else(|| {
                find_heading(&self.headings, &|known| !slug.is_empty() && slugify_german(&known.text) == slug)
            })
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

fn find_heading<'a>(headings: &'a [Heading], matches: &impl Fn(&Heading) -> bool) -> Option<&'a Anchor> {
    headings.iter().find_map(|heading| {
        if matches(heading) { Some(&heading.anchor) } else { find_heading(&heading.children, matches) }
    })
}

/// Returns the target page of a link. `pages` are ordered by key. The path takes precedence over a
/// translation key, and that over a slug. A page that is found by its path may have another language than the
/// link.
pub fn find_page<'a>(
    target: &PageTarget,
    pages: impl IntoIterator<Item = &'a LinkedPage>,
) -> Option<&'a LinkedPage> {
    let mut by_key = None;
    let mut by_slug = None;
    for page in pages {
        let paths = page.path.as_ref().filter(|_| target.path.is_some());
        if paths.is_some_and(|path| path_names(path).any(|name| Some(&name) == target.path.as_ref())) {
            return Some(page);
        }
        if page.lang != target.lang {
            continue;
        }
        if page.translation_key.as_ref().is_some_and(|key| key.as_str() == target.key.as_str()) {
            by_key = by_key.or(Some(page));
        }
        if by_slug.is_none() && page.slug.as_str() == target.key.as_str() {
            by_slug = Some(page);
        }
    }
    by_key.or(by_slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(slug: &str, translation_key: Option<&str>, lang: Language) -> LinkedPage {
        let heading = |text: &str, children| Heading {
            level: 2,
            text: text.to_owned(),
            anchor: Anchor::new(slugify(text)),
            children,
        };
        LinkedPage {
            key: PageKey::new(format!("{slug}.{lang}")),
            slug: Slug::parse(slug).unwrap(),
            lang,
            translation_key: translation_key.map(TranslationKey::new),
            name: None,
            title: slug.to_owned(),
            headings: vec![heading("À Bruxelles", vec![heading("Qu’est-ce ?", Vec::new())])],
            path: DocumentPath::parse(&format!("{lang}/{slug}.md")).ok(),
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
            let target = PageTarget { key: LinkKey::new(key), lang, heading: None, path: None };
            find_page(&target, &pages).map(|page| page.slug.to_string())
        };
        assert_eq!(find("mare", Language::Fr).as_deref(), Some("etang"));
        assert_eq!(find("mare", Language::Nl).as_deref(), Some("vijver"));
        assert_eq!(find("etang", Language::Fr).as_deref(), Some("etang"));
        assert_eq!(find("mare", Language::De), None);
    }

    #[test]
    fn links_by_path_resolve_before_names_and_whatever_the_language() {
        let pages = [page("mare", None, Language::Fr), page("vijver", Some("mare"), Language::Nl)];
        let find = |path: &str| {
            let path = DocumentPath::parse(path).ok();
            let target = PageTarget { key: LinkKey::new("mare"), lang: Language::Fr, heading: None, path };
            find_page(&target, &pages).map(|page| page.slug.to_string())
        };
        assert_eq!(find("nl/vijver.md").as_deref(), Some("vijver"));
        assert_eq!(find("nl/vijver").as_deref(), Some("vijver"));
        assert_eq!(find("nl/mare").as_deref(), Some("mare"));
    }

    #[test]
    fn candidate_paths_contain_every_document_with_that_name() {
        for path in ["fr/menu.md", "fr/menu.txt", "fr/menu/index.md", "menu.markdown", "fr/README.md"] {
            for name in path_names(&DocumentPath::parse(path).unwrap()) {
                assert!(candidate_paths(&name).iter().any(|candidate| candidate == path), "{name}");
            }
        }
        let index = DocumentPath::parse("index.md").unwrap();
        assert_eq!(path_names(&index).map(String::from).collect::<Vec<_>>(), ["index.md", "index"]);
    }

    #[test]
    fn headings_are_found_by_text_or_anchor() {
        let page = page("a", None, Language::Fr);
        let find = |heading: &str| page.find_anchor(&HeadingRef::new(heading)?).map(Anchor::as_str);
        for heading in ["À Bruxelles", "a-bruxelles", "A BRUXELLES"] {
            assert_eq!(find(heading), Some("a-bruxelles"), "{heading}");
        }
        assert_eq!(find("Qu'est-ce ?"), Some("qu-est-ce"));
        assert_eq!(find("Ailleurs"), None);
    }
}
