//! The index of a plan's measures: every filter, every order, every count.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, DocumentKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::reading::Content;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::decode::Growth;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_storage::query_index::{
    Direction, IndexedMeasure, MeasureFilter, MeasureIndex, MeasureOrder, Span, Tally, TitleWords,
};
use passerelle_versioning::identity::{Pairing, Past, PlanIdentity, identify};

const TEXT: &str = "## AXE 1: A\n### 1. B\n1.\tPlanter des haies vives\tRéalisé\n2.\tCreuser une mare*\tPPS En cours\n\
    ## AXE 2: C\n3.\tCreuser une mare\tÀ faire\n#### b. D\n4.\tPlanter des arbres\tPPS À faire\n5.\tSemer du trèfle\tRéalisé\n";

struct Held {
    index: MeasureIndex,
    words: TitleWords,
}

fn held() -> Held {
    let defaults = FolderDefaults::default();
    let options = ReadOptions { growth: Growth::Over, defaults: &defaults, raw_html: RawHtml::Removed };
    let reading = read(&DocumentPath::parse("plan.txt").unwrap(), TEXT.as_bytes(), options).unwrap();
    let Some(Content::Plan(plan)) = reading.content else { panic!("it is a plan") };
    let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
    let identity = PlanIdentity { key: &key, document: &document };
    let pairing = Pairing::of(&plan, None);
    let content = identify(*plan, identity, None, &pairing, &Past::default(), Timestamp::from_millis(1_000));
    let tree = Arc::new(CategoryTree::new(content.categories));
    let titles: Vec<&str> = content.measures.iter().map(|measure| measure.title.text.as_str()).collect();
    let words = TitleWords::new(titles, Language::Fr);
    let measures = content.measures.iter().map(|measure| IndexedMeasure {
        row_id: i64::from(measure.number),
        number: measure.number,
        position: measure.position,
        status: measure.status,
        programme: measure.programme.as_deref().map(Arc::from),
        is_repeated: measure.is_repeated,
        repeat_group: measure.repeat_group,
        category: tree.place(&measure.category).unwrap(),
        updated_at: Timestamp::from_millis(i64::from(measure.number)),
    });
    let measures = measures.collect();
    Held { index: MeasureIndex::new(tree, measures), words }
}

fn kept(filter: MeasureFilter) -> Vec<u32> {
    let Held { index, words } = held();
    let numbers = |filter: &MeasureFilter| {
        let kept = index.kept(None, filter, Some(&words));
        kept.into_iter().map(|at| index.measures()[at].number).collect::<Vec<_>>()
    };
    let kept = numbers(&filter);
    let others = numbers(&MeasureFilter::Not(Box::new(filter)));
    // A condition and its contrary share the measures among them, with nothing in between.
    let mut all = [kept.clone(), others].concat();
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4, 5]);
    kept
}

#[test]
fn every_condition_keeps_its_measures_and_its_contrary_the_others() {
    use MeasureFilter as Filter;
    assert_eq!(kept(Filter::default()), [1, 2, 3, 4, 5]);
    assert_eq!(kept(Filter::Any(vec![])), [0; 0]);
    assert_eq!(kept(Filter::Status(vec![MeasureStatus::Completed, MeasureStatus::InProgress])), [1, 2, 5]);
    assert_eq!(kept(Filter::Number(vec![4, 9, 1])), [1, 4]);
    assert_eq!(kept(Filter::Within(vec![CategoryPath::new("1")])), [1, 2]);
    assert_eq!(kept(Filter::Within(vec![CategoryPath::new("2.b"), CategoryPath::new("9")])), [4, 5]);
    assert_eq!(kept(Filter::Programme(vec!["PPS".to_owned()])), [2, 4]);
    assert_eq!(kept(Filter::HasProgramme(false)), [1, 3, 5]);
    assert_eq!(kept(Filter::IsRepeated(true)), [2]);
    assert_eq!(kept(Filter::RepeatsDisagree(true)), [2, 3]);
    assert_eq!(kept(Filter::ChangedSince(Timestamp::from_millis(3))), [4, 5]);
    assert_eq!(kept(Filter::Text("plantée".to_owned())), [1, 4]);
    assert_eq!(kept(Filter::Text("les haies plantées".to_owned())), [1]);
    assert_eq!(kept(Filter::Text("?!".to_owned())), [0; 0]);
    let mares = Filter::All(vec![Filter::Text("mares".to_owned()), Filter::HasProgramme(true)]);
    assert_eq!(kept(Filter::Any(vec![mares, Filter::Number(vec![5])])), [2, 5]);
}

