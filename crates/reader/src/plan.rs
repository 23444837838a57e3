//! Reads a plan: lines to rows and headings, rows to measures.

mod category_builder;
mod detect;
mod face;
mod html;
mod inline;
mod label;
mod line;
mod measure_row_builder;
mod misspelling;
mod number;
mod parser;
mod pipe_table;
mod repeats;
mod row;
mod status;
mod table_of_contents;
mod title;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::language::Language;
use passerelle_model::plan::{Measure, Plan};
use passerelle_model::position::Position;

use crate::front_matter::FrontMatter;
pub(crate) use detect::is_plan;

/// Reads a plan. The findings say what was not understood; an error among them means that there is no plan.
pub(crate) fn read(front: &FrontMatter, body: &str, body_line: u32, lang: Language) -> (Plan, Vec<Finding>) {
    let (mut plan, mut findings) = parser::read(front, body, body_line, lang);
    let repeats = repeats::find_repeats(&plan.measures, lang);
    for (row, nearest) in &repeats.unmatched {
        let measure = &plan.measures[*row];
        let nearest = nearest.map(|nearest| plan.measures[nearest].number);
        let kind = DiagnosticKind::UnmatchedRepeat { number: measure.number, nearest };
        findings.push(Finding::at(Position::line(measure.line), kind));
    }
    plan.heading.outline = structure_checksum(&plan.measures);
    let numbers: Vec<u32> = plan.measures.iter().map(|measure| measure.number).collect();
    for (measure, group) in plan.measures.iter_mut().zip(repeats.groups) {
        measure.repeat_group = group.map(|first| numbers[first]);
    }
    (plan, findings)
}

fn structure_checksum(measures: &[Measure]) -> String {
    let mut structure = String::new();
    for measure in measures {
        structure.push_str(measure.category.as_str());
        structure.push('#');
        structure.push_str(&measure.number.to_string());
        structure.push('\n');
    }
    Checksum::of(structure.as_bytes()).to_string()
}
