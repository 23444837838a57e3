//! The code keeps the rules of the architecture: owners of external crates, pure crates, sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use toml::Table;

use crate::support::{files, repository};

/// External crates and the only workspace crates that may depend on them.
pub(crate) const EXTERNAL_CRATE_OWNERS: [(&str, &[&str]); 14] = [
    ("askama", &["passerelle-web"]),
    ("multer", &["passerelle-web"]),
    ("async-graphql", &["passerelle-api"]),
    (
        "axum",
        &["passerelle", "passerelle-bench", "passerelle-http", "passerelle-http-common", "passerelle-web"],
    ),
    ("notify", &["passerelle-watcher"]),
    ("tantivy", &["passerelle-search"]),
    ("calamine", &["passerelle-reader"]),
    ("csv", &["passerelle-http", "passerelle-reader"]),
    ("zip", &["passerelle-reader"]),
    ("cap-std", &["passerelle-http", "passerelle-watcher"]),
    ("sea-orm", &["passerelle-bench", "passerelle-storage"]),
    ("sea-orm-migration", &["passerelle-migrations"]),
    ("clap", &["passerelle"]),
    ("tracing-subscriber", &["passerelle"]),
];

fn manifests() -> BTreeMap<String, Table> {
    let root = repository();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = crates.chain([root.join("migrations")]).collect();
    let read = |folder: PathBuf| {
        let manifest: Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest)
    };
    folders.into_iter().map(read).collect()
}

fn dependencies(manifest: &Table) -> BTreeSet<&str> {
    manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect()
}

/// Returns the source files of a crate without its tests.
fn code(crate_folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = files(&repository().join(crate_folder).join("src"), &["rs"]);
    // Long tests are in separate files beside the tested file.
    files.retain(|file| !file.ends_with("tests.rs"));
    let text = |file: PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
        (file, code)
    };
    files.into_iter().map(text).collect()
}

#[test]
fn external_crates_are_used_only_by_their_owners() {
    for (name, manifest) in manifests() {
        for (part, owners) in EXTERNAL_CRATE_OWNERS {
            if dependencies(&manifest).contains(part) {
                assert!(owners.contains(&name.as_str()), "{name} depends on {part}");
            }
        }
    }
}

#[test]
fn no_crate_re_exports_a_library_that_it_owns() {
    for (name, _) in EXTERNAL_CRATE_OWNERS {
        let exported = format!("pub use {}::", name.replace('-', "_"));
        for file in files(&repository().join("crates"), &["rs"]) {
            let code = fs::read_to_string(&file).unwrap();
            assert!(!code.contains(&exported), "{}: {exported}", file.display());
        }
    }
}

#[test]
fn the_pure_crates_do_no_io_and_are_not_async() {
    for folder in ["model", "text", "messages", "reader", "versioning"] {
        for (file, code) in code(&format!("crates/{folder}")) {
            for word in ["std::fs", "std::net", "std::env", "std::process", "async fn", ".await", "tokio"] {
                assert!(!code.contains(word), "{}: {word}", file.display());
            }
            // The library of archives reads bytes in memory through the traits of `std::io`.
            let is_sheet = file.components().any(|part| part.as_os_str() == "sheet");
            assert!(is_sheet || !code.contains("std::io"), "{}: std::io", file.display());
        }
    }
}

#[test]
fn only_the_server_reads_the_environment_and_the_clock() {
    for folder in [
        "crates/api",
        "crates/http",
        "crates/http-common",
        "crates/search",
        "crates/storage",
        "crates/watcher",
        "crates/web",
        "migrations",
    ] {
        for (file, code) in code(folder) {
            for word in ["std::env", "SystemTime::now", "now_utc", "tokio::spawn", "std::time::Instant"] {
                assert!(!code.contains(word), "{}: {word}", file.display());
            }
            // Tests pause the clock of tokio.
            let is_clock = |line: &&str| line.starts_with("use std::time::{") && line.contains("Instant");
            assert_eq!(code.lines().find(is_clock), None, "{}", file.display());
        }
    }
}

#[test]
fn no_unwrap_outside_tests() {
    for folder in [
        "crates/api",
        "crates/http",
        "crates/http-common",
        "crates/messages",
        "crates/model",
        "crates/reader",
        "crates/search",
        "crates/server",
        "crates/storage",
        "crates/text",
        "crates/versioning",
        "crates/watcher",
        "crates/web",
        "migrations",
    ] {
        for (file, code) in code(folder) {
            assert!(!code.contains(".unwrap()"), "{}", file.display());
        }
    }
}

#[test]
fn source_files_stay_within_the_size_limit() {
    const MOST_LINES: usize = 500;
    for file in
        ["crates", "migrations", "tests"].iter().flat_map(|folder| files(&repository().join(folder), &["rs"]))
    {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", file.display());
    }
}

#[test]
fn comment_lines_have_at_most_110_characters() {
    const MAX_CHARACTERS: usize = 110;
    let mut comments = 0;
    for folder in ["crates", "migrations", "tests"] {
        for file in files(&repository().join(folder), &["rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
                comments += 1;
                // An address cannot be wrapped.
                let is_long = line.chars().count() > MAX_CHARACTERS && !line.contains("://");
                assert!(!is_long, "{}: {line}", file.display());
            }
        }
    }
    assert!(comments > 5_000, "only {comments} lines were found");
}
