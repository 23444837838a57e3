//! The title of a plan of any layout: the heading above all measures, or the only one before them.

use std::collections::{HashMap, HashSet};

use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::plan::{CategoryLevel, PlanHeading};
use passerelle_text::fold::{find_year, fold, slug_of};

use super::block::Block;
use super::draft::MeasureDraft;
use super::label;
use crate::front_matter::{FrontMatter, integer_of};

/// Fallback names of a plan without a title in its text.
pub(super) struct TitleSources<'a> {
    /// Front matter: the first choice.
    pub(super) front: &'a FrontMatter,
    /// Name of the file without ending: the last choice.
    pub(super) stem: &'a str,
}

/// The heading of a plan. `title` is the title in its text.
pub(super) fn heading(sources: &TitleSources<'_>, title: Option<String>, lang: Language) -> PlanHeading {
    let TitleSources { front, stem } = sources;
    let title = title
        .or_else(|| front.text("title"))
        .or_else(|| front.text("name"))
        .unwrap_or_else(|| title_of_stem(stem, lang));
    let written_year = front.values().get("year").and_then(integer_of);
    let year = written_year.or_else(|| find_year(&title));
    let translation_key = front.text("translationKey").map(TranslationKey::new);
    let without_year = year.map_or_else(|| title.clone(), |year| title.replace(&year.to_string(), ""));
    let candidates = [front.text("slug"), front.text("translationKey"), Some(without_year)];
    let slug = candidates.into_iter().flatten().find_map(|text| slug_of(&text));
    let slug = slug.unwrap_or_else(Slug::of_unnamed_plan);
    PlanHeading { slug, title, lang, year, translation_key, footnotes: Vec::new(), notes: Vec::new() }
}

/// `12-riga-measures` gives `Riga measures`, `2025_plan.fr` gives `Plan 2025`.
fn title_of_stem(stem: &str, lang: Language) -> String {
    let stem = stem.strip_suffix(&format!(".{}", lang.code())).unwrap_or(stem);
    let all_words = stem.replace(['-', '_', '.'], " ");
    let is_digit_or_space = |character: char| character.is_ascii_digit() || character == ' ';
    let words = all_words.trim_start_matches(is_digit_or_space).trim();
    let words = if words.contains(char::is_alphabetic) { words } else { "plan" };
    let mut letters = words.chars();
    let title: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    // The year before the words is a part of the title, other numbers sort the files.
    match find_year(&all_words).filter(|_| find_year(&title).is_none()) {
        Some(year) => format!("{title} {year}"),
        None => title,
    }
}

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

/// Removes the outermost heading while all measures share it and further categories tell them apart. A plan
/// may have a single axis, so a heading with its word stays: `Axe 1 : …`.
fn drop_shared_headings(blocks: &[Block], drafts: &mut [MeasureDraft]) {
    let headings: HashSet<u32> = blocks
        .iter()
        .filter_map(|block| if let Block::Heading { line, .. } = block { Some(*line) } else { None })
        .collect();
    loop {
        let Some(first) = drafts.first().and_then(|draft| draft.categories.first()).cloned() else { return };
        let is_axis = label::read(&first.text).is_some_and(|label| label.level == CategoryLevel::Axis);
        let is_shared = headings.contains(&first.line)
            && !is_axis
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_gives_the_title_of_a_plan_without_one() {
        let front = FrontMatter::default();
        let sources = |stem| TitleSources { front: &front, stem };
        for (stem, title, slug, year) in [
            ("12-riga-measures", "Riga measures", "riga-measures", None),
            ("plan-mobilite_2026", "Plan mobilite 2026", "plan-mobilite", Some(2026)),
            ("2025_actieplan.nl", "Actieplan 2025", "actieplan", Some(2025)),
            ("2025", "Plan 2025", "plan", Some(2025)),
            ("2025-03-12-velo", "Velo 2025", "velo", Some(2025)),
        ] {
            let heading = heading(&sources(stem), None, Language::Nl);
            assert_eq!((heading.title.as_str(), heading.slug.as_str(), heading.year), (title, slug, year));
        }
    }
}
