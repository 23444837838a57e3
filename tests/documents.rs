//! Real documents and their expected content.
//!
//! `seeds` in `tests/support/skip.rs` finds their folder. Without it these tests are skipped.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::skip::seeds;
use crate::support::{Service, TestSite};

fn service() -> Option<Service> {
    let place = TestSite::new();
    place.copy_documents(&seeds()?);
    Some(place.serve())
}

/// Returns every measure, by number.
fn measures(service: &Service) -> BTreeMap<i64, Value> {
    let mut found = BTreeMap::new();
    let mut after = String::new();
    loop {
        let data = service.query(&format!(
            "{{ measures(first: 100{after}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{
                number repeats {{ number }} repeatsDisagree title {{ text html markdown }} status statusText programme isRepeated footnotes {{ number }}
                source {{ line document {{ path }} }} axis {{ label }} objective {{ label level }} section {{ label level }}
                group {{ label level title }} category {{ path }} categories {{ path }}
                next {{ number }} previous {{ number }} }} }} }}"
        ));
        for node in data["measures"]["nodes"].as_array().unwrap() {
            found.insert(node["number"].as_i64().unwrap(), node.clone());
        }
        let info = &data["measures"]["pageInfo"];
        if info["hasNextPage"] == false {
            return found;
        }
        after = format!(", after: {}", info["endCursor"]);
    }
}

