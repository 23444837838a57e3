//! Titles without the marks that stand in them.

use crate::fold::tidy;

/// A title with what its marks said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CleanTitle {
    /// The title, as inline Markdown.
    pub(super) markdown: String,
    /// Whether it ended with the asterisk of a repeated measure.
    pub(super) is_repeated: bool,
    /// The footnotes that it calls.
    pub(super) calls: Vec<u32>,
}

/// Cleans a measure's title.
pub(super) fn clean(cell: &str) -> CleanTitle {
    let (text, calls) = take_calls(cell);
    let text = tidy(&text);
    let (markdown, is_repeated) = match take_asterisk(&text) {
        Some(rest) => (rest.trim_end().to_owned(), true),
        None => (text, false),
    };
    CleanTitle { markdown, is_repeated, calls }
}

/// Takes the calls to footnotes, `<sup>n</sup>`, out of a text.
pub(super) fn take_calls(text: &str) -> (String, Vec<u32>) {
    let mut calls = Vec::new();
    let mut rest = text;
    let mut cleaned = String::with_capacity(text.len());
    while let Some(open) = rest.find("<sup>") {
        let inside = &rest[open + "<sup>".len()..];
        let call = inside
            .split_once("</sup>")
            .and_then(|(number, after)| Some((number.trim().parse().ok()?, after)));
        let Some((number, after)) = call else {
            cleaned.push_str(&rest[..open + "<sup>".len()]);
            rest = inside;
            continue;
        };
        cleaned.push_str(&rest[..open]);
        calls.push(number);
        rest = after;
    }
    cleaned.push_str(rest);
    (cleaned, calls)
}

/// The text without the asterisk at its end, if it has one that closes no emphasis.
fn take_asterisk(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_suffix("\\*") {
        return Some(rest);
    }
    let rest = text.strip_suffix('*')?;
    let unescaped = text.replace("\\*", "").matches('*').count();
    (unescaped % 2 == 1).then_some(rest)
}

/// A paragraph or heading without emphasis or bold around all of it, and what it was wrapped in.
pub(super) fn unwrap(text: &str) -> (&str, Wrapping) {
    let text = text.trim();
    for (open, close) in [("<b>", "</b>"), ("<strong>", "</strong>"), ("**", "**"), ("__", "__")] {
        if let Some(inside) = inside(text, open, close) {
            return (inside, Wrapping::Bold);
        }
    }
    for (open, close) in [("<i>", "</i>"), ("<em>", "</em>"), ("*", "*"), ("_", "_")] {
        if let Some(inside) = inside(text, open, close) {
            return (inside, Wrapping::Italic);
        }
    }
    (text, Wrapping::None)
}

fn inside<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inside = text.strip_prefix(open)?.strip_suffix(close)?.trim();
    (!inside.is_empty() && !inside.contains(open) && !inside.contains(close)).then_some(inside)
}

/// What stands around all of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Nothing.
    None,
    /// Bold.
    Bold,
    /// Italics.
    Italic,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_asterisk_leave_the_title() {
        let title = clean("Ouvrir 3+3 <sup>2</sup> jardins  partagés*");
        assert_eq!((title.markdown.as_str(), title.is_repeated), ("Ouvrir 3+3 jardins partagés", true));
        assert_eq!(title.calls, [2]);
        assert_eq!(clean("Planter\\*").markdown, "Planter");
    }

    #[test]
    fn an_asterisk_that_closes_emphasis_stays() {
        assert_eq!(clean("*Planter des haies*").markdown, "*Planter des haies*");
        assert_eq!(clean("Planter *des haies**").markdown, "Planter *des haies*");
    }

    #[test]
    fn what_is_no_call_stays() {
        assert_eq!(take_calls("2<sup>e</sup> mare"), ("2<sup>e</sup> mare".to_owned(), vec![]));
    }

    #[test]
    fn wrapping_is_around_all_or_nothing() {
        assert_eq!(unwrap("*c. Ouvrir*"), ("c. Ouvrir", Wrapping::Italic));
        assert_eq!(unwrap("<b>Ouvrir</b>"), ("Ouvrir", Wrapping::Bold));
        assert_eq!(unwrap("**Ouvrir** et **fermer**"), ("**Ouvrir** et **fermer**", Wrapping::None));
    }
}
