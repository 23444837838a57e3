//! The token of the desk in GraphQL.

use serde_json::{Value, json};

use crate::support::{Events, HttpReply, Service, TestSite};

const JSON: (&str, &str) = ("content-type", "application/json");
const BEARER: (&str, &str) = ("authorization", "Bearer tilleul");
/// Fields that show what the desk shows.
const PROTECTED: [&str; 5] = [
    "{ documents(first: 2) { nodes { path } } }",
    "{ document(path: \"page.md\") { path } }",
    "{ sync { problems { message } } }",
    "{ sync { degradedReason } }",
    "{ page(slug: \"page\", lang: FR) { document { diagnostics { message } } } }",
];

fn ponds() -> TestSite {
    let place = TestSite::new();
    place.write("page.md", "---\nlang: fr\n---\n# Une page\n\n[perdu](absent.md)\n");
    place
}

fn send(service: &Service, query: &str, headers: &[(&str, &str)]) -> HttpReply {
    let headers: Vec<(&str, &str)> = std::iter::once(JSON).chain(headers.iter().copied()).collect();
    service.post(&json!({ "query": query }).to_string(), &headers)
}

fn code(reply: &HttpReply) -> Value {
    reply.json()["errors"][0]["extensions"]["code"].take()
}

/// Signs in at the desk. Returns the cookie.
fn cookie(service: &Service) -> String {
    let origin = service.url("");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
    let reply = service.post_to("/desk/login", "token=tilleul", &headers);
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[test]
fn documents_and_problems_need_the_token_of_the_desk() {
    let service = ponds().serve_with_desk_token("tilleul");
    let cookie = cookie(&service);
    for query in PROTECTED {
        for headers in
            [vec![], vec![("authorization", "Bearer hetre")], vec![("cookie", "passerelle_desk=tilleul")]]
        {
            let denied = send(&service, query, &headers);
            assert_eq!((code(&denied), denied.status), (json!("FORBIDDEN"), 200), "{query}: {}", denied.body);
            assert!(!denied.body.contains("absent.md"), "{query}: {}", denied.body);
        }
        for credentials in [BEARER, ("cookie", cookie.as_str())] {
            let granted = send(&service, query, &[credentials]);
            assert_eq!(granted.json().get("errors"), None, "{query}: {}", granted.body);
        }
    }
    let reply = send(&service, "{ sync { state documents rejected } pages { totalCount } }", &[]);
    assert_eq!(reply.json()["data"]["sync"]["documents"], 1, "{}", reply.body);
}

#[test]
fn a_response_that_needs_the_token_is_not_shared() {
    let service = ponds().serve_with_desk_token("tilleul");
    let path = "/graphql?query=%7Bdocument(path:%22page.md%22)%7Bpath%7D%7D";
    let granted = service.get(path, &[BEARER]);
    assert_eq!(granted.json()["data"]["document"]["path"], "page.md");
    assert_eq!((granted.header("cache-control"), granted.header("etag")), ("no-store", ""));
    let denied = service.get(path, &[]);
    assert_eq!(code(&denied), "FORBIDDEN");
    // Public fields are cached, with an ETag of their own for requests with the token.
    let public = "/graphql?query=%7Bpages%7BtotalCount%7D%7D";
    let (with, without) = (service.get(public, &[BEARER]), service.get(public, &[]));
    assert!(!with.header("etag").is_empty() && with.header("etag") != without.header("etag"));
    assert_eq!(with.body, without.body);
}

#[test]
fn subscriptions_need_the_token_too() {
    let service = ponds().serve_with_desk_token("tilleul");
    let query = json!({ "query": "subscription { sync { problems { message } } }" }).to_string();
    let first = |headers: &[(&str, &str)]| {
        Events::open_with(&service.url("/graphql"), &query, headers).unwrap().next().unwrap()
    };
    assert_eq!(first(&[])["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(first(&[BEARER])["data"]["sync"]["problems"], json!([]));
}

#[test]
fn without_a_token_the_fields_are_public() {
    for desk in ["open", "off"] {
        let service = ponds().serve_with(&["--desk", desk]);
        for query in PROTECTED {
            let reply = send(&service, query, &[]);
            assert_eq!(reply.json().get("errors"), None, "{desk} {query}: {}", reply.body);
        }
    }
}
