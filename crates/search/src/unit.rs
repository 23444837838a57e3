//! A thing as the index takes it in: which of its words stand in which place.

use passerelle_model::language::Language;
use passerelle_model::page::Heading;
use passerelle_model::plan::CategoryLevel;
use passerelle_model::served::ServedService;
use passerelle_model::slot::without_slots;
use passerelle_storage::{Searchable, SearchableWords};
use tantivy::TantivyDocument;

use crate::schema::{Fields, Zone, id_of};

/// The words of a thing by where they stand, each part on a line of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitText {
    /// Its title and its name.
    pub title: String,
    /// Its headings, tags and labels.
    pub heading: String,
    /// All else.
    pub body: String,
}

/// The words of a thing.
pub fn unit_text(thing: &Searchable) -> UnitText {
    let mut text = UnitText::default();
    match &thing.words {
        SearchableWords::Measure { title, programme, .. } => {
            add(&mut text.title, title);
            add_some(&mut text.body, programme.as_deref());
        }
        SearchableWords::Category { level, path, title, .. } => {
            add(&mut text.title, title);
            add(&mut text.heading, path.as_str());
            if *level == CategoryLevel::Axis {
                add(&mut text.heading, &format!("{} {}", axis(thing.lang), path.as_str()));
            }
        }
        SearchableWords::Page { title, name, tags, headings, text: body, .. } => {
            add(&mut text.title, title);
            add_some(&mut text.title, name.as_deref().filter(|name| name != title));
            for tag in tags {
                add(&mut text.heading, tag);
            }
            add_headings(&mut text.heading, headings, title);
            add(&mut text.body, &without_slots(body));
        }
        SearchableWords::SupportService(service) => add_service(&mut text, service),
    }
    text
}

/// The document of the index for a thing.
pub(crate) fn document(fields: &Fields, thing: &Searchable) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, id_of(thing.words.kind(), thing.row_id));
    let key = match &thing.words {
        SearchableWords::Measure { key, plan, number, .. } => {
            document.add_text(fields.plan, plan.as_str());
            document.add_text(fields.lang, thing.lang.code());
            document.add_u64(fields.number, u64::from(*number));
            key.as_str()
        }
        SearchableWords::Category { key, plan, .. } => {
            document.add_text(fields.plan, plan.as_str());
            key.as_str()
        }
        SearchableWords::Page { key, .. } => key.as_str(),
        SearchableWords::SupportService(service) => service.key.as_str(),
    };
    document.add_text(fields.key, key);
    let UnitText { title, heading, body } = unit_text(thing);
    for (zone, text) in [(Zone::Title, title), (Zone::Heading, heading), (Zone::Body, body)] {
        if !text.is_empty() {
            document.add_text(fields.words(thing.lang, zone), text);
        }
    }
    document
}

/// How an axis is called.
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

/// Headings, but for the one that is the title already.
fn add_headings(text: &mut String, headings: &[Heading], title: &str) {
    for heading in headings {
        if heading.text != title {
            add(text, &heading.text);
        }
        add_headings(text, &heading.children, title);
    }
}

fn add_service(text: &mut UnitText, served: &ServedService) {
    let service = &served.service;
    add(&mut text.title, &service.name);
    add_some(&mut text.title, service.acronym.as_deref());
    for part in [&service.organisation, &service.domain] {
        add_some(&mut text.heading, part.as_deref());
    }
    for part in [&service.authority, &service.legal_basis, &service.region] {
        add_some(&mut text.body, part.as_deref());
    }
    add(&mut text.body, &without_slots(&service.summary.text));
    if let Some(definition) = &service.definition {
        add(&mut text.body, &without_slots(&definition.text));
    }
    for mission in &service.missions {
        add(&mut text.heading, &mission.title);
        add(&mut text.body, &without_slots(&mission.description.text));
    }
}
