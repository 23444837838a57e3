//! Recognizes the lines that define a footnote or the address of a link.

use passerelle_text::fold::collapse_whitespace;

/// Maximum length of a label in characters (`CommonMark`, section 4.7).
const MAX_LABEL_CHARACTERS: usize = 999;

/// Returns a label in the form in which labels are compared: without regard to case and white space.
pub(super) fn normalize_label(label: &str) -> String {
    collapse_whitespace(label).to_lowercase()
}

/// Returns the normalized name and the text of a line that defines a footnote: `[^name]: text`.
pub(super) fn note_definition(line: &str) -> Option<(String, &str)> {
    let (name, rest) = strip_indent(line)?.strip_prefix("[^")?.split_once(']')?;
    let is_name = !name.trim().is_empty() && !name.contains(['[', '^']) && name.len() <= MAX_LABEL_CHARACTERS;
    let text = rest.strip_prefix(':').filter(|_| is_name)?;
    Some((normalize_label(name), text.trim_start_matches([' ', '\t'])))
}

/// Returns the normalized label and the source of a line that defines the address of a link:
/// `[label]: /address "title"`. The address may be on the next line.
pub(super) fn link_definition(line: &str, next: Option<&str>) -> Option<(String, String)> {
    let text = strip_indent(line)?;
    let inside = text.strip_prefix('[')?;
    let (label, rest) = inside.split_once("]:")?;
    if label.trim().is_empty()
        || label.starts_with('^')
        || label.contains(['[', ']'])
        || label.len() > MAX_LABEL_CHARACTERS
    {
        return None;
    }
    let address = match rest.trim() {
        "" => next?.trim(),
        address => address,
    };
    if address.is_empty() {
        return None;
    }
    // Angle brackets are needed only around an address with spaces.
    let bare = address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let address = bare.filter(|bare| !bare.contains([' ', '(', ')', '<'])).unwrap_or(address);
    Some((normalize_label(label), format!("[{}]: {address}", label.trim())))
}

fn strip_indent(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3).then_some(text)
}

/// Returns true if a line starts another block, so that it does not continue the paragraph above it.
pub(super) fn ends_paragraph(line: &str) -> bool {
    let text = line.trim();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let is_heading =
        (1..=6).contains(&level) && matches!(text.as_bytes().get(level), None | Some(b' ' | b'\t'));
    let is_item = text.strip_prefix(['-', '*', '+']).is_some_and(|rest| rest.starts_with(' '))
        || text
            .strip_prefix("1.")
            .or_else(|| text.strip_prefix("1)"))
            .is_some_and(|rest| rest.starts_with(' '));
    let is_rule = text.len() >= 3
        && ["-", "*", "_"].iter().any(|sign| text.replace([' '], "").chars().all(|c| sign.starts_with(c)));
    is_heading || is_item || is_rule || text.starts_with(['>', '|', '<']) || text.starts_with("____")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_have_a_label_and_a_text() {
        assert_eq!(note_definition("  [^La  Note]: b\n"), Some(("la note".to_owned(), "b\n")));
        assert_eq!(note_definition("    [^a]: b"), None);
        assert_eq!(note_definition("[^a] b"), None);
        let link =
            |line: &str, next| link_definition(line, next).map(|(label, source)| format!("{label}|{source}"));
        assert_eq!(link("[Le Site]: /a \"b\"\n", None).as_deref(), Some("le site|[Le Site]: /a \"b\""));
        assert_eq!(link("[a]:\n", Some("  /b\n")).as_deref(), Some("a|[a]: /b"));
        assert_eq!(link("[^a]: /b", None), None);
        assert_eq!(link("[a](b): c", None), None);
    }

    #[test]
    fn blocks_end_a_paragraph() {
        for line in ["# a", "- a", "1. a", "> a", "***", "| a |", "<div>", "____BOX____"] {
            assert!(ends_paragraph(line), "{line}");
        }
        for line in ["a", "#a", "-a", "2. a", "**a**"] {
            assert!(!ends_paragraph(line), "{line}");
        }
    }
}
