//! The service on a PostgreSQL database.
//!
//! With `PASSERELLE_TEST_DATABASE=postgres`, all other tests of the service use such a database too.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::support::{TestSite, run_until_exit};

const PAGES: &str = "{ pages { nodes { slug } } }";

#[test]
fn service_publishes_and_serves_after_a_restart() {
    let Some(place) = TestSite::on_postgres() else { return };
    place.write("a.md", "# A\n");
    let service = place.serve();
    assert_eq!(service.query(PAGES), json!({ "pages": { "nodes": [{ "slug": "a" }] } }));
    service.save("b.md", "# B\n");
    let service = service.restart();
    assert_eq!(service.query(PAGES), json!({ "pages": { "nodes": [{ "slug": "a" }, { "slug": "b" }] } }));
    let found = service.query("{ search(query: \"b\") { totalCount } revision { number } }");
    assert_eq!(found, json!({ "search": { "totalCount": 1 }, "revision": { "number": 2 } }));
    // The index is in the cache folder, under the id of the database.
    let place = service.stop();
    let cache = place.content().with_file_name("passerelle-cache");
    let names: Vec<String> =
        fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.len() > 16 && name.ends_with(".search")), "{names:?}");
}

#[test]
fn password_is_neither_an_argument_nor_in_the_log_or_the_metrics() {
    let Some(place) = TestSite::on_postgres() else { return };
    let url = place.database_url();
    let (user, _) = url.split_once('@').unwrap();
    let secret = format!(":{}@", user.rsplit_once(':').unwrap().1);
    let mut command = place.command("serve");
    command.args(["--listen", "127.0.0.1:0", "--log-format", "json", "--log", "debug"]);
    command.current_dir(place.content().parent().unwrap());
    assert!(format!("{command:?}").contains(&secret), "the test gives the password as an argument");
    let service = place.serve_by(command);
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([]));
    let arguments = fs::read(format!("/proc/{}/cmdline", service.id())).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(&secret));
    assert!(!service.get("/metrics", &[]).body.contains(&secret));
    for line in service.log_so_far() {
        assert!(!line.to_string().contains(&secret), "{line}");
    }
}

#[test]
fn unusable_server_stops_the_start_with_one_line() {
    let Some(place) = TestSite::on_postgres() else { return };
    let url = place.database_url().replace("/passerelle_test_", "/passerelle_missing_");
    for name in ["serve", "sync", "migrate"] {
        let mut command = Command::new(crate::support::binary());
        command.args([name, "--log-format", "json", "--database-url", &url]);
        command.current_dir(place.content());
        let (status, log) = run_until_exit(command);
        assert_eq!(status.code(), Some(1), "{name}");
        let [line] = &log[..] else { panic!("{log:?}") };
        let error = line["error"].as_str().unwrap();
        assert!(error.contains("does not exist") && error.contains("createdb"), "{error}");
    }
}

#[test]
fn previews_are_in_a_schema_of_the_same_database() {
    let Some(place) = TestSite::on_postgres() else { return };
    place.write("draft.md", "---\ndraft: true\n---\n# Draft\n");
    let mut command = place.serve_command();
    command.env("PASSERELLE_PREVIEW_TOKEN", "tilleul-tilleul-tilleul");
    let service = place.serve_by(command);
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([]));
    let body = json!({ "query": PAGES }).to_string();
    let headers = [("content-type", "application/json"), ("authorization", "Bearer tilleul-tilleul-tilleul")];
    let preview = service.post(&body, &headers).json();
    assert_eq!(preview["data"]["pages"]["nodes"], json!([{ "slug": "draft" }]));
}
