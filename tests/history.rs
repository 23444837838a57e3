//! History of a plan in five versions, compared with the expected changes.

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

const FIRST: &str = "# Plan des mares 2025

## AXE 1: Creuser

### 1. Les parcs

1.\tCreuser une mare dans chaque parc\tÀ faire
2.\tPlanter des haies vives le long des chemins\tEn cours
3.\tSemer des joncs au bord des mares\tÀ faire

### 2. Les rues

4.\tOuvrir les caniveaux des rues en pente\tEn cours
5.\tFormer les jardiniers de la ville\tÀ faire
6.\tCompter les grenouilles au printemps\tÀ faire
";

/// Returns the versions: a changed status, a new first measure that moves all numbers, a moved measure, a
/// changed title and heading, and a removed measure.
fn versions() -> [String; 5] {
    let second = FIRST.replace(
        "1.\tCreuser une mare dans chaque parc\tÀ faire",
        "1.\tCreuser une mare dans chaque parc\tEn cours",
    );
    let mut third = second.clone();
    for number in (1..=6).rev() {
        third = third.replace(&format!("\n{number}.\t"), &format!("\n{}.\t", number + 1));
    }
    let third = third.replace("\n2.\tCreuser", "\n1.\tMesurer la pluie\tÀ faire\n2.\tCreuser");
    let row = "4.\tSemer des joncs au bord des mares\tÀ faire\n";
    let fourth = third.replace(row, "").replace("### 2. Les rues\n\n", &format!("### 2. Les rues\n\n{row}"));
    let fifth = fourth
        .replace("le long des chemins\tEn cours", "le long des chemins et des canaux\tRéalisé")
        .replace("### 2. Les rues", "### 2. Les rues et les places")
        .replace("7.\tCompter les grenouilles au printemps\tÀ faire\n", "");
    [FIRST.to_owned(), second, third, fourth, fifth]
}

fn serve_versions(count: usize) -> Service {
    let place = TestSite::new();
    let versions = versions();
    place.write("plan.txt", &versions[0]);
    let service = place.serve();
    for version in &versions[1..count] {
        service.save("plan.txt", version);
    }
    service
}

/// Returns the changes of a revision, one per line.
fn changes_of(service: &Service, revision: i64) -> Vec<String> {
    let query = format!(
        "{{ changes(since: {}, first: 100) {{ nodes {{ revision kind field before after
            node {{ __typename ... on Measure {{ number }} ... on Category {{ path }} }} }} }} }}",
        revision - 1
    );
    let data = service.query(&query);
    let nodes = data["changes"]["nodes"].as_array().unwrap().clone();
    let line = |change: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
        let node = &change["node"];
        let name = [&node["number"], &node["path"]].into_iter().find(|name| !name.is_null());
        let name = name.map(|name| name.to_string().replace('"', "")).unwrap_or_default();
        let (kind, field) = (text(&change["kind"]), text(&change["field"]));
        format!("{kind} {name} {field} {} {}", text(&change["before"]), text(&change["after"]))
    };
    nodes.iter().filter(|change| change["revision"] == revision).map(line).collect()
}

#[test]
fn each_version_logs_the_expected_changes() {
    let service = serve_versions(2);
    assert_eq!(changes_of(&service, 2), ["STATUS_CHANGED 1 status NOT_STARTED IN_PROGRESS"]);
    let versions = versions();
    service.save("plan.txt", &versions[2]);
    assert_eq!(
        changes_of(&service, 3),
        [
            "MEASURE_ADDED 1 – – 1. Mesurer la pluie",
            "MEASURE_CHANGED 2 number 1 2",
            "MEASURE_CHANGED 3 number 2 3",
            "MEASURE_CHANGED 4 number 3 4",
            "MEASURE_CHANGED 5 number 4 5",
            "MEASURE_CHANGED 6 number 5 6",
            "MEASURE_CHANGED 7 number 6 7",
        ]
    );
    service.save("plan.txt", &versions[3]);
    assert_eq!(changes_of(&service, 4), ["MEASURE_CHANGED 4 category 1.1 1.2"]);
    service.save("plan.txt", &versions[4]);
    assert_eq!(
        changes_of(&service, 5),
        [
            "PLAN_CHANGED 1.2 title Les rues Les rues et les places",
            "MEASURE_CHANGED 3 title Planter des haies vives le long des chemins \
             Planter des haies vives le long des chemins et des canaux",
            "STATUS_CHANGED 3 status IN_PROGRESS COMPLETED",
            "MEASURE_REMOVED  – 7. Compter les grenouilles au printemps –",
        ]
    );
}

