//! Searching, from outside: what was saved is found, in the words of whoever looks for it.

use std::fs;

use serde_json::{Value, json};

use crate::support::skip::seeds;
use crate::support::{Place, Service, repository};

const FIELDS: &str = "totalCount didYouMean revision facets { kind count } pageInfo { hasNextPage endCursor }
    nodes { score title breadcrumb anchor snippet snippetText highlights { start end } node { __typename } }";

fn demo() -> Service {
    let place = Place::new();
    place.copy_documents(&repository().join("content"));
    place.serve()
}

fn ask(service: &Service, query: &str, arguments: &str) -> Value {
    let body = json!({
        "query": format!("query($query: String!) {{ search(query: $query{arguments}) {{ {FIELDS} }} }}"),
        "variables": { "query": query },
    });
    service.post(&body.to_string(), &[("content-type", "application/json")]).json()
}

fn search(service: &Service, query: &str) -> Value {
    search_with(service, query, "")
}

fn search_with(service: &Service, query: &str, arguments: &str) -> Value {
    let mut answer = ask(service, query, arguments);
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"]["search"].take()
}

fn titles(found: &Value) -> Vec<&str> {
    found["nodes"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap()).collect()
}

#[test]
fn what_was_saved_is_found_at_once() {
    let service = Place::new().serve();
    for number in 0..5 {
        service.save("page.md", &format!("# Une page\n\nLe mot du jour est hippocampe{number}.\n"));
        let found = search(&service, &format!("hippocampe{number}"));
        assert_eq!(titles(&found), ["Une page"]);
        assert_eq!(found["revision"], number + 1);
    }
    assert_eq!(search(&service, "\"hippocampe0\"")["nodes"].as_array().unwrap().len(), 0);
    service.remove("page.md");
    assert_eq!(search(&service, "hippocampe4")["totalCount"], 0);
}

#[test]
fn what_a_subscriber_was_told_is_found() {
    let service = demo();
    let mut events = service.subscribe("subscription { changes(kinds: [PAGE_ADDED]) { revision } }");
    for number in 0..3 {
        service.place.write(&format!("neuf-{number}.md"), &format!("# Ornithorynque {number}\n"));
        let told = events.next().unwrap();
        let found = search(&service, "ornithorynque");
        assert_eq!(found["totalCount"], number + 1, "{told}");
        assert!(found["revision"].as_i64() >= told["data"]["changes"]["revision"].as_i64());
    }
}

#[test]
fn words_are_found_however_they_are_written() {
    let service = Place::new().serve();
    let text = "---\nlang: fr\n---\n# Écriture\n\nL’évaluation par les citoyen·ne·s sans-abri : LGBTQIA+, 0,5, 9+9 et e-santé. \
                Les œuvres des élèves du CPAS.\n";
    service.save("page.md", text);
    for query in [
        "evaluation",
        "l'évaluation",
        "ÉVALUATIONS",
        "citoyens",
        "citoyennes",
        "citoyen",
        "sans abri",
        "sans-abri",
        "sansabri",
        "LGBTQIA+",
        "0.5",
        "0,5",
        "9+9",
        "e-santé",
        "e-sante",
        "esante",
        "oeuvre",
        "eleve",
        "CPAS",
        "cpas",
        "l’éval",
        "evalaution",
    ] {
        assert_eq!(search(&service, query)["totalCount"], 1, "{query}");
    }
    for query in ["CPA", "PAS", "9", "99", "création", "abris-bus"] {
        let found = search(&service, query);
        assert!(
            found["nodes"].as_array().unwrap().iter().all(|hit| hit["score"].as_f64() < Some(2.0)),
            "{query}"
        );
    }
}

