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

#[test]
fn flat_blocks_send_each_text_once() {
    let place = TestSite::new();
    place.write(
        "cours.md",
        "# Cours\n\nAvant.\n\n{% section %}\n\nDedans {% image src=\"/_images/jonc.png\", alt=\"un jonc\" %} fin.\n\n{% callout title=\"Note\" %}\n\nAu \
         fond.\n\n{% endcallout %}\n\n{% endsection %}\n\nAprès.\n",
    );
    let service = place.serve();
    let fields = "__typename id parentId depth ownContent { text } content { text }";
    let data = service.query(&format!(
        "{{ page(slug: \"cours\") {{ content {{ text }} tree: blocks {{ {fields} children {{ {fields} children {{ {fields} }} }} }}
            flat: blocks(flat: true) {{ {fields} }} }} }}"
    ));
    let page = &data["page"];
    let mut tree = Vec::new();
    let mut waiting: Vec<Value> = page["tree"].as_array().unwrap().iter().rev().cloned().collect();
    while let Some(mut block) = waiting.pop() {
        let children = block.as_object_mut().unwrap().remove("children");
        waiting.extend(children.iter().flat_map(|children| children.as_array().unwrap()).rev().cloned());
        tree.push(block);
    }
    let flat = page["flat"].as_array().unwrap();
    assert_eq!(*flat, tree);
    assert!(flat.iter().any(|block| block["depth"] == 2), "{flat:?}");
    for block in flat {
        let parent = flat.iter().find(|other| other["id"] == block["parentId"]);
        let depth = parent.map_or(0, |parent| parent["depth"].as_i64().unwrap() + 1);
        assert_eq!(block["depth"], depth);
    }
    let own = flat.iter().map(|block| block["ownContent"]["text"].as_str().unwrap());
    let own: Vec<&str> = own.filter(|text| !text.is_empty()).collect();
    assert_eq!(own.join("\n\n"), page["content"]["text"].as_str().unwrap());
    assert_eq!(flat.iter().filter(|block| block["__typename"] == "ImageBlock").count(), 1);
}

