//! Caching of responses in the service, in proxies and in browsers; compression and CORS.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{HttpReply, Service, TestSite, post, try_get_json};

const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n";
const MEASURES: &str = "/graphql?query={measures(first:100){nodes{number%20title{text}status}}}";
const JSON: (&str, &str) = ("content-type", "application/json");

fn plan(status: &str) -> String {
    let row = |number| format!("{number}.\tSemer des joncs au bord de la mare {number}\t{status}\n");
    PLAN.to_owned() + &(1..=40).map(row).collect::<String>()
}

fn service(arguments: &[&str]) -> Service {
    let place = TestSite::new();
    place.write("plan.txt", &plan("En cours"));
    place.write("page.md", "# Page\n");
    place.serve_with(arguments)
}

/// Returns the number of requests with this cache result.
fn count(service: &Service, cache: &str) -> u64 {
    let figures = service.get("/metrics", &[]).body;
    let name = format!("passerelle_graphql_requests_total{{cache=\"{cache}\"}} ");
    figures.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
}

fn etag(reply: &HttpReply) -> String {
    reply.header("etag").to_owned()
}

#[test]
fn responses_are_cached_until_the_next_revision() {
    let service = service(&[]);
    let first = service.get(MEASURES, &[]);
    let again = service.get(MEASURES, &[]);
    assert_eq!((first.status, &first.body, etag(&first)), (200, &again.body, etag(&again)));
    assert_eq!((count(&service, "miss"), count(&service, "hit")), (1, 1));
    assert_eq!(first.header("cache-control"), "public, no-cache");
    assert_eq!(first.header("vary"), "accept, accept-encoding");

    service.save("plan.txt", &plan("Réalisé"));
    let later = service.get(MEASURES, &[("if-none-match", &etag(&first))]);
    assert_eq!(later.status, 200);
    assert_ne!(etag(&later), etag(&first));
    assert_eq!(later.json()["data"]["measures"]["nodes"][0]["status"], "COMPLETED");
    assert_eq!(later.json()["extensions"]["revision"], 2);
}

#[test]
fn matching_if_none_match_returns_304() {
    let service = service(&["--max-age", "30"]);
    let first = service.get(MEASURES, &[]);
    for known in [etag(&first), format!("\"x\", {}", etag(&first)), etag(&first).replace("W/", "")] {
        let again = service.get(MEASURES, &[("if-none-match", &known)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
        assert_eq!(etag(&again), etag(&first));
        assert_eq!(again.header("cache-control"), "public, max-age=30, stale-while-revalidate=30");
        assert_eq!(again.header("vary"), "accept, accept-encoding");
    }
    assert_eq!((count(&service, "not_modified"), count(&service, "miss")), (3, 1));
    for unknown in ["\"x\"", "*", "W/\"\""] {
        assert_eq!(service.get(MEASURES, &[("if-none-match", unknown)]).status, 200, "{unknown}");
    }
    // Another media type, or another service, gives another ETag.
    let other = [("accept", "application/graphql-response+json"), ("if-none-match", &*etag(&first))];
    assert_eq!(service.get(MEASURES, &other).status, 200);
    let restarted = service.stop().serve_with(&["--page-url", "https://jardin.example/{slug}"]);
    assert_eq!(restarted.get(MEASURES, &[("if-none-match", &etag(&first))]).status, 200);
}

#[test]
fn time_dependent_responses_are_not_cached() {
    let service = service(&[]);
    for query in [
        "{sync{state}}",
        "{documents{nodes{path}}}",
        "{document(path:%22page.md%22){state}}",
        "{measures(first:1000){totalCount}}",
        "{nothing}",
        "{",
    ] {
        let reply = service.get(&format!("/graphql?query={query}"), &[]);
        assert_eq!((etag(&reply).as_str(), reply.header("cache-control")), ("", "no-store"), "{query}");
    }
    // The path of a document changes only with a new revision.
    let path = service.get("/graphql?query={page(slug:%22page%22){document{path}}}", &[]);
    assert!(etag(&path).starts_with("W/"));
    // Only GET responses are cacheable by others.
    let body = json!({ "query": "{ revision { number } }" }).to_string();
    for _ in 0..2 {
        let reply = service.post(&body, &[JSON]);
        assert_eq!((etag(&reply).as_str(), reply.header("cache-control")), ("", "no-store"));
    }
    assert_eq!(count(&service, "hit"), 1);
}

#[test]
fn cache_key_includes_variables_and_operation_name() {
    let service = service(&[]);
    let ask = |variables: Value, name: Option<&str>| {
        let query = "query A($n: Int!) { measure(number: $n) { number } } query B($n: Int!) { plan { slug measures(first: $n) { totalCount } } }";
        let body = json!({ "query": query, "variables": variables, "operationName": name }).to_string();
        service.post(&body, &[JSON]).json()["data"].clone()
    };
    for _ in 0..2 {
        assert_eq!(ask(json!({ "n": 1 }), Some("A")), json!({ "measure": { "number": 1 } }));
        assert_eq!(ask(json!({ "n": 2 }), Some("A")), json!({ "measure": { "number": 2 } }));
        assert_eq!(
            ask(json!({ "n": 2 }), Some("B")),
            json!({ "plan": { "slug": "plan-des-mares", "measures": { "totalCount": 40 } } })
        );
    }
    assert_eq!(count(&service, "hit"), 3);
}

#[test]
fn disabled_cache_executes_every_request() {
    let service = service(&["--response-cache", "0"]);
    let first = service.get(MEASURES, &[]);
    assert_eq!(service.get(MEASURES, &[]).body, first.body);
    assert_eq!((count(&service, "bypass"), count(&service, "hit")), (2, 0));
    assert_eq!(service.get(MEASURES, &[("if-none-match", &etag(&first))]).status, 304);
}

#[test]
fn responses_are_compressed_when_accepted() {
    let service = service(&[]);
    let plain = service.get(MEASURES, &[]);
    for encoding in ["gzip", "br"] {
        for _ in 0..2 {
            let reply = service.get(MEASURES, &[("accept-encoding", encoding)]);
            assert_eq!(reply.header("content-encoding"), encoding);
            assert_eq!(etag(&reply), etag(&plain));
            assert!(reply.body.len() < plain.body.len() / 4, "{encoding}");
        }
    }
    assert_eq!(count(&service, "miss"), 1);
    let small = service.get("/graphql?query={__typename}", &[("accept-encoding", "gzip, br")]);
    assert_eq!((small.header("content-encoding"), small.status), ("", 200));
}

#[test]
fn concurrent_identical_requests_execute_once() {
    let service = service(&[]);
    let url = service.url(MEASURES);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert!(try_get_json(&url).unwrap()["data"].is_object()));
        }
    });
    assert_eq!((count(&service, "miss"), count(&service, "hit")), (1, 15));
}

