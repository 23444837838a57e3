//! Plans of many layouts, each in a few lines of our own words: one rule of the reader per test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write;

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{Measure, MeasureStatus, Plan};
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

fn parsed(text: &str) -> ParsedDocument {
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    read(&DocumentPath::parse("plan.md").unwrap(), text.as_bytes(), options).unwrap()
}

fn plan(text: &str) -> Plan {
    let document = parsed(text);
    match document.content {
        Some(Content::Plan(plan)) => *plan,
        _ => panic!("no plan: {:?}\n{text}", document.diagnostics),
    }
}

fn codes(text: &str) -> Vec<String> {
    parsed(text).diagnostics.into_iter().map(|diagnostic| diagnostic.code.into()).collect()
}

/// One line per measure: number, label, category, title, status.
fn lines(plan: &Plan) -> Vec<String> {
    let line = |measure: &Measure| {
        let (title, category) = (&measure.title.text, measure.category.as_str());
        format!("{} {} {category} {title} {}", measure.number, measure.label, measure.status.name())
    };
    plan.measures.iter().map(line).collect()
}

const TITLES: [&str; 4] = [
    "Planter des haies le long des rues",
    "Creuser une mare derrière l’école",
    "Poser deux fontaines",
    "Ouvrir un atelier vélo",
];
const STATUSES: [&str; 4] = ["En cours", "Réalisé", "À faire", "En cours"];

/// A pipe table. `{t}`, `{s}` and `{n}` in the row are title, status and number.
fn table(header: &str, row: &str) -> String {
    let pipe = |cells: &str| format!("| {} |\n", cells.replace('|', " | "));
    let mut text = pipe(header) + &pipe(&vec!["--"; header.split('|').count()].join("|"));
    for (at, title) in TITLES.iter().enumerate() {
        let row =
            row.replace("{t}", title).replace("{s}", STATUSES[at]).replace("{n}", &(at + 1).to_string());
        text += &pipe(&row);
    }
    text
}

fn plan_of_table(header: &str, row: &str) -> Plan {
    plan(&format!("# Plan d’action du quartier\n\n{}", table(header, row)))
}

#[test]
fn a_column_named_after_the_measure_beside_a_title_contains_the_labels() {
    for header in ["Action|Titre|Statut", "Mesure|Intitulé|État", "Maßnahme|Bezeichnung|Status"] {
        let read = lines(&plan_of_table(header, "A{n}|{t}|{s}"));
        assert!(
            read[1].starts_with("2 A2 ") && read[1].ends_with("Creuser une mare derrière l’école COMPLETED"),
            "{read:?}"
        );
    }
}

fn assert_titles_and_statuses(plan: &Plan) {
    use MeasureStatus::{Completed, InProgress, NotStarted};
    let titles: Vec<&str> = plan.measures.iter().map(|measure| measure.title.text.as_str()).collect();
    assert_eq!(titles, TITLES);
    let statuses: Vec<MeasureStatus> = plan.measures.iter().map(|measure| measure.status).collect();
    assert_eq!(statuses, [InProgress, Completed, NotStarted, InProgress]);
}

#[test]
fn the_header_decides_what_a_column_is() {
    for (header, row) in [
        ("N°|Thème|Mesure|Pilote|Statut", "{n}|Eau|{t}|Ville|{s}"),
        ("N°|Mesure|Phase|Statut", "{n}|{t}|Étude|{s}"),
        ("N°|Statut|Mesure", "{n}|{s}|{t}"),
        ("Statut|Action", "{s}|{t}"),
        ("Maßnahme|Verantwortlich|Stand", "{t}|Stadt|{s}"),
        ("Nr.|Maatregel|Trekker|Timing|Status", "{n}|{t}|Stad|2026|{s}"),
        ("Action name|Lead|Deadline|Status", "{t}|City|2026|{s}"),
    ] {
        assert_titles_and_statuses(&plan_of_table(header, row));
    }
}

