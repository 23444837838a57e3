//! Index of measures: filters, orders and facets of labels, bodies, dates, budgets and other columns.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::plan::{CategoryLevel, CategoryPath, MeasureStatus, Percentage};
use passerelle_model::published::PublishedCategory;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::RowId;
use passerelle_storage::query_index::{
    AttributeFilter, DetailField, Direction, FacetKind, IndexedDetails, IndexedMeasure, MeasureFilter,
    MeasureIndex, MeasureOrder, NameCount, SliceRequest, ValueField, ValueRange,
};

fn category(level: CategoryLevel, path: &str, parent: Option<&str>, position: i64) -> PublishedCategory {
    PublishedCategory {
        key: CategoryKey::new(path),
        plan: PlanKey::new("p"),
        parent: parent.map(CategoryKey::new),
        level,
        label: None,
        path: CategoryPath::parse(path).unwrap(),
        title: path.to_owned(),
        footnotes: Vec::new(),
        position,
    }
}

/// Returns a tree with two axes; the first has an objective with a section.
fn tree() -> Arc<CategoryTree> {
    Arc::new(CategoryTree::new(vec![
        category(CategoryLevel::Axis, "1", None, 1),
        category(CategoryLevel::Objective, "1.1", Some("1"), 2),
        category(CategoryLevel::Section, "1.1.a", Some("1.1"), 3),
        category(CategoryLevel::Axis, "2", None, 4),
    ]))
}

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