#[test]
fn response_reads_one_revision_during_a_publish() {
    let service = service(&[]);
    let is_over = AtomicBool::new(false);
    let statuses = [("En cours", "IN_PROGRESS"), ("Réalisé", "COMPLETED"), ("À faire", "NOT_STARTED")];
    let url = service.url("/graphql");
    std::thread::scope(|scope| {
        for reader in 0..4 {
            let (url, is_over) = (&url, &is_over);
            scope.spawn(move || {
                let mut newest = 0;
                for at in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    // Half of the queries are new, so the cache cannot contain them.
                    let own = if reader % 2 == 0 { String::new() } else { format!("a{reader}x{at}:__typename ") };
                    let query = format!(
                        "{{ {own}revision {{ number }} measures(first: 1) {{ nodes {{ status }} }}
                           plan {{ axes {{ children {{ measures(first: 100) {{ nodes {{ status }} }} }} }} }} }}"
                    );
                    let reply = post(url, &json!({ "query": query }).to_string(), &[JSON]).json();
                    let data = &reply["data"];
                    assert_eq!(data["revision"]["number"], reply["extensions"]["revision"], "{reply}");
                    let text = data.to_string();
                    let seen: BTreeSet<&str> =
                        statuses.iter().map(|status| status.1).filter(|name| text.contains(name)).collect();
                    assert_eq!(seen.len(), 1, "{reply}");
                    let number = reply["extensions"]["revision"].as_i64().unwrap();
                    assert!(number >= newest, "{number} after {newest}");
                    newest = number;
                }
            });
        }
        for (status, _) in statuses.iter().cycle().skip(1).take(12) {
            service.save("plan.txt", &plan(status));
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 13);
}