#[test]
fn columns_become_fields_of_the_measure() {
    let plan = plan_of_table(
        "Action|Responsable|Partenaires|Échéance|Budget|Indicateur|Avancement en %|Priorité|Statut|Sol",
        "{t}|Ville / CPAS|École|2024-2026|12 000 €|Nombre d’arbres|40 %|haute|{s}|argile",
    );
    let details = &plan.measures[0].details;
    assert_eq!(details.responsible_parties, ["Ville", "CPAS"]);
    assert_eq!(details.partners, ["École"]);
    assert_eq!(details.schedule_text.as_deref(), Some("2024-2026"));
    assert_eq!(details.start_date.unwrap().to_string(), "2024-01-01T00:00:00.000Z");
    assert_eq!(details.end_date.unwrap().to_string(), "2026-12-31T00:00:00.000Z");
    assert_eq!(details.budget.as_ref().unwrap().hundredths, 1_200_000);
    assert_eq!(details.indicators, ["Nombre d’arbres"]);
    assert_eq!(details.priority.as_deref(), Some("haute"));
    assert_eq!(
        (details.attributes[0].name.as_str(), details.attributes[0].value.as_str()),
        ("Sol", "argile")
    );
}

#[test]
fn a_plan_without_statuses_has_no_warning() {
    let text = format!("# Plan d’action\n\n{}", table("Mesure|Pilote|Échéance", "{t}|Ville|2026"));
    assert_eq!(codes(&text), Vec::<String>::new());
    assert!(plan(&text).measures.iter().all(|measure| measure.status_text.is_empty()));
}

#[test]
fn themes_hold_until_the_next_one() {
    let text = "# Plan d’action\n\n| Secteur | Action | Pilote | Échéance |\n|--|--|--|--|\n| Eau | Creuser une mare | Ville | 2026 |\n| | Poser une fontaine | Ville | 2027 |\n| Air | Planter des arbres | Parcs | 2028 |\n";
    assert_eq!(
        lines(&plan(text)),
        [
            "1 1 1 Creuser une mare UNDEFINED",
            "2 2 1 Poser une fontaine UNDEFINED",
            "3 3 2 Planter des arbres UNDEFINED"
        ]
    );
}

#[test]
fn rows_with_one_cell_open_categories_and_totals_are_left_out() {
    let text = "# Plan d’action\n\n| N° | Action | Pilote | Budget |\n|--|--|--|--|\n| **Eau** | | | |\n| 1 | Creuser une mare | Ville | 5 € |\n| **Air** | | | |\n| 2 | Planter des arbres | Parcs | 6 € |\n| 3 | Semer du trèfle | Parcs | 7 € |\n| Total | | | 18 € |\n";
    let plan = plan(text);
    assert_eq!(
        plan.categories.iter().map(|category| category.title.as_str()).collect::<Vec<_>>(),
        ["Eau", "Air"]
    );
    assert_eq!(plan.measures.len(), 3);
}

#[test]
fn repeated_headers_and_second_header_rows_are_no_measures() {
    let text = "# Plan d’action\n\n| N° | Action | Effet | Pilote |\n|--|--|--|--|\n| | | (t CO2) | |\n| 1 | Creuser une mare | 3 | Ville |\n| N° | Action | Effet | Pilote |\n| 2 | Planter des arbres | 4 | Parcs |\n| 3 | Semer du trèfle | 5 | Parcs |\n";
    assert_eq!(plan(text).measures.len(), 3);
    assert_eq!(codes(text), Vec::<String>::new());
}

#[test]
fn a_row_goes_on_in_the_next_one() {
    let text = "# Plan d’action\n\n| N° | Action | Pilote | Remarque |\n|--|--|--|--|\n| 1 | Creuser une mare | Ville | première |\n| | | | suite |\n| 2 | | Ville | b |\n| | Planter des arbres | | |\n| 3 | Semer du trèfle | Ville | c |\n";
    let plan = plan(text);
    assert_eq!(plan.measures[0].details.attributes[0].value, "première suite");
    assert_eq!(plan.measures[1].title.text, "Planter des arbres");
}

