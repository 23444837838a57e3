//! Classifies the rows of the tables of a plan by their cells.

use std::borrow::Cow;

use passerelle_text::fold::fold;

use super::label::{self, LabelledHeading};
use super::number::{self, MeasureNumber};
use super::status;
use super::table_of_contents;
use super::title::{self, Emphasis};

/// A classified row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClassifiedRow<'a> {
    /// The names of the columns.
    Header,
    /// A measure, or the first part of one.
    Measure(MeasureRow<'a>),
    /// An axis, objective or section inside the table.
    Category(LabelledHeading),
    /// A group.
    Group(String),
    /// Anything else.
    Other,
}

/// The cells of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MeasureRow<'a> {
    /// The number.
    pub(super) number: MeasureNumber,
    /// The title. Empty if it is on the next row.
    pub(super) title: &'a str,
    /// The status. Empty if there is none, or if it is on the next row.
    pub(super) status: &'a str,
}

/// Reads the cells of a row.
pub(super) fn classify<'a>(cells: &'a [Cow<'_, str>]) -> ClassifiedRow<'a> {
    if let Some(measure) = parse_measure(cells) {
        return ClassifiedRow::Measure(measure);
    }
    let filled: Vec<&str> = cells.iter().map(AsRef::as_ref).filter(|cell| !cell.is_empty()).collect();
    if is_header(&filled) {
        return ClassifiedRow::Header;
    }
    // A cell across all columns is written once, or once in each of them.
    let Some((only, others)) = filled.split_first() else { return ClassifiedRow::Other };
    if others.iter().any(|other| other != only) {
        return ClassifiedRow::Other;
    }
    match (
        title::strip_emphasis(only),
        emphasized_category(only).or_else(|| table_of_contents::read_unmarked(only)),
    ) {
        (_, Some(category)) => ClassifiedRow::Category(category),
        ((text, Emphasis::Bold), None) => ClassifiedRow::Group(text.into_owned()),
        _ => ClassifiedRow::Other,
    }
}

/// The category that a text opens because it is all in italics or bold and has a label.
pub(super) fn emphasized_category(text: &str) -> Option<LabelledHeading> {
    let (without_calls, _) = title::extract_footnote_refs(text);
    let (_, emphasis) = title::strip_emphasis(&without_calls);
    (emphasis != Emphasis::None).then(|| label::read(text)).flatten()
}

impl MeasureRow<'_> {
    /// Returns true if the row can be a measure with a bare number. It must have a title, and no page number
    /// after it.
    pub(super) fn is_plausible(&self) -> bool {
        let is_page = || !self.status.is_empty() && self.status.bytes().all(|byte| byte.is_ascii_digit());
        self.title.contains(char::is_alphabetic) && !is_page() && !status::is_known(self.title)
    }

    /// Returns true if its number looks like a year.
    pub(super) fn is_year(&self) -> bool {
        self.number.is_bare && (1900..2200).contains(&self.number.value)
    }
}

fn parse_measure<'a>(cells: &'a [Cow<'_, str>]) -> Option<MeasureRow<'a>> {
    let (number, rest) = match cells {
        [first, rest @ ..] if !first.is_empty() => (number::read(first)?, rest),
        // Some converters add an empty column.
        [_, second, rest @ ..] => (number::read(second)?, rest),
        _ => return None,
    };
    let has_empty_first_column = cells.len() > rest.len() + 1;
    let mut filled = rest.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let Some((column, first)) = filled.next() else {
        return (!has_empty_first_column).then_some(MeasureRow { number, title: "", status: "" });
    };
    let others: Vec<&str> = filled.map(|(_, cell)| cell.as_ref()).collect();
    if column > 0 && others.is_empty() {
        // The status alone: its title is on another row.
        return (!has_empty_first_column).then_some(MeasureRow { number, title: "", status: first });
    }
    let known = others.iter().find(|cell| status::is_known(cell));
    let status = known.or(others.first()).copied().unwrap_or_default();
    let row = MeasureRow { number, title: first, status };
    (!has_empty_first_column || (known.is_some() && row.is_plausible())).then_some(row)
}

fn is_header(filled: &[&str]) -> bool {
    const NAMES: [&str; 17] = [
        "n°",
        "nº",
        "n",
        "no",
        "nr",
        "mesure",
        "mesures",
        "action",
        "actions",
        "intitule",
        "titre",
        "maatregel",
        "maatregelen",
        "measure",
        "measures",
        "massnahme",
        "massnahmen",
    ];
    let is_name =
        |cell: &&str| cell.len() < 40 && NAMES.contains(&fold(&cell.replace(['*', '.'], "")).as_str());
    filled.iter().any(|cell| status::is_header(cell)) || (!filled.is_empty() && filled.iter().all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify_line<T>(line: &str, check: impl Fn(ClassifiedRow<'_>) -> T) -> T {
        let cells: Vec<Cow<'_, str>> = line.split('|').map(Cow::Borrowed).collect();
        check(classify(&cells))
    }

    fn measure(line: &str) -> Option<(u32, String, String)> {
        classify_line(line, |row| match row {
            ClassifiedRow::Measure(row) => {
                Some((row.number.value, row.title.to_owned(), row.status.to_owned()))
            }
            _ => None,
        })
    }

    #[test]
    fn measure_rows_have_a_number_a_title_and_a_status() {
        let row = |title: &str, status: &str| Some((12, title.to_owned(), status.to_owned()));
        for line in [
            "12.|Planter|En cours",
            "|12)|Planter|En cours",
            "12||Planter|En cours|",
            "12.|Planter|Ville|En cours",
        ] {
            assert_eq!(measure(line), row("Planter", "En cours"), "{line}");
        }
        assert_eq!(measure("12.|Planter|"), row("Planter", ""));
        assert_eq!(measure("12.||En cours"), row("", "En cours"));
        assert_eq!([measure("|2025|"), measure("|2025|et 2026|")], [None, None]);
    }

    #[test]
    fn titles_spanning_the_table_are_headings() {
        let is_category = |line| classify_line(line, |row| matches!(row, ClassifiedRow::Category(_)));
        assert!(
            is_category("AXE 2: Ouvrir||")
                && is_category("|*b. Ouvrir*|")
                && is_category("**3. A**|**3. A**")
        );
        assert!(!is_category("b. Ouvrir||") && !is_category("|3. Ouvrir|"));
        classify_line("|**Ouvrir**|", |row| assert_eq!(row, ClassifiedRow::Group("Ouvrir".to_owned())));
    }

    #[test]
    fn header_rows_are_recognized() {
        for line in ["||Statut", "N°|Mesure|Statut", "Mesure|**Statut**|Remarques", "N°|Mesure"] {
            classify_line(line, |row| assert_eq!(row, ClassifiedRow::Header, "{line}"));
        }
        classify_line("a|b", |row| assert_eq!(row, ClassifiedRow::Other));
    }
}