#[test]
fn the_best_comes_first() {
    let service = demo();
    for (query, best) in [
        ("12", "Équiper les plages de douches et de toilettes utilisables en fauteuil roulant"),
        ("mesure 27", "Aménager une piste cyclable continue entre la gare et le quai des Chalutiers"),
        ("contact", "Nous trouver, nous écrire"),
        ("formations", "Nos formations"),
        (
            "assemblée tirée au sort",
            "Tirer au sort une assemblée de quarante habitant·e·s chargée de rendre un avis annuel",
        ),
        (
            "habitantes avis",
            "Tirer au sort une assemblée de quarante habitant·e·s chargée de rendre un avis annuel",
        ),
    ] {
        let found = search_with(&service, query, ", lang: FR");
        assert_eq!(titles(&found)[0], best, "{query}");
    }
    let dutch = search_with(&service, "vrijwilligers", ", lang: NL, kinds: [PAGE]");
    assert_eq!(titles(&dutch)[0], "Leren wijk maken, aan het water");
    assert_eq!(search_with(&service, "vrijwilligers", ", lang: FR")["totalCount"], 0);
}

#[test]
fn a_hit_says_where_it_leads_and_why() {
    let service = demo();
    let found = search_with(&service, "arceaux couverts", ", kinds: [PAGE]");
    let hit = &found["nodes"][0];
    assert_eq!(hit["anchor"], "venir");
    assert_eq!(hit["breadcrumb"], json!(["Venir"]));
    assert!(hit["snippet"].as_str().unwrap().contains("<mark>arceaux</mark> <mark>couverts</mark>"), "{hit}");
    let text: Vec<u16> = hit["snippetText"].as_str().unwrap().encode_utf16().collect();
    let marked = hit["highlights"].as_array().unwrap().iter().map(|range| {
        let at = |name: &str| usize::try_from(range[name].as_u64().unwrap()).unwrap();
        String::from_utf16(&text[at("start")..at("end")]).unwrap()
    });
    assert_eq!(marked.collect::<Vec<_>>(), ["arceaux", "couverts"]);
    // In the navigation the team stands below what the workshop says of itself.
    let team = search_with(&service, "stagiaire", ", kinds: [PAGE]");
    assert_eq!(team["nodes"][0]["breadcrumb"], json!(["À propos", "Nous rejoindre"]));
    let measure = search(&service, "belvédère");
    assert_eq!(measure["nodes"][0]["node"]["__typename"], "Measure");
    assert_eq!(measure["nodes"][0]["breadcrumb"][0], "Plan climat et quartiers 2025");
    assert_eq!(measure["nodes"][0]["anchor"], Value::Null);
}

#[test]
fn text_is_escaped_in_snippets() {
    let service = Place::new().serve();
    service.save("page.md", "# Page\n\nDu code `<script>alert(1)</script>` & tortue.\n");
    let found = search(&service, "tortue");
    let snippet = found["nodes"][0]["snippet"].as_str().unwrap();
    assert!(snippet.contains("&lt;script&gt;") && snippet.contains("&amp; <mark>tortue</mark>"), "{snippet}");
}