/// Walks a list part by part, from its start or from its end.
fn walk(order: &[(MeasureOrder, Direction)], texts: &[&str], limit: usize, from_end: bool) -> Vec<u32> {
    let Held { index, words } = held();
    let kept = index.kept(None, &MeasureFilter::default(), None);
    let mut span = Span { limit, from_end, ..Span::default() };
    let mut numbers = Vec::new();
    loop {
        let filter =
            MeasureFilter::All(texts.iter().map(|text| MeasureFilter::Text((*text).to_owned())).collect());
        let part = index.part(&kept, order, &filter, Some(&words), &span);
        let own = part.items.iter().map(|(at, _)| index.measures()[*at].number);
        if from_end {
            numbers = own.chain(numbers).collect();
            span.before = part.items.first().map(|(_, place)| place.clone());
        } else {
            numbers.extend(own);
            span.after = part.items.last().map(|(_, place)| place.clone());
        }
        if !(if from_end { part.has_previous } else { part.has_next }) {
            return numbers;
        }
    }
}

/// An order, and the numbers in it.
type Case = (&'static [(MeasureOrder, Direction)], [u32; 5]);

#[test]
fn every_order_is_walked_both_ways() {
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
            for from_end in [false, true] {
                assert_eq!(
                    walk(order, &["planter"], limit, from_end),
                    numbers,
                    "{order:?} {limit} {from_end}"
                );
            }
        }
    }
}

#[test]
fn what_is_kept_is_counted_by_status_axis_and_programme() {
    let Held { index, .. } = held();
    let tally = index.tally(&index.kept(None, &MeasureFilter::default(), None));
    assert_eq!((tally.progress.total(), tally.progress.distinct().total()), (5, 4));
    let axes: Vec<_> = tally.axes.iter().map(|count| (count.category.as_str(), count.count)).collect();
    assert_eq!(axes, [("p/1", 2), ("p/2", 3)]);
    let programmes: Vec<_> =
        tally.programmes.iter().map(|count| (count.programme.as_deref(), count.count)).collect();
    assert_eq!(programmes, [(Some("PPS"), 2), (None, 3)]);
    let own = index.kept(Some(&CategoryKey::new("p/2.b")), &MeasureFilter::default(), None);
    assert_eq!(index.tally(&own).progress.total(), 2);
    assert_eq!(index.tally(&[]), Tally::default());
}

#[test]
fn a_category_counts_what_is_below_it() {
    let Held { index, .. } = held();
    let progress = index.progress_by_category();
    let of = |key: &str| progress[&CategoryKey::new(key)];
    assert_eq!(
        (of("p/1").total(), of("p/1.1").total(), of("p/2").total(), of("p/2.b").total()),
        (2, 2, 3, 2)
    );
    assert_eq!(of("p/1").count(MeasureStatus::Completed), 1);
}

#[test]
fn rows_know_their_neighbours_and_their_twins() {
    let Held { index, .. } = held();
    let numbers = |position| {
        let (before, after) = index.neighbours(position);
        (before.map(|measure| measure.number), after.map(|measure| measure.number))
    };
    let second = index.numbered(2).unwrap().position;
    assert_eq!(numbers(second), (Some(1), Some(3)));
    assert_eq!(numbers(second + 1), (Some(2), Some(3)));
    assert_eq!(numbers(i64::MIN), (None, Some(1)));
    assert_eq!(index.repeats(2).map(|measure| measure.number).collect::<Vec<_>>(), [3]);
    assert_eq!(index.repeats(1).count(), 0);
    assert!(index.repeats_disagree(3) && !index.repeats_disagree(1) && !index.repeats_disagree(99));
}
