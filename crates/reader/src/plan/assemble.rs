//! Makes a plan of the measures that a survey found.

use std::borrow::Cow;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::language::Language;
use passerelle_model::plan::{
    Attribute, Category, CategoryLevel, CategoryPath, Measure, MeasureDetails, MeasureStatus, Plan,
};
use passerelle_model::position::Position;
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::collapse_whitespace;

use super::category_steps::{self, StepTree};
use super::draft::{CategoryStep, DraftField, MeasureDraft};
use super::header_words::{self, ColumnRole};
use super::legend::Legend;
use super::plan_title::{self, TitleSources};
use super::schedule::{self, Period};
use super::status::{self, StatusCell, StatusMap};
use super::survey::{Candidate, Survey};
use super::{budget, numbering, parties, status_detail, title};
use crate::front_matter::FrontMatter;
use crate::markdown::render_title;

/// Data of a plan outside its measures.
pub(super) struct PlanContext<'a> {
    /// Front matter.
    pub(super) front: &'a FrontMatter,
    /// Language of the document.
    pub(super) lang: Language,
    /// Name of the file without ending, the last choice for a title.
    pub(super) stem: &'a str,
    /// Words that the plan maps to statuses.
    pub(super) map: &'a StatusMap,
}

/// Makes the plan.
pub(super) fn assemble(survey: Survey, context: &PlanContext<'_>) -> (Plan, Vec<Finding>) {
    let Survey { blocks, candidate } = survey;
    let Candidate { mut drafts, unread, .. } = candidate.unwrap_or_else(Candidate::empty);
    let mut findings: Vec<Finding> = unread
        .into_iter()
        .map(|line| Finding::at(Position::line(line), DiagnosticKind::UnrecognizedRow))
        .collect();
    let title = plan_title::take(&blocks, &mut drafts);
    numbering::split_labels(&mut drafts);
    let title = title.map(|title| collapse_whitespace(&header_words::plain_text(&title)));
    let title = title.filter(|title| title.contains(char::is_alphabetic));
    let sources = TitleSources { front: context.front, stem: context.stem };
    let heading = plan_title::heading(&sources, title, context.lang);
    let legend = Legend::find(&blocks);
    let (categories, paths) = categories(&drafts, &heading.title);
    let labels = numbering::unique_labels(&drafts, &paths, &mut findings);
    let numbers = numbering::numbers(&labels);
    let has_statuses = drafts.iter().filter(|draft| !draft.status.is_empty()).count() * 2 > drafts.len();
    let parents = numbering::parents_by_label(&drafts, &paths);
    let parents: Vec<Option<u32>> = parents.into_iter().map(|parent| parent.map(|at| numbers[at])).collect();
    let mut whole = None;
    let mut measures = Vec::with_capacity(drafts.len());
    for ((((draft, category), label), number), parent) in
        drafts.into_iter().zip(paths).zip(labels).zip(numbers).zip(parents)
    {
        if !draft.is_part {
            whole = Some(number);
        }
        let parent = if draft.is_part { whole } else { parent };
        let status = read_status(&draft, &legend, context.map);
        if draft.title.is_empty() {
            let kind = DiagnosticKind::MissingMeasureTitle { label: label.clone() };
            findings.push(Finding::at(Position::line(draft.line), kind));
        }
        report_status(&draft, &status, number, has_statuses, &mut findings);
        measures.push(measure(&draft, status, Identity { number, label, parent, category }));
    }
    if measures.is_empty() {
        findings.push(Finding::for_document(DiagnosticKind::PlanWithoutMeasures));
    }
    findings.sort_by_key(|finding| finding.position);
    (Plan { heading, categories, measures }, findings)
}

impl Candidate {
    fn empty() -> Self {
        Self {
            form: super::survey::Form::Rows,
            drafts: Vec::new(),
            unread: Vec::new(),
            evidence: super::evidence::Evidence::default(),
        }
    }
}

/// The categories, and the path of each measure. A plan without categories has one with its own title.
fn categories(drafts: &[MeasureDraft], title: &str) -> (Vec<Category>, Vec<CategoryPath>) {
    let mut tree = StepTree::default();
    let root = CategoryStep { text: title.to_owned(), line: drafts.first().map_or(1, |draft| draft.line) };
    let paths: Vec<Option<CategoryPath>> = drafts.iter().map(|draft| tree.path(&draft.categories)).collect();
    let mut categories = tree.categories;
    let fallback = path_without_label(&categories);
    if paths.contains(&None) {
        let category = Category {
            level: CategoryLevel::Axis,
            label: None,
            path: fallback.clone(),
            parent: None,
            title: root.text,
            footnotes: Vec::new(),
            line: root.line,
        };
        categories.insert(0, category);
    }
    (categories, paths.into_iter().map(|path| path.unwrap_or_else(|| fallback.clone())).collect())
}

