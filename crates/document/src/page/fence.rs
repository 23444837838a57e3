//! Fenced code: lines in which nothing is a mark (`CommonMark`, section 4.5).

/// The fence that is open, while lines are walked from top to bottom.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fence {
    open: Option<(u8, usize)>,
}

impl Fence {
    /// Takes the next line. Whether it is code, or the fence of code.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        let Some(marks) = marks(line) else { return self.open.is_some() };
        self.open = match self.open {
            None => Some(marks),
            Some(open) if marks.0 == open.0 && marks.1 >= open.1 && is_bare(line, open.0) => None,
            open => open,
        };
        true
    }
}

/// The character and the length of a fence, if a line is one.
fn marks(line: &str) -> Option<(u8, usize)> {
    let text = line.trim_start_matches(' ');
    let mark = *text.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let info = &text[length..];
    (line.len() - text.len() <= 3 && length >= 3 && !(mark == b'`' && info.contains('`')))
        .then_some((mark, length))
}

fn is_bare(line: &str, mark: u8) -> bool {
    line.trim().bytes().all(|byte| byte == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_closed_by_its_like() {
        let mut fence = Fence::default();
        let code: Vec<bool> =
            ["a", "~~~~ rust", "~~~", "```", "~~~~~", "b", "``` a`b"].map(|line| fence.takes(line)).into();
        assert_eq!(code, [false, true, true, true, true, false, false]);
    }
}
