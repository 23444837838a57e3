//! Reads a plan: lines to rows and headings, rows to measures.
//!
//! - `line`, `block`, `html`, `pipe_table` and `sheet_blocks` read the syntax.
//! - `detect` and `survey` decide whether a document is a plan.
//! - `parser` reads plans with axes, `assemble` all others. `reorder` rewrites rows of other layouts for the
//!   parser, and restores their details after it.
//! - `members` reads a folder with one file for each measure.
//! - `status`, `schedule`, `budget` and `parties` read the text of a cell.
//! - `repeats` finds measures that are listed twice.
//!
//! The words are in `words/*.txt`: statuses, headers, titles. A new word needs no code.

mod assemble;
mod block;
mod budget;
mod category_builder;
mod category_steps;
mod column_stats;
mod columns;
mod detect;
mod distinct_titles;
mod draft;
mod evidence;
mod face;
mod header_words;
mod heading_forms;
mod html;
mod html_spans;
mod inline;
mod item_status;
mod key_value;
mod label;
mod legend;
mod line;
mod list_forms;
mod measure_label;
mod measure_row_builder;
mod members;
mod misspelling;
mod number;
mod numbering;
mod parser;
mod parties;
mod pipe_table;
mod plan_title;
mod reorder;
mod repeats;
mod row;
mod row_evidence;
mod schedule;
mod sheet_blocks;
mod status;
mod status_detail;
mod status_marks;
mod status_words;
mod survey;
mod table_of_contents;
mod table_rows;
mod title;
mod title_words;
mod words;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::language::Language;
use passerelle_model::plan::Plan;
use passerelle_model::position::Position;

use crate::front_matter::FrontMatter;
use crate::sheet::{MAX_ROWS, SheetRow};
use assemble::PlanContext;
use evidence::Evidence;
use face::{Line, LocatedLine};
use line::Lines;
use members::MemberDraft;
pub(crate) use members::PlanMember;
use reorder::Reordered;
use status::StatusMap;
use survey::{Candidate, Form, Survey};

/// Maximum number of lines of a document that is examined without `kind: plan`. A plan of 100,000 measures
/// has about as many lines. A line takes about 100 bytes of memory, whatever its length is.
const MAX_LINES: usize = 500_000;
/// Maximum number of lines that are surveyed for measures of any form without `kind: plan`. A run of blank
/// lines counts once. A survey takes about 3 µs a line, and a plan of 15,000 measures with ten lines each has
/// as many.
const MAX_SURVEYED_LINES: usize = 150_000;

/// A document that was examined for measures.
pub(crate) struct Detection<'a> {
    front: &'a FrontMatter,
    stem: &'a str,
    map: StatusMap,
    lines: Lines<'a>,
    ends_without_newline: bool,
    /// Measures of the plan's own dialect: numbered rows below axes.
    is_labelled: bool,
    reordered: Reordered,
    survey: Survey,
    findings: Vec<Finding>,
}

/// Examines a body. `stem` is the name of the file without ending; `is_declared` whether the front matter
/// says `kind: plan`.
pub(crate) fn examine<'a>(
    front: &'a FrontMatter,
    body: &'a str,
    body_line: u32,
    stem: &'a str,
    is_declared: bool,
) -> Detection<'a> {
    let (map, findings) = status_map(front);
    let is_examined = is_declared || body.lines().nth(MAX_LINES).is_none();
    let mut lines = line::read(if is_examined { body } else { "" }, body_line);
    // The parser reads a plan in the plan's own dialect without a survey. A text with more rows than a
    // spreadsheet may have is a register, unless the front matter says otherwise.
    let has_category_column = reorder::has_category_column(&lines.located);
    let is_own_dialect = detect::is_plan(&lines.located);
    let is_short = lines.located.len() <= MAX_SURVEYED_LINES && table_rows(&lines.located) <= MAX_ROWS;
    let needs_survey = (!is_own_dialect || has_category_column) && (is_declared || is_short);
    let survey = if needs_survey {
        survey::survey(&lines.located, front, stem, &map, is_declared)
    } else {
        Survey::default()
    };
    let reordered = reorder::reorder(&mut lines.located, &map);
    let is_surveyed = has_category_column && survey.candidate.as_ref().is_some_and(Candidate::is_plan);
    let is_labelled = !is_surveyed && (is_own_dialect || detect::is_plan(&lines.located));
    let ends_without_newline = !body.is_empty() && !body.ends_with('\n');
    Detection { front, stem, map, lines, ends_without_newline, is_labelled, reordered, survey, findings }
}

