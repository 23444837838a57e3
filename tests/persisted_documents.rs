//! Persisted documents, which clients name by a hash or an id.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

const QUERY: &str = "{ revision { number } }";
/// SHA-256 of the query above.
const HASH: &str = "f80b298572d9656c140e3e1ea607e133008cd956cb1ee649134dca978d66698c";
const JSON: (&str, &str) = ("content-type", "application/json");

fn ask(service: &Service, body: &Value) -> (u16, Value) {
    let reply = service.post(&body.to_string(), &[JSON]);
    (reply.status, reply.json())
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

#[test]
fn registered_document_is_found_by_hash() {
    let service = TestSite::new().serve();
    let (status, answer) = ask(&service, &json!({ "extensions": persisted(HASH) }));
    assert_eq!((status, code(&answer)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    // Apollo Client sends the document after this exact message.
    assert_eq!(answer["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(answer.get("data"), None);
    let (_, answer) = ask(&service, &json!({ "query": QUERY, "extensions": persisted(HASH) }));
    assert_eq!(answer["data"]["revision"]["number"], 0);
    let (_, answer) = ask(&service, &json!({ "extensions": persisted(HASH) }));
    assert_eq!(answer["data"]["revision"]["number"], 0);
    let link = format!(
        "/graphql?extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{HASH}%22%7D%7D"
    );
    assert_eq!(service.get(&link, &[]).json()["data"]["revision"]["number"], 0);
    let (_, answer) = ask(&service, &json!({ "documentId": format!("sha256:{HASH}") }));
    assert_eq!(answer["data"]["revision"]["number"], 0);
}

#[test]
fn mismatched_hash_is_rejected() {
    let service = TestSite::new().serve();
    let wrong = HASH.replace(&HASH[..1], "0");
    for extensions in [
        persisted(&wrong),
        persisted("abc"),
        json!({ "persistedQuery": { "sha256Hash": HASH } }),
        json!({ "persistedQuery": { "version": 2, "sha256Hash": HASH } }),
        json!({ "persistedQuery": 1 }),
    ] {
        let (status, answer) = ask(&service, &json!({ "query": QUERY, "extensions": extensions }));
        assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"), "{extensions}");
    }
    let (_, answer) = ask(&service, &json!({ "extensions": persisted(HASH) }));
    assert_eq!(code(&answer), "PERSISTED_QUERY_NOT_FOUND");
}

#[test]
fn trusted_document_is_found_by_id() {
    let place = TestSite::new();
    let list = place.content().with_file_name("documents.json");
    fs::write(&list, json!({ "revision": QUERY, "name": "query Name { __typename }" }).to_string()).unwrap();
    let list = list.to_str().unwrap().to_owned();
    let service = place.serve_with(&["--trusted-documents", &list]);
    let (_, answer) = ask(&service, &json!({ "documentId": "revision" }));
    assert_eq!(answer["data"]["revision"]["number"], 0);
    assert_eq!(service.get("/graphql?documentId=name", &[]).json()["data"]["__typename"], "Query");
    let (_, answer) = ask(&service, &json!({ "documentId": "other" }));
    assert_eq!(code(&answer), "PERSISTED_QUERY_NOT_FOUND");
    let (status, _) = ask(&service, &json!({ "documentId": "revision", "query": QUERY }));
    assert_eq!(status, 400);
    let (_, answer) = ask(&service, &json!({ "query": "{ __typename }" }));
    assert_eq!(answer["data"]["__typename"], "Query");

    let only = service.stop().serve_with(&["--trusted-documents", &list, "--only-trusted"]);
    for (body, expected) in [
        (json!({ "query": "{ __typename }" }), "PERSISTED_QUERY_ID_REQUIRED"),
        (json!({ "query": "{ __schema { types { name } } }" }), "PERSISTED_QUERY_ID_REQUIRED"),
        (json!({ "documentId": "other" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "name" }), ""),
        (json!({ "query": QUERY, "extensions": persisted(HASH) }), ""),
        (json!({ "extensions": persisted(HASH) }), ""),
    ] {
        assert_eq!(code(&ask(&only, &body).1), expected, "{body}");
    }
}

#[test]
fn invalid_trusted_documents_fail_at_startup() {
    let place = TestSite::new();
    let list = place.content().with_file_name("documents.json");
    fs::write(&list, "{\"a\": \"{\"}").unwrap();
    let started = |list: &str| {
        let output = place.command("serve").args(["--trusted-documents", list]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(started(list.to_str().unwrap()).contains("document \\\"a\\\" is not valid GraphQL"));
    assert!(started("nowhere.json").contains("nowhere.json"));
}