#[test]
fn hits_are_counted_by_kind_and_come_in_pages() {
    let service = demo();
    let all = search_with(&service, "quartier", ", first: 100");
    let facets = all["facets"].as_array().unwrap();
    let total: i64 = facets.iter().map(|facet| facet["count"].as_i64().unwrap()).sum();
    assert_eq!(all["totalCount"], total);
    assert!(facets.len() == 4, "{facets:?}");
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = search_with(&service, "quartier", &format!(", first: 2{after}"));
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        assert_eq!(page["totalCount"], total);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(seen, titles(&all));
    let pages = search_with(&service, "quartier", ", kinds: [PAGE]");
    let of_pages = facets.iter().find(|facet| facet["kind"] == "PAGE").unwrap();
    assert_eq!((&pages["totalCount"], &pages["facets"]), (&of_pages["count"], &all["facets"]));
    for arguments in [", after: \"x\"".to_owned(), after.replace(", after", ", kinds: [PAGE], after")] {
        let answer = ask(&service, "quartier", &arguments);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_CURSOR", "{arguments}");
    }
    let answer = ask(&service, "quartier", ", first: 101");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[test]
fn what_is_not_found_is_put_otherwise() {
    let service = demo();
    let found = search(&service, "velp");
    assert_eq!((&found["totalCount"], &found["didYouMean"]), (&json!(0), &json!("velo")));
    assert!(search(&service, "velo")["totalCount"].as_i64() > Some(0));
    assert_eq!(search(&service, "CPAS")["didYouMean"], Value::Null);
    assert_eq!(search(&service, "velo")["didYouMean"], Value::Null);
}

#[test]
fn any_input_is_a_plain_query_or_a_clear_error() {
    let service = demo();
    for query in
        ["", " ", "…", "( [ * \" ^ ~ : \\ {", "\u{0}\u{1}\u{1}", "🌳", "\u{202e}", &"-".repeat(1_000)]
    {
        let found = search(&service, query);
        assert_eq!(found["nodes"].as_array().unwrap().len(), 0, "{query:?}");
    }
    for query in [
        "AND OR NOT",
        "title:dune AND (vélo OR \"rue^2~",
        "dune*",
        "+dune -plage",
        "/dune/",
        "dune~2",
        "[dune TO plage]",
        "key:x dune",
        "\u{1}dune",
        "'; DROP TABLE page; -- dune",
        "${dune}",
        &"dune ".repeat(200),
        &"d".repeat(1_000),
    ] {
        search(&service, query);
    }
    assert!(search(&service, "dune*")["totalCount"].as_i64() > Some(0));
    let answer = ask(&service, &"a".repeat(1_001), "");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let body = json!({ "query": "query($q: String!) { search(query: $q) { totalCount } }", "variables": { "q": "é".repeat(500_000) } });
    assert_eq!(service.post(&body.to_string(), &[("content-type", "application/json")]).status, 413);
}

#[test]
fn an_index_that_is_gone_damaged_or_of_another_database_is_built_anew() {
    let index = |place: &Place| {
        let mut name = place.database().as_os_str().to_owned();
        name.push(".search");
        std::path::PathBuf::from(name)
    };
    let is_whole = |service: &Service| {
        let found = search(service, "dune");
        assert!(found["totalCount"].as_i64() > Some(0), "{found}");
        assert_eq!(service.get("/readyz", &[]).status, 200);
    };
    let service = demo();
    is_whole(&service);
    let place = service.stop();
    fs::remove_dir_all(index(&place)).unwrap();
    let service = place.serve();
    is_whole(&service);

    let place = service.stop();
    for file in fs::read_dir(index(&place)).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "idx" || ending == "term") {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xFF;
            fs::write(path, bytes).unwrap();
        }
    }
    let service = place.serve();
    is_whole(&service);

    let place = service.stop();
    fs::write(index(&place).join("meta.json"), "{}").unwrap();
    let service = place.serve();
    is_whole(&service);

    // Another database of as many revisions in the place of this one.
    let place = service.stop();
    fs::remove_file(place.database()).unwrap();
    place.write("neuf.md", "# Dromadaire\n");
    let service = place.serve();
    is_whole(&service);
    assert_eq!(search(&service, "dromadaire")["totalCount"], 1);

    // A folder that holds something else is left alone.
    let place = service.stop();
    fs::remove_dir_all(index(&place)).unwrap();
    fs::create_dir(index(&place)).unwrap();
    fs::write(index(&place).join("thèse.txt"), "important").unwrap();
    let service = place.serve();
    is_whole(&service);
    assert_eq!(fs::read_to_string(index(&service.place).join("thèse.txt")).unwrap(), "important");
}

#[test]
fn an_index_goes_on_from_where_it_stood() {
    let service = demo();
    let place = service.stop();
    place.write("neuf.md", "# Dromadaire\n");
    fs::remove_file(place.content().join("contact.md")).unwrap();
    // Published while no index follows.
    assert!(place.command("sync").status().unwrap().success());
    let service = place.serve();
    assert_eq!(search(&service, "dromadaire")["totalCount"], 1);
    assert_eq!(search_with(&service, "arceaux", ", kinds: [PAGE]")["totalCount"], 0);
    assert!(search(&service, "dune")["totalCount"].as_i64() > Some(0));
}

