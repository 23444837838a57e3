//! Builds a [`Page`] from its front matter and body.

use passerelle_model::diagnostic::Finding;
use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::strip_placeholders;
use passerelle_model::reference::Reference;
use passerelle_model::rich_text::RichText;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::{slug_of, slugify};
use serde_json::Value;

use super::front_matter_texts::FrontMatterTexts;
use super::link::PageContext;
use super::render::Renderer;
use super::{headings, navigation, words};
use crate::front_matter::{FrontMatter, integer_of, text_of};
use crate::markdown::RenderedHeading;
use crate::markdown::address::{split_date, without_date};

/// Parses a page. Returns the page, its findings in order of position, and its references to other files.
///
/// The findings never reject the page: none of them has severity error.
pub(crate) fn read(
    front: &FrontMatter,
    body: &str,
    body_line: u32,
    context: PageContext<'_>,
    path: &DocumentPath,
) -> (Page, Vec<Finding>, Vec<Reference>) {
    let mut findings = Vec::new();
    let mut renderer = Renderer::new(context, body.len());
    let blocks = renderer.render_body(body, body_line);
    renderer.record_metadata_image(front);
    let page_text = RichText::join(&blocks);
    let FrontMatterTexts { texts: front_matter_texts, mut references } =
        FrontMatterTexts::read(front, context);
    let name = front.text("name");
    let title = title(&renderer.headings, front);
    let mut page = Page {
        slug: slug(front, name.as_deref(), path),
        lang: context.lang,
        title: title.unwrap_or_else(|| path.stem().to_owned()),
        name,
        translation_key: translation_key(front, path),
        uuid: front.text("uuid"),
        order: order(front, &mut findings),
        created_at: timestamp(front, "createdAt")
            .or_else(|| timestamp(front, "date"))
            .or_else(|| date_of_file(path)),
        tags: tags(front),
        word_count: words::word_count(&strip_placeholders(&page_text.text)),
        content: page_text,
        blocks,
        table_of_contents: headings::nest_headings(&renderer.headings),
        images: std::mem::take(&mut renderer.images),
        links: std::mem::take(&mut renderer.links),
        navigation: navigation::read(front.values()),
        front_matter: front.values().clone(),
        front_matter_texts,
        measures: Vec::new(),
        terms: Vec::new(),
    };
    page.measures = words::explicit_measures(&page);
    page.terms = words::extract_terms(&page);
    references.append(&mut renderer.references);
    findings.append(&mut renderer.into_findings());
    findings.sort_by_key(|finding| finding.position);
    (page, findings, references)
}

/// Returns the first heading of level 1, else the field `title` or `name`, else the first heading.
fn title(headings: &[RenderedHeading], front: &FrontMatter) -> Option<String> {
    let visible = || headings.iter().filter(|heading| !heading.text.is_empty());
    let first = visible().find(|heading| heading.level == 1).map(|heading| heading.text.clone());
    first
        .or_else(|| front.text("title"))
        .or_else(|| front.text("name"))
        .or_else(|| visible().next().map(|heading| heading.text.clone()))
}

fn slug(front: &FrontMatter, name: Option<&str>, path: &DocumentPath) -> Slug {
    let candidates = [front.text("slug"), front.text("translationKey"), name.map(str::to_owned)];
    let slug = candidates.into_iter().flatten().find_map(|text| slug_of(&text));
    slug.unwrap_or_else(|| slug_of_file(path))
}

/// Returns the slug of a file name without date and language: `fete` for `2026-06-21-fete.fr.md`. An
/// `index.md` takes the name of its folder.
fn slug_of_file(path: &DocumentPath) -> Slug {
    let (stem, _) = split_language(path.stem());
    let folder = path.parent();
    let name = folder.name().filter(|_| stem == "index").unwrap_or(without_date(stem));
    slug_of(name).unwrap_or_else(|| Slug::of_unnamed_page(path.stem()))
}

