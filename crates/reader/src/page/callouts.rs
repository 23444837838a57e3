//! Groups the content between two marker lines `____ENCADRÉ____` into a callout.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;

use super::body_node::{BodyNode, MarkdownRun, Shortcode};
use super::code_lines;
use crate::source::saturating_u32;

/// Replaces markers and the content between them by callouts, also inside shortcodes and callouts.
pub(super) fn group_callouts(nodes: Vec<BodyNode>, findings: &mut Vec<Finding>) -> Vec<BodyNode> {
    let mut tokens = Vec::new();
    for node in nodes {
        match node {
            BodyNode::Markdown(run) => split_at_markers(run, &mut tokens),
            BodyNode::Shortcode(shortcode) => {
                let children = group_callouts(shortcode.children, findings);
                tokens.push(CalloutToken::Node(BodyNode::Shortcode(Shortcode { children, ..shortcode })));
            }
            BodyNode::Callout { label, children } => {
                let children = group_callouts(children, findings);
                tokens.push(CalloutToken::Node(BodyNode::Callout { label, children }));
            }
        }
    }
    build_callouts(tokens, findings)
}

/// Returns the text without its marker lines. Lines of code are unchanged.
pub(super) fn strip_callout_markers(text: &str) -> String {
    let lines = code_lines::lines(text);
    lines.filter(|(line, is_code)| *is_code || parse_marker(line).is_none()).map(|(line, _)| line).collect()
}

/// A node, or a marker that opens or closes a callout.
enum CalloutToken {
    Node(BodyNode),
    Marker { label: String, line: u32 },
}

/// Splits a run at its markers and before its headings, because an unclosed callout may end at a heading.
fn split_at_markers(run: MarkdownRun, tokens: &mut Vec<CalloutToken>) {
    let is_marker = |(line, is_code): (&str, bool)| !is_code && parse_marker(line).is_some();
    if !run.text.contains("__") || !code_lines::lines(&run.text).any(is_marker) {
        tokens.push(CalloutToken::Node(BodyNode::Markdown(run)));
        return;
    }
    let mut splitter = RunSplitter {
        text: String::new(),
        start: run.line,
        is_continued: false,
        inline: run.inline.into_iter().peekable(),
    };
    for (index, (text_line, is_code)) in code_lines::lines(&run.text).enumerate() {
        let line = run.line + saturating_u32(index);
        if !is_code {
            if let Some(label) = parse_marker(text_line) {
                splitter.flush(line, tokens);
                tokens.push(CalloutToken::Marker { label, line });
                splitter.start = line + 1;
                splitter.is_continued = false;
                continue;
            }
            if heading_level(text_line).is_some() {
                splitter.flush(line, tokens);
                splitter.start = line;
            }
        }
        splitter.text.push_str(text_line);
    }
    splitter.flush(u32::MAX, tokens);
}

/// Splits one Markdown run into several and assigns each its inline shortcodes.
struct RunSplitter<I: Iterator<Item = Shortcode>> {
    text: String,
    start: u32,
    is_continued: bool,
    inline: std::iter::Peekable<I>,
}

impl<I: Iterator<Item = Shortcode>> RunSplitter<I> {
    /// Emits the collected text as a run with the inline shortcodes above `line`.
    fn flush(&mut self, line: u32, tokens: &mut Vec<CalloutToken>) {
        let mut inline = Vec::new();
        while let Some(shortcode) = self.inline.next_if(|shortcode| shortcode.position.line < line) {
            inline.push(shortcode);
        }
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            let run = MarkdownRun { text, line: self.start, inline, is_continued: self.is_continued };
            tokens.push(CalloutToken::Node(BodyNode::Markdown(run)));
            self.is_continued = true;
        }
    }
}

/// Builds a callout from each pair of markers.
///
/// The last of an odd number of markers has no partner. Its callout ends before the next heading whose
/// level is the same as or above that of the callout's first heading.
fn build_callouts(tokens: Vec<CalloutToken>, findings: &mut Vec<Finding>) -> Vec<BodyNode> {
    let mut markers = tokens.iter().filter(|token| matches!(token, CalloutToken::Marker { .. })).count();
    let mut nodes: Vec<BodyNode> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let (label, line) = match token {
            CalloutToken::Node(node) => {
                nodes.push(node);
                continue;
            }
            CalloutToken::Marker { label, line } => (label, line),
        };
        markers -= 1;
        let is_unclosed = markers == 0;
        let mut children = Vec::new();
        let mut callout_level = None;
        while let Some(next) = tokens.peek() {
            if let CalloutToken::Node(node) = next
                && is_unclosed
                && let Some(level) = first_heading(node)
            {
                if callout_level.is_some_and(|callout_level| level <= callout_level) {
                    break;
                }
                callout_level = callout_level.or(Some(level));
            }
            match tokens.next() {
                Some(CalloutToken::Node(node)) => children.push(node),
                _ => {
                    markers -= 1;
                    break;
                }
            }
        }
        if is_unclosed {
            findings.push(Finding::at(
                Position::line(line),
                DiagnosticKind::UnclosedBox { label: label.clone() },
            ));
        }
        nodes.push(BodyNode::Callout { label, children: merge_continued_runs(children) });
    }
    merge_continued_runs(nodes)
}

