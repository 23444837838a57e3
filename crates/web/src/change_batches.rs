//! Recent changes, of a plan or of everything, one entry per revision:
//! `3 mesures ajoutées, 1 changement de statut`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use passerelle_model::change::{ChangeKind, NodeKey};
use passerelle_model::key::{MeasureKey, PlanKey};
use passerelle_model::published::PublishedMeasure;
use passerelle_storage::query_index::ListEnd;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, Pagination, ReadView};

use crate::change_text::{describe, shortened};
use crate::error::PageError;
use crate::words::Words;

/// Number of changes that are read: those of a first publication of most plans. It bounds the work.
const MAX_CHANGES: u32 = 300;
/// Number of revisions that a page shows.
const MAX_BATCHES: usize = 10;
/// Number of single changes that a revision shows. The counts cover all.
const MAX_DETAILS: usize = 10;
/// Longer titles are cut.
const MAX_TITLE_CHARS: usize = 100;

/// Changes of one revision.
#[derive(Debug)]
pub(crate) struct ChangeBatch {
    /// Time in RFC 3339.
    pub(crate) at: String,
    pub(crate) when: String,
    pub(crate) summary: String,
    pub(crate) details: Vec<ChangeDetail>,
}

/// One change of a measure.
#[derive(Debug)]
pub(crate) struct ChangeDetail {
    pub(crate) name: String,
    /// `None` for a measure that was removed.
    pub(crate) url: Option<String>,
    pub(crate) text: String,
}

/// Loads the newest changes of a plan, newest first, or of all objects without a plan. `url` returns the
/// address of a measure.
pub(crate) async fn load(
    view: &ReadView,
    plan: Option<&PlanKey>,
    words: &Words,
    url: impl Fn(u32) -> String,
) -> Result<Vec<ChangeBatch>, PageError> {
    let filter = ChangeFilter { plan: plan.cloned(), ..ChangeFilter::default() };
    let pagination = Pagination { end: ListEnd::Last, ..Pagination::first(MAX_CHANGES) };
    let slice = view.changes(&filter, &pagination).await?;
    let changes: Vec<ChangeLogEntry> = slice.items.into_iter().map(|(_, change)| change).collect();
    let batches: Vec<&[ChangeLogEntry]> =
        changes.chunk_by(|a, b| a.revision.number == b.revision.number).rev().take(MAX_BATCHES).collect();
    let first = changes.first().map(|change| change.revision.number);
    // The oldest revision that was read may have more changes.
    let is_cut = |batch: &[ChangeLogEntry]| {
        slice.has_previous && first == batch.first().map(|change| change.revision.number)
    };
    let keys: BTreeSet<&MeasureKey> =
        batches.iter().flat_map(|batch| detailed(batch, is_cut(batch))).filter_map(measure_key).collect();
    let keys: Vec<MeasureKey> = keys.into_iter().cloned().collect();
    let measures = if keys.is_empty() { HashMap::new() } else { view.measures_by_key(&keys).await? };
    let batch = |batch: &&[ChangeLogEntry]| {
        let revision = batch.first()?.revision;
        Some(ChangeBatch {
            at: revision.at.to_string(),
            when: words.time_text(revision.at),
            summary: summary(batch, words, is_cut(batch)),
            details: detailed(batch, is_cut(batch))
                .map(|change| detail(change, &measures, words, &url))
                .collect(),
        })
    };
    Ok(batches.iter().filter_map(batch).collect())
}

fn measure_key(change: &ChangeLogEntry) -> Option<&MeasureKey> {
    if let Some(NodeKey::Measure(key)) = &change.node { Some(key) } else { None }
}

/// Returns the changes that are listed. Those of a new plan, and of a revision that was read in part, are
/// only counted.
fn detailed(batch: &[ChangeLogEntry], is_cut: bool) -> impl Iterator<Item = &ChangeLogEntry> {
    let is_new_plan = batch.iter().any(|change| change.kind == ChangeKind::PlanAdded);
    let is_listed = |change: &&ChangeLogEntry| {
        matches!(change.node, Some(NodeKey::Measure(_) | NodeKey::Page(_) | NodeKey::Document(_)))
    };
    batch.iter().filter(is_listed).filter(move |_| !is_new_plan && !is_cut).take(MAX_DETAILS)
}

