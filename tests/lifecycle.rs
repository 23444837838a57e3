//! Signals, probes and the log.

use serde_json::json;

use crate::support::Place;

fn stops_cleanly(signal: &str) {
    let place = Place::new();
    place.write("page.md", "# Page\n");
    let service = place.serve();
    assert_eq!(service.get("/readyz", &[]).json(), json!({ "status": "ready", "revision": 1 }));
    service.signal(signal);
    assert!(service.wait().success());
}

#[test]
fn a_termination_drains_and_exits_with_0() {
    stops_cleanly("-TERM");
}

#[test]
fn an_interruption_drains_and_exits_with_0() {
    stops_cleanly("-INT");
}

#[test]
fn the_content_is_there_again_after_a_restart() {
    let place = Place::new();
    place.write("page.md", "# Page\n");
    let first = place.serve();
    let before = first.query("{ revision { number at } page(slug: \"page\") { id title } }");
    first.signal("-KILL");
    let place = std::mem::replace(&mut { first }.place, Place::new());
    let second = place.serve();
    assert_eq!(second.query("{ revision { number at } page(slug: \"page\") { id title } }"), before);
}

#[test]
fn a_request_is_one_line_of_the_log() {
    let service = Place::new().serve();
    service.log_so_far();
    service.query("query Hello { revision { number } }");
    let line = service.wait_for(|entry| entry["message"] == "answered");
    assert_eq!((&line["graphql.operation"], &line["http.status"]), (&json!("Hello"), &json!(200)));
    assert_eq!(service.log_so_far(), Vec::<serde_json::Value>::new());
}

#[test]
fn a_missing_folder_is_told_at_the_start() {
    let place = Place::new();
    std::fs::remove_dir(place.content()).unwrap();
    let output = place.command("serve").args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--content"));
}
