//! Connections as an attacker opens them: silent, slow, too many.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::support::{TestSite, binary, run_until_exit};

/// Longer than anything here takes on a machine that is busy with something else.
const TIMEOUT: Duration = Duration::from_mins(1);

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// Sends bytes and returns all that the service sends until it closes the connection.
fn exchange(address: &str, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    // A reset counts as the end.
    drop(stream.read_to_end(&mut response));
    String::from_utf8(response).unwrap()
}

/// The command of a service with a limit of open files that it cannot raise.
fn with_open_files(place: &TestSite, limit: u32) -> Command {
    with_limit(place, &format!("-n {limit}"))
}

/// The command of a service with a limit as `ulimit` takes it.
fn with_limit(place: &TestSite, limit: &str) -> Command {
    let serve = place.serve_command();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\""), binary()]);
    command.args(serve.get_args());
    for (name, value) in serve.get_envs() {
        command.env(name, value.unwrap());
    }
    command.current_dir(serve.get_current_dir().unwrap());
    command
}

/// Raises the limit of open files of the test itself.
fn allow_open_files(count: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum: limit.maximum }).unwrap();
    }
}

#[test]
fn silent_and_slow_heads_are_closed_and_running_requests_are_not() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let service = place.serve_with(&["--header-timeout", "1", "--idle-timeout", "1"]);
    let mut events = service.subscribe("subscription { changes { kind } }");
    let silent = connect(service.address());
    let mut slow = connect(service.address());
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").unwrap();
    let mut idle = connect(service.address());
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    for mut stream in [silent, slow, idle] {
        drop(stream.read_to_end(&mut Vec::new()));
    }
    assert_eq!(service.metric("connections_closed_by_read_timeout_total"), 3);
    // The subscription is older than both timeouts.
    service.save("autre.md", "# Autre\n");
    assert_eq!(events.next().unwrap()["data"]["changes"]["kind"], "PAGE_ADDED");
}

#[test]
fn silent_sockets_beyond_the_limit_of_open_files_leave_http_and_the_watcher_answering() {
    allow_open_files(3_000);
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let command = with_open_files(&place, 1_024);
    let service = place.serve_by(command);
    let sockets: Vec<TcpStream> = (0..1_100).map(|_| connect(service.address())).collect();
    assert_eq!(service.query("{ revision { number } }"), json!({ "revision": { "number": 1 } }));
    // The log has a line at once, and the next one a minute later.
    let line = service.wait_for(|line| line["connections.evicted"].as_u64().is_some_and(|count| count > 0));
    assert_eq!(line["level"], "WARN");
    service.save("autre.md", "# Autre\n");
    assert_eq!(service.query("{ revision { number } }"), json!({ "revision": { "number": 2 } }));
    // 1,024 descriptors allow 384 connections. The others were closed, the oldest first.
    assert!(service.metric("connections_evicted_total") >= 1_100 - 384);
    assert_eq!(service.metric("connections_refused_total"), 0);
    assert_eq!(service.metric("connection_accept_errors_total"), 0);
    assert!(service.metric("connections_open") <= 384);
    drop(sockets);
}

#[test]
fn event_streams_of_one_client_are_limited() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let service =
        place.serve_with(&["--client-header", "x-forwarded-for", "--limit-streams-per-client", "2"]);
    let body = json!({ "query": "subscription { changes { kind } }" }).to_string();
    let open = |client: &str| {
        let mut stream = connect(service.address());
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nX-Forwarded-For: {client}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        (stream, String::from_utf8(status.to_vec()).unwrap())
    };
    let first = open("10.0.0.1");
    let second = open("10.0.0.1");
    assert_eq!((first.1.as_str(), second.1.as_str()), ("HTTP/1.1 200", "HTTP/1.1 200"));
    assert_eq!(open("10.0.0.1").1, "HTTP/1.1 429");
    assert_eq!(open("10.0.0.2").1, "HTTP/1.1 200");
    let handshake = service.get(
        "/graphql/ws",
        &[
            ("x-forwarded-for", "10.0.0.1"),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
    );
    assert_eq!((handshake.status, handshake.header("retry-after")), (429, "10"));
}

#[test]
fn a_body_that_is_announced_as_too_large_is_refused_before_it_is_sent() {
    let service = TestSite::new().serve();
    let response = exchange(
        service.address(),
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100001\r\n\
         Expect: 100-continue\r\n\r\n",
    );
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    // A client that sends its body anyway reads the response too.
    let reply = service.post(&" ".repeat(900_000), &[("content-type", "application/json")]);
    assert_eq!((reply.status, reply.header("connection")), (413, "close"));
}

#[test]
fn a_body_that_does_not_arrive_is_status_408() {
    let service = TestSite::new().serve_with(&["--limit-time", "1"]);
    let response = exchange(
        service.address(),
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    );
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
}

#[test]
fn a_request_without_a_host_or_with_two_is_rejected() {
    let service = TestSite::new().serve();
    for hosts in ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n"] {
        let request = format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let response = exchange(service.address(), &request);
        assert!(response.starts_with("HTTP/1.1 400 "), "{hosts}: {response}");
        assert!(response.contains("BAD_REQUEST"), "{response}");
    }
    let response =
        exchange(service.address(), "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
}

