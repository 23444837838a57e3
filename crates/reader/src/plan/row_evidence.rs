//! Evidence that tables with columns are the measures of a plan.

use super::columns::Columns;
use super::draft::MeasureDraft;
use super::evidence::Evidence;
use super::header_words::ColumnRole;

/// Maximum number of companions of the column of titles that count. A table with more is no better.
pub(super) const MAX_COMPANIONS: usize = 4;
/// Weight against texts that are single words. They are values and no titles.
const NO_TITLES_WEIGHT: i32 = 4;

/// Returns the evidence of tables with these columns and measures.
pub(super) fn rows_evidence(main: &Columns, drafts: &[MeasureDraft]) -> Evidence {
    let mut evidence = Evidence::default();
    let title = main.index(ColumnRole::Title).and_then(|at| main.names.get(at)).cloned().unwrap_or_default();
    evidence.names_measures = main.has_strong_title;
    evidence.add(if main.has_strong_title { 2 } else { 1 }, &title);
    evidence.weight +=
        companion_weight(main.companion_count()) + i32::from(main.index(ColumnRole::Label).is_some());
    evidence
        .seen
        .extend(main.names.iter().filter(|name| !name.is_empty() && **name != title).take(3).cloned());
    if !has_titles(drafts) {
        evidence.weight -= NO_TITLES_WEIGHT;
    }
    if !main.has_strong_title {
        // A table of projects or tasks is a plan only if the document says so.
        evidence.weight -= 2;
    }
    evidence
}

/// Returns the weight of columns beside that of the titles: one for each, up to a limit.
pub(super) fn companion_weight(companions: usize) -> i32 {
    i32::try_from(companions.min(MAX_COMPANIONS)).unwrap_or_default()
}

/// Returns true if the texts are titles: several words on average.
pub(super) fn has_titles(drafts: &[MeasureDraft]) -> bool {
    let words: usize =
        drafts.iter().map(|draft| draft.title.split_whitespace().filter(|word| word.len() > 1).count()).sum();
    words >= drafts.len() * 2
}
