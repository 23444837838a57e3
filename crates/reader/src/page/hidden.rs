//! Finds what is not published: comments, scripts, style sheets and templates, and what is published as
//! written: `{% raw %}` and `<pre>`.

use std::ops::Range;

use super::embed;
use super::tag::{TAG_START, Tag, TagKind, TagSyntax};
use super::tokenizer::Tokenizer;
use crate::markdown::html_tag::HtmlTag;

/// Shortcodes whose content is not for readers.
const HIDDEN_SHORTCODES: [&str; 4] = ["comment", "css", "js", "style"];
/// Elements whose content is not for readers.
const HIDDEN_ELEMENTS: [&str; 4] = ["script", "style", "template", "noscript"];
/// Maximum length of a template expression in bytes. A longer one is plain text.
const MAX_EXPRESSION_BYTES: usize = 1_024;

impl<'a> Tokenizer<'a> {
    /// Parses the comment or element that starts with the `<` at an offset. Returns the offset at which the
    /// scan continues.
    pub(super) fn scan_angle(&mut self, at: usize) -> usize {
        let rest = &self.body[at..];
        if rest.starts_with("<!--") {
            let end = self.find_end("-->", at + "<!--".len());
            let range = at..end.unwrap_or(at + "<!--".len());
            if end.is_none() {
                self.found.unclosed_comments.push(at);
            }
            let after = range.end;
            self.found.tags.push(Tag::comment(range));
            return after;
        }
        let Some((tag, length)) = HtmlTag::parse(rest) else { return at + 1 };
        if tag.is_end {
            return at + length;
        }
        let name = tag.name.as_str();
        if name == "pre" {
            return self.find_end("</pre>", at + length).unwrap_or(at + length);
        }
        if name == "code"
            && let Some(end) = self.find_end("</code>", at + length)
            && !self.body[at..end].contains("\n\n")
        {
            return end;
        }
        if HIDDEN_ELEMENTS.contains(&name) {
            let end = self.find_end(&format!("</{name}>"), at + length).unwrap_or(at + length);
            self.found.tags.push(Tag::comment(at..end));
            return end;
        }
        if embed::is_element(name) {
            let end = self.find_end(&format!("</{name}>"), at + length).unwrap_or(at + length);
            self.found.tags.push(Tag {
                name: "embed",
                kind: TagKind::Start,
                syntax: TagSyntax::Embed,
                arguments: &self.body[at..end],
                range: at..end,
                is_alone_on_line: false,
            });
            return end;
        }
        self.scan_attributes(at + 1..at + length);
        at + length
    }

    /// Finds the expressions in the attributes of a tag.
    fn scan_attributes(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some(found) = self.body[at..range.end].find("{{") {
            let start = at + found;
            at = start + "{{".len();
            if let Some(tag) = expression_tag(self.body, start).filter(|tag| tag.range.end <= range.end) {
                at = tag.range.end;
                self.found.tags.push(tag);
            }
        }
    }

