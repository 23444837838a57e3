//! Change subscriptions: past changes first, then live ones, each exactly once and in order.

use std::io::{Read, Write};

use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::client::IntoClientRequest;

use crate::support::{Events, Service, TestSite};

fn plan(statuses: &[&str]) -> String {
    let row = |(status, number): (&&str, u32)| format!("{number}.\tCreuser la mare {number}\t{status}\n");
    let rows = statuses.iter().zip(1..).map(row).collect::<Vec<_>>().concat();
    format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n{rows}")
}

const QUERY: &str = "subscription { changes(since: 0) { revision kind field before after node { __typename
    ... on Measure { number status } } } }";

fn next(events: &mut Events) -> Value {
    let answer = events.next().unwrap();
    assert_eq!(answer.get("errors"), None);
    assert_eq!(answer["extensions"]["revision"], answer["data"]["changes"]["revision"]);
    answer["data"]["changes"].clone()
}

/// Starts a service with a plan of two measures, at revision 1.
fn service() -> Service {
    let place = TestSite::new();
    place.write("plan.txt", &plan(&["À faire", "À faire"]));
    place.serve()
}

#[test]
fn past_and_live_changes_arrive_once_and_in_order() {
    let service = service();
    let mut events = service.subscribe(QUERY);
    let replayed: Vec<Value> = (0..3).map(|_| next(&mut events)["kind"].clone()).collect();
    assert_eq!(replayed, ["PLAN_ADDED", "MEASURE_ADDED", "MEASURE_ADDED"]);

    service.save("plan.txt", &plan(&["En cours", "À faire"]));
    service.save("plan.txt", &plan(&["En cours", "Réalisé"]));
    let told = [next(&mut events), next(&mut events)];
    let change = |revision, number, before, after| {
        json!({ "revision": revision, "kind": "STATUS_CHANGED", "field": "status", "before": before, "after": after,
                "node": { "__typename": "Measure", "number": number, "status": after } })
    };
    assert_eq!(told, [change(2, 1, "NOT_STARTED", "IN_PROGRESS"), change(3, 2, "NOT_STARTED", "COMPLETED")]);
}

#[test]
fn subscriber_resumes_without_loss_after_a_restart() {
    let service = service();
    service.save("plan.txt", &plan(&["En cours", "À faire"]));
    let place_of = |service: &Service| service.place.content().join("plan.txt");
    let file = place_of(&service);
    let mut first = service.subscribe("subscription { changes(since: 1) { revision kind } }");
    assert_eq!(next(&mut first)["revision"], 2);
    // A client does not reconnect after `complete`, so the stream must end without it.
    let service = std::thread::scope(|scope| {
        let ended = scope.spawn(move || first.is_interrupted());
        let service = service.restart();
        assert!(ended.join().unwrap());
        service
    });
    std::fs::write(file, plan(&["En cours", "Réalisé"])).unwrap();
    service.wait_for_sync();
    let mut events =
        service.subscribe("subscription { changes(since: 2, kinds: [STATUS_CHANGED]) { revision after } }");
    assert_eq!(next(&mut events), json!({ "revision": 3, "after": "COMPLETED" }));
}

