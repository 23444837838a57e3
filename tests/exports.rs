//! Exports of measures as CSV and JSON, and the Atom feed of changes.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use passerelle_api::SiteUrls;
use passerelle_http::{HttpSources, Readiness, Settings, router};
use passerelle_model::sync::SyncStatus;
use passerelle_search::{IndexLocation, Search};
use passerelle_storage::Storage;
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::support::{HttpReply, Service, TestSite};

const PLAN: &str = "# Plan climat 2025\n\n## AXE 1: Semer, planter\n\n### 1. Les \"prés\"\n\n\
    1.\tSemer une prairie, puis la faucher*\tRéalisé\n\
    2.\t=SUM(A1:A9) arbres\tEn cours\n\
    3.\t- Pinces, gants. - Brouettes.\tPPS En cours\n\n\
    ## AXE 2: Arroser\n\n\
    4.\t+32 fontaines\tEn retard\n\
    5.\tSemer une prairie, puis la faucher*\tEn cours\n";

fn plan() -> TestSite {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place
}

/// Percent-encodes a query parameter.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

fn csv_rows(reply: &HttpReply) -> Vec<Vec<String>> {
    let body = reply.body.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(b';').from_reader(body.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn numbers(service: &Service, query: &str) -> Vec<u64> {
    let reply = service.get(&format!("/exports/measures.json?{query}"), &[]);
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    let export = reply.json();
    let measures = export["measures"].as_array().unwrap();
    assert_eq!(export["total"], measures.len(), "{query}");
    measures.iter().map(|measure| measure["number"].as_u64().unwrap()).collect()
}

#[test]
fn csv_export_contains_every_measure_and_no_formula() {
    let service = plan().serve();
    let reply = service.get("/exports/measures.csv", &[]);
    assert_eq!((reply.status, reply.content_type.as_str()), (200, "text/csv; charset=utf-8; header=present"));
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"plan-climat-2025-measures.csv\"");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-cache");
    assert!(reply.body.ends_with("\r\n"));
    assert!(reply.body.contains(";Semer une prairie, puis la faucher;COMPLETED;"), "{}", reply.body);
    assert!(reply.body.contains("\"Les \"\"prés\"\"\""), "{}", reply.body);

    let rows = csv_rows(&reply);
    assert_eq!(
        rows[0].join(","),
        "number,title,status,statusText,programme,isRepeated,repeats,repeatsDisagree,axis,objective,section,group,\
         category,updatedAt,line,label,parent,responsibleParties,partners,startDate,endDate,scheduleText,budgetText,\
         budgetAmount,budgetCurrency,indicators,completion,priority,description"
    );
    let column = |name: &str| -> Vec<&str> {
        let at = rows[0].iter().position(|column| column == name).unwrap();
        rows[1..].iter().map(|row| row[at].as_str()).collect()
    };
    assert_eq!(column("number"), ["1", "2", "3", "4", "5"]);
    assert_eq!(column("title")[1], "'=SUM(A1:A9) arbres");
    assert!(column("title")[2].starts_with("'- Pinces, gants."), "{}", column("title")[2]);
    assert!(column("title")[2].contains('\n'), "a list has lines");
    assert_eq!(column("title")[3], "'+32 fontaines");
    assert_eq!(column("programme"), ["", "", "PPS", "", ""]);
    assert_eq!(column("repeats"), ["5", "", "", "", "1"]);
    assert_eq!(column("repeatsDisagree"), ["true", "false", "false", "false", "true"]);
    assert_eq!(column("axis")[4], "Arroser");
    assert_eq!(column("category"), ["'1.1", "'1.1", "'1.1", "2", "2"]);
    assert_eq!(column("line"), ["7", "8", "9", "13", "14"]);
    // The values equal those of GraphQL.
    let told = service.query("{ measure(number: 4) { statusText updatedAt source { line } } }");
    assert_eq!(told["measure"]["updatedAt"], column("updatedAt")[3]);
    assert_eq!(told["measure"]["source"]["line"].to_string(), column("line")[3]);
}

#[test]
fn json_export_contains_every_measure_with_types() {
    let service = plan().serve();
    let reply = service.get("/exports/measures.json?plan=plan-climat-2025&lang=fr", &[]);
    assert_eq!((reply.status, reply.content_type.as_str()), (200, "application/json; charset=utf-8"));
    let export = reply.json();
    let heading = json!({ "slug": "plan-climat", "title": "Plan climat 2025", "lang": "FR", "year": 2025 });
    assert_eq!(export["plan"], heading);
    assert_eq!((export.get("revision"), &export["total"]), (None, &json!(5)));
    let mut measure = export["measures"][1].clone();
    assert!(measure["updatedAt"].take().as_str().unwrap().ends_with('Z'));
    assert_eq!(
        measure,
        json!({ "number": 2, "status": "IN_PROGRESS", "statusText": "En cours", "programme": null,
                "title": { "text": "=SUM(A1:A9) arbres", "html": "=SUM(A1:A9) arbres", "markdown": "=SUM(A1:A9) arbres" },
                "isRepeated": false, "repeats": [], "repeatsDisagree": false, "axis": "Semer, planter",
                "objective": "Les \"prés\"", "section": null, "group": null, "category": "1.1", "updatedAt": null,
                "line": 8, "label": "2", "parent": null, "responsibleParties": [], "partners": [], "startDate": null,
                "endDate": null, "scheduleText": null, "budgetText": null, "budget": null, "indicators": [],
                "completion": null, "priority": null, "description": null, "attributes": [] })
    );
    assert_eq!(export["measures"][0]["repeats"], json!([5]));
}

#[test]
fn csv_separator_depends_on_language_or_parameter() {
    let place = plan();
    place.write("plan.en.txt", "# Climate plan 2025\n\n## AXIS 1: Sow\n\n1.\tSow a meadow\tDone\n");
    let service = place.serve();
    let header = |query: &str| {
        let reply = service.get(&format!("/exports/measures.csv?{query}"), &[]);
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        reply.body.trim_start_matches('\u{feff}')[..12].to_owned()
    };
    assert_eq!(header("lang=fr"), "number;title");
    assert_eq!(header("lang=en"), "number,title");
    assert_eq!(header("lang=fr&separator=comma"), "number,title");
    assert_eq!(header("lang=en&separator=semicolon"), "number;title");
    assert_eq!(header("separator=tab"), "number\ttitle");
}

/// A plan whose export is larger than the response cache keeps.
fn large_plan() -> String {
    let rows = (1..=3_000).map(|number| {
        format!("{number}.\tSemer la prairie {number} au bord de la mare, puis la faucher\tEn cours\n")
    });
    format!("# Plan climat 2025\n\n## AXE 1: Semer\n\n{}", rows.collect::<Vec<_>>().concat())
}

#[test]
fn a_large_export_is_streamed_with_the_etag_of_its_bytes() {
    let place = TestSite::new();
    place.write("plan.txt", &large_plan());
    let service = place.serve();
    let path = "/exports/measures.json";
    let whole = service.get(path, &[]);
    assert!(whole.body.len() > 1024 * 1024, "{}", whole.body.len());
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    let export = whole.json();
    assert_eq!(
        (export["total"].as_u64(), export["measures"].as_array().unwrap().len()),
        (Some(3_000), 3_000)
    );
    assert_eq!(export["measures"][2_999]["number"], 3_000);
    let etag = whole.header("etag");
    assert_eq!(service.get(path, &[("if-none-match", etag)]).status, 304);

    // A save of another document changes neither the file nor its tag.
    service.save("autre.md", "# Autre\n");
    assert_eq!(service.get(path, &[("if-none-match", etag)]).status, 304);

    let mut response = ureq::get(service.url(path)).header("accept-encoding", "br, gzip").call().unwrap();
    let compressed_etag = format!("{}-gzip\"", etag.trim_end_matches('"'));
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["etag"], compressed_etag.as_str());
    let bytes = response.body_mut().read_to_vec().unwrap();
    assert!(bytes.len() < whole.body.len() / 5, "{}", bytes.len());
    let known = service.get(path, &[("if-none-match", &compressed_etag), ("accept-encoding", "gzip")]);
    assert_eq!((known.status, known.header("etag")), (304, compressed_etag.as_str()));
}

