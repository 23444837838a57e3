//! `passerelle copy` and `passerelle backup`: copies answer the same, and restored backups are served.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::example_operations::{Operation, operations};
use crate::support::postgres::PostgresDatabase;
use crate::support::skip::skip;
use crate::support::{Service, TestSite, binary, is_on_postgres, repository};

const PLAN: &str = "plan-climat-quartiers-2025.txt";
const PAGES: &str = "{ pages { nodes { slug } } revision { number } }";

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn copy(from: &str, to: &str) -> Output {
    run(Command::new(binary()).args(["copy", "--from", from, "--to", to, "--log-format", "json"]))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn sqlite(folder: &TempDir, name: &str) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join(name).display())
}

/// Serves a folder from a database.
fn serve(content: &Path, database_url: &str) -> Service {
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--drain", "0", "--log-format", "json"]);
    command.args(["--database-url", database_url]).arg("--content").arg(content);
    command.current_dir(content.parent().unwrap());
    TestSite::new().serve_by(command)
}

/// Returns the responses to all example queries, the exports and the feed. Without the state of the
/// synchronisation, which has the times of the process, and without the scores of searches: an index that was
/// updated still counts the words of removed documents.
fn answers(service: &Service) -> Vec<(String, Value)> {
    let queries = operations();
    let queries =
        queries.iter().filter(|operation| !operation.is_subscription() && operation.name != "SyncState");
    let headers = [("content-type", "application/json")];
    let answer = |operation: &Operation| {
        let mut answer = service.post(&operation.body(), &headers).json();
        remove_scores(&mut answer);
        (operation.name.clone(), answer)
    };
    let mut answers: Vec<(String, Value)> = queries.map(answer).collect();
    let history = "{ changes(since: 0, first: 100) { totalCount nodes { kind field before after } } }";
    answers.push((
        "history".to_owned(),
        service.post(&json!({ "query": history }).to_string(), &headers).json(),
    ));
    for path in ["/exports/measures.csv", "/exports/measures.json", "/feeds/changes.atom"] {
        let reply = service.get(path, &[]);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        answers.push((path.to_owned(), Value::String(reply.body)));
    }
    answers
}

/// Removes the scores of a search and the cursors, which contain them.
pub(crate) fn remove_scores(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["score", "cursor", "startCursor", "endCursor"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(remove_scores);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_scores),
        _ => {}
    }
}

/// Publishes the demo and changes it: a new status, a renamed page, a removed page.
fn publish_history(content: &Path, database_url: &str) -> Vec<(String, Value)> {
    let site = TestSite::new();
    site.copy_documents(&repository().join("content"));
    let plan = fs::read_to_string(site.content().join(PLAN)).unwrap();
    fs::rename(site.content(), content).unwrap();
    let service = serve(content, database_url);
    fs::write(content.join(PLAN), plan.replacen("\tEn cours\n", "\tRéalisé\n", 1)).unwrap();
    service.wait_for_sync();
    fs::rename(content.join("contact.md"), content.join("nous-joindre.md")).unwrap();
    service.wait_for_sync();
    fs::remove_file(content.join("equipe.md")).unwrap();
    service.wait_for_sync();
    // The documents, the placeholder of their image, and three changes.
    service.wait_for_metric("revision", 5);
    let answers = answers(&service);
    service.stop();
    answers
}

/// Copies a database, and checks the report.
fn assert_copied(from: &str, to: &str) {
    let copied = copy(from, to);
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    let report = text(&copied.stdout);
    assert!(report.contains("change_log") && report.ends_with("latest revision            5\n"), "{report}");
    // Without a terminal the progress is in the log.
    let log = text(&copied.stderr);
    assert!(log.contains("\"copy.table\":\"measure\""), "{log}");
}

/// Checks that a database answers as expected, and that its next change is published.
fn assert_answers(database_url: &str, content: &Path, expected: &[(String, Value)]) {
    let service = serve(content, database_url);
    for (expected, found) in expected.iter().zip(answers(&service)) {
        assert_eq!(*expected, found);
    }
    fs::write(content.join("extra.md"), "# Extra\n").unwrap();
    service.wait_for_sync();
    let told = service.query("{ page(slug: \"extra\") { title } revision { number } }");
    assert_eq!(told, json!({ "page": { "title": "Extra" }, "revision": { "number": 6 } }));
    service.stop();
    fs::remove_file(content.join("extra.md")).unwrap();
}

