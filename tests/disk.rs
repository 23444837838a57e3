//! A full disk: published content stays available, and new documents are published when space is free
//! again.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::TestSite;
use crate::support::skip::skip;

/// Mounts a small disk at `$0`, fills part of it with a file that a test can remove, and runs the command
/// in the arguments.
const SMALL_DISK: &str = "mount -t tmpfs -o size=3m tmpfs \"$0\" && head -c 1000000 /dev/zero > \"$0/ballast\" \
    && exec \"$@\"";
/// More documents than fit on the disk.
const MAX_DOCUMENTS: usize = 200;
/// Number of queries while the disk is full.
const QUERIES: usize = 100;

/// Returns the service command with its database on a small private disk. Returns `None` if mounting is not
/// permitted.
fn on_small_disk(place: &TestSite) -> Option<Command> {
    let disk = place.database().parent().unwrap();
    let unshared = |how: &str| {
        let mut command = Command::new("unshare");
        command.args([how, "sh", "-c", SMALL_DISK]).arg(disk);
        command
    };
    // `-rm` works without root if user namespaces are allowed. `-m` requires root.
    let permitted = ["-rm", "-m"].into_iter().find(|how| {
        let tried = unshared(how).arg("true").output();
        tried.is_ok_and(|tried| tried.status.success())
    });
    let Some(permitted) = permitted else {
        skip("disk", "this machine does not let one process mount a disk of its own");
        return None;
    };
    let service = place.serve_command();
    let mut command = unshared(permitted);
    command.arg(service.get_program()).args(service.get_args());
    Some(command)
}

fn page(number: usize) -> String {
    format!("# Page {number}\n\n{}", "De l’eau, des joncs et des mares.\n\n".repeat(300))
}

#[test]
fn full_disk_blocks_only_new_documents() {
    let place = TestSite::with_separate_disk();
    let Some(command) = on_small_disk(&place) else { return };
    let service = place.serve_by(command);
    let total = || service.query("{ pages { totalCount } }")["pages"]["totalCount"].clone();
    let mut dropped = 0;
    let failed = loop {
        assert!(dropped < MAX_DOCUMENTS, "the disk is not full yet");
        dropped += 1;
        service.place.write(&format!("page-{dropped}.md"), &page(dropped));
        let is_end = |entry: &Value| entry["message"] == "synced" || entry["level"] == "ERROR";
        let end = service.wait_for(is_end);
        if end["level"] == "ERROR" {
            break end;
        }
    };
    assert!(failed["error"].as_str().unwrap().contains("disk is full"), "{failed}");
    let mut states = service.subscribe("subscription { sync { state degradedReason } }");
    while states.next().unwrap()["data"]["sync"]["state"] != "DEGRADED" {}
    for _ in 0..QUERIES {
        assert_eq!(total(), json!(dropped - 1));
    }
    let last = dropped - 1;
    let asked = format!("{{ page(slug: \"page-{last}\") {{ title }} }}");
    assert_eq!(service.query(&asked)["page"]["title"], json!(format!("Page {last}")));

    let disk = service.place.database().parent().unwrap().strip_prefix("/").unwrap();
    fs::remove_file(service.root().join(disk).join("ballast")).unwrap();
    let synced = service.wait_for_sync();
    assert_eq!(total(), json!(dropped), "{failed} {synced} {:?}", service.log_so_far());
    assert_eq!(
        service.query("{ sync { state degradedReason } revision { number } }"),
        json!({ "sync": { "state": "IDLE", "degradedReason": null }, "revision": { "number": dropped } })
    );
}
