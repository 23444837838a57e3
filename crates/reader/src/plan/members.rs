//! Plans with one file per measure. The front matter has fields, and the body has sections of fields.

use std::collections::HashSet;

use passerelle_model::path::DocumentPath;
use passerelle_model::position::Position;
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::{collapse_whitespace, fold};
use serde_json::Value;

use super::block::{self, Block};
use super::draft::{CategoryStep, MeasureDraft};
use super::header_words::{self, ColumnRole};
use super::heading_forms::section_role;
use super::inline::normalize_inline;
use super::{line, measure_label};
use crate::front_matter::{FrontMatter, text_of};
use crate::markdown::render_title;

/// A member of a plan.
pub(crate) struct PlanMember<'a> {
    /// Index of the file among the files of the plan.
    pub(crate) index: usize,
    /// Path of the file.
    pub(crate) path: &'a DocumentPath,
    /// Fields of the header.
    pub(crate) front: FrontMatter,
    /// Text below the header.
    pub(crate) body: &'a str,
    /// Line of the first line of the body, from 1.
    pub(crate) body_line: u32,
}

/// A measure with the file that it comes from.
pub(super) struct MemberDraft {
    /// The measure. Its line is its position among the measures, from 1.
    pub(super) draft: MeasureDraft,
    /// Index of the file.
    pub(super) index: usize,
    /// Name of the file.
    pub(super) name: String,
    /// Line of the status in the file.
    pub(super) status_line: u32,
    /// Text of the body outside the fields.
    pub(super) description: Option<RichText>,
}

/// Fields about the address and the display of a page, folded. They are not fields of a measure.
const PAGE_KEYS: &[&str] = &[
    "layout",
    "permalink",
    "c permalink",
    "tags",
    "slug",
    "uuid",
    "kind",
    "lang",
    "order",
    "translationkey",
    "translation key",
    "localizationkey",
    "localization key",
    "eleventynavigation",
    "eleventy navigation",
    "createdat",
    "created at",
    "draft",
    "published",
    "metadata",
    "templatevalues",
    "template values",
    "aliases",
];
/// Values of fields that ask a question. They are attributes, never an amount or a status.
const ANSWERS: &[&str] = &["oui", "non", "ja", "nee", "nein", "yes", "no", "true", "false"];
/// Words of fields with a percentage of something else than completion, folded.
const BARE_PERCENTAGES: &[&str] = &["pourcentage", "percentage", "prozent", "%"];
/// Last words of fields that can hold a label, folded.
const LABEL_WORDS: &[&str] = &["id", "no", "nr", "code", "number", "numero", "nummer", "n°"];
/// The longest status in a section of its own, in bytes. A longer text is a remark.
const MAX_STATUS_BYTES: usize = 40;
/// The longest label in bytes.
const MAX_LABEL_BYTES: usize = 40;
/// Shortest phrase that decides about a longer name of a field, in bytes.
const MIN_PHRASE_BYTES: usize = 5;

