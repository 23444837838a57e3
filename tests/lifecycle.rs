//! Signals, probes and log lines.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Service, TestSite, query_at, run_until_exit, try_get_json};

/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// Reads until the received text ends with `end`.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        read.extend(byte);
    }
    String::from_utf8(read).unwrap()
}

/// A running request: half of its body is sent, and the service waits for the rest.
struct RunningRequest {
    stream: TcpStream,
    rest: String,
}

impl RunningRequest {
    fn new(service: &Service, accept: &str) -> Self {
        let body = json!({ "query": "{ revision { number } }" }).to_string();
        let (half, rest) = body.split_at(body.len() / 2);
        let mut stream = connect(service);
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            service.address(),
            body.len()
        )
        .unwrap();
        // The service sends this when the handler starts to read the body.
        assert_eq!(read_until(&mut stream, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(half.as_bytes()).unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    /// Sends the rest of the body. Returns everything up to the end of the connection.
    fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).unwrap();
        let mut response = String::new();
        self.stream.read_to_string(&mut response).unwrap();
        response
    }
}

fn is_stopping(line: &Value) -> bool {
    line["lifecycle.grace_ms"] == 20_000 && line["level"] == "INFO"
}

/// Starts a service with one page.
fn service_with(arguments: &[&str]) -> Service {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let service = place.serve_with(arguments);
    assert_eq!(service.get("/readyz", &[]).json(), json!({ "status": "ready", "revision": 1 }));
    service
}

#[test]
fn sigterm_finishes_running_requests_and_exits_zero() {
    let service = service_with(&[]);
    let json = RunningRequest::new(&service, "application/json");
    let events = RunningRequest::new(&service, "text/event-stream");
    let mut idle = connect(&service);
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", service.address()).unwrap();
    read_until(&mut idle, "{\"status\":\"ok\"}");

    service.signal("-TERM");
    service.wait_for(is_stopping);
    let started = Instant::now();
    while TcpStream::connect(service.address()).is_ok() {
        assert!(started.elapsed() < TIMEOUT, "the listener is open");
        std::thread::yield_now();
    }
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);

    let response = json.finish();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(
        response.ends_with(r#"{"data":{"revision":{"number":1}},"extensions":{"revision":1}}"#),
        "{response}"
    );
    let response = events.finish();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("event: complete\n") && response.ends_with("\r\n0\r\n\r\n"), "{response}");
    service.wait_for(|line| line["requests.finished"] == true);
    assert!(service.wait().success());
}

#[test]
fn sigint_stops_the_service_and_exits_zero() {
    let service = service_with(&[]);
    service.signal("-INT");
    assert_eq!(service.wait_for(|line| line["lifecycle.signal"] == "SIGINT")["lifecycle.drain_ms"], 0);
    assert!(service.wait().success());
}

#[test]
fn draining_service_is_not_ready_and_responds_until_a_second_signal() {
    let service = service_with(&["--drain", "600"]);
    let mut events = service.subscribe("subscription { changes { kind } }");
    service.signal("-TERM");
    assert_eq!(service.wait_for(|line| line["lifecycle.drain_ms"] == 600_000)["lifecycle.signal"], "SIGTERM");
    let probe = service.get("/readyz", &[]);
    assert_eq!((probe.status, probe.json()), (503, json!({ "status": "stopping", "revision": 1 })));
    // Each request uses a new connection. The client is told to close it.
    let alive = service.get("/healthz", &[]);
    assert_eq!((alive.status, alive.header("connection")), (200, "close"));
    service.save("autre.md", "# Autre\n");
    assert_eq!(service.query("{ revision { number } }"), json!({ "revision": { "number": 2 } }));
    assert_eq!(events.next().unwrap()["data"]["changes"]["kind"], "PAGE_ADDED");

    service.signal("-TERM");
    service.wait_for(is_stopping);
    assert!(events.is_interrupted());
    assert!(service.wait().success());
}

