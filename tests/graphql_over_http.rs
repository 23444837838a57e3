//! Requests and responses of GraphQL over HTTP.

use serde_json::{Value, json};

use crate::support::{HttpReply, Service, TestSite, query_at};

const JSON: (&str, &str) = ("content-type", "application/json");
const GRAPHQL: (&str, &str) = ("accept", "application/graphql-response+json");

fn code(reply: &HttpReply) -> Value {
    reply.json()["errors"][0]["extensions"]["code"].clone()
}

fn ask(service: &Service, query: &str) -> HttpReply {
    service.post(&json!({ "query": query }).to_string(), &[JSON, GRAPHQL])
}

#[test]
fn requests_follow_graphql_over_http() {
    let service = TestSite::new().serve();

    // A valid request.
    let reply = service.get("/graphql?query=%7Brevision%7Bnumber%7D%7D", &[]);
    assert_eq!((reply.status, reply.content_type.as_str()), (200, "application/json; charset=utf-8"));
    assert_eq!(
        reply.json(),
        json!({ "data": { "revision": { "number": 0 } }, "extensions": { "revision": 0 } })
    );
    let reply = ask(&service, "query A($n: Int = 1) { measure(number: $n) { id } }");
    assert_eq!(reply.content_type, "application/graphql-response+json; charset=utf-8");

    // A rejected request has no data. Its status is an error if the client accepts
    // `application/graphql-response+json`.
    let cases = [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"),
        ("query($n: Int!) { measure(number: $n) { id } }", "BAD_USER_INPUT"),
    ];
    for (query, expected) in cases {
        let reply = ask(&service, query);
        assert_eq!((reply.status, code(&reply)), (400, json!(expected)), "{query}");
        assert_eq!(reply.json().get("data"), None, "{query}");
        let reply = service.post(&json!({ "query": query }).to_string(), &[JSON]);
        assert_eq!(reply.status, 200, "{query}");
    }

    // An error in a field keeps the other fields.
    let reply = ask(&service, "{ revision { number } page { id } }");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["data"], json!({ "revision": { "number": 0 }, "page": null }));
    assert_eq!(code(&reply), "BAD_USER_INPUT");

    // Requests that are not GraphQL.
    let cases = [
        (service.post("{}", &[("content-type", "text/plain")]), 415),
        (service.post("{", &[JSON]), 400),
        (service.post("[]", &[JSON]), 400),
        (service.post("{}", &[JSON]), 400),
        (service.post("{\"query\":1}", &[JSON]), 400),
        (service.post("{\"query\":\"{__typename}\",\"variables\":[]}", &[JSON]), 400),
        (service.post("{\"query\":\"{__typename}\"}", &[JSON, ("accept", "text/html")]), 406),
        (service.post(&"a".repeat(200_000), &[JSON]), 413),
        (service.get("/graphql", &[]), 400),
        (service.get("/graphql?query=%7B__typename%7D&variables=x", &[]), 400),
        (service.get("/graphql?query=mutation%7B__typename%7D", &[]), 405),
    ];
    for (index, (reply, status)) in cases.into_iter().enumerate() {
        assert_eq!(reply.status, status, "case {index}");
        assert!(code(&reply).is_string(), "case {index}");
    }
}

#[test]
fn page_size_is_bounded_and_cursors_are_checked() {
    let place = TestSite::new();
    let rows: Vec<String> = (1..=150).map(|number| format!("{number}.\tSemer {number}\tEn cours")).collect();
    place.write("plan.txt", &format!("## AXE 1: Semer\n{}\n", rows.join("\n")));
    let service = place.serve();
    let numbers = |data: &Value| -> Vec<i64> {
        data["measures"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["number"].as_i64().unwrap())
            .collect()
    };
    let mut after = String::new();
    let mut seen = Vec::new();
    loop {
        let data = service.query(&format!(
            "{{ measures(first: 40{after}) {{ totalCount nodes {{ number }} pageInfo {{ hasNextPage endCursor }} }} }}"
        ));
        seen.extend(numbers(&data));
        assert_eq!(data["measures"]["totalCount"], 150);
        let info = &data["measures"]["pageInfo"];
        if info["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", info["endCursor"]);
    }
    assert_eq!(seen, (1..=150).collect::<Vec<_>>());
    assert_eq!(numbers(&service.query("{ measures { nodes { number } } }")).len(), 20);
    assert_eq!(numbers(&service.query("{ measures(last: 2) { nodes { number } } }")), [149, 150]);

    // 100 measures with neighbours would exceed the nesting limit of SQLite in one condition.
    let wide =
        service.query("{ measures(first: 100) { nodes { number next { number } previous { number } } } }");
    assert_eq!(wide["measures"]["nodes"][99]["next"]["number"], 101);

    let many = vec!["\"1\""; 1_001].join(", ");
    let categories = format!("filter: {{category: [{many}]}}");
    for arguments in ["first: 101", "first: -1", "first: 1, last: 1", categories.as_str()] {
        let reply = ask(&service, &format!("{{ measures({arguments}) {{ totalCount }} }}"));
        assert_eq!(code(&reply), "BAD_USER_INPUT", "{arguments}");
    }
    for arguments in
        ["after: \"x\"".to_owned(), format!("orderBy: [{{field: STATUS, direction: ASC}}]{after}")]
    {
        let reply = ask(&service, &format!("{{ measures({arguments}) {{ totalCount }} }}"));
        assert_eq!(code(&reply), "INVALID_CURSOR", "{arguments}");
    }
}

