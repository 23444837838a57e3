//! Pages that refer to other pages and to assets, while these are added, moved and removed.

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

const LINKS: &str = "---\nname: Liens\nlang: fr\n---\n# Liens\n\n\
    Voir {% link url=\"mare\", anchor=\"Les joncs\", type=\"internal\" %}{% endlink %}.\n\n\
    {% link url=\"mare\", type=\"internal\" %}La mare{% endlink %}\n";

const POND: &str =
    "---\ntranslationKey: mare\nname: La mare\nlang: fr\n---\n# Notre mare\n\n## Les joncs\n\nVerts.\n";

fn links(service: &Service) -> Value {
    let query = "{ page(slug: \"liens\") { content { html text markdown } \
                 links { kind url label anchor isBroken page { slug } } \
                 blocks { __typename ... on LinkBlock { link { url } } } \
                 document { diagnostics { code line suggestion } } } }";
    service.query(query)["page"].clone()
}

#[test]
fn links_follow_their_target_page() {
    let place = TestSite::new();
    place.write("liens.md", LINKS);
    let service = place.serve();
    let before = links(&service);
    assert_eq!(before["content"]["text"], "Liens\n\nVoir .\n\nLa mare");
    assert_eq!(before["links"][0]["isBroken"], true);
    assert_eq!(before["links"][0]["label"], "mare");
    let codes: Vec<&Value> =
        before["document"]["diagnostics"].as_array().unwrap().iter().map(|told| &told["code"]).collect();
    assert_eq!(codes, ["LINK_BROKEN", "LINK_BROKEN"]);
    assert_eq!(before["document"]["diagnostics"][0]["line"], 7);

    service.save("mare.md", POND);
    let there = links(&service);
    assert_eq!(
        there["content"]["html"],
        "<h1 id=\"liens\">Liens</h1>\n<p>Voir <a href=\"/fr/mare#les-joncs\">La mare</a>.</p>\n\
         <p><a href=\"/fr/mare\">La mare</a></p>"
    );
    assert_eq!(there["content"]["text"], "Liens\n\nVoir La mare.\n\nLa mare");
    assert_eq!(
        there["content"]["markdown"],
        "# Liens\n\nVoir [La mare](</fr/mare#les-joncs>).\n\n[La mare](</fr/mare>)"
    );
    assert_eq!(
        there["links"][0],
        json!({ "kind": "INTERNAL", "url": "/fr/mare#les-joncs", "label": "La mare", "anchor": "les-joncs",
                "isBroken": false, "page": { "slug": "mare" } })
    );
    assert_eq!(there["blocks"][1], json!({ "__typename": "LinkBlock", "link": { "url": "/fr/mare" } }));
    assert_eq!(there["document"]["diagnostics"], json!([]));

    service.save(
        "mare.md",
        &POND.replace("name: La mare", "name: L’étang\nslug: etang").replace("Les joncs", "Les roseaux"),
    );
    let moved = links(&service);
    assert_eq!(moved["content"]["text"], "Liens\n\nVoir L’étang.\n\nLa mare");
    assert_eq!(moved["links"][0]["url"], "/fr/etang");
    assert_eq!(moved["links"][1]["isBroken"], false);
    assert_eq!(moved["document"]["diagnostics"][0]["code"], "PAGE_ANCHOR_BROKEN");

    service.remove("mare.md");
    assert_eq!(links(&service)["links"], before["links"]);
}

