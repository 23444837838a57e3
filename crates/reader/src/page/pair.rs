//! Which mark ends which.

use std::collections::HashMap;

use memchr::memchr_iter;
use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::position::Position;
use passerelle_text::fold::nearest;

use super::token::{Dialect, Tag, TagRole, blank_lines};
use super::vocabulary;

/// What becomes of a mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// For an opening mark: where what it opens ends.
    pub(super) end: Option<End>,
    /// Whether it cuts the text in two; else it is part of a sentence.
    pub(super) is_block: bool,
}

/// Where something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At the mark of this index.
    At(usize),
    /// Its end was forgotten: before the mark of this index, or at the end of the body where there is none such.
    Before(usize),
}

/// Pairs the marks of a body. Faults are told; none loses a word.
pub(super) fn pair(
    body: &str,
    tags: &[Tag<'_>],
    place: &dyn Fn(usize) -> Position,
    findings: &mut Vec<Finding>,
) -> Vec<Pairing> {
    let mut pairer = Pairer {
        body,
        tags,
        lines: lines(body),
        blank_lines: blank_lines(body),
        lines_of_marks: lines_of_marks(body, tags),
        pairings: vec![Pairing::default(); tags.len()],
        open: Vec::new(),
        by_name: HashMap::new(),
        crossed: HashMap::new(),
        faults: Vec::new(),
    };
    pairer.walk();
    findings.extend(
        pairer.faults.into_iter().map(|(tag, fault)| Finding::at(place(tags[tag].range.start), fault)),
    );
    pairer.pairings
}

/// A mark that is open.
struct Open {
    tag: usize,
    /// Whether something inside it cuts the text in two, and with it what holds it.
    holds_block: bool,
}

struct Pairer<'a, 'b> {
    body: &'a str,
    tags: &'b [Tag<'a>],
    /// The starts of the lines, in order.
    lines: Vec<usize>,
    blank_lines: Vec<usize>,
    /// The starts of the lines that hold marks and nothing else, in order.
    lines_of_marks: Vec<usize>,
    pairings: Vec<Pairing>,
    open: Vec<Open>,
    /// Where in `open` the marks of a name stand. Places that `open` has lost since, or given to others, are passed over.
    by_name: HashMap<(Option<Dialect>, &'a str), Vec<usize>>,
    /// Marks that were ended from outside, by name: the end that comes later crosses.
    crossed: HashMap<&'a str, Vec<usize>>,
    faults: Vec<(usize, Fault)>,
}

impl<'a> Pairer<'a, '_> {
    fn walk(&mut self) {
        for index in 0..self.tags.len() {
            let tag = &self.tags[index];
            match (tag.dialect, tag.role) {
                (Dialect::Comment, _) => self.pairings[index].is_block = tag.is_alone,
                (_, TagRole::Open) => self.open(index),
                (_, TagRole::End) => self.end(index),
            }
        }
        self.close_above(0, self.tags.len());
        let crossed = std::mem::take(&mut self.crossed);
        let mut unclosed: Vec<usize> = crossed.into_values().flatten().collect();
        unclosed.sort_unstable();
        for index in unclosed {
            let tag = &self.tags[index];
            self.faults.push((index, Fault::UnclosedShortcode { mark: opening(tag), end: ending(tag) }));
        }
        self.faults.sort_by_key(|(index, _)| *index);
    }

    fn keys(tag: &Tag<'a>) -> [Option<(Option<Dialect>, &'a str)>; 2] {
        match tag.dialect {
            // A container is ended by as many colons, or by any.
            Dialect::Container(_) => [Some((Some(tag.dialect), "")), Some((None, ":::"))],
            Dialect::Shortcode | Dialect::Comment => [Some((Some(Dialect::Shortcode), tag.name)), None],
        }
    }

    fn open(&mut self, index: usize) {
        let tag = &self.tags[index];
        if tag.dialect == Dialect::Shortcode
            && vocabulary::is_item(tag.name)
            && let Some(above) = self.open.last()
            && self.tags[above.tag].name == tag.name
        {
            // Items do not nest: the end of the one before was forgotten.
            self.close_above(self.open.len() - 1, index);
        }
        for key in Self::keys(tag).into_iter().flatten() {
            self.by_name.entry(key).or_default().push(self.open.len());
        }
        self.open.push(Open { tag: index, holds_block: false });
    }

    fn end(&mut self, index: usize) {
        let tag = &self.tags[index];
        let depth = Self::keys(tag).into_iter().flatten().find_map(|key| self.depth_of(key));
        let Some(depth) = depth else {
            self.stray(index);
            return;
        };
        self.close_above(depth + 1, index);
        let Some(open) = self.open.pop() else { return };
        let is_block = self.is_block_pair(&open, index);
        self.pairings[open.tag] = Pairing { end: Some(End::At(index)), is_block };
        self.pairings[index].is_block = is_block;
        self.tell_parent(is_block);
    }

    /// How deep the innermost open mark of a name stands.
    fn depth_of(&mut self, key: (Option<Dialect>, &'a str)) -> Option<usize> {
        let places = self.by_name.get_mut(&key)?;
        while let Some(depth) = places.pop() {
            let tag = self.open.get(depth).map(|open| &self.tags[open.tag]);
            if tag.is_some_and(|tag| Self::keys(tag).contains(&Some(key))) {
                return Some(depth);
            }
        }
        None
    }

    /// Ends what is open above a depth, before the mark of an index.
    fn close_above(&mut self, depth: usize, before: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { return };
            let tag = &self.tags[open.tag];
            let is_container = matches!(tag.dialect, Dialect::Container(_));
            let must_end = is_container || vocabulary::is_paired(tag.name);
            // At the end of the body only what holds items or paragraphs by its nature reaches to the end.
            let reaches = must_end
                && !vocabulary::is_inline(tag.name)
                && (before < self.tags.len() || is_container || vocabulary::is_item(tag.name));
            let is_block = if reaches { true } else { self.is_block_alone(open.tag) };
            self.pairings[open.tag] = Pairing { end: reaches.then_some(End::Before(before)), is_block };
            if must_end {
                self.crossed.entry(tag.name).or_default().push(open.tag);
            }
            self.tell_parent(is_block || open.holds_block);
        }
    }

    fn tell_parent(&mut self, is_block: bool) {
        if is_block && let Some(parent) = self.open.last_mut() {
            parent.holds_block = true;
        }
    }

    fn stray(&mut self, index: usize) {
        let tag = &self.tags[index];
        self.pairings[index].is_block = tag.is_alone;
        let crossed = self.crossed.get_mut(tag.name).and_then(Vec::pop);
        let end = ending(tag);
        let fault = if crossed.is_some() {
            Fault::CrossedShortcode { end }
        } else {
            let open = self.open.iter().rev().take(8).map(|open| self.tags[open.tag].name);
            let nearest = nearest(tag.name, open).map(|name| format!("{{% end{name} %}}"));
            Fault::StrayEnd { end, nearest: nearest.filter(|_| tag.dialect == Dialect::Shortcode) }
        };
        self.faults.push((index, fault));
    }

    fn is_block_pair(&self, open: &Open, end: usize) -> bool {
        let (first, last) = (&self.tags[open.tag], &self.tags[end]);
        if matches!(first.dialect, Dialect::Container(_)) || open.holds_block {
            return true;
        }
        let inside = first.range.end..last.range.start;
        let blank = self.blank_lines.partition_point(|blank| *blank <= inside.start);
        let has_paragraphs = self.blank_lines.get(blank).is_some_and(|blank| *blank < inside.end);
        if has_paragraphs {
            return true;
        }
        if vocabulary::is_inline(first.name) {
            first.is_alone_before(self.body)
                && last.is_alone_after(self.body)
                && self.is_apart(first.range.start, last.range.end)
        } else {
            first.is_alone || last.is_alone
        }
    }

    fn is_block_alone(&self, index: usize) -> bool {
        let tag = &self.tags[index];
        tag.is_alone && (!vocabulary::is_inline(tag.name) || self.is_apart(tag.range.start, tag.range.end))
    }

    /// Whether no text stands on the lines before and after.
    fn is_apart(&self, start: usize, end: usize) -> bool {
        let line_of = |offset: usize| self.lines.partition_point(|line| *line <= offset);
        let before = line_of(start).checked_sub(2).and_then(|line| self.lines.get(line));
        let after = self.lines.get(line_of(end.saturating_sub(1)));
        let is_empty = |line: &usize| {
            self.blank_lines.binary_search(line).is_ok() || self.lines_of_marks.binary_search(line).is_ok()
        };
        before.is_none_or(is_empty) && after.is_none_or(is_empty)
    }
}

