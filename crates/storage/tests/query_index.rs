//! Index of measures: every filter, order and facet.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, DocumentKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::reading::Content;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_storage::RowId;
use passerelle_storage::query_index::{
    Direction, IndexedMeasure, ListEnd, MeasureFacets, MeasureFilter, MeasureIndex, MeasureOrder,
    SliceRequest, TitleIndex,
};
use passerelle_versioning::identity::{MeasureMatching, PlanKeys, RemovedContent, UpdateTimes, assign_keys};

const TEXT: &str = "## AXE 1: A\n### 1. B\n1.\tPlanter des haies vives\tRéalisé\n2.\tCreuser une mare*\tPPS En cours\n\
    ## AXE 2: C\n3.\tCreuser une mare\tÀ faire\n#### b. D\n4.\tPlanter des arbres\tPPS À faire\n5.\tSemer du trèfle\tRéalisé\n";

struct Fixture {
    index: MeasureIndex,
    words: TitleIndex,
}

fn fixture() -> Fixture {
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let reading = read(&DocumentPath::parse("plan.txt").unwrap(), TEXT.as_bytes(), options).unwrap();
    let Some(Content::Plan(plan)) = reading.content else { panic!("the fixture is a plan") };
    let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
    let identity = PlanKeys { key: &key, document: &document, stem: None };
    let matching = MeasureMatching::of(&plan, None);
    let content = assign_keys(
        *plan,
        identity,
        None,
        &matching,
        &RemovedContent::default(),
        UpdateTimes::all_at(Timestamp::from_millis(1_000)),
    );
    let tree = Arc::new(CategoryTree::new(content.categories));
    let titles: Vec<&str> = content.measures.iter().map(|measure| measure.title.text.as_str()).collect();
    let words = TitleIndex::new(titles, Language::Fr);
    let measures = content.measures.iter().map(|measure| IndexedMeasure {
        label: None,
        parent: measure.parent,
        row_id: RowId::new(i64::from(measure.number)),
        number: measure.number,
        position: measure.position,
        status: measure.status,
        programme: measure.programme.as_deref().map(Arc::from),
        is_repeated: measure.is_repeated,
        repeat_group: measure.repeat_group,
        category: tree.index_of(&measure.category).unwrap(),
        details: None,
        updated_at: Timestamp::from_millis(i64::from(measure.number)),
    });
    let measures = measures.collect();
    Fixture { index: MeasureIndex::new(tree, measures), words }
}

fn matching_numbers(filter: MeasureFilter) -> Vec<u32> {
    let Fixture { index, words } = fixture();
    let numbers = |filter: &MeasureFilter| {
        let kept = index.matching(None, filter, Some(&words));
        kept.into_iter().map(|at| index.measures()[at].number).collect::<Vec<_>>()
    };
    let kept = numbers(&filter);
    let others = numbers(&MeasureFilter::Not(Box::new(filter)));
    // A filter and its negation match every measure exactly once.
    let mut all = [kept.clone(), others].concat();
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4, 5]);
    kept
}

#[test]
fn every_filter_and_its_negation_partition_the_measures() {
    use MeasureFilter as Filter;
    assert_eq!(matching_numbers(Filter::default()), [1, 2, 3, 4, 5]);
    assert_eq!(matching_numbers(Filter::Any(vec![])), [0; 0]);
    assert_eq!(
        matching_numbers(Filter::Status(vec![MeasureStatus::Completed, MeasureStatus::InProgress])),
        [1, 2, 5]
    );
    assert_eq!(matching_numbers(Filter::Number(vec![4, 9, 1])), [1, 4]);
    assert_eq!(matching_numbers(Filter::Within(vec![CategoryPath::parse("1").unwrap()])), [1, 2]);
    assert_eq!(
        matching_numbers(Filter::Within(vec![
            CategoryPath::parse("2.b").unwrap(),
            CategoryPath::parse("9").unwrap()
        ])),
        [4, 5]
    );
    assert_eq!(matching_numbers(Filter::Programme(vec!["PPS".to_owned()])), [2, 4]);
    assert_eq!(matching_numbers(Filter::HasProgramme(false)), [1, 3, 5]);
    assert_eq!(matching_numbers(Filter::IsRepeated(true)), [2]);
    assert_eq!(matching_numbers(Filter::RepeatsDisagree(true)), [2, 3]);
    assert_eq!(matching_numbers(Filter::ChangedSince(Timestamp::from_millis(3))), [4, 5]);
    assert_eq!(matching_numbers(Filter::Text("plantée".to_owned())), [1, 4]);
    assert_eq!(matching_numbers(Filter::Text("les haies plantées".to_owned())), [1]);
    assert_eq!(matching_numbers(Filter::Text("?!".to_owned())), [0; 0]);
    assert_eq!(matching_numbers(Filter::Text(" 3 ".to_owned())), [3]);
    let mares = Filter::All(vec![Filter::Text("mares".to_owned()), Filter::HasProgramme(true)]);
    assert_eq!(matching_numbers(Filter::Any(vec![mares, Filter::Number(vec![5])])), [2, 5]);
}

