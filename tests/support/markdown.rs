//! A minimal Markdown parser for tests of the documentation: fenced blocks, code spans, links and headings.

use std::collections::BTreeMap;

/// A fenced block: its info string and its lines.
pub(crate) struct Fence {
    pub(crate) info: String,
    pub(crate) text: String,
}

/// Splits a page into its fenced blocks and the remaining text.
pub(crate) fn split(page: &str) -> (Vec<Fence>, String) {
    let (mut fences, mut prose) = (Vec::new(), String::new());
    let mut open: Option<(String, Fence)> = None;
    for line in page.lines() {
        let marks: String = line.trim_start().chars().take_while(|letter| *letter == '`').collect();
        match &mut open {
            Some((opening, fence)) if marks.len() < opening.len() => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            Some(_) => fences.extend(open.take().map(|(_, fence)| fence)),
            None if marks.len() >= 3 => {
                let info = line.trim_start().trim_start_matches('`').trim().to_owned();
                open = Some((marks, Fence { info, text: String::new() }));
            }
            None => {
                prose.push_str(line);
                prose.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    (fences, prose)
}

/// Returns the code spans of a text without their backticks. A span with two backticks may contain one.
pub(crate) fn code_spans(prose: &str) -> Vec<&str> {
    let mut spans = Vec::new();
    let mut rest = prose;
    while let Some(start) = rest.find('`') {
        let marks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let after = &rest[start + marks..];
        let Some(end) = after.find(&rest[start..start + marks]) else { break };
        spans.push(after[..end].trim());
        rest = &after[end + marks..];
    }
    spans
}

/// Returns the targets of inline links and images: `[text](target)`.
pub(crate) fn link_targets(prose: &str) -> Vec<String> {
    let mut text = prose.to_owned();
    for span in code_spans(prose) {
        text = text.replace(&format!("`{span}`"), "code");
    }
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.map(ToOwned::to_owned).collect()
}

/// Returns the anchors that GitHub generates for the headings of a page.
pub(crate) fn anchors(page: &str) -> Vec<String> {
    let (_, prose) = split(page);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        let is_kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        let anchor: String = title.chars().filter(is_kept).collect();
        let count = seen.entry(anchor.clone()).or_default();
        *count += 1;
        if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
    };
    headings.map(anchor).collect()
}
