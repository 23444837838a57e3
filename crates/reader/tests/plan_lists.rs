//! Measures in lists: fields, parts and boxes of their items.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{MeasureStatus, Plan};
use passerelle_model::reading::Content;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

/// A declared plan with one axis and these lines below it.
fn plan_below_axis(lines: &str) -> Plan {
    let text = format!("---\nkind: plan\n---\n# Plan du verger 2025\n\n## Axe 1 : Arbres\n\n{lines}");
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let path = DocumentPath::parse("plan.md").unwrap();
    match read(&path, text.as_bytes(), options).unwrap().content {
        Some(Content::Plan(plan)) => *plan,
        other => panic!("no plan: {other:?}\n{text}"),
    }
}

#[test]
fn fields_below_the_items_of_a_list_are_fields_of_the_measure() {
    for lines in [
        "1. Tailler\n   - Pilote : Voirie\n   - Statut : réalisé\n2. Greffer\n   - Statut : réalisé\n3. Semer\n   - Statut : réalisé\n",
        "1. Tailler\n   Pilote : Voirie\n   Statut : réalisé\n2. Greffer\n   Statut : réalisé\n3. Semer\n   Statut : réalisé\n",
        "1. Tailler\n\n   **Pilote :** Voirie\n\n   Statut : réalisé\n\n2. Greffer\n   Statut : réalisé\n3. Semer\n   Statut : réalisé\n",
    ] {
        let plan = plan_below_axis(lines);
        let titles: Vec<_> = plan.measures.iter().map(|measure| measure.title.text.as_str()).collect();
        assert_eq!(titles, ["Tailler", "Greffer", "Semer"], "{lines}");
        assert!(plan.measures.iter().all(|measure| measure.status == MeasureStatus::Completed), "{lines}");
        assert_eq!(plan.measures[0].details.responsible_parties, ["Voirie"], "{lines}");
    }
}

#[test]
fn items_with_a_status_below_an_item_are_its_parts() {
    for lines in [
        "1. Tailler (en cours)\n   1. Affûter (réalisé)\n   2. Couper (à faire)\n2. Greffer (à faire)\n3. Semer (à faire)\n",
        "- [ ] Tailler\n  - [x] Affûter\n  - [ ] Couper\n- [ ] Greffer\n- [ ] Semer\n",
    ] {
        let plan = plan_below_axis(lines);
        let first = plan.measures[0].number;
        let parents: Vec<_> = plan.measures.iter().map(|measure| measure.parent).collect();
        assert_eq!(parents, [None, Some(first), Some(first), None, None], "{lines}");
        assert_eq!(plan.measures[1].status, MeasureStatus::Completed, "{lines}");
        assert_eq!(plan.measures[2].status, MeasureStatus::NotStarted, "{lines}");
    }
}

#[test]
fn a_field_belongs_to_the_item_that_it_is_below() {
    let plan = plan_below_axis(
        "1. Tailler (en cours)\n   - Pilote : Voirie\n   1. Affûter (réalisé)\n      - Pilote : Parcs\n      1. Huiler (à faire)\n\
         2. Greffer (à faire)\n3. Semer (à faire)\n",
    );
    let labels: Vec<_> = plan.measures.iter().map(|measure| measure.label.as_str()).collect();
    assert_eq!(labels, ["1", "1.1", "1.1.1", "2", "3"]);
    let mut bodies = plan.measures.iter().map(|measure| measure.details.responsible_parties.join(", "));
    assert_eq!(bodies.by_ref().take(2).collect::<Vec<_>>(), ["Voirie", "Parcs"]);
    assert!(bodies.all(|body| body.is_empty()));
}

#[test]
fn boxes_of_note_programs_have_a_status() {
    let plan = plan_below_axis("- [x] Tailler\n- [/] Greffer\n- [-] Semer\n- [>] Cueillir\n- [ ] Presser\n");
    let statuses: Vec<_> = plan.measures.iter().map(|measure| measure.status.name()).collect();
    assert_eq!(statuses, ["COMPLETED", "IN_PROGRESS", "CANCELLED", "POSTPONED", "NOT_STARTED"]);
}
