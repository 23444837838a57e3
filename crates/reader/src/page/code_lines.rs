//! Tracks code line by line: fenced and indented code blocks and `<pre>`. Marks in code are plain text.

use super::code_fence::CodeFence;
use super::hidden::find_ignoring_case;
use super::indented_code::IndentedCode;
use crate::markdown::html_tag::HtmlTag;

const PRE_END: &str = "</pre>";

/// State of a scan over the lines of a text, from top to bottom.
pub(super) struct CodeLines<'a> {
    text: &'a str,
    fence: CodeFence,
    indented: IndentedCode<'a>,
    /// Offset after the last `</pre>` so far.
    pre_end: usize,
    /// The rest of the text has no `</pre>`.
    is_without_pre_end: bool,
}

impl<'a> CodeLines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            fence: CodeFence::default(),
            indented: IndentedCode::new(text),
            pre_end: 0,
            is_without_pre_end: false,
        }
    }

    /// Processes the next line, which starts at an offset. Returns true if it is code.
    pub(super) fn consume_line(&mut self, at: usize, line: &str) -> bool {
        if at < self.pre_end || self.fence.consume_line(line) || self.indented.consume_line(line) {
            return true;
        }
        let Some(start) = pre_start(line).filter(|_| !self.is_without_pre_end) else { return false };
        let start = at + start;
        match find_ignoring_case(&self.text.as_bytes()[start..], PRE_END.as_bytes()) {
            Some(end) => {
                self.pre_end = start + end + PRE_END.len();
                true
            }
            None => {
                self.is_without_pre_end = true;
                false
            }
        }
    }
}

/// Returns the offset of the first `<pre>` of a line, unless a backtick precedes it.
fn pre_start(line: &str) -> Option<usize> {
    let is_pre =
        |at: &usize| HtmlTag::parse(&line[*at..]).is_some_and(|(tag, _)| tag.name == "pre" && !tag.is_end);
    let at = line.match_indices('<').map(|(at, _)| at).find(is_pre)?;
    (!line[..at].contains('`')).then_some(at)
}

/// Returns each line of a text, and whether it is code.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut code = CodeLines::new(text);
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let is_code = code.consume_line(offset, line);
        offset += line.len();
        (line, is_code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_lines(text: &str) -> String {
        lines(text).map(|(_, is_code)| if is_code { 'x' } else { '.' }).collect()
    }

    #[test]
    fn fences_indented_lines_and_preformatted_text_are_code() {
        assert_eq!(code_lines("a\n```\nb\n```\n\n    c\n\nd\n"), ".xxx.xx.");
        assert_eq!(code_lines("<pre>\na\n\nb\n</PRE>\nc\n"), "xxxxx.");
        assert_eq!(code_lines("<div><pre class=\"a\">a</pre>\nb\n"), "x.");
        assert_eq!(code_lines("`<pre>` a\n<pre>\nb\n"), "...");
        assert_eq!(code_lines("<prefix>\na\n</pre>\n"), "...");
    }
}