#[test]
fn too_expensive_documents_are_rejected() {
    let service = TestSite::new().serve();
    let levels: Vec<String> =
        (0..25).map(|level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1)).collect();
    let bomb = format!("{{ ...F0 }} {} fragment F25 on Query {{ __typename }}", levels.join(" "));
    let deep = format!("{{ plan {{ axes {{ {} }} }} }}", "children { ".repeat(20) + "id" + &" }".repeat(20));
    let wide = "{ plan { measures(first: 100) { nodes { categories { measures(first: 100) { nodes { number title { text } } } } } } } }";
    for (query, refused) in
        [(bomb.as_str(), "QUERY_TOO_COMPLEX"), (deep.as_str(), "QUERY_TOO_DEEP"), (wide, "QUERY_TOO_COMPLEX")]
    {
        assert_eq!(code(&ask(&service, query)), refused, "{query}");
    }
}

#[test]
fn introspection_schema_probes_and_graphiql_are_served() {
    let service = TestSite::new().serve();
    let introspection = include_str!("support/introspection.graphql");
    let data = service.query(introspection);
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 40);
    assert_eq!(service.get("/schema.graphql", &[]).body, passerelle_api::sdl());
    assert_eq!(service.get("/healthz", &[]).json(), json!({ "status": "ok" }));
    let page = service.get("/graphiql", &[]);
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=utf-8"));
    let files = page.body.split(['"', '\'']).filter(|word| word.starts_with("/graphiql/"));
    for file in files {
        assert_eq!(service.get(file, &[]).status, 200, "{file}");
    }
    assert!(!page.body.contains("https://"), "the explorer loads nothing from elsewhere");
}

#[test]
fn concurrent_fields_do_not_deadlock_the_connection_pool() {
    let place = TestSite::new();
    place.copy_documents(&crate::support::repository().join("content"));
    let service = place.serve();
    let query = "{ pages(first: 100) { totalCount nodes { title document { path } translations { title } } }
        plan { title axes { title progress { total } measures(first: 5) { totalCount } } }
        supportServices { totalCount nodes { page { title } } } documents { totalCount nodes { path } }
        navigation { title } sync { documents } measures(first: 100) { nodes { number next { number } } } }";
    let expected = service.query(query);
    let url = service.url("/graphql");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(query_at(&url, query), expected);
                }
            });
        }
    });
}

#[test]
fn asset_files_are_served_at_their_paths() {
    let place = TestSite::new();
    place.copy_documents(&crate::support::repository().join("content"));
    place.write("_images/page.html", "<script>");
    std::os::unix::fs::symlink("/etc/hostname", place.content().join("_images/link.txt")).unwrap();
    let service = place.serve();
    let data = service.query("{ pages { nodes { images { url } } } }");
    let pages = data["pages"]["nodes"].as_array().unwrap();
    let urls: Vec<_> = pages.iter().flat_map(|page| page["images"].as_array().unwrap()).collect();
    assert!(!urls.is_empty());
    for image in urls {
        let reply = service.get_bytes(image["url"].as_str().unwrap());
        assert_eq!(reply.0, 200);
        assert!(reply.1.starts_with(b"\x89PNG"));
    }
    for path in [
        "/_images/nobody.png",
        "/_images/page.html",
        "/_images/link.txt",
        "/saq.md",
        "/_images/%2e%2e/saq.md",
        "/_images",
    ] {
        assert_eq!(service.get(path, &[]).status, 404, "{path}");
    }
}