#[test]
fn measures_are_filtered_by_the_same_words() {
    let service = demo();
    let numbers = |text: &str| {
        let data = service.query(&format!(
            "{{ measures(filter: {{text: {}}}) {{ totalCount nodes {{ number }} }} }}",
            json!(text)
        ));
        let nodes = data["measures"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("habitantes"), numbers("habitants"));
    assert!(numbers("habitantes").contains(&37));
    assert_eq!(numbers("12")[0], 12);
    assert_eq!(numbers("asembléee"), [37]);
    assert_eq!(numbers("rien de tout cela"), [0; 0]);
    assert_eq!(numbers("velo adapt"), [31]);
    let data = service.query(
        "{ measures(filter: {not: {text: \"dune\"}}) { totalCount progress { total } }
           plan { axes { measures(filter: {text: \"arrêts\"}) { totalCount } } } }",
    );
    assert_eq!(data["measures"]["totalCount"], data["measures"]["progress"]["total"]);
    let counts: Vec<_> =
        data["plan"]["axes"].as_array().unwrap().iter().map(|axis| &axis["measures"]["totalCount"]).collect();
    assert_eq!(counts, [0, 2, 0]);
}

/// How the lists of judged queries name a hit.
fn name_of(node: &Value) -> String {
    let text = |name: &str| node[name].as_str().unwrap().to_owned();
    let key = || format!("{}.{}", text("slug"), text("lang").to_lowercase());
    let of_plan = |name: String| {
        if node["plan"]["lang"] == "FR" { name } else { format!("{}:{name}", node["plan"]["lang"]) }
    };
    match text("__typename").as_str() {
        "Measure" => of_plan(node["number"].to_string()),
        "Category" => of_plan(text("path")),
        "Page" => format!("page:{}", key()),
        _ => format!("service:{}", key()),
    }
}

/// How much of what judged queries should find is among the first ten hits, and how often the best hit is the first.
fn judged(service: &Service, list: &str) -> (f64, f64) {
    let list = fs::read_to_string(repository().join("crates/bench/judged").join(list)).unwrap();
    let (mut recall, mut firsts, mut count) = (0.0, 0.0, 0.0);
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (query, wanted) = line.split_once(" | ").unwrap();
        let body = json!({
            "query": "query($query: String!) { search(query: $query, first: 10) { nodes { node { __typename
                ... on Measure { number plan { lang } } ... on Category { path plan { lang } } ... on Page { slug lang }
                ... on SupportService { slug lang } } } } }",
            "variables": { "query": query },
        });
        let answer = service.post(&body.to_string(), &[("content-type", "application/json")]).json();
        let hits =
            answer["data"]["search"]["nodes"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
        let found: Vec<String> = hits.iter().map(|hit| name_of(&hit["node"])).collect();
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        let missing = wanted.iter().filter(|name| !found.iter().any(|found| found == *name)).count();
        if missing > 0 {
            eprintln!("{query}: {wanted:?}, found {found:?}");
        }
        recall += 1.0
            - f64::from(u32::try_from(missing).unwrap()) / f64::from(u32::try_from(wanted.len()).unwrap());
        firsts += f64::from(u8::from(found.first().map(String::as_str) == Some(wanted[0])));
        count += 1.0;
    }
    (recall / count, firsts / count)
}

#[test]
fn judged_queries_find_what_they_should() {
    let (recall, firsts) = judged(&demo(), "demo.txt");
    assert!(recall >= 0.95 && firsts >= 0.6, "recall {recall}, best hits first {firsts}");
    let Some(folder) = seeds() else { return };
    let place = Place::new();
    place.copy_documents(&folder);
    let (recall, firsts) = judged(&place.serve(), "seeds.txt");
    assert!(recall >= 0.95 && firsts >= 0.6, "recall {recall}, best hits first {firsts}");
}