#[test]
fn seed_plan_has_271_measures_in_72_categories() {
    let Some(service) = service() else { return };
    let data = service.query(
        "{ plan { title slug lang year footnotes { number text { text } } legend { text }
           progress { total completed ratio counts { status count } }
           axes { label progress { total completed } }
           categories { level label path title parent { path } children { path } progress { total } footnotes { number } }
           document { path kind state encoding diagnostics { code severity line } } }
           documents { totalCount } }",
    );
    let plan = &data["plan"];
    assert_eq!(plan["title"], "Plan opérationnel 2022");
    assert_eq!((&plan["year"], &plan["lang"]), (&json!(2022), &json!("FR")));
    let numbers: Vec<_> = plan["footnotes"].as_array().unwrap().iter().map(|note| &note["number"]).collect();
    assert_eq!(numbers, [1, 2, 4, 5]);
    assert_eq!(plan["legend"].as_array().unwrap().len(), 1);
    assert_eq!(
        plan["progress"]["counts"],
        json!([
            { "status": "NOT_STARTED", "count": 78 },
            { "status": "IN_PROGRESS", "count": 163 },
            { "status": "COMPLETED", "count": 30 },
            { "status": "LATE", "count": 0 },
            { "status": "POSTPONED", "count": 0 },
            { "status": "CANCELLED", "count": 0 },
            { "status": "MERGED", "count": 0 },
            { "status": "OUT_OF_SCOPE", "count": 0 },
            { "status": "UNDEFINED", "count": 0 },
        ])
    );
    assert_eq!((&plan["progress"]["total"], &plan["progress"]["completed"]), (&json!(271), &json!(30)));
    let axes: Vec<_> = plan["axes"].as_array().unwrap().iter().map(|axis| axis["progress"].clone()).collect();
    let expected = [(67, 7), (109, 15), (63, 7), (32, 1)];
    assert_eq!(axes, expected.map(|(total, completed)| json!({ "total": total, "completed": completed })));

    assert_categories(plan["categories"].as_array().unwrap());
    let document = &plan["document"];
    assert_eq!(
        (&document["kind"], &document["state"], &document["encoding"]),
        (&json!("PLAN"), &json!("PUBLISHED"), &json!("UTF-8"))
    );
    let warnings: Vec<_> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|told| told["severity"] != "NOTICE")
        .collect();
    let codes: Vec<_> = warnings.iter().map(|told| told["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["REPEAT_ALONE", "FOOTNOTE_MISSING", "REPEAT_ALONE", "REPEAT_ALONE"]);
    assert_eq!(data["documents"]["totalCount"], 2);
}

fn assert_categories(categories: &[Value]) {
    let level = |level: &str| categories.iter().filter(|category| category["level"] == level).count();
    assert_eq!(["AXIS", "OBJECTIVE", "SECTION", "GROUP"].map(level), [4, 20, 45, 3]);
    let paths: std::collections::BTreeSet<_> =
        categories.iter().map(|category| category["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 72);
    for category in categories {
        let path = category["path"].as_str().unwrap();
        let title = category["title"].as_str().unwrap();
        assert!(!title.is_empty() && !title.contains(['*', '#', '<', '\t']), "{path}: {title}");
        assert_eq!(
            category["parent"]["path"].as_str(),
            path.rsplit_once('.').map(|(parent, _)| parent),
            "{path}"
        );
        assert_eq!(category["label"] == json!(null), category["level"] == "GROUP", "{path}");
        for child in category["children"].as_array().unwrap() {
            assert!(child["path"].as_str().unwrap().starts_with(&format!("{path}.")), "{path}");
        }
        assert_ne!(category["progress"]["total"], 0, "{path}");
    }
    let called: Vec<_> = categories
        .iter()
        .filter(|category| category["level"] == "AXIS")
        .map(|axis| axis["footnotes"].clone())
        .collect();
    assert_eq!(
        called,
        [json!([]), json!([{ "number": 2 }]), json!([{ "number": 4 }]), json!([{ "number": 5 }])]
    );
}

#[test]
fn every_measure_has_a_title_status_and_category() {
    let Some(service) = service() else { return };
    let measures = measures(&service);
    assert_eq!(measures.keys().copied().collect::<Vec<_>>(), (1..=271).collect::<Vec<_>>());
    let count = |keep: &dyn Fn(&Value) -> bool| measures.values().filter(|measure| keep(measure)).count();
    assert_eq!(count(&|measure| measure["programme"] == "PPS"), 43);
    assert_eq!(count(&|measure| measure["isRepeated"] == true), 44);
    assert_eq!(count(&|measure| measure["group"] != json!(null)), 14);
    for (number, measure) in &measures {
        for form in ["text", "html", "markdown"] {
            let title = measure["title"][form].as_str().unwrap();
            assert!(
                !title.is_empty() && !title.contains(['\t', '*']) && !title.contains("sup>"),
                "{number}: {title}"
            );
        }
        let is_pps = measure["statusText"].as_str().unwrap().starts_with("PPS ");
        assert_eq!(is_pps, measure["programme"] == "PPS", "{number}");
        let near = |side: &str| measure[side]["number"].as_i64();
        assert_eq!(near("next"), Some(number + 1).filter(|next| *next <= 271));
        assert_eq!(near("previous"), Some(number - 1).filter(|previous| *previous >= 1));
        assert_eq!(
            measure["categories"].as_array().unwrap().last().unwrap()["path"],
            measure["category"]["path"]
        );
        let path = measure["category"]["path"].as_str().unwrap();
        assert!(path.starts_with(measure["axis"]["label"].as_str().unwrap()), "{number}");
        assert_eq!(measure["objective"]["level"], "OBJECTIVE", "{number}");
    }
    assert_eq!(measures[&3]["footnotes"], json!([{ "number": 1 }]));
    assert_eq!(measures[&174]["footnotes"], json!([]), "its footnote is called and not defined");
    let list = measures[&117]["title"]["html"].as_str().unwrap();
    assert_eq!((list.matches("<li>").count(), list.starts_with("<ul>")), (2, true));
    assert_eq!(measures[&169]["category"]["path"], "2.6.b.g3");

    // The line number points to the measure in the source.
    let source = std::fs::read_to_string(
        service.place.content().join(measures[&1]["source"]["document"]["path"].as_str().unwrap()),
    );
    let source = source.unwrap();
    let lines: Vec<&str> = source.lines().collect();
    for (number, measure) in &measures {
        let line = usize::try_from(measure["source"]["line"].as_u64().unwrap()).unwrap();
        assert!(lines[line - 1].starts_with(&format!("{number}.\t")), "{number}");
    }
}

#[test]
fn measures_are_filtered_by_status_category_and_number() {
    let Some(service) = service() else { return };
    let count = |filter: &str| {
        let data =
            service.query(&format!("{{ measures(filter: {filter}) {{ totalCount progress {{ total }} }} }}"));
        assert_eq!(data["measures"]["totalCount"], data["measures"]["progress"]["total"]);
        data["measures"]["totalCount"].as_u64().unwrap()
    };
    assert_eq!(count("{status: [COMPLETED]}"), 30);
    assert_eq!(count("{status: [COMPLETED], category: [\"2\"]}"), 15);
    assert_eq!(count("{category: [\"1\", \"4\"]}"), 67 + 32);
    assert_eq!(count("{category: [\"2.6.b.g1\"]}"), 6);
    assert_eq!(count("{number: [1, 271, 999]}"), 2);
    assert_eq!(count("{hasProgramme: true}"), 43);
    assert_eq!(count("{isRepeated: true}"), 44);
    assert_eq!(count("{not: {status: [IN_PROGRESS]}}"), 271 - 163);
    assert_eq!(count("{or: [{category: [\"1\"]}, {number: [271]}]}"), 68);
}

/// A person checked every group. Most groups have equal texts. The other pairs differ in these points:
/// 2/32, 40/161 and 38/160 in parentheses, 69/183 and 174/179 in an acronym, 36/125 in two additional
/// words, 197/246 and 243/268 in stop words, 256/267 in an abbreviation of the city.
#[test]
fn repeated_measures_are_detected_without_false_positives() {
    let Some(service) = service() else { return };
    let mut groups: Vec<Vec<i64>> = Vec::new();
    let mut disagreeing = Vec::new();
    for (number, measure) in measures(&service) {
        let repeats = measure["repeats"].as_array().unwrap();
        let others: Vec<i64> = repeats.iter().map(|other| other["number"].as_i64().unwrap()).collect();
        let group: std::collections::BTreeSet<i64> = others.iter().copied().chain([number]).collect();
        let group: Vec<i64> = group.into_iter().collect();
        if group.len() > 1 && group[0] == number {
            groups.push(group);
        }
        if measure["repeatsDisagree"] == true {
            disagreeing.push(number);
        }
    }
    let pairs: [&[i64]; 23] = [
        &[2, 32],
        &[30, 244, 255],
        &[34, 157],
        &[35, 158],
        &[36, 125],
        &[38, 160],
        &[40, 161],
        &[41, 53],
        &[52, 55, 59],
        &[62, 67],
        &[69, 183],
        &[75, 114],
        &[147, 193],
        &[174, 179],
        &[178, 249],
        &[188, 222],
        &[191, 209],
        &[196, 200],
        &[197, 246],
        &[226, 237],
        &[243, 268],
        &[245, 261],
        &[256, 267],
    ];
    assert_eq!(groups, pairs);
    assert_eq!(disagreeing, [191, 209]);

    // Similar measures that differ in one significant word are not repeats.
    for (one, other) in [(95, 96), (136, 137), (142, 143), (230, 231), (79, 80), (1, 260)] {
        assert!(!groups.iter().any(|group| group.contains(&one) && group.contains(&other)));
    }
    let told = service
        .query("{ documents(filter: {kind: [PLAN]}) { nodes { diagnostics { code line suggestion } } } }");
    let told = told["documents"]["nodes"][0]["diagnostics"].as_array().unwrap().clone();
    let alone: Vec<&Value> = told.iter().filter(|told| told["code"] == "REPEAT_ALONE").collect();
    assert_eq!(alone.iter().map(|told| told["line"].as_i64().unwrap()).collect::<Vec<_>>(), [194, 390, 418]);
    assert!(alone[0]["suggestion"].as_str().unwrap().contains("201"));

    let progress = service.query("{ plan { progress { distinct { total completed distinct { total } } } } }");
    let distinct = &progress["plan"]["progress"]["distinct"];
    // 23 groups contain 48 rows, so 25 rows are repeats.
    assert_eq!((distinct["total"].as_i64(), distinct["distinct"]["total"].as_i64()), (Some(246), Some(246)));
}

#[test]
fn seed_page_has_the_expected_content() {
    let Some(service) = service() else { return };
    let data = service.query(
        "{ page(slug: \"sesu\") { title name lang translationKey uuid order createdAt frontMatter
             content { html text } tableOfContents { level text anchor children { level text children { text } } }
             images { src url alt } blocks { __typename content { text } children { __typename content { text } } }
             document { kind } } navigation { title page { slug } } }",
    );
    let page = &data["page"];
    assert_eq!(page["title"], "Service support formation (SESU)");
    assert_eq!((&page["name"], &page["order"]), (&json!("SESU"), &json!(4)));
    assert_eq!(page["createdAt"], "2025-11-14T09:44:00.000Z");
    assert_eq!((&page["translationKey"], &page["uuid"]), (&json!("sesu"), &json!("23a1826e78b3")));
    assert_eq!(page["frontMatter"].as_object().unwrap().len(), 8);
    assert_eq!(page["document"]["kind"], "SUPPORT_SERVICE");
    let kinds = |blocks: &Value| -> Vec<String> {
        blocks
            .as_array()
            .unwrap()
            .iter()
            .map(|block| block["__typename"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&page["blocks"]), ["RichTextBlock", "CalloutBlock", "RichTextBlock", "SectionBlock"]);
    assert_eq!(kinds(&page["blocks"][1]["children"]), ["RichTextBlock", "ImageBlock"]);
    assert_eq!(kinds(&page["blocks"][3]["children"]), ["RichTextBlock"; 3]);
    let image = json!({ "src": "/_images/logo-francophones-bruxelles-blanc.webp", "url": "/_images/logo-francophones-bruxelles-blanc.webp", "alt": null });
    assert_eq!(page["images"], json!([image]));
    let html = page["content"]["html"].as_str().unwrap();
    for syntax in ["{%", "%}", "____", "blocks=", "{{"] {
        assert!(
            !html.contains(syntax) && !page["content"]["text"].as_str().unwrap().contains(syntax),
            "{syntax}"
        );
    }
    let contents = &page["tableOfContents"];
    assert_eq!(
        (contents.as_array().unwrap().len(), contents[0]["children"].as_array().unwrap().len()),
        (1, 2)
    );
    assert_eq!(contents[0]["children"][1]["children"].as_array().unwrap().len(), 3);
    assert_eq!(data["navigation"], json!([{ "title": "SESU", "page": { "slug": "sesu" } }]));
}

#[test]
fn support_service_facts_match_its_page() {
    let Some(service) = service() else { return };
    let data = service.query(
        "{ page(slug: \"sesu\") { tableOfContents { children { children { text } } } blocks { children { content { text } } } }
           supportService(slug: \"sesu\") { name acronym organisation domain authority legalBasis region designatedYear
             renewedYear summary { text } definition { text } missions { position title description { text } }
             page { slug } }
           supportServices { totalCount }  }",
    );
    let found = &data["supportService"];
    let facts = ["name", "acronym", "organisation", "domain", "authority", "legalBasis", "region"];
    assert_eq!(
        facts.map(|fact| found[fact].as_str().unwrap()),
        [
            "Service support formation",
            "SESU",
            "Repères",
            "FORMATION généraliste et Continue",
            "COCOF",
            "décret de Promotion de la Santé",
            "Région Bruxelloise",
        ]
    );
    assert_eq!((&found["designatedYear"], &found["renewedYear"]), (&json!(2018), &json!(2023)));
    let positions: Vec<_> =
        found["missions"].as_array().unwrap().iter().map(|mission| &mission["position"]).collect();
    assert_eq!(positions, [1, 2, 3]);
    let missions: Vec<_> =
        found["missions"].as_array().unwrap().iter().map(|mission| &mission["title"]).collect();
    let headings = data["page"]["tableOfContents"][0]["children"][1]["children"].as_array().unwrap();
    assert_eq!(missions, headings.iter().map(|heading| &heading["text"]).collect::<Vec<_>>());
    let box_text = data["page"]["blocks"][1]["children"][0]["content"]["text"].as_str().unwrap();
    let (_, definition) = box_text.split_once("\n\n").unwrap();
    assert_eq!(found["definition"]["text"], definition);
    assert_eq!(data["supportServices"]["totalCount"], 1);
}

#[test]
fn support_service_is_related_to_training_measures() {
    let Some(service) = service() else { return };
    let data = service.query(
        "{ supportServices { nodes { relatedMeasures(first: 8) { number } } }
           measure(number: 253) { relatedServices { acronym } relatedPages { slug } } }",
    );
    let related = data["supportServices"]["nodes"][0]["relatedMeasures"].as_array().unwrap();
    let related: Vec<i64> = related.iter().map(|measure| measure["number"].as_i64().unwrap()).collect();
    assert_eq!(related[0], 253);
    // A person checked these measures: they concern training, support for other services, or both.
    assert!([256, 264, 265, 267].iter().all(|number| related.contains(number)), "{related:?}");
    assert_eq!(data["measure"]["relatedServices"][0]["acronym"], "SESU");
    assert_eq!(data["measure"]["relatedPages"][0]["slug"], "sesu");
}

#[test]
fn one_changed_status_publishes_one_change() {
    let Some(service) = service() else { return };
    let path = service.query("{ plan { document { path } } }")["plan"]["document"]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = service.place.content().join(path);
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("\tPPS À faire", "\tPPS Réalisé", 1);
    std::fs::write(&file, changed).unwrap();
    let synced = service.wait_for_sync();
    assert_eq!(synced["sync.changes"], 1);
    let data = service
        .query("{ plan { progress { completed } } measure(number: 5) { status statusText programme } }");
    assert_eq!(data["plan"]["progress"]["completed"], 31);
    assert_eq!(
        data["measure"],
        json!({ "status": "COMPLETED", "statusText": "PPS Réalisé", "programme": "PPS" })
    );
}