#[test]
fn small_files_are_compressed_like_graphql_responses() {
    let place = TestSite::new();
    let rows: Vec<String> = (1..=30).map(|number| format!("{number}.\tSemer {number}\tEn cours\n")).collect();
    place.write("plan.txt", &format!("# Plan climat 2025\n\n## AXE 1: Semer\n\n{}", rows.concat()));
    let service = place.serve();
    for path in ["/exports/measures.csv", "/exports/measures.json", "/feeds/changes.atom", "/schema.graphql"]
    {
        let plain = service.get(path, &[]);
        assert_eq!((plain.status, plain.header("vary")), (200, "accept-encoding"), "{path}");
        for encoding in ["br", "gzip"] {
            // Twice: from the production and from the cache.
            for _ in 0..2 {
                let reply = service.get(path, &[("accept-encoding", encoding)]);
                assert_eq!((reply.status, reply.header("content-encoding")), (200, encoding), "{path}");
                let etag = format!("{}-{encoding}\"", plain.header("etag").trim_end_matches('"'));
                assert_eq!(reply.header("etag"), etag, "{path}");
                let length: usize = reply.header("content-length").parse().unwrap();
                assert!(length < plain.body.len() / 2, "{path}: {length}");
            }
        }
    }
}

#[test]
fn exports_and_feed_count_for_the_cost_per_minute() {
    let place = plan();
    let service = place.serve_with(&["--limit-cost-per-minute", "120"]);
    // 5 for the export, and 1 for each of 5 measures.
    assert_eq!(service.get("/exports/measures.csv", &[]).status, 200);
    // From the cache: 1.
    assert_eq!(service.get("/exports/measures.csv", &[]).status, 200);
    // 105 for the feed: 4 are left, and a few that came back meanwhile.
    assert_eq!(service.get("/feeds/changes.atom", &[]).status, 200);
    let rejected = service.get("/exports/measures.json?text=prairie", &[]);
    assert_eq!(rejected.status, 429);
    assert!(rejected.header("retry-after").parse::<u64>().unwrap() > 30);
    assert_eq!(rejected.json()["errors"][0]["extensions"]["code"], "RATE_LIMITED");
}

