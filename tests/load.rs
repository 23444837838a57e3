//! Bounds of the bytes of responses, and work that many clients share. Counted in bytes and statements.

use serde_json::{Value, json};

use crate::support::{HttpReply, Service, TestSite, repository};

const JSON: (&str, &str) = ("content-type", "application/json");
/// Size of the text of a page in bytes.
const TEXT_BYTES: usize = 200_000;

/// A service with a page that has a long text.
fn service_with_long_page(settings: &[&str]) -> Service {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let paragraph = "Un jardin partagé, ouvert à toutes et à tous, du lundi au samedi.\n\n";
    let text = paragraph.repeat(TEXT_BYTES / paragraph.len());
    place.write("long.md", &format!("---\nslug: long\nlang: fr\n---\n# Un long texte\n\n{text}"));
    place.serve_with(settings)
}

fn post(service: &Service, query: &str) -> HttpReply {
    service.post(&json!({ "query": query }).to_string(), &[JSON])
}

fn code(reply: &HttpReply) -> Value {
    reply.json()["errors"][0]["extensions"]["code"].clone()
}

#[test]
fn repeated_ids_return_their_texts_once() {
    let service = service_with_long_page(&[]);
    let id = service.query("{ page(slug: \"long\") { id } }")["page"]["id"].clone();
    let ids = vec![id; 100];
    let query = format!("{{ nodes(ids: {}) {{ ... on Page {{ content {{ html }} }} }} }}", json!(ids));
    let reply = post(&service, &query);
    assert_eq!(reply.json()["data"]["nodes"].as_array().map(Vec::len), Some(1));
    assert!(reply.body.len() < 2 * TEXT_BYTES, "{}", reply.body.len());
}

#[test]
fn a_response_above_its_limit_is_an_error_without_data() {
    let service = service_with_long_page(&["--limit-response-bytes", "1000000"]);
    let pages = |count: usize| {
        let field = |at| format!("a{at}: page(slug: \"long\") {{ content {{ text }} }}");
        format!("{{ {} }}", (0..count).map(field).collect::<Vec<_>>().join(" "))
    };
    assert!(post(&service, &pages(4)).body.len() > 4 * (TEXT_BYTES - 1_000));
    let refused = post(&service, &pages(6));
    assert_eq!((code(&refused), refused.json().get("data")), (json!("RESPONSE_TOO_LARGE"), None));
    assert!(refused.body.len() < 1_000);
}

#[test]
fn responses_above_the_budget_of_all_are_answered_503_and_small_ones_are_served() {
    let service = service_with_long_page(&["--limit-all-responses-bytes", "65536", "--response-cache", "0"]);
    let refused = post(&service, "{ page(slug: \"long\") { content { text } } }");
    assert_eq!((refused.status, code(&refused)), (503, json!("OVERLOADED")));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(service.metric("responses_rejected_total"), 1);
    assert_eq!(service.metric("response_bytes_reserved"), 0);
    assert_eq!(post(&service, "{ measures { nodes { number } } }").status, 200);
}

#[test]
fn the_memory_of_a_response_is_free_after_it_is_sent() {
    let service = service_with_long_page(&["--response-cache", "0"]);
    for _ in 0..3 {
        let reply = post(&service, "{ page(slug: \"long\") { content { text } } }");
        assert!(reply.body.len() > TEXT_BYTES - 1_000);
    }
    // The service drops the body just after the client has read it.
    service.wait_for_metric("response_bytes_reserved", 0);
}
