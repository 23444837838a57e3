//! `graphql-transport-ws`: every way in which a socket is closed, what may be asked over one, and how it ends.

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::client::Response;
use tungstenite::protocol::CloseFrame;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};

use crate::support::{Place, Service};

/// Longer than anything here takes on a machine that is busy with something else.
const TOO_LONG: Duration = Duration::from_mins(1);
const QUERY: &str = "{ revision { number } }";
/// SHA-256 of it.
const HASH: &str = "f80b298572d9656c140e3e1ea607e133008cd956cb1ee649134dca978d66698c";

/// A client that says what it likes.
struct Client(WebSocket<MaybeTlsStream<TcpStream>>);

/// Opens a socket with headers. An error says with which status it was refused.
fn open(service: &Service, path: &str, headers: &[(&'static str, &str)]) -> Result<(Client, Response), u16> {
    let mut request = format!("ws://{}{path}", service.address()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tungstenite::connect(request) {
        Ok((socket, response)) => {
            // What never comes fails the test, and does not hold it up.
            if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
                stream.set_read_timeout(Some(TOO_LONG)).unwrap();
            }
            Ok((Client(socket), response))
        }
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Client {
    /// Opens a socket, and says nothing yet.
    fn opened(service: &Service) -> Self {
        open(service, "/graphql/ws", &[PROTOCOL]).unwrap_or_else(|status| panic!("{status}")).0
    }

    /// Opens a socket whose connection is acknowledged.
    fn new(service: &Service) -> Self {
        let mut client = Self::opened(service);
        client.say(&json!({ "type": "connection_init" }));
        assert_eq!(client.hear(), json!({ "type": "connection_ack" }));
        client
    }

    fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    fn subscribe(&mut self, id: &str, payload: &Value) {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload }));
    }

    /// What is told as the answer to a subscription or query.
    fn ask(&mut self, payload: &Value) -> Value {
        self.subscribe("asked", payload);
        let told = self.hear();
        assert_eq!(told["id"], "asked");
        if told["type"] == "next" {
            assert_eq!(self.hear(), json!({ "type": "complete", "id": "asked" }));
        }
        told
    }

    fn hear(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code and reason with which the socket is closed.
    fn closed(&mut self) -> (u16, String) {
        match self.0.read().unwrap() {
            Message::Close(Some(CloseFrame { code, reason })) => {
                // The close is answered, and the service parts.
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
fn what_is_not_of_the_protocol_closes_the_socket_with_its_code() {
    let service = Place::new().serve();
    let init = json!({ "type": "connection_init" });
    let ask = json!({ "type": "subscribe", "id": "a", "payload": { "query": "subscription { changes { kind } }" } });
    let closed = |messages: &[&Value]| {
        let mut client = Client::opened(&service);
        for message in messages {
            client.say(message);
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
fn a_message_that_is_too_large_or_no_text_closes_the_socket() {
    let service = Place::new().serve();
    for (message, expected) in [
        // Read and refused; refused unread; refused after its first frame.
        (Message::text("a".repeat(64_001)), 1009),
        (Message::text("a".repeat(128_001)), 1009),
        (Message::text("a".repeat(3_000_000)), 1009),
        (Message::text("a".repeat(64_000)), 4400),
        (Message::binary(b"{\"type\":\"ping\"}".to_vec()), 4400),
    ] {
        let size = message.len();
        let mut client = Client::opened(&service);
        // The service may close before all of it is sent.
        drop(client.0.send(message));
        match client.0.read() {
            Ok(Message::Close(Some(frame))) => assert_eq!(u16::from(frame.code), expected, "{size}"),
            other => panic!("{size}: {other:?}"),
        }
    }
}

#[test]
fn another_subprotocol_is_not_acceptable() {
    let service = Place::new().serve();
    let (mut client, response) = open(&service, "/graphql", &[]).unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(response.headers().get("sec-websocket-protocol"), None);
    assert_eq!(client.closed(), (4406, "Subprotocol not acceptable".to_owned()));
    let protocols = ("sec-websocket-protocol", "graphql-ws, graphql-transport-ws");
    let (_, response) = open(&service, "/graphql", &[protocols]).unwrap_or_else(|status| panic!("{status}"));
    assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
}

#[test]
fn pages_of_the_own_origin_and_of_those_that_are_listed_may_open_a_socket() {
    let origin = "https://www.jardin.example";
    let service = Place::new().serve_with(&["--origin", origin]);
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
fn queries_are_answered_and_refused_as_over_http() {
    let service = Place::new().serve_with(&["--limit-depth", "3", "--limit-cost", "100"]);
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
    // A field that fails is told in the answer.
    let failed = client
        .ask(&json!({ "query": "{ node(id: \"nothing\") { id } measures(first: -1) { totalCount } }" }));
    assert_eq!(failed["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    client.say(&json!({ "type": "ping", "payload": { "at": 7 } }));
    assert_eq!(client.hear(), json!({ "type": "pong", "payload": { "at": 7 } }));
}

#[test]
fn fifty_operations_are_answered_at_once_and_an_id_is_free_again_when_its_operation_is_over() {
    let service = Place::new().serve();
    let mut client = Client::new(&service);
    let changes = json!({ "query": "subscription { changes { revision kind } }" });
    for number in 0..50 {
        client.subscribe(&number.to_string(), &changes);
    }
    assert_eq!(code(&client.ask(&json!({ "query": QUERY }))), "TOO_MANY_OPERATIONS");
    let metrics = service.get("/metrics", &[]).body;
    assert!(metrics.contains("passerelle_subscribers{transport=\"ws\"} 50"), "{metrics}");
    assert!(metrics.contains("passerelle_sockets_open 1\n"));
    client.say(&json!({ "type": "complete", "id": "7" }));
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    client.subscribe("7", &changes);
    client.say(&json!({ "type": "ping" }));
    assert_eq!(client.hear()["type"], "pong");
    service.save("page.md", "# Une page\n");
    let mut ids: Vec<u32> = (0..50).map(|_| client.hear()["id"].as_str().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..50).collect::<Vec<_>>());
    client.0.close(None).unwrap();
    while client.0.read().is_ok() {}
    let is_over = |line: &Value| line["graphql.transport"] == "ws" && line["graphql.answers"] == 1;
    service.wait_for(is_over);
    assert!(service.get("/metrics", &[]).body.contains("passerelle_sockets_total 1\n"));
}

#[test]
fn documents_may_be_named_and_must_be_where_only_trusted_ones_are_answered() {
    let place = Place::new();
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
    assert_eq!(client.hear()["payload"]["data"]["changes"]["kind"], "PAGE_ADDED");
}

#[test]
fn what_is_asked_over_a_socket_is_charged_to_its_client() {
    let service = Place::new().serve_with(&["--limit-cost-per-minute", "5"]);
    let mut client = Client::new(&service);
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    assert_eq!(client.ask(&json!({ "query": QUERY }))["type"], "next");
    let refused = client.ask(&json!({ "query": QUERY }));
    assert_eq!(code(&refused), "RATE_LIMITED");
    assert!(refused["payload"][0]["message"].as_str().unwrap().contains("try again in"));
    // It is one client, whichever way it comes.
    let body = json!({ "query": "subscription { sync { state pending documents } }" }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
    assert_eq!(service.post(&body, &headers).status, 429);
}

#[test]
fn a_stop_closes_sockets_with_1001_and_completes_no_subscription() {
    let service = Place::new().serve();
    let (mut client, mut idle) = (Client::new(&service), Client::opened(&service));
    client.subscribe("a", &json!({ "query": "subscription { changes { kind } }" }));
    client.subscribe("b", &json!({ "query": "subscription { sync { state } }" }));
    assert_eq!(client.hear()["id"], "b");
    service.signal("-TERM");
    // The close is the next frame: there is no `complete` before it.
    let parting = (1001, "The service stops".to_owned());
    assert_eq!([client.closed(), idle.closed()], [parting.clone(), parting]);
    assert!(service.wait().success());
}
