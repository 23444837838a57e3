//! The same random histories of a folder on SQLite and on PostgreSQL: all answers are equal.
//!
//! `PASSERELLE_SEED` repeats a failed run. `PASSERELLE_HISTORIES` sets the number of histories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::copies::remove_scores;
use crate::example_operations::operations;
use crate::support::postgres::PostgresDatabase;
use crate::support::{Service, TestSite, binary, files, repository};

const HISTORIES: u64 = 12;
/// Edits of a history. Each is a revision, or none.
const EDITS: usize = 4;
const EXPORTS: [&str; 3] = ["/exports/measures.csv", "/exports/measures.json", "/feeds/changes.atom"];
const CHANGES: &str =
    "{ changes(since: 0, first: 100) { totalCount nodes { revision kind field before after url } } }";
const DOCUMENTS: &str = "{ documents(first: 100) { nodes { path kind state checksum diagnostics { code severity message line } } } }";

/// Changes one document of a folder.
fn edit(content: &Path, random: &mut Rng) {
    let documents = files(content, &["md", "txt", "yaml"]);
    let Some(path) = random.choice(&documents) else { return };
    let Ok(text) = fs::read_to_string(path) else { return };
    let lines: Vec<&str> = text.lines().collect();
    let line = random.usize(..lines.len().max(1));
    let name = format!("copie-{}.{}", random.u8(..4), path.extension().unwrap().to_str().unwrap());
    let other: PathBuf = path.with_file_name(name);
    let with_lines = |lines: &[&str]| fs::write(path, lines.join("\n") + "\n").unwrap();
    match random.u8(..8) {
        0 => fs::remove_file(path).unwrap(),
        1 => fs::rename(path, other).unwrap(),
        2 => drop(fs::copy(path, other).unwrap()),
        3 => fs::write(path, format!("{text}\nUn été près de l'étang n° {}.\n", random.u8(..))).unwrap(),
        4 => with_lines(&[&lines[..line], lines.get(line + 1..).unwrap_or_default()].concat()),
        5 => with_lines(&[&lines[..line], &lines[line.saturating_sub(2)..]].concat()),
        6 => {
            let original = repository().join("content").join(path.strip_prefix(content).unwrap());
            drop(fs::copy(original, path));
        }
        _ => fs::write(path, text.replace('e', if random.bool() { "é" } else { "E" })).unwrap(),
    }
}

/// Compares the folder with the database once.
fn sync(content: &Path, database_url: &str) {
    let mut command = Command::new(binary());
    // Removals are not held, so that histories go on.
    command.args(["sync", "--accept-removals", "--database-url", database_url, "--content"]);
    let output = command.arg(content).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
}

/// Returns all answers of a service, without times and without the id of the database.
fn answers(service: &Service) -> Vec<(String, String)> {
    let headers = [("content-type", "application/json")];
    let mut answers = Vec::new();
    let own = [("changes".to_owned(), CHANGES), ("documents".to_owned(), DOCUMENTS)];
    let own = own.map(|(name, query)| (name, json!({ "query": query }).to_string()));
    let examples = operations();
    let examples = examples
        .iter()
        .filter(|operation| !operation.is_subscription() && operation.name != "SyncState")
        .map(|operation| (operation.name.clone(), operation.body()));
    for (name, body) in own.into_iter().chain(examples) {
        let mut answer: Value = service.post(&body, &headers).json();
        remove_scores(&mut answer);
        answers.push((name, without_times(&answer.to_string())));
    }
    for path in EXPORTS {
        let reply = service.get(path, &[]);
        answers.push((path.to_owned(), format!("{} {}", reply.status, without_times(&reply.body))));
    }
    answers
}

/// Replaces times in RFC 3339, and ids of databases: 16 hexadecimal digits between other characters.
fn without_times(text: &str) -> String {
    let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let bytes = text.as_bytes();
    let (mut replaced, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_time = rest.len() > 19
            && rest[4] == b'-'
            && rest[10] == b'T'
            && rest[13] == b':'
            && rest[..4].iter().all(u8::is_ascii_digit);
        let digits = rest.iter().take_while(|byte| is_hex(byte)).count();
        if is_time {
            let end = rest.iter().position(|byte| matches!(byte, b'Z' | b'"' | b'<')).unwrap_or(rest.len());
            replaced.extend(b"TIME");
            at += end;
        } else if digits == 16 {
            replaced.extend(b"ID");
            at += digits;
        } else {
            let length = digits.max(1);
            // A time can begin inside a run of digits only at its start.
            replaced.extend(&rest[..length]);
            at += length;
        }
    }
    String::from_utf8(replaced).unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the caller of the tests says how long to go on")]
fn both_engines_answer_the_same_after_random_histories() {
    if let Err(reason) = PostgresDatabase::empty() {
        crate::support::skip::skip("postgres", &reason);
        return;
    }
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("PASSERELLE_SEED").unwrap_or_else(|| fastrand::u64(..));
    for history in 0..number("PASSERELLE_HISTORIES").unwrap_or(HISTORIES) {
        let seed = seed.wrapping_add(history);
        eprintln!("PASSERELLE_SEED={seed} PASSERELLE_HISTORIES=1");
        let mut random = Rng::with_seed(seed);
        let (site, postgres) = (TestSite::new(), PostgresDatabase::migrated().unwrap());
        let urls = [format!("sqlite://{}?mode=rwc", site.database().display()), postgres.url()];
        site.copy_documents(&repository().join("content"));
        for _ in 0..EDITS {
            for url in &urls {
                sync(&site.content(), url);
            }
            edit(&site.content(), &mut random);
        }
        for url in &urls {
            sync(&site.content(), url);
        }
        let [expected, found] = urls.map(|url| answers(&site.serve_on(&url, &[])));
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected, found, "PASSERELLE_SEED={seed}");
        }
    }
}
