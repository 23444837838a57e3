//! German.
//!
//! | Term | German | Note |
//! | --- | --- | --- |
//! | axis, objective | Achse, Ziel | |
//! | measure, status | Maßnahme, Status | |
//! | heading | Überschrift | |
//! | footnote, its call | Fußnote, Verweis | |
//! | front matter, field | Dateikopf, Feld | the lines between the two `---` |
//! | shortcode, parameter | Anweisung, Parameter | `{% … %}` |
//! | paired shortcode, container | Block | |
//! | box | Kasten | |
//! | tab character | Tabulator (Tab-Taste) | |
//! | encoding | Codierung | the list in “Speichern unter” |
//! | alternative text | Alternativtext | |
//! | published | online | |
//!
//! Quotation marks are „ “.

mod document;
mod page;
mod plan;
mod words;

use crate::family::Family;

/// The functions of this language. Each kind has an arm in one of them.
pub(super) const FAMILIES: &[Family] = &[
    document::file,
    document::front_matter,
    document::front_matter_field,
    document::contract,
    document::held,
    plan::plan,
    plan::duplicate,
    plan::measure,
    plan::spreadsheet,
    page::shortcode,
    page::text,
    page::link,
    page::asset,
];