#[test]
fn a_compressed_body_is_rejected_with_the_accepted_encodings() {
    let service = TestSite::new().serve();
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let reply = service.post("{}", &headers);
    assert_eq!((reply.status, reply.header("accept-encoding")), (415, "identity"));
}

#[test]
fn operator_routes_are_only_on_the_internal_listener() {
    let service = TestSite::new();
    let mut command = service.serve_command();
    command.args(["--internal-listen", "127.0.0.1:0"]).env("PASSERELLE_ADMIN_TOKEN", "operator");
    let service = service.start_by(command, "127.0.0.1:0");
    let ready = service.wait_for(|line| line.get("http.internal_listen").is_some());
    let url = |name: &str, path: &str| format!("http://{}{path}", ready[name].as_str().unwrap());
    let status = |name: &str, path: &str| ureq_status(&url(name, path));
    let authorization = [("authorization", "Bearer operator")];
    let sync = |name: &str| crate::support::post(&url(name, "/admin/sync"), "", &authorization).status;
    let (public, internal) = ("http.listen", "http.internal_listen");
    assert_eq!((status(public, "/metrics"), status(internal, "/metrics")), (404, 200));
    assert_eq!((status(public, "/healthz"), status(internal, "/healthz")), (200, 200));
    assert_eq!((status(public, "/readyz"), status(internal, "/readyz")), (200, 200));
    assert_eq!((status(public, "/schema.graphql"), status(internal, "/schema.graphql")), (200, 404));
    assert_eq!((sync(public), sync(internal)), (405, 200));
}

fn ureq_status(url: &str) -> u16 {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    ureq::Agent::from(config).get(url).call().unwrap().status().as_u16()
}

#[test]
fn too_few_open_files_are_one_line_at_the_start() {
    let place = TestSite::new();
    let (status, log) = run_until_exit(with_open_files(&place, 200));
    assert_eq!((status.code(), log.len()), (Some(1), 1), "{log:?}");
    let error = log[0]["error"].as_str().unwrap();
    assert!(error.contains("limit of open files is 200") && error.contains("at least 288"), "{error}");
}

#[test]
fn too_little_memory_is_one_line_at_the_start() {
    let place = TestSite::new();
    let (status, log) = run_until_exit(with_limit(&place, "-v 1500000"));
    assert_eq!((status.code(), log.len()), (Some(1), 1), "{log:?}");
    let error = log[0]["error"].as_str().unwrap();
    assert!(error.contains("is 1464 MiB") && error.contains("at least 2048 MiB"), "{error}");
}

#[test]
fn the_admin_token_is_in_no_output_and_not_readable_from_outside() {
    const TOKEN: &str = "jeton-du-tilleul";
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let mut command = place.command("serve");
    command.args(["--listen", "127.0.0.1:0", "--drain", "0", "--log-format", "json", "--log", "trace"]);
    command.env("PASSERELLE_ADMIN_TOKEN", TOKEN);
    let service = place.serve_by(command);
    let authorization = format!("Bearer {TOKEN}");
    assert_eq!(service.post_to("/admin/sync", "", &[("authorization", &authorization)]).status, 200);
    let refused = service.post_to("/admin/sync", "", &[("authorization", "Bearer jeton")]);
    let metrics = service.get("/metrics", &[]);
    let title = fs::read_to_string(service.root().with_file_name("cmdline")).unwrap();
    for text in [&refused.body, &metrics.body, &title] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    service.signal("-TERM");
    for line in service.log_so_far() {
        assert!(!line.to_string().contains(TOKEN), "{line}");
    }
    // The kernel gives the files of a process that is not dumpable to root.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;
        let environment = fs::metadata(service.root().with_file_name("environ")).unwrap();
        assert_eq!(environment.uid(), 0);
    }
}

#[test]
fn an_unusable_admin_token_is_not_printed() {
    let place = TestSite::new();
    let mut command = place.serve_command();
    command.env("PASSERELLE_ADMIN_TOKEN", "jeton du tilleul");
    let (status, log) = run_until_exit(command);
    assert_eq!(status.code(), Some(1));
    let text = format!("{log:?}");
    assert!(text.contains("PASSERELLE_ADMIN_TOKEN") && !text.contains("tilleul"), "{text}");
}

#[test]
fn a_password_in_a_database_url_is_not_printed() {
    // Nobody listens on the port.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = TestSite::new();
    let mut command = Command::new(binary());
    command.args(["serve", "--log-format", "json"]).arg("--content").arg(place.content());
    command.env("PASSERELLE_DATABASE_URL", format!("postgres://jardin:tilleul@localhost:{free}/passerelle"));
    let (status, log) = run_until_exit(command);
    assert_eq!(status.code(), Some(1), "{log:?}");
    let text = format!("{log:?}");
    assert!(text.contains(&format!("passerelle on localhost:{free}")) && !text.contains("tilleul"), "{text}");
}

#[test]
fn head_of_graphql_has_the_headers_of_get() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    let service = place.serve();
    let path = "/graphql?query=%7Bpages%7BtotalCount%7D%7D";
    let (get, head) = (service.get(path, &[]), service.head(path, &[]));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["etag", "cache-control", "content-type", "content-length", "vary"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
        assert!(!head.header(name).is_empty(), "{name}");
    }
    assert_eq!(service.head(path, &[("if-none-match", get.header("etag"))]).status, 304);
}