#[test]
fn export_filters_and_orders_like_graphql() {
    let place = plan();
    // An older plan. Without a name, the export uses the latest plan.
    place.write("2020.txt", "# Plan climat 2020\n\n## AXE 1: Semer\n\n9.\tSemer\tRéalisé\n");
    let service = place.serve();
    let filter = |filter: &str| format!("filter={}", encoded(filter));
    let cases: [(String, &[u64]); 13] = [
        (String::new(), &[1, 2, 3, 4, 5]),
        ("plan=plan-climat".to_owned(), &[1, 2, 3, 4, 5]),
        ("plan=plan-climat-2020".to_owned(), &[9]),
        ("status=COMPLETED&status=LATE".to_owned(), &[1, 4]),
        ("status=COMPLETED&category=2".to_owned(), &[]),
        ("category=1.1&status=".to_owned(), &[1, 2, 3]),
        ("programme=PPS".to_owned(), &[3]),
        (format!("text={}", encoded("prairies")), &[1, 5]),
        (filter("{\"not\": {\"status\": [\"IN_PROGRESS\"]}}"), &[1, 4]),
        (filter("{\"or\": [{\"number\": [2]}, {\"hasProgramme\": true}]}"), &[2, 3]),
        (format!("{}&status=IN_PROGRESS", filter("{\"repeatsDisagree\": true}")), &[5]),
        (
            format!("orderBy={}", encoded("[{\"field\": \"NUMBER\", \"direction\": \"DESC\"}]")),
            &[5, 4, 3, 2, 1],
        ),
        (
            format!(
                "status=COMPLETED&status=LATE&orderBy={}",
                encoded("[{\"field\": \"STATUS\", \"direction\": \"DESC\"}]")
            ),
            &[4, 1],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(numbers(&service, &query), expected, "{query}");
    }
    let rows = csv_rows(&service.get("/exports/measures.csv?programme=PPS", &[]));
    assert_eq!((rows.len(), rows[1][0].as_str()), (2, "3"));
}

#[test]
fn invalid_export_parameters_return_an_error_message() {
    let service = plan().serve();
    let deep = format!("{}{{}}{}", "{\"not\": ".repeat(9), "}".repeat(9));
    let many = json!({ "number": (0..1_001).collect::<Vec<_>>() }).to_string();
    let cases = [
        ("statut=LATE".to_owned(), 400, "statut"),
        ("status=DONE".to_owned(), 400, "DONE"),
        ("lang=it".to_owned(), 400, "it"),
        ("plan=a&plan=b".to_owned(), 400, "plan"),
        ("filter=%7B".to_owned(), 400, "filter"),
        (format!("filter={}", encoded("{\"statut\": []}")), 400, "statut"),
        (
            format!("filter={}", encoded(&deep)),
            400,
            "a filter must be at most 8 deep and have at most 100 conditions",
        ),
        (format!("filter={}", encoded(&many)), 400, "a filter must have at most 1000 values"),
        (format!("orderBy={}", encoded("[{\"field\": \"TITLE\", \"direction\": \"ASC\"}]")), 400, "TITLE"),
        ("plan=plan-eau".to_owned(), 404, "plan"),
        ("lang=nl".to_owned(), 404, "plan"),
    ];
    for (query, status, word) in cases {
        for ending in ["csv", "json"] {
            let reply = service.get(&format!("/exports/measures.{ending}?{query}"), &[]);
            assert_eq!(reply.status, status, "{query}");
            assert_eq!(reply.content_type, "application/json; charset=utf-8", "{query}");
            let errors = reply.json();
            assert_eq!(errors["errors"][0]["extensions"], json!({ "code": "BAD_USER_INPUT" }), "{query}");
            assert!(errors["errors"][0]["message"].as_str().unwrap().contains(word), "{errors}");
        }
    }
    for query in ["kind=DONE", "kinds=STATUS_CHANGED"] {
        let reply = service.get(&format!("/feeds/changes.atom?{query}"), &[]);
        assert_eq!(reply.status, 400, "{query}");
        assert_eq!(reply.json()["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{query}");
    }
    let none = TestSite::new().serve();
    assert_eq!(none.get("/exports/measures.csv", &[]).status, 404);
    assert_eq!(entries(&feed(&none.get("/feeds/changes.atom", &[]))), Vec::<Entry>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn database_errors_are_masked_in_exports_and_feed() {
    let place = TestSite::new();
    let storage = Storage::open(&place.database_url()).await.unwrap();
    let state = HttpSources {
        content_folder: place.content(),
        storage: storage.clone(),
        search: Search::new(storage.clone(), IndexLocation::Memory).0,
        site_urls: SiteUrls::default(),
        settings: Settings::default(),
        sync_status: watch::channel(SyncStatus::default()).1,
        admin: None,
        readiness: watch::channel(Readiness::Ready).1,
        shutdown: CancellationToken::new(),
    };
    storage.close().await.unwrap();
    for path in ["/exports/measures.csv", "/exports/measures.json", "/feeds/changes.atom"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router(state.clone(), None).oneshot(request).await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers().get("etag")), (503, None), "{path}");
        let answer: Value =
            serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap();
        let error = json!({ "message": "The content is temporarily unavailable.",
                            "extensions": { "code": "INTERNAL_SERVER_ERROR" } });
        assert_eq!(answer, json!({ "errors": [error] }), "{path}");
    }
}

#[test]
fn exports_return_304_until_the_content_changes() {
    let service = plan().serve();
    let paths = ["/exports/measures.csv?status=LATE", "/exports/measures.json", "/feeds/changes.atom"];
    let before = paths.map(|path| {
        let reply = service.get(path, &[]);
        let etag = reply.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag}");
        for condition in [etag.clone(), format!("\"another\", W/{etag}"), "*".to_owned()] {
            let known = service.get(path, &[("if-none-match", &condition)]);
            assert_eq!((known.status, known.body.as_str()), (304, ""), "{path}: {condition}");
            assert_eq!(known.header("etag"), etag, "{path}");
            assert_eq!(known.header("cache-control"), "no-cache", "{path}");
        }
        assert_eq!(service.get(path, &[("if-none-match", "\"another\"")]).status, 200, "{path}");
        let head = service.head(path, &[]);
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        assert_eq!((head.header("etag"), &head.content_type), (etag.as_str(), &reply.content_type), "{path}");
        assert_eq!(head.header("content-length"), reply.body.len().to_string(), "{path}");
        assert_eq!(service.head(path, &[("if-none-match", &etag)]).status, 304, "{path}");
        etag
    });

    service.save("plan.txt", &PLAN.replace("arbres\tEn cours", "arbres\tRéalisé"));
    let [late, all, changes] = paths.map(|path| service.get(path, &[]).header("etag").to_owned());
    // The change concerns another measure, so the file of late measures is unchanged.
    assert_eq!(late, before[0]);
    assert_ne!(all, before[1]);
    assert_ne!(changes, before[2]);
    assert_eq!(service.get(paths[1], &[("if-none-match", &before[1])]).status, 200);
}

/// Id, title, term and content of a feed entry.
type Entry = [String; 4];

fn child<'n>(node: Node<'n, 'n>, name: &str) -> Node<'n, 'n> {
    let atom = ("http://www.w3.org/2005/Atom", name);
    node.children().find(|child| child.has_tag_name(atom)).unwrap_or_else(|| panic!("no {name}"))
}