#[test]
fn measure_id_is_stable_across_versions() {
    let service = serve_versions(1);
    let id = |service: &Service, number: i64| {
        service.query(&format!("{{ measure(number: {number}) {{ id }} }}"))["measure"]["id"].clone()
    };
    let before: Vec<Value> = (1..=6).map(|number| id(&service, number)).collect();
    for version in &versions()[1..] {
        service.save("plan.txt", version);
    }
    // All numbers moved by one, and the last measure was removed.
    let after: Vec<Value> = (2..=6).map(|number| id(&service, number)).collect();
    assert_eq!(after, before[..5]);
    let data = service.query(
        "{ measure(number: 3) { previousNumbers changes { revision kind field }
           statusChanges { from to revision document { path } } } }",
    );
    let measure = &data["measure"];
    assert_eq!(measure["previousNumbers"], json!([2]));
    assert_eq!(
        measure["statusChanges"],
        json!([
            { "from": null, "to": "IN_PROGRESS", "revision": 1, "document": { "path": "plan.txt" } },
            { "from": "IN_PROGRESS", "to": "COMPLETED", "revision": 5, "document": { "path": "plan.txt" } },
        ])
    );
    assert_eq!(
        measure["changes"],
        json!([
            { "revision": 1, "kind": "MEASURE_ADDED", "field": null },
            { "revision": 3, "kind": "MEASURE_CHANGED", "field": "number" },
            { "revision": 5, "kind": "MEASURE_CHANGED", "field": "title" },
            { "revision": 5, "kind": "STATUS_CHANGED", "field": "status" },
        ])
    );
}

