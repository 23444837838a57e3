//! Tags in pairs, and the Markdown between them.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::inline;
use super::token::{Tag, TagRole, tags};
use super::{arguments, boxes};
use crate::diagnostic::{Fault, Finding};
use crate::markdown::Marker;
use crate::source::{Position, Source, saturate};

/// Shortcodes and boxes nested deeper are read flat: no person nests so deep.
pub(super) const MAX_NESTING: usize = 32;

/// Shortcodes that mean nothing without their end, in this dialect.
const PAIRED: [&str; 6] = ["grid", "gridItem", "link", "twoColumns", "twoColumnsItem", "wrapper"];

/// A part of a body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Markdown with its markers.
    Markdown(Run),
    /// A shortcode that stands on lines of its own.
    Shortcode(Shortcode),
    /// Text between two box marks.
    Callout {
        /// The word between the underscores.
        label: String,
        /// What is in the box.
        children: Vec<Part>,
    },
}

/// A run of Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    /// The Markdown, one private character for each marker.
    pub(super) text: String,
    /// What stands for those characters.
    pub(super) markers: Arc<Vec<Marker>>,
    /// The line on which it begins, from 1.
    pub(super) line: u32,
}

/// A shortcode with what is inside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shortcode {
    /// Its name.
    pub(super) name: String,
    /// What it was given.
    pub(super) args: Map<String, Value>,
    /// What the editor wrote, from its tag to its end.
    pub(super) raw: String,
    /// Where it stands.
    pub(super) position: Position,
    /// What is inside it.
    pub(super) children: Vec<Part>,
}

/// Reads a body into its parts. `first_line` is the line of the document on which the body begins.
pub(super) fn read(body: &str, first_line: u32, findings: &mut Vec<Finding>) -> Vec<Part> {
    let found = tags(body);
    let source = Source::new(body);
    let place = |offset| {
        let position = source.position(offset);
        Position { line: position.line + first_line.saturating_sub(1), column: position.column }
    };
    findings.extend(found.broken.iter().map(|at| Finding::at(place(*at), Fault::BrokenShortcode)));
    let ends = pair(&found.tags, &place, findings);
    let mut starts = vec![None; ends.len()];
    for (start, end) in ends.iter().enumerate() {
        if let Some(end) = end {
            starts[*end] = Some(start);
        }
    }
    let tags = found.tags.as_slice();
    let mut builder = Builder { body, tags, ends: &ends, starts: &starts, place: &place, findings };
    let parts = builder.parts(0, found.tags.len(), 0..body.len(), 0);
    boxes::find(parts, findings)
}

/// For each opening tag the index of its end, if it has one.
fn pair(
    tags: &[Tag<'_>],
    place: &dyn Fn(usize) -> Position,
    findings: &mut Vec<Finding>,
) -> Vec<Option<usize>> {
    let mut ends = vec![None; tags.len()];
    let mut open: Vec<usize> = Vec::new();
    // Where in `open` the tags of a name stand. Places that `open` has lost since, or given to others, are passed over.
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, tag) in tags.iter().enumerate() {
        let places = by_name.entry(tag.name).or_default();
        if tag.role == TagRole::Open {
            places.push(open.len());
            open.push(index);
            continue;
        }
        let is_open = |depth: &usize| open.get(*depth).is_some_and(|index| tags[*index].name == tag.name);
        let depth = std::iter::from_fn(|| places.pop()).find(is_open);
        match depth {
            Some(depth) => {
                ends[open[depth]] = Some(index);
                open.truncate(depth);
            }
            None => {
                let fault = Fault::StrayEnd { name: tag.name.to_owned() };
                findings.push(Finding::at(place(tag.range.start), fault));
            }
        }
    }
    for (tag, end) in tags.iter().zip(&ends) {
        if tag.role == TagRole::Open && end.is_none() && PAIRED.contains(&tag.name) {
            let fault = Fault::UnclosedShortcode { name: tag.name.to_owned() };
            findings.push(Finding::at(place(tag.range.start), fault));
        }
    }
    ends
}

struct Builder<'a, 'b> {
    body: &'a str,
    tags: &'b [Tag<'a>],
    ends: &'b [Option<usize>],
    starts: &'b [Option<usize>],
    place: &'b dyn Fn(usize) -> Position,
    findings: &'b mut Vec<Finding>,
}

