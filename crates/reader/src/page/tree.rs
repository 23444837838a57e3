//! A body as a tree: shortcodes and containers, boxes, and the Markdown between them.

use std::ops::Range;

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::position::Position;
use passerelle_model::slot::Slot;
use serde_json::{Map, Value};

use super::link::{LinkArguments, Place, default_label, image_of};
use super::pair::{End, Pairing, pair};
use super::part::{Part, Run, Shortcode};
use super::token::{Dialect, Tag, TagRole, tags};
use super::vocabulary::{self, Role};
use super::{arguments, boxes};
use crate::markdown::{attributes, bounds};
use crate::source::Source;

/// Shortcodes and boxes nested deeper are read flat: no person nests so deep.
pub(super) const MAX_NESTING: usize = 32;

/// A body with more marks than this is read without any of them: no person writes so many.
const MAX_MARKS: usize = 32 * 1024;

/// How a body is read.
pub(super) struct Reader<'a> {
    /// The language and folder of its page.
    pub(super) place: Place<'a>,
    /// What was found on the way.
    pub(super) findings: Vec<Finding>,
    /// How many bytes of what editors wrote may still be kept beside what it became.
    pub(super) raw_budget: usize,
}

impl Reader<'_> {
    /// Reads a body into its parts. `first_line` is the line of the document on which the body begins; `depth` how many
    /// shortcodes it stands in.
    pub(super) fn read(&mut self, body: &str, first_line: u32, depth: usize) -> Vec<Part> {
        let found = tags(body);
        if found.tags.len() > MAX_MARKS || bounds::has_many_lines(body) {
            self.findings.push(Finding::at(Position::line(first_line), Fault::TooMuchMarkup));
            return vec![Part::Markdown(words_of(body, &found.tags, first_line))];
        }
        let source = Source::new(body);
        let place = |offset| {
            let position = source.position(offset);
            Position { line: position.line + first_line.saturating_sub(1), column: position.column }
        };
        self.findings.extend(found.broken.iter().map(|at| Finding::at(place(*at), Fault::BrokenShortcode)));
        let pairings = pair(body, &found.tags, &place, &mut self.findings);
        let mut builder =
            Builder { body, tags: &found.tags, pairings: &pairings, place: &place, reader: self };
        let parts = builder.parts(0..found.tags.len(), 0..body.len(), depth, 0);
        boxes::find(parts, &mut self.findings)
    }
}

struct Builder<'a, 'b, 'r, 'p> {
    body: &'a str,
    tags: &'b [Tag<'a>],
    pairings: &'b [Pairing],
    place: &'b dyn Fn(usize) -> Position,
    reader: &'r mut Reader<'p>,
}

/// Where the reading of a shortcode goes on after it.
struct Extent {
    /// What is inside it.
    inside: Range<usize>,
    /// The marks inside it.
    tags: Range<usize>,
    /// The offset behind it.
    after: usize,
    /// The mark behind it.
    next: usize,
}

impl Builder<'_, '_, '_, '_> {
    /// The parts of a stretch of the body. `indent` is how far the mark is indented that it stands in.
    fn parts(&mut self, tags: Range<usize>, range: Range<usize>, depth: usize, indent: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut run = self.run_at(range.start);
        let mut offset = range.start;
        let mut index = tags.start;
        while index < tags.end {
            let tag = &self.tags[index];
            if tag.range.start < offset {
                index += 1;
                continue;
            }
            run.text.push_str(&self.body[offset..tag.range.start]);
            offset = tag.range.end;
            let extent = self.extent(index, &tags, &range);
            let role = role_of(tag);
            if tag.role == TagRole::End || tag.dialect == Dialect::Comment {
                index += 1;
                if self.pairings[index - 1].is_block && tag.is_alone {
                    self.cut(&mut parts, &mut run, offset, indent);
                }
                continue;
            }
            if role == Role::Silent && self.pairings[index].end.is_some() {
                let is_block = self.pairings[index].is_block;
                (offset, index) = (extent.after, extent.next);
                if is_block {
                    self.cut(&mut parts, &mut run, offset, indent);
                }
                continue;
            }
            if !self.pairings[index].is_block {
                (offset, index) = self.inline(index, &extent, &mut run);
                continue;
            }
            if role == Role::Silent || (depth >= MAX_NESTING && role != Role::Image) {
                if role != Role::Silent {
                    let fault = Fault::TooDeep { limit: MAX_NESTING };
                    self.find(tag.range.start, fault);
                }
                index += 1;
                self.cut(&mut parts, &mut run, offset, indent);
                continue;
            }
            self.cut(&mut parts, &mut run, extent.after, indent);
            parts.push(self.block(index, role, &extent, depth));
            offset = extent.after;
            index = extent.next;
        }
        run.text.push_str(&self.body[offset.min(range.end)..range.end]);
        self.cut(&mut parts, &mut run, range.end, indent);
        parts
    }

