//! Reads a plan: lines to rows and headings, rows to measures.

mod contents;
mod face;
mod html;
mod inline;
mod label;
mod line;
mod number;
mod open_row;
mod outline;
mod pipe;
mod reader;
mod repeats;
mod row;
mod sign;
mod status;
mod title;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::language::Language;
use passerelle_model::plan::{Measure, Plan};
use passerelle_model::position::Position;

use crate::front_matter::FrontMatter;
pub(crate) use sign::is_plan;

/// Reads a plan. The findings say what was not understood; an error among them means that there is no plan.
pub(crate) fn read(front: &FrontMatter, body: &str, body_line: u32, lang: Language) -> (Plan, Vec<Finding>) {
    let (mut plan, mut findings) = reader::read(front, body, body_line, lang);
    let repeats = repeats::find(&plan.measures, lang);
    for (row, nearest) in &repeats.lonely {
        let measure = &plan.measures[*row];
        let nearest = nearest.map(|nearest| plan.measures[nearest].number);
        let fault = Fault::RepeatAlone { number: measure.number, nearest };
        findings.push(Finding::at(Position::line(measure.line), fault));
    }
    plan.heading.outline = outline_of(&plan.measures);
    let numbers: Vec<u32> = plan.measures.iter().map(|measure| measure.number).collect();
    for (measure, group) in plan.measures.iter_mut().zip(repeats.groups) {
        measure.repeat_group = group.map(|first| numbers[first]);
    }
    (plan, findings)
}

fn outline_of(measures: &[Measure]) -> String {
    let mut outline = String::new();
    for measure in measures {
        outline.push_str(measure.category.as_str());
        outline.push('#');
        outline.push_str(&measure.number.to_string());
        outline.push('\n');
    }
    Checksum::of(outline.as_bytes()).to_string()
}
