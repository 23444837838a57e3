//! Global ids, addresses, changes and rejected values, as clients of the API use them.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n1.\tCreuser une mare\tÀ faire\n\
    2.\tPlanter des joncs\tEn cours\n3.\tCompter les grenouilles\tRéalisé\n";
const PAGE: &str = "---\nslug: mare\nlang: fr\n---\n# La mare\n\nDes joncs.\n\n::: note\nUne note.\n:::\n";

fn service() -> Service {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("mare.md", PAGE);
    place.write("etang.md", &PAGE.replace("slug: mare", "slug: etang"));
    place.serve()
}

fn time_of_revision(service: &Service, wanted: i64) -> String {
    let data = service.query("{ changes(since: 0, first: 100) { nodes { revision at } } }");
    let nodes = data["changes"]["nodes"].as_array().unwrap().clone();
    let change = nodes.iter().find(|change| change["revision"] == wanted).unwrap();
    change["at"].to_string()
}

#[test]
fn ids_of_the_past_name_their_revision() {
    let service = service();
    service.save("plan.txt", &PLAN.replace("À faire", "Réalisé"));
    let at = time_of_revision(&service, 1);
    let fields = "id status plan { id } category { id } source { document { id } }";
    let data = service.query(&format!(
        "{{ now: measure(number: 1) {{ {fields} }} then: measure(number: 1, asOf: {at}) {{ {fields} }}
            list: measures(asOf: {at}, first: 1) {{ nodes {{ {fields} }} }} }}"
    ));
    let (now, then) = (&data["now"], &data["then"]);
    assert_eq!((&now["status"], &then["status"]), (&json!("COMPLETED"), &json!("NOT_STARTED")));
    assert_eq!(data["list"]["nodes"][0], *then);
    for pointer in ["/id", "/plan/id", "/category/id", "/source/document/id"] {
        assert_ne!(now.pointer(pointer), then.pointer(pointer), "{pointer}");
    }
    // An id finds its object at its revision, alone and beside others.
    let (now_id, then_id) = (&now["id"], &then["id"]);
    let found = service.query(&format!(
        "{{ node(id: {then_id}) {{ id ... on Measure {{ {fields} }} }}
            nodes(ids: [{now_id}, {then_id}, {now_id}]) {{ ... on Measure {{ {fields} }} }} }}"
    ));
    assert_eq!(found["node"], *then);
    assert_eq!(found["nodes"], json!([now, then]));
}

#[test]
fn measures_are_read_in_another_language_and_at_a_date() {
    let place = TestSite::new();
    place.write("plan.txt", &format!("---\nlang: fr\nslug: mares\n---\n{PLAN}"));
    place.write(
        "plan.nl.txt",
        &format!("---\nlang: nl\nslug: mares\n---\n{}", PLAN.replace("Creuser une", "Graaf een")),
    );
    let service = place.serve();
    let title = |arguments: &str| {
        let query = format!(
            "{{ measure(number: 1{arguments}) {{ title {{ text }} }} measures(first: 1{arguments}) {{ nodes {{ title {{ text }} }} }} }}"
        );
        let data = service.query(&query);
        assert_eq!(data["measure"], data["measures"]["nodes"].get(0).cloned().unwrap_or_default());
        data["measure"]["title"]["text"].clone()
    };
    assert_eq!(title(", lang: NL"), "Graaf een mare");
    assert_eq!(title(", lang: FR, plan: \"mares-2025\""), "Creuser une mare");
    assert_eq!(title(", asOf: \"2001-01-01T00:00:00Z\""), Value::Null);
}

#[test]
fn every_id_is_unique_in_the_service() {
    let service = service();
    let data = service.query(
        "{ pages { nodes { __typename id document { __typename id } blocks { __typename id children { __typename id } } } }
           plans { __typename id document { __typename id } categories { __typename id }
             measures { nodes { __typename id } } }
           changes(since: 0, first: 100) { nodes { __typename id } } }",
    );
    let mut places: HashMap<String, String> = HashMap::new();
    collect_ids(&data, "", &mut places);
    assert!(places.len() > 15, "{places:?}");
    let blocks = places.values().filter(|place| place.contains("/blocks/")).count();
    assert!(blocks >= 4, "two pages with the same content have blocks of their own: {places:?}");
}

