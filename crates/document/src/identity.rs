//! Which of the things that a document says are the ones that are served already.
//!
//! A document keeps the key of its plan or page, whatever it is renamed to. Within a plan a category is the same when
//! its path is, a measure when its number is.

mod position;

use std::collections::HashMap;

use crate::key::{CategoryKey, DocumentKey, MeasureKey, PlanKey};
use crate::plan::{Category, CategoryLevel, CategoryPath, Measure, Plan};
use crate::served::{Lineage, ServedCategory, ServedMeasure, ServedPlan};
use crate::timestamp::Timestamp;

/// A plan with all that it holds, as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanContent {
    /// The plan.
    pub plan: ServedPlan,
    /// Its categories, in document order.
    pub categories: Vec<ServedCategory>,
    /// Its measures, in document order.
    pub measures: Vec<ServedMeasure>,
}

/// Gives what a plan's document says the keys that it is known by, or new ones. What did not change keeps its place and
/// the time of its last change; `before` is what is served of it, if anything is.
pub fn identify(
    plan: Plan,
    key: &PlanKey,
    document: &DocumentKey,
    before: Option<&PlanContent>,
    at: Timestamp,
) -> PlanContent {
    let mut served = ServedPlan {
        key: key.clone(),
        document: document.clone(),
        heading: plan.heading,
        updated_at: before.map_or(at, |before| before.plan.updated_at),
    };
    if before.is_some_and(|before| before.plan != served) {
        served.updated_at = at;
    }

    let categories = identify_categories(plan.categories, key, before);
    let measures = identify_measures(plan.measures, key, &categories, before, at);
    PlanContent { plan: served, categories, measures }
}

fn identify_categories(
    categories: Vec<Category>,
    key: &PlanKey,
    before: Option<&PlanContent>,
) -> Vec<ServedCategory> {
    let known: HashMap<&CategoryPath, &ServedCategory> = before
        .iter()
        .flat_map(|before| &before.categories)
        .map(|category| (&category.path, category))
        .collect();
    let positions = position::arrange(
        categories.iter().map(|category| known.get(&category.path).map(|known| known.position)),
    );
    let category_key = |path: &CategoryPath| {
        known
            .get(path)
            .map_or_else(|| CategoryKey::new(format!("{key}/{}", path.as_str())), |known| known.key.clone())
    };
    categories
        .into_iter()
        .zip(positions)
        .map(|(category, position)| ServedCategory {
            key: category_key(&category.path),
            plan: key.clone(),
            parent: category.parent.as_ref().map(category_key),
            level: category.level,
            label: category.label,
            path: category.path,
            title: category.title,
            footnotes: category.footnotes,
            position,
        })
        .collect()
}

fn identify_measures(
    measures: Vec<Measure>,
    key: &PlanKey,
    categories: &[ServedCategory],
    before: Option<&PlanContent>,
    at: Timestamp,
) -> Vec<ServedMeasure> {
    let lineages = lineages(categories);
    let known: HashMap<u32, &ServedMeasure> =
        before.iter().flat_map(|before| &before.measures).map(|measure| (measure.number, measure)).collect();
    let positions = position::arrange(
        measures.iter().map(|measure| known.get(&measure.number).map(|known| known.position)),
    );
    let measures = measures.into_iter().zip(positions).filter_map(|(measure, position)| {
        let (category, lineage) = lineages.get(&measure.category)?.clone();
        let known = known.get(&measure.number);
        let mut served = ServedMeasure {
            key: known.map_or_else(
                || MeasureKey::new(format!("{key}#{}", measure.number)),
                |known| known.key.clone(),
            ),
            plan: key.clone(),
            category,
            lineage,
            number: measure.number,
            position,
            title: measure.title,
            status: measure.status,
            status_text: measure.status_text,
            programme: measure.programme,
            is_repeated: measure.is_repeated,
            footnotes: measure.footnotes,
            updated_at: known.map_or(at, |known| known.updated_at),
        };
        if known.is_some_and(|known| **known != served) {
            served.updated_at = at;
        }
        Some(served)
    });
    measures.collect()
}

/// For each category its key and those from the axis down to it.
fn lineages(categories: &[ServedCategory]) -> HashMap<CategoryPath, (CategoryKey, Lineage)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::FrontMatter;
    use crate::language::Language;

    fn content(text: &str, before: Option<&PlanContent>, at: i64) -> PlanContent {
        let (plan, _) = crate::plan::read(&FrontMatter::default(), text, 1, Language::Fr);
        let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
        identify(plan, &key, &document, before, Timestamp::from_millis(at))
    }

    const TEXT: &str = "## AXE 1: A\n1.\tSemer\tEn cours\n2.\tArroser\tÀ faire\n";

    #[test]
    fn the_same_text_is_the_same_content() {
        let before = content(TEXT, None, 1);
        assert_eq!(content(TEXT, Some(&before), 2), before);
        assert_eq!(content(&format!("\n\n{TEXT}"), Some(&before), 2), before);
    }

    #[test]
    fn a_changed_measure_keeps_its_key_and_gets_a_new_time() {
        let before = content(TEXT, None, 1);
        let after = content(&TEXT.replace("À faire", "Réalisé"), Some(&before), 2);
        assert_eq!(after.measures[0], before.measures[0]);
        assert_eq!(after.measures[1].key, before.measures[1].key);
        assert_eq!(after.measures[1].updated_at.millis(), 2);
    }

    #[test]
    fn a_measure_between_two_others_moves_neither() {
        let before = content(TEXT, None, 1);
        let after = content(&TEXT.replace("2.\t", "9.\tBiner\tEn cours\n2.\t"), Some(&before), 2);
        assert_eq!(after.measures[0], before.measures[0]);
        assert_eq!(after.measures[2], before.measures[1]);
        assert!(after.measures.is_sorted_by_key(|measure| measure.position));
    }
}