#[test]
fn labels_are_kept_as_written() {
    for (labels, numbers) in [
        (["1.1", "1.2", "1.3", "1.4"], [1, 2, 3, 4]),
        (["A1", "A2", "B1", "B2"], [1, 2, 3, 4]),
        (["Action 4", "Action 7", "Action 9", "Action 8"], [4, 7, 9, 8]),
        (["12", "13", "15", "14"], [12, 13, 15, 14]),
    ] {
        let mut text = "# Plan d’action\n\n| N° | Mesure | Pilote | Statut |\n|--|--|--|--|\n".to_owned();
        for (label, title) in labels.iter().zip(TITLES) {
            writeln!(text, "| {label} | {title} | Ville | En cours |").unwrap();
        }
        let plan = plan(&text);
        assert_eq!(plan.measures.iter().map(|measure| measure.label.as_str()).collect::<Vec<_>>(), labels);
        assert_eq!(plan.measures.iter().map(|measure| measure.number).collect::<Vec<_>>(), numbers);
    }
    let plan = plan_of_table("Mesure|Pilote|Échéance|Statut", "P{n} : {t}|Ville|2026|{s}");
    assert_titles_and_statuses(&plan);
    assert_eq!(plan.measures[2].label, "P3");
}

#[test]
fn labels_can_restart_in_each_category_but_not_within_one() {
    let one = table("N°|Mesure|Pilote|Statut", "{n}|{t}|Ville|{s}");
    let text = format!("# Plan d’action\n\n## Eau\n\n{one}\n## Air\n\n{one}");
    let found = plan(&text);
    assert_eq!((found.measures[4].label.as_str(), found.measures[4].number), ("1", 5));
    assert_eq!(codes(&text), Vec::<String>::new());
    let twice = text.replace("| 4 | Ouvrir", "| 3 | Ouvrir");
    assert_eq!(codes(&twice), ["MEASURE_LABEL_TWICE"; 4]);
    assert_eq!(plan(&twice).measures[3].label, "3-2");
}

#[test]
fn headings_of_any_wording_are_categories() {
    for (first, second, paths) in [
        ("Handlungsfeld 1: Eau", "Handlungsfeld 2: Air", ["1", "2"]),
        ("Orientation 1", "Orientation 2", ["1", "2"]),
        ("Axe stratégique 3 : Eau", "Axe stratégique 5 : Air", ["3", "5"]),
        ("Rouler", "Respirer", ["1", "2"]),
    ] {
        let one = table("Mesure|Pilote|Statut", "{t}|Ville|{s}");
        let found = plan(&format!("# Plan d’action\n\n## {first}\n\n{one}\n## {second}\n\n{one}"));
        assert_eq!(found.categories.iter().map(|category| category.path.as_str()).collect::<Vec<_>>(), paths);
        assert_eq!(found.measures.len(), 8);
    }
}

