//! The service on a PostgreSQL database.
//!
//! With `PASSERELLE_TEST_DATABASE=postgres`, all other tests of the service use such a database too.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use serde_json::json;

use crate::support::outage::OwnServer;
use crate::support::postgres::execute;
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

/// Fails unless a command exits with 1 after one line that says what to do.
fn assert_rejected(mut command: Command, instruction: &str) {
    command.args(["--log-format", "json"]);
    let (status, log) = run_until_exit(command);
    assert_eq!(status.code(), Some(1), "{log:?}");
    let [line] = &log[..] else { panic!("{log:?}") };
    let error = line["error"].as_str().unwrap();
    assert!(error.contains(instruction) && !error.contains('\n'), "{error}");
    assert!(!error.contains("s3cret") && !error.contains("passerelle:"), "{error}");
}

/// Returns a URL with another user and password.
fn with_user(url: &str, user: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgres://{user}@{rest}")
}

#[test]
fn unusable_database_stops_every_command_with_one_line() {
    let Some(place) = TestSite::on_postgres() else { return };
    let url = place.database_url();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let foreign = TestSite::on_postgres().unwrap();
    execute(&foreign.database_url(), "CREATE TABLE letter (text TEXT)");
    let cases = [
        (url.replace("/passerelle_test_", "/passerelle_missing_"), "createdb"),
        (with_user(&url, "passerelle:s3cret"), "the password of the user passerelle is wrong"),
        (with_user(&url, "nobody:s3cret"), "the password of the user nobody is wrong"),
        (format!("{url}sslmode=require"), "enable TLS on the server"),
        (format!("postgres://u:s3cret@{closed}/d"), "check the host and port in --database-url"),
        (foreign.database_url(), "create an empty database"),
        ("postgres://u:s3cret@h".to_owned(), "names no database"),
        ("postgres://u:s3cret@h/d?sslmode=maybe".to_owned(), "percent-encode"),
        ("mysql://u:s3cret@h/d".to_owned(), "must start with sqlite: or postgres:"),
    ];
    for (url, instruction) in &cases {
        for name in ["serve", "sync", "migrate"] {
            let mut command = Command::new(crate::support::binary());
            command.args([name, "--database-url", url]).current_dir(place.content());
            assert_rejected(command, instruction);
        }
    }
}

#[test]
fn other_addresses_of_the_database_are_checked() {
    let Some(place) = TestSite::on_postgres() else { return };
    let Some(other) = TestSite::on_postgres() else { return };
    let (url, other) = (place.database_url(), other.database_url());
    for url in [&url, &other] {
        let mut command = Command::new(crate::support::binary());
        command.args(["migrate", "--database-url", url]);
        assert!(command.status().unwrap().success());
    }
    for setting in ["--database-direct-url", "--database-read-url"] {
        let cases = [
            (other.clone(), format!("{setting} names ")),
            (with_user(&url, "passerelle:s3cret"), format!("correct it in {setting}")),
            ("postgres://u:s3cret@h".to_owned(), format!("the URL of {setting} names no database")),
            ("postgres://u:s3cret@h/d?x=s3cret".to_owned(), "unknown parameter x".to_owned()),
            ("sqlite://a.db".to_owned(), format!("the URL of {setting} must start with postgres:")),
        ];
        for (value, instruction) in &cases {
            let mut command = Command::new(crate::support::binary());
            command.args(["serve", "--database-url", &url, setting, value]).current_dir(place.content());
            assert_rejected(command, instruction);
        }
        let mut command = Command::new(crate::support::binary());
        command.args(["serve", setting, &url]).current_dir(place.content());
        assert_rejected(command, "applies to a PostgreSQL database only");
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

#[test]
fn server_of_the_tests_that_was_killed_is_started_again() {
    let Some(mut server) = OwnServer::start() else { return };
    let first = server.url().to_owned();
    server.start_again();
    assert_eq!(server.url(), first, "a server that answers is kept");
    execute(&first, "CREATE DATABASE kept");
    server.restart();
    execute(&server.database_url("kept"), "SELECT 1");
    server.stop();
    server.start_again();
    assert_ne!(server.url(), first);
    execute(server.url(), "CREATE DATABASE kept");
}
