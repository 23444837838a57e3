//! Footnotes and link definitions of a page.
//!
//! The runs of a page are rendered separately, but a note or a link may be defined anywhere on the page. So
//! the definitions are collected first, and each run is rendered with those that it uses. Notes have one
//! numbering, in the order of their first reference, and one list at the end of the page.

use std::collections::{HashMap, HashSet};

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;

use super::body_node::{BodyNode, MarkdownRun};
use super::code_lines;
use super::definition_line::{ends_paragraph, link_definition, normalize_label, note_definition};
use super::reference::{NoteReference, link_labels, note_references};
use crate::source::saturating_u32;

/// Marks the place of a note in a run. A private character that was removed from the input.
const NOTE_MARK: char = '\u{F0103}';
/// Maximum length of a link definition that other runs can use, in bytes. It bounds the text that is
/// repeated in each run.
const MAX_LINK_DEFINITION_BYTES: usize = 2_048;

/// Definitions of one page, and the numbers of the notes referenced so far.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// Notes by normalized name.
    notes: HashMap<String, Note>,
    /// Names of the notes in order of definition.
    note_names: Vec<String>,
    /// Source text of link definitions by normalized label.
    links: HashMap<String, String>,
    /// Normalized names of the numbered notes. The first has number 1.
    numbered: Vec<String>,
    /// Remaining bytes of link definitions that may be repeated in runs.
    link_budget: usize,
    is_disabled: bool,
}

#[derive(Debug)]
struct Note {
    /// Markdown of the note without its name and indentation.
    text: String,
    number: Option<u32>,
}

/// A run that is ready to be rendered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PreparedRun {
    /// Markdown in which references name notes by number.
    pub(super) text: String,
    /// Definitions of the notes and links that the run uses, as Markdown.
    pub(super) definitions: String,
    /// Definitions of the links that the run uses, as Markdown.
    pub(super) links: String,
    /// Numbers of the notes that the run references, in order.
    pub(super) calls: Vec<u32>,
    /// References to notes that do not exist: line of the run, from 0, and name.
    pub(super) missing: Vec<(u32, String)>,
}

impl Definitions {
    /// Creates the definitions for a page of `size` bytes.
    pub(super) fn new(size: usize) -> Self {
        Self { link_budget: 64 * 1024 + 2 * size, ..Self::default() }
    }

    /// Keeps all definitions in place as text, for a page that is too large to be rendered as Markdown.
    pub(super) fn disable(&mut self) {
        self.is_disabled = true;
    }

    /// Collects the definitions of a tree and removes the notes from it. A note without a reference stays in
    /// place as text.
    pub(super) fn collect(&mut self, nodes: &mut [BodyNode], findings: &mut Vec<Finding>) {
        if self.is_disabled {
            return;
        }
        for_each_run(nodes, &mut |run| self.collect_from_run(run));
        if self.notes.is_empty() {
            return;
        }
        let mut referenced: HashSet<String> = HashSet::new();
        for_each_run(nodes, &mut |run| referenced.extend(names_in(&run.text)));
        for_each_argument_text(nodes, &mut |text| referenced.extend(names_in(text)));
        referenced.extend(self.notes.values().flat_map(|note| names_in(&note.text)));
        for_each_run(nodes, &mut |run| self.restore_unreferenced(run, &referenced, findings));
        self.notes.retain(|name, note| note.number.is_some() || referenced.contains(name));
    }

    fn collect_from_run(&mut self, run: &mut MarkdownRun) {
        if !run.text.contains("]:") {
            return;
        }
        let mut remaining = String::with_capacity(run.text.len());
        let mut note: Option<(String, Vec<&str>)> = None;
        let mut is_after_blank = true;
        let text = std::mem::take(&mut run.text);
        let mut lines = code_lines::lines(&text).peekable();
        while let Some((line, is_code)) = lines.next() {
            let is_blank = line.trim().is_empty();
            let definition = if is_code { None } else { note_definition(line) };
            let is_continued = definition.is_none()
                && (is_blank
                    || line.starts_with("    ")
                    || line.starts_with('\t')
                    || (!is_after_blank && !is_code && !ends_paragraph(line)));
            if let Some((name, text)) = definition.filter(|(name, _)| !self.notes.contains_key(name)) {
                self.push_note(note.take());
                remaining.extend([NOTE_MARK, NOTE_MARK]);
                remaining.insert_str(remaining.len() - NOTE_MARK.len_utf8(), &name);
                remaining.push('\n');
                // The name is taken at once, so that a second definition stays in place as text.
                self.notes.insert(name.clone(), Note { text: String::new(), number: None });
                note = Some((name, vec![text]));
            } else if is_continued && let Some((_, text)) = &mut note {
                text.push(line);
                remaining.push('\n');
            } else {
                self.push_note(note.take());
                if is_after_blank && !is_code {
                    self.collect_link(line, lines.peek().map(|(line, _)| *line));
                }
                remaining.push_str(line);
            }
            is_after_blank = is_blank || (is_after_blank && link_definition(line, None).is_some());
        }
        self.push_note(note);
        run.text = remaining;
    }