#[test]
fn axes_can_have_another_word_and_rows_other_columns() {
    let tabs = |row: &str, axis: &str| {
        let mut text = String::from("# Plan des parcs 2025\n\n");
        for heading in ["1", "2"] {
            write!(text, "## {axis} {heading}: Titre {heading}\n\n\t\tStatut\n").unwrap();
            for (at, title) in TITLES.iter().enumerate() {
                let number = if heading == "1" { at + 1 } else { at + 5 };
                let row = row.replace("{n}", &number.to_string()).replace("{m}", &(at + 1).to_string());
                let row = row.replace("{t}", &format!("{title} {heading}")).replace("{s}", STATUSES[at]);
                writeln!(text, "{row}").unwrap();
            }
            text.push('\n');
        }
        text
    };
    for (row, axis) in [
        ("{n}.\t{t}\t{s}", "THÈME"),
        ("{n}.\tDirection des parcs\t{t}\t{s}", "AXE"),
        ("{n}.\t{t}\tDirection des parcs\t{s}", "AXE"),
        ("{n}.\t{t}\t✅ {s}", "AXE"),
        ("1.{n}\t{t}\t{s}", "AXE"),
        ("M{n}\t{t}\t{s}", "AXE"),
        ("Action {n}\t{t}\t{s}", "AXE"),
        ("{m}.\t{t}\t{s}", "AXE"),
        ("- {t} — {s}", "AXE"),
        ("{m}. {t} ({s})", "AXE"),
    ] {
        let text = tabs(row, axis);
        let found = plan(&text);
        let titles: Vec<String> =
            ["1", "2"].iter().flat_map(|heading| TITLES.map(|title| format!("{title} {heading}"))).collect();
        assert_eq!(
            found.measures.iter().map(|measure| measure.title.text.clone()).collect::<Vec<_>>(),
            titles,
            "{row}"
        );
        let completed =
            found.measures.iter().filter(|measure| measure.status == MeasureStatus::Completed).count();
        assert_eq!(completed, 2, "{row}");
        assert_eq!(
            found.categories.iter().map(|category| category.path.as_str()).collect::<Vec<_>>(),
            ["1", "2"],
            "{row}"
        );
        assert_eq!(codes(&text), Vec::<String>::new(), "{row}");
    }
    let found = plan(&tabs("{n}.\tDirection des parcs\t{t}\t{s}", "AXE"));
    assert_eq!(found.measures[0].details.responsible_parties, ["Direction des parcs"]);
}

#[test]
fn statuses_have_percentages_signs_and_words_of_the_plan() {
    let found = plan_of_table("Mesure|Pilote|Statut", "{t}|Ville|{n}0 %");
    assert_eq!(found.measures[2].details.completion.unwrap().value(), 30);
    assert_eq!(found.measures[2].status, MeasureStatus::InProgress);
    let text = format!(
        "---\nstatuses:\n  Idée: NOT_STARTED\n  Actée: Réalisé\n---\n# Plan d’action\n\n{}",
        table("Mesure|Pilote|Statut", "{t}|Ville|Idée")
    );
    assert_eq!(plan(&text).measures[0].status, MeasureStatus::NotStarted);
    assert_eq!(codes(&text), Vec::<String>::new());
    assert_eq!(codes(&text.replace("NOT_STARTED", "Bof"))[0], "FIELD_INVALID");
}

#[test]
fn a_heading_per_measure_with_lines_of_fields() {
    let mut text = "# Plan d’action du quartier\n\n## Eau\n\n".to_owned();
    for (at, title) in TITLES.iter().enumerate() {
        write!(
            text,
            "### Action {} : {title}\n\nUn texte.\n\n**Pilote :** Ville\nStatut : {}\nÉchéance : 2026\n\n",
            at + 1,
            STATUSES[at]
        )
        .unwrap();
    }
    let found = plan(&text);
    assert_titles_and_statuses(&found);
    assert_eq!(found.measures[1].label, "Action 2");
    assert_eq!(found.measures[1].details.responsible_parties, ["Ville"]);
    assert_eq!(found.measures[1].details.description.as_ref().unwrap().text, "Un texte.");
}

#[test]
fn a_table_of_fields_is_one_measure() {
    let mut text = "# Plan d’action du quartier\n\n".to_owned();
    for (at, title) in TITLES.iter().enumerate() {
        write!(text, "Fiche V{}\n\n| Intitulé | {title} |\n|--|--|\n| Pilote | Ville |\n| Échéance | 2026 |\n| Statut | {} |\n| Sol | argile |\n\n", at + 1, STATUSES[at]).unwrap();
    }
    let found = plan(&text);
    assert_titles_and_statuses(&found);
    assert_eq!(found.measures[1].label, "V2");
    assert_eq!(found.measures[1].details.attributes[0].name, "Sol");
}

