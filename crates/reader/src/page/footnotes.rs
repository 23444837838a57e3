//! Moves footnote definitions to the Markdown runs that reference them.
//!
//! The runs of a page are rendered separately. A reference may be in a grid and its definition at the end
//! of the page.

use std::collections::{HashMap, HashSet};

use super::body_node::{BodyNode, MarkdownRun};
use super::code_fence::CodeFence;

/// Appends each definition to all runs that reference it. A definition without a reference stays in place,
/// as text.
pub(super) fn distribute(nodes: &mut [BodyNode]) {
    let mut definitions = HashMap::new();
    for_each_run(nodes, &mut |run| extract_definitions(run, &mut definitions));
    if definitions.is_empty() {
        return;
    }
    let mut referenced = HashSet::new();
    for_each_run(nodes, &mut |run| append_referenced(run, &definitions, &mut referenced));
    for_each_run(nodes, &mut |run| restore_unreferenced(run, &definitions, &referenced));
}

fn for_each_run(nodes: &mut [BodyNode], apply: &mut impl FnMut(&mut MarkdownRun)) {
    for node in nodes {
        match node {
            BodyNode::Markdown(run) => apply(run),
            BodyNode::Callout { children, .. } => for_each_run(children, apply),
            BodyNode::Shortcode(shortcode) => for_each_run(&mut shortcode.children, apply),
        }
    }
}

/// Moves the definitions from a run to the map. A marker with the name replaces the first line of a
/// definition; its other lines become empty, so that line numbers do not change.
fn extract_definitions(run: &mut MarkdownRun, definitions: &mut HashMap<String, String>) {
    if !run.text.contains("[^") || !run.text.contains("]:") {
        return;
    }
    let mut remaining = String::with_capacity(run.text.len());
    let mut fence = CodeFence::default();
    let mut current: Option<(String, String)> = None;
    let mut is_after_blank = false;
    for line in run.text.split_inclusive('\n') {
        let is_code = fence.consume_line(line);
        let definition_name = if is_code { None } else { definition(line) };
        let continues = current.is_some()
            && definition_name.is_none()
            && (line.trim().is_empty()
                || line.starts_with("    ")
                || line.starts_with('\t')
                || !is_after_blank);
        is_after_blank = line.trim().is_empty();
        if let Some(name) = definition_name.filter(|name| !definitions.contains_key(*name)) {
            definitions.extend(current.take());
            current = Some((name.to_owned(), line.to_owned()));
            remaining.push_str(&marker(name));
        } else if continues && let Some((_, text)) = &mut current {
            text.push_str(line);
        } else {
            definitions.extend(current.take());
            remaining.push_str(line);
            continue;
        }
        remaining.push('\n');
    }
    definitions.extend(current);
    run.text = remaining;
}

/// Returns the name that a line defines: `note` for `[^note]: …`.
fn definition(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    let (name, rest) = text.strip_prefix("[^")?.split_once(']')?;
    let is_name = !name.is_empty() && !name.contains([' ', '[', '^', '\t']);
    (is_name && line.len() - text.len() <= 3 && rest.starts_with(':')).then_some(name)
}

/// Returns the marker that replaces a definition. U+F0103 is a private character that was removed from the
/// input.
fn marker(name: &str) -> String {
    format!("\u{F0103}{name}\u{F0103}")
}

/// Appends the definitions that a run references, directly or from another definition.
fn append_referenced(
    run: &mut MarkdownRun,
    definitions: &HashMap<String, String>,
    referenced: &mut HashSet<String>,
) {
    let mut appended = HashSet::new();
    let mut pending = references(&run.text);
    while let Some(name) = pending.pop() {
        let Some(text) = definitions.get(&name).filter(|_| !appended.contains(&name)) else { continue };
        pending.extend(references(text).into_iter().filter(|reference| *reference != name));
        run.text.push_str("\n\n");
        run.text.push_str(text);
        referenced.insert(name.clone());
        appended.insert(name);
    }
}

fn references(text: &str) -> Vec<String> {
    let mut references: Vec<String> = text
        .split("[^")
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(name, _)| name)
        .filter(|name| name.len() < 100)
        .map(str::to_owned)
        .collect();
    // The caller pops from the end, so that definitions are appended in the order of their references.
    references.reverse();
    references
}

fn restore_unreferenced(
    run: &mut MarkdownRun,
    definitions: &HashMap<String, String>,
    referenced: &HashSet<String>,
) {
    if !run.text.contains('\u{F0103}') {
        return;
    }
    let mut text = String::with_capacity(run.text.len());
    for (index, segment) in run.text.split('\u{F0103}').enumerate() {
        if index % 2 == 0 {
            text.push_str(segment);
        } else if !referenced.contains(segment) {
            // The backslash keeps the text from being parsed as a definition, which would be invisible.
            text.push('\\');
            text.push_str(definitions.get(segment).map_or("", |definition| definition.trim()));
        }
    }
    run.text = text;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(texts: &[&str]) -> Vec<String> {
        let run = |text: &&str| {
            BodyNode::Markdown(MarkdownRun { text: (*text).to_owned(), ..MarkdownRun::default() })
        };
        let mut nodes: Vec<BodyNode> = texts.iter().map(run).collect();
        distribute(&mut nodes);
        let text = |node: BodyNode| match node {
            BodyNode::Markdown(run) => run.text.trim().to_owned(),
            _ => String::new(),
        };
        nodes.into_iter().map(text).collect()
    }

    #[test]
    fn definitions_move_to_the_runs_that_reference_them() {
        assert_eq!(
            runs(&["a[^1] b[^2]", "c\n\n[^1]: d\n    e\n[^2]: f\n\ng"]),
            ["a[^1] b[^2]\n\n[^1]: d\n    e\n\n\n[^2]: f", "c\n\n\n\n\n\ng"]
        );
    }

    #[test]
    fn unreferenced_definitions_become_text() {
        assert_eq!(runs(&["a\n\n[^x]: b"]), ["a\n\n\\[^x]: b"]);
        assert_eq!(runs(&["```\n[^x]: b\n```"]), ["```\n[^x]: b\n```"]);
    }
}
