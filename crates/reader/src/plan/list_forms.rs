//! Measures in lists: numbered lists below headings, task lists, and items that state a status.

use super::block::Item;
use super::draft::{CategoryStep, MeasureDraft};
use super::header_words::{self, ColumnRole};
use super::item_status;
use super::measure_label;
use super::status::StatusMap;

/// Items below the same heading whose numbers follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListRun {
    /// The items of the first level.
    pub(super) items: Vec<ListEntry>,
    /// Headings above the list.
    pub(super) headings: Vec<CategoryStep>,
}

/// An item of the first level of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListEntry {
    item: Item,
    /// The items below it, of all levels.
    nested: Vec<Item>,
}

impl ListEntry {
    fn new(item: Item) -> Self {
        Self { item, nested: Vec::new() }
    }
}

/// Evidence that the lists of a document contain measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListEvidence {
    /// The numbers continue from one heading to the next.
    Continued,
    /// Each of several headings has one list that begins with 1.
    Restarted,
    /// Most items state a status.
    Statuses,
    /// The front matter declares the document as a plan.
    Declared,
}

impl ListRun {
    /// A list with one item.
    pub(super) fn new(item: Item, headings: &[CategoryStep]) -> Self {
        Self { items: vec![ListEntry::new(item)], headings: headings.to_vec() }
    }

    fn first_ordinal(&self) -> Option<u32> {
        self.items.first().and_then(|entry| entry.item.ordinal)
    }

    fn last_ordinal(&self) -> Option<u32> {
        self.items.last().and_then(|entry| entry.item.ordinal)
    }

    /// Adds an item, or returns it if it begins another list.
    pub(super) fn push(&mut self, item: Item) -> Result<(), Item> {
        let Some(first) = self.items.first().map(|entry| &entry.item) else {
            self.items.push(ListEntry::new(item));
            return Ok(());
        };
        let is_nested = item.indent > first.indent || (first.ordinal.is_some() && item.ordinal.is_none());
        if is_nested {
            if let Some(entry) = self.items.last_mut() {
                entry.nested.push(item);
            }
            return Ok(());
        }
        let follows = match (self.last_ordinal(), item.ordinal) {
            // Markdown allows `1.` for every item.
            (Some(last), Some(next)) => next == last + 1 || (next == 1 && last == 1),
            (None, None) => true,
            _ => false,
        };
        if !follows {
            return Err(item);
        }
        self.items.push(ListEntry::new(item));
        Ok(())
    }
}

/// Finds the lists that hold measures.
pub(super) fn find(
    runs: &[ListRun],
    map: &StatusMap,
    is_declared: bool,
) -> Option<(ListEvidence, Vec<MeasureDraft>)> {
    if let Some(chain) = continued(runs) {
        return Some((ListEvidence::Continued, drafts(chain.into_iter(), map)));
    }
    let stated: Vec<&ListRun> = runs.iter().filter(|run| states_statuses(run, map)).collect();
    let count: usize = stated.iter().map(|run| run.items.len()).sum();
    if count >= MIN_ITEMS {
        return Some((ListEvidence::Statuses, drafts(stated.into_iter(), map)));
    }
    if let Some(restarted) = restarted(runs) {
        return Some((ListEvidence::Restarted, drafts(restarted.into_iter(), map)));
    }
    let ordered: Vec<&ListRun> = runs.iter().filter(|run| run.first_ordinal() == Some(1)).collect();
    (is_declared && !ordered.is_empty()).then(|| (ListEvidence::Declared, drafts(ordered.into_iter(), map)))
}

/// Minimum number of items of a plan.
const MIN_ITEMS: usize = 3;

/// The longest chain of lists whose numbers follow each other, if it crosses a heading.
///
/// Every list looks up the chain that ends before its first number, so the work is linear in the number of
/// lists.
fn continued(runs: &[ListRun]) -> Option<Vec<&ListRun>> {
    let mut best_by_end: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
    let mut length = vec![0_usize; runs.len()];
    let mut before: Vec<Option<usize>> = vec![None; runs.len()];
    for (at, run) in runs.iter().enumerate() {
        let (Some(first), Some(last)) = (run.first_ordinal(), run.last_ordinal()) else { continue };
        let previous = first.checked_sub(1).and_then(|end| best_by_end.get(&end)).copied();
        if first != 1 && previous.is_none() {
            continue;
        }
        before[at] = previous.filter(|_| first > 1);
        length[at] = run.items.len() + before[at].map_or(0, |previous| length[previous]);
        let is_longer = best_by_end.get(&last).is_none_or(|other| length[*other] <= length[at]);
        if is_longer {
            best_by_end.insert(last, at);
        }
    }
    let end = (0..runs.len()).max_by_key(|at| length[*at])?;
    let mut chain: Vec<&ListRun> =
        std::iter::successors(Some(end), |at| before[*at]).map(|at| &runs[at]).collect();
    chain.reverse();
    let mut headings: Vec<u32> =
        chain.iter().filter_map(|run| run.headings.last().map(|step| step.line)).collect();
    headings.dedup();
    (headings.len() >= 2 && length[end] >= 6).then_some(chain)
}