#[test]
fn folder_defaults_apply_and_collections_list_pages() {
    let place = TestSite::new();
    let page = |name: &str, rest: &str| format!("---\nname: {name}\n{rest}---\n# {name}\n");
    place.write("index.md", "# Accueil\n\n{% collection collection=\"ateliers\", filters=[{\"by\":\"tag\",\"value\":[\"phare\"]}], sortCriterias=[{\"by\":\"title\",\"direction\":\"desc\"}] %}{% endcollection %}\n");
    place.write("ateliers/ateliers.yaml", "lang: fr\ntags: [atelier]\ntel: 0471\n");
    place.write("ateliers/a.md", &page("Abeilles", "tags: [phare]\n"));
    place.write("ateliers/b.md", &page("Bouture", "tags: [Phare, été]\n"));
    place.write("ateliers/c.md", &page("Compost", ""));
    place.write("ailleurs/d.md", &page("Digue", "lang: fr\ntags: [ateliers, phare]\n"));
    place.write("ailleurs/e.md", &page("Eik", "lang: nl\ntags: [ateliers, phare]\n"));
    let service = place.serve();
    let list = |service: &Service| {
        let query = "{ page(slug: \"index\") { content { html } blocks { ... on CollectionBlock { name pages { totalCount nodes { title } } } } } }";
        service.query(query)["page"].clone()
    };
    let before = list(&service);
    let titles = |list: &Value| -> Vec<String> {
        let nodes = list["blocks"][1]["pages"]["nodes"].as_array().unwrap();
        nodes.iter().map(|page| page["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&before), ["Digue", "Bouture", "Abeilles"]);
    assert_eq!(before["blocks"][1]["pages"]["totalCount"], 3);
    assert!(
        before["content"]["html"].as_str().unwrap().contains("<li><a href=\"/fr/bouture\">Bouture</a></li>")
    );
    let compost = "{ page(slug: \"compost\") { lang tags frontMatter } }";
    assert_eq!(
        service.query(compost)["page"],
        json!({ "lang": "FR", "tags": ["atelier"],
                "frontMatter": { "lang": "fr", "tags": ["atelier"], "tel": "0471", "name": "Compost" } })
    );

    // Folder defaults apply to documents that do not change themselves.
    service.save("ateliers/ateliers.yaml", "lang: fr\ntags: [atelier, phare]\n");
    assert_eq!(titles(&list(&service)), ["Digue", "Compost", "Bouture", "Abeilles"]);
    // Invalid folder defaults change nothing and are reported.
    service.save("ateliers/ateliers.yaml", "lang: \"fr\n");
    assert_eq!(titles(&list(&service)).len(), 4);
    let told = service.query("{ document(path: \"ateliers/c.md\") { state diagnostics { code message } } }");
    assert_eq!(told["document"]["state"], "REJECTED");
    assert_eq!(told["document"]["diagnostics"][0]["code"], "FOLDER_DEFAULTS_INVALID");
    assert!(
        told["document"]["diagnostics"][0]["message"].as_str().unwrap().contains("ateliers/ateliers.yaml")
    );
}

#[test]
fn duplicate_slugs_and_missing_images_are_reported() {
    let place = TestSite::new();
    place.write("a.md", "---\nslug: mare\nlang: nl\n---\n# A\n\n![een kikker](/_images/kikker.png)\n");
    place.write("b.md", "---\nslug: mare\nlang: nl\n---\n# B\n");
    place.write("c.md", "---\nslug: mare\nlang: fr\n---\n# C\n");
    let service = place.serve();
    let told = |service: &Service, path: &str| {
        let query =
            format!("{{ document(path: \"{path}\") {{ diagnostics {{ severity code message line }} }} }}");
        service.query(&query)["document"]["diagnostics"].clone()
    };
    assert_eq!(
        told(&service, "a.md"),
        json!([
            { "severity": "WARNING", "code": "SLUG_TWICE", "line": null,
              "message": "Een andere pagina in het Nederlands heeft hetzelfde adres ‘mare’: het bestand ‘b.md’." },
            { "severity": "NOTICE", "code": "IMAGE_MISSING", "line": 7,
              "message": "De afbeelding ‘_images/kikker.png’ zit niet in deze map, die geen afbeeldingen bevat." },
        ])
    );
    assert_eq!(told(&service, "c.md"), json!([]));
    // A missing image is a warning if the folder contains images, and a notice otherwise.
    service.save("_images/other.png", "no image");
    assert_eq!(told(&service, "a.md")[1]["severity"], "WARNING");
    service.save("_images/kikker.png", "no image either");
    service.remove("b.md");
    assert_eq!(told(&service, "a.md"), json!([]));
}

#[test]
fn renamed_page_plan_and_service_are_found_by_their_former_slugs() {
    let place = TestSite::new();
    let service_page = "---\nkind: support-service\nlang: fr\nslug: NAME\n---\n# Service support mares\n\n\
        L’Atelier des Mares est le service support du Littoral.\n";
    place.write("mare.md", "# La mare\n");
    place.write("saq.md", &service_page.replace("NAME", "saq"));
    place.write("plan.txt", "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n1.\tCreuser\tÀ faire\n");
    let service = place.serve();
    let query = "{ page(slug: \"mare\") { slug url canonicalUrl }
        supportService(slug: \"saq\", lang: FR) { slug canonicalUrl }
        plan(slug: \"plan-des-mares-2025\") { slug canonicalUrl }
        measure(number: 1, plan: \"plan-des-mares\") { url }
        redirects(first: 10) { totalCount nodes { kind url canonicalUrl lang slug node { __typename id } } } }";
    assert_eq!(service.query(query)["redirects"]["totalCount"], 0);

    std::fs::rename(service.place.content().join("mare.md"), service.place.content().join("etang.md"))
        .unwrap();
    service.wait_for_sync();
    service.save("saq.md", &service_page.replace("NAME", "saq-littoral"));
    service.save("plan.txt", "# Plan des étangs 2025\n\n## AXE 1: Creuser\n\n1.\tCreuser\tÀ faire\n");
    let found = service.query(query);
    let page = json!({ "slug": "etang", "url": "/fr/etang", "canonicalUrl": "/fr/etang" });
    assert_eq!(found["page"], page);
    assert_eq!(
        found["supportService"],
        json!({ "slug": "saq-littoral", "canonicalUrl": "/fr/saq-littoral" })
    );
    let plan = json!({ "slug": "plan-des-etangs", "canonicalUrl": "/fr/plans/plan-des-etangs-2025" });
    assert_eq!(found["plan"], plan);
    assert_eq!(found["measure"]["url"], "/fr/plans/plan-des-etangs-2025/measures/1");
    let redirects: Vec<[&str; 4]> = found["redirects"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let node_type = node["node"]["__typename"].as_str().unwrap();
            ["kind", "url", "canonicalUrl"]
                .map(|field| node[field].as_str().unwrap())
                .into_iter()
                .chain([node_type])
                .collect::<Vec<_>>()
                .try_into()
                .unwrap()
        })
        .collect();
    assert_eq!(
        redirects,
        [
            ["PAGE", "/fr/mare", "/fr/etang", "Page"],
            ["SUPPORT_SERVICE", "/fr/saq", "/fr/saq-littoral", "SupportService"],
            ["PLAN", "/fr/plans/plan-des-mares-2025", "/fr/plans/plan-des-etangs-2025", "Plan"],
        ]
    );
    // A new page takes the slug over.
    service.save("mare.md", "# Une autre mare\n");
    assert_eq!(service.query(query)["page"]["canonicalUrl"], "/fr/mare");
    assert_eq!(service.query(query)["redirects"]["totalCount"], 2);
}