/// Returns the number of rows of tables.
fn table_rows(lines: &[LocatedLine<'_>]) -> usize {
    lines.iter().filter(|located| matches!(located.line, Line::Row(_))).count()
}

/// Examines the rows of a spreadsheet.
pub(crate) fn examine_rows<'a>(
    front: &'a FrontMatter,
    rows: &[SheetRow],
    stem: &'a str,
    is_declared: bool,
) -> Detection<'a> {
    let (map, findings) = status_map(front);
    let survey = survey::survey_blocks(sheet_blocks::read(rows), front, stem, &map, is_declared);
    Detection {
        front,
        stem,
        map,
        lines: Lines { located: Vec::new(), ends_in_open_row: false },
        ends_without_newline: false,
        is_labelled: false,
        reordered: Reordered::default(),
        survey,
        findings,
    }
}

fn status_map(front: &FrontMatter) -> (StatusMap, Vec<Finding>) {
    let (map, invalid) = StatusMap::of(front);
    let position = front.position("statuses");
    let findings = invalid
        .into_iter()
        .map(|value| Finding::at(position, DiagnosticKind::InvalidField { field: "statuses", value }))
        .collect();
    (map, findings)
}

impl Detection<'_> {
    /// Returns true if the document is a plan without the help of its front matter.
    pub(crate) fn is_plan(&self) -> bool {
        self.is_labelled || self.survey.candidate.as_ref().is_some_and(Candidate::is_plan)
    }

    /// Returns true if the rows of a spreadsheet are measures. Less evidence suffices than for a text,
    /// because a spreadsheet cannot be served as a page: a header that names measures, and labels with
    /// statuses.
    pub(crate) fn has_measures(&self) -> bool {
        let is_list = |candidate: &Candidate| {
            let drafts = &candidate.drafts;
            let has_labels = drafts.iter().all(|draft| draft.label.is_some());
            let has_status = drafts.iter().any(|draft| status::is_stated(&draft.status, &self.map));
            let stated = drafts.iter().filter(|draft| status::is_stated(&draft.status, &self.map)).count();
            let are_stated = drafts.len() >= evidence::MIN_MEASURES && stated * 2 > drafts.len();
            (candidate.evidence.names_measures || are_stated)
                && (are_stated
                    || candidate.evidence.weight >= evidence::HINT_WEIGHT
                    || (has_labels && has_status))
        };
        self.is_plan() || self.survey.candidate.as_ref().is_some_and(is_list)
    }

    /// The diagnostic for a page that resembles a plan.
    pub(crate) fn hint(&self) -> Option<Finding> {
        let candidate = self.survey.candidate.as_ref()?;
        let Evidence { weight, seen, names_measures } = &candidate.evidence;
        let resembles = *weight >= evidence::HINT_WEIGHT
            && *names_measures
            && candidate.drafts.len() >= evidence::MIN_MEASURES;
        let count = candidate.drafts.len();
        let line = candidate.drafts.first().map_or(1, |draft| draft.line);
        let kind = DiagnosticKind::ResemblesPlan { count, seen: seen.join(", ") };
        resembles.then(|| Finding::at(Position::line(line), kind))
    }

    /// Reads the plan. The findings say what was not understood; an error among them means that there is no
    /// plan.
    pub(crate) fn read(self, lang: Language) -> (Plan, Vec<Finding>) {
        let has_measures =
            self.survey.candidate.as_ref().is_some_and(|candidate| !candidate.drafts.is_empty());
        if self.is_labelled || !has_measures {
            let document = parser::PlanDocument {
                front: self.front,
                stem: self.stem,
                lines: self.lines,
                ends_without_newline: self.ends_without_newline,
                map: &self.map,
            };
            let (mut plan, mut findings) = parser::read(document, lang);
            self.reordered.restore(&mut plan.measures, &mut findings);
            return finish(plan, [self.findings, findings].concat(), lang);
        }
        let context = PlanContext { front: self.front, lang, stem: self.stem, map: &self.map };
        let (plan, findings) = assemble::assemble(self.survey, &context);
        finish(plan, [self.findings, findings].concat(), lang)
    }
}

