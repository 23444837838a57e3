//! Fields of measures: filters, orders, facets, exports, feed, search and history.

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

const PLAN: &str = "# Plan des mares 2025\n\n## Axe 1 : Creuser\n\n\
    | N° | Mesure | Pilote | Partenaires | Échéance | Budget | Priorité | Description | Zone | Statut |\n\
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n\
    | A1 | Creuser une mare | Service des parcs | École du lac | 31/12/2025 | 12 500 € | basse | Choisir des berges douces | Nord | En cours |\n\
    | A2 | Poser un ponton | Voirie | | 30/06/2026 | 800,50 € | haute | =SUM(A1) | Sud | En retard |\n\n\
    ## Axe 2 : Arroser\n\n\
    | N° | Mesure | Pilote | Partenaires | Échéance | Budget | Priorité | Description | Zone | Statut |\n\
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n\
    | B1 | Ouvrir la vanne | Service des parcs | | | | haute | | Nord | Réalisé |\n\
    | B10 | Fermer la vanne | | | | | | | | À faire |\n\
    | B2 | Vider le bassin | Voirie | | 15/03/2026 | | | | Est | À faire |\n";

/// A plan without a column for statuses.
const WITHOUT_STATUSES: &str = "---\nkind: plan\n---\n# Plan des haies 2024\n\n## Axe 1 : Planter\n\n\
    | N° | Mesure | Pilote |\n| --- | --- | --- |\n| 1 | Planter une haie | Parcs |\n| 2 | Tailler une haie | Parcs |\n";

fn service() -> Service {
    let place = TestSite::new();
    place.write("plan.md", PLAN);
    place.serve()
}

/// Returns the labels of the measures that `measures` returns with these arguments.
fn labels(service: &Service, arguments: &str) -> String {
    let data = service.query(&format!("{{ measures({arguments}) {{ totalCount nodes {{ label }} }} }}"));
    let nodes = data["measures"]["nodes"].as_array().unwrap();
    assert_eq!(data["measures"]["totalCount"], nodes.len(), "{arguments}");
    nodes.iter().map(|node| node["label"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn measures_are_filtered_and_ordered_by_their_fields() {
    let service = service();
    let filters = [
        ("label: [\"A2\", \"B10\"]", "A2 B10"),
        ("hasParent: true", ""),
        ("parent: [1]", ""),
        ("responsibleParties: [\"Voirie\"]", "A2 B2"),
        ("hasResponsibleParties: false", "B10"),
        ("partners: [\"École du lac\"]", "A1"),
        ("hasPartners: true, hasDescription: true", "A1"),
        ("endDate: {before: \"2026-03-15\"}", "A1"),
        ("endDate: {gte: \"2026-03-15\", lte: \"2026-06-30\"}", "A2 B2"),
        ("endDate: {after: \"2026-03-15\"}", "A2"),
        ("endDate: {exists: false}, startDate: {exists: false}", "B1 B10"),
        ("completion: {gte: 1}", ""),
        ("budget: {gte: 800.5, lt: 12500, currency: [\"EUR\"]}", "A2"),
        ("budget: {exists: true}, priority: [\"basse\"]", "A1"),
        ("hasPriority: false, hasIndicators: false", "B10 B2"),
        ("attributes: [{name: \"Zone\", value: [\"Nord\", \"Est\"]}]", "A1 B1 B2"),
        ("attributes: {name: \"Zone\", exists: false}", "B10"),
        ("or: [{label: \"A1\"}, {not: {hasResponsibleParties: true}}]", "A1 B10"),
        ("text: \"berges\"", "A1"),
        ("text: \"A2\"", "A2"),
    ];
    for (filter, expected) in filters {
        assert_eq!(labels(&service, &format!("filter: {{{filter}}}")), expected, "{filter}");
    }
    let orders = [
        ("field: LABEL, direction: DESC", "B10 B2 B1 A2 A1"),
        ("field: RESPONSIBLE_PARTY, direction: ASC", "A1 B1 A2 B2 B10"),
        ("field: PARTNER, direction: DESC", "A1 A2 B1 B10 B2"),
        ("field: END_DATE, direction: DESC", "A2 B2 A1 B1 B10"),
        ("field: START_DATE, direction: ASC", "A1 A2 B1 B10 B2"),
        ("field: COMPLETION, direction: ASC", "A1 A2 B1 B10 B2"),
        ("field: PRIORITY, direction: ASC", "A2 B1 A1 B10 B2"),
        ("field: BUDGET, direction: ASC", "A2 A1 B1 B10 B2"),
        ("field: ATTRIBUTE, attribute: \"Zone\", direction: ASC", "B2 A1 B1 A2 B10"),
    ];
    for (order, expected) in orders {
        assert_eq!(labels(&service, &format!("orderBy: {{{order}}}")), expected, "{order}");
    }
}

#[test]
fn filters_beyond_the_limits_are_rejected() {
    let service = service();
    let code = |arguments: &str| {
        let query = json!({ "query": format!("{{ measures({arguments}) {{ totalCount }} }}") }).to_string();
        let answer = service.post(&query, &[("content-type", "application/json")]).json();
        answer["errors"][0]["extensions"]["code"].clone()
    };
    let names = |count: usize| vec!["\"a\""; count].join(",");
    let attributes = |count: usize| vec!["{name: \"a\"}"; count].join(",");
    assert_eq!(code(&format!("filter: {{partners: [{}]}}", names(1_000))), Value::Null);
    let rejected = [
        format!("filter: {{partners: [{}], label: [{}]}}", names(1_000), names(1)),
        format!("filter: {{attributes: {{name: \"a\", value: [{}]}}}}", names(1_001)),
        format!("filter: {{budget: {{currency: [{}]}}}}", names(1_001)),
        format!("filter: {{attributes: [{}]}}", attributes(100)),
        format!("filter: {{attributes: {{name: \"{}\"}}}}", "a".repeat(201)),
        format!("orderBy: {{field: ATTRIBUTE, direction: ASC, attribute: \"{}\"}}", "a".repeat(201)),
        "orderBy: {field: ATTRIBUTE, direction: ASC}".to_owned(),
        "orderBy: {field: LABEL, direction: ASC, attribute: \"Zone\"}".to_owned(),
    ];
    for arguments in rejected {
        assert_eq!(code(&arguments), "BAD_USER_INPUT", "{arguments:.80}");
    }
}

/// Returns the number of measures that match a filter, and their facets.
fn facets(service: &Service, filter: &str) -> Value {
    let query = format!(
            "{{ measures(filter: {{{filter}}}) {{ totalCount facets {{ status {{ status count }}
               axis {{ category {{ path }} count }} objective {{ count }} section {{ count }} programme {{ programme count }}
               responsibleParty {{ responsibleParty count }} priority {{ priority count }} }} }} }}"
        );
    service.query(&query)["measures"].clone()
}

