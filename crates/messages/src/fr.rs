//! French.
//!
//! | Term | French | Note |
//! | --- | --- | --- |
//! | axis, objective | axe, objectif | |
//! | measure, status | mesure, statut | |
//! | heading | titre | |
//! | footnote, its call | note de bas de page, renvoi | |
//! | front matter, field | en-tête du fichier, champ | the lines between the two `---` |
//! | shortcode, parameter | instruction, paramètre | `{% … %}` |
//! | paired shortcode, container | bloc | |
//! | box | encadré | |
//! | tab character | tabulation (touche Tab) | |
//! | encoding | codage | the list in “Enregistrer sous” |
//! | alternative text | texte de remplacement | |
//! | published | en ligne | |
//!
//! The space inside « » and before `:`, `;`, `!` and `?` is a non-breaking space (U+00A0).

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