/// The path of the category of measures without one: `0`, or `0-2` if a category has the label 0.
fn path_without_label(categories: &[Category]) -> CategoryPath {
    let is_unused = |path: &CategoryPath| categories.iter().all(|category| category.path != *path);
    let zero = CategoryPath::child(None, "0");
    let variants = (2..=u32::MAX).map(|count| zero.variant(count));
    std::iter::once(zero.clone()).chain(variants).find(is_unused).unwrap_or(zero)
}

fn read_status(draft: &MeasureDraft, legend: &Legend, map: &StatusMap) -> StatusCell {
    let mut status = status::read_with(&draft.status, map);
    if let Some((found, completion)) = legend.get(&draft.status) {
        status.status = found;
        status.completion = completion.or(status.completion);
    }
    let percentage = draft.field(ColumnRole::Completion).and_then(status_detail::percentage_of_cell);
    status.completion = percentage.or(status.completion);
    if draft.status.is_empty()
        && let Some(completion) = percentage
    {
        status.status = status_detail::of_percentage(completion);
        draft.field(ColumnRole::Completion).unwrap_or_default().clone_into(&mut status.text);
    }
    status
}

fn report_status(
    draft: &MeasureDraft,
    status: &StatusCell,
    number: u32,
    has_statuses: bool,
    findings: &mut Vec<Finding>,
) {
    let position = Position::line(draft.line);
    if status.text.is_empty() {
        // A plan without statuses is complete.
        if has_statuses {
            findings.push(Finding::at(position, DiagnosticKind::MissingStatus { number }));
        }
    } else if status.status == MeasureStatus::Undefined {
        let kind = DiagnosticKind::UnknownStatus { value: status.text.clone(), nearest: status.nearest };
        findings.push(Finding::at(position, kind));
    }
}

struct Identity {
    number: u32,
    label: String,
    parent: Option<u32>,
    category: CategoryPath,
}

fn measure(draft: &MeasureDraft, status: StatusCell, identity: Identity) -> Measure {
    let Identity { number, label, parent, category } = identity;
    let (title, _) = title::extract_footnote_refs(&draft.title);
    let title = collapse_whitespace(&title);
    let mut details = details(draft);
    details.completion = status.completion;
    if details.responsible_parties.is_empty() {
        let bodies =
            draft.categories.iter().rev().filter_map(|step| category_steps::read(&step.text).responsible);
        details.responsible_parties = bodies.take(1).collect();
    }
    Measure {
        number,
        label,
        parent,
        title: render_title(if title.trim().is_empty() { "—" } else { title.trim() }),
        status: status.status,
        status_text: status.text,
        programme: status.programme,
        is_repeated: false,
        repeat_group: None,
        footnotes: Vec::new(),
        category,
        details,
        line: draft.line,
    }
}

/// The value of a field. In a field of lists, each line of a cell of a spreadsheet is an entry.
fn separated_lines(field: &DraftField) -> Cow<'_, str> {
    let is_list =
        matches!(field.role, ColumnRole::Responsible | ColumnRole::Partners | ColumnRole::Indicator);
    if is_list && field.value.contains('\n') {
        Cow::Owned(field.value.replace('\n', "; "))
    } else {
        Cow::Borrowed(&field.value)
    }
}

/// The fields of a measure.
pub(super) fn details(draft: &MeasureDraft) -> MeasureDetails {
    let mut details = MeasureDetails::default();
    let mut schedule_texts: Vec<String> = Vec::new();
    for field in &draft.fields {
        let value = header_words::plain_text(&separated_lines(field));
        match field.role {
            ColumnRole::Responsible if details.responsible_parties.is_empty() => {
                details.responsible_parties = parties::split(&value);
            }
            ColumnRole::Partners if details.partners.is_empty() => details.partners = parties::split(&value),
            ColumnRole::Schedule => {
                let Period { start, end } = schedule::read(&value);
                details.start_date = details.start_date.or(start);
                details.end_date = details.end_date.or(end);
                schedule_texts.push(value);
            }
            ColumnRole::Start => {
                details.start_date = schedule::date(&value, true).or(details.start_date);
                schedule_texts.push(value);
            }
            ColumnRole::End => {
                details.end_date = schedule::date(&value, false).or(details.end_date);
                schedule_texts.push(value);
            }
            ColumnRole::Budget if details.budget_text.is_none() => {
                details.budget = budget::read(&value, &field.name);
                details.budget_text = Some(value);
            }
            ColumnRole::Indicator => details.indicators.extend(parties::split_list(&value)),
            ColumnRole::Priority if details.priority.is_none() => details.priority = Some(value),
            ColumnRole::Description if details.description.is_none() => {
                details.description =
                    Some(render_title(&field.value)).filter(|text: &RichText| !text.is_empty());
            }
            ColumnRole::Completion if status_detail::percentage_of_cell(&value).is_some() => {}
            _ => details.attributes.push(Attribute { name: field.name.clone(), value }),
        }
    }
    if !schedule_texts.is_empty() {
        details.schedule_text = Some(schedule_texts.join(" – "));
    }
    details
}
