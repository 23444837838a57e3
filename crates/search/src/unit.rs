//! A thing as the index takes it in: which of its words stand in which place.

use passerelle_document::language::Language;
use passerelle_document::page::Heading;
use passerelle_document::plan::CategoryLevel;
use passerelle_document::served::ServedService;
use passerelle_document::slot::without_slots;
use passerelle_storage::{Searchable, SearchableWords};
use tantivy::TantivyDocument;

use crate::schema::{Fields, Zone, id_of};

/// The document of the index for a thing.
pub(crate) fn document(fields: &Fields, thing: &Searchable) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, id_of(thing.words.kind(), thing.row_id));
    let mut unit = Unit { fields, lang: thing.lang, document };
    match &thing.words {
        SearchableWords::Measure { key, plan, number, title, programme } => {
            unit.document.add_text(fields.key, key.as_str());
            unit.document.add_text(fields.plan, plan.as_str());
            unit.document.add_u64(fields.number, u64::from(*number));
            unit.document.add_text(fields.lang, thing.lang.code());
            unit.add(Zone::Title, title);
            unit.add_some(Zone::Body, programme.as_deref());
        }
        SearchableWords::Category { key, plan, level, path, title } => {
            unit.document.add_text(fields.key, key.as_str());
            unit.document.add_text(fields.plan, plan.as_str());
            unit.add(Zone::Title, title);
            unit.add(Zone::Heading, path.as_str());
            if *level == CategoryLevel::Axis {
                unit.add(Zone::Heading, &format!("{} {}", axis(thing.lang), path.as_str()));
            }
        }
        SearchableWords::Page { key, title, name, tags, headings, text } => {
            unit.document.add_text(fields.key, key.as_str());
            unit.add(Zone::Title, title);
            unit.add_some(Zone::Title, name.as_deref().filter(|name| name != title));
            for tag in tags {
                unit.add(Zone::Heading, tag);
            }
            unit.add_headings(headings, title);
            unit.add(Zone::Body, &without_slots(text));
        }
        SearchableWords::SupportService(service) => unit.add_service(service),
    }
    unit.document
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

struct Unit<'a> {
    fields: &'a Fields,
    lang: Language,
    document: TantivyDocument,
}

impl Unit<'_> {
    fn add(&mut self, zone: Zone, text: &str) {
        self.document.add_text(self.fields.words(self.lang, zone), text);
    }

    fn add_some(&mut self, zone: Zone, text: Option<&str>) {
        if let Some(text) = text {
            self.add(zone, text);
        }
    }

    /// Headings, but for the one that is the title already.
    fn add_headings(&mut self, headings: &[Heading], title: &str) {
        for heading in headings {
            if heading.text != title {
                self.add(Zone::Heading, &heading.text);
            }
            self.add_headings(&heading.children, title);
        }
    }

    fn add_service(&mut self, served: &ServedService) {
        let service = &served.service;
        self.document.add_text(self.fields.key, served.key.as_str());
        self.add(Zone::Title, &service.name);
        self.add_some(Zone::Title, service.acronym.as_deref());
        for part in [&service.organisation, &service.domain] {
            self.add_some(Zone::Heading, part.as_deref());
        }
        for part in [&service.authority, &service.legal_basis, &service.region] {
            self.add_some(Zone::Body, part.as_deref());
        }
        self.add(Zone::Body, &without_slots(&service.summary.text));
        if let Some(definition) = &service.definition {
            self.add(Zone::Body, &without_slots(&definition.text));
        }
        for mission in &service.missions {
            self.add(Zone::Heading, &mission.title);
            self.add(Zone::Body, &without_slots(&mission.description.text));
        }
    }
}
