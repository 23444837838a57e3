//! A page's document, read.

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::key::Slug;
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::reference::Reference;
use passerelle_model::rich_text::RichText;
use passerelle_model::slot::without_slots;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::slugify;
use serde_json::Value;

use super::link::Place;
use super::render::Renderer;
use super::{navigation, outline, words};
use crate::front_matter::{FrontMatter, integer_of, text_of};

/// Reads a page. The findings say what was not understood, none of them refuses a page; the references what it counts on
/// in other files.
pub(crate) fn read(
    front: &FrontMatter,
    body: &str,
    body_line: u32,
    place: Place<'_>,
    path: &DocumentPath,
) -> (Page, Vec<Finding>, Vec<Reference>) {
    let mut findings = Vec::new();
    let mut renderer = Renderer::new(place, body.len());
    let blocks = renderer.body(body, body_line);
    let content = RichText::join(&blocks);
    let name = front.text("name");
    let heading =
        renderer.headings.first().map(|heading| heading.text.clone()).filter(|text| !text.is_empty());
    let title = heading.or_else(|| name.clone()).or_else(|| front.text("title"));
    let mut page = Page {
        slug: slug(front, name.as_deref(), path),
        lang: place.lang,
        title: title.unwrap_or_else(|| path.stem().to_owned()),
        name,
        translation_key: front.text("translationKey"),
        uuid: front.text("uuid"),
        order: order(front, &mut findings),
        created_at: created_at(front, &mut findings),
        tags: tags(front),
        word_count: words::word_count(&without_slots(&content.text)),
        content,
        blocks,
        table_of_contents: outline::nest(&renderer.headings),
        images: std::mem::take(&mut renderer.images),
        links: std::mem::take(&mut renderer.links),
        navigation: navigation::read(front.values()),
        front_matter: front.values().clone(),
        measures: Vec::new(),
        terms: Vec::new(),
    };
    page.measures = words::named(&page);
    page.terms = words::terms(&page);
    let references = std::mem::take(&mut renderer.references);
    findings.append(&mut renderer.into_findings());
    findings.sort_by_key(|finding| finding.position);
    (page, findings, references)
}

fn slug(front: &FrontMatter, name: Option<&str>, path: &DocumentPath) -> Slug {
    let candidates = [front.text("slug"), front.text("translationKey"), name.map(str::to_owned)];
    let slug = candidates.into_iter().flatten().map(|text| slugify(&text)).find(|slug| !slug.is_empty());
    let from_file = || Some(slugify(path.stem())).filter(|slug| !slug.is_empty());
    Slug::new(slug.or_else(from_file).unwrap_or_else(|| "page".to_owned()))
}

/// `order`, else that of `eleventyNavigation`.
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
    Finding::at(front.position(field), Fault::FieldInvalid { field, written })
}

/// A list, or one tag.
fn tags(front: &FrontMatter) -> Vec<String> {
    match front.values().get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(text_of).collect(),
        Some(tag) => text_of(tag).into_iter().collect(),
        None => Vec::new(),
    }
}