    /// Extends a start tag over its content if the content is not published or is published as written.
    pub(super) fn with_hidden_content(&mut self, tag: Tag<'a>) -> Tag<'a> {
        if tag.kind == TagKind::End {
            return tag;
        }
        let is_raw = matches!(tag.name, "raw" | "verbatim");
        if !is_raw && !HIDDEN_SHORTCODES.contains(&tag.name) {
            return tag;
        }
        let Some(end) = self.find_end_tag(tag.name, tag.range.end) else { return tag };
        if !is_raw {
            return Tag::comment(tag.range.start..end.end);
        }
        Tag {
            name: "raw",
            syntax: TagSyntax::Raw,
            arguments: &self.body[tag.range.end..end.start],
            range: tag.range.start..end.end,
            ..tag
        }
    }

    /// Returns the offset after the next `end`, without regard to ASCII case.
    fn find_end(&mut self, end: &str, from: usize) -> Option<usize> {
        if self.missing_ends.contains(end) {
            return None;
        }
        let found = find_ignoring_case(&self.body.as_bytes()[from..], end.as_bytes());
        if found.is_none() {
            self.missing_ends.insert(end.to_owned());
        }
        found.map(|at| from + at + end.len())
    }

    /// Returns the range of the next `{% endNAME %}`.
    fn find_end_tag(&mut self, name: &str, from: usize) -> Option<Range<usize>> {
        let end_name = format!("end{name}");
        if self.missing_ends.contains(&end_name) {
            return None;
        }
        let mut at = from;
        while let Some(found) = self.body[at..].find(TAG_START) {
            let start = at + found;
            let inside = self.body[start + TAG_START.len()..].trim_start_matches(['-', ' ', '\t', '\n']);
            if let Some(after) = inside.strip_prefix(end_name.as_str())
                && let Some(rest) = after.trim_start_matches([' ', '\t', '\n', '-']).strip_prefix("%}")
            {
                return Some(start..self.body.len() - rest.len());
            }
            at = start + TAG_START.len();
        }
        self.missing_ends.insert(end_name);
        None
    }
}

/// Returns the offset of the first occurrence of `needle` in `haystack`, without regard to ASCII case.
pub(super) fn find_ignoring_case(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(found) = memchr::memchr(first, haystack.get(at..)?) {
        let start = at + found;
        if haystack.get(start..start + needle.len())?.eq_ignore_ascii_case(needle) {
            return Some(start);
        }
        at = start + 1;
    }
    None
}

/// Returns the template expression `{{ … }}` at an offset. It ends in its own paragraph.
pub(super) fn expression_tag(body: &str, at: usize) -> Option<Tag<'_>> {
    let inside = body[at..].strip_prefix("{{")?;
    let limit =
        (0..=MAX_EXPRESSION_BYTES.min(inside.len())).rev().find(|end| inside.is_char_boundary(*end))?;
    let window = &inside[..limit];
    let length = window.find("}}")?;
    let expression = &window[..length];
    if expression.contains("{{") || expression.contains("\n\n") {
        return None;
    }
    Some(Tag {
        name: "expression",
        kind: TagKind::Start,
        syntax: TagSyntax::Expression,
        arguments: expression.trim().trim_matches('-').trim(),
        range: at..at + length + 4,
        is_alone_on_line: false,
    })
}

#[cfg(test)]
mod tests {
    use crate::page::tag::TagSyntax;
    use crate::page::token::tokenize;

    fn found(body: &str) -> Vec<(TagSyntax, &str)> {
        tokenize(body).tags.into_iter().map(|tag| (tag.syntax, &body[tag.range])).collect()
    }

    #[test]
    fn comments_hide_every_mark_in_them() {
        for hidden in [
            "<!-- {% callout %}a{% endcallout %} ::: -->",
            "<!--\n::: note\na\n:::\n-->",
            "{# <!-- #}",
            "<script>\n{% a %}\n</SCRIPT>",
            "{% comment %}{% callout %}a{% endcomment %}",
        ] {
            assert_eq!(found(&format!("a\n\n{hidden}\n\nb")), [(TagSyntax::Comment, hidden)]);
        }
    }

    #[test]
    fn an_unclosed_comment_hides_only_its_mark() {
        let tags = tokenize("a <!-- b {% icon \"x\" %}");
        assert_eq!((tags.unclosed_comments, tags.tags.len()), (vec![2], 2));
    }

    #[test]
    fn literal_text_has_no_tags() {
        for literal in
            ["<pre>\n{% a %}\n</pre>", "a \\{% b %}", "a \\<!-- b -->", "    {% a %}\n", "\\{{ a }}"]
        {
            assert_eq!(found(literal), [], "{literal}");
        }
        assert_eq!(found("{% raw %}{% a %}{% endraw %}").len(), 1);
    }

    #[test]
    fn the_search_for_missing_ends_is_linear() {
        // Each missing end is searched once. A second search would take minutes.
        let body = "<script><style>{% css %}{% raw %}<iframe>".repeat(20_000);
        assert!(tokenize(&body).tags.len() >= 20_000);
    }
}
