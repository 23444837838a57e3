//! Encodes the spaces in paths of files: `![A](photo%20de%20classe.png)` for `![A](photo de classe.png)`.
//!
//! `CommonMark` ends an address at a space, so the whole link would be shown as text. Editors write the names
//! of files as they are.

use std::borrow::Cow;
use std::ops::Range;

use super::reference::for_each_outside_code;

/// Endings of files that editors link to. Other texts in parentheses after brackets are kept as they are.
const ENDINGS: [&str; 16] = [
    "avif", "csv", "docx", "gif", "jpeg", "jpg", "markdown", "md", "mp3", "mp4", "odt", "pdf", "png", "svg",
    "webp", "xlsx",
];
/// Maximum length in bytes of a label and of a path. It bounds the search for their ends.
const MAX_BYTES: usize = 500;

/// Returns the text with the spaces of all such paths encoded. Borrowed if there is none.
pub(super) fn encode_spaced_paths(text: &str) -> Cow<'_, str> {
    let mut paths: Vec<Range<usize>> = Vec::new();
    if text.contains("](") {
        for_each_outside_code(text, &mut |at| {
            let path = spaced_path(text, at)?;
            let end = path.end;
            paths.push(path);
            Some(end)
        });
    }
    if paths.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len() + 2 * paths.len());
    let mut offset = 0;
    for path in paths {
        output.push_str(&text[offset..path.start]);
        output.push_str(&text[path.clone()].replace(' ', "%20"));
        offset = path.end;
    }
    output.push_str(&text[offset..]);
    Cow::Owned(output)
}

/// Returns the range of the path of a link whose label starts at an offset. `None` if the path has no space,
/// or names neither a file nor a heading of the page.
fn spaced_path(text: &str, label: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let inside = &bytes[label + 1..];
    let length = inside.iter().take(MAX_BYTES).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
    let start = label + 1 + length + 2;
    if !inside[length..].starts_with(b"](") {
        return None;
    }
    let mut depth = 0_usize;
    let end = bytes[start..].iter().take(MAX_BYTES).position(|byte| match byte {
        b'(' => {
            depth += 1;
            false
        }
        b')' if depth > 0 => {
            depth -= 1;
            false
        }
        b')' | b'\n' | b'<' | b'>' => true,
        _ => false,
    })?;
    if bytes.get(start + end) != Some(&b')') {
        return None;
    }
    let written = text.get(start..start + end)?;
    // A title follows in quotation marks.
    let path = written.find(" \"").map_or(written, |at| &written[..at]);
    let name = path.trim();
    let file = name.split('#').next().unwrap_or_default();
    let is_file = file.rsplit_once('.').is_some_and(|(_, ending)| {
        ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) && !file.contains("://")
    });
    // A link to a heading of the same page may repeat its words.
    let is_target = name.contains(' ') && (is_file || name.starts_with('#'));
    let before = path.len() - path.trim_start().len();
    is_target.then(|| start + before..start + before + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_of_paths_are_encoded() {
        for (text, expected) in [
            ("![A](photo de classe.png)", "![A](photo%20de%20classe.png)"),
            ("![A]( ./é/b (1).JPG \"T\") c", "![A]( ./é/b%20(1).JPG \"T\") c"),
            ("[a](b c.md#d) [e](f g.pdf)", "[a](b%20c.md#d) [e](f%20g.pdf)"),
            ("[a](b.md#c d) [e](#f g)", "[a](b.md#c%20d) [e](#f%20g)"),
        ] {
            assert_eq!(encode_spaced_paths(text), expected);
        }
    }

    #[test]
    fn other_texts_are_kept() {
        for text in [
            "![A](photo.png)",
            "![A](<photo de classe.png>)",
            "[a](b \"c d.png\")",
            "[a](voir aussi plus bas)",
            "`![A](b c.png)`",
            "```\n![A](b c.png)\n```",
            "[a](b c.png\nd)",
            "[a](b c.png",
        ] {
            assert!(matches!(encode_spaced_paths(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
