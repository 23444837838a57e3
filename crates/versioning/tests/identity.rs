//! Keys of measures and categories from one version of a plan to the next.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use passerelle_model::key::{DocumentKey, PlanKey};
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::Plan;
use passerelle_model::reading::Content;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_versioning::identity::{
    MeasureMatching, PlanContent, PlanKeys, RemovedContent, RemovedMeasure, UpdateTimes, assign_keys,
};

fn plan_of(text: &str) -> Plan {
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let path = DocumentPath::parse("plan.fr.txt").unwrap();
    match read(&path, text.as_bytes(), options).unwrap().content {
        Some(Content::Plan(plan)) => *plan,
        other => panic!("not a plan: {other:?}"),
    }
}

fn content(text: &str, before: Option<&PlanContent>, at: i64) -> PlanContent {
    let plan = plan_of(text);
    let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
    let matching = MeasureMatching::of(&plan, before);
    let identity = PlanKeys { key: &key, document: &document, stem: None };
    let times = UpdateTimes::all_at(Timestamp::from_millis(at));
    assign_keys(plan, identity, before, &matching, &RemovedContent::default(), times)
}

fn at(millis: i64) -> UpdateTimes {
    UpdateTimes::all_at(Timestamp::from_millis(millis))
}

const TEXT: &str = "## AXE 1: A\n1.\tSemer\tEn cours\n2.\tArroser\tÀ faire\n";

#[test]
fn another_reader_changes_no_time() {
    let before = content(TEXT, None, 1);
    let plan = plan_of(&TEXT.replace("En cours", "Réalisé"));
    let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
    let matching = MeasureMatching::of(&plan, Some(&before));
    let identity = PlanKeys { key: &key, document: &document, stem: None };
    let times = UpdateTimes { added: Timestamp::from_millis(1), changed: None };
    let after = assign_keys(plan, identity, Some(&before), &matching, &RemovedContent::default(), times);
    assert_ne!(after.measures[0].status, before.measures[0].status);
    assert_eq!(after.measures[0].updated_at.millis(), 1);
}

#[test]
fn unchanged_text_produces_equal_content() {
    let before = content(TEXT, None, 1);
    assert_eq!(content(TEXT, Some(&before), 2), before);
    assert_eq!(content(&format!("\n\n{TEXT}"), Some(&before), 2), before);
}

#[test]
fn a_changed_measure_keeps_its_key_and_gets_a_new_timestamp() {
    let before = content(TEXT, None, 1);
    let after = content(&TEXT.replace("À faire", "Réalisé"), Some(&before), 2);
    assert_eq!(after.measures[0], before.measures[0]);
    assert_eq!(after.measures[1].key, before.measures[1].key);
    assert_eq!(after.measures[1].updated_at.millis(), 2);
}

#[test]
fn an_inserted_measure_does_not_change_its_neighbours() {
    let before = content(TEXT, None, 1);
    let after = content(&TEXT.replace("2.\t", "9.\tBiner\tEn cours\n2.\t"), Some(&before), 2);
    assert_eq!(after.measures[0], before.measures[0]);
    assert_eq!(after.measures[2], before.measures[1]);
    assert!(after.measures.is_sorted_by_key(|measure| measure.position));
}

#[test]
fn keys_survive_renumbering_and_moving() {
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
fn a_restored_measure_gets_its_old_key_back() {
    let before = content(TEXT, None, 1);
    let without = content("## AXE 1: A\n1.\tSemer\tEn cours\n2.\tBiner\tÀ faire\n", Some(&before), 2);
    assert_eq!(without.measures[1].key.as_str(), "p#2~2");
    let gone = RemovedMeasure { key: before.measures[1].key.clone(), number: 2, text: "Arroser".to_owned() };
    let removed = RemovedContent { measures: vec![gone], ..RemovedContent::default() };
    let plan = plan_of(TEXT);
    let matching = MeasureMatching::of(&plan, Some(&without));
    assert_eq!((matching.has_added(), matching.removed()), (true, vec![1]));
    let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
    let identity = PlanKeys { key: &key, document: &document, stem: None };
    let restored = assign_keys(plan, identity, Some(&without), &matching, &removed, at(3));
    assert_eq!(restored.measures[1].key, before.measures[1].key);
}

#[test]
fn a_new_repeat_does_not_change_the_measure() {
    let before = content(TEXT, None, 1);
    let after = content(&format!("{TEXT}3.\tArroser\tÀ faire\n"), Some(&before), 2);
    assert_eq!(after.measures[1].repeat_group, Some(2));
    assert_eq!(after.measures[1].updated_at, before.measures[1].updated_at);
}

#[test]
fn a_restored_category_gets_its_old_key_back() {
    let before = content("## AXE 1: A\n1.\tSemer\tEn cours\n", None, 1);
    let removed = RemovedContent {
        categories: content("## AXE 2: B\n1.\tSemer\tEn cours\n", None, 1).categories,
        ..RemovedContent::default()
    };
    let key_of = |title: &str| {
        let text = format!("## AXE 1: A\n1.\tSemer\tEn cours\n## AXE 2: {title}\n2.\tArroser\tEn cours\n");
        let plan = plan_of(&text);
        let matching = MeasureMatching::of(&plan, Some(&before));
        let (key, document) = (PlanKey::new("p"), DocumentKey::new("d"));
        let identity = PlanKeys { key: &key, document: &document, stem: None };
        let after = assign_keys(plan, identity, Some(&before), &matching, &removed, at(2));
        after.categories[1].key.to_string()
    };
    assert_eq!((key_of("B"), key_of("C")), ("p/2".to_owned(), "p/2~2".to_owned()));
}
