//! Rules for dependencies: licences, duplicates and unused crates, by the lists of `deny.toml`.
//!
//! `cargo deny` and `cargo machete` check more, in the hosted workflow. These tests need nothing but cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use crate::architecture::EXTERNAL_CRATE_OWNERS;
use crate::support::{files, repository};

/// Crates for Windows. They are in the lock file but never compiled, because the service requires Unix.
const WINDOWS: &str = "windows";
/// Dependencies that no source file names, each with the reason for it.
const UNNAMED: [(&str, &str); 0] = [];

fn toml(path: &str) -> Table {
    fs::read_to_string(repository().join(path)).unwrap().parse().unwrap()
}

/// Returns true if the allowed licences satisfy a licence expression. Old manifests write `/` for `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (is_allowed, rest) = any_of(&words, allowed);
    assert!(rest.is_empty(), "not understood: {expression}");
    is_allowed
}

/// Parses `a OR b`. `OR` has a lower precedence than `AND`.
fn any_of<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut is_met, mut rest) = all_of(words, allowed);
    while let ["OR", after @ ..] = rest {
        let next = all_of(after, allowed);
        (is_met, rest) = (is_met | next.0, next.1);
    }
    (is_met, rest)
}

fn all_of<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut is_met, mut rest) = one(words, allowed);
    while let ["AND", after @ ..] = rest {
        let next = one(after, allowed);
        (is_met, rest) = (is_met & next.0, next.1);
    }
    (is_met, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inner @ ..] => {
            let (is_met, rest) = any_of(inner, allowed);
            (is_met, rest.strip_prefix(&[")"]).expect("a bracket is closed"))
        }
        [licence, "WITH", exception, rest @ ..] => {
            (allowed.contains(&format!("{licence} WITH {exception}")), rest)
        }
        [licence, rest @ ..] => (allowed.contains(*licence), rest),
        [] => panic!("a licence is missing"),
    }
}

fn allowed_licences() -> BTreeSet<String> {
    let list = toml("deny.toml")["licenses"]["allow"].clone();
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Returns the target platform of this machine. Packages of other platforms are not downloaded.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn every_licence_is_allowed() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", &host()])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed = allowed_licences();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_allowed(licence, &allowed), "{} {}: {licence}", package["name"], package["version"]);
    }
}

#[test]
fn licence_expressions_are_parsed() {
    let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception"].map(ToOwned::to_owned).into();
    for (expression, is_met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("(GPL-3.0 OR MIT) AND MIT", true),
        ("MIT OR GPL-3.0 AND GPL-2.0", true),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
    ] {
        assert_eq!(is_allowed(expression, &allowed), is_met, "{expression}");
    }
}

#[test]
fn no_crate_has_two_versions_without_a_reason() {
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for package in toml("Cargo.lock")["package"].as_array().unwrap() {
        *versions.entry(package["name"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let deny = toml("deny.toml");
    let skipped = deny["bans"]["skip"].as_array().unwrap();
    let explained: BTreeSet<&str> = skipped.iter().map(|entry| entry["crate"].as_str().unwrap()).collect();
    let is_double = |(name, count): &(&String, &usize)| **count > 1 && !name.starts_with(WINDOWS);
    let double: BTreeSet<&str> = versions.iter().filter(is_double).map(|(name, _)| name.as_str()).collect();
    assert_eq!(double, explained, "the lock file, and `bans.skip` of deny.toml");
}

/// Returns the text of all Rust files in a folder.
fn sources(folder: &Path) -> String {
    files(folder, &["rs"]).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// Returns true if the code contains the identifier as a whole word.
fn names(code: &str, identifier: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(identifier)
        .any(|(at, _)| !code[..at].ends_with(is_part) && !code[at + identifier.len()..].starts_with(is_part))
}

/// Removes comments that fill a line. A crate that only a comment names is not used.
fn without_comments(text: &str) -> String {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    code.join("\n")
}

#[test]
fn every_dependency_is_used() {
    let root = repository();
    let mut unused = Vec::new();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    for folder in crates.chain([root.join("migrations")]) {
        let manifest: Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let code = sources(&folder.join("src"));
        let mut tests = sources(&folder.join("tests")) + &sources(&folder.join("benches"));
        // The tests of the whole service are outside the folder of their package.
        for test in manifest.get("test").and_then(|tests| tests.as_array()).into_iter().flatten() {
            let path = test.get("path").and_then(|path| path.as_str()).unwrap_or_default();
            tests.push_str(&sources(folder.join(path).parent().unwrap()));
        }
        tests.push_str(&code);
        for (table, code) in [("dependencies", &code), ("dev-dependencies", &tests)] {
            let code = without_comments(code);
            let names_of = manifest.get(table).and_then(|table| table.as_table());
            for name in names_of.into_iter().flat_map(Table::keys) {
                let is_used = names(&code, &name.replace('-', "_"))
                    || UNNAMED.iter().any(|(unnamed, _)| unnamed == name);
                if !is_used {
                    unused.push(format!("{}: {name} of {table}", folder.display()));
                }
            }
        }
    }
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}

/// Returns the workspace crates in a manifest, without their common prefix.
fn ours(manifest: &Table) -> BTreeSet<String> {
    let names = manifest["dependencies"].as_table().unwrap().keys();
    names.filter_map(|name| name.strip_prefix("passerelle-")).map(ToOwned::to_owned).collect()
}

/// Unit tests are compiled with the crate, so they need the same arrows as its code.
#[test]
fn unit_tests_do_not_use_crates_that_the_code_may_not_use() {
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let manifest: Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let code = without_comments(&sources(&folder.join("src")));
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let tested = manifest.get("dev-dependencies").and_then(|table| table.as_table());
        for name in tested.into_iter().flat_map(Table::keys) {
            let is_bound = name.starts_with("passerelle-")
                || EXTERNAL_CRATE_OWNERS.iter().any(|(owned, _)| owned == name);
            if is_bound && !dependencies.contains_key(name) {
                let is_used = names(&code, &name.replace('-', "_"));
                assert!(!is_used, "{}: a test in `src` uses {name}; move it to `tests`", folder.display());
            }
        }
    }
}

#[test]
fn the_table_of_crates_agrees_with_the_manifests() {
    let root = repository();
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut written = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| `crates/")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let arrows = cells[2].split(", ").filter(|name| !name.is_empty()).map(ToOwned::to_owned);
        written.insert(cells[0].trim_matches('`').to_owned(), arrows.collect::<BTreeSet<_>>());
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let folder = format!("crates/{}", entry.unwrap().file_name().to_str().unwrap());
        found.insert(folder.clone(), ours(&toml(&format!("{folder}/Cargo.toml"))));
    }
    assert_eq!(written, found);
}