#[test]
fn copies_in_all_directions_answer_the_same_and_publish_the_next_change() {
    let folder = TempDir::new().unwrap();
    let content = folder.path().join("content");
    let [source, copy, back] = ["source.db", "copy.db", "back.db"].map(|name| sqlite(&folder, name));
    let expected = publish_history(&content, &source);
    assert!(expected.len() > 15);
    assert_copied(&source, &copy);
    assert_answers(&copy, &content, &expected);

    let (Ok(first), Ok(second)) = (PostgresDatabase::empty(), PostgresDatabase::empty()) else {
        return skip("postgres", "no server for copies between engines");
    };
    assert_copied(&source, &first.url());
    assert_copied(&first.url(), &second.url());
    assert_copied(&second.url(), &back);
    for url in [first.url(), second.url(), back] {
        assert_answers(&url, &content, &expected);
    }
}

#[test]
fn copy_reads_urls_with_passwords_from_the_environment() {
    let Ok(database) = PostgresDatabase::empty() else {
        return skip("postgres", "no server for copies between engines");
    };
    let folder = TempDir::new().unwrap();
    let source = sqlite(&folder, "source.db");
    publish_history(&folder.path().join("content"), &source);
    let mut command = Command::new(binary());
    command.arg("copy").env("PASSERELLE_COPY_FROM", &source).env("PASSERELLE_COPY_TO", database.url());
    let copied = run(&mut command);
    assert!(copied.status.success(), "{}", text(&copied.stderr));

    // A second copy is refused, in one line without the password.
    let refused = copy(&source, &database.url());
    assert_eq!(refused.status.code(), Some(1));
    let log = text(&refused.stderr);
    assert!(log.lines().count() == 1 && log.contains("is not empty"), "{log}");
    assert!(!log.contains("://"), "{log}");
}

/// Returns a backup command for a database file.
fn backup(site: &TestSite, file: &Path) -> Output {
    let database = format!("sqlite://{}?mode=rwc", site.database().display());
    run(Command::new(binary()).args(["backup", "--database-url", &database]).arg(file))
}

#[test]
fn backup_of_a_served_database_is_restored() {
    if is_on_postgres() {
        return;
    }
    let site = TestSite::with_separate_disk();
    site.write("a.md", "# A\n");
    let service = site.serve();
    service.save("b.md", "# B\n");
    let file = service.place.content().with_file_name("backup.db");
    let written = backup(&service.place, &file);
    assert!(written.status.success(), "{}", text(&written.stderr));
    let report = text(&written.stdout);
    assert!(report.contains(&format!("bytes      {}", fs::metadata(&file).unwrap().len())), "{report}");
    // Changes after the backup are not in it.
    service.save("c.md", "# C\n");
    let site = service.stop();

    // The steps of docs/deploying.md.
    let database = site.database().to_owned();
    let folder = database.parent().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    fs::copy(&file, &database).unwrap();
    fs::remove_file(site.content().join("c.md")).unwrap();
    let service = site.serve();
    let pages = |slugs: &[&str], revision: u64| {
        let nodes: Vec<Value> = slugs.iter().map(|slug| json!({ "slug": slug })).collect();
        json!({ "pages": { "nodes": nodes }, "revision": { "number": revision } })
    };
    assert_eq!(service.query(PAGES), pages(&["a", "b"], 2));
    service.save("d.md", "# D\n");
    assert_eq!(service.query(PAGES), pages(&["a", "b", "d"], 3));
}

#[test]
fn backup_overwrites_no_file_and_leaves_none_behind() {
    if is_on_postgres() {
        return;
    }
    let site = TestSite::with_separate_disk();
    site.write("a.md", "# A\n");
    assert!(site.command("sync").output().unwrap().status.success());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("backup.db");
    fs::write(&file, "mine").unwrap();
    let refused = backup(&site, &file);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("exists"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    // A backup that fails leaves no part of it.
    fs::remove_file(site.database()).unwrap();
    assert_eq!(backup(&site, &folder.path().join("other.db")).status.code(), Some(1));
    assert!(!site.database().exists(), "no database was created");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn backup_of_postgres_names_pg_dump() {
    let Some(site) = TestSite::on_postgres() else { return };
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(binary());
    command.args(["backup", "--database-url", &site.database_url()]).arg(folder.path().join("backup.db"));
    let refused = run(&mut command);
    assert_eq!(refused.status.code(), Some(1));
    let log = text(&refused.stderr);
    assert!(log.contains("pg_dump") && !log.contains("passerelle@"), "{log}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
