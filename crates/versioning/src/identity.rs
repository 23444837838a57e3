//! Assigns keys: matches the objects of a new version with the published objects.
//!
//! A document keeps the key of its plan or page when it is renamed. Measures are matched by number and text
//! ([`measure_matching`]), categories by path and title. A key is never reused for another object. An
//! object that was removed and is added again gets its old key.

mod category;
pub mod measure_matching;
mod positions;
mod unused_key;

use std::collections::{HashMap, HashSet};

use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PlanKey};
use passerelle_model::plan::{CategoryLevel, CategoryPath, Measure, Plan, PlanStem};
use passerelle_model::published::{Lineage, PublishedCategory, PublishedMeasure, PublishedPlan};
use passerelle_model::timestamp::Timestamp;

use measure_matching::{MatchCandidate, match_measures};
use unused_key::unused_key;

/// A published plan with its categories and measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanContent {
    /// Metadata of the plan.
    pub plan: PublishedPlan,
    /// Categories in document order.
    pub categories: Vec<PublishedCategory>,
    /// Measures in document order.
    pub measures: Vec<PublishedMeasure>,
}

/// A measure that was published under this plan and then removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedMeasure {
    /// Key of the removed measure.
    pub key: MeasureKey,
    /// Last published number.
    pub number: u32,
    /// Last published title as plain text.
    pub text: String,
}

/// Removed measures and categories of a plan, in their last version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedContent {
    /// Removed measures.
    pub measures: Vec<RemovedMeasure>,
    /// Removed categories.
    pub categories: Vec<PublishedCategory>,
}

/// Matching between the measures of a new version and the published ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureMatching {
    /// For each new measure, the index of the matching published measure.
    matched: Vec<Option<usize>>,
    /// Number of published measures.
    before_count: usize,
}

impl MeasureMatching {
    /// Matches the measures of a parsed plan with the published ones. `before` is `None` if the plan is not
    /// published.
    pub fn of(plan: &Plan, before: Option<&PlanContent>) -> Self {
        let Some(before) = before else {
            return Self { matched: vec![None; plan.measures.len()], before_count: 0 };
        };
        let paths: HashMap<&CategoryKey, &CategoryPath> =
            before.categories.iter().map(|category| (&category.key, &category.path)).collect();
        let served = before.measures.iter().map(|measure| MatchCandidate {
            number: measure.number,
            text: &measure.title.text,
            category: paths.get(&measure.category).map_or("", |path| path.as_str()),
        });
        let read = plan.measures.iter().map(|measure| MatchCandidate {
            number: measure.number,
            text: &measure.title.text,
            category: measure.category.as_str(),
        });
        let (served, read): (Vec<_>, Vec<_>) = (served.collect(), read.collect());
        Self {
            matched: match_measures(&served, &read, plan.heading.lang),
            before_count: before.measures.len(),
        }
    }

    /// Returns true if the new version adds measures.
    pub fn has_added(&self) -> bool {
        self.matched.contains(&None)
    }

    /// Returns the indexes of published measures that the new version removes.
    pub fn removed(&self) -> Vec<usize> {
        let kept: HashSet<usize> = self.matched.iter().flatten().copied().collect();
        (0..self.before_count).filter(|at| !kept.contains(at)).collect()
    }
}

/// Keys of a plan and its document.
#[derive(Clone, Copy, Debug)]
pub struct PlanKeys<'a> {
    /// Key of the plan.
    pub key: &'a PlanKey,
    /// Key of the document that contains the plan.
    pub document: &'a DocumentKey,
    /// Stem of the file. `None` if it has none.
    pub stem: Option<&'a PlanStem>,
}

/// Times of the objects of a document that is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateTimes {
    /// Time of a new object.
    pub added: Timestamp,
    /// Time of a changed object. `None` if the document is the same and only the reader is another one: a
    /// changed object then keeps its time.
    pub changed: Option<Timestamp>,
}

impl UpdateTimes {
    /// Returns the same time for new and changed objects.
    pub fn all_at(at: Timestamp) -> Self {
        Self { added: at, changed: Some(at) }
    }
}

/// Assigns a key, position and timestamp to each object of a parsed plan.
///
/// An unchanged object keeps its position and timestamp. `before` is the published version, if any.
/// `removed` contains objects of earlier versions.
pub fn assign_keys(
    plan: Plan,
    identity: PlanKeys<'_>,
    before: Option<&PlanContent>,
    matching: &MeasureMatching,
    removed: &RemovedContent,
    times: UpdateTimes,
) -> PlanContent {
    let PlanKeys { key, document, stem } = identity;
    let outline = plan.outline();
    let mut served = PublishedPlan {
        key: key.clone(),
        document: document.clone(),
        heading: plan.heading,
        stem: stem.cloned(),
        outline: Some(outline),
        updated_at: before.map_or(times.added, |before| before.plan.updated_at),
    };
    if let Some(changed) = times.changed
        && before.is_some_and(|before| before.plan != served)
    {
        served.updated_at = changed;
    }
    let known = before.map(|before| before.categories.as_slice()).unwrap_or_default();
    let categories = category::assign_keys(plan.categories, key, known, &removed.categories);
    let lang = served.heading.lang;
    let assigner = KeyAssigner { key, categories: &categories, before, matching, times };
    let keys = assigner.keys(&plan.measures, &removed.measures, lang);
    let measures = assigner.build(plan.measures, keys);
    PlanContent { plan: served, categories, measures }
}

