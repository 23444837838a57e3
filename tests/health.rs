//! `passerelle health`.

use std::net::TcpListener;
use std::process::Command;

use crate::support::{TestSite, binary};

fn health(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(binary());
    command.arg("health").args(arguments).envs(environment.iter().copied());
    // No request to this machine goes through a proxy.
    command.env("http_proxy", "http://127.0.0.1:1").env("ALL_PROXY", "http://127.0.0.1:1");
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn health_follows_the_readiness_of_the_service() {
    let place = TestSite::new();
    place.write("a.md", "# A\n");
    let service = place.serve_with(&["--drain", "600"]);
    let address = service.address().to_owned();
    let ready = (Some(0), "ready\n".to_owned(), String::new());
    assert_eq!(health(&["--url", &service.url("")], &[]), ready);
    // In a container the variable of the service is enough.
    let port = address.rsplit_once(':').unwrap().1;
    assert_eq!(health(&[], &[("PASSERELLE_LISTEN", &format!("0.0.0.0:{port}"))]), ready);

    service.signal("-TERM");
    service.wait_for(|line| line.get("lifecycle.drain_ms").is_some());
    let (code, printed, log) = health(&["--listen", &address], &[]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(log.contains("is not ready: stopping (status 503)"), "{log}");
}

#[test]
fn health_of_a_missing_service_fails() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (code, printed, log) = health(&["--listen", &address], &[]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(log.contains("no service responds at") && log.contains("/readyz"), "{log}");
}
