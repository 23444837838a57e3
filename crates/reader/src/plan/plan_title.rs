//! The title of a plan of any layout: the heading above all measures, or the only one before them.

use std::collections::{HashMap, HashSet};

use passerelle_text::fold::fold;

use super::block::Block;
use super::draft::MeasureDraft;

/// Lines of headings that repeat the first heading, which converters print on every page.
pub(super) fn repeated_headings(blocks: &[Block]) -> Vec<u32> {
    let mut headings = blocks.iter().filter_map(|block| match block {
        Block::Heading { text, line, .. } => Some((fold(text), *line)),
        _ => None,
    });
    let Some((first, _)) = headings.next() else { return Vec::new() };
    headings.filter(|(text, _)| *text == first).map(|(_, line)| line).collect()
}

/// Takes the title from the headings, and removes headings that all measures share from their categories.
///
/// Returns `None` if the first heading is a category like the others.
pub(super) fn take(blocks: &[Block], drafts: &mut [MeasureDraft]) -> Option<String> {
    let first = blocks.iter().find_map(|block| match block {
        Block::Heading { text, line, .. } => Some((text.clone(), *line)),
        _ => None,
    });
    let title = first.and_then(|(text, line)| {
        let below =
            drafts.iter().filter(|draft| draft.categories.iter().any(|step| step.line == line)).count();
        let is_before = drafts.first().is_some_and(|draft| line < draft.line);
        (is_before && (below == 0 || below == drafts.len())).then_some((text, line))
    });
    if let Some((_, line)) = &title {
        for draft in drafts.iter_mut() {
            draft.categories.retain(|step| step.line != *line);
        }
    }
    drop_shared_headings(blocks, drafts);
    drop_chance_parents(blocks, drafts);
    title.map(|(text, _)| text)
}

/// Removes the outermost heading while all measures share it and further categories tell them apart.
fn drop_shared_headings(blocks: &[Block], drafts: &mut [MeasureDraft]) {
    let headings: HashSet<u32> = blocks
        .iter()
        .filter_map(|block| if let Block::Heading { line, .. } = block { Some(*line) } else { None })
        .collect();
    loop {
        let Some(first) = drafts.first().and_then(|draft| draft.categories.first()).cloned() else { return };
        let is_shared = headings.contains(&first.line)
            && drafts.iter().all(|draft| draft.categories.first() == Some(&first))
            && drafts.iter().filter(|draft| draft.categories.len() > 1).count() * 2 > drafts.len();
        if !is_shared {
            return;
        }
        for draft in drafts.iter_mut() {
            draft.categories.remove(0);
        }
    }
}

/// Removes headings above the categories if only some categories have one, and each has a single one below
/// it.
///
/// A heading of a text between two categories is such a parent by its level only.
fn drop_chance_parents(blocks: &[Block], drafts: &mut [MeasureDraft]) {
    let levels: HashMap<u32, u8> = blocks
        .iter()
        .filter_map(
            |block| if let Block::Heading { line, level, .. } = block { Some((*line, *level)) } else { None },
        )
        .collect();
    let leaf =
        |draft: &MeasureDraft| draft.categories.iter().rposition(|step| levels.contains_key(&step.line));
    let mut leaf_levels: HashSet<u8> = HashSet::new();
    let mut leaves_of: HashMap<u32, HashSet<u32>> = HashMap::new();
    let (mut with_parent, mut without_parent) = (false, false);
    for draft in drafts.iter() {
        let Some(at) = leaf(draft) else { return };
        let line = draft.categories[at].line;
        leaf_levels.extend(levels.get(&line));
        with_parent |= at > 0;
        without_parent |= at == 0;
        for parent in &draft.categories[..at] {
            leaves_of.entry(parent.line).or_default().insert(line);
        }
    }
    let is_chance = with_parent && without_parent && leaf_levels.len() == 1;
    if is_chance && leaves_of.values().all(|leaves| leaves.len() == 1) {
        for draft in drafts.iter_mut() {
            let at = leaf(draft).unwrap_or(0);
            draft.categories.drain(..at);
        }
    }
}