    fn push_note(&mut self, note: Option<(String, Vec<&str>)>) {
        let Some((name, lines)) = note else { return };
        let dedent = |line: &str| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            line.strip_prefix('\t').unwrap_or(&line[indent.min(4)..]).to_owned()
        };
        let text: String = lines.into_iter().map(dedent).collect();
        let text = text.trim().to_owned();
        self.notes.insert(name.clone(), Note { text, number: None });
        self.note_names.push(name);
    }

    fn collect_link(&mut self, line: &str, next: Option<&str>) {
        if let Some((label, source)) = link_definition(line, next)
            && source.len() <= MAX_LINK_DEFINITION_BYTES
        {
            self.links.entry(label).or_insert(source);
        }
    }

    fn restore_unreferenced(
        &self,
        run: &mut MarkdownRun,
        referenced: &HashSet<String>,
        findings: &mut Vec<Finding>,
    ) {
        if !run.text.contains(NOTE_MARK) {
            return;
        }
        let mut text = String::with_capacity(run.text.len());
        // Lines are counted once from one note to the next.
        let (mut counted, mut line) = (0, run.line);
        for (index, segment) in run.text.split(NOTE_MARK).enumerate() {
            if index % 2 == 0 {
                text.push_str(segment);
            } else if let Some(note) = self.notes.get(segment).filter(|_| !referenced.contains(segment)) {
                line += saturating_u32(text[counted..].matches('\n').count());
                counted = text.len();
                let kind = DiagnosticKind::UnusedNote { name: segment.to_owned() };
                findings.push(Finding::at(Position::line(line), kind));
                text.push_str(&note.text);
            }
        }
        run.text = text;
    }

    /// Numbers the notes that a run references and returns the run with its definitions.
    pub(super) fn prepare(&mut self, text: &str) -> PreparedRun {
        let mut run = PreparedRun::default();
        if self.is_disabled || !text.contains('[') {
            text.clone_into(&mut run.text);
            return run;
        }
        let mut offset = 0;
        let mut called = HashSet::new();
        // Lines are counted once from one missing note to the next.
        let (mut counted, mut line) = (0, 0);
        for NoteReference { range, name } in note_references(text) {
            let number = self.number(&name);
            if number.is_none() && name.contains(' ') {
                continue;
            }
            run.text.push_str(&text[offset..range.start]);
            match number {
                Some(number) => {
                    run.text.extend(["[^", &number.to_string(), "]"]);
                    if called.insert(number) {
                        run.definitions.extend(["\n\n[^", &number.to_string(), "]: -"]);
                        run.calls.push(number);
                    }
                }
                None => {
                    line += saturating_u32(text[counted..range.start].matches('\n').count());
                    counted = range.start;
                    run.missing.push((line, text[range.start + 2..range.end - 1].to_owned()));
                }
            }
            offset = range.end;
        }
        run.text.push_str(&text[offset..]);
        self.add_links(&mut run);
        run
    }

    fn add_links(&mut self, run: &mut PreparedRun) {
        if self.links.is_empty() {
            return;
        }
        let own: HashSet<String> =
            run.text.lines().filter_map(|line| Some(link_definition(line, Some("-"))?.0)).collect();
        let mut used = HashSet::new();
        for label in link_labels(&run.text) {
            if own.contains(&label) || !used.insert(label.clone()) {
                continue;
            }
            if let Some(source) = self.links.get(&label).filter(|source| source.len() <= self.link_budget) {
                self.link_budget -= source.len();
                run.links.push_str("\n\n");
                run.links.push_str(source);
                run.links.push('\n');
            }
        }
        run.definitions.push_str(&run.links);
    }

    /// Returns the number of a note. The first reference numbers it.
    fn number(&mut self, name: &str) -> Option<u32> {
        let note = self.notes.get_mut(name)?;
        if note.number.is_none() {
            self.numbered.push(name.to_owned());
            note.number = Some(saturating_u32(self.numbered.len()));
        }
        note.number
    }

    /// Returns the Markdown definitions of all notes in order of their numbers, and the definitions of the
    /// links in them. Empty if the page has no notes.
    pub(super) fn list(&mut self) -> (Vec<String>, String) {
        let mut texts = Vec::new();
        let mut links = String::new();
        // A note that has a number keeps it, so the search goes on where it ended.
        let mut searched = 0;
        loop {
            while let Some(name) = self.numbered.get(texts.len()).cloned() {
                let text = self.notes.get(&name).map(|note| note.text.clone()).unwrap_or_default();
                let prepared = self.prepare(&text);
                links.push_str(&prepared.links);
                texts.push(prepared.text.replace('\n', "\n    "));
            }
            // A note whose only reference is in code has no number yet. Its text must not get lost.
            let is_unnumbered =
                |name: &String| self.notes.get(name).is_some_and(|note| note.number.is_none());
            let found = self.note_names.iter().skip(searched).position(is_unnumbered);
            let Some(found) = found else { return (texts, links) };
            searched += found;
            if let Some(name) = self.note_names.get(searched).cloned() {
                self.number(&name);
            }
        }
    }
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