#[test]
fn facets_are_counted_without_their_own_condition() {
    let service = service();
    let all = facets(&service, "");
    let late = facets(&service, "status: [LATE], responsibleParties: [\"Voirie\"]");
    assert_eq!(late["totalCount"], 1);
    let count = |facets: &Value, status: &str| {
        let counts = facets["facets"]["status"].as_array().unwrap();
        assert_eq!(counts.len(), 9, "every status, also with the count 0");
        counts.iter().find(|count| count["status"] == status).unwrap()["count"].clone()
    };
    // The statuses of the measures of Voirie, and the bodies of late measures.
    assert_eq!([count(&late, "LATE"), count(&late, "NOT_STARTED"), count(&late, "COMPLETED")], [1, 1, 0]);
    let parties = json!([{ "responsibleParty": "Voirie", "count": 1 }]);
    assert_eq!(late["facets"]["responsibleParty"], parties);
    let axis = json!([{ "category": { "path": "1" }, "count": 1 }]);
    assert_eq!(late["facets"]["axis"], axis);
    // A category does not hide the others.
    let second = facets(&service, "category: [\"2\"]");
    assert_eq!((&second["totalCount"], &second["facets"]["axis"]), (&json!(3), &all["facets"]["axis"]));
    let parties = json!([
        { "responsibleParty": "Service des parcs", "count": 2 },
        { "responsibleParty": "Voirie", "count": 2 },
        { "responsibleParty": null, "count": 1 },
    ]);
    assert_eq!(all["facets"]["responsibleParty"], parties);
    let priorities = json!([
        { "priority": "haute", "count": 2 }, { "priority": "basse", "count": 1 }, { "priority": null, "count": 2 },
    ]);
    assert_eq!(all["facets"]["priority"], priorities);
    assert_eq!(facets(&service, "priority: [\"basse\"]")["facets"]["priority"], priorities);
    assert_eq!(all["facets"]["objective"], json!([]));
}

