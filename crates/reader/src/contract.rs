//! Contracts of folders: parses `NAME.schema.yaml`, and checks the front matter of documents against it.
//!
//! A contract is a subset of JSON Schema: an object with `properties` and `required`. A property has a
//! `type`, and may have `format`, `enum`, `minimum`, `maximum`, `maxLength` and `description`. Other keywords
//! are ignored.

use passerelle_model::contract::{Contract, ContractField, FieldType};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, Finding};
use passerelle_model::document::DocumentKind;
use passerelle_model::language::Language;
use passerelle_model::position::Position;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::nearest;
use passerelle_text::language;
use serde_json::{Map, Value};

use crate::decode::Decoded;
use crate::diagnostics::to_diagnostics;
use crate::front_matter::{self, FrontMatter};
use crate::source::Source;

/// Maximum number of fields of a contract. An editor cannot fill in more.
const MAX_FIELDS: usize = 200;

/// Parses the document that contains a contract.
pub(crate) fn read(name: &str, decoded: &Decoded, from_path: Option<Language>) -> ParsedDocument {
    let lang = from_path.or_else(|| language::detect(&decoded.text)).unwrap_or_default();
    let (content, finding) = match parse(name, &decoded.text, lang) {
        Ok(contract) => (Some(Content::Contract(Box::new(contract))), None),
        Err(finding) => (None, Some(finding)),
    };
    ParsedDocument {
        kind: DocumentKind::Contract,
        encoding: Some(decoded.encoding),
        content,
        diagnostics: to_diagnostics(finding.as_slice(), lang, &Source::new(&decoded.text)),
        references: Vec::new(),
        draft: None,
    }
}

/// Parses a contract.
///
/// # Errors
/// The problem with its position. The documents of the folder are not checked then.
pub(crate) fn parse(name: &str, text: &str, lang: Language) -> Result<Contract, Finding> {
    let invalid = |position: Option<Position>, problem| {
        Finding::at(position.unwrap_or(Position::line(1)), DiagnosticKind::ContractInvalid { problem })
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let schema = front_matter::parse_mapping(text).map_err(|finding| match finding.kind {
        DiagnosticKind::InvalidFrontMatter { problem } => {
            invalid(finding.position, ContractProblem::Yaml(problem))
        }
        kind => Finding { kind, ..finding },
    })?;
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.filter(|properties| !properties.is_empty() && properties.len() <= MAX_FIELDS);
    let properties = properties.ok_or_else(|| invalid(None, ContractProblem::NoProperties))?;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let line_of = |name: &str| {
        let is_key = |line: &str| line.trim_start().trim_start_matches(['"', '\'']).starts_with(name);
        let line = text.lines().position(is_key)?;
        Some(Position::line(u32::try_from(line).ok()? + 1))
    };
    let field = |(name, property): (&String, &Value)| {
        let unknown = || invalid(line_of(name), ContractProblem::Property(name.clone()));
        let property = property.as_object().ok_or_else(unknown)?;
        Ok(ContractField {
            name: name.clone(),
            kind: kind_of(property).ok_or_else(unknown)?,
            required: required.contains(&name.as_str()),
            description: property.get("description").and_then(Value::as_str).map(str::to_owned),
            options: property
                .get("enum")
                .and_then(Value::as_array)
                .map(|options| options.iter().map(text_of).collect()),
            minimum: property.get("minimum").and_then(Value::as_f64),
            maximum: property.get("maximum").and_then(Value::as_f64),
            max_length: property
                .get("maxLength")
                .and_then(Value::as_u64)
                .and_then(|length| length.try_into().ok()),
        })
    };
    let fields = properties.iter().map(field).collect::<Result<Vec<_>, Finding>>()?;
    if let Some(missing) = required.iter().find(|name| !properties.contains_key(**name)) {
        return Err(invalid(line_of("required"), ContractProblem::Property((*missing).to_owned())));
    }
    Ok(Contract { name: name.to_owned(), lang, fields })
}

/// Returns the type of a property. `None` for an unknown type. Without a type, a property with `enum` is a
/// text.
fn kind_of(property: &Map<String, Value>) -> Option<FieldType> {
    let format = property.get("format").and_then(Value::as_str).unwrap_or_default();
    match property.get("type").map_or(Some("string"), Value::as_str)? {
        "string" | "object" if format == "image" => Some(FieldType::Image),
        "string" => Some(match format {
            "date" | "date-time" => FieldType::Date,
            "markdown" => FieldType::Markdown,
            "uri" | "uri-reference" | "link" | "email" => FieldType::Link,
            _ => FieldType::Text,
        }),
        "number" | "integer" => Some(FieldType::Number),
        "boolean" => Some(FieldType::Boolean),
        "array" => Some(FieldType::List),
        _ => None,
    }
}

/// Returns a single value as text. A list or an object is written as JSON.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Checks the front matter of a document. Returns one finding for each field that does not fit.
pub(crate) fn check(contract: &Contract, front: &FrontMatter) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known = || contract.fields.iter().map(|field| field.name.as_str());
    for field in &contract.fields {
        let top = field.name.split('.').next().unwrap_or_default();
        match find(front.values(), &field.name) {
            Some(value) if !fits(field, value) => {
                let kind = DiagnosticKind::ContractValue {
                    field: field.name.clone(),
                    value: text_of(value),
                    example: example(field),
                };
                findings.push(Finding::at(front.position(top), kind));
            }
            None if field.required => {
                // A field that is nearly written like this one explains the missing one.
                let others =
                    front.values().keys().map(String::as_str).filter(|key| known().all(|name| name != *key));
                let (position, kind) = match nearest(&field.name, others) {
                    Some(written) => {
                        let (field, expected) = (written.to_owned(), field.name.clone());
                        (front.position(written), DiagnosticKind::ContractMisspelt { field, expected })
                    }
                    None => {
                        let (field, example) = (field.name.clone(), example(field));
                        (Position::line(1), DiagnosticKind::ContractMissing { field, example })
                    }
                };
                findings.push(Finding::at(position, kind));
            }
            _ => {}
        }
    }
    findings
}

