//! What an operator asks a service that runs: to look at the folder now, and how it is.

use std::fs;
use std::process::{Command, Output};

use serde_json::json;

use crate::support::{Place, Service, binary};

const TOKEN: &str = "operator";

/// A service that lets in who has the token.
fn serve(place: Place, arguments: &[&str]) -> Service {
    let mut command = place.serve_command();
    command.args(arguments).env("PASSERELLE_ADMIN_TOKEN", TOKEN);
    place.serve_by(command)
}

fn bearer(service: &Service, authorization: &str) -> (u16, String) {
    let reply = service.post_to("/admin/sync", "", &[("authorization", authorization)]);
    (reply.status, reply.header("www-authenticate").to_owned())
}

fn wait(service: &Service, token: Option<&str>) -> Output {
    let mut command = Command::new(binary());
    command.args(["sync", "--wait", "--url", &service.url("")]).env_remove("PASSERELLE_ADMIN_TOKEN");
    if let Some(token) = token {
        command.env("PASSERELLE_ADMIN_TOKEN", token);
    }
    command.output().unwrap()
}

/// A figure of `/metrics`.
fn figure(service: &Service, name: &str) -> u64 {
    let reply = service.get("/metrics", &[]);
    assert_eq!(reply.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let line = reply.body.lines().find_map(|line| line.strip_prefix(&format!("passerelle_{name} ")));
    line.unwrap_or_else(|| panic!("{name}: {}", reply.body)).parse().unwrap()
}

#[test]
fn who_asks_is_told_the_revision_that_has_everything_written_before() {
    let service = serve(Place::new(), &[]);
    for number in 1..=20 {
        service.place.write(&format!("folder-{number}/page.md"), &format!("# Page {number}\n"));
        let reply = service.post_to("/admin/sync", "", &[("authorization", "Bearer operator")]);
        assert_eq!(reply.status, 200, "{}", reply.body);
        let told = reply.json();
        assert_eq!(told["problems"], json!([]));
        let served = service.query("{ revision { number at } pages { totalCount } }");
        assert_eq!(served["pages"]["totalCount"], number);
        assert_eq!(served["revision"], told["revision"]);
    }
}

#[test]
fn the_command_waits_and_prints_the_revision_and_what_stands_between() {
    let service = serve(Place::new(), &[]);
    service.place.write("page.md", "# Page\n");
    let output = wait(&service, Some(TOKEN));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "revision   1\n");
    assert!(output.status.success());

    service.place.write("PAGE.md", "# Another page\n");
    let output = wait(&service, Some(TOKEN));
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("problem    ") && told.contains("page.md"), "{told}");
}

#[test]
fn only_who_has_the_token_is_let_in() {
    let service = serve(Place::new(), &[]);
    let challenge = "Bearer realm=\"passerelle\"".to_owned();
    for wrong in ["Bearer operators", "Bearer operato", "Bearer", "Basic operator", "operator"] {
        assert_eq!(bearer(&service, wrong), (401, challenge.clone()), "{wrong}");
    }
    assert_eq!(service.post_to("/admin/sync", "", &[]).status, 401);
    assert_eq!(bearer(&service, "bearer operator"), (200, String::new()));
    assert_eq!(service.get("/admin/sync", &[("authorization", "Bearer operator")]).status, 405);

    let refused = wait(&service, Some("wrong"));
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("401"));
    let without = wait(&service, None);
    assert!(String::from_utf8(without.stderr).unwrap().contains("PASSERELLE_ADMIN_TOKEN"));
}

#[test]
fn without_a_token_there_is_nothing_to_ask() {
    let service = Place::new().serve();
    let reply = service.post_to("/admin/sync", "", &[("authorization", "Bearer ")]);
    assert_eq!(reply.status, 404);
    assert!(reply.json()["message"].as_str().unwrap().contains("PASSERELLE_ADMIN_TOKEN"), "{}", reply.body);
}

#[test]
fn the_figures_of_the_worker_follow_it() {
    let service = serve(Place::new(), &[]);
    service.save("page.md", "# Page\n");
    assert_eq!(figure(&service, "revision"), 1);
    assert_eq!(figure(&service, "sync_degraded"), 0);
    assert_eq!(figure(&service, "sync_polling"), 0);
    let scans = figure(&service, "sync_scans_total");

    service.place.write("PAGE.md", "# Another page\n");
    assert!(wait(&service, Some(TOKEN)).status.success());
    assert_eq!((figure(&service, "sync_degraded"), figure(&service, "sync_problems")), (1, 1));
    assert!(figure(&service, "sync_scans_total") > scans);
    assert_eq!(figure(&service, "scan_found_missed_total"), 0);
}

#[test]
fn a_folder_that_is_polled_is_followed_too() {
    let service = serve(Place::new(), &["--watch", "poll"]);
    assert_eq!(figure(&service, "sync_polling"), 1);
    service.save("page.md", "# Page\n");
    assert_eq!(
        service.query("{ sync { mode state } }")["sync"],
        json!({ "mode": "POLLING", "state": "IDLE" })
    );
    service.save("page.md", "# Another title\n");
    assert_eq!(service.query("{ page(slug: \"page\") { title } }")["page"]["title"], "Another title");
    fs::rename(service.place.content().join("page.md"), service.place.content().join("moved.md")).unwrap();
    service.wait_for_sync();
    assert_eq!(service.query("{ page(slug: \"moved\") { title } }")["page"]["title"], "Another title");
    assert_eq!(figure(&service, "scan_found_missed_total"), 0);
}
