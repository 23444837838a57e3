//! Classifies the lines of a plan by their form.

use std::borrow::Cow;

use super::face::{Line, LocatedLine, is_rule};
use super::html::{self, HtmlParser};
use super::inline::{normalize_inline, trimmed};
use super::row::{self, ClassifiedRow};
use super::{label, pipe_table, status};

/// The lines of a document.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    /// In the order of the document.
    pub(super) located: Vec<LocatedLine<'a>>,
    /// True if the document ends in a row of HTML that was never closed.
    pub(super) ends_in_open_row: bool,
}

/// Reads one line without its ending.
fn read_line(line: &str, columns: Option<usize>) -> Line<'_> {
    let text = line.trim();
    if text.is_empty() {
        return Line::Blank;
    }
    if let Some(heading) = atx_heading_text(text) {
        return Line::Heading(normalize_inline(heading));
    }
    if text.starts_with('|') || (columns.is_some() && pipe_table::has_pipe(text)) {
        return Line::from_cells(pipe_table::cells_with_columns(text, columns.unwrap_or_default()));
    }
    if pipe_table::has_pipe(text) && !line.contains('\t') {
        // The delimiter row is on the previous page.
        let cells = pipe_table::cells(text);
        if matches!(row::classify(&cells), ClassifiedRow::Measure(row) if status::is_known(row.status)) {
            return Line::Row(cells);
        }
    }
    if line.contains('\t') {
        return Line::from_cells(line.split('\t').map(|cell| trimmed(normalize_inline(cell))).collect());
    }
    if is_rule(text) {
        return Line::Separator;
    }
    if let Some(row) = spaced_row(text) {
        return row;
    }
    match trimmed(normalize_inline(text)) {
        text if text.is_empty() => Line::Blank,
        text if is_page_number(&text) => Line::PageNumber,
        text => Line::Text(text),
    }
}

/// A row whose columns are separated by runs of spaces, as in a text copied from a PDF: a number, a title and
/// a known status.
fn spaced_row(text: &str) -> Option<Line<'_>> {
    const GAP: &str = "   ";
    if !text.contains(GAP) || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let cells: Vec<Cow<'_, str>> =
        text.split(GAP).map(str::trim).filter(|cell| !cell.is_empty()).map(normalize_inline).collect();
    let is_row = matches!(row::classify(&cells), ClassifiedRow::Measure(row) if cells.len() == 3 && status::is_known(row.status));
    is_row.then_some(Line::Row(cells))
}

/// Reads the lines of a body. The number of its first line is given.
pub(super) fn read(body: &str, mut number: u32) -> Lines<'_> {
    let mut located = Vec::new();
    let mut html = HtmlParser::default();
    let mut is_html = false;
    // The columns of the pipe table that is being read.
    let mut columns = None;
    let mut lines = body.lines().peekable();
    while let Some(body_line) = lines.next() {
        // A form feed ends the page and the line.
        let mut sources = body_line.split('\u{C}').peekable();
        while let Some(source) = sources.next() {
            let is_blank = source.trim().is_empty();
            if is_html
                && ((is_blank && html.ends_at_blank_line()) || atx_heading_text(source.trim()).is_some())
            {
                html.finish(&mut located);
                is_html = false;
            }
            if !is_blank && ((is_html && html.continues_with(source)) || html::starts_html(source)) {
                html.parse_line(source, number, &mut located);
                is_html = true;
                continue;
            }
            let next = if sources.peek().is_some() { "" } else { lines.peek().copied().unwrap_or_default() };
            columns = if let Some(delimiter_row) =
                [source, next].into_iter().find(|line| pipe_table::is_delimiter_row(line))
            {
                Some(pipe_table::columns_without_edge_pipes(delimiter_row))
            } else {
                columns.filter(|_| pipe_table::has_pipe(source))
            };
            let line = read_line(source, columns);
            let above = located.iter().rev().map(|located: &LocatedLine<'_>| &located.line);
            let line = with_years(line, source, above);
            let line = classify_by_context(line, located.last().map(|located| &located.line), next);
            // A document can have millions of blank lines. The first one of a run has the meaning of all.
            let is_blank_run = |before: &LocatedLine<'_>| before.line == Line::Blank && line == Line::Blank;
            if located.last().is_some_and(is_blank_run) {
                continue;
            }
            let level = if matches!(line, Line::Heading(_)) { heading_level(source, next) } else { 0 };
            located.push(LocatedLine { line, number, source, level });
        }
        number = number.saturating_add(1);
    }
    let ends_in_open_row = html.has_open_row();
    html.finish(&mut located);
    Lines { located, ends_in_open_row }
}

/// Classifies a line of text by the lines around it.
fn classify_by_context<'a>(line: Line<'a>, before: Option<&Line<'a>>, next: &str) -> Line<'a> {
    let Line::Text(text) = line else { return line };
    let is_first = matches!(before, None | Some(Line::Blank | Line::PageNumber));
    let is_under = |mark: u8| next.len() > 2 && next.trim_end().bytes().all(|byte| byte == mark);
    if is_under(b'=')
        || (is_under(b'-') && !matches!(before, Some(Line::Text(_))) && label::read(&text).is_some())
    {
        return Line::Heading(text);
    }
    let is_last = || {
        let next = next.trim();
        next.is_empty() || is_page_number(next)
    };
    if is_first && is_last() { Line::Paragraph(text) } else { Line::Text(text) }
}