    /// How far what the mark of an index opens reaches, at most to the end of what it stands in.
    fn extent(&self, index: usize, tags: &Range<usize>, range: &Range<usize>) -> Extent {
        let start = self.tags[index].range.end;
        let (inside_end, after, end, next) = match self.pairings[index].end {
            None => (start, start, index + 1, index + 1),
            Some(End::At(end)) => (self.tags[end].range.start, self.tags[end].range.end, end, end + 1),
            Some(End::Before(end)) => {
                let before = self.tags.get(end).map_or(self.body.len(), |tag| tag.range.start);
                (before, before, end, end)
            }
        };
        let bound = |offset: usize| offset.min(range.end).max(start);
        Extent {
            inside: start..bound(inside_end),
            tags: index + 1..end.min(tags.end).max(index + 1),
            after: bound(after),
            next: next.min(tags.end).max(index + 1),
        }
    }

    fn block(&mut self, index: usize, role: Role, extent: &Extent, depth: usize) -> Part {
        let tag = &self.tags[index];
        let position = (self.place)(tag.range.start);
        let mut args = self.arguments(tag);
        let indent = indentation(self.body, tag.range.start);
        let mut children = if extent.inside.is_empty() {
            Vec::new()
        } else {
            self.parts(extent.tags.clone(), extent.inside.clone(), depth + 1, indent)
        };
        let is_container = matches!(tag.dialect, Dialect::Container(_));
        let title =
            if is_container || role == Role::Callout { arguments::text(&args, "title") } else { None };
        if let Some(title) = &title {
            // What stands behind a container's name, and the title of a box, are said to readers.
            args.remove("title");
            let title = if role == Role::Callout { format!("**{title}**") } else { title.clone() };
            children.insert(0, Part::Markdown(Run { text: title, line: position.line, ..Run::default() }));
        }
        if role == Role::Callout {
            let label = title.or_else(|| ["label", "0"].iter().find_map(|key| arguments::text(&args, key)));
            return Part::Callout { label: label.unwrap_or_else(|| tag.name.to_owned()), children };
        }
        let whole = &self.body[tag.range.start..extent.after];
        let raw = if whole.len() <= self.reader.raw_budget { whole } else { &self.body[tag.range.clone()] };
        self.reader.raw_budget = self.reader.raw_budget.saturating_sub(raw.len());
        let raw = raw.trim_end().to_owned();
        Part::Shortcode(Shortcode { name: tag.name.to_owned(), role, args, raw, position, children })
    }

    /// A mark inside a sentence: slots take its place. Returns where to go on.
    fn inline(&mut self, index: usize, extent: &Extent, run: &mut Run) -> (usize, usize) {
        let tag = &self.tags[index];
        let position = (self.place)(tag.range.start);
        let role = role_of(tag);
        let stay = (tag.range.end, index + 1);
        let args = self.arguments(tag);
        let inside = &self.body[extent.inside.clone()];
        match role {
            Role::Silent => {
                // A line that it had for itself goes with it: an empty one would end the paragraph.
                let is_line = tag.is_alone && self.body[tag.range.end..].starts_with('\n');
                (tag.range.end + usize::from(is_line), index + 1)
            }
            Role::Link => {
                if self.pairings[index].end.is_none() {
                    return stay;
                }
                let link = LinkArguments::read(&args, self.reader.place);
                let Some(opening) = link.opening() else {
                    self.find(tag.range.start, Fault::LinkWithoutTarget);
                    return stay;
                };
                run.text.push_str(&Slot::Open(opening.clone()).encode());
                let before = run.text.len();
                self.sentence(extent.tags.clone(), extent.inside.clone(), run);
                if run.text[before..].trim().is_empty() {
                    run.text.truncate(before);
                    run.text.push_str(&default_label(&opening.destination));
                }
                run.text.push_str(&Slot::Close.encode());
                (extent.after, extent.next)
            }
            Role::Image => {
                let raw = self.body[tag.range.clone()].to_owned();
                if let Some(image) = image_of(&args, self.reader.place) {
                    run.text.push_str(&Slot::Image(Box::new(image)).encode());
                }
                let name = tag.name.to_owned();
                run.inline.push(Shortcode { name, role, args, raw, position, children: Vec::new() });
                stay
            }
            Role::Collection | Role::Callout | Role::Layout | Role::Other => {
                // What stands in it is read as part of the sentence; where that is more than words, it is there only.
                if extent.tags.is_empty() {
                    let raw = self.body[tag.range.start..extent.after].to_owned();
                    let name = tag.name.to_owned();
                    let text = inside.trim().to_owned();
                    let words = Part::Markdown(Run { text, line: position.line, ..Run::default() });
                    let children = if inside.trim().is_empty() { Vec::new() } else { vec![words] };
                    run.inline.push(Shortcode { name, role, args, raw, position, children });
                }
                stay
            }
        }
    }

