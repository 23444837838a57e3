//! What a page says of its service.

use serde_json::{Map, Value};

use super::sentence;
use super::{SupportService, missions};
use crate::diagnostic::{Fault, Finding};
use crate::fold::{fold, tidy};
use crate::front_matter::{FrontMatter, integer_of, text_of};
use crate::markdown::{Anchors, render};
use crate::page::{Block, BlockKind, Image, Page};
use crate::rich_text::RichText;

/// What the name, the first heading or a tag of such a page begins with, folded.
const NAMES: [&str; 5] = [
    "service support",
    "service de support",
    "ondersteuningsdienst",
    "support service",
    "unterstutzungsdienst",
];
/// The translation key of such a page in the site that the service was made for.
const TRANSLATION_KEY: &str = "sesu";

/// Whether a page describes a support service. A page that only speaks of one does not: its heading names something
/// else.
pub(crate) fn is_service(page: &Page) -> bool {
    let named = |text: &str| NAMES.iter().any(|name| fold(text).starts_with(name));
    page.translation_key.as_deref() == Some(TRANSLATION_KEY)
        || page.front_matter.contains_key("supportService")
        || named(&page.title)
        || page.name.as_deref().is_some_and(named)
        || page.tags.iter().any(|tag| NAMES.iter().any(|name| fold(&tag.replace('-', " ")) == *name))
}

/// Reads the service that a page describes.
pub(crate) fn read(page: &Page, front: &FrontMatter) -> (SupportService, Vec<Finding>) {
    let given = front.values().get("supportService").and_then(Value::as_object).cloned().unwrap_or_default();
    let summary = summary(&page.blocks);
    let mut said = sentence::read(&summary.text);
    if said.organisation.is_none() {
        said = sentence::read(&page.content.text);
    }
    let (heading_name, heading_acronym) = name_and_acronym(&page.title);
    let text = |key: &str| given.get(key).and_then(text_of);
    let year = |key: &str| given.get(key).and_then(integer_of);
    let service = SupportService {
        slug: page.slug.clone(),
        lang: page.lang,
        name: text("name").unwrap_or(heading_name),
        acronym: text("acronym").or(heading_acronym),
        organisation: text("organisation").or(said.organisation),
        domain: text("domain").or(said.domain),
        authority: text("authority").or(said.authority),
        legal_basis: text("legalBasis").or_else(|| said.legal_basis.map(without_newness)),
        region: text("region").or(said.region),
        designated_year: year("designatedYear").or(said.designated_year),
        renewed_year: year("renewedYear").or(said.renewed_year),
        summary,
        definition: definition(&page.blocks),
        missions: missions::find(&page.blocks),
        logo: logo(&given, &page.images),
    };
    let findings = missing(&service).map(|field| Finding::whole(Fault::MissingFact { field })).collect();
    (service, findings)
}

/// A decree that was new when the page was written is not called new for ever.
fn without_newness(legal_basis: String) -> String {
    legal_basis.strip_prefix("nouveau ").map(str::to_owned).unwrap_or(legal_basis)
}

/// `Service support formation (SESU)`.
fn name_and_acronym(title: &str) -> (String, Option<String>) {
    let parts = title.trim().strip_suffix(')').and_then(|title| title.rsplit_once('('));
    match parts {
        Some((name, acronym)) if is_acronym(acronym.trim()) => (tidy(name), Some(acronym.trim().to_owned())),
        _ => (tidy(title), None),
    }
}

fn is_acronym(text: &str) -> bool {
    (2..=12).contains(&text.chars().count())
        && text.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '.' | '&'))
        && text.chars().filter(|character| character.is_uppercase()).count() >= 2
}

/// The running text after the first heading and before the next heading or box.
fn summary(blocks: &[Block]) -> RichText {
    let mut leaves = Vec::new();
    running_text(blocks, &mut leaves);
    let Some(first) = leaves.first() else { return RichText::default() };
    let mut markdown = String::new();
    let headings = render(first, &[], &mut Anchors::default()).headings;
    let lines: Vec<&str> = first.lines().collect();
    let starts: Vec<usize> = headings.iter().map(|heading| heading.line as usize).collect();
    let from = starts.first().copied().unwrap_or(0);
    let to = starts.get(1).map_or(lines.len(), |next| next - 1);
    markdown.push_str(lines.get(from..to).unwrap_or_default().join("\n").trim());
    rich(&markdown)
}

/// The Markdown of the runs of text, in document order, without that in boxes.
fn running_text<'a>(blocks: &'a [Block], leaves: &mut Vec<&'a str>) {
    for block in blocks {
        match block.kind {
            BlockKind::RichText => leaves.push(&block.content.markdown),
            BlockKind::Callout { .. } => {}
            _ => running_text(&block.children, leaves),
        }
    }
}

/// The running text of the first box, without the heading that asks the question.
fn definition(blocks: &[Block]) -> Option<RichText> {
    let callout = first_callout(blocks)?;
    let texts = callout.children.iter().filter(|child| child.kind == BlockKind::RichText);
    let markdown: Vec<String> = texts
        .map(|text| {
            let lines: Vec<&str> = text.content.markdown.lines().collect();
            let is_heading = |line: &&str| line.starts_with('#');
            lines
                .into_iter()
                .filter(|line| !is_heading(line))
                .collect::<Vec<_>>()
                .join("\n")
                .trim()
                .to_owned()
        })
        .collect();
    Some(rich(&markdown.join("\n\n"))).filter(|definition| !definition.is_empty())
}

fn first_callout(blocks: &[Block]) -> Option<&Block> {
    blocks.iter().find_map(|block| match block.kind {
        BlockKind::Callout { .. } => Some(block),
        _ => first_callout(&block.children),
    })
}

fn rich(markdown: &str) -> RichText {
    let rendered = render(markdown, &[], &mut Anchors::default());
    RichText { html: rendered.html, text: rendered.text, markdown: markdown.to_owned() }
}

/// The logo that the front matter names, else the first image that calls itself one.
fn logo(given: &Map<String, Value>, images: &[Image]) -> Option<Image> {
    let named = given.get("logo").and_then(text_of);
    match named {
        Some(src) => {
            let known = images.iter().find(|image| image.src == src).cloned();
            Some(known.unwrap_or(Image { src, alt: None, width: None, height: None }))
        }
        None => images.iter().find(|image| fold(&image.src).contains("logo")).cloned(),
    }
}

fn missing(service: &SupportService) -> impl Iterator<Item = &'static str> {
    let facts = [
        ("organisation", service.organisation.is_none()),
        ("domain", service.domain.is_none()),
        ("authority", service.authority.is_none()),
        ("legalBasis", service.legal_basis.is_none()),
        ("region", service.region.is_none()),
        ("designatedYear", service.designated_year.is_none()),
    ];
    facts.into_iter().filter(|(_, missing)| *missing).map(|(field, _)| field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acronym_stands_in_parentheses_in_capitals() {
        let parts = |title: &str| name_and_acronym(title);
        assert_eq!(
            parts("Service support cartes (SESC)"),
            ("Service support cartes".into(), Some("SESC".into()))
        );
        assert_eq!(parts("Service support (nouveau)"), ("Service support (nouveau)".into(), None));
    }
}