impl Tag<'_> {
    fn is_alone_before(&self, body: &str) -> bool {
        let before = body[..self.range.start].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n') || self.is_alone
    }

    fn is_alone_after(&self, body: &str) -> bool {
        let after = body[self.range.end..].trim_start_matches([' ', '\t', '\r']);
        after.is_empty() || after.starts_with('\n') || self.is_alone
    }
}

/// The mark that opens what a mark opens or ends, without its arguments.
fn opening(tag: &Tag<'_>) -> String {
    match tag.dialect {
        Dialect::Container(colons) => format!("{} {}", ":".repeat(colons.min(12)), tag.name),
        Dialect::Shortcode | Dialect::Comment => format!("{{% {} %}}", tag.name),
    }
}

fn ending(tag: &Tag<'_>) -> String {
    match tag.dialect {
        Dialect::Container(colons) => ":".repeat(colons.min(12)),
        Dialect::Shortcode | Dialect::Comment => format!("{{% end{} %}}", tag.name),
    }
}

fn lines(body: &str) -> Vec<usize> {
    let mut lines = vec![0];
    lines.extend(memchr_iter(b'\n', body.as_bytes()).map(|at| at + 1).filter(|start| *start < body.len()));
    lines
}

fn lines_of_marks(body: &str, tags: &[Tag<'_>]) -> Vec<usize> {
    let mut lines = Vec::new();
    let (mut line, mut offset) = (0, 0);
    for tag in tags.iter().filter(|tag| tag.is_alone) {
        if tag.range.start < offset {
            continue;
        }
        if let Some(at) = body[offset..tag.range.start].rfind('\n') {
            line = offset + at + 1;
        }
        offset = tag.range.end;
        if lines.last() != Some(&line) {
            lines.push(line);
        }
        // A mark of several lines ends on one of marks too.
        if let Some(at) = body[tag.range.clone()].rfind('\n') {
            line = tag.range.start + at + 1;
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::token::tags;

    /// Each opening mark with its end, `b` for a block; and the faults.
    fn paired(body: &str) -> (String, Vec<&'static str>) {
        let found = tags(body);
        let mut findings = Vec::new();
        let pairings = pair(body, &found.tags, &|_| Position::line(1), &mut findings);
        let sketch = found.tags.iter().zip(&pairings).filter(|(tag, _)| tag.role == TagRole::Open).map(
            |(tag, pairing)| {
                let end = match pairing.end {
                    Some(End::At(index)) => index.to_string(),
                    Some(End::Before(index)) => format!("<{index}"),
                    None => String::new(),
                };
                format!("{}{end}{}", tag.name, if pairing.is_block { "b" } else { "" })
            },
        );
        (sketch.collect::<Vec<_>>().join(" "), findings.iter().map(|finding| finding.fault.code()).collect())
    }

    #[test]
    fn a_pair_in_a_sentence_is_no_block() {
        assert_eq!(paired("Voir {% link %}ici{% endlink %}.").0, "link1");
        assert_eq!(paired("{% link %}ici{% endlink %}\n").0, "link1b");
        assert_eq!(paired("Un\n{% link %}ici{% endlink %}\ndeux\n").0, "link1");
        assert_eq!(paired("a {% link %}b\n\nc{% endlink %} d").0, "link1b");
        assert_eq!(paired("a {% tip %}b{% endtip %} d").0, "tip1");
        assert_eq!(paired("{% wrapper %}\na{% endwrapper %}").0, "wrapper1b");
    }

    #[test]
    fn what_holds_a_block_is_one() {
        assert_eq!(paired("{% link %}{% image %}{% endlink %}\n").0, "link2b imageb");
        assert_eq!(paired("a {% link %}{% image %}{% endlink %}\n").0, "link2 image");
    }

    #[test]
    fn ends_that_were_forgotten_are_found_nearby() {
        assert_eq!(
            paired("{% grid %}\n{% gridItem %}\na\n{% gridItem %}\nb\n{% endgrid %}\n"),
            ("grid3b gridItem<2b gridItem<3b".to_owned(), vec!["SHORTCODE_UNCLOSED", "SHORTCODE_UNCLOSED"])
        );
        assert_eq!(paired("{% wrapper %}\na\n"), ("wrapperb".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
        assert_eq!(paired("a {% link %}b\n"), ("link".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
    }

    #[test]
    fn a_crossing_is_told_once() {
        assert_eq!(
            paired("{% wrapper %}\na\n{% grid %}\nb\n{% endwrapper %}\nc\n{% endgrid %}\n"),
            ("wrapper2b grid<2b".to_owned(), vec!["SHORTCODE_CROSSED"])
        );
        assert_eq!(paired("a {% endgrid %}\n").1, ["SHORTCODE_END_STRAY"]);
    }

    #[test]
    fn containers_are_ended_by_their_colons_else_by_any() {
        assert_eq!(paired(":::: a\n::: b\nx\n:::\n::::\n").0, "a3b b2b");
        assert_eq!(paired("::: a\n::: b\nx\n:::\n:::\n").0, "a3b b2b");
        assert_eq!(paired("::: a\nx\n::::\n").0, "a1b");
        assert_eq!(paired("::: a\nx\n"), ("a<1b".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
        assert_eq!(paired("x\n:::\n").1, ["SHORTCODE_END_STRAY"]);
    }
}