/// Returns the value at a path. `None` for a missing value, null and an empty text.
fn find<'v>(fields: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let found = fields.get(path).or_else(|| {
        let (key, rest) = path.split_once('.')?;
        find(fields.get(key)?.as_object()?, rest)
    });
    found.filter(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
}

/// Returns true if a value has the type of a field and is within its bounds.
fn fits(field: &ContractField, value: &Value) -> bool {
    let is_single = !value.is_array() && !value.is_object();
    let text = text_of(value);
    let number = || text.trim().replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
    let has_kind = match field.kind {
        FieldType::Text | FieldType::Markdown | FieldType::Link => is_single,
        FieldType::Date => is_single && Timestamp::parse(&text).is_some(),
        FieldType::Number => is_single && number().is_some(),
        FieldType::Boolean => value.is_boolean() || matches!(text.as_str(), "true" | "false"),
        FieldType::List => value.is_array(),
        FieldType::Image => value.is_string() || value.get("src").is_some_and(Value::is_string),
    };
    let is_option = |value: &Value| {
        let options = field.options.as_ref();
        options.is_none_or(|options| options.contains(&text_of(value)))
    };
    let has_options = value.as_array().map_or_else(|| is_option(value), |items| items.iter().all(is_option));
    let is_in_range = field.minimum.is_none_or(|least| number().is_none_or(|number| number >= least))
        && field.maximum.is_none_or(|most| number().is_none_or(|number| number <= most));
    let is_short = field.max_length.is_none_or(|length| !is_single || text.chars().count() <= length);
    has_kind && has_options && is_in_range && is_short
}

