//! English.
//!
//! | Term | Note |
//! | --- | --- |
//! | axis, objective, measure, status | |
//! | heading | |
//! | footnote, reference | |
//! | header of the file, field | the front matter: the lines between the two `---` |
//! | instruction, parameter | a shortcode, `{% … %}` |
//! | block | a paired shortcode or a container |
//! | box | |
//! | tab (Tab key) | the tab character |
//! | encoding | the list in “Save As” |
//! | alternative text | |
//! | online | published |
//!
//! Quotation marks are “ ”.

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
