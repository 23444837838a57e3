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
    // The content is read at the latest revision. Further ones can follow before the change is sent.
    let read_at = answer["extensions"]["revision"].as_i64().unwrap();
    assert!(read_at >= answer["data"]["changes"]["revision"].as_i64().unwrap(), "{answer}");
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

const KINDS: &str = "subscription { changes { revision kind } }";

#[test]
fn event_stream_resumes_after_the_last_event_id() {
    let service = service();
    // A client that loses the connection within a revision gets the rest of it.
    let query = "subscription { changes(since: 0) { revision kind } }";
    let mut events = service.subscribe(query);
    assert_eq!(next(&mut events)["kind"], "PLAN_ADDED");
    let id = events.last_id();
    drop(events);
    let mut events = service.resume(query, &id);
    let rest = [next(&mut events), next(&mut events)];
    assert_eq!(rest, [1, 1].map(|revision| json!({ "revision": revision, "kind": "MEASURE_ADDED" })));
    // A change while the service is stopped is not lost, and none comes twice.
    let id = events.last_id();
    let place = service.stop();
    place.write("page.md", "# Une page\n");
    let service = place.serve();
    let mut events = service.resume(KINDS, &id);
    assert_eq!(next(&mut events), json!({ "revision": 2, "kind": "PAGE_ADDED" }));
    service.save("autre.md", "# Une autre\n");
    assert_eq!(next(&mut events), json!({ "revision": 3, "kind": "PAGE_ADDED" }));
}

#[test]
fn event_stream_has_an_id_before_its_first_event() {
    let service = service();
    let id = service.subscribe(KINDS).last_id();
    service.save("page.md", "# Une page\n");
    let mut events = service.resume(KINDS, &id);
    assert_eq!(next(&mut events), json!({ "revision": 2, "kind": "PAGE_ADDED" }));
}

#[test]
fn event_id_of_another_database_returns_resync() {
    let service = service();
    let id = TestSite::new().serve().subscribe(KINDS).last_id();
    for id in [id.as_str(), "nonsense"] {
        let mut events = service.resume(KINDS, id);
        assert_eq!(next(&mut events), json!({ "revision": 1, "kind": "RESYNC" }));
        assert!(service.resume(KINDS, &events.last_id()).last_id().contains("-1."));
    }
    // The state of the synchronisation has no position.
    let mut events = service.resume("subscription { sync { documents } }", &id);
    assert_eq!(events.next().unwrap()["data"]["sync"]["documents"], 1);
}

#[test]
fn changes_are_narrowed_to_objects_and_to_a_plan() {
    let service = service();
    let found = service.query("{ a: measure(number: 1) { id } b: measure(number: 2) { id } }");
    let id = |name: &str| found[name]["id"].as_str().unwrap().to_owned();
    let of_one = format!("changes(since: 0, nodeIds: [\"{}\"])", id("a"));
    let query = format!("subscription {{ {of_one} {{ revision kind nodeId }} }}");
    let mut one = service.subscribe(&query);
    let added = json!({ "revision": 1, "kind": "MEASURE_ADDED", "nodeId": id("a") });
    assert_eq!(next(&mut one), added);
    let of_plan = "changes(since: 0, plan: \"plan-des-mares\", kinds: [MEASURE_ADDED, STATUS_CHANGED])";
    let mut plan_events = service.subscribe(&format!("subscription {{ {of_plan} {{ revision nodeId }} }}"));
    for name in ["a", "b"] {
        assert_eq!(next(&mut plan_events), json!({ "revision": 1, "nodeId": id(name) }));
    }
    service.save("page.md", "# Une page\n");
    service.save("autre.txt", &plan(&["À faire"]).replace("des mares", "des haies"));
    service.save("plan.txt", &plan(&["À faire", "Réalisé"]));
    service.save("plan.txt", &plan(&["Réalisé", "Réalisé"]));
    assert_eq!(next(&mut one), json!({ "revision": 5, "kind": "STATUS_CHANGED", "nodeId": id("a") }));
    assert_eq!(next(&mut plan_events), json!({ "revision": 4, "nodeId": id("b") }));
    assert_eq!(next(&mut plan_events), json!({ "revision": 5, "nodeId": id("a") }));
    // The list has the same arguments.
    let count = |field: &str| {
        service.query(&format!("{{ {field} {{ totalCount }} }}"))["changes"]["totalCount"].clone()
    };
    assert_eq!((count(&of_one), count(of_plan)), (json!(2), json!(4)));
    // A removed measure is still part of its plan.
    service.save("plan.txt", &plan(&["Réalisé"]));
    service.save("plan.txt.accept", "");
    assert_eq!(count("changes(since: 5, plan: \"plan-des-mares\")"), 1);
    for (field, problem) in [
        ("changes(since: 0, plan: \"nulle-part\")", "`plan`"),
        ("changes(since: 0, nodeIds: [\"x\"])", "`nodeIds`"),
    ] {
        let asked = json!({ "query": format!("{{ {field} {{ totalCount }} }}") }).to_string();
        let told = service.post(&asked, &[("content-type", "application/json")]).json();
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{field}");
        assert!(told["errors"][0]["message"].as_str().unwrap().contains(problem), "{told}");
    }
}