/// Visits the JSON text of the arguments that contain a reference.
fn for_each_argument_text(nodes: &[BodyNode], apply: &mut impl FnMut(&str)) {
    for node in nodes {
        match node {
            BodyNode::Markdown(_) => {}
            BodyNode::Callout { children, .. } => for_each_argument_text(children, apply),
            BodyNode::Shortcode(shortcode) => {
                if shortcode.args.contains_key("blocks") {
                    // Writing JSON to a string cannot fail.
                    apply(&serde_json::to_string(&shortcode.args).unwrap_or_default());
                }
                for_each_argument_text(&shortcode.children, apply);
            }
        }
    }
}

/// Returns the normalized names that a text references, also those in code.
fn names_in(text: &str) -> Vec<String> {
    let rest = text.split("[^").skip(1);
    rest.filter_map(|rest| rest.split_once(']')).map(|(name, _)| normalize_label(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(texts: &[&str]) -> (Vec<String>, Vec<String>, Vec<&'static str>) {
        let run = |text: &&str| {
            BodyNode::Markdown(MarkdownRun { text: (*text).to_owned(), ..MarkdownRun::default() })
        };
        let mut nodes: Vec<BodyNode> = texts.iter().map(run).collect();
        let mut definitions = Definitions::new(1_000);
        let mut findings = Vec::new();
        definitions.collect(&mut nodes, &mut findings);
        let mut runs = Vec::new();
        for_each_run(&mut nodes, &mut |run| {
            let prepared = definitions.prepare(&run.text);
            runs.push(format!("{}{}", prepared.text.trim(), prepared.definitions));
        });
        let codes = findings.iter().map(|finding| finding.kind.row().code).collect();
        (runs, definitions.list().0, codes)
    }

    #[test]
    fn notes_have_one_numbering_and_one_list() {
        let (runs, notes, _) =
            prepared(&["a[^b] c[^A]", "d[^a]\n\n[^a]: e\n    f\n\n    g\n[^B]: h[^x]\n\ni", "[^x]: j"]);
        assert_eq!(runs[0], "a[^1] c[^2]\n\n[^1]: -\n\n[^2]: -");
        assert_eq!(runs[1], "d[^2]\n\n\n\n\n\n\n\ni\n\n[^2]: -");
        assert_eq!(notes, ["h[^3]", "e\n    f\n    \n    g", "j"]);
    }

    #[test]
    fn a_note_ends_before_the_next_block() {
        let (runs, notes, _) = prepared(&["a[^1]\n\n[^1]: b\nc\n# d\n- e"]);
        assert_eq!((runs[0].as_str(), notes[0].as_str()), ("a[^1]\n\n\n\n# d\n- e\n\n[^1]: -", "b\n    c"));
    }

    #[test]
    fn notes_without_a_reference_stay_in_place() {
        assert_eq!(prepared(&["a\n\n[^x]: b"]), (vec!["a\n\nb".to_owned()], vec![], vec!["NOTE_UNUSED"]));
        assert_eq!(prepared(&["```\n[^x]: b\n```"]).0, ["```\n[^x]: b\n```"]);
    }

    #[test]
    fn link_definitions_are_known_to_every_run() {
        let (runs, ..) = prepared(&["[a][S]", "b", "[s]: /c \"d\"\n\n[s] [t]:"]);
        assert_eq!(runs[0], "[a][S]\n\n[s]: /c \"d\"\n");
        assert_eq!(runs[2], "[s]: /c \"d\"\n\n[s] [t]:");
    }

    #[test]
    fn references_in_code_are_text() {
        let (runs, ..) = prepared(&["`[^a]` \\[^a] [^a]\n\n[^a]: b"]);
        assert_eq!(runs[0], "`[^a]` \\[^a] [^1]\n\n\n\n[^1]: -".replace("\n\n\n\n", "\n\n"));
    }
}