/// Reads a plan with one file per measure. `stem` is the name of its folder, the last choice for a title.
///
/// A finding about a file has the index of the file, and its position in that file.
pub(crate) fn read_members(
    front: &FrontMatter,
    members: &[PlanMember<'_>],
    stem: &str,
    lang: Language,
) -> (Plan, Vec<(Option<usize>, Finding)>) {
    let (map, settings_findings) = status_map(front);
    let found = members::read(members);
    let drafts = found.iter().map(|found| found.draft.clone()).collect();
    let candidate =
        Candidate { form: Form::Fields, drafts, unread: Vec::new(), evidence: Evidence::default() };
    let survey = Survey { blocks: Vec::new(), candidate: Some(candidate) };
    let context = PlanContext { front, lang, stem, map: &map };
    let (mut plan, findings) = assemble::assemble(survey, &context);
    for (measure, found) in plan.measures.iter_mut().zip(&found) {
        measure.details.description = measure.details.description.take().or(found.description.clone());
    }
    let (plan, findings) = finish(plan, findings, lang);
    let findings = findings.into_iter().map(|finding| member_finding(finding, &found));
    (plan, settings_findings.into_iter().map(|finding| (None, finding)).chain(findings).collect())
}

/// Replaces the place of a measure among the measures by its file and a line in it.
fn member_finding(finding: Finding, found: &[MemberDraft]) -> (Option<usize>, Finding) {
    let at = |line: u32| usize::try_from(line).ok().and_then(|line| found.get(line.checked_sub(1)?));
    let Some(member) = finding.position.and_then(|position| at(position.line)) else {
        return (None, finding);
    };
    let is_about_status = matches!(finding.kind, DiagnosticKind::UnknownStatus { .. });
    let kind = match finding.kind {
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => {
            let other = at(other_line).map(|other| other.name.clone()).unwrap_or_default();
            DiagnosticKind::DuplicateMemberLabel { label, other, given }
        }
        kind => kind,
    };
    (Some(member.index), Finding::at(member.position(is_about_status), kind))
}

/// Reads a plan that its front matter declares.
#[cfg(test)]
pub(crate) fn read(front: &FrontMatter, body: &str, body_line: u32, lang: Language) -> (Plan, Vec<Finding>) {
    examine(front, body, body_line, "plan", true).read(lang)
}

fn finish(mut plan: Plan, mut findings: Vec<Finding>, lang: Language) -> (Plan, Vec<Finding>) {
    let repeats = repeats::find_repeats(&plan.measures, lang);
    for (row, nearest) in &repeats.unmatched {
        let measure = &plan.measures[*row];
        let nearest = nearest.map(|nearest| plan.measures[nearest].number);
        let kind = DiagnosticKind::UnmatchedRepeat { number: measure.number, nearest };
        findings.push(Finding::at(Position::line(measure.line), kind));
    }
    let numbers: Vec<u32> = plan.measures.iter().map(|measure| measure.number).collect();
    for (measure, group) in plan.measures.iter_mut().zip(repeats.groups) {
        measure.repeat_group = group.map(|first| numbers[first]);
    }
    (plan, findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_very_many_lines_is_surveyed_only_if_it_is_declared_a_plan() {
        let front = FrontMatter::default();
        let surveyed = |lines: usize, is_declared: bool| {
            let text = "[a]: /b\n".repeat(lines);
            examine(&front, &text, 1, "liens", is_declared).survey.blocks.len()
        };
        assert_eq!(surveyed(MAX_SURVEYED_LINES, false), MAX_SURVEYED_LINES);
        assert_eq!(surveyed(MAX_SURVEYED_LINES + 1, false), 0);
        assert_eq!(surveyed(MAX_SURVEYED_LINES + 1, true), MAX_SURVEYED_LINES + 1);
    }
}
