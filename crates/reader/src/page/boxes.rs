//! Boxes: the parts between two lines `____ENCADRÉ____`.

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::position::Position;

use super::fence::Fence;
use super::part::{Part, Run, Shortcode};
use crate::source::saturate;

/// Finds the boxes among parts, and among the children of shortcodes.
pub(super) fn find(parts: Vec<Part>, findings: &mut Vec<Finding>) -> Vec<Part> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            Part::Markdown(run) => split(run, &mut pieces),
            Part::Shortcode(shortcode) => {
                let children = find(shortcode.children, findings);
                pieces.push(Piece::Part(Part::Shortcode(Shortcode { children, ..shortcode })));
            }
            Part::Callout { label, children } => {
                let children = find(children, findings);
                pieces.push(Piece::Part(Part::Callout { label, children }));
            }
        }
    }
    close(pieces, findings)
}

/// A text without the lines that are marks.
pub(super) fn without_marks(text: &str) -> String {
    let mut fence = Fence::default();
    text.split_inclusive('\n').filter(|line| fence.takes(line) || mark(line).is_none()).collect()
}

/// A part, or the mark that opens or closes a box.
enum Piece {
    Part(Part),
    Mark { label: String, line: u32 },
}

/// Cuts a run at its marks, and before its headings, where a box that is not closed may end.
fn split(run: Run, pieces: &mut Vec<Piece>) {
    let mut fence = Fence::default();
    if !run.text.contains("__") || !run.text.lines().any(|line| !fence.takes(line) && mark(line).is_some()) {
        pieces.push(Piece::Part(Part::Markdown(run)));
        return;
    }
    let mut cutter = Cutter {
        text: String::new(),
        start: run.line,
        is_continued: false,
        inline: run.inline.into_iter().peekable(),
    };
    let mut fence = Fence::default();
    for (index, content) in run.text.split_inclusive('\n').enumerate() {
        let line = run.line + saturate(index);
        if !fence.takes(content) {
            if let Some(label) = mark(content) {
                cutter.flush(line, pieces);
                pieces.push(Piece::Mark { label, line });
                cutter.start = line + 1;
                cutter.is_continued = false;
                continue;
            }
            if heading_level(content).is_some() {
                cutter.flush(line, pieces);
                cutter.start = line;
            }
        }
        cutter.text.push_str(content);
    }
    cutter.flush(u32::MAX, pieces);
}

/// A piece of a run under construction.
struct Cutter<I: Iterator<Item = Shortcode>> {
    text: String,
    start: u32,
    is_continued: bool,
    inline: std::iter::Peekable<I>,
}

impl<I: Iterator<Item = Shortcode>> Cutter<I> {
    /// Ends the piece before a line.
    fn flush(&mut self, line: u32, pieces: &mut Vec<Piece>) {
        let mut inline = Vec::new();
        while let Some(shortcode) = self.inline.next_if(|shortcode| shortcode.position.line < line) {
            inline.push(shortcode);
        }
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            let run = Run { text, line: self.start, inline, is_continued: self.is_continued };
            pieces.push(Piece::Part(Part::Markdown(run)));
            self.is_continued = true;
        }
    }
}

/// Puts what stands between two marks into a box. The last of an odd number runs to the next heading that is not below
/// the box's own.
fn close(pieces: Vec<Piece>, findings: &mut Vec<Finding>) -> Vec<Part> {
    let mut marks = pieces.iter().filter(|piece| matches!(piece, Piece::Mark { .. })).count();
    let mut parts: Vec<Part> = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let (label, line) = match piece {
            Piece::Part(part) => {
                parts.push(part);
                continue;
            }
            Piece::Mark { label, line } => (label, line),
        };
        marks -= 1;
        let is_odd = marks == 0;
        let mut children = Vec::new();
        let mut top = None;
        while let Some(next) = pieces.peek() {
            if let Piece::Part(part) = next
                && is_odd
                && let Some(level) = first_heading(part)
            {
                if top.is_some_and(|top| level <= top) {
                    break;
                }
                top = top.or(Some(level));
            }
            match pieces.next() {
                Some(Piece::Part(part)) => children.push(part),
                _ => {
                    marks -= 1;
                    break;
                }
            }
        }
        if is_odd {
            findings.push(Finding::at(Position::line(line), Fault::OddBox { label: label.clone() }));
        }
        parts.push(Part::Callout { label, children: join(children) });
    }
    join(parts)
}