#[test]
fn cors_headers_follow_the_allowed_origins() {
    let own = service(&[]);
    let shop = ("origin", "https://jardin.example");
    assert_eq!(own.get(MEASURES, &[shop]).header("access-control-allow-origin"), "");

    let listed = service(&["--origin", "https://jardin.example,http://localhost:5173"]);
    let reply = listed.get(MEASURES, &[shop]);
    assert_eq!(reply.header("access-control-allow-origin"), "https://jardin.example");
    assert!(reply.header("access-control-expose-headers").contains("etag"));
    let other = listed.get(MEASURES, &[("origin", "https://other.example")]);
    assert_eq!((other.status, other.header("access-control-allow-origin")), (200, ""));
    assert!(other.header_values("vary").concat().contains("origin"));

    let open = service(&["--origin", "*"]);
    assert_eq!(open.get(MEASURES, &[shop]).header("access-control-allow-origin"), "*");
    assert_eq!(open.get("/metrics", &[shop]).header("access-control-allow-origin"), "");

    let refused = TestSite::new().command("serve").args(["--origin", "jardin.example"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn request_id_of_the_proxy_is_returned() {
    let service = service(&[]);
    assert_eq!(service.get(MEASURES, &[("x-request-id", "abc-1")]).header("x-request-id"), "abc-1");
    let (first, second) = (service.get(MEASURES, &[]), service.get("/graphql", &[]));
    assert_eq!((first.header("x-request-id").len(), second.status), (16, 400));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[test]
fn development_mode_explains_queries_and_suggests_names() {
    let query =
        json!({ "query": "{ measures(first: 3) { nodes { number category { title } source { line } } } }" });
    let explain = [JSON, ("graphql-explain", "1")];
    let quiet = service(&[]);
    assert_eq!(quiet.post(&query.to_string(), &explain).json()["extensions"], json!({ "revision": 1 }));
    let misspelt = json!({ "query": "{ measurs { totalCount } }" }).to_string();
    assert!(!quiet.post(&misspelt, &[JSON]).body.contains("measures"));

    let service = quiet.stop().serve_with(&["--development"]);
    assert!(service.post(&misspelt, &[JSON]).body.contains("measures"));
    let told = |cache: &str| {
        let reply = service.post(&query.to_string(), &explain).json();
        let explanation = &reply["extensions"]["explain"];
        assert_eq!((&explanation["cache"], &explanation["depth"]), (&json!(cache), &json!(4)));
        assert_eq!(explanation["cost"], 5 + 3 * 6);
        assert!(explanation["batches"].as_u64().unwrap() > 0);
        let statements = explanation["statements"].as_array().unwrap();
        assert!(
            statements.iter().any(|ran| ran["sql"].as_str().unwrap().contains("\"document\"")),
            "{reply}"
        );
    };
    told("miss");
    told("miss");
    service.post(&query.to_string(), &[JSON]);
    told("hit");
}

#[test]
fn cost_limit_per_minute_returns_429() {
    let service = service(&["--limit-cost-per-minute", "100"]);
    let query = json!({ "query": "{ measures(first: 45) { nodes { number } } }" }).to_string();
    let first = service.post(&query, &[JSON]);
    assert_eq!(first.status, 200);
    let other = json!({ "query": "{ measures(first: 45) { nodes { status } } }" }).to_string();
    let refused = service.post(&other, &[JSON]);
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["extensions"]["code"]),
        (429, &json!("RATE_LIMITED"))
    );
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 30);
    // A cache hit is not counted against the limit.
    assert_eq!(service.post(&query, &[JSON]).status, 200);
}

#[test]
fn query_limits_are_configurable() {
    let service = service(&[
        "--limit-tokens",
        "30",
        "--limit-body",
        "500",
        "--limit-depth",
        "3",
        "--limit-aliases",
        "1",
    ]);
    let code = |query: &str| {
        let reply = service.post(&json!({ "query": query }).to_string(), &[JSON]);
        let code = reply.json()["errors"][0]["extensions"]["code"].clone();
        (reply.status, code.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(code("{ plan { axes { id } } }").1, "");
    assert_eq!(code("{ plan { axes { title { text } } } }").1, "QUERY_TOO_DEEP");
    assert_eq!(code("{ a: __typename }").1, "");
    assert_eq!(code("{ a: __typename b: __typename }").1, "TOO_MANY_ALIASES");
    assert_eq!(code(&format!("{{ {} }}", "__typename ".repeat(28))).1, "TOO_MANY_ROOT_FIELDS");
    assert_eq!(code(&format!("{{ {} }}", "id ".repeat(29))).1, "DOCUMENT_TOO_LARGE");
    assert_eq!(code(&" ".repeat(600)), (413, "BAD_REQUEST".to_owned()));
}

#[test]
fn response_cache_size_is_bounded() {
    let service = service(&["--response-cache", "1"]);
    let query =
        |n| format!("query Q{n} {{ measures(first: 100) {{ nodes {{ number title {{ html text }} }} }} }}");
    let queries: Vec<String> = (0..300).map(query).collect();
    for query in &queries {
        assert_eq!(service.post(&json!({ "query": query }).to_string(), &[JSON]).status, 200);
    }
    let figures = service.get("/metrics", &[]).body;
    let bytes =
        figures.lines().find_map(|line| line.strip_prefix("passerelle_response_cache_bytes ")).unwrap();
    assert!((1..=1024 * 1024).contains(&bytes.parse::<u64>().unwrap()), "{bytes}");
    let missed = count(&service, "miss");
    service.post(&json!({ "query": queries[0] }).to_string(), &[JSON]);
    assert_eq!(count(&service, "miss"), missed + 1);
    let last = queries.last().unwrap();
    service.post(&json!({ "query": last }).to_string(), &[JSON]);
    assert_eq!(count(&service, "miss"), missed + 1);
}
