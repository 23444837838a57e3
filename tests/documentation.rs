//! The documentation agrees with the repository: links, paths, codes, examples and lengths.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::markdown::{Fence, anchors, code_spans, link_targets, split};
use crate::support::{TestSite, files, repository};

/// Folders without documentation: demo content, fixtures and third-party files.
const LEFT_OUT: [&str; 4] = ["content", "fixtures", "broken", "graphiql"];
/// The folders at the top. A code span that begins with one of them is a path.
const TOP: [&str; 11] = [
    "crates/",
    "migrations/",
    "tests/",
    "content/",
    "deploy/",
    "docs/",
    "examples/",
    "ops/",
    ".github/",
    ".ci/",
    ".cargo/",
];

/// Returns every Markdown file of the documentation.
fn pages() -> Vec<PathBuf> {
    let root = repository();
    let mut pages = files(&root, &["md"]);
    pages.retain(|page| {
        let inside = page.strip_prefix(&root).unwrap();
        !inside.iter().any(|part| LEFT_OUT.iter().any(|left_out| part == *left_out))
    });
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

/// Returns the fenced block of a page with this info string.
fn fence(page: &str, info: &str) -> String {
    let text = fs::read_to_string(repository().join(page)).unwrap();
    let (fences, _) = split(&text);
    let found = fences.into_iter().find(|fence| fence.info == info);
    found.unwrap_or_else(|| panic!("{page} has no block `{info}`")).text
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut links = 0;
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in link_targets(&split(&text).1) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            links += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let is_found = file.exists()
                && (anchor.is_empty()
                    || anchors(&fs::read_to_string(&file).unwrap()).iter().any(|given| given == anchor));
            if !is_found {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(links > 20, "only {links} links were found");
}

#[test]
fn paths_in_the_documentation_exist() {
    let root = repository();
    let mut named = 0;
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let prose = split(&text).1;
        let is_path = |span: &&str| {
            TOP.iter().any(|top| span.starts_with(top)) && !span.contains([' ', '*', '<', '{', '…', '='])
        };
        for path in code_spans(&prose).into_iter().filter(is_path) {
            named += 1;
            if !root.join(path).exists() {
                missing.push(format!("{}: {path}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(named > 50, "only {named} paths were found");
}

#[test]
fn readme_is_short() {
    for (page, most) in [("README.md", 130), ("ARCHITECTURE.md", 150)] {
        let lines = fs::read_to_string(repository().join(page)).unwrap().lines().count();
        assert!(lines <= most, "{page} has {lines} lines, more than {most}");
    }
}

#[test]
fn every_diagnostic_code_is_documented() {
    let documented = fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    let codes = |file: &str, end: &str| -> Vec<String> {
        let source = fs::read_to_string(repository().join(file)).unwrap();
        let parts = source.split("=> \"").skip(1).filter_map(|rest| rest.split_once('"'));
        let codes = parts.filter(|(_, rest)| rest.starts_with(end)).map(|(code, _)| code.to_owned());
        codes.collect()
    };
    let diagnostics = codes("crates/model/src/diagnostic.rs", ", ");
    let errors = codes("crates/api/src/error_code.rs", ",\n");
    assert!(diagnostics.len() > 40 && errors.len() > 15, "{} and {}", diagnostics.len(), errors.len());
    for code in diagnostics.iter().chain(&errors) {
        assert!(documented.contains(code.as_str()), "docs/errors.md does not document {code}");
    }
}

#[test]
fn every_setting_is_documented() {
    let settings = fs::read_to_string(repository().join("docs/reference/settings.md")).unwrap();
    let documented = code_spans(&settings).join(" ");
    for command in
        ["serve", "sync", "check", "accept", "prune", "migrate", "copy", "backup", "health", "schema"]
    {
        let output = std::process::Command::new(crate::support::binary()).args([command, "--help"]).output();
        let help = String::from_utf8(output.unwrap().stdout).unwrap();
        let flags = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
        let variables = help.split(['[', ']', '=', ' ']).filter(|word| word.starts_with("PASSERELLE_"));
        for name in flags.chain(variables) {
            let name = name.trim_end_matches([',', '.', ':', '`', ')', ';']);
            assert!(
                documented.contains(name),
                "docs/reference/settings.md does not name {name} of {command}"
            );
        }
    }
}

#[test]
fn the_first_query_is_answered_as_the_readme_shows() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let shown: Value = serde_json::from_str(&fence("README.md", "json")).unwrap();
    let command = fence("README.md", "sh first-query");
    let (_, body) = command.split_once("-d '").unwrap();
    let answer = service.post(body.split('\'').next().unwrap(), &[("content-type", "application/json")]);
    assert_eq!(answer.json()["data"], shown["data"]);
}

#[test]
fn the_queries_for_front_ends_are_answered() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let text = fs::read_to_string(repository().join("docs/front-ends.md")).unwrap();
    let (fences, _) = split(&text);
    let queries: Vec<&Fence> = fences.iter().filter(|fence| fence.info == "graphql").collect();
    assert!(!queries.is_empty());
    for query in queries {
        service.query(&query.text);
    }
}

/// Returns the pages whose names are checked, each with its code spans outside fenced blocks.
fn spans_of_docs() -> Vec<(String, Vec<String>)> {
    let docs = pages().into_iter().filter(|page| {
        let page = page.strip_prefix(repository()).unwrap();
        page == Path::new("README.md") || page.starts_with("docs")
    });
    let read = |page: PathBuf| {
        let text = fs::read_to_string(&page).unwrap();
        let spans = code_spans(&split(&text).1).into_iter().map(ToOwned::to_owned).collect();
        (page.display().to_string(), spans)
    };
    docs.map(read).collect()
}

/// Returns the complete query in a code span: `sync { state }` becomes `{ sync { state } }`.
fn query_in(span: &str) -> Option<String> {
    let inner = span.strip_prefix("{ ").and_then(|rest| rest.strip_suffix(" }")).unwrap_or(span);
    let is_query = inner.starts_with(|letter: char| letter.is_ascii_lowercase())
        && inner.contains(" { ")
        && inner.ends_with('}')
        && !inner.starts_with("documents { nodes { diagnostics");
    is_query.then(|| format!("{{ {} }}", inner.replace("{ … }", "{ __typename }")))
}

#[test]
fn every_inline_query_is_answered() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let mut queries = 0;
    for (page, spans) in spans_of_docs() {
        for query in spans.iter().filter_map(|span| query_in(span)) {
            queries += 1;
            let body = serde_json::json!({ "query": query }).to_string();
            let answer = service.post(&body, &[("content-type", "application/json")]).json();
            assert_eq!(answer.get("errors"), None, "{page}: {query}");
        }
    }
    assert!(queries >= 8, "only {queries} queries were found");
}

#[test]
fn every_name_in_capitals_is_one_of_the_schema_or_a_code() {
    let schema = fs::read_to_string(repository().join("schema.graphql")).unwrap();
    let codes = fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    for (page, spans) in spans_of_docs() {
        let is_name = |span: &&String| {
            let is_word = span.len() > 3 && !span.starts_with('_');
            is_word && span.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
        };
        for name in spans.iter().filter(is_name).filter(|name| !name.starts_with("PASSERELLE_")) {
            let is_value = schema.lines().any(|line| line.trim() == name);
            assert!(is_value || codes.contains(&format!("| `{name}` |")), "{page}: {name}");
        }
    }
}

/// Writes the example files of a page for editors into one folder: its blocks with `file=NAME`.
fn drop_examples(page: &str) -> (TestSite, usize) {
    let place = TestSite::new();
    let text = fs::read_to_string(repository().join(page)).unwrap();
    let (fences, _) = split(&text);
    let named = |fence: &Fence| Some((fence.info.split_once("file=")?.1.to_owned(), fence.text.clone()));
    let files: Vec<_> = fences.iter().filter_map(named).collect();
    for (name, text) in &files {
        place.write(name, text);
    }
    (place, files.len())
}

#[test]
fn the_examples_for_editors_are_read_without_a_diagnostic() {
    for page in ["docs/editors.md", "docs/editeurs.md"] {
        let (place, files) = drop_examples(page);
        assert!(files >= 5, "{page} has {files} examples");
        fs::create_dir_all(place.content().join("_images")).unwrap();
        let image = repository().join("content/_images/littoral.png");
        fs::copy(image, place.content().join("_images/littoral.png")).unwrap();
        let mut check = std::process::Command::new(crate::support::binary());
        let output = check.arg("check").arg(place.content()).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains(": 0 errors, 0 warnings, 0 notices"), "{page}\n{printed}");
    }
}

#[test]
fn diagnostic_in_the_editor_guide_matches_the_check_output() {
    for page in ["docs/editors.md", "docs/editeurs.md"] {
        let place = TestSite::new();
        place.write("broken.txt", &fence(page, "text broken"));
        let mut check = std::process::Command::new(crate::support::binary());
        let output = check.current_dir(place.content()).args(["check", "broken.txt"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{page}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let shown = fence(page, "text check");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            let path = repository().join(page);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, text.replace(&shown, &printed)).unwrap();
            continue;
        }
        assert_eq!(printed, shown, "{page} is stale: UPDATE_DOCS=1 cargo test --test service documentation");
    }
}

#[test]
fn both_languages_of_the_page_for_editors_have_the_same_sections() {
    let headings = |page: &str| {
        let text = fs::read_to_string(repository().join(page)).unwrap();
        let (fences, prose) = split(&text);
        let levels = prose.lines().filter(|line| line.starts_with('#'));
        (levels.map(|line| line.find(' ').unwrap_or(0)).collect::<Vec<_>>(), fences.len())
    };
    assert_eq!(headings("docs/editors.md"), headings("docs/editeurs.md"));
}
