//! Builds a [`Page`] from its front matter and body.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::key::Slug;
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::strip_placeholders;
use passerelle_model::reference::Reference;
use passerelle_model::rich_text::RichText;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::slugify;
use serde_json::Value;

use super::link::PageContext;
use super::render::Renderer;
use super::{headings, navigation, words};
use crate::front_matter::{FrontMatter, integer_of, text_of};
use crate::markdown::RenderedHeading;

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
    let page_text = RichText::join(&blocks);
    let name = front.text("name");
    let title = title(&renderer.headings, front);
    let mut page = Page {
        slug: slug(front, name.as_deref(), path),
        lang: context.lang,
        title: title.unwrap_or_else(|| path.stem().to_owned()),
        name,
        translation_key: front.text("translationKey"),
        uuid: front.text("uuid"),
        order: order(front, &mut findings),
        created_at: created_at(front, &mut findings),
        tags: tags(front),
        word_count: words::word_count(&strip_placeholders(&page_text.text)),
        content: page_text,
        blocks,
        table_of_contents: headings::nest_headings(&renderer.headings),
        images: std::mem::take(&mut renderer.images),
        links: std::mem::take(&mut renderer.links),
        navigation: navigation::read(front.values()),
        front_matter: front.values().clone(),
        measures: Vec::new(),
        terms: Vec::new(),
    };
    page.measures = words::explicit_measures(&page);
    page.terms = words::extract_terms(&page);
    let references = std::mem::take(&mut renderer.references);
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
    let slug = candidates.into_iter().flatten().map(|text| slugify(&text)).find(|slug| !slug.is_empty());
    let from_file = || Some(slugify(path.stem())).filter(|slug| !slug.is_empty());
    Slug::new(slug.or_else(from_file).unwrap_or_else(|| "page".to_owned()))
}

/// Returns the field `order`. Without a valid value, returns `eleventyNavigation.order`.
fn order(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<i32> {
    let in_navigation = || front.values().get("eleventyNavigation")?.get("order").and_then(integer_of);
    match front.values().get("order") {
        None | Some(Value::Null) => in_navigation(),
        Some(value) => integer_of(value).or_else(|| {
            findings.push(invalid(front, "order", value));
            in_navigation()
        }),
    }
}

fn created_at(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<Timestamp> {
    let value = front.values().get("createdAt").filter(|value| !value.is_null())?;
    let at = text_of(value).and_then(|text| Timestamp::parse(&text));
    if at.is_none() && value.as_str() != Some("") {
        findings.push(invalid(front, "createdAt", value));
    }
    at
}

fn invalid(front: &FrontMatter, field: &'static str, value: &Value) -> Finding {
    let written = text_of(value).unwrap_or_else(|| value.to_string());
    Finding::at(front.position(field), DiagnosticKind::InvalidField { field, value: written })
}

/// Returns the field `tags`, which is a list or a single tag.
fn tags(front: &FrontMatter) -> Vec<String> {
    match front.values().get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(text_of).collect(),
        Some(tag) => text_of(tag).into_iter().collect(),
        None => Vec::new(),
    }
}