#[test]
fn as_of_returns_the_plan_at_a_past_revision() {
    let service = serve_versions(5);
    let data = service.query("{ changes(since: 0, first: 100) { nodes { revision at } } now: plan { ...plan } }
        fragment plan on Plan { progress { total completed } measure(number: 1) { title { text } category { path } } }");
    let nodes = data["changes"]["nodes"].as_array().unwrap().clone();
    let at =
        |revision: i64| nodes.iter().find(|change| change["revision"] == revision).unwrap()["at"].clone();
    let query = format!(
        "{{ first: plan(asOf: {}) {{ ...plan }} second: plan(asOf: {}) {{ ...plan measures(filter: {{status: [IN_PROGRESS]}}) {{ totalCount }} }}
            now: plan {{ ...plan }} before: plan(asOf: \"2001-01-01\") {{ slug }} future: plan(asOf: \"2199-01-01\") {{ ...plan }} }}
         fragment plan on Plan {{ progress {{ total completed }} document {{ path }} measure(number: 1) {{ title {{ text }} category {{ path }} }} }}",
        at(1),
        at(3)
    );
    let then = service.query(&query);
    let creuser =
        json!({ "title": { "text": "Creuser une mare dans chaque parc" }, "category": { "path": "1.1" } });
    let mesurer = json!({ "title": { "text": "Mesurer la pluie" }, "category": { "path": "1.1" } });
    let document = json!({ "path": "plan.txt" });
    assert_eq!(
        then["first"],
        json!({ "progress": { "total": 6, "completed": 0 }, "document": document, "measure": creuser })
    );
    assert_eq!(then["second"]["progress"]["total"], 7);
    assert_eq!(then["second"]["measure"], mesurer);
    assert_eq!(then["second"]["measures"]["totalCount"], 3);
    assert_eq!(then["now"]["progress"], json!({ "total": 6, "completed": 1 }));
    assert_eq!((&then["before"], &then["future"]), (&Value::Null, &then["now"]));
}

#[test]
fn as_of_returns_a_removed_plan() {
    let service = serve_versions(1);
    let at = service.query("{ revision { at } }")["revision"]["at"].clone();
    let id = service.query("{ measure(number: 2) { id } }")["measure"]["id"].clone();
    service.remove("plan.txt");
    let query = format!(
        "{{ now: plan {{ slug }} then: plan(asOf: {at}) {{ document {{ path state }} measure(number: 2) {{ id source {{ line }} }} }} }}"
    );
    let data = service.query(&query);
    assert_eq!(data["now"], Value::Null);
    assert_eq!(data["then"]["document"], json!({ "path": "plan.txt", "state": "IGNORED" }));
    assert_eq!(data["then"]["measure"]["source"], json!({ "line": 8 }));
    assert_ne!(data["then"]["measure"]["id"], id);
    // A removed plan has no nodes.
    let document = service.query("{ changes(since: 0, first: 100) { nodes { kind node { id } } } }");
    assert!(document["changes"]["nodes"].as_array().unwrap().iter().all(|change| change["node"].is_null()));
    // A restored measure gets its old id.
    service.save("plan.txt", FIRST);
    assert_eq!(service.query("{ measure(number: 2) { id } }")["measure"]["id"], id);
}

#[test]
fn progress_over_time_ends_with_the_current_progress() {
    let service = serve_versions(5);
    let data = service.query("{ plan { progressOverTime(interval: MONTH) { at progress { total completed } } progress { total completed } } }");
    let points = data["plan"]["progressOverTime"].as_array().unwrap();
    // All five versions are in one month, unless the month ends during the test.
    assert!(matches!(points.len(), 1 | 2));
    assert_eq!(points[points.len() - 1]["progress"], data["plan"]["progress"]);
}

#[test]
fn pruned_history_returns_resync() {
    let service = serve_versions(5);
    let prune = |before: &str| service.place.command("prune").args(["--before", before]).output().unwrap();
    let early = prune("2001-01-01");
    assert!(String::from_utf8_lossy(&early.stdout).contains("rows deleted       0"), "{early:?}");
    let pruned = prune("2199-01-01");
    let out = String::from_utf8_lossy(&pruned.stdout).into_owned();
    assert!(pruned.status.success() && out.contains("oldest revision    5"), "{pruned:?}");
    let data = service.query("{ plan { progress { total } } changes(since: 2) { totalCount nodes { revision kind node { id } } } }");
    assert_eq!(data["plan"]["progress"]["total"], 6);
    assert_eq!(
        data["changes"],
        json!({ "totalCount": 1, "nodes": [{ "revision": 5, "kind": "RESYNC", "node": null }] })
    );
    let asked = json!({ "query": "{ plan(asOf: \"2026-01-01\") { slug } }" }).to_string();
    let told = service.post(&asked, &[("content-type", "application/json")]).json();
    assert_eq!(told["data"]["plan"], Value::Null);
    service.save("plan.txt", FIRST);
    let mut events = service.subscribe("subscription { changes(since: 1) { revision kind } }");
    let first = events.next().unwrap();
    assert_eq!(first["data"]["changes"], json!({ "revision": 5, "kind": "RESYNC" }));
    assert_eq!(events.next().unwrap()["data"]["changes"]["revision"], 6);
}

#[test]
fn editions_link_a_measure_across_plans() {
    let place = TestSite::new();
    place.write("plan-2025.txt", FIRST);
    let next = versions()[4].replace("2025", "2028");
    place.write("plan-2028.txt", &next);
    let service = place.serve();
    let data = service.query(
        "{ plan { year editions { year } measure(number: 3) { previousNumbers editions { number plan { year } } } }
           old: plan(slug: \"plan-des-mares-2025\") { year measure(number: 6) { editions { number } } } }",
    );
    assert_eq!(data["plan"]["editions"], json!([{ "year": 2028 }, { "year": 2025 }]));
    assert_eq!(
        data["plan"]["measure"],
        json!({ "previousNumbers": [2], "editions": [
            { "number": 2, "plan": { "year": 2025 } }, { "number": 3, "plan": { "year": 2028 } } ] })
    );
    assert_eq!(data["old"], json!({ "year": 2025, "measure": { "editions": [{ "number": 6 }] } }));
}

#[test]
fn plan_translations_are_matched_by_measure_number() {
    let dutch = "# Plan van de poelen 2025\n\n## AS 1: Graven voor het water\n\n### 1. De parken van de stad\n\n\
        1.\tEen poel graven in elk park van het centrum\tTe doen\n2.\tHagen planten op en langs de wegen\tLopend\n\
        3.\tRiet zaaien bij het water van de poelen\tTe doen\n\n### 2. De straten\n\n4.\tGoten openen voor het water\tLopend\n\
        5.\tDe tuiniers van de stad opleiden\tTe doen\n6.\tDe kikkers tellen in het voorjaar\tGerealiseerd\n";
    let place = TestSite::new();
    place.write("plan-des-mares.txt", FIRST);
    // The file name and the title differ between the languages. The measure numbers and categories are the
    // same.
    place.write("poelen.txt", dutch);
    let service = place.serve();
    let data = service.query(
        "{ plan(lang: FR) { translations { lang title translations { lang } } measure(number: 6) { status translations { number status plan { lang } } } } }",
    );
    assert_eq!(
        data["plan"],
        json!({
            "translations": [{ "lang": "NL", "title": "Plan van de poelen 2025", "translations": [{ "lang": "FR" }] }],
            "measure": { "status": "NOT_STARTED", "translations": [{ "number": 6, "status": "COMPLETED", "plan": { "lang": "NL" } }] },
        })
    );
}