impl Builder<'_, '_> {
    /// The parts of a stretch of the body, whose tags are those from `first` to before `last`.
    fn parts(&mut self, first: usize, last: usize, range: std::ops::Range<usize>, depth: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut run = self.run_at(range.start);
        let mut offset = range.start;
        let mut index = first;
        while index < last {
            let tag = &self.tags[index];
            run.text.push_str(&Marker::strip(&self.body[offset..tag.range.start]));
            offset = tag.range.end;
            let end = self.ends[index].filter(|end| self.tags[*end].is_block);
            if !tag.is_block {
                self.inline(index, &mut run);
                index += 1;
                if let Some(end) =
                    self.ends[index - 1].filter(|end| *end < last && inline::is_silent(tag.name))
                {
                    // What it says is not for readers: on to its end.
                    offset = self.tags[end].range.end;
                    index = end + 1;
                }
                continue;
            }
            index += 1;
            if tag.role == TagRole::End {
                continue;
            }
            if depth >= MAX_NESTING {
                let fault = Fault::TooDeep { limit: MAX_NESTING };
                self.findings.push(Finding::at((self.place)(tag.range.start), fault));
                continue;
            }
            let args = self.arguments(tag);
            let mut raw_end = tag.range.end;
            let mut children = Vec::new();
            if let Some(end) = end {
                let inside = tag.range.end..self.tags[end].range.start;
                children = self.parts(index, end, inside, depth + 1);
                raw_end = self.tags[end].range.end;
                index = end + 1;
            }
            let raw = self.body[tag.range.start..raw_end].to_owned();
            let position = (self.place)(tag.range.start);
            push_run(&mut parts, run);
            parts.push(Part::Shortcode(Shortcode {
                name: tag.name.to_owned(),
                args,
                raw,
                position,
                children,
            }));
            offset = raw_end;
            run = self.run_at(offset);
        }
        run.text.push_str(&Marker::strip(&self.body[offset..range.end]));
        push_run(&mut parts, run);
        parts
    }

    fn run_at(&self, offset: usize) -> Run {
        Run { line: (self.place)(offset).line, ..Run::default() }
    }

    fn arguments(&mut self, tag: &Tag<'_>) -> Map<String, Value> {
        let (args, whole) = arguments::read(tag.arguments);
        if !whole {
            let fault = Fault::BrokenArguments { name: tag.name.to_owned() };
            self.findings.push(Finding::at((self.place)(tag.range.start), fault));
        }
        args
    }

    /// A tag inside a sentence becomes a marker.
    fn inline(&mut self, index: usize, run: &mut Run) {
        let tag = &self.tags[index];
        let raw = self.body[tag.range.clone()].to_owned();
        let marker = match tag.role {
            TagRole::Open => {
                let args = self.arguments(tag);
                let body = self.ends[index].map(|end| &self.body[tag.range.end..self.tags[end].range.start]);
                inline::open(tag.name, &args, body, raw)
            }
            TagRole::End => {
                let start = self.starts[index];
                let body = start.map(|start| &self.body[self.tags[start].range.end..tag.range.start]);
                let args =
                    start.map(|start| arguments::read(self.tags[start].arguments).0).unwrap_or_default();
                inline::end(tag.name, &args, body, raw)
            }
        };
        if let Some(character) = Marker::character(run.markers.len()) {
            run.text.push(character);
            Arc::make_mut(&mut run.markers).push(marker);
        }
    }
}

fn push_run(parts: &mut Vec<Part>, mut run: Run) {
    let text = run.text.trim_start_matches('\n');
    run.line += saturate(run.text.len() - text.len());
    if !text.trim().is_empty() {
        parts.push(Part::Markdown(Run { text: text.to_owned(), ..run }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(parts: &[Part]) -> String {
        let part = |part: &Part| match part {
            Part::Markdown(run) => format!("{:?}", run.text.trim()),
            Part::Shortcode(code) => format!("{}({})", code.name, sketch(&code.children)),
            Part::Callout { label, children } => format!("[{label}: {}]", sketch(children)),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(" ")
    }

    fn read_all(body: &str) -> (String, Vec<&'static str>) {
        let mut findings = Vec::new();
        let parts = read(body, 1, &mut findings);
        (sketch(&parts), findings.iter().map(|finding| finding.fault.code()).collect())
    }

    #[test]
    fn pairs_nest_across_markdown() {
        let (tree, faults) =
            read_all("{% grid %}\n{% gridItem %}\n## A\n{% endgridItem %}\nb\n{% endgrid %}\nc\n");
        assert_eq!(tree, "grid(gridItem(\"## A\") \"b\") \"c\"");
        assert_eq!(faults, Vec::<&str>::new());
    }

    #[test]
    fn a_tag_without_end_is_alone() {
        assert_eq!(read_all("{% image src=\"a\" %}\nb\n").0, "image() \"b\"");
    }

    #[test]
    fn crossed_and_stray_ends_are_told_and_lose_nothing() {
        let (tree, faults) =
            read_all("{% wrapper %}\na\n{% grid %}\nb\n{% endwrapper %}\nc\n{% endgrid %}\n");
        assert_eq!(tree, "wrapper(\"a\" grid() \"b\") \"c\"");
        assert_eq!(faults, ["SHORTCODE_END_STRAY", "SHORTCODE_UNCLOSED"]);
    }

    #[test]
    fn depth_is_bounded() {
        let body = format!("{}a\n{}", "{% grid %}\n".repeat(2_000), "{% endgrid %}\n".repeat(2_000));
        let (tree, faults) = read_all(&body);
        assert_eq!(tree.matches("grid(").count(), MAX_NESTING);
        assert!(!faults.is_empty() && faults.iter().all(|fault| *fault == "NESTING_TOO_DEEP"));
    }
}
