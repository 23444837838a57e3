//! Builds a [`SupportService`] from a page and its front matter.

use passerelle_model::asset::resolve_image_path;
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::page::{Image, Page};
use passerelle_model::path::FolderPath;
use passerelle_model::placeholder::strip_placeholders;
use passerelle_model::rich_text::RichText;
use passerelle_model::service::SupportService;
use passerelle_text::fold::{collapse_whitespace, fold};
use serde_json::{Map, Value};

use super::designation;
use super::flat_block::{FlatBlock, flat_blocks, render_parts};
use super::missions;
use crate::front_matter::{FrontMatter, integer_of, text_of};
use crate::markdown::RenderOptions;

/// Folded names of support services. The title or name of the page starts with one, or a tag equals one.
const SERVICE_NAMES: [&str; 5] = [
    "service support",
    "service de support",
    "ondersteuningsdienst",
    "support service",
    "unterstutzungsdienst",
];
/// Translation key of the page about the support service.
const TRANSLATION_KEY: &str = "sesu";

/// Returns true if a page describes a support service. A page that only mentions one has another heading.
pub(crate) fn is_service(page: &Page) -> bool {
    let named = |text: &str| SERVICE_NAMES.iter().any(|name| fold(text).starts_with(name));
    page.translation_key.as_ref().is_some_and(|key| key.as_str() == TRANSLATION_KEY)
        || page.front_matter.contains_key("supportService")
        || named(&page.title)
        || page.name.as_deref().is_some_and(named)
        || page.tags.iter().any(|tag| SERVICE_NAMES.iter().any(|name| fold(&tag.replace('-', " ")) == *name))
}

/// Extracts the support service from a page. Each missing fact gives a finding.
pub(crate) fn read(
    page: &Page,
    front: &FrontMatter,
    render_options: RenderOptions<'_>,
) -> (SupportService, Vec<Finding>) {
    let fields = front.values().get("supportService").and_then(Value::as_object).cloned().unwrap_or_default();
    let blocks = flat_blocks(&page.blocks);
    let summary = summary(&blocks, render_options);
    let mut designation = designation::read(&strip_placeholders(&summary.text));
    if designation.organisation.is_none() {
        designation = designation::read(&strip_placeholders(&page.content.text));
    }
    let (heading_name, heading_acronym) = name_and_acronym(&page.title);
    let text = |key: &str| fields.get(key).and_then(text_of);
    let year = |key: &str| fields.get(key).and_then(integer_of);
    let service = SupportService {
        slug: page.slug.clone(),
        lang: page.lang,
        name: text("name").unwrap_or(heading_name),
        acronym: text("acronym").or(heading_acronym),
        organisation: text("organisation").or(designation.organisation),
        domain: text("domain").or(designation.domain),
        authority: text("authority").or(designation.authority),
        legal_basis: text("legalBasis").or_else(|| designation.legal_basis.map(strip_new_prefix)),
        region: text("region").or(designation.region),
        designated_year: year("designatedYear").or(designation.designated_year),
        renewed_year: year("renewedYear").or(designation.renewed_year),
        summary,
        definition: definition(&blocks, render_options),
        missions: missions::find(&blocks, render_options),
        logo: logo(&fields, &page.images),
    };
    let findings = missing_fields(&service)
        .map(|field| Finding::for_document(DiagnosticKind::MissingServiceField { field }))
        .collect();
    (service, findings)
}

/// Removes `nouveau` (new) from the name of a decree, which becomes wrong with time.
fn strip_new_prefix(legal_basis: String) -> String {
    legal_basis.strip_prefix("nouveau ").map(str::to_owned).unwrap_or(legal_basis)
}

/// Splits a title such as `Service support formation (SESU)` into name and acronym.
fn name_and_acronym(title: &str) -> (String, Option<String>) {
    let parts = title.trim().strip_suffix(')').and_then(|title| title.rsplit_once('('));
    match parts {
        Some((name, acronym)) if is_acronym(acronym.trim()) => {
            (collapse_whitespace(name), Some(acronym.trim().to_owned()))
        }
        _ => (collapse_whitespace(title), None),
    }
}

fn is_acronym(text: &str) -> bool {
    (2..=12).contains(&text.chars().count())
        && text.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '.' | '&'))
        && text.chars().filter(|character| character.is_uppercase()).count() >= 2
}

/// Returns the text between the first heading and the next heading or callout. Without a heading, returns
/// the text at the start of the page.
fn summary(blocks: &[FlatBlock<'_>], render_options: RenderOptions<'_>) -> RichText {
    let is_heading = |block: &FlatBlock<'_>| matches!(block, FlatBlock::Heading(..));
    let from = blocks.iter().position(is_heading).map_or(0, |heading| heading + 1);
    render_parts(blocks[from..].iter().map_while(markdown_of), render_options)
}

/// Returns the text of the first callout without its headings. `None` if there is no text.
fn definition(blocks: &[FlatBlock<'_>], render_options: RenderOptions<'_>) -> Option<RichText> {
    let block = blocks.iter().find_map(|block| match block {
        FlatBlock::Callout(block) => Some(*block),
        FlatBlock::Heading(..) | FlatBlock::Text(_) => None,
    })?;
    let inside = flat_blocks(&block.children);
    Some(render_parts(inside.iter().filter_map(markdown_of), render_options))
        .filter(|definition| !definition.is_empty())
}

fn markdown_of<'a>(block: &'a FlatBlock<'_>) -> Option<&'a str> {
    match block {
        FlatBlock::Text(markdown) => Some(markdown),
        FlatBlock::Heading(..) | FlatBlock::Callout(_) => None,
    }
}

/// Returns the logo of the front matter field. Without the field, returns the first image whose source
/// contains `logo`.
fn logo(fields: &Map<String, Value>, images: &[Image]) -> Option<Image> {
    let named = fields.get("logo").and_then(text_of);
    match named {
        Some(src) => {
            let known = images.iter().find(|image| image.src == src).cloned();
            Some(known.unwrap_or_else(|| Image {
                file: resolve_image_path(&src, FolderPath::CONTENT),
                src,
                ..Image::default()
            }))
        }
        None => images.iter().find(|image| fold(&image.src).contains("logo")).cloned(),
    }
}

fn missing_fields(service: &SupportService) -> impl Iterator<Item = &'static str> {
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
    fn acronyms_are_uppercase_in_parentheses() {
        let parts = |title: &str| name_and_acronym(title);
        assert_eq!(
            parts("Service support cartes (SESC)"),
            ("Service support cartes".into(), Some("SESC".into()))
        );
        assert_eq!(parts("Service support (nouveau)"), ("Service support (nouveau)".into(), None));
    }
}
