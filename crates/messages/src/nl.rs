//! Dutch.
//!
//! | Term | Dutch | Note |
//! | --- | --- | --- |
//! | axis, objective | as, doelstelling | |
//! | measure, status | maatregel, status | |
//! | heading | titel | |
//! | footnote, its call | voetnoot, verwijzing | |
//! | front matter, field | koptekst van het bestand, veld | the lines between the two `---` |
//! | shortcode, parameter | opdracht, parameter | `{% … %}` |
//! | paired shortcode, container | blok | |
//! | box | kader | |
//! | tab character | tab (Tab-toets) | |
//! | encoding | codering | the list in “Opslaan als” |
//! | alternative text | vervangende tekst | |
//! | published | online | |
//!
//! Quotation marks are ‘ ’.

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