/// Returns a correct line for the front matter. Editors can copy it.
fn example(field: &ContractField) -> String {
    let option = field.options.as_ref().and_then(|options| options.first());
    let bound = field.minimum.or(field.maximum);
    let value = match (field.kind, option) {
        (FieldType::List, Some(option)) => format!("[{option}]"),
        (_, Some(option)) => option.clone(),
        (FieldType::Text | FieldType::Markdown, None) => "\"…\"".to_owned(),
        (FieldType::Date, None) => "2025-11-14".to_owned(),
        (FieldType::Number, None) => bound.unwrap_or(3.0).to_string(),
        (FieldType::Boolean, None) => "true".to_owned(),
        (FieldType::List, None) => "[a, b]".to_owned(),
        (FieldType::Image, None) => "/_images/photo.jpg".to_owned(),
        (FieldType::Link, None) => "https://example.org".to_owned(),
    };
    let (last, above) =
        field.name.rsplit_once('.').map_or((field.name.as_str(), ""), |(above, last)| (last, above));
    if above.is_empty() { format!("{last}: {value}") } else { format!("{above}: {{{last}: {value}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;

    const CONTRACT: &str = "type: object\nrequired: [date, lieu]\nproperties:\n  date: {type: string, format: date}\n  \
        lieu: {type: string, maxLength: 10, description: Ville}\n  places: {type: integer, minimum: 1, maximum: 40}\n  \
        niveau: {enum: [facile, moyen]}\n  publics: {type: array, enum: [enfants, adultes]}\n  \
        ouvert: {type: boolean}\n  meta.photo: {type: string, format: image}\n";

    fn findings(yaml: &str) -> Vec<(String, u32, DiagnosticKind)> {
        let contract = parse("ateliers", CONTRACT, Language::Fr).unwrap();
        let text = format!("---\n{yaml}\n---\n");
        let found = check(&contract, &split(&text).unwrap().front).into_iter();
        found.map(|found| (found.kind.code().to_string(), found.position.unwrap().line, found.kind)).collect()
    }

    #[test]
    fn contract_lists_its_fields() {
        let contract = parse("ateliers", CONTRACT, Language::Fr).unwrap();
        let kinds: Vec<_> =
            contract.fields.iter().map(|field| (field.name.as_str(), field.kind, field.required)).collect();
        assert_eq!(kinds[0], ("date", FieldType::Date, true));
        assert_eq!(kinds[6], ("meta.photo", FieldType::Image, false));
        assert_eq!(contract.fields[1].description.as_deref(), Some("Ville"));
    }

    #[test]
    fn invalid_contract_has_a_position() {
        for (text, line, problem) in [
            ("properties: \"a", 1, None),
            ("type: object", 1, Some(ContractProblem::NoProperties)),
            (
                "properties:\n  a: {type: string}\n  b: {type: sring}",
                3,
                Some(ContractProblem::Property("b".to_owned())),
            ),
            ("required: [c]\nproperties: {a: {}}", 1, Some(ContractProblem::Property("c".to_owned()))),
        ] {
            let finding = parse("a", text, Language::Fr).unwrap_err();
            assert_eq!(finding.position.unwrap().line, line, "{text}");
            let DiagnosticKind::ContractInvalid { problem: found } = finding.kind else { panic!("{text}") };
            assert!(problem.is_none_or(|problem| problem == found), "{text}");
        }
    }

    #[test]
    fn documents_that_fit_have_no_finding() {
        let fitting = "date: 2025-03-01\nlieu: Mons\nplaces: 12\nniveau: facile\npublics: [enfants]\nouvert: true\n\
            meta: {photo: {src: /_images/a.png}}\nautre: 3";
        assert_eq!(findings(fitting), []);
    }

    #[test]
    fn findings_name_the_line_and_an_example() {
        let found = findings(
            "date: demain\nleiu: Mons\nplaces: 41\nniveau: dur\npublics: [chats]\nouvert: peut-être\nmeta: {photo: [1]}",
        );
        let codes: Vec<_> = found.iter().map(|(code, line, _)| (code.as_str(), *line)).collect();
        assert_eq!(
            codes,
            [
                ("FIELD_VALUE", 2),
                ("FIELD_MISSPELT", 3),
                ("FIELD_VALUE", 4),
                ("FIELD_VALUE", 5),
                ("FIELD_VALUE", 6),
                ("FIELD_VALUE", 7),
                ("FIELD_VALUE", 8),
            ]
        );
        let examples = found.into_iter().filter_map(|(_, _, kind)| match kind {
            DiagnosticKind::ContractValue { example, .. } => Some(example),
            _ => None,
        });
        assert_eq!(
            examples.collect::<Vec<_>>(),
            [
                "date: 2025-11-14",
                "places: 1",
                "niveau: facile",
                "publics: [enfants]",
                "ouvert: true",
                "meta: {photo: /_images/photo.jpg}"
            ]
        );
        assert_eq!(findings("lieu: Mons")[0].0, "FIELD_MISSING");
        assert_eq!(findings("date: 2025-03-01\nlieu: Bruxelles-Capitale")[0].0, "FIELD_VALUE");
    }
}
