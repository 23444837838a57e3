//! Changes that are held for confirmation: a plan that loses measures, a folder that loses documents.

use std::fs;
use std::process::Output;

use serde_json::json;

use crate::support::{Service, TestSite};

fn plan(numbers: std::ops::RangeInclusive<u32>) -> String {
    let row = |number| format!("{number}.\tCreuser la mare {number}\tEn cours\n");
    let rows = numbers.map(row).collect::<Vec<_>>().concat();
    format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n{rows}")
}

fn total(service: &Service) -> i64 {
    service.query("{ plan { progress { total } } }")["plan"]["progress"]["total"].as_i64().unwrap()
}

fn service() -> Service {
    let place = TestSite::new();
    place.write("plan.txt", &plan(1..=20));
    place.serve()
}

fn run(service: &Service, command: &str, args: &[&str]) -> Output {
    service.place.command(command).args(args).output().unwrap()
}

const DOCUMENT: &str = "{ document(path: \"plan.txt\") { state kind publishedRevision diagnostics { severity code message suggestion } }
    sync { held } }";

#[test]
fn plan_that_loses_more_than_a_fifth_is_held() {
    let service = service();
    service.save("plan.txt", &plan(1..=16));
    assert_eq!(total(&service), 16);

    service.save("plan.txt", &plan(1..=12));
    assert_eq!(total(&service), 16);
    let told = service.query(DOCUMENT);
    assert_eq!(
        told["document"],
        json!({ "state": "HELD", "kind": "PLAN", "publishedRevision": 2, "diagnostics": [{
            "severity": "ERROR", "code": "PLAN_HELD",
            "message": "Mesures que cette version supprimerait : 4 sur 16 (13–16). La version précédente reste en ligne.",
            "suggestion": "Si c’est voulu, déposez à côté du document un fichier vide nommé « plan.txt.accept ». Sinon, corrigez le document.",
        }] })
    );
    assert_eq!(told["sync"]["held"], 1);
    let changes = service.query("{ changes(since: 2) { nodes { kind field after node { id } } } }");
    let change = &changes["changes"]["nodes"][0];
    assert_eq!(
        (&change["kind"], &change["field"], &change["after"]),
        (&json!("DOCUMENT_REJECTED"), &json!("state"), &json!("HELD"))
    );

    // A corrected version is published without confirmation.
    service.save("plan.txt", &plan(1..=17));
    assert_eq!(total(&service), 17);
    assert_eq!(service.query(DOCUMENT)["document"]["state"], "PUBLISHED");
}

#[test]
fn accept_file_publishes_the_held_version_only() {
    let service = service();
    service.save("plan.txt", &plan(1..=10));
    assert_eq!(total(&service), 20);
    service.save("plan.txt.accept", "");
    assert_eq!(total(&service), 10);
    assert_eq!(service.query(DOCUMENT)["document"]["diagnostics"], json!([]));
    // The file confirms only the version that existed when it was written.
    service.save("plan.txt", &plan(1..=5));
    assert_eq!(total(&service), 10);
    fs::remove_file(service.place.content().join("plan.txt.accept")).unwrap();
    service.save("plan.accept", "");
    assert_eq!(total(&service), 5);
}

#[test]
fn accept_command_publishes_the_held_version() {
    let service = service();
    service.save("plan.txt", &plan(1..=10));
    let nothing = run(&service, "accept", &["page.md"]);
    assert_eq!(nothing.status.code(), Some(1));
    let accepted = run(&service, "accept", &["plan.txt"]);
    assert_eq!(
        (accepted.status.code(), String::from_utf8_lossy(&accepted.stdout).as_ref()),
        (Some(0), "accepted plan.txt\n")
    );
    service.wait_for_sync();
    assert_eq!(total(&service), 10);
}

#[test]
fn held_version_stays_held_after_a_restart() {
    let service = service();
    service.save("plan.txt", &plan(1..=10));
    let service = service.restart();
    assert_eq!((total(&service), &service.query(DOCUMENT)["document"]["state"]), (20, &json!("HELD")));
    let service = {
        run(&service, "accept", &["."]);
        service.restart()
    };
    assert_eq!(total(&service), 10);
}

#[test]
fn plan_that_becomes_a_page_is_held() {
    let service = service();
    service.save("plan.txt", "# Une page\n");
    assert_eq!(total(&service), 20);
    service.save("plan.txt.accept", "");
    let data = service.query("{ plan { slug } page(slug: \"plan\") { title } }");
    assert_eq!(data, json!({ "plan": null, "page": { "title": "Une page" } }));
}