/// Inputs for assigning keys to measures.
struct KeyAssigner<'a> {
    key: &'a PlanKey,
    categories: &'a [PublishedCategory],
    before: Option<&'a PlanContent>,
    matching: &'a MeasureMatching,
    times: UpdateTimes,
}

impl KeyAssigner<'_> {
    fn known(&self, at: usize) -> Option<&PublishedMeasure> {
        self.before?.measures.get(self.matching.matched.get(at).copied().flatten()?)
    }

    /// Returns the key of each measure.
    fn keys(
        &self,
        measures: &[Measure],
        removed: &[RemovedMeasure],
        lang: passerelle_model::language::Language,
    ) -> Vec<MeasureKey> {
        let unmatched: Vec<usize> = (0..measures.len()).filter(|at| self.known(*at).is_none()).collect();
        let read = unmatched.iter().map(|at| &measures[*at]).map(|measure| MatchCandidate {
            number: measure.number,
            text: &measure.title.text,
            category: "",
        });
        let removed_candidates = removed.iter().map(|removed| MatchCandidate {
            number: removed.number,
            text: &removed.text,
            category: "",
        });
        let restored =
            match_measures(&removed_candidates.collect::<Vec<_>>(), &read.collect::<Vec<_>>(), lang);
        let restored: HashMap<usize, usize> =
            unmatched.into_iter().zip(restored).filter_map(|(at, removed)| Some((at, removed?))).collect();
        let mut taken: HashSet<&str> = removed.iter().map(|removed| removed.key.as_str()).collect();
        taken.extend(self.before.iter().flat_map(|before| &before.measures).map(|known| known.key.as_str()));
        let key = |(at, measure): (usize, &Measure)| match (self.known(at), restored.get(&at)) {
            (Some(known), _) => known.key.clone(),
            (None, Some(removed_index)) => removed[*removed_index].key.clone(),
            // Numbers are unique in a plan, so two new measures never get the same key.
            (None, None) => MeasureKey::new(unused_key(format!("{}#{}", self.key, measure.number), &taken)),
        };
        measures.iter().enumerate().map(key).collect()
    }

    fn build(&self, measures: Vec<Measure>, keys: Vec<MeasureKey>) -> Vec<PublishedMeasure> {
        let lineages = lineages(self.categories);
        let positions = positions::assign_positions(
            (0..measures.len()).map(|at| self.known(at).map(|known| known.position)),
        );
        let measures = measures.into_iter().zip(keys).zip(positions).enumerate();
        let measures = measures.filter_map(|(at, ((measure, key), position))| {
            let (category, lineage) = lineages.get(&measure.category)?.clone();
            let known = self.known(at);
            let mut served = PublishedMeasure {
                key,
                plan: self.key.clone(),
                category,
                lineage,
                number: measure.number,
                label: measure.label,
                parent: measure.parent,
                position,
                title: measure.title,
                status: measure.status,
                status_text: measure.status_text,
                programme: measure.programme,
                is_repeated: measure.is_repeated,
                repeat_group: measure.repeat_group,
                footnotes: measure.footnotes,
                details: measure.details,
                updated_at: known.map_or(self.times.added, |known| known.updated_at),
            };
            if let Some(changed) = self.times.changed
                && known.is_some_and(|known| content_differs(known, &served))
            {
                served.updated_at = changed;
            }
            Some(served)
        });
        measures.collect()
    }
}

/// Returns true if the measure itself changed. The repeat group and the position depend on other measures
/// and are ignored.
fn content_differs(before: &PublishedMeasure, after: &PublishedMeasure) -> bool {
    let without_derived_fields =
        || PublishedMeasure { repeat_group: before.repeat_group, position: before.position, ..after.clone() };
    // Most measures are equal. Compare first, so that only changed measures are copied.
    before != after && *before != without_derived_fields()
}

/// Returns the key and the ancestors of each category, by path.
fn lineages(categories: &[PublishedCategory]) -> HashMap<CategoryPath, (CategoryKey, Lineage)> {
    let mut by_key: HashMap<&CategoryKey, Lineage> = HashMap::new();
    let mut by_path = HashMap::new();
    for category in categories {
        let key = category.key.clone();
        let above = category.parent.as_ref().and_then(|parent| by_key.get(parent).cloned());
        let mut lineage = above.unwrap_or_else(|| Lineage {
            axis: key.clone(),
            objective: None,
            section: None,
            group: None,
        });
        match category.level {
            CategoryLevel::Axis => lineage.axis = key.clone(),
            CategoryLevel::Objective => lineage.objective = Some(key.clone()),
            CategoryLevel::Section => lineage.section = Some(key.clone()),
            CategoryLevel::Group => lineage.group = Some(key.clone()),
        }
        by_path.insert(category.path.clone(), (key, lineage.clone()));
        by_key.insert(&category.key, lineage);
    }
    by_path
}
