//! The protocol `graphql-transport-ws`: close codes, operations and shutdown.

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::client::Response;
use tungstenite::protocol::CloseFrame;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};

use crate::support::{Service, TestSite, repository};

/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);
const QUERY: &str = "{ revision { number } }";
/// SHA-256 of the query above.
const HASH: &str = "f80b298572d9656c140e3e1ea607e133008cd956cb1ee649134dca978d66698c";

/// A client that can also send invalid messages.
struct Client(WebSocket<MaybeTlsStream<TcpStream>>);

/// Opens a socket with request headers. Returns the HTTP status if the service rejects the upgrade.
fn open(service: &Service, path: &str, headers: &[(&'static str, &str)]) -> Result<(Client, Response), u16> {
    let mut request = format!("ws://{}{path}", service.address()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tungstenite::connect(request) {
        Ok((socket, response)) => {
            // The read timeout fails the test if a message does not arrive.
            if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
                stream.set_read_timeout(Some(TIMEOUT)).unwrap();
            }
            Ok((Client(socket), response))
        }
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Client {
    /// Opens a socket without sending a message.
    fn opened(service: &Service) -> Self {
        open(service, "/graphql/ws", &[PROTOCOL]).unwrap_or_else(|status| panic!("{status}")).0
    }

    /// Opens a socket and waits for the acknowledgement.
    fn new(service: &Service) -> Self {
        let mut client = Self::opened(service);
        client.send(&json!({ "type": "connection_init" }));
        assert_eq!(client.receive(), json!({ "type": "connection_ack" }));
        client
    }

    fn send(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    fn subscribe(&mut self, id: &str, payload: &Value) {
        self.send(&json!({ "type": "subscribe", "id": id, "payload": payload }));
    }

    /// Runs an operation and returns its result.
    fn ask(&mut self, payload: &Value) -> Value {
        self.subscribe("asked", payload);
        let told = self.receive();
        assert_eq!(told["id"], "asked");
        if told["type"] == "next" {
            assert_eq!(self.receive(), json!({ "type": "complete", "id": "asked" }));
        }
        told
    }

    fn receive(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Returns the code and reason of the close frame.
    fn closed(&mut self) -> (u16, String) {
        match self.0.read().unwrap() {
            Message::Close(Some(CloseFrame { code, reason })) => {
                // The service answers the close frame and ends the connection.
                assert!(matches!(self.0.read(), Err(Error::ConnectionClosed)));
                (code.into(), reason.as_str().to_owned())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn code(told: &Value) -> &str {
    assert_eq!(told["type"], "error", "{told}");
    told["payload"][0]["extensions"]["code"].as_str().unwrap()
}

#[test]
fn protocol_violations_close_the_socket_with_their_code() {
    let service = TestSite::new().serve();
    let init = json!({ "type": "connection_init" });
    let ask = json!({ "type": "subscribe", "id": "a", "payload": { "query": "subscription { changes { kind } }" } });
    let closed = |messages: &[&Value]| {
        let mut client = Client::opened(&service);
        for message in messages {
            client.send(message);
        }
        while client.0.can_read() {
            match client.0.read() {
                Ok(Message::Close(Some(frame))) => return (u16::from(frame.code), frame.reason.to_string()),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("it is not closed");
    };
    let is = |code: u16, reason: &str| (code, reason.to_owned());
    assert_eq!(closed(&[&ask]), is(4401, "Unauthorized"));
    assert_eq!(closed(&[&init, &init]), is(4429, "Too many initialisation requests"));
    assert_eq!(closed(&[&init, &ask, &ask]), is(4409, "Subscriber for a already exists"));
    for message in
        [json!([]), json!({}), json!({ "type": "stop" }), json!({ "type": "subscribe", "id": "a" })]
    {
        assert_eq!(closed(&[&init, &message]).0, 4400, "{message}");
    }
    assert_eq!(closed(&[]), is(4408, "Connection initialisation timeout"));
}

#[test]
fn oversized_and_binary_messages_close_the_socket() {
    let service = TestSite::new().serve();
    for (message, expected) in [
        // Rejected after reading, without reading, and after the first frame.
        (Message::text("a".repeat(64_001)), 1009),
        (Message::text("a".repeat(128_001)), 1009),
        (Message::text("a".repeat(3_000_000)), 1009),
        (Message::text("a".repeat(64_000)), 4400),
        (Message::binary(b"{\"type\":\"ping\"}".to_vec()), 4400),
    ] {
        let size = message.len();
        let mut client = Client::opened(&service);
        // The service may close the socket before the whole message is sent.
        drop(client.0.send(message));
        match client.0.read() {
            Ok(Message::Close(Some(frame))) => assert_eq!(u16::from(frame.code), expected, "{size}"),
            other => panic!("{size}: {other:?}"),
        }
    }
}

#[test]
fn unsupported_subprotocol_closes_with_4406() {
    let service = TestSite::new().serve();
    let (mut client, response) = open(&service, "/graphql", &[]).unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(response.headers().get("sec-websocket-protocol"), None);
    assert_eq!(client.closed(), (4406, "Subprotocol not acceptable".to_owned()));
    let protocols = ("sec-websocket-protocol", "graphql-ws, graphql-transport-ws");
    let (_, response) = open(&service, "/graphql", &[protocols]).unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
}

#[test]
fn websocket_origin_must_be_same_or_allowed() {
    let origin = "https://www.jardin.example";
    let service = TestSite::new().serve_with(&["--origin", origin]);
    let own = format!("http://{}", service.address());
    let status = |path: &str, origin: &str| open(&service, path, &[PROTOCOL, ("origin", origin)]).err();
    for path in ["/graphql", "/graphql/ws"] {
        assert_eq!(status(path, &own), None);
        assert_eq!(status(path, origin), None);
        for foreign in ["https://autre.example", "null", "http://www.jardin.example", "http://127.0.0.1:1"] {
            assert_eq!(status(path, foreign), Some(403), "{foreign}");
        }
    }
    let reply = service.get(
        "/graphql/ws",
        &[
            ("origin", "https://autre.example"),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
    );
    assert_eq!(reply.json()["errors"][0]["extensions"]["code"], "ORIGIN_NOT_ALLOWED");
    let plain = service.get("/graphql/ws", &[]);
    assert_eq!((plain.status, plain.header("upgrade")), (426, "websocket"));
}

#[test]
fn websocket_queries_behave_like_http() {
    let service = TestSite::new().serve_with(&["--limit-depth", "3", "--limit-cost", "100"]);
    let mut client = Client::new(&service);
    let told = client.ask(&json!({ "query": QUERY }));
    let expected = json!({ "data": { "revision": { "number": 0 } }, "extensions": { "revision": 0 } });
    assert_eq!(told["payload"], expected);
    let named =
        json!({ "query": "query A { revision { number } } query B { __typename }", "operationName": "B" });
    assert_eq!(client.ask(&named)["payload"]["data"], json!({ "__typename": "Query" }));
    for (query, expected) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
        ("{ plan { axes { children { children { id } } } } }", "QUERY_TOO_DEEP"),
        ("{ measures(first: 100) { nodes { id number } } }", "QUERY_TOO_COMPLEX"),
    ] {
        assert_eq!(code(&client.ask(&json!({ "query": query }))), expected, "{query}");
    }
    // An error in a field is part of the result.
    let failed = client
        .ask(&json!({ "query": "{ node(id: \"nothing\") { id } measures(first: -1) { totalCount } }" }));
    assert_eq!(failed["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    client.send(&json!({ "type": "ping", "payload": { "at": 7 } }));
    assert_eq!(client.receive(), json!({ "type": "pong", "payload": { "at": 7 } }));
}

#[test]
fn fifty_operations_run_concurrently_and_ids_are_reusable() {
    let service = TestSite::new().serve();
    let mut client = Client::new(&service);
    let changes = json!({ "query": "subscription { changes { revision kind } }" });
    for number in 0..50 {
        client.subscribe(&number.to_string(), &changes);
    }
    assert_eq!(code(&client.ask(&json!({ "query": QUERY }))), "TOO_MANY_OPERATIONS");
    let metrics = service.get("/metrics", &[]).body;
    assert!(metrics.contains("passerelle_active_subscriptions{transport=\"ws\"} 50"), "{metrics}");
    assert!(metrics.contains("passerelle_websockets_open 1\n"));
    client.send(&json!({ "type": "complete", "id": "7" }));
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    client.subscribe("7", &changes);
    client.send(&json!({ "type": "ping" }));
    assert_eq!(client.receive()["type"], "pong");
    service.save("page.md", "# Une page\n");
    let mut ids: Vec<u32> =
        (0..50).map(|_| client.receive()["id"].as_str().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..50).collect::<Vec<_>>());
    client.0.close(None).unwrap();
    while client.0.read().is_ok() {}
    let is_over = |line: &Value| line["graphql.transport"] == "ws" && line["graphql.responses"] == 1;
    service.wait_for(is_over);
    assert!(service.get("/metrics", &[]).body.contains("passerelle_websockets_total 1\n"));
}

#[test]
fn operations_that_replay_the_log_read_it_once() {
    const OPERATIONS: usize = 40;
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let count =
        service.query("{ changes(since: 0) { totalCount } }")["changes"]["totalCount"].as_u64().unwrap();
    let mut client = Client::new(&service);
    let before = service.metric("database_statements_total");
    for number in 0..OPERATIONS {
        let replay = json!({ "query": "subscription { changes(since: 0) { revision kind } }" });
        client.subscribe(&number.to_string(), &replay);
    }
    for _ in 0..count * OPERATIONS as u64 {
        assert_eq!(client.receive()["type"], "next");
    }
    // The process itself reads the latest revision a few times a second.
    let statements = service.metric("database_statements_total") - before;
    assert!(statements < OPERATIONS as u64, "{statements} statements for replays of {count} changes");
}

#[test]
fn websocket_supports_persisted_and_trusted_documents() {
    let place = TestSite::new();
    let list = place.content().with_file_name("documents.json");
    let changes = "subscription { changes(since: 0) { kind } }";
    fs::write(&list, json!({ "revision": QUERY, "changes": changes }).to_string()).unwrap();
    let list = list.to_str().unwrap().to_owned();
    let service = place.serve_with(&["--trusted-documents", &list]);
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": HASH } });
    let mut client = Client::new(&service);
    let unknown = client.ask(&json!({ "extensions": persisted }));
    assert_eq!(
        (code(&unknown), &unknown["payload"][0]["message"]),
        ("PERSISTED_QUERY_NOT_FOUND", &json!("PersistedQueryNotFound"))
    );
    assert_eq!(client.ask(&json!({ "query": QUERY, "extensions": persisted }))["type"], "next");
    assert_eq!(client.ask(&json!({ "extensions": persisted }))["type"], "next");
    assert_eq!(client.ask(&json!({ "documentId": "revision" }))["type"], "next");
    assert_eq!(code(&client.ask(&json!({ "documentId": "other" }))), "PERSISTED_QUERY_NOT_FOUND");

    let only = service.stop().serve_with(&["--trusted-documents", &list, "--only-trusted"]);
    let mut client = Client::new(&only);
    assert_eq!(code(&client.ask(&json!({ "query": "{ __typename }" }))), "PERSISTED_QUERY_ID_REQUIRED");
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    client.subscribe("a", &json!({ "documentId": "changes" }));
    only.save("page.md", "# Une page\n");
    assert_eq!(client.receive()["payload"]["data"]["changes"]["kind"], "PAGE_ADDED");
}

#[test]
fn websocket_operations_count_towards_the_rate_limit() {
    let service = TestSite::new().serve_with(&["--limit-cost-per-minute", "5"]);
    let mut client = Client::new(&service);
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    let refused = client.ask(&json!({ "query": QUERY }));
    assert_eq!(code(&refused), "RATE_LIMITED");
    assert!(refused["payload"][0]["message"].as_str().unwrap().contains("Retry in"));
    // HTTP and WebSocket requests of one client share a limit.
    let body = json!({ "query": "subscription { sync { state pending documents } }" }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
    assert_eq!(service.post(&body, &headers).status, 429);
}

#[test]
fn shutdown_closes_sockets_with_1001_and_sends_no_complete() {
    let service = TestSite::new().serve();
    let (mut client, mut idle) = (Client::new(&service), Client::opened(&service));
    client.subscribe("a", &json!({ "query": "subscription { changes { kind } }" }));
    client.subscribe("b", &json!({ "query": "subscription { sync { state } }" }));
    assert_eq!(client.receive()["id"], "b");
    service.signal("-TERM");
    // The next frame is the close frame. No `complete` precedes it.
    let parting = (1001, "The service is shutting down".to_owned());
    assert_eq!([client.closed(), idle.closed()], [parting.clone(), parting]);
    assert!(service.wait().success());
}