/// Joins runs that were split at a heading and are still adjacent.
fn merge_continued_runs(nodes: Vec<BodyNode>) -> Vec<BodyNode> {
    let mut joined: Vec<BodyNode> = Vec::new();
    for node in nodes {
        match (joined.last_mut(), node) {
            (Some(BodyNode::Markdown(before)), BodyNode::Markdown(mut run)) if run.is_continued => {
                before.text.push_str(&run.text);
                before.inline.append(&mut run.inline);
            }
            (_, node) => joined.push(node),
        }
    }
    joined
}

fn first_heading(node: &BodyNode) -> Option<usize> {
    match node {
        BodyNode::Markdown(run) => {
            let text = code_lines::lines(&run.text).filter(|(_, is_code)| !is_code);
            text.map(|(line, _)| line).find_map(heading_level)
        }
        _ => None,
    }
}

fn heading_level(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && line[level..].starts_with(' ')).then_some(level)
}

/// Returns the label of a marker line: `ENCADRÉ` for `____ENCADRÉ____` or `**__ENCADRÉ_**_`.
///
/// A marker has at least four underscores or asterisks on each side, which distinguishes it from bold text.
fn parse_marker(line: &str) -> Option<String> {
    const MIN_SIGNS: usize = 4;
    let line = line.trim();
    let word = line.trim_matches(['_', '*']);
    let before = line.len() - line.trim_start_matches(['_', '*']).len();
    let after = line.len() - line.trim_end_matches(['_', '*']).len();
    let underscores = |side: &str| side.matches('_').count() >= 2;
    let is_mark = before >= MIN_SIGNS
        && after >= MIN_SIGNS
        && underscores(line.get(..before)?)
        && underscores(line.get(line.len() - after..)?)
        && !word.is_empty()
        && word.chars().all(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '\''));
    is_mark.then(|| word.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::link::PageContext;
    use crate::page::tree;

    fn parse_callouts(body: &str) -> (Vec<String>, usize) {
        let context = PageContext::for_tests();
        let mut parser = tree::BodyParser { context, findings: Vec::new(), raw_budget: 1_000 };
        let nodes = parser.parse(body, 1, 0);
        let summary = nodes.iter().map(|node| match node {
            BodyNode::Markdown(run) => run.text.trim().to_owned(),
            BodyNode::Callout { label, children } => format!("{label}({})", children.len()),
            BodyNode::Shortcode(shortcode) => shortcode.name.clone(),
        });
        (summary.collect(), parser.findings.len())
    }

    #[test]
    fn all_marker_spellings_are_recognized() {
        for line in ["____ENCADRÉ____", "**__ENCADRÉ_**_", "  ______À RETENIR______ ", "____Kader____"] {
            assert!(parse_marker(line).is_some(), "{line}");
        }
        for line in ["__Gras__", "___Gras___", "________", "**Gras**", "____", "____a____ suite"] {
            assert!(parse_marker(line).is_none(), "{line}");
        }
    }

    #[test]
    fn text_between_two_markers_becomes_a_callout() {
        assert_eq!(
            parse_callouts("a\n\n____X____\n\n## B\n\nc\n\n____X____\n\n## D\n"),
            (vec!["a".to_owned(), "X(1)".to_owned(), "## D".to_owned()], 0)
        );
    }

    #[test]
    fn an_unclosed_marker_ends_at_the_next_heading_of_its_level() {
        let (summary, findings) = parse_callouts("____X____\n\n## A\n\nb\n\n### C\n\nd\n\n## E\n\nf\n");
        assert_eq!((summary, findings), (vec!["X(1)".to_owned(), "## E\n\nf".to_owned()], 1));
    }

    #[test]
    fn markers_in_code_are_ignored() {
        let body = "```\n____X____\n## a\n```\n\nb\n";
        assert_eq!(parse_callouts(body), (vec![body.trim().to_owned()], 0));
        let body = "a\n\n    ____X____\n\n<pre>\n____Y____\n\n# b\n____Y____\n</pre>\n";
        assert_eq!(parse_callouts(body), (vec![body.trim().to_owned()], 0));
    }

    #[test]
    fn callouts_can_contain_shortcodes() {
        assert_eq!(parse_callouts("____X____\na\n\n{% image src=\"b\" %}\n\n____X____\n").0, ["X(2)"]);
    }
}