/// Collects the places of all ids. Fails if two objects share an id.
fn collect_ids(value: &Value, place: &str, places: &mut HashMap<String, String>) {
    match value {
        Value::Object(fields) => {
            if let Some(id) = fields.get("id").and_then(Value::as_str) {
                let other = places.insert(id.to_owned(), place.to_owned());
                assert!(other.is_none(), "{id} of {place} is also the id of {other:?}");
            }
            fields.iter().for_each(|(name, value)| collect_ids(value, &format!("{place}/{name}"), places));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| collect_ids(item, &format!("{place}/{at}"), places));
        }
        _ => {}
    }
}

#[test]
fn removal_says_what_was_removed() {
    let place = TestSite::new();
    // A larger part of a short plan would be held for confirmation.
    let more = (4..=20).map(|number| format!("{number}.\tVisiter la mare {number}\tÀ faire\n"));
    let more = more.collect::<Vec<_>>().concat();
    let plan = format!("{PLAN}{more}");
    place.write("plan.txt", &plan);
    place.write("mare.md", PAGE);
    let service = place.serve();
    let ids = service.query("{ page(slug: \"mare\") { id } measure(number: 3) { id } }");
    service.remove("mare.md");
    service.save("plan.txt", &plan.replace("3.\tCompter les grenouilles\tRéalisé\n", ""));
    let data = service.query(
        "{ changes(since: 1, kinds: [PAGE_REMOVED, MEASURE_REMOVED]) {
             nodes { kind node { id } nodeId url slug lang number } } }",
    );
    assert_eq!(
        data["changes"]["nodes"],
        json!([
            { "kind": "PAGE_REMOVED", "node": null, "nodeId": ids["page"]["id"], "url": "/fr/mare", "slug": "mare",
              "lang": "FR", "number": null },
            { "kind": "MEASURE_REMOVED", "node": null, "nodeId": ids["measure"]["id"],
              "url": "/fr/plans/plan-des-mares-2025/measures/3", "slug": "plan-des-mares", "lang": "FR", "number": 3 },
        ])
    );
}

#[test]
fn objects_know_their_addresses() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("mare.md", PAGE);
    place.write("mare/_images/a.png", "not an image");
    let service = place.serve_with(&[
        "--page-url=fr=/{slug},nl=/nl/{slug}",
        "--plan-url=/plans/{slug}",
        "--measure-url=/plans/{slug}/{number}",
        "--public-url=https://api.example.org/",
    ]);
    let data = service.query(
        "{ page(slug: \"mare\") { url } plan { url axes { url } } measure(number: 2) { url }
           search(query: \"joncs\", kinds: [MEASURE]) { nodes { url } } }",
    );
    assert_eq!(
        data,
        json!({
            "page": { "url": "/mare" },
            "plan": { "url": "/plans/plan-des-mares",
                      "axes": [{ "url": "/fr/plans/plan-des-mares-2025/categories/1" }] },
            "measure": { "url": "/plans/plan-des-mares/2" },
            "search": { "nodes": [{ "url": "/plans/plan-des-mares/2" }] },
        })
    );
}