#[test]
fn the_drain_ends_by_itself() {
    let service = service_with(&["--drain", "1"]);
    let running = RunningRequest::new(&service, "application/json");
    service.signal("-TERM");
    service.wait_for(|line| line["lifecycle.drain_ms"] == 1_000);
    assert_eq!(service.get("/readyz", &[]).status, 503);
    service.wait_for(is_stopping);
    assert!(running.finish().starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(service.wait().success());
}

#[test]
fn without_a_terminal_the_drain_takes_5_s_unless_set() {
    let place = TestSite::new();
    let mut command = place.serve_command();
    command.env_remove("PASSERELLE_DRAIN");
    let service = place.serve_by(command);
    service.signal("-TERM");
    service.wait_for(|line| line["lifecycle.drain_ms"] == 5_000);
    service.signal("-INT");
    assert!(service.wait().success());
}

#[test]
fn a_signal_after_the_drain_stops_at_once_and_exits_one() {
    let service = service_with(&[]);
    let _running = RunningRequest::new(&service, "application/json");
    service.signal("-TERM");
    service.wait_for(is_stopping);
    service.signal("-TERM");
    service.wait_for(|line| line["level"] == "ERROR" && line["lifecycle.signal"] == "SIGTERM");
    assert_eq!(service.wait().code(), Some(1));
}

/// A service that died during the first scan becomes ready only when the whole folder is published.
#[test]
#[cfg(debug_assertions)]
fn the_service_is_ready_when_the_whole_folder_is_published() {
    // More than one transaction: documents are published in batches of 250.
    const DOCUMENTS: u32 = 300;
    let place = TestSite::new();
    for number in 0..DOCUMENTS {
        place.write(&format!("page-{number}.md"), &format!("# Page {number}\n"));
    }
    let mut command = place.serve_command();
    command.env("PASSERELLE_FAIL_POINT", "publish.before_begin:abort:2");
    assert_eq!(run_until_exit(command).0.code(), None);

    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let command = place.serve_command();
    let service = place.start_by(command, &address);
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < TIMEOUT, "never ready");
        let Some(probe) = try_get_json(&service.url("/readyz")) else { continue };
        match probe["status"].as_str().unwrap() {
            "ready" => break,
            "starting" | "search index not ready" => {}
            other => panic!("{other}"),
        }
    }
    let served = query_at(&service.url("/graphql"), "{ pages { totalCount } }");
    assert_eq!(served["pages"]["totalCount"], DOCUMENTS);
}

#[test]
fn service_without_folder_is_ready_with_the_last_valid_content() {
    let place = service_with(&[]).stop();
    std::fs::rename(place.content(), place.content().with_file_name("aside")).unwrap();
    let service = place.serve();
    assert_eq!(service.get("/readyz", &[]).status, 200);
    let served = service.query("{ pages { totalCount } sync { state } }");
    assert_eq!(served, json!({ "pages": { "totalCount": 1 }, "sync": { "state": "DEGRADED" } }));
}

#[test]
fn content_is_served_again_after_a_restart() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let first = place.serve();
    let before = first.query("{ revision { number at } page(slug: \"page\") { id title } }");
    first.signal("-KILL");
    let place = std::mem::replace(&mut { first }.place, TestSite::new());
    let second = place.serve();
    assert_eq!(second.query("{ revision { number at } page(slug: \"page\") { id title } }"), before);
}

#[test]
fn each_request_writes_one_log_line() {
    let service = TestSite::new().serve();
    service.log_so_far();
    service.query("query Hello { revision { number } }");
    let line = service.wait_for(|entry| entry["message"] == "request completed");
    assert_eq!((&line["graphql.operation"], &line["http.status"]), (&json!("Hello"), &json!(200)));
    assert_eq!(service.log_so_far(), Vec::<serde_json::Value>::new());
}

#[test]
fn missing_content_folder_fails_at_startup() {
    let place = TestSite::new();
    std::fs::remove_dir(place.content()).unwrap();
    let output = place.command("serve").args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--content"));
}
