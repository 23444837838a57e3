//! Sentences of the documentation that name output, code or states agree with the program.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::support::markdown::{code_spans, split};
use crate::support::{TestSite, binary, files, repository};

fn read(page: &str) -> String {
    fs::read_to_string(repository().join(page)).unwrap()
}

/// Returns the source text of a folder, without this file: the names that it expects prove nothing.
fn sources(folder: &str) -> String {
    let files = files(&repository().join(folder), &["rs"]);
    let others = files.iter().filter(|file| !file.ends_with("documented_facts.rs"));
    others.map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn readme_shows_the_line_that_the_service_logs_when_it_is_ready() {
    let site = TestSite::new();
    let command = site.serve_command();
    let service = site.start_by(command, "127.0.0.1:0");
    let line = service.wait_for(|line| line.get("http.listen").is_some());
    let (message, address) = (line["message"].as_str().unwrap(), line["http.listen"].as_str().unwrap());
    let logged = message.replace(address, "127.0.0.1:8080");
    let readme = read("README.md");
    assert!(code_spans(&split(&readme).1).contains(&logged.as_str()), "README.md does not show `{logged}`");
}

#[test]
fn readme_shows_the_diagnostic_that_check_prints() {
    let site = TestSite::new();
    site.copy_documents(&repository().join("content"));
    let plan = "plan-climat-quartiers-2025.txt";
    let text = fs::read_to_string(site.content().join(plan)).unwrap();
    assert!(text.contains("\n29."));
    fs::write(site.content().join(plan), text.replacen("\n29.", "\n28.", 1)).unwrap();
    let folder = site.content().file_name().unwrap().to_owned();
    let mut check = Command::new(binary());
    let output = check.current_dir(site.content().parent().unwrap()).arg("check").arg(&folder).output();
    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    let printed = printed.replace(&format!("--> {}/", folder.display()), "--> content/");
    let (fences, _) = split(&read("README.md"));
    let shown = fences.iter().find(|fence| fence.info == "text check").unwrap();
    assert!(printed.contains(&shown.text), "README.md does not show the output:\n{printed}");
}

/// Returns the name if a code span is a Rust identifier that a reader would search for: `ColumnRole`,
/// `READER_VERSION`, `size()` or `diagnostic_kinds!`.
fn rust_name(span: &str) -> Option<&str> {
    let name = span.strip_suffix("()").or(span.strip_suffix('!')).unwrap_or(span);
    let is_word = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let has_capital = name.starts_with(|letter: char| letter.is_ascii_uppercase());
    (is_word && name.len() > 2 && (has_capital || name != span)).then_some(name)
}

#[test]
fn identifiers_in_contributing_and_architecture_exist() {
    let sources: String = ["crates", "migrations", "tests"].into_iter().map(sources).collect();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: BTreeSet<&str> = sources.split(|letter| !is_letter(letter)).collect();
    let mut names = 0;
    for page in ["CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let text = read(page);
        for name in code_spans(&split(&text).1).into_iter().filter_map(rust_name) {
            names += 1;
            assert!(words.contains(name), "{page} names `{name}`, which is in no source file");
        }
    }
    assert!(names > 20, "only {names} names were found");
}

#[test]
fn tests_named_in_contributing_exist() {
    let text = read("CONTRIBUTING.md");
    let mut filters = 0;
    for span in code_spans(&split(&text).1).into_iter().filter(|span| span.contains("cargo test -p")) {
        let words: Vec<&str> = span.split_whitespace().skip_while(|word| *word != "-p").collect();
        let folder = if words[1] == "passerelle" {
            "tests".to_owned()
        } else {
            words[1].replacen("passerelle-", "crates/", 1)
        };
        let filter = match words[2..] {
            [] | ["--test", _] => continue,
            ["--test", _, filter] | [filter] => filter,
            _ => panic!("`{span}` has another form"),
        };
        filters += 1;
        let is_found = files(&repository().join(&folder), &["rs"]).iter().any(|file| {
            file.file_stem().is_some_and(|stem| stem == filter)
                || fs::read_to_string(file).unwrap().contains(&format!("fn {filter}"))
        });
        assert!(is_found, "`{span}`: {folder} has no test `{filter}`");
    }
    assert!(filters >= 3, "only {filters} filters were found");
}

#[test]
fn readiness_values_are_those_of_the_code() {
    let source = read("crates/http/src/health.rs");
    let (_, rest) = source.split_once("fn name(self)").unwrap();
    let arms = rest.split_once("fn code(self)").unwrap().0;
    let values: Vec<&str> = arms.split("=> \"").skip(1).filter_map(|arm| arm.split('"').next()).collect();
    assert!(values.contains(&"ready") && values.len() >= 5, "{values:?}");
    let operating = read("docs/operating.md");
    let table = operating.split_once("| `status` | Meaning |").unwrap().1.split_once("\n\n").unwrap().0;
    let mut documented: Vec<&str> = table.lines().filter_map(|row| row.split('`').nth(1)).collect();
    documented.push("ready");
    documented.sort_unstable();
    let mut expected = values.clone();
    expected.sort_unstable();
    assert_eq!(documented, expected, "docs/operating.md");
    let errors = read("docs/errors.md");
    for value in values {
        let is_named = errors.contains(&format!("`{value}`")) || errors.contains(&format!("\"{value}\""));
        assert!(is_named, "docs/errors.md does not name the status {value}");
    }
}

#[test]
fn messages_of_database_errors_are_those_of_the_code() {
    let sources = sources("crates/storage/src");
    let operating = read("docs/operating.md");
    let (_, section) = operating.split_once("## Database errors").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `… ")?.split_once(" …`"));
    let messages: Vec<&str> = rows.map(|(message, _)| message).collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
    for message in messages {
        assert!(sources.contains(message), "no error of the storage has the text `{message}`");
    }
}

#[test]
fn every_limit_names_the_file_that_defines_it() {
    let text = read("docs/reference/limits.md");
    let mut limits = 0;
    for row in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")) {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        if last == "Defined in" {
            continue;
        }
        limits += 1;
        // `paths_in_the_documentation_exist` checks that the file exists.
        assert!(last.starts_with("`crates/") && last.ends_with(".rs`"), "no file: {row}");
    }
    assert!(limits > 60, "only {limits} limits were found");
}

