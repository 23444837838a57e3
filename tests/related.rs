//! Related pages, support services and measures.

use serde_json::{Value, json};

use crate::support::TestSite;

const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n\
    1.\tCreuser une mare dans chaque parc de la ville\tEn cours\n\
    2.\tSoutenir un service de support qui forme les jardiniers aux mares et aux haies\tÀ faire\n\
    3.\tCompter les grenouilles au printemps\tEn cours\n\
    4.\tPlanter des haies le long des chemins\tRéalisé\n\
    5.\tOuvrir les caniveaux des rues en pente\tEn cours\n\
    6.\tFormer les jardiniers à la taille douce\tÀ faire\n";

const SERVICE: &str = "---\ntranslationKey: ssj\nlang: fr\n---\n# Service support jardiniers (SSJ)\n\n\
    Le service forme les jardiniers de la ville, pas à pas.\n\n## Des formations\n\nSur les haies.\n";

fn numbers(measures: &Value) -> Vec<i64> {
    measures.as_array().unwrap().iter().map(|measure| measure["number"].as_i64().unwrap()).collect()
}

#[test]
fn named_measures_precede_similar_measures() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("ssj.md", SERVICE);
    place.write(
        "caniveaux.md",
        "---\nmeasures: [5, 99, 1]\nlang: fr\n---\n# Où va la pluie\n\nDans la terre.\n",
    );
    place.write("autre.md", "---\nlang: fr\n---\n# Mentions\n\nRien de tout cela.\n");
    let service = place.serve();
    let data = service.query(
        "{ service: supportService(slug: \"ssj\") { relatedMeasures { number } one: relatedMeasures(first: 1) { number }
             relatedMeasureEdges { score isExplicit node { number } } page { relatedMeasures { number } } }
           named: page(slug: \"caniveaux\") { relatedMeasureEdges { score isExplicit node { number } } }
           none: page(slug: \"autre\") { relatedMeasures { number } }
           measures { nodes { number relatedPages { slug } relatedServices { acronym } } }
           measure(number: 5) { relatedPageEdges { score isExplicit node { slug } } } }",
    );
    let related = &data["service"];
    assert_eq!(numbers(&related["relatedMeasures"]), [2, 6]);
    assert_eq!(numbers(&related["one"]), [2]);
    assert_eq!(related["page"]["relatedMeasures"], related["relatedMeasures"]);
    let scores: Vec<f64> = related["relatedMeasureEdges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["score"].as_f64().unwrap())
        .collect();
    assert!(scores[0] > scores[1] && scores[1] > 0.0 && scores[0] <= 1.0, "{scores:?}");
    assert_eq!(
        data["named"]["relatedMeasureEdges"],
        json!([{ "score": 1.0, "isExplicit": true, "node": { "number": 5 } },
               { "score": 1.0, "isExplicit": true, "node": { "number": 1 } }])
    );
    assert_eq!(data["none"]["relatedMeasures"], json!([]));
    let by_number = |number: usize| data["measures"]["nodes"][number - 1].clone();
    assert_eq!(by_number(2)["relatedPages"], json!([{ "slug": "ssj" }]));
    assert_eq!(by_number(2)["relatedServices"], json!([{ "acronym": "SSJ" }]));
    assert_eq!((&by_number(3)["relatedPages"], &by_number(3)["relatedServices"]), (&json!([]), &json!([])));
    assert_eq!(
        data["measure"]["relatedPageEdges"],
        json!([{ "score": 1.0, "isExplicit": true, "node": { "slug": "caniveaux" } }])
    );
}

#[test]
fn related_measures_follow_page_changes() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("page.md", "---\nmeasures: 3\nlang: fr\n---\n# Une page\n");
    let service = place.serve();
    let related = || {
        numbers(
            &service.query("{ page(slug: \"page\") { relatedMeasures { number } } }")["page"]["relatedMeasures"],
        )
    };
    // The slug comes from the file name, because the front matter has no name.
    assert_eq!(related(), [3]);
    service.save("page.md", "---\nmeasures: [4, 5]\nlang: fr\n---\n# Une page\n");
    assert_eq!(related(), [4, 5]);
    let told = service.query("{ page(slug: \"page\") { relatedMeasures(first: 1) { number } } }");
    assert_eq!(numbers(&told["page"]["relatedMeasures"]), [4]);
}