/// The text of a heading with `#`, without what pandoc writes after it, `{#id}`.
fn atx_heading_text(text: &str) -> Option<&str> {
    let depth = text.bytes().take_while(|byte| *byte == b'#').count();
    let heading = text.get(depth..).filter(|_| (1..=6).contains(&depth))?;
    if !heading.starts_with([' ', '\u{A0}', '\t']) {
        return None;
    }
    let heading = heading.trim();
    let attributes = heading.strip_suffix('}').and_then(|_| heading.rfind(['{']));
    let has_attributes = |at: &usize| heading[at + 1..].starts_with(['#', '.', '-']);
    let heading = attributes.filter(has_attributes).map_or(heading, |at| heading[..at].trim_end());
    Some(heading.trim_end_matches('#').trim_end())
}

/// The level of a Markdown heading: the number of `#`, or 1 and 2 for the two kinds of underline.
fn heading_level(source: &str, next: &str) -> u8 {
    let depth = source.trim_start().bytes().take_while(|byte| *byte == b'#').count();
    match depth {
        0 => 1 + u8::from(!next.starts_with('=')),
        depth => u8::try_from(depth).unwrap_or(6),
    }
}

/// `2026` or `2025-2027` below a heading is the value of a field, not the number of a page.
fn with_years<'a, 'l>(
    line: Line<'a>,
    source: &'a str,
    mut above: impl Iterator<Item = &'l Line<'a>>,
) -> Line<'a>
where
    'a: 'l,
{
    let text = source.trim();
    let is_year = |word: &str| word.parse().is_ok_and(|year: u32| (1990..2100).contains(&year));
    let are_years = || text.split(['-', '–', '/', ' ']).filter(|word| !word.is_empty()).all(is_year);
    let is_value = line == Line::PageNumber
        && are_years()
        && above.find(|line| **line != Line::Blank).is_some_and(|line| matches!(line, Line::Heading(_)));
    if is_value { Line::Text(Cow::Borrowed(text)) } else { line }
}

/// The number of a page on a line of its own: `27`, `- 27 -`, `Page 27 / 40`.
fn is_page_number(text: &str) -> bool {
    const WORDS: [&str; 5] = ["page", "pagina", "seite", "p", "pg"];
    // The longest that is written like this. An amount or a share is the value of a field.
    if text.len() > 24 || text.ends_with([')', '°']) || text.contains(['%', '€', '$', '£']) {
        return false;
    }
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut numbers = 0;
    for word in words {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers += 1;
        } else if !WORDS.iter().any(|page_word| page_word.eq_ignore_ascii_case(word)) {
            return false;
        }
    }
    // `12.` is the number of a measure.
    (1..=2).contains(&numbers) && !text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&'static str]) -> Line<'static> {
        Line::Row(cells.iter().map(|cell| (*cell).into()).collect())
    }

    fn lines_of(body: &str) -> Vec<Line<'_>> {
        read(body, 1)
            .located
            .into_iter()
            .map(|located| located.line)
            .filter(|line| *line != Line::Blank)
            .collect()
    }

    #[test]
    fn lines_are_classified_by_their_syntax() {
        assert_eq!(lines_of("12.\tPlanter \t En cours"), [row(&["12.", "Planter", "En cours"])]);
        assert_eq!(lines_of("### *b. Creuser* ##"), [Line::Heading("*b. Creuser*".into())]);
        assert_eq!(lines_of("## Creuser {#creuser .a}"), [Line::Heading("Creuser".into())]);
        assert_eq!(lines_of("#planter"), [Line::Paragraph("#planter".into())]);
        assert_eq!(lines_of("## AXE 1:\tPlanter"), [Line::Heading("AXE 1:\tPlanter".into())]);
        assert_eq!(lines_of("-----\t--\t---"), [Line::Separator]);
        assert_eq!(lines_of("27\n\u{C}Page 3/4"), [Line::PageNumber, Line::PageNumber]);
        assert_eq!(lines_of("12."), [Line::Paragraph("12.".into())]);
    }

    #[test]
    fn blank_lines_in_a_row_are_one_line() {
        let body = format!("a{}b", "\n \n".repeat(1_000));
        let located = read(&body, 1).located;
        let numbers: Vec<_> = located.iter().map(|located| located.number).collect();
        assert_eq!(numbers, [1, 2, 2_001]);
    }

    #[test]
    fn rows_are_recognized_in_all_table_syntaxes() {
        let row = row(&["12.", "Planter", "En cours"]);
        for body in [
            "| 12. | Planter | En cours |",
            "a | b | c\n--|:-:|--:\n12. | Planter | En cours",
            "12. | Planter | En cours",
            "12.    Planter     En cours",
            "<tr><td>12.</td><td class=\"x\">Planter</td> <td>En cours</td></tr>",
            "<table>\n12.\tPlanter\tEn cours\n</table>",
            "<td>12.<td>Planter<td>En\ncours\n\ntexte",
        ] {
            assert!(lines_of(body).contains(&row), "{body}");
        }
        assert_eq!(lines_of("12.    Planter    ici").len(), 1);
        assert!(matches!(lines_of("12.    Planter    ici")[0], Line::Paragraph(_)));
        assert_eq!(lines_of("12. | Planter | ici"), [Line::Paragraph("12. | Planter | ici".into())]);
    }

    #[test]
    fn context_decides_setext_headings_and_paragraphs() {
        assert_eq!(
            lines_of("AXE 1: A\n====\nb"),
            [Line::Heading("AXE 1: A".into()), Line::Separator, Line::Text("b".into())]
        );
        assert_eq!(lines_of("b. A\n---"), [Line::Heading("b. A".into()), Line::Separator]);
        assert_eq!(lines_of("Prose\n---"), [Line::Text("Prose".into()), Line::Separator]);
        let alone = |text: &'static str| Line::Paragraph(text.into());
        assert_eq!(lines_of("a\n\nb\n\n7\nc"), [alone("a"), alone("b"), Line::PageNumber, alone("c")]);
    }
}
