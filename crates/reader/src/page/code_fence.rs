//! Tracks fenced code blocks line by line (`CommonMark`, section 4.5). Tags and markers in code are plain
//! text.

/// State of a scan over the lines of a text, from top to bottom.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CodeFence {
    open: Option<OpenFence>,
}

#[derive(Clone, Copy, Debug)]
struct OpenFence {
    character: u8,
    length: usize,
    /// True if the fence is in a block quote. The end of the quote ends the code block.
    is_quoted: bool,
    /// True if the fence is certainly in a list item. The end of the item ends the code block.
    is_in_item: bool,
}

impl CodeFence {
    /// Processes the next line. Returns true if it is part of a fenced code block, fences included.
    pub(super) fn consume_line(&mut self, line: &str) -> bool {
        if let Some(open) = self.open {
            let is_outside = (open.is_quoted && !line.trim_start().starts_with('>'))
                || (open.is_in_item && line.starts_with(|first: char| !first.is_whitespace()));
            if is_outside {
                self.open = None;
            }
        }
        let Some((character, length)) = parse_fence(line) else { return self.open.is_some() };
        self.open = match self.open {
            None => {
                let text = line.trim_start_matches([' ', '\t']);
                let is_in_item = line.len() - text.len() > 3 || !text.starts_with(['`', '~', '>']);
                Some(OpenFence { character, length, is_quoted: text.starts_with('>'), is_in_item })
            }
            Some(open)
                if character == open.character
                    && length >= open.length
                    && is_closing_fence(line, character) =>
            {
                None
            }
            open => open,
        };
        true
    }
}

/// Returns the character and the length of a fence, if the line is one.
///
/// The fence may be in a list item or block quote. Containers are not tracked; their markers are skipped.
fn parse_fence(line: &str) -> Option<(u8, usize)> {
    let text = strip_container_markers(line);
    let character = *text.as_bytes().first().filter(|character| matches!(character, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == character).count();
    let info = &text[length..];
    (length >= 3 && !(character == b'`' && info.contains('`'))).then_some((character, length))
}

/// Returns the rest of a line after the markers of block quotes and of one list item.
fn strip_container_markers(line: &str) -> &str {
    let text = line.trim_start_matches([' ', '\t', '>']);
    let item = text.strip_prefix(['-', '*', '+']).or_else(|| {
        let digits = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let is_number = (1..=9).contains(&(text.len() - digits.len()));
        digits.strip_prefix(['.', ')']).filter(|_| is_number)
    });
    item.filter(|rest| rest.starts_with(' ')).map_or(text, |rest| rest.trim_start_matches(' '))
}

fn is_closing_fence(line: &str, character: u8) -> bool {
    line.trim_start_matches([' ', '\t', '>']).trim().bytes().all(|byte| byte == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_lines(lines: &[&str]) -> Vec<bool> {
        let mut fence = CodeFence::default();
        lines.iter().map(|line| fence.consume_line(line)).collect()
    }

    #[test]
    fn a_fence_is_closed_by_the_same_character_and_length() {
        let lines = ["a", "~~~~ rust", "~~~", "```", "~~~~~", "b", "``` a`b"];
        assert_eq!(code_lines(&lines), [false, true, true, true, true, false, false]);
    }

    #[test]
    fn fences_in_lists_and_block_quotes_are_recognized() {
        assert_eq!(code_lines(&["> ```", "> a", "> ```", "b"]), [true, true, true, false]);
        assert_eq!(code_lines(&["12. ```", "    a", "    ```", "b"]), [true, true, true, false]);
        assert_eq!(code_lines(&["> ```", "b"]), [true, false]);
        assert_eq!(code_lines(&["- ```", "  a", "b"]), [true, true, false]);
    }
}