/// Columns of the fields in a CSV, and the column of the document without a field.
const COLUMNS: [&str; 15] = [
    "label",
    "parent",
    "responsibleParties",
    "partners",
    "startDate",
    "endDate",
    "scheduleText",
    "budgetText",
    "budgetAmount",
    "budgetCurrency",
    "indicators",
    "completion",
    "priority",
    "description",
    "Zone",
];

#[test]
fn csv_export_has_the_fields() {
    let service = service();
    let csv = service.get("/exports/measures.csv?label=A2&label=A1", &[]);
    let body = csv.body.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(body.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header.last().unwrap(), "Zone");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| {
        let at = header.iter().position(|column| column == name).unwrap_or_else(|| panic!("{name}"));
        rows[row][at].to_owned()
    };
    let first: Vec<String> = COLUMNS.iter().map(|name| cell(0, name)).collect();
    assert_eq!(
        first,
        [
            "A1",
            "",
            "Service des parcs",
            "École du lac",
            "",
            "2025-12-31",
            "'31/12/2025",
            "12 500 €",
            "12500",
            "EUR",
            "",
            "",
            "basse",
            "Choisir des berges douces",
            "Nord"
        ]
    );
    // A French spreadsheet would read 800.5 as a text, and run a formula.
    assert_eq!(
        (cell(1, "budgetAmount"), cell(1, "description")),
        ("800,5".to_owned(), "'=SUM(A1)".to_owned())
    );
}

#[test]
fn json_export_and_feed_have_the_fields() {
    let service = service();
    let export = service.get("/exports/measures.json?label=A2", &[]).json();
    let measure = &export["measures"][0];
    let own = service.query(
        "{ measure(label: \"A2\") { label responsibleParties partners startDate endDate scheduleText budgetText
           budget { amount currency } indicators completion priority description { text html markdown }
           attributes { name value } } }",
    );
    for (field, value) in own["measure"].as_object().unwrap() {
        assert_eq!(&measure[field], value, "{field}");
    }
    assert_eq!(
        (&export["total"], &measure["parent"], &measure["completion"]),
        (&json!(1), &json!(null), &json!(null))
    );

    service.save("plan.md", &PLAN.replace("31/12/2025", "30/04/2026"));
    let feed = service.get("/feeds/changes.atom?kind=MEASURE_CHANGED", &[]).body;
    assert!(feed.contains("<title>Mesure A1\u{a0}: modification (échéance)</title>"), "{feed}");
    assert!(feed.contains("2025-12-31 → 2026-04-30"), "{feed}");
}

/// Returns the hits of a search when the index has the latest revision.
fn search(service: &Service, query: &str) -> Vec<Value> {
    let query = format!(
        "{{ search(query: \"{query}\") {{ revision nodes {{ matchKind title snippet anchor url
           node {{ __typename ... on Measure {{ label }} ... on SupportService {{ page {{ slug }} }} }} }} }} revision {{ number }} }}"
    );
    let mut attempts = (0..20).map(|_| service.query(&query));
    let found = attempts.find(|data| data["search"]["revision"] == data["revision"]["number"]);
    found.expect("the index reaches the latest revision")["search"]["nodes"].as_array().unwrap().clone()
}

#[test]
fn search_finds_measures_by_their_fields_and_tells_why() {
    let service = service();
    let cases = [
        ("A2", "A2", "NUMBER"),
        ("mesure B10", "B10", "NUMBER"),
        ("berges douces", "A1", "ALL_WORDS"),
        ("école lac", "A1", "ALL_WORDS"),
        ("pomton", "A2", "FUZZY"),
        ("ponton zèbre", "A2", "SOME_WORDS"),
    ];
    for (query, label, kind) in cases {
        let hits = search(&service, query);
        assert_eq!(hits[0]["node"]["label"], label, "{query}: {hits:?}");
        assert_eq!(hits[0]["matchKind"], kind, "{query}: {hits:?}");
    }
    let by_party = search(&service, "service des parcs");
    let mut found: Vec<&str> = by_party.iter().map(|hit| hit["node"]["label"].as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, ["A1", "B1"]);
    // The excerpt shows the match, which is not in the title.
    let snippet = search(&service, "berges")[0]["snippet"].clone();
    assert!(snippet.as_str().unwrap().contains("des <mark>berges</mark> douces"), "{snippet}");
    assert_eq!(search(&service, "ponton")[0]["snippet"], "Poser un <mark>ponton</mark>");
}

