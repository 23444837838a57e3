//! Files of a crate do not import each other in circles.
//!
//! An edge is a path that one file names and another file defines. A re-export is followed to the file of
//! the item, so a module may re-export the items of its children. Tests are ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::{files, repository};

/// Path of a module in its crate, for example `["page", "link"]`. Empty for the root.
type Module = Vec<String>;

struct Source {
    file: String,
    code: String,
    uses: Vec<Import>,
}

struct Import {
    path: Vec<String>,
    /// Name in the importing file.
    name: String,
    is_public: bool,
}

/// Removes comments, string literals and everything from the first test module on.
fn without_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// Flattens a `use` tree: `a::{b, c::D as E}` gives `a::b` and `a::c::D`.
fn flatten(tree: &str, prefix: &[String], is_public: bool, found: &mut Vec<Import>) {
    let tree = tree.trim();
    if let Some((before, inner)) = tree.split_once('{') {
        let mut path = prefix.to_vec();
        path.extend(segments(before));
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let (mut depth, mut start) = (0_usize, 0);
        for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    flatten(&inner[start..at], &path, is_public, found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
    let mut whole = prefix.to_vec();
    whole.extend(segments(path).into_iter().filter(|segment| segment != "self" || prefix.is_empty()));
    if let Some(last) = whole.last().cloned().filter(|_| !tree.is_empty()) {
        let name = if alias.is_empty() { last } else { alias.trim().to_owned() };
        found.push(Import { path: whole, name, is_public });
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|segment| segment.trim().to_owned()).filter(|segment| !segment.is_empty()).collect()
}

/// Returns the `use` statements and the code without them.
fn imports(code: &str) -> (Vec<Import>, String) {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        let is_public = trimmed.starts_with("pub");
        let after = if is_public { trimmed.split_once(' ').map_or("", |(_, after)| after) } else { trimmed };
        let Some(tree) = after.strip_prefix("use ") else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            tree.push_str(lines.next().unwrap_or(";"));
        }
        flatten(tree.split(';').next().unwrap_or_default(), &[], is_public, &mut found);
    }
    (found, rest)
}

/// Reads the modules of a crate. `folder` contains its `lib.rs` or `main.rs`.
fn read(folder: &Path) -> BTreeMap<Module, Source> {
    let mut sources = BTreeMap::new();
    for path in files(folder, &["rs"]).into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let inside = path.strip_prefix(folder).unwrap().with_extension("");
        let mut module: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|last| matches!(last.as_str(), "lib" | "main" | "mod")) {
            module.pop();
        }
        let (uses, code) = imports(&without_comments(&fs::read_to_string(&path).unwrap()));
        let file = path.strip_prefix(repository()).unwrap().display().to_string();
        sources.insert(module, Source { file, code, uses });
    }
    sources
}

/// Resolves a path in a module to an absolute path. Returns `None` for a path outside the crate.
fn absolute(from: &Module, path: &[String], sources: &BTreeMap<Module, Source>) -> Option<Vec<String>> {
    let mut base = from.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base = Vec::new();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        first => {
            let child = [base.as_slice(), &[first.to_owned()]].concat();
            sources.contains_key(&child).then_some(())?;
        }
    }
    Some([base.as_slice(), rest].concat())
}

/// Returns the module whose file defines the target of a path.
fn definer(path: &[String], sources: &BTreeMap<Module, Source>, depth: usize) -> Option<Module> {
    let known = (0..=path.len()).rev().find(|length| sources.contains_key(&path[..*length]))?;
    let module = path[..known].to_vec();
    let Some(item) = path.get(known) else { return Some(module) };
    let export = sources[&module].uses.iter().find(|import| import.is_public && import.name == *item);
    match export.filter(|_| depth < 8).and_then(|export| absolute(&module, &export.path, sources)) {
        Some(target) => definer(&[target.as_slice(), &path[known + 1..]].concat(), sources, depth + 1),
        None => Some(module),
    }
}

fn is_named(code: &str, name: &str) -> bool {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == name)
}

/// Returns the paths in the code itself: `crate::a::b`, `super::c`, `child::d`.
fn inline_paths(code: &str) -> Vec<Vec<String>> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let paths = code.split(|letter: char| !is_part(letter)).filter(|word| word.contains("::"));
    paths.map(segments).filter(|path| !path.is_empty()).collect()
}

fn edges(sources: &BTreeMap<Module, Source>) -> BTreeMap<&Module, BTreeSet<&Module>> {
    let mut edges: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (module, source) in sources {
        let used =
            source.uses.iter().filter(|import| !import.is_public || is_named(&source.code, &import.name));
        // Imported names are counted at their `use` statement.
        let brought = |path: &Vec<String>| source.uses.iter().any(|import| import.name == path[0]);
        let inline = inline_paths(&source.code).into_iter().filter(|path| !brought(path));
        for path in used.map(|import| import.path.clone()).chain(inline) {
            let target = absolute(module, &path, sources).and_then(|path| definer(&path, sources, 0));
            if let Some((target, _)) = target.and_then(|target| sources.get_key_value(&target))
                && target != module
            {
                edges.entry(module).or_default().insert(target);
            }
        }
    }
    edges
}

fn reachable<'s>(
    from: &'s Module,
    edges: &BTreeMap<&'s Module, BTreeSet<&'s Module>>,
) -> BTreeSet<&'s Module> {
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(module) = waiting.pop() {
        for next in edges.get(module).into_iter().flatten() {
            if seen.insert(*next) {
                waiting.push(next);
            }
        }
    }
    seen
}

/// Crates that still have circles. Remove a crate with its last circle. Do not add one.
const WITH_CIRCLES: [&str; 0] = [];

#[test]
fn files_do_not_import_each_other_in_circles() {
    let crates = fs::read_dir(repository().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let (mut with_circles, mut found) = (BTreeSet::new(), String::new());
    for folder in crates.chain([repository().join("migrations")]) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let sources = read(&folder.join("src"));
        assert!(!sources.is_empty(), "{name} has no sources");
        let edges = edges(&sources);
        for module in sources.keys().filter(|module| reachable(module, &edges).contains(*module)) {
            with_circles.insert(name.clone());
            found.push_str(&sources[module].file);
            found.push('\n');
        }
    }
    assert_eq!(with_circles.iter().map(String::as_str).collect::<Vec<_>>(), WITH_CIRCLES, "{found}");
}

#[test]
fn re_exports_lead_to_the_file_of_the_item() {
    let source = |code: &str| {
        let (uses, code) = imports(&without_comments(code));
        Source { file: String::new(), code, uses }
    };
    let sources = BTreeMap::from([
        (Vec::new(), source("pub mod a;\npub mod b;\n")),
        (vec!["a".to_owned()], source("mod c;\npub use c::{Item, Other as Renamed};\n")),
        (vec!["a".to_owned(), "c".to_owned()], source("pub struct Item;\n")),
        (vec!["b".to_owned()], source("use crate::a::{Item, Renamed};\nfn f() { super::a::g() }\n")),
    ]);
    let edges = edges(&sources);
    let targets: Vec<String> = edges[&vec!["b".to_owned()]].iter().map(|target| target.join("::")).collect();
    assert_eq!(targets, ["a", "a::c"]);
}
