//! Operations over Server-Sent Events and multipart responses, compared byte by byte. Also clients that do
//! not read.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::client::IntoClientRequest;

use crate::support::{Service, TestSite};

/// `Accept` header of Apollo Client 4 for a subscription, and the one in its documentation.
const MULTIPART_ACCEPT: [&str; 2] = [
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9",
    "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\", application/json",
];
const EVENT_STREAM: &str = "text/event-stream";
/// `Accept` header of urql for a query.
const URQL_ACCEPT: &str = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, \
                    multipart/mixed";
/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A streamed response: connection and received bytes.
struct Stream(TcpStream, String);

impl Stream {
    /// Sends a request and reads the head of the response.
    fn open(service: &Service, accept: &str, body: &Value) -> Self {
        let mut stream = Self::ask(service, accept, body);
        while !stream.1.contains("\r\n\r\n") {
            stream.read();
        }
        stream
    }

    /// Sends a request and reads nothing.
    fn ask(service: &Service, accept: &str, body: &Value) -> Self {
        let mut stream = TcpStream::connect(service.address()).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let body = body.to_string();
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            service.address(),
            body.len()
        )
        .unwrap();
        Self(stream, String::new())
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        let count = self.0.read(&mut bytes).unwrap();
        assert!(count > 0, "the connection ended: {}", self.1);
        self.1.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }

    fn head(&self) -> &str {
        self.1.split("\r\n\r\n").next().unwrap()
    }

    /// Returns the received body without chunk lengths.
    fn pieces(&self) -> String {
        // Each chunk is a length, a line break, the data and a line break.
        let mut pieces = String::new();
        let mut rest = self.1.split_once("\r\n\r\n").unwrap().1;
        while let Some((length, after)) = rest.split_once("\r\n") {
            let length = usize::from_str_radix(length, 16).unwrap();
            let Some(piece) = after.get(..length) else { break };
            pieces.push_str(piece);
            rest = after.get(length + 2..).unwrap_or_default();
        }
        pieces
    }

    /// Reads until the body ends with `end`. Returns the body.
    fn until(&mut self, end: &str) -> String {
        while !self.pieces().ends_with(end) {
            self.read();
        }
        self.pieces()
    }

    /// Reads until the connection ends, which must be before the last chunk. Returns the body.
    fn interrupted(mut self) -> String {
        let mut rest = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        self.1.push_str(std::str::from_utf8(&rest).unwrap());
        assert!(!self.1.ends_with("\r\n0\r\n\r\n"), "the body is whole: {}", self.1);
        self.pieces()
    }
}

fn subscription() -> Value {
    json!({ "query": "subscription { changes(since: 0) { revision kind } }" })
}

fn change(revision: u32, kind: &str) -> Value {
    json!({ "data": { "changes": { "revision": revision, "kind": kind } }, "extensions": { "revision": revision } })
}

#[test]
fn apollo_subscription_is_sent_as_multipart() {
    for accept in MULTIPART_ACCEPT {
        let place = TestSite::new();
        place.write("page.md", "# Une page\n");
        let service = place.serve();
        let mut stream = Stream::open(&service, accept, &subscription());
        assert!(stream.head().starts_with("HTTP/1.1 200 OK"), "{}", stream.head());
        assert!(
            stream.head().contains("content-type: multipart/mixed;boundary=graphql;subscriptionSpec=1.0\r\n"),
            "{}",
            stream.head()
        );
        let part = |change: Value| {
            format!("\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql", json!({ "payload": change }))
        };
        // Each part ends with a boundary, so the client can process it at once.
        let first = format!("\r\n--graphql{}", part(change(1, "PAGE_ADDED")));
        assert_eq!(stream.until("}\r\n--graphql"), first);
        assert!(
            service
                .get("/metrics", &[])
                .body
                .contains("passerelle_active_subscriptions{transport=\"multipart\"} 1\n")
        );
        service.save("autre.md", "# Une autre\n");
        let second = format!("{first}{}", part(change(2, "PAGE_ADDED")));
        while stream.until("}\r\n--graphql") != second {
            stream.read();
        }
        service.signal("-TERM");
        // Without a closing boundary, the client reconnects.
        assert_eq!(stream.interrupted(), second);
        assert!(service.wait().success());
    }
}

#[test]
fn shutdown_interrupts_event_streams_without_complete() {
    let place = TestSite::new();
    place.write("page.md", "# Une page\n");
    let service = place.serve();
    let mut stream = Stream::open(&service, EVENT_STREAM, &subscription());
    let first = stream.until("}\n\n");
    // The id of the start comes before it if the event takes a moment.
    let id = first.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap();
    assert!(id.len() == 20 && id.ends_with("-1.0"), "{id}");
    let event = format!("id: {id}\nevent: next\ndata: {}\n\n", change(1, "PAGE_ADDED"));
    assert!(first.starts_with(":\n\nid: ") && first.ends_with(&event), "{first}");
    service.signal("-TERM");
    assert_eq!(stream.interrupted(), first);
    assert!(service.wait().success());
}