/// Reads a list slice by slice, from its start or from its end.
fn paginate(order: &[(MeasureOrder, Direction)], texts: &[&str], limit: usize, end: ListEnd) -> Vec<u32> {
    let Fixture { index, words } = fixture();
    let kept = index.matching(None, &MeasureFilter::default(), None);
    let mut request = SliceRequest { limit, end, ..SliceRequest::default() };
    let mut numbers = Vec::new();
    loop {
        let filter =
            MeasureFilter::All(texts.iter().map(|text| MeasureFilter::Text((*text).to_owned())).collect());
        let slice = index.slice(&kept, order, &filter, Some(&words), &request);
        let own = slice.items.iter().map(|(at, _)| index.measures()[*at].number);
        if end == ListEnd::Last {
            numbers = own.chain(numbers).collect();
            request.before = slice.items.first().map(|(_, key)| key.clone());
        } else {
            numbers.extend(own);
            request.after = slice.items.last().map(|(_, key)| key.clone());
        }
        if !(if end == ListEnd::Last { slice.has_previous } else { slice.has_next }) {
            return numbers;
        }
    }
}

/// A sort order and the expected numbers.
type Case = (&'static [(MeasureOrder, Direction)], [u32; 5]);

#[test]
fn every_order_is_paginated_in_both_directions() {
    use Direction::{Ascending, Descending};
    let cases: [Case; 6] = [
        (&[], [1, 2, 3, 4, 5]),
        (&[(MeasureOrder::Number, Descending)], [5, 4, 3, 2, 1]),
        (&[(MeasureOrder::Status, Ascending)], [3, 4, 2, 1, 5]),
        (&[(MeasureOrder::Status, Descending), (MeasureOrder::Number, Descending)], [5, 1, 2, 4, 3]),
        (&[(MeasureOrder::UpdatedAt, Descending)], [5, 4, 3, 2, 1]),
        (&[(MeasureOrder::Relevance, Descending)], [4, 1, 2, 3, 5]),
    ];
    for (order, numbers) in cases {
        for limit in 1..=6 {
            for end in [ListEnd::First, ListEnd::Last] {
                assert_eq!(paginate(order, &["planter"], limit, end), numbers, "{order:?} {limit} {end:?}");
            }
        }
    }
}

#[test]
fn facets_count_by_status_axis_and_programme() {
    let Fixture { index, .. } = fixture();
    let facets = index.facets(&index.matching(None, &MeasureFilter::default(), None));
    assert_eq!((facets.progress.total(), facets.progress.distinct().total()), (5, 4));
    let axes: Vec<_> = facets.axes.iter().map(|count| (count.category.as_str(), count.count)).collect();
    assert_eq!(axes, [("p/1", 2), ("p/2", 3)]);
    let programmes: Vec<_> =
        facets.programmes.iter().map(|count| (count.name.as_deref(), count.count)).collect();
    assert_eq!(programmes, [(Some("PPS"), 2), (None, 3)]);
    let own = index.matching(Some(&CategoryKey::new("p/2.b")), &MeasureFilter::default(), None);
    assert_eq!(index.facets(&own).progress.total(), 2);
    assert_eq!(index.facets(&[]), MeasureFacets::default());
}

#[test]
fn category_progress_includes_descendants() {
    let Fixture { index, .. } = fixture();
    let progress = index.progress_by_category();
    let of = |key: &str| progress[&CategoryKey::new(key)];
    assert_eq!(
        (of("p/1").total(), of("p/1.1").total(), of("p/2").total(), of("p/2.b").total()),
        (2, 2, 3, 2)
    );
    assert_eq!(of("p/1").count(MeasureStatus::Completed), 1);
}

#[test]
fn neighbours_and_repeats_are_found_by_number() {
    let Fixture { index, .. } = fixture();
    let numbers = |position| {
        let (before, after) = index.neighbours(position);
        (before.map(|measure| measure.number), after.map(|measure| measure.number))
    };
    let second = index.find_by_number(2).unwrap().position;
    assert_eq!(numbers(second), (Some(1), Some(3)));
    assert_eq!(numbers(second + 1), (Some(2), Some(3)));
    assert_eq!(numbers(i64::MIN), (None, Some(1)));
    assert_eq!(index.repeats(2).map(|measure| measure.number).collect::<Vec<_>>(), [3]);
    assert_eq!(index.repeats(1).count(), 0);
    assert!(index.repeats_disagree(3) && !index.repeats_disagree(1) && !index.repeats_disagree(99));
}