#[test]
fn front_matter_is_read_with_types_and_links() {
    let place = TestSite::new();
    let navigation = |parent: &str| format!("eleventyNavigation: {{key: mare, parent: {parent}}}");
    place.write(
        "accueil.md",
        "---\nname: Accueil\nlang: fr\neleventyNavigation: {key: accueil}\n---\n# Bienvenue\n",
    );
    place.write(
        "mare.md",
        &format!(
            "---\nname: Mare\nlang: fr\n{}\nlead: Voir [l’accueil](accueil.md) et *plus*\ntempo: \"1,5\"\nouvert: oui\n\
             quand: 2025-11-14\netapes: [{{titre: Creuser}}, {{titre: Planter}}]\npublics: [enfants, aînés]\n\
             metadata: {{image: {{src: /_images/jonc.png, alt: Un jonc}}}}\n---\n# La mare\n\nDes joncs.\n",
            navigation("accueil")
        ),
    );
    let service = place.serve();
    let data = service.query(
        "{ page(slug: \"mare\") { url canonicalUrl breadcrumbs { title url } image { src alt }
            tempo: field(path: \"tempo\") { text number date boolean list }
            ouvert: field(path: \"ouvert\") { boolean number } quand: field(path: \"quand\") { date }
            etape: field(path: \"etapes.1.titre\") { text } publics: field(path: \"publics\") { text list }
            photo: field(path: \"metadata.image\") { image { src alt } list } rien: field(path: \"rien\") { text }
            lead: richText(path: \"lead\") { html text } nom: richText(path: \"name\") { html }
            liste: richText(path: \"publics\") { html } } }",
    );
    let image = json!({ "src": "/_images/jonc.png", "alt": "Un jonc" });
    assert_eq!(
        data["page"],
        json!({
            "url": "/fr/mare", "canonicalUrl": "/fr/mare", "breadcrumbs": [{ "title": "Accueil", "url": "/fr/accueil" }],
            "image": image,
            "tempo": { "text": "1,5", "number": 1.5, "date": null, "boolean": null, "list": ["1,5"] },
            "ouvert": { "boolean": true, "number": null },
            "quand": { "date": "2025-11-14T00:00:00.000Z" },
            "etape": { "text": "Planter" },
            "publics": { "text": "enfants, aînés", "list": ["enfants", "aînés"] },
            "photo": { "image": image, "list": null }, "rien": null,
            "lead": { "html": "<p>Voir <a href=\"/fr/accueil\">l’accueil</a> et <em>plus</em></p>", "text": "Voir l’accueil et plus" },
            "nom": { "html": "<p>Mare</p>" }, "liste": null
        })
    );
    // A link in the front matter is checked like one in the text.
    service.remove("accueil.md");
    let told = service.query("{ document(path: \"mare.md\") { diagnostics { code line } } }");
    assert_eq!(told["document"]["diagnostics"][0], json!({ "code": "LINK_BROKEN", "line": 5 }));
}

#[test]
fn pages_and_services_are_filtered_and_ordered() {
    let place = TestSite::new();
    for (name, rest) in [
        ("abeilles", "tempo: 30\ntags: [jardin, Été]\ncreatedAt: 2024-03-01"),
        ("bouture", "tempo: 9\ntags: [jardin]\ncreatedAt: 2025-03-01"),
        ("compost", "tempo: lent\ntags: [été]"),
    ] {
        place.write(
            &format!("{name}.md"),
            &format!("---\nlang: fr\nname: {name}\n{rest}\n---\n# {name}\n\nDes feuilles.\n"),
        );
    }
    place.write("saq.md", "---\nlang: fr\nprix: 5\n---\n# Service support animation (SAQ)\n\nDes feuilles et des feuilles mortes.\n");
    let service = place.serve();
    let slugs = |arguments: &str| -> Vec<String> {
        let data = service.query(&format!("{{ pages({arguments}) {{ totalCount nodes {{ slug }} }} }}"));
        let nodes = data["pages"]["nodes"].as_array().unwrap();
        assert_eq!(data["pages"]["totalCount"], nodes.len());
        nodes.iter().map(|page| page["slug"].as_str().unwrap().to_owned()).collect()
    };
    let by_tempo = "orderBy: [{field: FRONT_MATTER, path: \"tempo\", direction: ASC}]";
    assert_eq!(
        slugs(&format!("filter: {{isSupportService: false}}, {by_tempo}")),
        ["bouture", "abeilles", "compost"]
    );
    assert_eq!(
        slugs(
            "filter: {or: [{tag: [\"ete\"]}, {frontMatter: [{path: \"tempo\", lte: \"10\"}]}], not: {slug: [\"compost\"]}}"
        ),
        ["abeilles", "bouture"]
    );
    // An empty list is ignored. A text that is no slug is the slug of no page.
    assert_eq!(slugs("filter: {slug: []}"), slugs("filter: {}"));
    assert_eq!(slugs("filter: {slug: [\"Compost !\"]}"), Vec::<String>::new());
    assert_eq!(slugs("filter: {not: {slug: [\"Compost !\"]}}"), slugs("filter: {}"));
    let data =
        service.query("{ page(slug: \"Compost !\") { id } page2: page(by: {slug: \"\"}) { id } supportService(slug: \"SAQ\") { id } }");
    assert_eq!(data, json!({ "page": null, "page2": null, "supportService": null }));
    assert_eq!(slugs("filter: {createdAfter: \"2024-06-01T00:00:00Z\"}"), ["bouture"]);
    assert_eq!(slugs("filter: {changedSince: \"2999-01-01T00:00:00Z\"}"), Vec::<String>::new());
    // The last word matches as a prefix, and the best match comes first.
    let found = slugs("filter: {text: \"feuille mor\"}");
    assert_eq!(found.len(), 1);
    assert_eq!(slugs("filter: {text: \"feuille\", isSupportService: false}").len(), 3);
    let data = service.query("{ pages(filter: {tag: [\"jardin\"]}) { facets { tag { tag count } } } }");
    assert_eq!(data["pages"]["facets"]["tag"][0]["count"], 2);
    let data = service.query(
        "{ a: supportServices(filter: {frontMatter: [{path: \"prix\", eq: \"5\"}]}) { totalCount nodes { acronym } }
           b: supportServices(filter: {text: \"feuilles\"}) { totalCount }
           c: supportServices(filter: {frontMatter: [{path: \"prix\", gte: \"6\"}]}) { totalCount nodes { acronym } } }",
    );
    assert_eq!(data["a"], json!({ "totalCount": 1, "nodes": [{ "acronym": "SAQ" }] }));
    assert_eq!((&data["b"]["totalCount"], &data["c"]["totalCount"]), (&json!(1), &json!(0)));
}

#[test]
fn contracts_check_the_pages_of_their_folder() {
    let place = TestSite::new();
    let contract = "required: [date, lieu]\nproperties:\n  date: {type: string, format: date}\n  lieu: {type: string, description: Ville}\n  \
                    places: {type: integer, minimum: 1}\n";
    place.write("ateliers/ateliers.schema.yaml", contract);
    place.write("ateliers/a.md", "---\nlang: fr\ndate: 2025-03-01\nlieu: Mons\nplaces: 0\n---\n# Abeilles\n");
    place.write("ateliers/b.md", "---\nlang: fr\ndate: 2025-04-01\nleiu: Mons\n---\n# Bouture\n");
    place.write("ailleurs.md", "---\nlang: fr\n---\n# Ailleurs\n");
    let service = place.serve();
    let told = |service: &Service, path: &str| {
        let query = format!(
            "{{ document(path: \"{path}\") {{ kind state diagnostics {{ code line suggestion }} }} }}"
        );
        service.query(&query)["document"].clone()
    };
    assert_eq!(
        told(&service, "ateliers/a.md")["diagnostics"],
        json!([{ "code": "FIELD_VALUE", "line": 5, "suggestion": "Écrivez par exemple « places: 1 »." }])
    );
    assert_eq!(
        told(&service, "ateliers/b.md")["diagnostics"],
        json!([{ "code": "FIELD_MISSPELT", "line": 4, "suggestion": "Écrivez « lieu: » à la place." }])
    );
    assert_eq!(told(&service, "ailleurs.md")["diagnostics"], json!([]));
    let collections = "{ collections { name fields { name type required description } \
                       pages(first: 1) { totalCount nodes { slug } pageInfo { hasNextPage } } } }";
    let before = service.query(collections)["collections"].clone();
    assert_eq!(
        before,
        json!([{
            "name": "ateliers",
            "fields": [
                { "name": "date", "type": "DATE", "required": true, "description": null },
                { "name": "lieu", "type": "TEXT", "required": true, "description": "Ville" },
                { "name": "places", "type": "NUMBER", "required": false, "description": null },
            ],
            "pages": { "totalCount": 2, "nodes": [{ "slug": "a" }], "pageInfo": { "hasNextPage": true } }
        }])
    );
    // A contract with an error has a diagnostic, and the last valid one stays.
    service.save("ateliers/ateliers.schema.yaml", "properties:\n  date: {type: dat}\n");
    let contract_document = told(&service, "ateliers/ateliers.schema.yaml");
    assert_eq!(
        (&contract_document["kind"], &contract_document["state"]),
        (&json!("CONTRACT"), &json!("REJECTED"))
    );
    assert_eq!(contract_document["diagnostics"][0]["code"], "CONTRACT_INVALID");
    assert_eq!(contract_document["diagnostics"][0]["line"], 2);
    assert_eq!(service.query(collections)["collections"], before);
    // Another contract applies to documents that do not change themselves.
    service.save(
        "ateliers/ateliers.schema.yaml",
        "required: [niveau]\nproperties:\n  niveau: {enum: [facile]}\n",
    );
    assert_eq!(told(&service, "ateliers/a.md")["diagnostics"][0]["code"], "FIELD_MISSING");
    service.remove("ateliers/ateliers.schema.yaml");
    // The pages can be read again before the grace period of the removed file is over.
    if service.query(collections)["collections"] != json!([]) {
        service.wait_for_sync();
    }
    assert_eq!(told(&service, "ateliers/a.md")["diagnostics"], json!([]));
    assert_eq!(service.query(collections)["collections"], json!([]));
}
