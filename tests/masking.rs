//! Internal errors are masked: a client gets a code and a request id, and no details.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::{HttpReply, Service, TestSite, repository};

/// Internal terms that no response may contain.
const INTERNAL_TERMS: [&str; 8] =
    ["sql", "table", "database", "no such", "select ", "panicked", ".rs:", "change_log"];

/// Starts a service and drops its tables while it runs.
fn service_without_tables() -> Service {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = Database::connect(service.place.database_url()).await.unwrap();
        for table in ["plan", "category", "measure", "page", "support_service", "document", "change_log"] {
            let sql = format!("ALTER TABLE {table} RENAME TO {table}_of_before");
            connection.execute_unprepared(&sql).await.unwrap();
        }
        connection.close().await.unwrap();
    });
    service
}

fn assert_no_internal_terms(answer: &str) {
    let answer = answer.to_lowercase();
    for word in INTERNAL_TERMS {
        assert!(!answer.contains(word), "{word}: {answer}");
    }
}

/// Returns the request ids in the errors of a response. Fails if an error is not masked.
fn masked_request_ids(answer: &Value) -> BTreeSet<String> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let masked = errors.map(|error| {
        assert_eq!(error["extensions"]["code"], "INTERNAL_SERVER_ERROR", "{error}");
        error["extensions"]["requestId"].as_str().unwrap_or_default().to_owned()
    });
    masked.collect()
}

#[test]
fn graphql_responses_mask_internal_errors() {
    let service = service_without_tables();
    let queries = [
        "{ plans { title } }",
        "{ measures { nodes { title { text } } } }",
        "{ measure(number: 3) { repeats { number } statusChanges { at } } }",
        "{ pages { nodes { title links { url } } } }",
        "{ page(slug: \"saq\") { title } }",
        "{ navigation { title } }",
        "{ supportServices { nodes { name } } }",
        "{ documents { nodes { path } totalCount } }",
        "{ document(path: \"saq.md\") { state } }",
        "{ changes(since: 0) { nodes { kind } } }",
        "{ nodes(ids: [\"UGFnZTpzYXEuZnI\"]) { id } }",
    ];
    let mut failed = 0;
    for query in queries {
        for media in ["application/json", "application/graphql-response+json"] {
            let body = json!({ "query": query }).to_string();
            let headers =
                [("content-type", "application/json"), ("accept", media), ("x-request-id", "ours-7")];
            let HttpReply { status, body, .. } = service.post(&body, &headers);
            assert_eq!(status, 200, "{query}");
            assert_no_internal_terms(&body);
            let ids = masked_request_ids(&serde_json::from_str(&body).unwrap());
            assert!(ids.is_empty() || ids == BTreeSet::from(["ours-7".to_owned()]), "{ids:?}");
            failed += usize::from(!ids.is_empty());
        }
    }
    // Some queries are answered from memory and do not fail.
    assert!(failed >= 8, "{failed} answers failed");
    // The log contains the details.
    let told = service.log_so_far();
    assert!(told.iter().any(|entry| entry["message"] == "resolver failed"
        && entry["error"].as_str().is_some_and(|error| error.contains("no such table"))));
}

#[test]
fn exports_and_events_mask_internal_errors() {
    let service = service_without_tables();
    for path in ["/exports/measures.csv", "/exports/measures.json", "/feeds/changes.atom"] {
        let reply = service.get(path, &[]);
        assert_no_internal_terms(&reply.body);
        if reply.status != 200 {
            assert_eq!((reply.status, masked_request_ids(&reply.json()).len()), (503, 1), "{path}");
        }
    }
    let body = json!({ "query": "subscription { changes(since: 0) { kind } }" }).to_string();
    let event = service.subscribe_with(&body).next().unwrap();
    assert_no_internal_terms(&event.to_string());
    assert_eq!(event["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
}