#[test]
fn wrong_values_are_rejected_before_the_execution() {
    let service = service();
    let status = |query: &str, variables: Value| {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let headers = [("content-type", "application/json"), ("accept", "application/graphql-response+json")];
        let reply = service.post(&body, &headers);
        let response = reply.json();
        assert_eq!(response.get("data").is_none(), reply.status == 400, "{query}: {response}");
        assert!(
            reply.status == 200 || response["errors"].as_array().unwrap().len() == 1,
            "{query}: {response}"
        );
        reply.status
    };
    let by_number = "query($n: Int!) { revision { number } measure(number: $n) { number } }";
    for (query, variables) in [
        ("{ revision { number } measure(number: 3000000000) { number } }", json!({})),
        (by_number, json!({ "n": 3_000_000_000_i64 })),
        (by_number, json!({ "n": "1" })),
        ("{ plan(asOf: \"hier\") { slug } }", json!({})),
        ("query($at: DateTime) { plan(asOf: $at) { slug } }", json!({ "at": "hier" })),
        ("query($s: String) { page(by: {slug: $s}) { slug } }", json!({})),
        ("query($by: PageBy) { page(by: $by) { slug } }", json!({ "by": { "slug": null } })),
        ("{ measures(filter: {status: \"COMPLETED\"}) { totalCount } }", json!({})),
        (
            "{ ...F } fragment F on Query { measures(filter: {or: [{number: [3000000000]}]}) { totalCount } }",
            json!({}),
        ),
        ("mutation { x }", json!({})),
    ] {
        assert_eq!(status(query, variables), 400, "{query}");
    }
    for (query, variables) in [
        (by_number, json!({ "n": 1 })),
        ("query($s: String) { page(by: {slug: $s}) { slug } }", json!({ "s": "mare" })),
        ("query($s: String = \"mare\") { page(by: {slug: $s}) { slug } }", json!({})),
        (
            "query($s: [MeasureStatus!]) { measures(filter: {status: $s}) { totalCount } }",
            json!({ "s": "COMPLETED" }),
        ),
        ("query($at: DateTime) { plan(asOf: $at) { slug } }", json!({})),
    ] {
        assert_eq!(status(query, variables), 200, "{query}");
    }
}

#[test]
fn empty_operation_name_and_unicode_escapes_are_accepted() {
    let service = service();
    let json = [("content-type", "application/json")];
    for query in ["{ revision { number } }", "query Revision { revision { number } }"] {
        let body = json!({ "query": query, "operationName": "" }).to_string();
        let replies = [service.post(&body, &json).json(), service.post(&body, &json).json()];
        assert_eq!(replies[0]["data"]["revision"]["number"], 1, "{}", replies[0]);
        assert_eq!(replies[0], replies[1]);
    }
    service.save("mare.md", &PAGE.replace("slug: mare", "slug: mare\ntranslationKey: \"😀\""));
    for escape in [r"\uD83D\uDE00", r"\u{1F600}", "😀"] {
        let query = format!("{{ page(translationKey: \"{escape}\") {{ slug }} }}");
        assert_eq!(service.query(&query)["page"]["slug"], "mare", "{escape}");
    }
}

