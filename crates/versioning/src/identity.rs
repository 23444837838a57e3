//! Which of the things that a document says are the ones that are served already.
//!
//! A document keeps the key of its plan or page, whatever it is renamed to. Within a plan measures are recognised by
//! their number and text ([`matching`]), categories by their path and title. A key that was given once is given to no
//! other thing; what comes back after it was gone gets its own again.

mod category;
pub mod matching;
mod position;

use std::collections::{HashMap, HashSet};

use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PlanKey};
use passerelle_model::plan::{CategoryLevel, CategoryPath, Measure, Plan};
use passerelle_model::served::{Lineage, ServedCategory, ServedMeasure, ServedPlan};
use passerelle_model::timestamp::Timestamp;

use matching::{Known, recognise};

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

/// A measure that was served once under the key of a plan, and is not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMeasure {
    /// Its key.
    pub key: MeasureKey,
    /// The number that it had last.
    pub number: u32,
    /// The title that it had last, as plain text.
    pub text: String,
}

/// What was served once under the key of a plan, and is not any more, as it was last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Its measures.
    pub measures: Vec<PastMeasure>,
    /// Its categories.
    pub categories: Vec<ServedCategory>,
}

/// Which measures of a reading are served already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// For each measure of the reading its place among those that are served.
    known: Vec<Option<usize>>,
    /// How many are served.
    before: usize,
}

impl Pairing {
    /// Compares a reading with what is served of it, if anything is.
    pub fn of(plan: &Plan, before: Option<&PlanContent>) -> Self {
        let Some(before) = before else { return Self { known: vec![None; plan.measures.len()], before: 0 } };
        let paths: HashMap<&CategoryKey, &CategoryPath> =
            before.categories.iter().map(|category| (&category.key, &category.path)).collect();
        let served = before.measures.iter().map(|measure| Known {
            number: measure.number,
            text: &measure.title.text,
            category: paths.get(&measure.category).map_or("", |path| path.as_str()),
        });
        let read = plan.measures.iter().map(|measure| Known {
            number: measure.number,
            text: &measure.title.text,
            category: measure.category.as_str(),
        });
        let (served, read): (Vec<_>, Vec<_>) = (served.collect(), read.collect());
        Self { known: recognise(&served, &read, plan.heading.lang), before: before.measures.len() }
    }

    /// Whether the reading has measures that are not served.
    pub fn has_new(&self) -> bool {
        self.known.contains(&None)
    }

    /// The places of the measures that are served and that the reading does not have.
    pub fn lost(&self) -> Vec<usize> {
        let kept: HashSet<usize> = self.known.iter().flatten().copied().collect();
        (0..self.before).filter(|at| !kept.contains(at)).collect()
    }
}

/// What a plan is known by.
#[derive(Clone, Copy, Debug)]
pub struct PlanIdentity<'a> {
    /// Its key.
    pub key: &'a PlanKey,
    /// The document that it comes from.
    pub document: &'a DocumentKey,
}

/// Gives what a plan's document says the keys that it is known by, or new ones. What did not change keeps its place and
/// the time of its last change. `before` is what is served of it, if anything is; `past` is what was.
pub fn identify(
    plan: Plan,
    identity: PlanIdentity<'_>,
    before: Option<&PlanContent>,
    pairing: &Pairing,
    past: &Past,
    at: Timestamp,
) -> PlanContent {
    let PlanIdentity { key, document } = identity;
    let mut served = ServedPlan {
        key: key.clone(),
        document: document.clone(),
        heading: plan.heading,
        updated_at: before.map_or(at, |before| before.plan.updated_at),
    };
    if before.is_some_and(|before| before.plan != served) {
        served.updated_at = at;
    }
    let known = before.map(|before| before.categories.as_slice()).unwrap_or_default();
    let categories = category::identify(plan.categories, key, known, &past.categories);
    let lang = served.heading.lang;
    let measures = Measures { key, categories: &categories, before, pairing, at };
    let keys = measures.keys(&plan.measures, &past.measures, lang);
    let measures = measures.identify(plan.measures, keys);
    PlanContent { plan: served, categories, measures }
}

