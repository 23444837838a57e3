//! Formatted text in HTML, plain text and `CommonMark`.

use serde::{Deserialize, Serialize};

use crate::html::unescape;
use crate::placeholder::{
    LocalResolver, Placeholder, PlaceholderResolver, TextFormat, TextSegment, fill, has_placeholders,
    segments,
};

/// One text in three formats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RichText {
    /// Safe HTML. Raw HTML is cleaned by an allow-list or removed, addresses have an allowed scheme, and text
    /// is escaped.
    pub html: String,
    /// Plain text without markup. An empty line separates blocks. List items start with `- `.
    pub text: String,
    /// `CommonMark`. Equal to the source if the source is `CommonMark`.
    pub markdown: String,
}

impl RichText {
    /// Returns true if the text has neither words nor images.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.text.is_empty() && self.markdown.is_empty()
    }

    /// Appends a text as a new block.
    pub fn push(&mut self, other: &Self) {
        append_with_separator(&mut self.html, &other.html, "\n");
        append_with_separator(&mut self.text, &other.text, "\n\n");
        append_with_separator(&mut self.markdown, &other.markdown, "\n\n");
    }

    /// Fills the placeholders that need no other file.
    #[must_use]
    pub fn fill_local_placeholders(self) -> Self {
        let has_no_placeholders = !has_placeholders(&self.html)
            && !has_placeholders(&self.text)
            && !has_placeholders(&self.markdown);
        if has_no_placeholders { self } else { self.fill_placeholders(&LocalResolver) }
    }

    /// Fills the placeholders that the resolver can look up.
    #[must_use]
    pub fn fill_placeholders(&self, resolver: &impl PlaceholderResolver) -> Self {
        Self {
            html: fill(&self.html, TextFormat::Html, resolver),
            text: fill(&self.text, TextFormat::Text, resolver),
            markdown: fill(&self.markdown, TextFormat::Markdown, resolver),
        }
    }
}

fn append_with_separator(buffer: &mut String, other: &str, separator: &str) {
    if other.is_empty() {
        return;
    }
    if !buffer.is_empty() {
        buffer.push_str(separator);
    }
    buffer.push_str(other);
}

/// Returns the beginning of a text on one line, at most `length` characters. The cut is between words and
/// is marked with `…`.
pub fn excerpt(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= length {
        return line;
    }
    let prefix: String = line.chars().take(length.saturating_sub(1)).collect();
    // A word that is longer than the whole excerpt is cut, because an empty excerpt would be worse.
    let end = if line[prefix.len()..].starts_with(' ') {
        prefix.len()
    } else {
        prefix.rfind(' ').unwrap_or(prefix.len())
    };
    let trimmed = prefix[..end].trim_end_matches(|character: char| !character.is_alphanumeric());
    format!("{}…", if trimmed.is_empty() { prefix.as_str() } else { trimmed })
}

/// Returns the text of the first paragraph of prose in rendered HTML. Headings, images, lists, and links
/// alone in a paragraph, such as videos, are no prose. `None` without such a paragraph.
pub fn first_paragraph(html: &str) -> Option<String> {
    let mut list_depth = 0_usize;
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let starts = |names: [&str; 2]| names.iter().any(|name| rest.starts_with(name));
        if starts(["ul", "ol"]) {
            list_depth += 1;
        } else if starts(["/ul>", "/ol>"]) {
            list_depth = list_depth.saturating_sub(1);
        } else if list_depth == 0
            && starts(["p>", "p "])
            && let Some((_, paragraph)) = rest.split_once('>')
        {
            let paragraph = paragraph.split("</p>").next().unwrap_or_default();
            if inline_text(&without_links(paragraph)).chars().any(char::is_alphanumeric) {
                return Some(inline_text(paragraph));
            }
        }
    }
    None
}

/// Returns inline HTML without the words of its links.
fn without_links(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    let mut is_in_link = false;
    for segment in segments(html) {
        match segment {
            TextSegment::Text(text) if !is_in_link => words.push_str(text),
            TextSegment::Placeholder(Placeholder::LinkStart(_), _) => is_in_link = true,
            TextSegment::Placeholder(Placeholder::LinkEnd, _) => is_in_link = false,
            TextSegment::Text(_) | TextSegment::Placeholder(..) => {}
        }
    }
    let mut output = String::with_capacity(words.len());
    let mut rest = words.as_str();
    while let Some((before, link)) = rest.split_once("<a ") {
        output.push_str(before);
        rest = link.split_once("</a>").map_or("", |(_, after)| after);
    }
    output.push_str(rest);
    output
}

/// Returns the text of inline HTML that the renderer wrote. Footnote references are left out.
fn inline_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let end = if tag.starts_with("sup class=\"footnote-ref\"") { "</sup>" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_end_at_a_word_boundary() {
        assert_eq!(excerpt("Le parc,  la mare\n\net le verger", 14), "Le parc, la…");
        assert_eq!(excerpt("Le parc, la mare", 9), "Le parc…");
        assert_eq!(excerpt("Le parc", 7), "Le parc");
        assert_eq!(excerpt("Anticonstitutionnellement", 6), "Antic…");
        assert_eq!(excerpt("", 0), "");
    }

    #[test]
    fn the_first_paragraph_of_prose_is_found() {
        let html = "<h1>La mare</h1>\n<p><img src=\"a\" alt=\"b\" /></p>\n<p>Un &amp; <em>deux</em>\n\
                    trois<sup class=\"footnote-ref\"><a>1</a></sup>.</p>\n<p>Suite.</p>";
        assert_eq!(first_paragraph(html).as_deref(), Some("Un & deux trois."));
        let html = "<p><a href=\"https://a.example\">https://a.example</a></p>\n<ul>\n<li>\n<p>Un point.</p>\n</li>\n</ul>\n\
                    <p id=\"a\">Voir <a href=\"b\">la page</a>.</p>";
        assert_eq!(first_paragraph(html).as_deref(), Some("Voir la page."));
        assert_eq!(first_paragraph("<h1>La mare</h1>"), None);
    }
}