#[test]
fn routes_list_everything_with_an_address_once() {
    let place = TestSite::new();
    place.write("plan.txt", &format!("---\nlang: fr\nslug: mares\n---\n{PLAN}"));
    place.write("plan.nl.txt", &format!("---\nlang: nl\nslug: mares\n---\n{PLAN}"));
    place.write("mare.md", &PAGE.replace("lang: fr", "lang: fr\ntranslationKey: mare"));
    place.write(
        "vijver.md",
        &PAGE.replace("slug: mare\nlang: fr", "slug: vijver\nlang: nl\ntranslationKey: mare"),
    );
    let service = place.serve();
    let fields = "totalCount pageInfo { endCursor hasNextPage } nodes { url kind lang alternates { url lang } node { id } }";
    let mut urls = Vec::new();
    let mut after = String::new();
    loop {
        let data = service.query(&format!("{{ routes(first: 3{after}) {{ {fields} }} }}"));
        let routes = &data["routes"];
        assert_eq!(routes["totalCount"], 12);
        urls.extend(
            routes["nodes"].as_array().unwrap().iter().map(|route| route["url"].as_str().unwrap().to_owned()),
        );
        if routes["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", routes["pageInfo"]["endCursor"]);
    }
    let mut distinct = urls.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((urls.len(), distinct.len()), (12, 12), "{urls:?}");
    let data = service.query(&format!(
        "{{ pages: routes(kind: [PAGE], lang: FR) {{ {fields} }} measures: routes(kind: [MEASURE], lang: NL, first: 1) {{ {fields} }}
            categories: routes(kind: [CATEGORY], lang: NL) {{ {fields} }} old: routes(changedSince: \"2999-01-01T00:00:00Z\") {{ totalCount }} }}"
    ));
    assert_eq!(data["pages"]["nodes"][0]["url"], "/fr/mare");
    assert_eq!(data["pages"]["nodes"][0]["alternates"], json!([{ "url": "/nl/vijver", "lang": "NL" }]));
    assert_eq!(data["measures"]["nodes"][0]["alternates"][0]["lang"], "FR");
    assert_eq!(data["categories"]["nodes"][0]["alternates"][0]["url"], "/fr/plans/mares-2025/categories/1");
    assert_eq!(data["old"]["totalCount"], 0);
}

#[test]
fn route_finds_the_object_at_an_address_or_at_a_former_one() {
    let service = service();
    let route = |url: &str| {
        let data = service
            .query(&format!("{{ route(url: {}) {{ url kind lang node {{ __typename }} }} }}", json!(url)));
        data["route"].clone()
    };
    let all = service.query("{ routes(first: 100) { nodes { url kind lang node { __typename } } } }");
    let all = all["routes"]["nodes"].as_array().unwrap().clone();
    assert!(all.len() > 4);
    for expected in &all {
        assert_eq!(route(expected["url"].as_str().unwrap()), *expected);
    }
    assert_eq!(route("https://www.example.org/fr/mare/?a=b#joncs")["url"], "/fr/mare");
    for nowhere in ["/fr/nowhere", "/nl/mare", "mare", "", "/fr/plans/nowhere/measures/1", "%FF"] {
        assert_eq!(route(nowhere), Value::Null, "{nowhere}");
    }
    service.save("mare.md", &PAGE.replace("slug: mare", "slug: marais"));
    assert_eq!(route("/fr/mare")["url"], "/fr/marais");
}

#[test]
fn languages_have_counts_and_names() {
    let place = TestSite::new();
    place.write("plan.nl.txt", &format!("---\nlang: nl\n---\n{PLAN}"));
    place.write("mare.md", PAGE);
    let service = place.serve();
    let data = service.query(
        "{ languages { lang tag label pageCount supportServiceCount planCount } de: languages(lang: DE) { label } }",
    );
    assert_eq!(
        data["languages"],
        json!([
            { "lang": "FR", "tag": "fr", "label": "Français", "pageCount": 1, "supportServiceCount": 0, "planCount": 0 },
            { "lang": "NL", "tag": "nl", "label": "Nederlands", "pageCount": 0, "supportServiceCount": 0, "planCount": 1 },
        ])
    );
    assert_eq!(data["de"][0]["label"], "Französisch");
}

#[test]
fn change_names_the_addresses_to_build_again() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("mare.md", PAGE);
    place.write("liste.md", "---\nslug: liste\nlang: fr\n---\n# Liste\n\n(collection: eaux)\n");
    let service = place.serve();
    let affected = |since: i64| {
        let data = service.query(&format!(
            "{{ revision {{ number }} changes(since: {since}, first: 100) {{ nodes {{ kind field affectedUrls }} }} }}"
        ));
        (data["changes"]["nodes"].clone(), data["revision"]["number"].as_i64().unwrap())
    };
    let (all, revision) = affected(0);
    // Everything was added, so any page can show it.
    assert!(all.as_array().unwrap().iter().all(|change| change["affectedUrls"].is_null()), "{all}");
    service.save("mare.md", &PAGE.replace("Des joncs", "Des roseaux"));
    let (changes, revision) = affected(revision);
    assert_eq!(changes[0]["field"], "content");
    assert_eq!(changes[0]["affectedUrls"][0], "/fr/mare");
    let plan = PLAN.replacen("À faire", "Réalisé", 1);
    assert_ne!(plan, PLAN);
    service.save("plan.txt", &plan);
    let (changes, revision) = affected(revision);
    let urls = changes[0]["affectedUrls"].to_string();
    for part in ["/measures/1\"", "/measures/2\"", "/categories/1\""] {
        assert!(urls.contains(part), "{part}: {changes}");
    }
    assert!(!urls.contains("/fr/mare"), "{urls}");
    service.save("mare.md", &PAGE.replace("# La mare", "# Le marais"));
    let (changes, _) = affected(revision);
    assert!(changes.as_array().unwrap().iter().any(|change| change["affectedUrls"].is_null()), "{changes}");
}

