//! Surveys a document for measures in every form, and chooses the form with most evidence.

use super::block::{self, Block, Item, Table};
use super::columns::Columns;
use super::draft::{CategoryStep, MeasureDraft};
use super::evidence::{self, Evidence};
use super::face::LocatedLine;
use super::header_words::{self, ColumnRole};
use super::heading_forms;
use super::key_value::{self, KeyValueReader};
use super::list_forms::{self, ListEvidence, ListRun};
use super::plan_title;
use super::row_evidence::{MAX_COMPANIONS, companion_weight, has_titles, rows_evidence};
use super::status::{self, StatusMap};
use super::status_marks;
use super::table_rows::{RowReader, RowState};
use crate::front_matter::FrontMatter;

/// A companion counts as much as this number of rows when the columns of the plan are chosen.
const COMPANION_ROWS: usize = 3;
/// A column whose header is a word for measures counts as much as this number of rows.
const STRONG_TITLE_ROWS: usize = 6;
/// Maximum number of rows that count. A long table is no better than one of this length.
const MAX_COUNTED_ROWS: usize = 40;

/// Form in which a document gives its measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Rows of tables with columns.
    Rows,
    /// One table of fields per measure.
    Fields,
    /// One heading per measure.
    Headings,
    /// Items of lists.
    Items,
}

/// Measures of one form.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Form of the measures.
    pub(super) form: Form,
    /// Measures in document order.
    pub(super) drafts: Vec<MeasureDraft>,
    /// Lines of rows that are neither measures nor anything else.
    pub(super) unread: Vec<u32>,
    /// Evidence that the document is a plan.
    pub(super) evidence: Evidence,
}

/// Blocks of a document with the best form of measures.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    /// Blocks of the document.
    pub(super) blocks: Vec<Block>,
    /// The form with most evidence.
    pub(super) candidate: Option<Candidate>,
}

/// Surveys a document. `stem` is the name of its file without ending.
pub(super) fn survey(
    lines: &[LocatedLine<'_>],
    front: &FrontMatter,
    stem: &str,
    map: &StatusMap,
    is_declared: bool,
) -> Survey {
    survey_blocks(block::read(lines), front, stem, map, is_declared)
}

/// Surveys the blocks of a document.
pub(super) fn survey_blocks(
    mut blocks: Vec<Block>,
    front: &FrontMatter,
    stem: &str,
    map: &StatusMap,
    is_declared: bool,
) -> Survey {
    status_marks::merge_columns(&mut blocks);
    let blocks = split_tables(blocks);
    let repeated = plan_title::repeated_headings(&blocks);
    let contexts = contexts(&blocks, &repeated);
    let mut candidates = Vec::new();
    candidates.extend(rows(&contexts, map));
    candidates.extend(headerless_rows(&contexts, map));
    candidates.extend(fields(&contexts, &blocks));
    candidates.extend(headings(&blocks, map, &repeated));
    candidates.extend(items(&contexts, map, is_declared));
    for candidate in &mut candidates {
        let headings: Vec<&str> = candidate
            .drafts
            .first()
            .map(|draft| draft.categories.iter().map(|step| step.text.as_str()).collect())
            .unwrap_or_default();
        let title = evidence::of_title(front, stem, &blocks, &headings);
        candidate.evidence.weight += title.weight;
        candidate.evidence.seen.extend(title.seen);
        // If the title names a plan but the evidence is too weak, a diagnostic says why it is a page.
        candidate.evidence.names_measures |= title.weight >= evidence::PHRASE_WEIGHT;
        candidate.evidence.add_measures(&candidate.drafts, |status| status::is_stated(status, map));
    }
    candidates.retain(|candidate| !candidate.drafts.is_empty());
    let best =
        candidates.into_iter().reduce(|best, next| if next.is_better_than(&best) { next } else { best });
    Survey { blocks, candidate: best }
}

/// Splits tables in which a converter joined a list of measures and tables of fields.
fn split_tables(blocks: Vec<Block>) -> Vec<Block> {
    let mut split = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block {
            Block::Table(mut table) if Columns::find(&table).is_some() => {
                let rest = key_value::end_of_list(&table.rows).map(|at| table.rows.split_off(at));
                split.push(Block::Table(table));
                split.extend(rest.map(|rows| Block::Table(Table { rows })));
            }
            block => split.push(block),
        }
    }
    split
}