fn feed(reply: &HttpReply) -> Document<'_> {
    assert_eq!((reply.status, reply.content_type.as_str()), (200, "application/atom+xml; charset=utf-8"));
    Document::parse(&reply.body).unwrap()
}

fn entries(feed: &Document<'_>) -> Vec<Entry> {
    let entries = feed.root_element().children().filter(|child| child.tag_name().name() == "entry");
    let entry = |entry: Node<'_, '_>| {
        let text = |name: &str| {
            let found = entry.children().find(|child| child.tag_name().name() == name).unwrap();
            found.text().unwrap_or_default().to_owned()
        };
        assert_eq!(text("updated").len(), "2025-11-14T09:44:00.000Z".len());
        assert!(!text("summary").is_empty());
        let category = entry.children().find(|child| child.tag_name().name() == "category").unwrap();
        [text("id"), text("title"), category.attribute("term").unwrap().to_owned(), text("content")]
    };
    entries.map(entry).collect()
}

#[test]
fn feed_lists_changes_newest_first() {
    let place = plan();
    place.write("nl/vijver.md", "# Vijver <&> \"oever\"\n\nOpen.\n");
    let service = place.serve();
    service.save("plan.txt", &PLAN.replace("arbres\tEn cours", "arbres\tRéalisé"));
    service.save("nl/vijver.md", "# Vijver <&> \"oever\"\n\nGesloten.\n");
    service.remove("nl/vijver.md");

    let reply = service.get("/feeds/changes.atom", &[]);
    let all = feed(&reply);
    let root = all.root_element();
    assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2005/Atom"));
    let id = child(root, "id").text().unwrap();
    let database = id.strip_prefix("urn:passerelle:").and_then(|rest| rest.strip_suffix(":changes")).unwrap();
    assert_eq!(database.len(), 16, "{database}");
    assert_eq!(child(root, "link").attribute("href"), Some("/feeds/changes.atom"));
    assert_eq!(child(child(root, "entry"), "updated").text(), child(root, "updated").text());
    assert_eq!(child(child(child(root, "entry"), "author"), "name").text(), Some("passerelle"));
    let told = entries(&all);
    let terms: Vec<&str> = told.iter().map(|[_, _, term, _]| term.as_str()).collect();
    assert_eq!(terms[..3], ["PAGE_REMOVED", "PAGE_CHANGED", "STATUS_CHANGED"]);
    assert_eq!(told[0][0], format!("urn:passerelle:{database}:change:4.0"));
    assert!(told[0][1].ends_with(": verwijderd"), "{}", told[0][1]);
    assert_eq!(told[2][1], "Mesure 2\u{a0}: En cours → Réalisé");
    assert_eq!(told[2][3], "=SUM(A1:A9) arbres\n\nEn cours → Réalisé");

    // Another installation with the same documents has other ids.
    let other = plan().serve().get("/feeds/changes.atom", &[]);
    assert_ne!(child(feed(&other).root_element(), "id").text(), Some(id));

    // A filtered feed has its own id.
    let reply = service.get("/feeds/changes.atom?kind=STATUS_CHANGED&kind=", &[]);
    let statuses = feed(&reply);
    assert_eq!(child(statuses.root_element(), "id").text(), Some(format!("{id}:STATUS_CHANGED").as_str()));
    let href = child(statuses.root_element(), "link").attribute("href");
    assert_eq!(href, Some("/feeds/changes.atom?kind=STATUS_CHANGED"));
    assert_eq!(entries(&statuses), [told[2].clone()]);
}