#[test]
fn routes_with_own_fields_only_equal_those_that_load_more() {
    let service = service();
    let own = "kind url ...Times t: __typename ... on Route { lang } ... { url }";
    let data = service.query(&format!(
        "{{ own: routes {{ nodes {{ {own} }} edges {{ node {{ {own} }} }} }} more: routes {{ nodes {{ {own} alternates {{ url }} }} }} }}
         fragment Times on Route {{ updatedAt at: updatedAt }}"
    ));
    let own = data["own"]["nodes"].as_array().unwrap();
    assert!(own.len() > 3);
    for (position, route) in own.iter().enumerate() {
        let mut more = data["more"]["nodes"][position].clone();
        more.as_object_mut().unwrap().remove("alternates");
        assert_eq!(*route, more);
        assert_eq!(*route, data["own"]["edges"][position]["node"]);
        // In the order of the selections, as the specification of GraphQL requires.
        let keys: Vec<_> = route.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 6, "{keys:?}");
    }
}

#[test]
fn page_with_an_old_date_changes_when_it_is_published() {
    let service = service();
    let before = service.query("{ revision { at } }")["revision"]["at"].as_str().unwrap().to_owned();
    let query = format!(
        "{{ pages(filter: {{changedSince: \"{before}\"}}) {{ nodes {{ slug updatedAt }} }}
           routes(changedSince: \"{before}\") {{ nodes {{ url }} }} }}"
    );
    assert_eq!(service.query(&query), json!({ "pages": { "nodes": [] }, "routes": { "nodes": [] } }));
    service.save("ancien.md", &PAGE.replace("slug: mare", "slug: ancien\nupdatedAt: 2020-01-01"));
    let data = service.query(&query);
    assert_eq!(data["pages"]["nodes"][0]["updatedAt"], "2020-01-01T00:00:00.000Z");
    assert_eq!(data["routes"]["nodes"], json!([{ "url": "/fr/ancien" }]));
}

#[test]
fn words_are_given_in_the_language_of_the_client() {
    let service = service();
    let data = service.query(
        "{ statuses(lang: NL) { status label color order isFinal }
           measure(number: 2) { fr: statusLabel en: statusLabel(lang: EN) axis { levelLabel(lang: DE) } }
           document(path: \"mare.md\") { stateLabel(lang: NL) }
           plan { progress { counts { status count } } }
           measures(filter: {number: [1]}) { facets { status { status count } } } }",
    );
    let statuses = data["statuses"].as_array().unwrap();
    assert_eq!(statuses.len(), 9);
    assert_eq!(
        statuses[1],
        json!({ "status": "IN_PROGRESS", "label": "In uitvoering", "color": "#1d5fbf", "order": 1, "isFinal": false })
    );
    assert_eq!(
        data["measure"],
        json!({ "fr": "En cours", "en": "In progress", "axis": { "levelLabel": "Achse" } })
    );
    assert_eq!(data["document"]["stateLabel"], "Gepubliceerd");
    for counts in [&data["plan"]["progress"]["counts"], &data["measures"]["facets"]["status"]] {
        assert_eq!(counts.as_array().unwrap().len(), 9);
        assert_eq!(counts[0], json!({ "status": "NOT_STARTED", "count": 1 }));
        assert_eq!(counts[3], json!({ "status": "LATE", "count": 0 }));
    }
}
