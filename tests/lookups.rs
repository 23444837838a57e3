//! Lookups of objects by each of their identifiers.

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

fn service() -> Service {
    let place = TestSite::new();
    place.write("mare.md", "---\nslug: mare\ntranslationKey: pond\nuuid: 7f9c\nlang: fr\n---\n# La mare\n");
    place.write("vijver.md", "---\nslug: vijver\ntranslationKey: pond\nlang: nl\n---\n# De vijver\n");
    for year in [2024, 2025] {
        let head = "---\nslug: mares\ntranslationKey: ponds\nlang: fr\n---\n";
        let text = format!(
            "{head}# Plan des mares {year}\n\n## AXE 1: Creuser\n\n1.\tCreuser la mare {year}\tEn cours\n"
        );
        place.write(&format!("plan-{year}.txt"), &text);
    }
    place.serve()
}

fn answer(service: &Service, query: &str, variables: &Value) -> Value {
    let body = json!({ "query": query, "variables": variables }).to_string();
    service.post(&body, &[("content-type", "application/json")]).json()
}

#[test]
fn page_is_found_by_slug_translation_key_and_uuid() {
    let service = service();
    let title = |arguments: &str| {
        service.query(&format!("{{ page({arguments}) {{ title }} }}"))["page"]["title"].clone()
    };
    for arguments in [
        "slug: \"mare\"",
        "translationKey: \"pond\"",
        "by: {slug: \"mare\"}",
        "by: {translationKey: \"pond\"}",
        "by: {uuid: \"7f9c\"}",
    ] {
        assert_eq!(title(arguments), "La mare", "{arguments}");
    }
    assert_eq!(title("by: {translationKey: \"pond\"}, lang: NL"), "De vijver");
    assert_eq!(title("by: {uuid: \"7f9c\"}, lang: NL"), Value::Null);
}

#[test]
fn plan_is_found_by_slug_translation_key_and_edition() {
    let service = service();
    let year = |arguments: &str| {
        service.query(&format!("{{ plan({arguments}) {{ year }} }}"))["plan"]["year"].clone()
    };
    for arguments in ["slug: \"mares\"", "by: {slug: \"mares\"}", "by: {translationKey: \"ponds\"}"] {
        assert_eq!(year(arguments), 2025, "{arguments}");
    }
    assert_eq!(year("by: {edition: {slug: \"mares\", year: 2024}}"), 2024);
    assert_eq!(year("slug: \"mares-2024\""), 2024);
    assert_eq!(year("by: {edition: {slug: \"mares\", year: 2023}}"), Value::Null);
    assert_eq!(year("by: {slug: \"mares\"}, lang: NL"), Value::Null);
}

#[test]
fn lookup_requires_exactly_one_identifier() {
    let service = service();
    for (query, variables, code) in [
        ("{ page(by: {slug: \"mare\"}, slug: \"mare\") { id } }", json!({}), "BAD_USER_INPUT"),
        ("{ page(by: {slug: \"mare\"}, translationKey: \"pond\") { id } }", json!({}), "BAD_USER_INPUT"),
        ("{ plan(by: {slug: \"mares\"}, slug: \"mares\") { id } }", json!({}), "BAD_USER_INPUT"),
        ("{ page { id } }", json!({}), "BAD_USER_INPUT"),
        ("{ page(by: {slug: \"mare\", uuid: \"7f9c\"}) { id } }", json!({}), "BAD_USER_INPUT"),
        ("{ page(by: {}) { id } }", json!({}), "BAD_USER_INPUT"),
        (
            "query ($by: PageBy!) { page(by: $by) { id } }",
            json!({ "by": { "slug": "mare", "uuid": "7f9c" } }),
            "BAD_USER_INPUT",
        ),
    ] {
        let answer = answer(&service, query, &variables);
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}: {answer}");
    }
}
