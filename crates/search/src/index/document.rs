//! Index documents: the text of a measure, category, page or support service by zone.

use passerelle_model::checksum::Checksum;
use passerelle_model::key::PageKey;
use passerelle_model::language::Language;
use passerelle_model::page::Heading;
use passerelle_model::placeholder::strip_placeholders;
use passerelle_model::plan::{CategoryLevel, MeasureDetails};
use passerelle_model::published::PublishedService;
use passerelle_storage::{SearchContent, SearchEntry};
use passerelle_text::fold::fold;
use tantivy::TantivyDocument;

use crate::index::schema::{Fields, Zone, id_of};

/// Text of an object by zone. Each part is a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentText {
    /// Title and name.
    pub title: String,
    /// Headings, tags and labels.
    pub heading: String,
    /// All other text.
    pub body: String,
}

/// Returns the text of an object by zone.
pub fn document_text(object: &SearchEntry) -> DocumentText {
    let mut text = DocumentText::default();
    match &object.content {
        SearchContent::Measure { title, label, number, programme, details, .. } => {
            add(&mut text.title, title);
            if *label != number.to_string() {
                add(&mut text.heading, label);
            }
            add_some(&mut text.body, programme.as_deref());
            add_details(&mut text, details);
        }
        SearchContent::Category { level, path, title, .. } => {
            add(&mut text.title, title);
            add(&mut text.heading, path.as_str());
            if *level == CategoryLevel::Axis {
                add(&mut text.heading, &format!("{} {}", axis(object.lang), path.as_str()));
            }
        }
        SearchContent::Page { title, name, tags, headings, text: body, .. } => {
            add(&mut text.title, title);
            add_some(&mut text.title, name.as_deref().filter(|name| name != title));
            for tag in tags {
                add(&mut text.heading, tag);
            }
            add_headings(&mut text.heading, headings, title);
            add(&mut text.body, &strip_placeholders(body));
        }
        SearchContent::SupportService(service) => add_service(&mut text, service),
    }
    text
}

/// Returns the index document of an object.
pub(crate) fn index_document(fields: &Fields, object: &SearchEntry) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, id_of(object.content.kind(), object.row_id));
    let key = match &object.content {
        SearchContent::Measure { key, plan, number, label, .. } => {
            document.add_text(fields.plan, plan.as_str());
            document.add_text(fields.lang, object.lang.code());
            if *label == number.to_string() {
                document.add_u64(fields.number, u64::from(*number));
            } else {
                // Readers of the plan do not know the number.
                for term in label_terms(label) {
                    document.add_text(fields.label, term);
                }
            }
            key.as_str()
        }
        SearchContent::Category { key, plan, .. } => {
            document.add_text(fields.plan, plan.as_str());
            key.as_str()
        }
        SearchContent::Page { key, .. } => {
            document.add_u64(fields.page_hash, page_hash(key));
            key.as_str()
        }
        SearchContent::SupportService(service) => {
            document.add_text(fields.page, service.page.as_str());
            document.add_u64(fields.page_hash, page_hash(&service.page));
            service.key.as_str()
        }
    };
    document.add_text(fields.key, key);
    let DocumentText { title, heading, body } = document_text(object);
    for (zone, text) in [(Zone::Title, title), (Zone::Heading, heading), (Zone::Body, body)] {
        if !text.is_empty() {
            document.add_text(fields.terms(object.lang, zone), text);
        }
    }
    document
}

/// Returns the hash of the key of a page: the first 8 bytes of its BLAKE3 checksum. It is stored, so it must
/// not change.
fn page_hash(key: &PageKey) -> u64 {
    let checksum = Checksum::of(key.as_str().as_bytes()).to_string();
    u64::from_str_radix(&checksum[..16], 16).unwrap_or_default()
}

/// Returns the terms of a label: the folded label, and its last word if it has several.
fn label_terms(label: &str) -> Vec<String> {
    let folded = fold(label);
    let last = folded.rsplit_once(' ').map(|(_, last)| last.to_owned());
    std::iter::once(folded).chain(last).collect()
}

/// Adds the bodies, the description and the other columns of a measure.
fn add_details(text: &mut DocumentText, details: &MeasureDetails) {
    for party in &details.responsible_parties {
        add(&mut text.heading, party);
    }
    for part in details.partners.iter().chain(&details.indicators) {
        add(&mut text.body, part);
    }
    add_some(&mut text.body, details.description.as_ref().map(|description| description.text.as_str()));
    for attribute in &details.attributes {
        add(&mut text.body, &attribute.name);
        add(&mut text.body, &attribute.value);
    }
}

/// Returns the word for an axis in a language, so that `axe 2` finds the axis with the path `2`.
fn axis(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "axe",
        Language::Nl => "as",
        Language::De => "achse",
        Language::En => "axis",
    }
}

fn add(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(part);
}

fn add_some(text: &mut String, part: Option<&str>) {
    if let Some(part) = part {
        add(text, part);
    }
}

/// Adds the headings of a page, except the one that repeats the title.
fn add_headings(text: &mut String, headings: &[Heading], title: &str) {
    for heading in headings {
        if heading.text != title {
            add(text, &heading.text);
        }
        add_headings(text, &heading.children, title);
    }
}

fn add_service(text: &mut DocumentText, served: &PublishedService) {
    let service = &served.service;
    add(&mut text.title, &service.name);
    add_some(&mut text.title, service.acronym.as_deref());
    for part in [&service.organisation, &service.domain] {
        add_some(&mut text.heading, part.as_deref());
    }
    for part in [&service.authority, &service.legal_basis, &service.region] {
        add_some(&mut text.body, part.as_deref());
    }
    add(&mut text.body, &strip_placeholders(&service.summary.text));
    if let Some(definition) = &service.definition {
        add(&mut text.body, &strip_placeholders(&definition.text));
    }
    for mission in &service.missions {
        add(&mut text.heading, &mission.title);
        add(&mut text.body, &strip_placeholders(&mission.description.text));
    }
}