#[test]
fn future_revision_returns_resync() {
    let service = service();
    let mut events = service.subscribe("subscription { changes(since: 500) { revision kind } }");
    assert_eq!(next(&mut events), json!({ "revision": 1, "kind": "RESYNC" }));
    service.save("page.md", "# Une page\n");
    assert_eq!(next(&mut events), json!({ "revision": 2, "kind": "PAGE_ADDED" }));
    let asked = json!({ "query": "{ changes(since: 500) { totalCount } }" }).to_string();
    let told = service.post(&asked, &[("content-type", "application/json")]).json();
    assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[test]
fn slow_subscriber_receives_resync_and_continues() {
    let service = service();
    let mut events = service.subscribe("subscription { changes { revision kind } }");
    service.save("page.md", "# Une page\n");
    assert_eq!(next(&mut events), json!({ "revision": 2, "kind": "PAGE_ADDED" }));
    service.save("plan.txt", &plan(&vec!["À faire"; 10_100]));
    assert_eq!(next(&mut events), json!({ "revision": 3, "kind": "RESYNC" }));
    service.save("autre.md", "# Une autre\n");
    assert_eq!(next(&mut events), json!({ "revision": 4, "kind": "PAGE_ADDED" }));
    // The change log returns all changes.
    let told = service.query("{ changes(since: 2) { totalCount } }");
    assert_eq!(told["changes"]["totalCount"], 10_099);
}

#[test]
fn kinds_argument_filters_changes() {
    let service = service();
    let mut events = service.subscribe("subscription { changes(kinds: [PAGE_ADDED]) { revision kind } }");
    service.save("plan.txt", &plan(&["En cours", "À faire"]));
    service.save("page.md", "# Une page\n");
    assert_eq!(next(&mut events), json!({ "revision": 3, "kind": "PAGE_ADDED" }));
}

#[test]
fn sync_subscription_follows_the_worker_state() {
    let service = service();
    let mut events = service.subscribe("subscription { sync { documents revision { number } } }");
    let number = |answer: Value| answer["data"]["sync"]["revision"]["number"].as_i64().unwrap();
    assert_eq!(number(events.next().unwrap()), 1);
    service.save("page.md", "# Une page\n");
    // The worker also reports the start of a sync.
    assert!((0..3).any(|_| number(events.next().unwrap()) == 2));
}

#[test]
fn error_completes_the_event_stream() {
    let service = service();
    let mut events = service.subscribe("subscription { nothing }");
    let answer = events.next().unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(events.next(), None);
    let mut query = service.subscribe("{ revision { number } }");
    assert_eq!(query.next().unwrap()["data"]["revision"]["number"], 1);
    assert_eq!(query.next(), None);
    let plain = service.post(
        &json!({ "query": "subscription { changes { kind } }" }).to_string(),
        &[("content-type", "application/json")],
    );
    assert_eq!(plain.json()["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

/// A client of the protocol `graphql-transport-ws`.
struct Socket<S: Read + Write>(tungstenite::WebSocket<S>);

impl<S: Read + Write> Socket<S> {
    fn send(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    fn receive(&mut self) -> Value {
        match self.0.read().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn changes_are_sent_over_websocket() {
    for path in ["/graphql", "/graphql/ws"] {
        let service = service();
        let mut request = format!("ws://{}{path}", service.address()).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, response) = tungstenite::connect(request).unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        let mut socket = Socket(socket);
        socket.send(&json!({ "type": "connection_init" }));
        assert_eq!(socket.receive()["type"], "connection_ack");
        let query = "subscription($since: Int) { changes(since: $since) { revision kind node { id } } }";
        socket.send(&json!({ "type": "subscribe", "id": "a", "payload": { "query": query, "variables": { "since": 0 } } }));
        let kinds: Vec<Value> =
            (0..3).map(|_| socket.receive()["payload"]["data"]["changes"]["kind"].clone()).collect();
        assert_eq!(kinds, ["PLAN_ADDED", "MEASURE_ADDED", "MEASURE_ADDED"]);
        service.save("plan.txt", &plan(&["En cours", "À faire"]));
        let told = socket.receive();
        assert_eq!((&told["type"], &told["id"]), (&json!("next"), &json!("a")));
        assert_eq!(told["payload"]["data"]["changes"]["revision"], 2);
        assert_eq!(told["payload"]["extensions"]["revision"], 2);
        socket.send(
            &json!({ "type": "subscribe", "id": "b", "payload": { "query": "{ revision { number } }" } }),
        );
        let answered = socket.receive();
        assert_eq!(answered["payload"]["data"]["revision"]["number"], 2);
        assert_eq!(socket.receive(), json!({ "type": "complete", "id": "b" }));
    }
}