/// Splits the arguments of a macro call. `call` begins after the opening parenthesis.
fn arguments(call: &str) -> Vec<&str> {
    let (mut arguments, mut start, mut depth, mut is_text) = (Vec::new(), 0, 0_u32, false);
    let mut previous = ' ';
    for (at, letter) in call.char_indices() {
        match letter {
            '"' if previous != '\\' => is_text = !is_text,
            _ if is_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                arguments.push(&call[start..at]);
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(&call[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        previous = letter;
    }
    arguments
}

/// Returns the name of the field that an argument of a log macro sets. `None` for the message.
fn log_field(argument: &str) -> Option<&str> {
    let argument = argument.trim();
    let name = argument.split_once(" = ").map_or(argument, |(name, _)| name);
    let name = name.trim_start_matches(['%', '?']);
    let is_name = |letter: char| letter.is_ascii_lowercase() || matches!(letter, '_' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

#[test]
fn every_log_field_is_documented() {
    const LEVELS: [&str; 4] = ["debug", "info", "warn", "error"];
    let mut logged = BTreeSet::new();
    for folder in ["api", "http", "search", "server", "storage", "watcher"] {
        for file in files(&repository().join(format!("crates/{folder}/src")), &["rs"]) {
            let text = fs::read_to_string(file).unwrap();
            for level in LEVELS {
                for call in text.split(&format!("tracing::{level}!(")).skip(1) {
                    logged.extend(arguments(call).into_iter().filter_map(log_field).map(ToOwned::to_owned));
                }
            }
        }
    }
    assert!(logged.len() > 30, "{logged:?}");
    let operating = read("docs/operating.md");
    let (_, section) = operating.split_once("\n## Log\n").unwrap();
    let rows = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| `"));
    let cells: Vec<&str> = rows.filter_map(|row| row.split('|').nth(1)).collect();
    let documented = cells.iter().flat_map(|cell| code_spans(cell)).map(ToOwned::to_owned).collect();
    assert_eq!(logged, documented, "code on the left, docs/operating.md on the right");
    let is_named = |name: &String| name.contains('.') || matches!(name.as_str(), "error" | "elapsed_ms");
    assert!(logged.iter().all(is_named), "a field has the name of its area: {logged:?}");
    assert!(!logged.iter().any(|name| name.ends_with("_s") || name.ends_with("_us")), "durations are in ms");
}