/// Reads the measures, in the order of their numbers, else of their labels, else of their file names.
pub(super) fn read(members: &[PlanMember<'_>]) -> Vec<MemberDraft> {
    let label_key = label_key(members);
    let theme_keys = theme_keys(members);
    let mut drafts: Vec<MemberDraft> =
        members.iter().map(|member| read_member(member, label_key.as_deref(), &theme_keys)).collect();
    drafts.sort_by_cached_key(|found| {
        let label = found.draft.label.as_deref().unwrap_or_default();
        (natural_key(label), natural_key(&found.name))
    });
    for (at, found) in drafts.iter_mut().enumerate() {
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        found.draft.line = line;
        for step in &mut found.draft.categories {
            step.line = line;
        }
    }
    drafts
}

fn read_member(member: &PlanMember<'_>, label_key: Option<&str>, theme_keys: &[String]) -> MemberDraft {
    let mut draft = MeasureDraft::default();
    let mut status_line = 1;
    for (key, value) in member.front.values() {
        let name = name_of(key);
        let Some(text) = text_of_value(value) else { continue };
        let is_answer = ANSWERS.contains(&fold(&text).as_str());
        if Some(key.as_str()) == label_key && text.len() <= MAX_LABEL_BYTES {
            draft.label = Some(measure_label::of_cell(&text).unwrap_or(text));
            continue;
        }
        if theme_keys.contains(key) {
            draft.categories.push(CategoryStep { text, line: 0 });
            continue;
        }
        match role_of(&name).filter(|_| !is_answer) {
            Some(ColumnRole::Title) if draft.title.is_empty() => draft.title = text,
            Some(ColumnRole::Status) if draft.status.is_empty() => {
                draft.status = text;
                status_line = member.front.position(key).line;
            }
            Some(ColumnRole::Title | ColumnRole::Status | ColumnRole::Theme | ColumnRole::Label) | None => {
                if !PAGE_KEYS.contains(&fold(&name).as_str()) {
                    draft.add_field(ColumnRole::Other, &name, &text);
                }
            }
            Some(role) => draft.add_field(role, &name, &text),
        }
    }
    let description = read_body(member, &mut draft);
    if draft.title.is_empty() {
        draft.title = member.path.stem().replace(['-', '_'], " ");
    }
    let name = member.path.name().to_owned();
    MemberDraft { draft, index: member.index, name, status_line, description }
}

/// The name of a field in words: `commitment_status`, `startDate`.
fn name_of(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    let mut was_lower = false;
    for letter in key.chars() {
        if letter == '_' || letter == '-' {
            name.push(' ');
        } else {
            if letter.is_uppercase() && was_lower {
                name.push(' ');
            }
            name.push(letter);
        }
        was_lower = letter.is_lowercase();
    }
    collapse_whitespace(&name)
}

/// The text of a scalar or of a list of scalars. Line breaks of HTML separate entries of a list.
fn text_of_value(value: &Value) -> Option<String> {
    let text = match value {
        Value::Bool(value) => value.to_string(),
        Value::Array(values) => values.iter().filter_map(text_of).collect::<Vec<_>>().join("; "),
        value => text_of(value)?,
    };
    let text = text.replace("<br>", ";").replace("<br/>", ";").replace("<br />", ";");
    let text = collapse_whitespace(&normalize_inline(&text));
    (!text.is_empty()).then_some(text)
}

/// The role of a field. A longer name has the role of a phrase in it, but is never a title for that.
fn role_of(name: &str) -> Option<ColumnRole> {
    if BARE_PERCENTAGES.contains(&fold(name).as_str()) {
        return None;
    }
    let found = header_words::matches(name);
    let suits = |best: &&header_words::HeaderMatch| {
        best.is_exact || (best.role != ColumnRole::Title && best.length >= MIN_PHRASE_BYTES)
    };
    found.iter().find(suits).map(|best| best.role)
}

/// The field with the labels: the first one that has another value in every file, else the first one that is
/// named as a label.
fn label_key(members: &[PlanMember<'_>]) -> Option<String> {
    let first = members.first()?;
    let is_label = |key: &&String| {
        let name = name_of(key);
        role_of(&name) == Some(ColumnRole::Label)
            || name.split(' ').next_back().is_some_and(|word| LABEL_WORDS.contains(&fold(word).as_str()))
    };
    let keys: Vec<&String> = first.front.values().keys().filter(is_label).collect();
    let is_distinct = |key: &&&String| {
        let mut seen = HashSet::new();
        members.iter().all(|member| member.front.text(key).is_some_and(|value| seen.insert(value)))
    };
    keys.iter().find(is_distinct).or(keys.first()).map(|key| (*key).clone())
}

/// The fields with the categories: those that are named exactly so, else the first one with such a word.
fn theme_keys(members: &[PlanMember<'_>]) -> Vec<String> {
    let mut exact: Vec<String> = Vec::new();
    let mut loose = None;
    for key in members.iter().flat_map(|member| member.front.values().keys()) {
        let name = name_of(key);
        let Some(best) =
            header_words::matches(&name).into_iter().find(|found| found.role == ColumnRole::Theme)
        else {
            continue;
        };
        if best.is_exact && !exact.contains(key) {
            exact.push(key.clone());
        } else if !best.is_exact && loose.is_none() {
            loose = Some(key.clone());
        }
    }
    if exact.is_empty() { loose.into_iter().collect() } else { exact }
}

/// Reads the sections of the body. A heading that is the name of a field holds its value; other text is the
/// description.
fn read_body(member: &PlanMember<'_>, draft: &mut MeasureDraft) -> Option<RichText> {
    let blocks = block::read(&line::read(member.body, member.body_line).located);
    let mut section: Option<(ColumnRole, String)> = None;
    let mut description: Vec<String> = Vec::new();
    for block in &blocks {
        let text = match block {
            Block::Heading { text, level, .. } => {
                let plain = header_words::plain_text(text);
                if *level == 1 && draft.title.is_empty() {
                    draft.title = plain;
                } else {
                    section = section_role(text).map(|role| (role, plain.clone()));
                    if section.is_none() && fold(&plain) != fold(&draft.title) {
                        description.push(format!("**{plain}**"));
                    }
                }
                continue;
            }
            Block::Item(item) => item.text.clone(),
            Block::Text { text, .. } => text.clone(),
            Block::Table(table) => {
                table.rows.iter().map(|row| row.cells.join(" ")).collect::<Vec<_>>().join("; ")
            }
        };
        match &section {
            Some((ColumnRole::Status, _)) if draft.status.is_empty() && text.len() <= MAX_STATUS_BYTES => {
                draft.status = text;
            }
            Some((ColumnRole::Label, _)) if draft.label.is_none() => {
                draft.label = measure_label::of_cell(&text);
            }
            Some((ColumnRole::Theme | ColumnRole::Label | ColumnRole::Status, name)) => {
                draft.add_field(ColumnRole::Other, name, &text);
            }
            Some((ColumnRole::Description, _)) | None => description.push(text),
            Some((role, name)) => add_entry(draft, *role, name, &text),
        }
    }
    rich_text(&description)
}

/// Adds an entry of a section: several items are separated like the entries of a cell.
fn add_entry(draft: &mut MeasureDraft, role: ColumnRole, name: &str, text: &str) {
    let has_value = draft.fields.iter().any(|field| field.role == role && field.name == name);
    let is_list = matches!(
        role,
        ColumnRole::Responsible | ColumnRole::Partners | ColumnRole::Indicator | ColumnRole::Impact
    );
    if has_value && is_list {
        draft.add_field(role, name, &format!("; {text}"));
    } else {
        draft.add_field(role, name, text);
    }
}

/// The paragraphs of a description.
fn rich_text(paragraphs: &[String]) -> Option<RichText> {
    let mut content = RichText::default();
    for paragraph in paragraphs.iter().map(|text| render_title(text)).filter(|text| !text.is_empty()) {
        let RichText { html, text, markdown } = paragraph;
        let html = format!("<p>{html}</p>");
        for (whole, part, separator) in [
            (&mut content.html, &html, "\n"),
            (&mut content.text, &text, "\n\n"),
            (&mut content.markdown, &markdown, "\n\n"),
        ] {
            if !whole.is_empty() {
                whole.push_str(separator);
            }
            whole.push_str(part);
        }
    }
    (!content.is_empty()).then_some(content)
}

/// Sorts numbers in a text by their value: `A2` before `A10`. A text without label comes last.
fn natural_key(text: &str) -> (bool, Vec<(String, u64)>) {
    let mut parts: Vec<(String, u64)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find(|digit: char| digit.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(words);
        let digits = after.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((fold(word), number.parse().unwrap_or(0)));
        rest = after;
    }
    (text.is_empty(), parts)
}

impl MemberDraft {
    /// Line of the file for diagnostics about the measure.
    pub(super) fn position(&self, is_about_status: bool) -> Position {
        Position::line(if is_about_status { self.status_line } else { 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sorted_by_their_numbers() {
        let mut labels = ["A10", "A2", "1.10", "1.9", "", "B1"];
        labels.sort_by_cached_key(|label| natural_key(label));
        assert_eq!(labels, ["1.9", "1.10", "A2", "A10", "B1", ""]);
    }

    #[test]
    fn names_of_fields_are_words() {
        assert_eq!(name_of("commitment_status"), "commitment status");
        assert_eq!(name_of("startDate"), "start Date");
        assert_eq!(role_of(&name_of("commitment_status")), Some(ColumnRole::Status));
        assert_eq!(role_of(&name_of("startDate")), Some(ColumnRole::Start));
        assert_eq!(role_of("pourcentage"), None);
    }
}