fn day(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn measure(number: u32, category: usize, status: MeasureStatus, details: IndexedDetails) -> IndexedMeasure {
    IndexedMeasure {
        row_id: RowId::new(i64::from(number)),
        number,
        label: None,
        parent: None,
        position: i64::from(number),
        status,
        programme: None,
        is_repeated: false,
        repeat_group: None,
        category,
        details: (details != IndexedDetails::default()).then(|| Box::new(details)),
        updated_at: Timestamp::default(),
    }
}

/// Five measures: 1 to 3 in the section, 4 in the objective, 5 in the second axis.
fn measures() -> Vec<IndexedMeasure> {
    use MeasureStatus::{Completed, Late, NotStarted};
    let first = IndexedDetails {
        responsible_parties: names(&["Voirie", "Parcs"]),
        partners: names(&["École"]),
        end_date: Some(day("2025-12-31")),
        completion: Percentage::new(40),
        priority: Some("basse".into()),
        budget: Some((1_250, "EUR".into())),
        attributes: vec![("Zone".into(), "Nord".into()), ("Remarques".into(), "".into())],
        has_description: true,
        ..IndexedDetails::default()
    };
    let second = IndexedDetails {
        responsible_parties: names(&["Parcs"]),
        start_date: Some(day("2025-01-01")),
        end_date: Some(day("2025-06-30")),
        completion: Percentage::new(100),
        priority: Some("Haute".into()),
        budget: Some((90_000, "CHF".into())),
        attributes: vec![("Zone".into(), "Sud".into())],
        has_indicators: true,
        ..IndexedDetails::default()
    };
    let third = IndexedDetails { responsible_parties: names(&["Voirie"]), ..IndexedDetails::default() };
    let mut measures = vec![
        measure(1, 2, Late, first),
        measure(2, 2, Completed, second),
        measure(3, 2, NotStarted, third),
        measure(4, 1, Late, IndexedDetails::default()),
        measure(5, 3, NotStarted, IndexedDetails::default()),
    ];
    for (measure, label) in measures.iter_mut().zip(["A10", "A9", "a1.2"]) {
        measure.label = Some(label.into());
    }
    measures[2].parent = Some(1);
    measures
}

fn index() -> MeasureIndex {
    MeasureIndex::new(tree(), measures())
}

fn numbers(index: &MeasureIndex, filter: &MeasureFilter) -> Vec<u32> {
    index.matching(None, filter, None).into_iter().map(|at| index.measures()[at].number).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn every_field_of_the_details_can_be_filtered() {
    use MeasureFilter as Filter;
    let range = |from, to| ValueRange { from, to };
    let millis = |text: &str| Timestamp::parse(text).unwrap().millis();
    let zone = |values: &[&str]| Filter::Attribute(AttributeFilter::Is("Zone".to_owned(), texts(values)));
    let exists = |name: &str| Filter::Attribute(AttributeFilter::Exists(name.to_owned(), true));
    let cases: [(Filter, &[u32]); 19] = [
        (Filter::Label(texts(&["A9", "4", "x"])), &[2, 4]),
        (Filter::Parent(vec![1, 9]), &[3]),
        (Filter::HasParent(false), &[1, 2, 4, 5]),
        (Filter::ResponsibleParty(texts(&["Parcs"])), &[1, 2]),
        (Filter::ResponsibleParty(texts(&["parcs"])), &[]),
        (Filter::Partner(texts(&["École", "Eau"])), &[1]),
        (Filter::Priority(texts(&["Haute"])), &[2]),
        (Filter::Has(DetailField::ResponsibleParties, true), &[1, 2, 3]),
        (Filter::Has(DetailField::Completion, false), &[3, 4, 5]),
        (Filter::Has(DetailField::Description, true), &[1]),
        (Filter::Has(DetailField::Indicators, true), &[2]),
        (Filter::Value(ValueField::EndDate, range(millis("2025-07-01"), i64::MAX)), &[1]),
        (Filter::Value(ValueField::StartDate, range(i64::MIN, i64::MAX)), &[2]),
        (Filter::Value(ValueField::Completion, range(40, 99)), &[1]),
        (Filter::Value(ValueField::Budget, range(1_250, 90_000)), &[1, 2]),
        (Filter::Currency(texts(&["CHF"])), &[2]),
        (zone(&["Nord", "Est"]), &[1]),
        (exists("Zone"), &[1, 2]),
        (exists("Remarques"), &[]),
    ];
    let index = index();
    for (filter, expected) in cases {
        assert_eq!(numbers(&index, &filter), expected, "{filter:?}");
        let others = numbers(&index, &Filter::Not(Box::new(filter.clone())));
        assert_eq!(expected.len() + others.len(), 5, "{filter:?}");
    }
}

/// Returns the numbers of all measures, read one by one with cursors.
fn ordered(index: &MeasureIndex, order: &MeasureOrder, direction: Direction) -> Vec<u32> {
    let all = index.matching(None, &MeasureFilter::default(), None);
    let order = [(order.clone(), direction)];
    let mut request = SliceRequest { limit: 1, ..SliceRequest::default() };
    let mut numbers = Vec::new();
    loop {
        let slice = index.slice(&all, &order, &MeasureFilter::default(), None, &request);
        numbers.extend(slice.items.iter().map(|(at, _)| index.measures()[*at].number));
        if !slice.has_next {
            return numbers;
        }
        request.after = slice.items.last().map(|(_, key)| key.clone());
    }
}

#[test]
fn measures_without_a_value_are_last_in_both_directions() {
    use Direction::{Ascending, Descending};
    let cases = [
        (MeasureOrder::Label, [4, 5, 3, 2, 1], [1, 2, 3, 5, 4]),
        (MeasureOrder::ResponsibleParty, [2, 1, 3, 4, 5], [1, 3, 2, 4, 5]),
        (MeasureOrder::Partner, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        (MeasureOrder::Priority, [2, 1, 3, 4, 5], [1, 2, 3, 4, 5]),
        (MeasureOrder::Value(ValueField::StartDate), [2, 1, 3, 4, 5], [2, 1, 3, 4, 5]),
        (MeasureOrder::Value(ValueField::EndDate), [2, 1, 3, 4, 5], [1, 2, 3, 4, 5]),
        (MeasureOrder::Value(ValueField::Completion), [1, 2, 3, 4, 5], [2, 1, 3, 4, 5]),
        (MeasureOrder::Value(ValueField::Budget), [1, 2, 3, 4, 5], [2, 1, 3, 4, 5]),
        (MeasureOrder::Attribute("Zone".into()), [1, 2, 3, 4, 5], [2, 1, 3, 4, 5]),
        (MeasureOrder::Attribute("Remarques".into()), [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ];
    let index = index();
    for (order, ascending, descending) in cases {
        assert_eq!(ordered(&index, &order, Ascending), ascending, "{order:?}");
        assert_eq!(ordered(&index, &order, Descending), descending, "{order:?}");
    }
}

fn counts(counts: &[NameCount]) -> Vec<(Option<&str>, u32)> {
    counts.iter().map(|count| (count.name.as_deref(), count.count)).collect()
}

#[test]
fn facets_count_categories_bodies_and_priorities() {
    let index = index();
    let facets = index.facets(&[0, 1, 2, 3, 4]);
    let of = |counts: &[passerelle_storage::query_index::CategoryCount]| -> Vec<(String, u32)> {
        counts.iter().map(|count| (count.category.to_string(), count.count)).collect()
    };
    assert_eq!(of(&facets.axes), [("1".to_owned(), 4), ("2".to_owned(), 1)]);
    assert_eq!(of(&facets.objectives), [("1.1".to_owned(), 4)]);
    assert_eq!(of(&facets.sections), [("1.1.a".to_owned(), 3)]);
    let parties = [(Some("Parcs"), 2), (Some("Voirie"), 2), (None, 2)];
    assert_eq!(counts(&facets.responsible_parties), parties);
    assert_eq!(counts(&facets.priorities), [(Some("Haute"), 1), (Some("basse"), 1), (None, 3)]);
    assert_eq!(counts(&index.facets(&[0, 2]).responsible_parties), [(Some("Voirie"), 2), (Some("Parcs"), 1)]);
    // A plan without priorities has no such facet, instead of a single entry for all measures.
    let plain = measure(1, 0, MeasureStatus::Late, IndexedDetails::default());
    let plain = MeasureIndex::new(tree(), vec![plain]);
    assert_eq!(plain.facets(&[0]).priorities, []);
}

#[test]
fn at_most_200_bodies_are_counted_the_most_frequent_first() {
    let body = |number: u32| vec![Arc::from(format!("Service {number:03}")), Arc::from("Ville")];
    let details = |number| IndexedDetails { responsible_parties: body(number), ..IndexedDetails::default() };
    let measures = (1..=300).map(|number| measure(number, 0, MeasureStatus::Late, details(number)));
    let without = measure(301, 0, MeasureStatus::Late, IndexedDetails::default());
    let index = MeasureIndex::new(tree(), measures.chain([without]).collect());
    let all: Vec<usize> = (0..301).collect();
    let parties = index.facets(&all).responsible_parties;
    assert_eq!(parties.len(), 201);
    assert_eq!(counts(&parties[..2]), [(Some("Ville"), 300), (Some("Service 001"), 1)]);
    assert_eq!(counts(&parties[200..]), [(None, 1)]);
}

#[test]
fn a_facet_is_counted_without_its_own_condition() {
    use MeasureFilter as Filter;
    let status = Filter::Status(vec![MeasureStatus::Late]);
    let party = Filter::ResponsibleParty(texts(&["Voirie"]));
    let either = Filter::Any(vec![status.clone(), party.clone()]);
    let filter = Filter::All(vec![status.clone(), Filter::All(vec![party.clone()]), either.clone()]);
    let others = [
        (FacetKind::Status, Filter::All(vec![Filter::All(vec![party.clone()]), either.clone()])),
        (FacetKind::ResponsibleParty, Filter::All(vec![status, Filter::default(), either])),
        (FacetKind::Category, filter.clone()),
        (FacetKind::Programme, filter.clone()),
        (FacetKind::Priority, filter.clone()),
    ];
    for (facet, expected) in others {
        assert_eq!(filter.without(facet), expected, "{facet:?}");
    }
    assert_eq!(party.without(FacetKind::ResponsibleParty), Filter::default());
    let has = Filter::Has(DetailField::Priority, true);
    assert_eq!(has.without(FacetKind::Priority), Filter::default());
}

#[test]
fn a_plan_without_statuses_has_no_progress() {
    let undefined = |number| measure(number, 0, MeasureStatus::Undefined, IndexedDetails::default());
    let index = MeasureIndex::new(tree(), vec![undefined(1), undefined(2)]);
    assert!(index.lacks_statuses() && index.facets(&[]).lacks_statuses);
    assert!(index.progress_by_category().is_empty());
    // One known status makes the progress of all categories known.
    let known = measure(3, 3, MeasureStatus::NotStarted, IndexedDetails::default());
    let index = MeasureIndex::new(tree(), vec![undefined(1), known]);
    assert!(!index.lacks_statuses());
    assert_eq!(index.progress_by_category()[&CategoryKey::new("1")].total(), 1);
    assert!(!MeasureIndex::new(tree(), Vec::new()).lacks_statuses());
}

#[test]
fn attribute_names_are_in_document_order_and_bounded() {
    let index = index();
    let names = |limit| {
        let (names, has_more) = index.attribute_names(limit);
        (names.iter().map(ToString::to_string).collect::<Vec<_>>(), has_more)
    };
    assert_eq!(names(2), (texts(&["Zone", "Remarques"]), false));
    assert_eq!(names(1), (texts(&["Zone"]), true));
}