impl Candidate {
    fn new(form: Form, drafts: Vec<MeasureDraft>, evidence: Evidence) -> Self {
        Self { form, drafts, unread: Vec::new(), evidence }
    }

    /// Returns true if the evidence suffices without the help of the front matter.
    pub(super) fn is_plan(&self) -> bool {
        self.evidence.weight >= evidence::PLAN_WEIGHT && self.drafts.len() >= evidence::MIN_MEASURES
    }

    fn is_better_than(&self, other: &Self) -> bool {
        let is_enough = |candidate: &Self| candidate.evidence.weight >= evidence::PLAN_WEIGHT;
        if is_enough(self) && is_enough(other) {
            // A list beside a table of measures is a checklist or a summary.
            if (self.form == Form::Items) != (other.form == Form::Items) {
                return other.form == Form::Items;
            }
            // Forms with fields contain more of the same measures than a list.
            let weight = |candidate: &Self| {
                candidate.drafts.len() * if candidate.form == Form::Fields { 11 } else { 10 }
            };
            return weight(self) > weight(other);
        }
        self.evidence.weight > other.evidence.weight
    }
}

/// A block with the headings above it.
struct Context<'a> {
    block: &'a Block,
    headings: Vec<CategoryStep>,
    /// The line of text directly above.
    text_above: Option<CategoryStep>,
}

fn contexts<'a>(blocks: &'a [Block], repeated: &[u32]) -> Vec<Context<'a>> {
    let mut stack: Vec<(u8, CategoryStep)> = Vec::new();
    let mut text_above: Option<CategoryStep> = None;
    let mut contexts = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { level, text, line } => {
                text_above = None;
                if repeated.contains(line) {
                    continue;
                }
                while stack.last().is_some_and(|(above, _)| above >= level) {
                    stack.pop();
                }
                stack.push((*level, CategoryStep { text: text.clone(), line: *line }));
            }
            Block::Text { text, line } => {
                contexts.push(Context { block, headings: Vec::new(), text_above: None });
                text_above = Some(CategoryStep { text: text.clone(), line: *line });
            }
            Block::Table(_) | Block::Item(_) => {
                let headings = stack.iter().map(|(_, step)| step.clone()).collect();
                contexts.push(Context { block, headings, text_above: text_above.take() });
            }
        }
    }
    contexts
}