#[test]
fn a_support_service_and_its_page_are_one_hit() {
    let place = TestSite::new();
    place.copy_documents(&crate::support::repository().join("content"));
    let service = place.serve();
    let hits = search(&service, "SAQ");
    let of_service: Vec<&Value> =
        hits.iter().filter(|hit| hit["url"].as_str().is_some_and(|url| url.starts_with("/fr/saq"))).collect();
    assert_eq!(of_service.len(), 1, "{hits:?}");
    assert_eq!(of_service[0]["node"], json!({ "__typename": "SupportService", "page": { "slug": "saq" } }));
}

#[test]
fn a_deadline_that_moved_is_a_change() {
    let service = service();
    service.save("plan.md", &PLAN.replace("30/06/2026", "31/12/2026").replace("| Sud |", "| Ouest |"));
    let data = service.query(
        "{ measure(label: \"A2\") { changes { revision kind field before after } }
           changes(since: 1, first: 10) { nodes { field node { ... on Measure { label } } } } }",
    );
    let expected = json!([
        { "revision": 2, "kind": "MEASURE_CHANGED", "field": "endDate", "before": "2026-06-30T00:00:00.000Z",
          "after": "2026-12-31T00:00:00.000Z" },
        { "revision": 2, "kind": "MEASURE_CHANGED", "field": "scheduleText", "before": "30/06/2026",
          "after": "31/12/2026" },
        { "revision": 2, "kind": "MEASURE_CHANGED", "field": "attributes", "before": "Zone: Sud",
          "after": "Zone: Ouest" },
    ]);
    let changes = data["measure"]["changes"].as_array().unwrap();
    assert_eq!(json!(changes[1..]), expected);
    let nodes = data["changes"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3);
    assert!(nodes.iter().all(|change| change["node"]["label"] == "A2"), "{nodes:?}");
}

#[test]
fn a_plan_without_statuses_has_no_progress() {
    let place = TestSite::new();
    place.write("plan.md", WITHOUT_STATUSES);
    let service = place.serve();
    let query = "{ plan { progress { total } axes { progress { total } measures { progress { total } } }
        progressOverTime(interval: DAY) { progress { total } }
        measures { totalCount progress { ratio } facets { status { count } responsibleParty { count } } } } }";
    let data = service.query(query);
    assert_eq!(
        data["plan"],
        json!({
            "progress": null,
            "axes": [{ "progress": null, "measures": { "progress": null } }],
            "progressOverTime": [{ "progress": null }],
            "measures": {
                "totalCount": 2, "progress": null, "facets": { "status": [], "responsibleParty": [{ "count": 2 }] }
            },
        })
    );
    let measure = &service.get("/exports/measures.json", &[]).json()["measures"][0];
    assert_eq!((&measure["status"], &measure["completion"]), (&json!("UNDEFINED"), &json!(null)));
    // The first status makes the progress known.
    let text = WITHOUT_STATUSES
        .replace("| Pilote |\n| --- |", "| Pilote | Statut |\n| --- | --- |")
        .replace("haie | Parcs |", "haie | Parcs | À faire |");
    service.save("plan.md", &text);
    let data = service.query(query);
    assert_eq!(data["plan"]["progress"], json!({ "total": 2 }));
    assert_eq!(data["plan"]["axes"][0]["progress"], json!({ "total": 2 }));
    assert_eq!(data["plan"]["progressOverTime"], json!([{ "progress": { "total": 2 } }]));
}

#[test]
fn feed_and_schema_use_the_same_labels_of_statuses() {
    let place = TestSite::new();
    let text = "# Klimaatplan 2025\n\n## AS 1: Water\n\n1.\tEen vijver graven\tLopend\n";
    place.write("plan.nl.txt", text);
    let service = place.serve();
    service.save("plan.nl.txt", &text.replace("Lopend", "Uitgevoerd"));
    let feed = service.get("/feeds/changes.atom?kind=STATUS_CHANGED", &[]).body;
    let label = |status: &str| {
        let data = service.query("{ statuses(lang: NL) { status label } }");
        let statuses = data["statuses"].as_array().unwrap();
        let found = statuses.iter().find(|definition| definition["status"] == status).unwrap();
        found["label"].as_str().unwrap().to_owned()
    };
    let change = format!("{} → {}", label("IN_PROGRESS"), label("COMPLETED"));
    assert!(feed.contains(&change), "{change}: {feed}");
}