#[test]
fn folder_that_loses_most_documents_is_held() {
    let place = TestSite::new();
    for number in 0..30 {
        place.write(&format!("page-{number}.md"), &format!("# Page {number}\n"));
    }
    let service = place.serve();
    let count = |service: &Service| service.query("{ pages { totalCount } sync { held state } }");
    for number in 0..25 {
        fs::remove_file(service.place.content().join(format!("page-{number}.md"))).unwrap();
    }
    service.wait_for(|entry| entry["message"] == "the folder is only partly published");
    assert_eq!(
        count(&service),
        json!({ "pages": { "totalCount": 30 }, "sync": { "held": 25, "state": "DEGRADED" } })
    );
    let told = service
        .query("{ documents(filter: {state: [HELD]}, first: 1) { nodes { diagnostics { code message } } } }");
    assert_eq!(told["documents"]["nodes"][0]["diagnostics"][0]["code"], "REMOVAL_HELD");
    let desk = service.get("/desk?lang=fr", &[("accept", "text/html")]).body;
    let (_, held) = desk.split_once("<div data-part=\"held\">").unwrap();
    let (held, _) = held.split_once("</section>").unwrap();
    assert_eq!((held.matches("class=\"problem\"").count(), held.matches("<a ").count()), (1, 20), "{held}");
    assert!(held.contains("et encore 5") && held.contains("content.accept"), "{held}");
    // A restored document is published. The other documents stay held.
    service.save("page-0.md", "# Page 0\n");
    assert_eq!(count(&service)["sync"]["held"], 24);
    run(&service, "accept", &["page-1.md"]);
    service.wait_for(|entry| entry["message"] == "synced" && entry["sync.removed"] == 1);
    assert_eq!(count(&service)["pages"]["totalCount"], 29);
    service.save("content.accept", "");
    assert_eq!(
        count(&service),
        json!({ "pages": { "totalCount": 6 }, "sync": { "held": 0, "state": "IDLE" } })
    );
}

#[test]
fn check_previews_the_changes_of_a_file() {
    let service = service();
    let text = plan(1..=14).replace("la mare 2\tEn cours", "la mare 2\tRéalisé")
        + "30.\tFormer les jardiniers\tÀ faire\n";
    let file = service.place.content().parent().unwrap().join("plan.txt");
    fs::write(&file, text).unwrap();
    let url = service.place.database_url();
    let checked = std::process::Command::new(crate::support::binary())
        .args(["check", "--database-url", &url])
        .arg(&file)
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        out.contains(
            "plan.txt: 1 added, 6 removed, 1 changed; it would be held for confirmation: 6 of 20 measures would be removed\n"
        ),
        "{out}"
    );
    assert!(out.contains("  changed  2 status: IN_PROGRESS → COMPLETED\n"), "{out}");
    assert!(out.contains("  added    30 Former les jardiniers (NOT_STARTED)\n"), "{out}");
    assert!(out.contains("  removed  15 Creuser la mare 15 (IN_PROGRESS)\n"), "{out}");
    assert_eq!(total(&service), 20);
}

fn labelled_plan(labels: [&str; 4]) -> String {
    let row = |label: &str| format!("| {label} | Creuser la mare numéro {label} | Ville | En cours |\n");
    let rows: String = labels.map(row).concat();
    format!("# Plan d’action des mares\n\n| N° | Mesure | Pilote | Statut |\n|--|--|--|--|\n{rows}")
}

fn labels(service: &Service) -> Vec<String> {
    let plan = service.query("{ measures(first: 10) { nodes { label } } }");
    let nodes = plan["measures"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_clash_of_labels_is_held_and_an_old_one_is_served() {
    let place = TestSite::new();
    place.write("plan.txt", &labelled_plan(["A1", "A2", "A3", "A4"]));
    let service = place.serve();
    service.save("plan.txt", &labelled_plan(["A1", "A2", "A2", "A4"]));
    assert_eq!(labels(&service), ["A1", "A2", "A3", "A4"]);
    let told = service.query(DOCUMENT);
    assert_eq!(told["document"]["state"], "HELD");
    let codes: Vec<&str> = told["document"]["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["PLAN_LABELS_HELD", "MEASURE_LABEL_TWICE", "MEASURE_LABEL_TWICE"]);
    service.save("plan.txt.accept", "");
    assert_eq!(labels(&service), ["A1", "A2", "A2-2", "A4"]);
    // The clash is published now, so the next version is served with it.
    service.save("plan.txt", &labelled_plan(["A1", "A2", "A2", "A5"]));
    assert_eq!(labels(&service), ["A1", "A2", "A2-2", "A5"]);
}
