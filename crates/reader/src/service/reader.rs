//! What a page says of its service.

use passerelle_model::asset::file_of;
use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::page::{Image, Page};
use passerelle_model::rich_text::RichText;
use passerelle_model::service::SupportService;
use passerelle_model::slot::without_slots;
use passerelle_text::fold::{fold, tidy};
use serde_json::{Map, Value};

use super::missions;
use super::piece::{Piece, pieces, rich};
use super::sentence;
use crate::front_matter::{FrontMatter, integer_of, text_of};
use crate::markdown::Setting;

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
pub(crate) fn read(page: &Page, front: &FrontMatter, setting: Setting<'_>) -> (SupportService, Vec<Finding>) {
    let given = front.values().get("supportService").and_then(Value::as_object).cloned().unwrap_or_default();
    let pieces = pieces(&page.blocks);
    let summary = summary(&pieces, setting);
    let mut said = sentence::read(&without_slots(&summary.text));
    if said.organisation.is_none() {
        said = sentence::read(&without_slots(&page.content.text));
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
        definition: definition(&pieces, setting),
        missions: missions::find(&pieces, setting),
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

/// The running text after the first heading and before the next heading or box; the first of all where there is no
/// heading.
fn summary(row: &[Piece<'_>], setting: Setting<'_>) -> RichText {
    let is_heading = |piece: &Piece<'_>| matches!(piece, Piece::Heading(..));
    let from = row.iter().position(is_heading).map_or(0, |heading| heading + 1);
    rich(row[from..].iter().map_while(text_of_piece), setting)
}

/// The text of the first box, without the heading that asks the question.
fn definition(row: &[Piece<'_>], setting: Setting<'_>) -> Option<RichText> {
    let block = row.iter().find_map(|piece| match piece {
        Piece::Box(block) => Some(*block),
        Piece::Heading(..) | Piece::Text(_) => None,
    })?;
    let inside = pieces(&block.children);
    Some(rich(inside.iter().filter_map(text_of_piece), setting)).filter(|definition| !definition.is_empty())
}

fn text_of_piece<'a>(piece: &'a Piece<'_>) -> Option<&'a str> {
    match piece {
        Piece::Text(markdown) => Some(markdown),
        Piece::Heading(..) | Piece::Box(_) => None,
    }
}

/// The logo that the front matter names, else the first image that calls itself one.
fn logo(given: &Map<String, Value>, images: &[Image]) -> Option<Image> {
    let named = given.get("logo").and_then(text_of);
    match named {
        Some(src) => {
            let known = images.iter().find(|image| image.src == src).cloned();
            Some(known.unwrap_or_else(|| Image { file: file_of(&src, ""), src, ..Image::default() }))
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
