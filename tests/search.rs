//! Search through the API: saved documents are found by the words that users type.

use std::fs;

use serde_json::{Value, json};

use crate::support::skip::seeds;
use crate::support::{Service, TestSite, is_on_postgres, repository};

const FIELDS: &str =
    "totalCount didYouMean ignoredText revision facets { kind count } pageInfo { hasNextPage endCursor }
    nodes { score title breadcrumb anchor snippet snippetText highlights { start end } node { __typename } }";

fn ask(service: &Service, query: &str, arguments: &str) -> Value {
    let body = json!({
        "query": format!("query($query: String!) {{ search(query: $query{arguments}) {{ {FIELDS} }} }}"),
        "variables": { "query": query },
    });
    // The index can lag on a busy machine. The response then names an older revision, and the search is
    // repeated.
    let mut attempts = (0..20).map(|_| {
        let answer = service.post(&body.to_string(), &[("content-type", "application/json")]).json();
        let is_late =
            answer["data"]["search"]["revision"].as_i64() < answer["extensions"]["revision"].as_i64();
        (answer, is_late)
    });
    let last = attempts.find(|(answer, is_late)| !is_late || answer.get("errors").is_some());
    last.expect("the index reaches the revision of the response").0
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
fn saved_document_is_searchable_immediately() {
    let service = TestSite::new().serve();
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
fn published_change_is_searchable() {
    let service = Service::of_demo();
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
fn words_match_across_accents_case_and_inflection() {
    let service = TestSite::new().serve();
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
fn hits_are_ordered_by_relevance() {
    let service = Service::of_demo();
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
fn hits_have_a_breadcrumb_an_anchor_and_a_snippet() {
    let service = Service::of_demo();
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
    // The team page has a breadcrumb from the navigation.
    let team = search_with(&service, "stagiaire", ", kinds: [PAGE]");
    assert_eq!(team["nodes"][0]["breadcrumb"], json!(["À propos", "Nous rejoindre"]));
    let measure = search(&service, "belvédère");
    assert_eq!(measure["nodes"][0]["node"]["__typename"], "Measure");
    assert_eq!(measure["nodes"][0]["breadcrumb"][0], "Plan climat et quartiers 2025");
    assert_eq!(measure["nodes"][0]["anchor"], Value::Null);
}

#[test]
fn snippets_escape_html() {
    let service = TestSite::new().serve();
    service.save("page.md", "# Page\n\nDu code `<script>alert(1)</script>` & tortue.\n");
    let found = search(&service, "tortue");
    let snippet = found["nodes"][0]["snippet"].as_str().unwrap();
    assert!(snippet.contains("&lt;script&gt;") && snippet.contains("&amp; <mark>tortue</mark>"), "{snippet}");
}

#[test]
fn facets_count_hits_and_pagination_works() {
    let service = Service::of_demo();
    let all = search_with(&service, "quartier", ", first: 100");
    let facets = all["facets"].as_array().unwrap();
    let total: i64 = facets.iter().map(|facet| facet["count"].as_i64().unwrap()).sum();
    assert_eq!(all["totalCount"], total);
    assert!(facets.len() == 4, "{facets:?}");
    let labels = service.query("{ search(query: \"quartier\") { facets { kind label(lang: NL) } } }");
    let labels = labels["search"]["facets"].as_array().unwrap();
    let of_pages = labels.iter().find(|facet| facet["kind"] == "PAGE").unwrap();
    assert_eq!(of_pages["label"], "Pagina’s");
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
fn did_you_mean_suggests_a_correction() {
    let service = Service::of_demo();
    let found = search(&service, "velp");
    assert_eq!((&found["totalCount"], &found["didYouMean"]), (&json!(0), &json!("velo")));
    assert!(search(&service, "velo")["totalCount"].as_i64() > Some(0));
    assert_eq!(search(&service, "CPAS")["didYouMean"], Value::Null);
    assert_eq!(search(&service, "velo")["didYouMean"], Value::Null);
}

#[test]
fn arbitrary_query_text_never_fails_internally() {
    let service = Service::of_demo();
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
    let accents = search(&service, &"é".repeat(1_000));
    assert_eq!(accents["ignoredText"], Value::Null);
    let answer = ask(&service, &"a".repeat(1_001), "");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let body = json!({ "query": "query($q: String!) { search(query: $q) { totalCount } }", "variables": { "q": "é".repeat(500_000) } });
    assert_eq!(service.post(&body.to_string(), &[("content-type", "application/json")]).status, 413);
}

/// Query of 989 bytes: 330 words of two letters, joined by hyphens.
fn joined_words() -> String {
    let letters = || ('b'..='z').filter(|letter| !"eiouy".contains(*letter));
    let words = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    words.take(330).collect::<Vec<_>>().join("-")
}

#[test]
fn a_query_of_330_joined_words_uses_32_of_them() {
    let service = Service::of_demo();
    let query = joined_words();
    assert_eq!(query.len(), 989);
    let found = search(&service, &query);
    let ignored = found["ignoredText"].as_str().unwrap();
    assert!(query.ends_with(ignored), "{ignored}");
    let used = query.len() - ignored.len();
    assert!((32 * 3..=40 * 3).contains(&used), "{used}");
    let question =
        "Comment les habitants du quartier peuvent-ils participer à la création d’une piste cyclable ?";
    assert_eq!(search(&service, question)["ignoredText"], Value::Null);
}

#[test]
fn many_searches_in_one_request_are_rejected() {
    let service = Service::of_demo();
    let search =
        |number: usize| format!("a{number}: search(query: \"{}\") {{ totalCount }} ", joined_words());
    let searches = |count: usize| -> String { (0..count).map(search).collect() };
    let answer = |count: usize| {
        let body = json!({ "query": format!("{{ {} }}", searches(count)) });
        service.post(&body.to_string(), &[("content-type", "application/json")]).json()
    };
    assert_eq!(answer(4).get("errors"), None);
    for count in [5, 19] {
        let answer = answer(count);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{count}: {answer}");
    }
    let texts = "{text: \"a b\"}, ".repeat(5);
    let answer = service.post(
        &json!({ "query": format!("{{ measures(filter: {{or: [{texts}]}}) {{ totalCount }} }}") })
            .to_string(),
        &[("content-type", "application/json")],
    );
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[test]
fn missing_damaged_or_foreign_index_is_rebuilt() {
    if is_on_postgres() {
        // The index is in another place there.
        return;
    }
    let index = |place: &TestSite| {
        let mut name = place.database().as_os_str().to_owned();
        name.push(".search");
        std::path::PathBuf::from(name)
    };
    let is_whole = |service: &Service| {
        let found = search(service, "dune");
        assert!(found["totalCount"].as_i64() > Some(0), "{found}");
        assert_eq!(service.get("/readyz", &[]).status, 200);
    };
    let service = Service::of_demo();
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

    // Replace the database with another one that has the same number of revisions.
    let place = service.stop();
    fs::remove_file(place.database()).unwrap();
    place.write("neuf.md", "# Dromadaire\n");
    let service = place.serve();
    is_whole(&service);
    assert_eq!(search(&service, "dromadaire")["totalCount"], 1);

    // A folder with other files is not changed.
    let place = service.stop();
    fs::remove_dir_all(index(&place)).unwrap();
    fs::create_dir(index(&place)).unwrap();
    fs::write(index(&place).join("thèse.txt"), "important").unwrap();
    let service = place.serve();
    is_whole(&service);
    assert_eq!(fs::read_to_string(index(&service.place).join("thèse.txt")).unwrap(), "important");
}

#[test]
fn index_resumes_from_its_checkpoint() {
    let service = Service::of_demo();
    let place = service.stop();
    place.write("neuf.md", "# Dromadaire\n");
    fs::remove_file(place.content().join("contact.md")).unwrap();
    // This revision is published while no indexer runs.
    assert!(place.command("sync").status().unwrap().success());
    let service = place.serve();
    assert_eq!(search(&service, "dromadaire")["totalCount"], 1);
    assert_eq!(search_with(&service, "arceaux", ", kinds: [PAGE]")["totalCount"], 0);
    assert!(search(&service, "dune")["totalCount"].as_i64() > Some(0));
}

#[test]
fn text_filter_uses_the_search_analysis() {
    let service = Service::of_demo();
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

/// Returns the name of a hit in the lists of judged queries.
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

/// Returns the recall among the first ten hits, and the share of queries whose best hit is first.
fn judged(service: &Service, list: &str) -> (f64, f64) {
    let list = fs::read_to_string(repository().join("crates/bench/judged").join(list)).unwrap();
    // Waits until the index is up to date.
    search(service, "");
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
fn judged_queries_reach_the_expected_ranking() {
    let (recall, firsts) = judged(&Service::of_demo(), "demo.txt");
    assert!(recall >= 0.95 && firsts >= 0.6, "recall {recall}, best hits first {firsts}");
    let Some(folder) = seeds() else { return };
    let place = TestSite::new();
    place.copy_documents(&folder);
    let (recall, firsts) = judged(&place.serve(), "seeds.txt");
    assert!(recall >= 0.95 && firsts >= 0.6, "recall {recall}, best hits first {firsts}");
}