/// Reads tables whose header names a column of titles.
fn rows(contexts: &[Context<'_>], map: &StatusMap) -> Option<Candidate> {
    let tables: Vec<(&Context<'_>, &Table)> = contexts
        .iter()
        .filter_map(|context| match context.block {
            Block::Table(table) => Some((context, table)),
            _ => None,
        })
        .collect();
    let found: Vec<Option<(Columns, usize)>> = tables.iter().map(|(_, table)| Columns::find(table)).collect();
    // The columns of most rows are those of the plan.
    let main = found
        .iter()
        .zip(&tables)
        .filter_map(|(found, (_, table))| Some((found.as_ref()?, table)))
        .max_by_key(|((columns, _), table)| {
            columns.companion_count().min(MAX_COMPANIONS) * COMPANION_ROWS
                + usize::from(columns.has_strong_title) * STRONG_TITLE_ROWS
                + table.rows.len().min(MAX_COUNTED_ROWS)
        })
        .map(|((columns, _), _)| columns.clone())?;
    let plain = plain_lines(contexts, &tables, &found, &main);
    let mut drafts = Vec::new();
    let mut unread = Vec::new();
    let mut open: Option<(Columns, RowState)> = None;
    for ((context, table), found) in tables.iter().zip(&found) {
        let (columns, start, state) = match (found, &open) {
            (Some((columns, start)), before) if resembles(columns, &main) => {
                let is_same = |before: &Columns| {
                    [ColumnRole::Title, ColumnRole::Theme, ColumnRole::Label]
                        .into_iter()
                        .all(|role| before.index(role) == columns.index(role))
                };
                let before = before.as_ref().filter(|(before, _)| is_same(before));
                (columns.clone(), *start, before.map(|(_, state)| state.clone()))
            }
            (None, Some((columns, state))) if continues(table, columns, map) => {
                (columns.clone(), 0, Some(state.clone()))
            }
            _ => continue,
        };
        let mut headings = context.headings.clone();
        headings.extend(context.text_above.iter().filter(|step| plain.contains(&step.text)).cloned());
        let mut reader = RowReader::new(&columns, map);
        reader.resume(state, std::mem::take(&mut drafts), &headings);
        reader.read(&table.rows[start..], &headings);
        let state = reader.state();
        drafts = std::mem::take(&mut reader.drafts);
        unread.append(&mut reader.unread);
        open = Some((columns, state));
    }
    let evidence = rows_evidence(&main, &drafts);
    Some(Candidate { unread, ..Candidate::new(Form::Rows, drafts, evidence) })
}

/// Returns true if two tables have the same kind of columns.
fn resembles(columns: &Columns, main: &Columns) -> bool {
    let title = |columns: &Columns| {
        columns
            .index(ColumnRole::Title)
            .and_then(|at| columns.names.get(at))
            .map(|name| header_words::clean(name))
    };
    let shared = columns.roles.iter().filter(|role| main.roles.contains(role)).count();
    let similar = shared * 3 >= main.roles.len().max(columns.roles.len()) * 2;
    similar || (title(columns) == title(main) && columns.companion_count() > 0)
}

/// Returns true if the first row is the header of a table of another kind.
///
/// A converter also draws the row of dashes below the first row of every page, so the cells decide: a header
/// has a name in every column.
fn has_other_header(table: &Table, columns: &Columns, map: &StatusMap) -> bool {
    let Some(first) = table.rows.first().filter(|row| row.is_marked_header) else { return false };
    let is_value = |cell: &String| {
        cell.is_empty()
            || cell.len() > 60
            || cell.bytes().all(|byte| byte.is_ascii_digit() || b" .,-/".contains(&byte))
            || status::is_stated(cell, map)
    };
    let label = columns.index(ColumnRole::Label).and_then(|at| first.cells.get(at));
    let has_label = label.is_some_and(|cell| super::measure_label::of_cell(cell).is_some());
    !has_label && !first.cells.iter().any(is_value)
}

/// Returns true if a table without a header continues the last table.
fn continues(table: &Table, columns: &Columns, map: &StatusMap) -> bool {
    if KeyValueReader::names_measure(table)
        || KeyValueReader::accepts(table)
        || has_other_header(table, columns, map)
    {
        return false;
    }
    let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if width == columns.roles.len() {
        return true;
    }
    let is_row = |row: &&block::Row| {
        let cells = columns.align(row, map);
        let status = columns
            .index(ColumnRole::Status)
            .and_then(|at| cells.get(at))
            .is_some_and(|cell| status::is_stated(cell, map));
        let label = columns
            .index(ColumnRole::Label)
            .and_then(|at| cells.get(at))
            .is_some_and(|cell| super::measure_label::of_cell(cell).is_some());
        let theme = columns.index(ColumnRole::Theme) == Some(0) && cells.len() == columns.roles.len();
        status || label || theme
    };
    width + 2 >= columns.roles.len()
        && width < columns.roles.len()
        && table.rows.iter().filter(is_row).count() * 2 > table.rows.len()
}

/// Maximum number of lines of text above tables that are categories.
const MAX_PLAIN_LINES: usize = 40;

/// Lines of text above tables that are categories: short, without digits, and different above different
/// tables.
fn plain_lines(
    contexts: &[Context<'_>],
    tables: &[(&Context<'_>, &Table)],
    found: &[Option<(Columns, usize)>],
    main: &Columns,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for ((context, _), found) in tables.iter().zip(found) {
        let is_list = found.as_ref().is_some_and(|(columns, _)| resembles(columns, main));
        if let Some(step) = context.text_above.as_ref().filter(|_| is_list)
            && step.text.split_whitespace().count() <= 8
            && step.text.len() <= 60
            && !step.text.bytes().any(|byte| byte.is_ascii_digit())
            && !step.text.ends_with(['.', ':', ';', ',', '!', '?'])
            && step.text.starts_with(char::is_uppercase)
            && !lines.contains(&step.text)
        {
            lines.push(step.text.clone());
        }
    }
    let above = |line: &String| {
        tables
            .iter()
            .filter(|(context, _)| context.text_above.as_ref().is_some_and(|step| step.text == *line))
            .count()
    };
    let all = |line: &String| {
        contexts
            .iter()
            .filter(|context| matches!(context.block, Block::Text { text, .. } if *text == **line))
            .count()
    };
    lines.truncate(MAX_PLAIN_LINES);
    lines.retain(|line| above(line) == all(line));
    if lines.len() >= 2 { lines } else { Vec::new() }
}

/// Reads tables without a header by the content of their columns.
fn headerless_rows(contexts: &[Context<'_>], map: &StatusMap) -> Option<Candidate> {
    let tables: Vec<(&Context<'_>, &Table)> = contexts
        .iter()
        .filter_map(|context| match context.block {
            Block::Table(table) if Columns::find(table).is_none() && !KeyValueReader::accepts(table) => {
                Some((context, table))
            }
            _ => None,
        })
        .collect();
    let rows: Vec<&block::Row> =
        tables.iter().flat_map(|(_, table)| &table.rows).filter(|row| row.cells.len() > 1).collect();
    let columns = Columns::of_content(&rows, None, map)?;
    columns.index(ColumnRole::Status)?;
    let mut reader = RowReader::new(&columns, map);
    for (context, table) in &tables {
        reader.read(&table.rows, &context.headings);
    }
    let mut evidence = Evidence::default();
    let stated = reader.drafts.iter().filter(|draft| status::is_stated(&draft.status, map)).count();
    evidence.weight += if stated * 10 > reader.drafts.len() * 8 { 3 } else { 1 };
    evidence.weight += 2 * i32::from(columns.index(ColumnRole::Label).is_some());
    if !has_titles(&reader.drafts) {
        evidence.weight -= 2;
    }
    let unread = std::mem::take(&mut reader.unread);
    Some(Candidate { unread, ..Candidate::new(Form::Rows, reader.drafts, evidence) })
}

/// Reads one table of fields per measure.
fn fields(contexts: &[Context<'_>], blocks: &[Block]) -> Option<Candidate> {
    let mut reader = KeyValueReader::default();
    let mut is_open = false;
    let mut heading_of_last: Option<u32> = None;
    for context in contexts {
        match context.block {
            Block::Text { text, .. } => reader.note_text(text),
            Block::Table(table)
                if KeyValueReader::accepts(table) || (is_open && Columns::find(table).is_none()) =>
            {
                let own = context.headings.last();
                let is_new = own.map(|step| step.line) != heading_of_last;
                reader.read(table, &context.headings, own.filter(|_| is_new));
                heading_of_last = own.map(|step| step.line);
                is_open = true;
            }
            _ => is_open = false,
        }
    }
    let mut drafts = reader.finish();
    if drafts.len() < 2 {
        return None;
    }
    let mut shared = drafts.clone();
    plan_title::take(blocks, &mut shared);
    if shared.iter().all(|draft| draft.categories.is_empty()) {
        key_value::themes_to_categories(&mut drafts);
    }
    let mut evidence = Evidence { names_measures: true, ..Evidence::default() };
    let mut roles: Vec<ColumnRole> =
        drafts.iter().flat_map(|draft| &draft.fields).map(|field| field.role).collect();
    roles.sort_unstable();
    roles.dedup();
    let companions =
        roles.iter().filter(|role| !matches!(role, ColumnRole::Other | ColumnRole::Description)).count();
    evidence.add(2, "");
    evidence.weight += companion_weight(companions);
    Some(Candidate::new(Form::Fields, drafts, evidence))
}

/// Reads one heading per measure.
fn headings(blocks: &[Block], map: &StatusMap, repeated: &[u32]) -> Option<Candidate> {
    let forms = heading_forms::read(blocks, map, repeated);
    let count = forms.drafts.iter().filter(|draft| !draft.is_part).count();
    if count < 2 {
        return None;
    }
    let mut evidence = Evidence::default();
    let is_most = |part: usize| part * 2 > count;
    evidence.names_measures = is_most(forms.with_word);
    evidence.weight += 2 * i32::from(is_most(forms.with_word)) + 2 * i32::from(is_most(forms.with_fields));
    let mut roles: Vec<ColumnRole> =
        forms.drafts.iter().flat_map(|draft| &draft.fields).map(|field| field.role).collect();
    roles.sort_unstable();
    roles.dedup();
    let has_status = forms.drafts.iter().any(|draft| !draft.status.is_empty());
    let fields =
        roles.iter().filter(|role| !matches!(role, ColumnRole::Description | ColumnRole::Other)).count()
            + usize::from(has_status);
    evidence.weight += i32::try_from(fields.min(3)).unwrap_or(3);
    // Parts below measures, numbered after them, are the structure of a plan.
    let parts = forms.drafts.len() - count;
    evidence.weight += 2 * i32::from(parts >= 3 && is_most(forms.with_word));
    Some(Candidate::new(Form::Headings, forms.drafts, evidence))
}

/// Reads lists.
fn items(contexts: &[Context<'_>], map: &StatusMap, is_declared: bool) -> Option<Candidate> {
    let mut runs: Vec<ListRun> = Vec::new();
    for context in contexts {
        let Block::Item(item) = context.block else { continue };
        push_item(&mut runs, item.clone(), &context.headings);
    }
    let (kind, drafts) = list_forms::find(&runs, map, is_declared)?;
    let mut evidence = Evidence::default();
    evidence.weight += match kind {
        ListEvidence::Continued | ListEvidence::Statuses => 3,
        ListEvidence::Restarted => 2,
        ListEvidence::Declared => 0,
    };
    let verbs = drafts.iter().filter(|draft| list_forms::begins_with_infinitive(&draft.title)).count();
    if verbs * 10 >= drafts.len() * 6 {
        evidence.weight += 2;
    }
    let count = drafts.len().to_string();
    let counted = contexts.iter().filter_map(|context| match context.block {
        Block::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    if counted.take(60).any(|text| list_forms::announces(text, &count)) {
        evidence.add(2, "");
        evidence.names_measures = true;
    }
    Some(Candidate::new(Form::Items, drafts, evidence))
}

fn push_item(runs: &mut Vec<ListRun>, item: Item, headings: &[CategoryStep]) {
    let is_same_place = runs.last().is_some_and(|run| run.headings == headings);
    let rejected = match runs.last_mut().filter(|_| is_same_place) {
        Some(run) => run.push(item).err(),
        None => Some(item),
    };
    if let Some(item) = rejected {
        runs.push(ListRun::new(item, headings));
    }
}
