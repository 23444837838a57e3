//! The lines of a plan, each by what it is on its face.

/// A line and what it is, before anyone knows what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Nothing.
    Blank,
    /// `##` and a text.
    Heading(&'a str),
    /// Cells between tabs, each trimmed.
    Row(Vec<&'a str>),
    /// Anything else.
    Text(&'a str),
}

impl<'a> Line<'a> {
    /// Reads one line without its ending.
    pub(super) fn read(line: &'a str) -> Self {
        if line.trim().is_empty() {
            return Self::Blank;
        }
        if line.contains('\t') {
            return Self::Row(line.split('\t').map(str::trim).collect());
        }
        let text = line.trim();
        let depth = text.bytes().take_while(|byte| *byte == b'#').count();
        match text.get(depth..) {
            Some(heading) if (1..=6).contains(&depth) && heading.starts_with([' ', '\u{A0}']) => {
                Self::Heading(heading.trim().trim_end_matches('#').trim_end())
            }
            _ => Self::Text(text),
        }
    }
}

/// A measure's number, `12.`.
pub(super) fn number(cell: &str) -> Option<u32> {
    let digits = cell.strip_suffix('.')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Whether a line of text is a measure's row, which together with an axis makes its document a plan.
pub fn is_measure_row(line: &str) -> bool {
    line.split_once('\t').is_some_and(|(cell, _)| number(cell.trim()).is_some())
}

/// Whether every cell is a ruling, `-----`, or empty.
pub(super) fn is_ruling(cells: &[&str]) -> bool {
    let is_rule =
        |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| matches!(byte, b'-' | b':' | b'='));
    cells.iter().all(|cell| cell.is_empty() || is_rule(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_it_looks_like() {
        assert_eq!(Line::read("12.\tPlanter \t En cours"), Line::Row(vec!["12.", "Planter", "En cours"]));
        assert_eq!(Line::read("### *b. Creuser* ##"), Line::Heading("*b. Creuser*"));
        assert_eq!(Line::read("#planter"), Line::Text("#planter"));
        assert_eq!(Line::read("  "), Line::Blank);
    }

    #[test]
    fn a_number_has_its_point() {
        assert_eq!(number("12."), Some(12));
        assert_eq!([number("12"), number("1a."), number("."), number("99999999999.")], [None; 4]);
    }
}