/// Lists that begin with 1, one below each of at least two headings, if the document has no other numbered
/// list.
fn restarted(runs: &[ListRun]) -> Option<Vec<&ListRun>> {
    let ordered: Vec<&ListRun> = runs.iter().filter(|run| run.first_ordinal().is_some()).collect();
    let mut headings: Vec<Option<u32>> =
        ordered.iter().map(|run| run.headings.last().map(|step| step.line)).collect();
    headings.dedup();
    let items: usize = ordered.iter().map(|run| run.items.len()).sum();
    let is_regular = headings.len() == ordered.len()
        && headings.iter().all(Option::is_some)
        && ordered.iter().all(|run| run.first_ordinal() == Some(1));
    (ordered.len() >= 2 && items >= MIN_ITEMS && is_regular).then_some(ordered)
}

fn states_statuses(run: &ListRun, map: &StatusMap) -> bool {
    let is_stated = |entry: &&ListEntry| !draft(entry, map).status.is_empty();
    run.items.iter().filter(is_stated).count() * 10 >= run.items.len() * 6
}

/// The measure of an item, with the fields that the items below it name.
fn draft(entry: &ListEntry, map: &StatusMap) -> MeasureDraft {
    let mut draft = item_status::read(&entry.item, map);
    for item in &entry.nested {
        item_status::take_field(&item.text, &mut draft);
    }
    draft
}

fn drafts<'a>(runs: impl Iterator<Item = &'a ListRun> + Clone, map: &StatusMap) -> Vec<MeasureDraft> {
    let has_parts = nested_are_measures(runs.clone(), map);
    let mut drafts = Vec::new();
    for run in runs {
        for entry in &run.items {
            if has_parts {
                drafts.extend(with_parts(entry, &run.headings, map));
                continue;
            }
            let mut draft = draft(entry, map);
            draft.label = entry.item.ordinal.map(|ordinal| ordinal.to_string());
            draft.categories.clone_from(&run.headings);
            let texts = entry.nested.iter().filter(|item| !item_status::is_field(&item.text));
            let text = texts.map(|item| format!("- {}", item.text)).collect::<Vec<_>>().join("\n");
            draft.add_field(ColumnRole::Description, "", &text);
            drafts.push(draft);
        }
    }
    take_labels(&mut drafts);
    drafts
}

/// The measure of an item and those of the items below it. A field belongs to the item that it is below.
fn with_parts(entry: &ListEntry, headings: &[CategoryStep], map: &StatusMap) -> Vec<MeasureDraft> {
    let mut above = ItemsAbove::default();
    let mut drafts = Vec::new();
    let items = std::iter::once(&entry.item).chain(&entry.nested);
    for item in items {
        let owner = above.of(item).unwrap_or(0);
        if !drafts.is_empty() && item_status::is_field(&item.text) {
            item_status::take_field(&item.text, &mut drafts[owner]);
            continue;
        }
        let whole = drafts.get(owner);
        let draft = MeasureDraft {
            label: label_below(item, whole),
            categories: headings.to_vec(),
            is_part: whole.is_some(),
            ..item_status::read(item, map)
        };
        above.push(item, drafts.len());
        drafts.push(draft);
    }
    drafts
}

/// The label of an item: its number, after the label of the item above it.
fn label_below(item: &Item, whole: Option<&MeasureDraft>) -> Option<String> {
    let ordinal = item.ordinal?;
    Some(match whole.and_then(|whole| whole.label.as_ref()) {
        Some(label) => format!("{label}.{ordinal}"),
        None => ordinal.to_string(),
    })
}

/// The items that the next item can be indented below, outermost first, each with the index of its measure.
#[derive(Default)]
struct ItemsAbove(Vec<(usize, usize)>);

impl ItemsAbove {
    /// Index of the measure that an item is indented below. `None` at the first level.
    fn of(&mut self, item: &Item) -> Option<usize> {
        while self.0.last().is_some_and(|(indent, _)| *indent >= item.indent) {
            self.0.pop();
        }
        self.0.last().map(|(_, index)| *index)
    }

    fn push(&mut self, item: &Item, index: usize) {
        self.0.push((item.indent, index));
    }
}

/// Returns true if most items below the measures state a status, so that they are measures too.
fn nested_are_measures<'a>(runs: impl Iterator<Item = &'a ListRun>, map: &StatusMap) -> bool {
    let nested: Vec<&Item> = runs
        .flat_map(|run| run.items.iter().flat_map(|entry| &entry.nested))
        .filter(|item| !item_status::is_field(&item.text))
        .collect();
    let stated = nested.iter().filter(|item| !item_status::read(item, map).status.is_empty()).count();
    stated > 0 && stated * 10 >= nested.len() * 6
}