/// Kind, link and node id of the entries of a feed.
fn links(feed: &Document<'_>) -> Vec<[String; 3]> {
    let entries = feed.root_element().children().filter(|child| child.tag_name().name() == "entry");
    let entry = |entry: Node<'_, '_>| {
        let node_id = ("urn:passerelle:feed", "nodeId");
        let node_id = entry.children().find(|child| child.has_tag_name(node_id)).unwrap();
        let attribute = |name: &str, value: &str| child(entry, name).attribute(value).unwrap().to_owned();
        [attribute("category", "term"), attribute("link", "href"), node_id.text().unwrap().to_owned()]
    };
    entries.map(entry).collect()
}

#[test]
fn feed_entries_link_to_what_changed_and_to_what_was_removed() {
    let place = plan();
    place.write("nl/vijver.md", "# Vijver\n");
    let service = place.serve_with(&["--public-url", "https://api.example/"]);
    let ids = service.query("{ measure(number: 2) { id } page(slug: \"vijver\") { id } }");
    service.save("plan.txt", &PLAN.replace("arbres\tEn cours", "arbres\tRéalisé"));
    service.remove("nl/vijver.md");
    let reply = service.get("/feeds/changes.atom?kind=STATUS_CHANGED&kind=PAGE_REMOVED", &[]);
    let found = feed(&reply);
    let own = "https://api.example/feeds/changes.atom?kind=STATUS_CHANGED&kind=PAGE_REMOVED";
    assert_eq!(child(found.root_element(), "link").attribute("href"), Some(own));
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let measure = "https://api.example/fr/plans/plan-climat-2025/measures/2".to_owned();
    assert_eq!(
        links(&found),
        [
            ["PAGE_REMOVED".to_owned(), "https://api.example/nl/vijver".to_owned(), id(&ids["page"])],
            ["STATUS_CHANGED".to_owned(), measure, id(&ids["measure"])],
        ]
    );
    // A save that the feed does not show changes neither its ETag nor its bytes.
    service.save("autre.md", "# Une autre\n");
    let after = service.get("/feeds/changes.atom?kind=STATUS_CHANGED&kind=PAGE_REMOVED", &[]);
    assert_eq!((after.header("etag"), &after.body), (reply.header("etag"), &reply.body));
}

#[test]
fn feed_is_limited_to_100_entries_and_escapes_text() {
    let place = TestSite::new();
    let rows: Vec<String> = (1..=150).map(|number| format!("{number}.\tSemer {number}\tEn cours")).collect();
    place.write(
        "plan.nl.txt",
        &format!("# Plan <b> & \"cie\" 2025\n\n## AXE 1: Semer\n{}\n", rows.join("\n")),
    );
    let service = place.serve();
    let reply = service.get("/feeds/changes.atom", &[]);
    let told = entries(&feed(&reply));
    assert_eq!(told.len(), 100);
    assert_eq!(told[0][1], "Maatregel 150: toegevoegd");
    let reply = service.get("/feeds/changes.atom?kind=PLAN_ADDED", &[]);
    let title = service.query("{ plan { title } }")["plan"]["title"].clone();
    assert_eq!(
        Value::from(entries(&feed(&reply))[0][1].as_str()),
        format!("Plan {}: toegevoegd", title.as_str().unwrap())
    );
}