#[test]
fn queries_are_answered_as_json_when_accepted() {
    let service = TestSite::new().serve();
    let ask = |accept: &str, query: &str| {
        let headers = [("content-type", "application/json"), ("accept", accept)];
        service.post(&json!({ "query": query }).to_string(), &headers)
    };
    for accept in [MULTIPART_ACCEPT[0], MULTIPART_ACCEPT[1], URQL_ACCEPT] {
        let reply = ask(accept, "{ revision { number } }");
        assert!(reply.header("content-type").contains("json"), "{accept}");
        assert_eq!((reply.status, reply.json()["data"]["revision"]["number"].as_i64()), (200, Some(0)));
    }
    // A query needs another media type, because multipart is for subscriptions only.
    let only = "multipart/mixed;subscriptionSpec=1.0";
    assert_eq!(ask(only, "{ revision { number } }").status, 406);
    // A subscription needs one of the streaming media types.
    for accept in ["application/json", "application/json, multipart/mixed;deferSpec=20220824"] {
        let reply = ask(accept, "subscription { sync { state } }");
        assert_eq!(
            (reply.status, &reply.json()["errors"][0]["extensions"]["code"]),
            (406, &json!("BAD_REQUEST"))
        );
    }
    // A rejected operation has the status of any other request.
    for (query, code) in [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription($a: Int!) { changes(since: $a) { kind } }", "BAD_USER_INPUT"),
    ] {
        let reply = ask(MULTIPART_ACCEPT[0], query);
        assert_eq!(
            (reply.status, &reply.json()["errors"][0]["extensions"]["code"]),
            (400, &json!(code)),
            "{query}"
        );
        assert!(reply.header("content-type").starts_with("application/graphql-response+json"));
    }
}

#[test]
fn errors_are_sent_as_events_when_only_event_stream_is_accepted() {
    let service = TestSite::new().serve();
    let told = |body: &Value| {
        let mut stream = Stream::open(&service, EVENT_STREAM, body);
        assert!(stream.head().starts_with("HTTP/1.1 200 OK"), "{}", stream.head());
        assert!(stream.head().contains("content-type: text/event-stream; charset=utf-8"));
        let all = stream.until("event: complete\ndata: \n\n");
        let event = all.strip_prefix(":\n\nevent: next\ndata: ").unwrap().split("\n\n").next().unwrap();
        assert_eq!(all, format!(":\n\nevent: next\ndata: {event}\n\nevent: complete\ndata: \n\n"));
        serde_json::from_str::<Value>(event).unwrap()
    };
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
    ] {
        let answer = told(&json!({ "query": query }));
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}");
        assert_eq!(answer.get("data"), None);
    }
    let hash = "0".repeat(64);
    let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
    assert_eq!(told(&persisted)["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(told(&json!({ "query": "{ revision { number } }" }))["data"]["revision"]["number"], 0);
    // An invalid request gets no stream.
    let headers = [("content-type", "application/json"), ("accept", EVENT_STREAM)];
    assert_eq!(service.post("[]", &headers).status, 400);
    assert_eq!(service.post("{}", &headers).status, 400);
    assert_eq!(service.post("{}", &[("content-type", "text/plain"), ("accept", EVENT_STREAM)]).status, 415);
    let link = "/graphql?query={revision{number}}";
    assert!(service.get(link, &[("accept", EVENT_STREAM)]).body.ends_with("event: complete\ndata: \n\n"));
}

/// Returns the resident memory of the service in bytes.
#[cfg(target_os = "linux")]
fn resident_bytes(service: &Service) -> usize {
    let status = fs::read_to_string(service.root().with_file_name("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn clients_that_do_not_read_use_no_memory_and_are_disconnected() {
    const MIB: usize = 1024 * 1024;
    let place = TestSite::new();
    let words = "au bord de la mare ".repeat(50);
    let row = |number: u32| format!("{number}.\tCreuser {words} {number}\tÀ faire\n");
    let rows: String = (1..=1_000).map(row).collect();
    place.write("plan.txt", &format!("# Plan des mares 2025\n\n## AXE 1: Creuser\n\n{rows}"));
    let service = place.serve_with(&["--write-timeout", "1", "--limit-aliases", "100"]);
    // About 30 MB per subscriber.
    let titles = (0..30).map(|number| format!("t{number}: title {{ html }}")).collect::<Vec<_>>().join(" ");
    let query =
        format!("subscription {{ changes(since: 0) {{ kind node {{ ... on Measure {{ {titles} }} }} }} }}");
    let body = json!({ "query": query });
    let before = resident_bytes(&service);
    let unread =
        [Stream::ask(&service, EVENT_STREAM, &body), Stream::ask(&service, MULTIPART_ACCEPT[0], &body)];
    let mut request = format!("ws://{}/graphql", service.address()).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = tungstenite::connect(request).unwrap();
    for message in
        [json!({ "type": "connection_init" }), json!({ "type": "subscribe", "id": "a", "payload": body })]
    {
        socket.send(Message::text(message.to_string())).unwrap();
    }
    for _ in 0..3 {
        let line = service.wait_for(|line| line["message"] == "operation completed");
        assert!((1..900).contains(&line["graphql.responses"].as_u64().unwrap()), "{line}");
    }
    let grown = resident_bytes(&service).saturating_sub(before);
    assert!(grown < 30 * MIB, "{} MiB", grown / MIB);
    // An operation ends shortly before its connection is counted as closed.
    service.wait_for_metric("connections_closed_by_write_timeout_total", 3);
    let metrics = service.get("/metrics", &[]).body;
    for transport in ["ws", "sse", "multipart"] {
        assert!(
            metrics.contains(&format!("passerelle_active_subscriptions{{transport=\"{transport}\"}} 0\n")),
            "{metrics}"
        );
    }
    drop((unread, socket));
}