/// Joins runs that were cut at headings and that no mark keeps apart.
fn join(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Part::Markdown(before)), Part::Markdown(mut run)) if run.is_continued => {
                before.text.push_str(&run.text);
                before.inline.append(&mut run.inline);
            }
            (_, part) => joined.push(part),
        }
    }
    joined
}

fn first_heading(part: &Part) -> Option<usize> {
    match part {
        Part::Markdown(run) => {
            let mut fence = Fence::default();
            run.text.lines().find_map(|line| if fence.takes(line) { None } else { heading_level(line) })
        }
        _ => None,
    }
}

fn heading_level(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && line[level..].starts_with(' ')).then_some(level)
}

/// The word of a mark: underscores on both sides, whole or broken by asterisks (`**__ENCADRÉ_**_`). Four signs at the
/// least on each side tell it from a word in bold.
fn mark(line: &str) -> Option<String> {
    const SIGNS: usize = 4;
    let line = line.trim();
    let word = line.trim_matches(['_', '*']);
    let before = line.len() - line.trim_start_matches(['_', '*']).len();
    let after = line.len() - line.trim_end_matches(['_', '*']).len();
    let underscores = |part: &str| part.matches('_').count() >= 2;
    let is_mark = before >= SIGNS
        && after >= SIGNS
        && underscores(line.get(..before)?)
        && underscores(line.get(line.len() - after..)?)
        && !word.is_empty()
        && word.chars().all(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '\''));
    is_mark.then(|| word.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::RawHtml;
    use crate::page::link::Place;
    use crate::page::tree;
    use passerelle_model::language::Language;

    fn boxes(body: &str) -> (Vec<String>, usize) {
        let place = Place { lang: Language::Fr, folder: "", raw_html: RawHtml::Removed };
        let mut reader = tree::Reader { place, findings: Vec::new(), raw_budget: 1_000 };
        let parts = reader.read(body, 1, 0);
        let sketch = parts.iter().map(|part| match part {
            Part::Markdown(run) => run.text.trim().to_owned(),
            Part::Callout { label, children } => format!("{label}({})", children.len()),
            Part::Shortcode(shortcode) => shortcode.name.clone(),
        });
        (sketch.collect(), reader.findings.len())
    }

    #[test]
    fn a_mark_has_many_spellings() {
        for line in ["____ENCADRÉ____", "**__ENCADRÉ_**_", "  ______À RETENIR______ ", "____Kader____"] {
            assert!(mark(line).is_some(), "{line}");
        }
        for line in ["__Gras__", "___Gras___", "________", "**Gras**", "____", "____a____ suite"] {
            assert!(mark(line).is_none(), "{line}");
        }
    }

    #[test]
    fn what_stands_between_two_marks_is_in_the_box() {
        assert_eq!(
            boxes("a\n\n____X____\n\n## B\n\nc\n\n____X____\n\n## D\n"),
            (vec!["a".to_owned(), "X(1)".to_owned(), "## D".to_owned()], 0)
        );
    }

    #[test]
    fn an_odd_mark_runs_to_the_next_heading_of_its_level() {
        let (parts, findings) = boxes("____X____\n\n## A\n\nb\n\n### C\n\nd\n\n## E\n\nf\n");
        assert_eq!((parts, findings), (vec!["X(1)".to_owned(), "## E\n\nf".to_owned()], 1));
    }

    #[test]
    fn a_mark_in_code_is_code() {
        let body = "```\n____X____\n## a\n```\n\nb\n";
        assert_eq!(boxes(body), (vec![body.trim().to_owned()], 0));
    }

    #[test]
    fn a_box_may_hold_shortcodes() {
        assert_eq!(boxes("____X____\na\n\n{% image src=\"b\" %}\n\n____X____\n").0, ["X(2)"]);
    }
}