    /// The words and marks inside a link.
    fn sentence(&mut self, tags: Range<usize>, range: Range<usize>, run: &mut Run) {
        let mut offset = range.start;
        let mut index = tags.start;
        while index < tags.end {
            let tag = &self.tags[index];
            if tag.range.start < offset {
                index += 1;
                continue;
            }
            run.text.push_str(&self.body[offset..tag.range.start]);
            let is_link = tag.role == TagRole::Open && role_of(tag) == Role::Link;
            if tag.role == TagRole::End || tag.dialect == Dialect::Comment || is_link {
                // A link in a link goes nowhere of its own.
                (offset, index) = (tag.range.end, index + 1);
                continue;
            }
            let extent = self.extent(index, &tags, &range);
            if role_of(tag) == Role::Silent && self.pairings[index].end.is_some() {
                (offset, index) = (extent.after, extent.next);
                continue;
            }
            (offset, index) = self.inline(index, &extent, run);
        }
        run.text.push_str(&self.body[offset.min(range.end)..range.end]);
    }

    fn arguments(&mut self, tag: &Tag<'_>) -> Map<String, Value> {
        if let Dialect::Container(_) = tag.dialect {
            return attributes::of_container(tag.arguments);
        }
        let (args, whole) = arguments::read(tag.arguments);
        if !whole {
            self.find(tag.range.start, Fault::BrokenArguments { name: tag.name.to_owned() });
        }
        if let Some(nearest) = vocabulary::misspelt_name(tag.name) {
            self.find(tag.range.start, Fault::UnknownShortcode { name: tag.name.to_owned(), nearest });
        }
        for argument in args.keys() {
            if let Some(nearest) = vocabulary::misspelt_argument(tag.name, argument) {
                let (name, argument) = (tag.name.to_owned(), argument.clone());
                self.find(tag.range.start, Fault::UnknownArgument { name, argument, nearest });
            }
        }
        args
    }

    fn find(&mut self, offset: usize, fault: Fault) {
        let finding = Finding::at((self.place)(offset), fault);
        self.reader.findings.push(finding);
    }

    fn run_at(&self, offset: usize) -> Run {
        Run { line: (self.place)(offset).line, ..Run::default() }
    }

    /// Ends a run, and begins one at an offset.
    fn cut(&self, parts: &mut Vec<Part>, run: &mut Run, offset: usize, indent: usize) {
        let next = self.run_at(offset);
        let mut run = std::mem::replace(run, next);
        // The first line is the rest of the mark's own; those after it begin the Markdown.
        let mut text = run.text.as_str();
        while let Some((line, rest)) = text.split_once('\n') {
            if !line.trim().is_empty() {
                break;
            }
            run.line += 1;
            text = rest;
        }
        if text.trim().is_empty() {
            return;
        }
        let text = if indent > 0 { dedented(text) } else { text.to_owned() };
        parts.push(Part::Markdown(Run { text, ..run }));
    }
}

