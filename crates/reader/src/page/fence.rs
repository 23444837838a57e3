//! Fenced code: lines in which nothing is a mark (`CommonMark`, section 4.5).

/// The fence that is open, while lines are walked from top to bottom.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fence {
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    mark: u8,
    length: usize,
    /// Whether it stands in a quotation, and ends with it.
    is_quoted: bool,
    /// Whether it surely stands in a list item, and ends with it.
    is_in_item: bool,
}

impl Fence {
    /// Takes the next line. Whether it is code, or the fence of code.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        if let Some(open) = self.open {
            let is_outside = (open.is_quoted && !line.trim_start().starts_with('>'))
                || (open.is_in_item && line.starts_with(|first: char| !first.is_whitespace()));
            if is_outside {
                self.open = None;
            }
        }
        let Some((mark, length)) = marks(line) else { return self.open.is_some() };
        self.open = match self.open {
            None => {
                let text = line.trim_start_matches([' ', '\t']);
                let is_in_item = line.len() - text.len() > 3 || !text.starts_with(['`', '~', '>']);
                Some(Open { mark, length, is_quoted: text.starts_with('>'), is_in_item })
            }
            Some(open) if mark == open.mark && length >= open.length && is_bare(line, mark) => None,
            open => open,
        };
        true
    }
}

/// The character and the length of a fence, if a line is one. It may stand in a list or a quotation, however deep: those
/// are not followed here, their marks are passed over.
fn marks(line: &str) -> Option<(u8, usize)> {
    let text = inside(line);
    let mark = *text.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let info = &text[length..];
    (length >= 3 && !(mark == b'`' && info.contains('`'))).then_some((mark, length))
}

/// What stands on a line behind the marks of quotations and of one list item.
fn inside(line: &str) -> &str {
    let text = line.trim_start_matches([' ', '\t', '>']);
    let item = text.strip_prefix(['-', '*', '+']).or_else(|| {
        let digits = text.trim_start_matches(|character: char| character.is_ascii_digit());
        let is_number = (1..=9).contains(&(text.len() - digits.len()));
        digits.strip_prefix(['.', ')']).filter(|_| is_number)
    });
    item.filter(|rest| rest.starts_with(' ')).map_or(text, |rest| rest.trim_start_matches(' '))
}

fn is_bare(line: &str, mark: u8) -> bool {
    line.trim_start_matches([' ', '\t', '>']).trim().bytes().all(|byte| byte == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(lines: &[&str]) -> Vec<bool> {
        let mut fence = Fence::default();
        lines.iter().map(|line| fence.takes(line)).collect()
    }

    #[test]
    fn a_fence_is_closed_by_its_like() {
        let lines = ["a", "~~~~ rust", "~~~", "```", "~~~~~", "b", "``` a`b"];
        assert_eq!(code(&lines), [false, true, true, true, true, false, false]);
    }

    #[test]
    fn a_fence_may_stand_in_a_list_or_a_quotation() {
        assert_eq!(code(&["> ```", "> a", "> ```", "b"]), [true, true, true, false]);
        assert_eq!(code(&["12. ```", "    a", "    ```", "b"]), [true, true, true, false]);
        assert_eq!(code(&["> ```", "b"]), [true, false]);
        assert_eq!(code(&["- ```", "  a", "b"]), [true, true, false]);
    }
}
