//! Crash at any step of publishing: the next start publishes all changes exactly once.

use std::fs;

use passerelle_storage::{FAIL_POINTS, Storage};
use serde_json::{Value, json};

use crate::support::{Service, TestSite, run_until_exit};

/// Number of services that run at the same time.
const PARALLEL_CASES: usize = 4;
/// Number of the signal that ends an aborted process.
const SIGABRT: i32 = 6;

const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tSemer des joncs\tEn cours\n2.\tPoser un ponton\tPPS À faire\n";
const PAGE: &str = "---\ntranslationKey: page\n---\n# Page\n\n![Une mare](_images/mare.png)\n";
const SERVICE: &str = "# Service support mares (SSM)\n\nTexte.\n";
const QUERY: &str = "{ revision { number }
    sync { state documents rejected pending }
    documents { totalCount nodes { path state publishedRevision diagnostics { code } } }
    measures { nodes { id number status } }
    pages { totalCount nodes { id slug title document { path } } }
    supportServices { totalCount nodes { id name } }
    changes(since: 0) { nodes { revision kind before after } } }";

/// Writes the documents that are published before the crash.
fn write_initial_documents(place: &TestSite) {
    place.write("plan.txt", PLAN);
    place.write("page.md", PAGE);
    place.write("service.md", SERVICE);
    place.write("_images/mare.png", "mare");
    assert!(place.command("sync").output().unwrap().status.success());
}

/// Writes the changes that are published during the crash: one of every kind.
fn write_changed_documents(place: &TestSite) {
    place.write("plan.txt", &PLAN.replace("PPS À faire", "PPS Réalisé"));
    fs::rename(place.content().join("page.md"), place.content().join("moved.md")).unwrap();
    place.write("service.md", &SERVICE.replace("Texte", "Un autre texte"));
    place.write("new.md", "# New\n");
    place.write("refused.txt", &PLAN.replace("2.\t", "1.\t"));
    place.write("_images/haie.png", "haie");
}

/// Copies a content folder and its database.
fn copy_of(from: &TestSite) -> TestSite {
    let place = TestSite::new();
    place.copy_documents(&from.content());
    fs::copy(from.database(), place.database()).unwrap();
    place
}

fn served(service: &Service) -> Value {
    service.query(QUERY)
}

#[test]
fn restart_after_an_abort_at_any_fail_point_serves_everything_once() {
    let before = TestSite::new();
    write_initial_documents(&before);
    let reference = copy_of(&before);
    write_changed_documents(&reference);
    let expected = served(&reference.serve());
    assert_eq!(expected["revision"]["number"], 2);
    assert_eq!(expected["documents"]["totalCount"], 5);

    let share = FAIL_POINTS.len().div_ceil(PARALLEL_CASES);
    let (before, expected) = (&before, &expected);
    std::thread::scope(|scope| {
        for names in FAIL_POINTS.chunks(share) {
            scope.spawn(move || {
                for name in names {
                    let place = copy_of(before);
                    write_changed_documents(&place);
                    assert_recovers_after_abort(place, name, expected);
                }
            });
        }
    });
}

fn assert_recovers_after_abort(place: TestSite, name: &str, expected: &Value) {
    use std::os::unix::process::ExitStatusExt;
    let mut command = place.serve_command();
    command.env("PASSERELLE_FAIL_POINT", format!("{name}:abort"));
    let (status, _) = run_until_exit(command);
    assert_eq!(status.signal(), Some(SIGABRT), "{name}");
    let service = place.serve();
    assert_eq!(served(&service), *expected, "{name}");
    let place = service.stop();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Storage::check_integrity(&place.database_url())).unwrap();
}

#[test]
fn failed_publish_is_retried_after_a_restart() {
    let place = TestSite::new();
    write_initial_documents(&place);
    let mut command = place.serve_command();
    // The first scan finds nothing to publish.
    command.env("PASSERELLE_FAIL_POINT", "publish.page_rows:error");
    let service = place.serve_by(command);
    let mut states = service.subscribe("subscription { sync { state degradedReason problems { kind } } }");
    service.place.write("new.md", "# New\n");
    loop {
        let told = &states.next().unwrap()["data"]["sync"];
        if told["state"] == "DEGRADED" {
            assert_eq!(told["problems"][0]["kind"], "DATABASE_UNAVAILABLE");
            // Internal error details are logged and not sent to clients.
            assert!(!told["degradedReason"].as_str().unwrap().contains("publish.page_rows"), "{told}");
            break;
        }
    }
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 1);
    assert_eq!(service.query("{ page(slug: \"new\") { title } }"), json!({ "page": null }));
    let service = service.restart();
    assert_eq!(service.query("{ page(slug: \"new\") { title } }")["page"]["title"], "New");
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
}
