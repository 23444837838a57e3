//! Removes marks from titles: emphasis, footnote references and the asterisk of repeated measures.

use std::borrow::Cow;

use passerelle_text::fold::collapse_whitespace;

/// A title without marks, and the meaning of the marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParsedTitle {
    /// The title, as inline Markdown.
    pub(super) markdown: String,
    /// True if the title ended with the asterisk of a repeated measure.
    pub(super) is_repeated: bool,
    /// Numbers of the footnotes that it references.
    pub(super) footnote_refs: Vec<u32>,
}

/// Cleans a measure's title.
pub(super) fn parse(cell: &str) -> ParsedTitle {
    let (text, footnote_refs) = extract_footnote_refs(cell);
    // A soft hyphen before a space marks a line break inside a word.
    let text = collapse_whitespace(&text).replace("\u{AD} ", "");
    let (markdown, is_repeated) = match strip_repeat_asterisk(&text) {
        Some(rest) => (rest.trim_end().to_owned(), true),
        None => (text, false),
    };
    ParsedTitle { markdown, is_repeated, footnote_refs }
}

/// Removes the footnote references (`<sup>n</sup>`) from a text and returns their numbers.
pub(super) fn extract_footnote_refs(text: &str) -> (String, Vec<u32>) {
    let mut footnote_refs = Vec::new();
    let mut rest = text;
    let mut cleaned = String::with_capacity(text.len());
    while let Some(open) = rest.find("<sup>") {
        let inside = &rest[open + "<sup>".len()..];
        // Search only up to the next tag, so that many unclosed tags need linear time.
        let call = inside
            .split_once('<')
            .and_then(|(number, after)| Some((number.trim().parse().ok()?, after.strip_prefix("/sup>")?)));
        let Some((number, after)) = call else {
            cleaned.push_str(&rest[..open + "<sup>".len()]);
            rest = inside;
            continue;
        };
        cleaned.push_str(&rest[..open]);
        footnote_refs.push(number);
        rest = after;
    }
    cleaned.push_str(rest);
    (cleaned, footnote_refs)
}

/// Removes the asterisk at the end of a text. Returns `None` if there is none, or if it closes emphasis.
fn strip_repeat_asterisk(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_suffix("\\*") {
        return Some(rest);
    }
    let rest = text.strip_suffix('*')?;
    let unescaped = text.replace("\\*", "").matches('*').count();
    (unescaped % 2 == 1).then_some(rest)
}

/// A paragraph or heading without emphasis or bold around all of it, and what it was wrapped in. Runs that
/// follow each other are one: `**AXE 1:** **Ouvrir**`.
pub(super) fn strip_emphasis(text: &str) -> (Cow<'_, str>, Emphasis) {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix("***").and_then(|text| text.strip_suffix("***"))
        && !inside.contains('*')
        && !inside.trim().is_empty()
    {
        return (Cow::Borrowed(inside.trim()), Emphasis::Bold);
    }
    for (mark, emphasis) in
        [("**", Emphasis::Bold), ("__", Emphasis::Bold), ("*", Emphasis::Italic), ("_", Emphasis::Italic)]
    {
        if let Some(inside) = strip_run_markers(text, mark) {
            return (inside, emphasis);
        }
    }
    (Cow::Borrowed(text), Emphasis::None)
}

/// Removes the emphasis inside a text that is not read as Markdown.
pub(super) fn remove_emphasis_markers(text: &str) -> String {
    let marks = text.replace("\\*", "").matches('*').count();
    collapse_whitespace(&if marks.is_multiple_of(2) { text.replace('*', "") } else { text.to_owned() })
}

fn strip_run_markers<'a>(text: &'a str, mark: &str) -> Option<Cow<'a, str>> {
    let inside = text.strip_prefix(mark)?.strip_suffix(mark)?.trim();
    if !inside.contains(mark) {
        return (!inside.is_empty()).then_some(Cow::Borrowed(inside));
    }
    // Between the marks at both ends, every second piece has emphasis.
    let mut joined = String::with_capacity(inside.len());
    let mut count = 0;
    for (index, piece) in inside.split(mark).enumerate() {
        if (index % 2 == 0) == piece.trim().is_empty() {
            return None;
        }
        joined.push_str(piece);
        count += 1;
    }
    (count % 2 == 1).then(|| Cow::Owned(collapse_whitespace(&joined)))
}

/// Emphasis around a whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emphasis {
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
    fn footnote_references_and_the_asterisk_are_removed() {
        let title = parse("Ouvrir 3+3 <sup>2</sup> jardins  partagés*");
        assert_eq!((title.markdown.as_str(), title.is_repeated), ("Ouvrir 3+3 jardins partagés", true));
        assert_eq!(title.footnote_refs, [2]);
        assert_eq!(parse("Planter\\*").markdown, "Planter");
    }

    #[test]
    fn an_asterisk_that_closes_emphasis_is_kept() {
        assert_eq!(parse("*Planter des haies*").markdown, "*Planter des haies*");
        assert_eq!(parse("Planter *des haies**").markdown, "Planter *des haies*");
    }

    #[test]
    fn other_superscripts_are_kept() {
        assert_eq!(extract_footnote_refs("2<sup>e</sup> mare"), ("2<sup>e</sup> mare".to_owned(), vec![]));
    }

    #[test]
    fn emphasis_must_span_the_whole_text() {
        let stripped = |text| {
            let (inside, emphasis) = strip_emphasis(text);
            (inside.into_owned(), emphasis)
        };
        assert_eq!(stripped("*c. Ouvrir*"), ("c. Ouvrir".to_owned(), Emphasis::Italic));
        for bold in
            ["**c. Ouvrir**", "***c. Ouvrir***", "__c. Ouvrir__", "**c.** **Ouvrir**", "**c. **** Ouvrir**"]
        {
            assert_eq!(stripped(bold), ("c. Ouvrir".to_owned(), Emphasis::Bold), "{bold}");
        }
        for text in ["**Ouvrir** et **fermer**", "**", "****", "***", "*a", "____ENCADRÉ____", "**a** **"] {
            assert_eq!(stripped(text), (text.to_owned(), Emphasis::None));
        }
    }

    #[test]
    fn soft_hyphens_before_a_space_are_removed() {
        assert_eq!(parse("Ouvrir des jar\u{AD} dins").markdown, "Ouvrir des jardins");
    }
}