/// Splits the language from a file name: `faq` and FR for `faq.fr`, `faq-fr` or `faq_FR`.
fn split_language(stem: &str) -> (&str, Option<Language>) {
    let split = stem.rsplit_once(['.', '-', '_']).and_then(|(name, tag)| {
        let lang = Language::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(tag))?;
        (!name.is_empty()).then_some((name, Some(lang)))
    });
    split.unwrap_or((stem, None))
}

/// Returns the translation key of the front matter. Without one, files that differ only in the language of
/// their name or folder are translations: `faq.fr.md` and `faq.nl.md`, `fr/menu.md` and `nl/menu.md`.
fn translation_key(front: &FrontMatter, path: &DocumentPath) -> Option<TranslationKey> {
    let key = front.text("translationKey").or_else(|| {
        let (name, lang) = split_language(path.stem());
        let is_language = |name: &&str| Language::ALL.into_iter().any(|lang| lang.code() == *name);
        let folders: Vec<&str> = path.folders().collect();
        let language_folder = folders.iter().position(is_language);
        if lang.is_none() && language_folder.is_none() {
            return None;
        }
        let others = folders.iter().enumerate().filter(|(index, _)| Some(*index) != language_folder);
        let parts: Vec<&str> = others.map(|(_, name)| *name).chain([name]).collect();
        Some(slugify(&parts.join("/"))).filter(|key| !key.is_empty())
    });
    key.map(TranslationKey::new)
}

/// Returns the field `order`. Without a valid value, returns `eleventyNavigation.order`.
fn order(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<i32> {
    let in_navigation = || front.values().get("eleventyNavigation")?.get("order").and_then(integer_of);
    match front.values().get("order") {
        None | Some(Value::Null) => in_navigation(),
        Some(value) => integer_of(value).or_else(|| {
            findings.push(front.invalid_field("order", value));
            in_navigation()
        }),
    }
}

/// Returns the date of a field. `draft::unread_fields` reports a value that is not a date.
fn timestamp(front: &FrontMatter, field: &str) -> Option<Timestamp> {
    Timestamp::parse(&front.text(field)?)
}

/// Returns the date at the start of the file name.
fn date_of_file(path: &DocumentPath) -> Option<Timestamp> {
    split_date(path.stem()).and_then(|(date, _)| Timestamp::parse(date))
}

/// Returns the field `tags`, which is a list or a single tag.
fn tags(front: &FrontMatter) -> Vec<String> {
    match front.values().get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(text_of).collect(),
        Some(tag) => text_of(tag).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_give_slug_date_and_translation_key() {
        let path = |path: &str| DocumentPath::parse(path).unwrap();
        let slug = |file: &str| slug_of_file(&path(file)).to_string();
        assert_eq!(slug("visites/index.md"), "visites");
        assert_eq!(slug("2026-06-21-Fête.fr.md"), "fete");
        for file in ["faq.nl.md", "faq-nl.md", "faq_NL.md"] {
            assert_eq!(slug(file), "faq", "{file}");
        }
        assert_eq!(slug("en.md"), "en");
        assert_ne!(slug("🌻.md"), slug("🐸.md"));
        assert!(date_of_file(&path("a/2026-06-21-fete.md")).is_some());
        assert!(date_of_file(&path("a/fete-2026.md")).is_none());
        let key = |file: &str| translation_key(&FrontMatter::default(), &path(file));
        assert_eq!(key("pages/faq.fr.md").as_ref().map(TranslationKey::as_str), Some("pages-faq"));
        for file in ["pages/faq.nl.md", "pages/faq-nl.md", "pages/faq_NL.md"] {
            assert_eq!(key("pages/faq.fr.md"), key(file), "{file}");
        }
        assert_eq!(key("fr/menu.md").as_ref().map(TranslationKey::as_str), Some("menu"));
        assert_eq!(key("nl/cartes/menu.md"), key("fr/cartes/menu.md"));
        assert_eq!(key("cartes/fr/menu.md"), key("cartes/menu.nl.md"));
        assert_eq!(key("pages/faq.md"), None);
        assert_eq!(key("framboises/faq.md"), None);
    }
}