#[test]
fn task_lists_and_lists_with_a_status() {
    for item in ["- {t} ({s})", "{n}. {t} — {s}", "- [ ] {t} ({s})"] {
        let mut text = "# Plan d’action du quartier\n\n## Eau\n\n".to_owned();
        for (at, title) in TITLES.iter().enumerate() {
            let item =
                item.replace("{t}", title).replace("{s}", STATUSES[at]).replace("{n}", &(at + 1).to_string());
            writeln!(text, "{item}").unwrap();
        }
        assert_titles_and_statuses(&plan(&text));
    }
}

#[test]
fn a_page_that_resembles_a_plan_is_reported_with_the_line_to_add() {
    let text = format!("# Le quartier\n\n{}", table("Mesure|Pilote", "{t}|Ville"));
    let document = parsed(&text);
    assert!(matches!(document.content, Some(Content::Page { .. })));
    assert_eq!(document.diagnostics[0].code, "PLAN_LIKE_PAGE");
    assert!(document.diagnostics[0].suggestion.as_ref().unwrap().contains("kind: plan"));
    let declared = |kind: &str| format!("---\nkind: {kind}\n---\n{text}");
    assert_eq!(plan(&declared("plan")).measures.len(), 4);
    assert_eq!(codes(&declared("page")), Vec::<String>::new());
}

#[test]
fn groups_hold_over_page_breaks_with_other_columns() {
    let page = |number: u32, header: &str, rows: &str| {
        let rule = "|--".repeat(header.matches('|').count() + 1);
        format!("Page {number}\n\n| {header} |\n{rule}|\n{rows}\n")
    };
    let text = format!(
        "# Plan d’action\n\n{}{}{}",
        page(
            1,
            "N° | Mesure | Pilote | Statut | A | B",
            "| Eau | | | | | |\n| 1 | Creuser une mare | Ville | En cours | x | |\n| 2 | Semer du trèfle | Ville | En cours | x | |"
        ),
        page(
            2,
            "N° | Mesure | Pilote | Statut | A",
            "| 3 | Curer le fossé | Ville | En cours | x |\n| Air | | | | |\n| 4 | Planter des haies | Ville | En cours | |"
        ),
        page(3, "N° | Mesure | Pilote | Statut", "| 5 | Ouvrir un verger | Ville | En cours |"),
    );
    let found = plan(&text);
    let category = |at: usize| {
        let path = &found.measures[at].category;
        found.categories.iter().find(|category| category.path == *path).unwrap().title.as_str()
    };
    assert_eq!((0..5).map(category).collect::<Vec<_>>(), ["Eau", "Eau", "Eau", "Air", "Air"]);
}

#[test]
fn measures_above_a_heading_with_the_label_0_have_a_category_of_their_own() {
    let table = |rows: &[&str]| {
        let row = |title: &&str| format!("| {title} le long des rues | Parcs | En cours |\n");
        format!("| Mesure | Pilote | Statut |\n|--|--|--|\n{}", rows.iter().map(row).collect::<String>())
    };
    let text = format!(
        "---\nkind: plan\n---\n{}\n## 0. Eau\n\n{}\n## 1. Air\n\n{}",
        table(&["Planter des haies", "Tailler des saules"]),
        table(&["Semer du trèfle", "Creuser une mare"]),
        table(&["Ouvrir un verger", "Compter les abeilles"]),
    );
    let found = plan(&text);
    let paths: Vec<&str> = found.categories.iter().map(|category| category.path.as_str()).collect();
    assert_eq!(paths, ["0-2", "0", "1"]);
    let categories: Vec<&str> = found.measures.iter().map(|measure| measure.category.as_str()).collect();
    assert_eq!(categories, ["0-2", "0-2", "0", "0", "1", "1"]);
}