#[test]
fn every_kind_of_change_names_its_object() {
    let place = TestSite::new();
    let service_page = |name: &str| {
        format!("---\nkind: support-service\nslug: saq\nlang: fr\n---\n# Service support {name}\n\nTexte.\n")
    };
    place.write("plan.txt", &plan(&["À faire", "À faire"]));
    place.write("page.md", "# Une page\n");
    place.write("saq.md", &service_page("mares"));
    let service = place.serve();
    service.save("plan.txt", &plan(&["En cours", "À faire"]).replace("mare 2", "grande mare 2"));
    service.save("plan.txt", &plan(&["En cours", "À faire"]).replace("Plan des mares", "Plan des étangs"));
    service.save("page.md", "# Une autre page\n");
    service.save("saq.md", &service_page("étangs"));
    service.save("refus.txt", "---\nkind: plan\n---\nRien.\n");
    for path in ["plan.txt", "page.md", "saq.md"] {
        service.remove(path);
    }
    let query = "{ changes(since: 0, first: 100) { nodes { kind nodeId url } } }";
    let changes = service.query(query)["changes"]["nodes"].as_array().unwrap().clone();
    let mut kinds: Vec<&str> = changes.iter().map(|change| change["kind"].as_str().unwrap()).collect();
    for change in &changes {
        assert!(change["nodeId"].is_string(), "{change}");
        assert_eq!(change["url"].is_string(), change["kind"] != "DOCUMENT_REJECTED", "{change}");
    }
    kinds.sort_unstable();
    kinds.dedup();
    let all = service.query("{ __type(name: \"ChangeKind\") { enumValues { name } } }");
    let all =
        all["__type"]["enumValues"].as_array().unwrap().iter().map(|value| value["name"].as_str().unwrap());
    let mut all: Vec<&str> = all.filter(|kind| *kind != "RESYNC").collect();
    all.sort_unstable();
    assert_eq!(kinds, all);
}

#[test]
fn subscriptions_of_all_clients_are_limited() {
    let service = TestSite::new().serve_with(&["--limit-subscriptions", "2"]);
    let (first, mut second) = (service.subscribe(KINDS), service.subscribe(KINDS));
    second.last_id();
    let body = json!({ "query": KINDS }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
    let rejected = service.post(&body, &headers);
    assert_eq!((rejected.status, rejected.header("retry-after")), (503, "10"));
    assert_eq!(rejected.json()["errors"][0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS");
    let mut request = format!("ws://{}/graphql", service.address()).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let mut socket = Socket(tungstenite::connect(request).unwrap().0);
    socket.send(&json!({ "type": "connection_init" }));
    assert_eq!(socket.receive()["type"], "connection_ack");
    let subscribe = json!({ "type": "subscribe", "id": "a", "payload": { "query": KINDS } });
    socket.send(&subscribe);
    let error = socket.receive();
    assert_eq!(error["payload"][0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS", "{error}");
    // A query is no subscription.
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 0);
    // The place of a client that is gone is free again. The service notices it at the next heartbeat.
    drop((first, second));
    service.wait_for(|line| line["message"] == "operation completed");
    socket.send(&subscribe);
    socket
        .send(&json!({ "type": "subscribe", "id": "b", "payload": { "query": "{ revision { number } }" } }));
    assert_eq!(socket.receive()["id"], "b");
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