/// What the measures of a plan are identified with.
struct Measures<'a> {
    key: &'a PlanKey,
    categories: &'a [ServedCategory],
    before: Option<&'a PlanContent>,
    pairing: &'a Pairing,
    at: Timestamp,
}

impl Measures<'_> {
    fn known(&self, at: usize) -> Option<&ServedMeasure> {
        self.before?.measures.get(self.pairing.known.get(at).copied().flatten()?)
    }

    /// The key of each measure.
    fn keys(
        &self,
        measures: &[Measure],
        past: &[PastMeasure],
        lang: passerelle_model::language::Language,
    ) -> Vec<MeasureKey> {
        let fresh: Vec<usize> = (0..measures.len()).filter(|at| self.known(*at).is_none()).collect();
        let read = fresh.iter().map(|at| &measures[*at]).map(|measure| Known {
            number: measure.number,
            text: &measure.title.text,
            category: "",
        });
        let gone = past.iter().map(|past| Known { number: past.number, text: &past.text, category: "" });
        let back = recognise(&gone.collect::<Vec<_>>(), &read.collect::<Vec<_>>(), lang);
        let back: HashMap<usize, usize> =
            fresh.into_iter().zip(back).filter_map(|(at, past)| Some((at, past?))).collect();
        let mut taken: HashSet<&str> = past.iter().map(|past| past.key.as_str()).collect();
        taken.extend(self.before.iter().flat_map(|before| &before.measures).map(|known| known.key.as_str()));
        let key = |(at, measure): (usize, &Measure)| match (self.known(at), back.get(&at)) {
            (Some(known), _) => known.key.clone(),
            (None, Some(past_place)) => past[*past_place].key.clone(),
            // Numbers are unique in a plan, so no two new measures want the same key.
            (None, None) => MeasureKey::new(free_name(format!("{}#{}", self.key, measure.number), &taken)),
        };
        measures.iter().enumerate().map(key).collect()
    }

    fn identify(&self, measures: Vec<Measure>, keys: Vec<MeasureKey>) -> Vec<ServedMeasure> {
        let lineages = lineages(self.categories);
        let positions =
            position::arrange((0..measures.len()).map(|at| self.known(at).map(|known| known.position)));
        let measures = measures.into_iter().zip(keys).zip(positions).enumerate();
        let measures = measures.filter_map(|(at, ((measure, key), position))| {
            let (category, lineage) = lineages.get(&measure.category)?.clone();
            let known = self.known(at);
            let mut served = ServedMeasure {
                key,
                plan: self.key.clone(),
                category,
                lineage,
                number: measure.number,
                position,
                title: measure.title,
                status: measure.status,
                status_text: measure.status_text,
                programme: measure.programme,
                is_repeated: measure.is_repeated,
                repeat_group: measure.repeat_group,
                footnotes: measure.footnotes,
                updated_at: known.map_or(self.at, |known| known.updated_at),
            };
            if known.is_some_and(|known| says_otherwise(known, &served)) {
                served.updated_at = self.at;
            }
            Some(served)
        });
        measures.collect()
    }
}

/// Whether a measure changed itself. That another row says the same, or none any more, and where it lies between its
/// neighbours is no change of it.
fn says_otherwise(before: &ServedMeasure, after: &ServedMeasure) -> bool {
    let like_before =
        || ServedMeasure { repeat_group: before.repeat_group, position: before.position, ..after.clone() };
    // Most did not change at all: only the others are worth a copy.
    before != after && *before != like_before()
}