#[test]
fn a_table_of_ten_thousand_rows_is_read_whole() {
    let mut text =
        "# Plan d’action\n\n| N° | Thème | Mesure | Pilote | Statut |\n|--|--|--|--|--|\n".to_owned();
    for row in 1..=10_000 {
        writeln!(text, "| {row} | Thème {} | Planter la haie numéro {row} | Ville | En cours |", row % 40)
            .unwrap();
    }
    assert_eq!(plan(&text).measures.len(), 10_000);
}

#[test]
fn a_label_with_a_point_belongs_to_the_measure_before_the_point() {
    let plan = plan(
        "# Plan d’action du verger\n\n| N° | Action | Statut |\n|--|--|--|\n| 1 | Soigner les arbres | En cours |\n\
         | 1.1 | Tailler les pommiers | Réalisé |\n| 1.2 | Greffer les poiriers | À faire |\n\
         | 2 | Ouvrir le verger | À faire |\n| 3.1 | Poser un portail | À faire |\n",
    );
    let parents: Vec<_> = plan.measures.iter().map(|measure| measure.parent).collect();
    assert_eq!(parents, [None, Some(1), Some(1), None, None]);
}

#[test]
fn units_below_the_header_belong_to_the_columns() {
    let plan = plan(
        "# Plan d’action énergie\n\n| Code | Action | Coût | Gain | État |\n|--|--|--|--|--|\n|  |  | (k€) | (MWh) |  |\n\
         | E1 | Isoler l’école | 450 | 12 | En cours |\n| E2 | Changer les lampes | 35 | 6 | Terminé |\n\
         | E3 | Poser des panneaux | 90 | 7 | À faire |\n",
    );
    let details = &plan.measures[0].details;
    assert_eq!(details.budget.as_ref().unwrap().hundredths, 45_000_000);
    assert_eq!(details.attributes[0].name, "Gain (MWh)");
}

#[test]
fn a_column_of_counts_is_no_percentage() {
    let plan = plan(
        "---\nkind: plan\n---\n# Action plan schools\n\n| Nr | Action | Progress | Status |\n|--|--|--|--|\n| 1 | School meals | 60 schools | On track |\n\
         | 2 | Gardens | 4 | Delayed |\n| 3 | Paths | 30 km | Complete |\n",
    );
    assert!(plan.measures.iter().all(|measure| measure.details.completion.is_none()));
    assert_eq!(plan.measures[1].details.attributes[0].value, "4");
}

#[test]
fn nothing_in_a_comment_is_a_measure() {
    let table = "| N° | Mesure | Statut |\n|--|--|--|\n";
    let plan = plan(&format!(
        "# Plan du verger 2025\n\n## Axe 1 : Arbres\n\n{table}| 1 | Tailler | Réalisé |\n| 2 | Greffer {{# non #}} | En cours |\n\
         <!-- | 8 | Brûler | À faire | -->\n| 3 | Semer | En cours |\n\n<!--\n{table}| 9 | Vendre | À faire |\n-->\n"
    ));
    let titles: Vec<_> = plan.measures.iter().map(|measure| measure.title.text.as_str()).collect();
    assert_eq!(titles, ["Tailler", "Greffer", "Semer"]);
}

#[test]
fn years_and_amounts_below_the_name_of_a_field_are_its_value() {
    let measure = |number: u32, years: &str, budget: &str| {
        format!(
            "## Action {number} : Draguer {number}\n\n### Calendrier\n\n{years}\n\n### Budget\n\n{budget}\n\n"
        )
    };
    let text = measure(1, "2025-2027", "2 500 €") + &measure(2, "2026", "900 €");
    let plan = plan(&format!("---\nkind: plan\n---\n# Plan d’action ports\n\n{text}"));
    let texts: Vec<_> = plan
        .measures
        .iter()
        .map(|measure| (measure.details.schedule_text.as_deref(), measure.details.budget_text.as_deref()))
        .collect();
    assert_eq!(texts, [(Some("2025-2027"), Some("2 500 €")), (Some("2026"), Some("900 €"))]);
}
