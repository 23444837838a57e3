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
        let text = line.trim();
        let depth = text.bytes().take_while(|byte| *byte == b'#').count();
        if let Some(heading) = text.get(depth..)
            && (1..=6).contains(&depth)
            && heading.starts_with([' ', '\u{A0}', '\t'])
        {
            return Self::Heading(heading.trim().trim_end_matches('#').trim_end());
        }
        if line.contains('\t') {
            return Self::Row(line.split('\t').map(str::trim).collect());
        }
        match text.strip_prefix('|') {
            Some(row) => Self::Row(row.strip_suffix('|').unwrap_or(row).split('|').map(str::trim).collect()),
            None => Self::Text(text),
        }
    }

    /// Reads a row of an HTML table, from `<tr` to `</tr>`.
    pub(super) fn read_html(row: &'a str) -> Self {
        let cells = row.split("<t").skip(1).filter_map(|cell| {
            let (_, text) = cell.strip_prefix(['d', 'h'])?.split_once('>')?;
            let end = text.find("</td").or_else(|| text.find("</th")).unwrap_or(text.len());
            Some(text[..end].trim())
        });
        Self::Row(cells.collect())
    }
}

/// Whether a line begins a row of an HTML table.
pub(super) fn opens_html_row(line: &str) -> bool {
    line.contains("<tr>") || line.contains("<tr ")
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
    let text = line.trim().trim_start_matches('|');
    let first = text.find(['\t', '|']).map_or("", |end| &text[..end]);
    let is_number = |cell: &str| number(cell.trim()).is_some();
    let in_html = || line.split("<td").skip(1).filter_map(|cell| cell.split_once('>')).map(|(_, text)| text);
    is_number(first) || in_html().any(|text| is_number(text.split('<').next().unwrap_or_default()))
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
        assert_eq!(Line::read("## AXE 1:\tPlanter"), Line::Heading("AXE 1:\tPlanter"));
    }

    #[test]
    fn a_row_is_a_row_in_every_kind_of_table() {
        let row = Line::Row(vec!["12.", "Planter", "En cours"]);
        assert_eq!(Line::read("| 12. | Planter | En cours |"), row);
        let html = "<tr><td>12.</td><td class=\"x\">Planter</td> <td>En cours</td></tr>";
        assert_eq!(Line::read_html(html), row);
        for line in [
            "12.\tPlanter\tEn cours",
            "| 12. | Planter | En cours |",
            html,
            "  <td align=\"right\"> 12. </td>",
        ] {
            assert!(is_measure_row(line), "{line}");
        }
        assert!(!is_measure_row("| Mesure | Statut |") && !is_measure_row("12. Planter"));
    }

    #[test]
    fn a_number_has_its_point() {
        assert_eq!(number("12."), Some(12));
        assert_eq!([number("12"), number("1a."), number("."), number("99999999999.")], [None; 4]);
    }
}
