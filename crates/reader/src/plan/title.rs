//! Titles without the marks that stand in them.

use std::borrow::Cow;

use passerelle_text::fold::tidy;

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
    // A soft hyphen before a space is where a line was broken inside a word.
    let text = tidy(&text).replace("\u{AD} ", "");
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
        // No further than the next tag: of many that never close, none is looked for twice.
        let call = inside
            .split_once('<')
            .and_then(|(number, after)| Some((number.trim().parse().ok()?, after.strip_prefix("/sup>")?)));
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

/// A paragraph or heading without emphasis or bold around all of it, and what it was wrapped in. Runs that follow
/// each other are one: `**AXE 1:** **Ouvrir**`.
pub(super) fn unwrap(text: &str) -> (Cow<'_, str>, Wrapping) {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix("***").and_then(|text| text.strip_suffix("***"))
        && !inside.contains('*')
        && !inside.trim().is_empty()
    {
        return (Cow::Borrowed(inside.trim()), Wrapping::Bold);
    }
    for (mark, wrapping) in
        [("**", Wrapping::Bold), ("__", Wrapping::Bold), ("*", Wrapping::Italic), ("_", Wrapping::Italic)]
    {
        if let Some(inside) = inside(text, mark) {
            return (inside, wrapping);
        }
    }
    (Cow::Borrowed(text), Wrapping::None)
}

/// A text that is not read as Markdown, without the emphasis inside it.
pub(super) fn without_emphasis(text: &str) -> String {
    let marks = text.replace("\\*", "").matches('*').count();
    tidy(&if marks.is_multiple_of(2) { text.replace('*', "") } else { text.to_owned() })
}

fn inside<'a>(text: &'a str, mark: &str) -> Option<Cow<'a, str>> {
    let inside = text.strip_prefix(mark)?.strip_suffix(mark)?.trim();
    if !inside.contains(mark) {
        return (!inside.is_empty()).then_some(Cow::Borrowed(inside));
    }
    // Within the marks at both ends, the pieces between marks are by turns wrapped and not.
    let mut joined = String::with_capacity(inside.len());
    let mut count = 0;
    for (index, piece) in inside.split(mark).enumerate() {
        if (index % 2 == 0) == piece.trim().is_empty() {
            return None;
        }
        joined.push_str(piece);
        count += 1;
    }
    (count % 2 == 1).then(|| Cow::Owned(tidy(&joined)))
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
        let of = |text| {
            let (inside, wrapping) = unwrap(text);
            (inside.into_owned(), wrapping)
        };
        assert_eq!(of("*c. Ouvrir*"), ("c. Ouvrir".to_owned(), Wrapping::Italic));
        for bold in
            ["**c. Ouvrir**", "***c. Ouvrir***", "__c. Ouvrir__", "**c.** **Ouvrir**", "**c. **** Ouvrir**"]
        {
            assert_eq!(of(bold), ("c. Ouvrir".to_owned(), Wrapping::Bold), "{bold}");
        }
        for text in ["**Ouvrir** et **fermer**", "**", "****", "***", "*a", "____ENCADRÉ____", "**a** **"] {
            assert_eq!(of(text), (text.to_owned(), Wrapping::None));
        }
    }

    #[test]
    fn a_soft_hyphen_at_the_end_of_a_line_is_no_letter() {
        assert_eq!(clean("Ouvrir des jar\u{AD} dins").markdown, "Ouvrir des jardins");
    }
}
