//! Operator requests to a running service: sync now, status and metrics.

use std::fs;
use std::process::{Command, Output};

use serde_json::json;

use crate::support::{Service, TestSite, binary};

const TOKEN: &str = "operator";

/// Starts a service with an admin token.
fn serve(place: TestSite, arguments: &[&str]) -> Service {
    let mut command = place.serve_command();
    command.args(arguments).env("PASSERELLE_ADMIN_TOKEN", TOKEN);
    place.serve_by(command)
}

fn bearer(service: &Service, authorization: &str) -> (u16, String) {
    let reply = service.post_to("/admin/sync", "", &[("authorization", authorization)]);
    (reply.status, reply.header("www-authenticate").to_owned())
}

fn run_sync_wait(service: &Service, token: Option<&str>) -> Output {
    let mut command = Command::new(binary());
    command.args(["sync", "--wait", "--url", &service.url("")]).env_remove("PASSERELLE_ADMIN_TOKEN");
    if let Some(token) = token {
        command.env("PASSERELLE_ADMIN_TOKEN", token);
    }
    command.output().unwrap()
}

#[test]
fn admin_sync_returns_a_revision_that_includes_all_earlier_writes() {
    let service = serve(TestSite::new(), &[]);
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
fn sync_wait_prints_the_revision_and_the_problems() {
    let service = serve(TestSite::new(), &[]);
    service.place.write("page.md", "# Page\n");
    let output = run_sync_wait(&service, Some(TOKEN));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "revision   1\n");
    assert!(output.status.success());

    service.place.write("PAGE.md", "# Another page\n");
    let output = run_sync_wait(&service, Some(TOKEN));
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("problem    ") && told.contains("page.md"), "{told}");
}

#[test]
fn admin_sync_requires_the_token() {
    let service = serve(TestSite::new(), &[]);
    let challenge = "Bearer realm=\"passerelle\"".to_owned();
    for wrong in ["Bearer operators", "Bearer operato", "Bearer", "Basic operator", "operator"] {
        assert_eq!(bearer(&service, wrong), (401, challenge.clone()), "{wrong}");
    }
    assert_eq!(service.post_to("/admin/sync", "", &[]).status, 401);
    assert_eq!(bearer(&service, "bearer operator"), (200, String::new()));
    assert_eq!(service.get("/admin/sync", &[("authorization", "Bearer operator")]).status, 405);

    let refused = run_sync_wait(&service, Some("wrong"));
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("401"));
    let without = run_sync_wait(&service, None);
    assert!(String::from_utf8(without.stderr).unwrap().contains("PASSERELLE_ADMIN_TOKEN"));
}

#[test]
fn admin_sync_is_disabled_without_a_token() {
    let service = TestSite::new().serve();
    let reply = service.post_to("/admin/sync", "", &[("authorization", "Bearer ")]);
    assert_eq!(reply.status, 404);
    assert!(reply.json()["message"].as_str().unwrap().contains("PASSERELLE_ADMIN_TOKEN"), "{}", reply.body);
}

#[test]
fn sync_metrics_follow_the_worker() {
    let service = serve(TestSite::new(), &[]);
    service.save("page.md", "# Page\n");
    assert_eq!(service.metric("revision"), 1);
    assert_eq!(service.metric("sync_degraded"), 0);
    assert_eq!(service.metric("watch_polling"), 0);
    let scans = service.metric("full_scans_total");

    service.place.write("PAGE.md", "# Another page\n");
    assert!(run_sync_wait(&service, Some(TOKEN)).status.success());
    assert_eq!((service.metric("sync_degraded"), service.metric("sync_problems")), (1, 1));
    assert!(service.metric("full_scans_total") > scans);
    assert_eq!(service.metric("changes_missed_by_watcher_total"), 0);
}

#[test]
fn polled_folder_is_synced() {
    let service = serve(TestSite::new(), &["--watch", "poll"]);
    assert_eq!(service.metric("watch_polling"), 1);
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
    assert_eq!(service.metric("changes_missed_by_watcher_total"), 0);
}