/// What a body says, without its marks.
fn words_of(body: &str, tags: &[Tag<'_>], line: u32) -> Run {
    let mut text = String::with_capacity(body.len());
    let mut offset = 0;
    for tag in tags {
        text.push_str(&body[offset..tag.range.start]);
        text.push(' ');
        offset = tag.range.end;
    }
    text.push_str(&body[offset..]);
    Run { text: boxes::without_marks(&text), line, ..Run::default() }
}

fn role_of(tag: &Tag<'_>) -> Role {
    match tag.dialect {
        Dialect::Shortcode => vocabulary::role(tag.name),
        Dialect::Container(_) => vocabulary::container_role(tag.name),
        Dialect::Comment => Role::Silent,
    }
}

/// How far the line is indented that an offset is on.
fn indentation(body: &str, offset: usize) -> usize {
    let before = &body[..offset];
    before.len() - before.trim_end_matches([' ', '\t']).len()
}

/// Text in an indented mark is indented with it: that makes no code of it.
fn dedented(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines = text.split_inclusive('\n').map(|line| line.get(common.min(indent(line))..).unwrap_or(line));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::RawHtml;
    use passerelle_model::language::Language;
    use passerelle_model::slot::without_slots;

    fn sketch(parts: &[Part]) -> String {
        let part = |part: &Part| match part {
            Part::Markdown(run) => format!("{:?}", without_slots(&run.text).trim()),
            Part::Shortcode(code) => format!("{}({})", code.name, sketch(&code.children)),
            Part::Callout { label, children } => format!("[{label}: {}]", sketch(children)),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(" ")
    }

    fn read_all(body: &str) -> (String, Vec<&'static str>) {
        let place = Place { lang: Language::Fr, folder: "", raw_html: RawHtml::Removed };
        let mut reader = Reader { place, findings: Vec::new(), raw_budget: 1_000 };
        let parts = reader.read(body, 1, 0);
        (sketch(&parts), reader.findings.iter().map(|finding| finding.fault.code()).collect())
    }

    #[test]
    fn pairs_nest_across_markdown() {
        let (tree, faults) =
            read_all("{% grid %}\n{% gridItem %}\n## A\n{% endgridItem %}\nb\n{% endgrid %}\nc\n");
        assert_eq!(tree, "grid(gridItem(\"## A\") \"b\") \"c\"");
        assert_eq!(faults, Vec::<&str>::new());
    }

    #[test]
    fn a_mark_without_end_is_alone() {
        assert_eq!(read_all("{% image src=\"a\" %}\n\nb\n").0, "image() \"b\"");
        assert_eq!(read_all("a\n{% image src=\"a\" %}\nb\n").0, "\"a\\n\\nb\"");
    }

    #[test]
    fn crossed_and_stray_ends_are_told_and_lose_nothing() {
        let (tree, faults) =
            read_all("{% wrapper %}\na\n{% grid %}\nb\n{% endwrapper %}\nc\n{% endgrid %}\n");
        assert_eq!(tree, "wrapper(\"a\" grid(\"b\")) \"c\"");
        assert_eq!(faults, ["SHORTCODE_CROSSED"]);
    }

    #[test]
    fn containers_and_shortcodes_hold_each_other() {
        let body =
            "::: div {.a}\n{% wrapper %}\n## A\n{% endwrapper %}\n:::\n\n::: tip Bon à savoir\nb\n:::\n";
        assert_eq!(read_all(body).0, "div(wrapper(\"## A\")) [Bon à savoir: \"**Bon à savoir**\" \"b\"]");
    }

    #[test]
    fn an_indented_mark_makes_no_code_of_what_it_holds() {
        let body =
            "{% grid %}\n    {% gridItem %}\n    ## A\n\n    b\n    {% endgridItem %}\n{% endgrid %}\n";
        assert_eq!(read_all(body).0, "grid(gridItem(\"## A\\n\\nb\"))");
    }

    #[test]
    fn what_is_for_the_looks_or_for_editors_is_left_out() {
        assert_eq!(
            read_all("a {# b #}c {% icon \"x\" %}d\n\n{% css %}\n.e {}\n{% endcss %}\n").0,
            "\"a c d\""
        );
    }

    #[test]
    fn depth_is_bounded() {
        let body = format!("{}a\n{}", "{% grid %}\n".repeat(2_000), "{% endgrid %}\n".repeat(2_000));
        let (tree, faults) = read_all(&body);
        assert_eq!(tree.matches("grid(").count(), MAX_NESTING);
        assert!(!faults.is_empty() && faults.iter().all(|fault| *fault == "NESTING_TOO_DEEP"));
        assert!(tree.contains("\"a"));
    }
}