/// One measure per item that states a status. An item that is indented below another measure is a part of
/// it.
pub(super) fn nested_drafts(items: &[Item], map: &StatusMap) -> Vec<MeasureDraft> {
    let mut above = ItemsAbove::default();
    let mut drafts: Vec<MeasureDraft> = Vec::with_capacity(items.len());
    for item in items {
        if item_status::is_field(&item.text) {
            if let Some(owner) = above.of(item) {
                item_status::take_field(&item.text, &mut drafts[owner]);
            }
            continue;
        }
        let draft = item_status::read(item, map);
        if draft.status.is_empty() {
            continue;
        }
        let whole = above.of(item).map(|index| &drafts[index]);
        let draft = MeasureDraft { label: label_below(item, whole), is_part: whole.is_some(), ..draft };
        above.push(item, drafts.len());
        drafts.push(draft);
    }
    drafts
}

/// Moves the labels at the beginning of titles, `1.1` or `Action 4 :`, into the drafts, if nearly all titles
/// have one. A single title may begin with a quantity: `2.5 km de haies`.
pub(super) fn take_labels(drafts: &mut [MeasureDraft]) {
    let split = |draft: &MeasureDraft| {
        let found = measure_label::split(&draft.title)?;
        let is_label = found.is_marked || found.has_word || found.label.contains('.');
        (draft.label.is_none() && is_label).then(|| (found.label, found.title.to_owned()))
    };
    let labels: Vec<Option<(String, String)>> = drafts.iter().map(split).collect();
    if labels.iter().flatten().count() * 10 < drafts.len() * 8 {
        return;
    }
    for (draft, found) in drafts.iter_mut().zip(labels) {
        if let Some((label, title)) = found {
            (draft.label, draft.title) = (Some(label), title);
        }
    }
}

/// Reads the number of measures in an introduction: `20 actions grouped under four themes`.
pub(super) fn announces(text: &str, count: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| {
        pair[0].trim_start_matches('*') == count
            && header_words::is_strong_title(pair[1].trim_matches(['*', ',', '.', ':']))
    })
}

/// French measures begin with an infinitive: `Planter`, `Ouvrir`, `Réduire`.
pub(super) fn begins_with_infinitive(title: &str) -> bool {
    let word = title.split_whitespace().next().unwrap_or_default();
    let folded = passerelle_text::fold::fold(word);
    folded.len() >= 5
        && ["er", "ir", "re", "oir"].iter().any(|ending| folded.ends_with(ending))
        && word.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(heading: u32, ordinals: std::ops::RangeInclusive<u32>) -> ListRun {
        let item = |ordinal| Item {
            ordinal: Some(ordinal),
            box_sign: None,
            indent: 0,
            text: format!("Planter {ordinal}"),
            line: heading + ordinal,
        };
        ListRun {
            items: ordinals.map(|ordinal| ListEntry::new(item(ordinal))).collect(),
            headings: vec![CategoryStep { text: format!("Titre {heading}"), line: heading }],
        }
    }

    #[test]
    fn numbers_that_go_on_below_the_next_heading_are_one_list() {
        let runs = [run(1, 1..=4), run(10, 1..=5), run(20, 1..=3), run(30, 6..=8)];
        let (evidence, drafts) = find(&runs, &StatusMap::default(), false).unwrap();
        assert_eq!((evidence, drafts.len()), (ListEvidence::Continued, 8));
        assert_eq!(drafts[0].categories[0].line, 10);
    }

    #[test]
    fn labels_are_read_if_nearly_all_items_have_one() {
        let labels = |texts: &[&str]| -> Vec<(Option<String>, String)> {
            let mut drafts: Vec<MeasureDraft> = texts
                .iter()
                .map(|text| MeasureDraft { title: (*text).to_owned(), ..MeasureDraft::default() })
                .collect();
            take_labels(&mut drafts);
            drafts.into_iter().map(|draft| (draft.label, draft.title)).collect()
        };
        let label = |label: &str| (Some(label.to_owned()), "Planter".to_owned());
        let texts = ["1.1 Planter", "**1.2** Planter", "1.3 : Planter", "Action 4 : Planter"];
        assert_eq!(labels(&texts), ["1.1", "1.2", "1.3", "Action 4"].map(label));
        assert_eq!(labels(&["2.5 km de haies", "Planter"])[0], (None, "2.5 km de haies".to_owned()));
    }

    #[test]
    fn lists_that_restart_below_each_heading_are_found() {
        let (evidence, drafts) =
            find(&[run(1, 1..=3), run(10, 1..=2)], &StatusMap::default(), false).unwrap();
        assert_eq!((evidence, drafts.len()), (ListEvidence::Restarted, 5));
        assert_eq!(find(&[run(1, 1..=3)], &StatusMap::default(), false), None);
    }
}