/// Returns the counts of a revision in one sentence.
pub(crate) fn summary(batch: &[ChangeLogEntry], words: &Words, is_cut: bool) -> String {
    let count = |kind: ChangeKind| {
        let nodes =
            batch.iter().filter(|change| change.kind == kind).filter_map(|change| change.node.as_ref());
        nodes.map(NodeKey::key).collect::<BTreeSet<_>>().len() as u64
    };
    let mut parts = Vec::new();
    if batch.iter().any(|change| change.kind == ChangeKind::PlanAdded) {
        parts.push(words.plan_published.to_owned());
    }
    if batch.iter().any(|change| change.kind == ChangeKind::PlanRemoved) {
        parts.push(words.plan_removed.to_owned());
    }
    for (kind, noun, participle) in [
        (ChangeKind::MeasureAdded, words.measure_noun, words.added),
        (ChangeKind::MeasureRemoved, words.measure_noun, words.removed),
        (ChangeKind::MeasureChanged, words.measure_noun, words.changed),
        (ChangeKind::PageAdded, words.page_noun, words.added),
        (ChangeKind::PageRemoved, words.page_noun, words.removed),
        (ChangeKind::PageChanged, words.page_noun, words.changed),
    ] {
        let number = count(kind);
        if number > 0 {
            let counted = words.counted(number, noun);
            parts.push(format!("{counted} {}", words.agree(number, participle)));
        }
    }
    let statuses = count(ChangeKind::StatusChanged);
    if statuses > 0 {
        parts.push(words.counted(statuses, words.status_noun));
    }
    let rejected = count(ChangeKind::DocumentRejected);
    if rejected > 0 {
        parts.push(words.counted(rejected, words.rejected_noun));
    }
    if parts.is_empty() {
        parts.push(words.plan_changed.to_owned());
    }
    let sentence = parts.join(", ");
    if is_cut { format!("{} {sentence}", words.at_least) } else { sentence }
}

fn detail(
    change: &ChangeLogEntry,
    measures: &HashMap<MeasureKey, Arc<PublishedMeasure>>,
    words: &Words,
    url: &impl Fn(u32) -> String,
) -> ChangeDetail {
    let text = describe(change, words, true);
    let measure = measure_key(change).and_then(|key| measures.get(key));
    match measure {
        Some(measure) => ChangeDetail {
            name: format!("{} {}", measure.label, shortened(&measure.title.text, MAX_TITLE_CHARS)),
            url: Some(url(measure.number)),
            text,
        },
        None => {
            let named = change.node.as_ref().filter(|node| !matches!(node, NodeKey::Measure(_)));
            let title = change.before.as_deref().filter(|_| change.field.is_none());
            let title = title.or(named.map(NodeKey::key)).unwrap_or(words.measure);
            ChangeDetail { name: shortened(title, MAX_TITLE_CHARS), url: None, text }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_model::revision::Revision;

    fn change(kind: ChangeKind, key: &str) -> ChangeLogEntry {
        let node = match kind {
            ChangeKind::PlanAdded => NodeKey::Plan(PlanKey::new(key)),
            _ => NodeKey::Measure(MeasureKey::new(key)),
        };
        let revision = Revision::default();
        ChangeLogEntry {
            revision,
            ordinal: 0,
            kind,
            node: Some(node),
            field: None,
            before: None,
            after: None,
        }
    }

    #[test]
    fn a_revision_is_summarized_by_counts_of_measures() {
        use ChangeKind::{MeasureAdded, MeasureChanged, PlanAdded, StatusChanged};
        let words = Words::of(Language::Fr);
        let batch = [
            change(MeasureAdded, "a"),
            change(MeasureAdded, "b"),
            change(StatusChanged, "c"),
            change(MeasureChanged, "c"),
            change(MeasureChanged, "c"),
        ];
        let expected = "2 mesures ajoutées, 1 mesure modifiée, 1 changement de statut";
        assert_eq!(summary(&batch, words, false), expected);
        assert_eq!(summary(&batch, words, true), format!("au moins {expected}"));
        assert_eq!(detailed(&batch, false).count(), 5);
        let first = [change(MeasureAdded, "a"), change(PlanAdded, "p")];
        assert_eq!(summary(&first, words, false), "publication du plan, 1 mesure ajoutée");
        assert_eq!(detailed(&first, false).count(), 0);
    }
}
