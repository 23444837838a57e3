//! Life cycle of documents: create, change, break, repair, move and remove a file while a front end sends
//! queries.

use std::fs;

use serde_json::json;

use crate::support::TestSite;

const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tSemer des joncs\tEn cours\n2.\tPoser un ponton\tPPS À faire\n";
const QUERY: &str = "{ plan { progress { total completed } measures { nodes { number status } } } }";

#[test]
fn file_lifecycle_from_creation_to_removal_is_served() {
    let service = TestSite::new().serve();
    let place = &service.place;
    assert_eq!(service.query(QUERY)["plan"], json!(null));

    place.write("plan.txt", PLAN);
    service.wait_for_sync();
    assert_eq!(service.query(QUERY)["plan"]["progress"], json!({ "total": 2, "completed": 0 }));
    let id = service.query("{ measure(number: 2) { id } }")["measure"]["id"].clone();

    place.write("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé"));
    service.wait_for_sync();
    assert_eq!(service.query(QUERY)["plan"]["progress"]["completed"], 1);

    place.write("plan.txt", &PLAN.replace("2.\tPoser", "1.\tPoser"));
    service.wait_for_sync();
    assert_eq!(service.query(QUERY)["plan"]["progress"], json!({ "total": 2, "completed": 1 }));
    let told = service.query(
        "{ documents(filter: {hasDiagnostics: ERROR}) { totalCount nodes {
           path state publishedRevision diagnostics { severity code line message suggestion excerpt } } } }",
    );
    let document = &told["documents"]["nodes"][0];
    assert_eq!((&document["path"], &document["state"]), (&json!("plan.txt"), &json!("REJECTED")));
    assert_eq!(document["publishedRevision"], 2);
    let diagnostic = &document["diagnostics"][0];
    assert_eq!((&diagnostic["code"], &diagnostic["line"]), (&json!("MEASURE_NUMBER_TWICE"), &json!(8)));
    assert_eq!(diagnostic["message"], "Deux mesures portent le numéro 1. La première est à la ligne 7.");

    place.write("plan.txt", PLAN);
    service.wait_for_sync();
    let repaired = service.query("{ document(path: \"plan.txt\") { state diagnostics { code } } }");
    assert_eq!(repaired["document"], json!({ "state": "PUBLISHED", "diagnostics": [] }));
    assert_eq!(service.query(QUERY)["plan"]["progress"]["completed"], 0);

    fs::create_dir(place.content().join("plans")).unwrap();
    fs::rename(place.content().join("plan.txt"), place.content().join("plans/mares.txt")).unwrap();
    service.wait_for_sync();
    let moved = service.query("{ measure(number: 2) { id plan { document { path } } } }");
    assert_eq!(moved["measure"]["id"], id);
    assert_eq!(moved["measure"]["plan"]["document"]["path"], "plans/mares.txt");

    fs::remove_file(place.content().join("plans/mares.txt")).unwrap();
    service.wait_for_sync();
    assert_eq!(service.query(QUERY)["plan"], json!(null));
    assert_eq!(service.query("{ sync { documents } }")["sync"]["documents"], 0);
}

#[test]
fn plans_pages_and_services_are_served_together() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write(
        "service.md",
        "---\nname: SSM\ntranslationKey: ssm\nlang: fr\neleventyNavigation:\n  order: 2\n  parent: accueil\n---\n\
         # Service support mares (SSM)\n\nDans le cadre du décret des Eaux mis en place par la COEAU en Région Humide \
         (2020), Les Joncs a été désignée comme SERVICE DE SUPPORT en matière de mares. Cette reconnaissance a été \
         renouvelée en 2024.\n\n____NOTE____\n\n## Pourquoi ?\n\nPour **les mares**.\n\n____NOTE____\n\n## Le service\n\n\
         Deux missions l’occupent.\n\n{% section blocks=[{\"value\":\"### Creuser\\n\\nDes trous.\",\"type\":\"markdown\"},\
         {\"value\":\"### Planter\\n\\nDes joncs.\",\"type\":\"markdown\"}] %}\n",
    );
    place.write("accueil.md", "---\nname: Accueil\ntranslationKey: accueil\neleventyNavigation:\n  key: accueil\n---\n# Bienvenue\n");
    let service = place.serve();
    let data = service.query(
        "{ plan { slug } navigation { title children { title page { slug } } }
           page(slug: \"ssm\") { title blocks { __typename children { __typename } } supportService { id } }
           supportServices { nodes { id name acronym organisation domain authority legalBasis region designatedYear
             renewedYear definition { text } missions { position title description { text } } page { slug } } } }",
    );
    assert_eq!(data["plan"]["slug"], "plan-des-mares");
    assert_eq!(
        data["navigation"],
        json!([{ "title": "Accueil", "children": [{ "title": "SSM", "page": { "slug": "ssm" } }] }])
    );
    let kinds: Vec<_> =
        data["page"]["blocks"].as_array().unwrap().iter().map(|block| &block["__typename"]).collect();
    assert_eq!(kinds, ["RichTextBlock", "CalloutBlock", "RichTextBlock", "SectionBlock"]);
    let found = &data["supportServices"]["nodes"][0];
    assert_eq!(found["id"], data["page"]["supportService"]["id"]);
    assert_eq!(
        *found,
        json!({
            "id": found["id"], "name": "Service support mares", "acronym": "SSM", "organisation": "Les Joncs",
            "domain": "mares", "authority": "COEAU", "legalBasis": "décret des Eaux", "region": "Région Humide",
            "designatedYear": 2020, "renewedYear": 2024, "definition": { "text": "Pour les mares." },
            "missions": [
                { "position": 1, "title": "Creuser", "description": { "text": "Des trous." } },
                { "position": 2, "title": "Planter", "description": { "text": "Des joncs." } },
            ],
            "page": { "slug": "ssm" },
        })
    );
}

#[test]
fn every_node_type_can_be_refetched_by_id() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("page.md", "# Service support mares (SSM)\n");
    let service = place.serve();
    let data = service.query(
        "{ plan { id document { id } categories { id } measures { nodes { id } } }
           page(slug: \"page\") { id supportService { id } } }",
    );
    let plan = &data["plan"];
    let ids = [
        &plan["id"],
        &plan["document"]["id"],
        &plan["categories"][1]["id"],
        &plan["measures"]["nodes"][0]["id"],
        &data["page"]["id"],
        &data["page"]["supportService"]["id"],
    ];
    let asked = service.query(&format!("{{ nodes(ids: {}) {{ __typename id }} }}", json!(ids)));
    let nodes = asked["nodes"].as_array().unwrap();
    let kinds: Vec<_> = nodes.iter().map(|node| node["__typename"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Plan", "Document", "Category", "Measure", "Page", "SupportService"]);
    assert!(nodes.iter().zip(ids).all(|(node, id)| node["id"] == *id));
    assert_eq!(service.query("{ node(id: \"nobody\") { id } }")["node"], json!(null));
}