/// A name, or a variant that is not taken.
fn free_name(name: String, taken: &HashSet<&str>) -> String {
    let is_free = |name: &String| !taken.contains(name.as_str());
    let variants = (2..).map(|count| format!("{name}~{count}"));
    std::iter::once(name.clone()).chain(variants).find(is_free).unwrap_or(name)
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
    use passerelle_model::path::DocumentPath;
    use passerelle_model::reading::Content;
    use passerelle_reader::decode::Growth;
    use passerelle_reader::folder_defaults::FolderDefaults;
    use passerelle_reader::markdown::RawHtml;
    use passerelle_reader::read::{ReadOptions, read};

    fn plan_of(text: &str) -> Plan {
        let defaults = FolderDefaults::default();
        let options = ReadOptions { growth: Growth::Over, defaults: &defaults, raw_html: RawHtml::Removed };
        let path = DocumentPath::parse("plan.fr.txt").unwrap();
        match read(&path, text.as_bytes(), options).unwrap().content {
            Some(Content::Plan(plan)) => *plan,
            other => panic!("not a plan: {other:?}"),
        }
    }

    fn content(text: &str, before: Option<&PlanContent>, at: i64) -> PlanContent {
        let plan = plan_of(text);
        let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
        let pairing = Pairing::of(&plan, before);
        let identity = PlanIdentity { key: &key, document: &document };
        identify(plan, identity, before, &pairing, &Past::default(), Timestamp::from_millis(at))
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

    #[test]
    fn a_key_follows_its_measure_through_renumbering_and_moving() {
        let before = content(TEXT, None, 1);
        let after = content(
            "## AXE 1: A\n### 1. B\n1.\tBiner\tEn cours\n2.\tSemer\tEn cours\n## AXE 2: C\n3.\tArroser\tÀ faire\n",
            Some(&before),
            2,
        );
        let keys: Vec<&str> = after.measures.iter().map(|measure| measure.key.as_str()).collect();
        assert_eq!(keys, ["p#1~2", "p#1", "p#2"]);
    }

    #[test]
    fn what_comes_back_has_its_own_key_and_no_other_has_it() {
        let before = content(TEXT, None, 1);
        let without = content("## AXE 1: A\n1.\tSemer\tEn cours\n2.\tBiner\tÀ faire\n", Some(&before), 2);
        assert_eq!(without.measures[1].key.as_str(), "p#2~2");
        let gone = PastMeasure { key: before.measures[1].key.clone(), number: 2, text: "Arroser".to_owned() };
        let past = Past { measures: vec![gone], ..Past::default() };
        let plan = plan_of(TEXT);
        let pairing = Pairing::of(&plan, Some(&without));
        assert_eq!((pairing.has_new(), pairing.lost()), (true, vec![1]));
        let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
        let identity = PlanIdentity { key: &key, document: &document };
        let back = identify(plan, identity, Some(&without), &pairing, &past, Timestamp::from_millis(3));
        assert_eq!(back.measures[1].key, before.measures[1].key);
    }

    #[test]
    fn a_twin_is_no_change_of_a_measure() {
        let before = content(TEXT, None, 1);
        let after = content(&format!("{TEXT}3.\tArroser\tÀ faire\n"), Some(&before), 2);
        assert_eq!(after.measures[1].repeat_group, Some(2));
        assert_eq!(after.measures[1].updated_at, before.measures[1].updated_at);
    }

    #[test]
    fn a_category_that_comes_back_has_its_own_key_and_no_other_has_it() {
        let before = content("## AXE 1: A\n1.\tSemer\tEn cours\n", None, 1);
        let past = Past {
            categories: content("## AXE 2: B\n1.\tSemer\tEn cours\n", None, 1).categories,
            ..Past::default()
        };
        let key_of = |title: &str| {
            let text =
                format!("## AXE 1: A\n1.\tSemer\tEn cours\n## AXE 2: {title}\n2.\tArroser\tEn cours\n");
            let plan = plan_of(&text);
            let pairing = Pairing::of(&plan, Some(&before));
            let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
            let identity = PlanIdentity { key: &key, document: &document };
            let after = identify(plan, identity, Some(&before), &pairing, &past, Timestamp::from_millis(2));
            after.categories[1].key.to_string()
        };
        assert_eq!((key_of("B"), key_of("C")), ("p/2".to_owned(), "p/2~2".to_owned()));
    }
}
