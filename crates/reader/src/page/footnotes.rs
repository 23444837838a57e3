//! Footnotes of a page whose parts are rendered apart: a call may stand in a grid, its definition at the foot of the page.

use std::collections::{HashMap, HashSet};

use super::fence::Fence;
use super::part::{Part, Run};

/// Puts each definition into the runs that call it. One that is called nowhere stays where it is, as text.
pub(super) fn bring(parts: &mut [Part]) {
    let mut definitions = HashMap::new();
    each_run(parts, &mut |run| gather(run, &mut definitions));
    if definitions.is_empty() {
        return;
    }
    let mut called = HashSet::new();
    each_run(parts, &mut |run| call(run, &definitions, &mut called));
    each_run(parts, &mut |run| put_back(run, &definitions, &called));
}

fn each_run(parts: &mut [Part], with: &mut impl FnMut(&mut Run)) {
    for part in parts {
        match part {
            Part::Markdown(run) => with(run),
            Part::Callout { children, .. } => each_run(children, with),
            Part::Shortcode(shortcode) => each_run(&mut shortcode.children, with),
        }
    }
}

/// Takes the definitions out of a run; their lines stay, empty but for a mark of the name.
fn gather(run: &mut Run, definitions: &mut HashMap<String, String>) {
    if !run.text.contains("[^") || !run.text.contains("]:") {
        return;
    }
    let mut kept = String::with_capacity(run.text.len());
    let mut fence = Fence::default();
    let mut current: Option<(String, String)> = None;
    let mut is_after_blank = false;
    for line in run.text.split_inclusive('\n') {
        let is_code = fence.takes(line);
        let started = if is_code { None } else { definition(line) };
        let goes_on = current.is_some()
            && started.is_none()
            && (line.trim().is_empty()
                || line.starts_with("    ")
                || line.starts_with('\t')
                || !is_after_blank);
        is_after_blank = line.trim().is_empty();
        if let Some(name) = started.filter(|name| !definitions.contains_key(*name)) {
            definitions.extend(current.take());
            current = Some((name.to_owned(), line.to_owned()));
            kept.push_str(&mark(name));
        } else if goes_on && let Some((_, text)) = &mut current {
            text.push_str(line);
        } else {
            definitions.extend(current.take());
            kept.push_str(line);
            continue;
        }
        kept.push('\n');
    }
    definitions.extend(current);
    run.text = kept;
}

/// The name that a line defines: `[^name]: …`.
fn definition(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    let (name, rest) = text.strip_prefix("[^")?.split_once(']')?;
    let is_name = !name.is_empty() && !name.contains([' ', '[', '^', '\t']);
    (is_name && line.len() - text.len() <= 3 && rest.starts_with(':')).then_some(name)
}

/// What stands where a definition stood: no text has this character.
fn mark(name: &str) -> String {
    format!("\u{F0103}{name}\u{F0103}")
}

/// Adds the definitions of what a run calls, and of what those call.
fn call(run: &mut Run, definitions: &HashMap<String, String>, called: &mut HashSet<String>) {
    let mut brought = HashSet::new();
    let mut waiting = calls(&run.text);
    while let Some(name) = waiting.pop() {
        let Some(text) = definitions.get(&name).filter(|_| !brought.contains(&name)) else { continue };
        waiting.extend(calls(text).into_iter().filter(|call| *call != name));
        run.text.push_str("\n\n");
        run.text.push_str(text);
        called.insert(name.clone());
        brought.insert(name);
    }
}

fn calls(text: &str) -> Vec<String> {
    let mut calls: Vec<String> = text
        .split("[^")
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(name, _)| name)
        .filter(|name| name.len() < 100)
        .map(str::to_owned)
        .collect();
    // The first is brought first: the last of a stack.
    calls.reverse();
    calls
}

fn put_back(run: &mut Run, definitions: &HashMap<String, String>, called: &HashSet<String>) {
    if !run.text.contains('\u{F0103}') {
        return;
    }
    let mut text = String::with_capacity(run.text.len());
    for (index, part) in run.text.split('\u{F0103}').enumerate() {
        if index % 2 == 0 {
            text.push_str(part);
        } else if !called.contains(part) {
            // What nobody calls is said all the same: the sign would make a definition of it again.
            text.push('\\');
            text.push_str(definitions.get(part).map_or("", |definition| definition.trim()));
        }
    }
    run.text = text;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(texts: &[&str]) -> Vec<String> {
        let run = |text: &&str| Part::Markdown(Run { text: (*text).to_owned(), ..Run::default() });
        let mut parts: Vec<Part> = texts.iter().map(run).collect();
        bring(&mut parts);
        let text = |part: Part| match part {
            Part::Markdown(run) => run.text.trim().to_owned(),
            _ => String::new(),
        };
        parts.into_iter().map(text).collect()
    }

    #[test]
    fn a_definition_stands_where_it_is_called() {
        assert_eq!(
            runs(&["a[^1] b[^2]", "c\n\n[^1]: d\n    e\n[^2]: f\n\ng"]),
            ["a[^1] b[^2]\n\n[^1]: d\n    e\n\n\n[^2]: f", "c\n\n\n\n\n\ng"]
        );
    }

    #[test]
    fn a_definition_that_nobody_calls_is_text() {
        assert_eq!(runs(&["a\n\n[^x]: b"]), ["a\n\n\\[^x]: b"]);
        assert_eq!(runs(&["```\n[^x]: b\n```"]), ["```\n[^x]: b\n```"]);
    }
}
