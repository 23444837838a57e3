//! The rows of a plan's tables, each by what its cells say.

use std::borrow::Cow;

use passerelle_text::fold::fold;

use super::contents;
use super::label::{self, LabelledTitle};
use super::number::{self, Number};
use super::status;
use super::title::{self, Wrapping};

/// A row and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row<'a> {
    /// The names of the columns.
    Header,
    /// A measure, or the first part of one.
    Measure(MeasureRow<'a>),
    /// An axis, objective or section that stands in the table.
    Category(LabelledTitle),
    /// A group.
    Group(String),
    /// Anything else.
    Other,
}

/// The cells of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MeasureRow<'a> {
    /// The number.
    pub(super) number: Number,
    /// The title; empty where it is on the next row.
    pub(super) title: &'a str,
    /// The status; empty where there is none, or where it is on the next row.
    pub(super) status: &'a str,
}

/// Reads the cells of a row.
pub(super) fn read<'a>(cells: &'a [Cow<'_, str>]) -> Row<'a> {
    if let Some(measure) = measure(cells) {
        return Row::Measure(measure);
    }
    let filled: Vec<&str> = cells.iter().map(AsRef::as_ref).filter(|cell| !cell.is_empty()).collect();
    if is_header(&filled) {
        return Row::Header;
    }
    // A cell across all columns is written once, or once in each of them.
    let Some((only, others)) = filled.split_first() else { return Row::Other };
    if others.iter().any(|other| other != only) {
        return Row::Other;
    }
    match (title::unwrap(only), marked(only).or_else(|| contents::read_unmarked(only))) {
        (_, Some(category)) => Row::Category(category),
        ((text, Wrapping::Bold), None) => Row::Group(text.into_owned()),
        _ => Row::Other,
    }
}

/// The category that a text opens because it is all in italics or bold and has a label.
pub(super) fn marked(text: &str) -> Option<LabelledTitle> {
    let (without_calls, _) = title::take_calls(text);
    let (_, wrapping) = title::unwrap(&without_calls);
    (wrapping != Wrapping::None).then(|| label::read(text)).flatten()
}

impl MeasureRow<'_> {
    /// Whether the row has what a measure has, should its number be a bare one: a title, and no page after it.
    pub(super) fn is_plausible(&self) -> bool {
        let is_page = || !self.status.is_empty() && self.status.bytes().all(|byte| byte.is_ascii_digit());
        self.title.contains(char::is_alphabetic) && !is_page() && !status::is_known(self.title)
    }

    /// Whether its number looks like a year.
    pub(super) fn is_year(&self) -> bool {
        self.number.is_bare && (1900..2200).contains(&self.number.value)
    }
}

fn measure<'a>(cells: &'a [Cow<'_, str>]) -> Option<MeasureRow<'a>> {
    let (number, rest) = match cells {
        [first, rest @ ..] if !first.is_empty() => (number::read(first)?, rest),
        // A tool that draws a column too many leaves it empty.
        [_, second, rest @ ..] => (number::read(second)?, rest),
        _ => return None,
    };
    let shifted = cells.len() > rest.len() + 1;
    let mut filled = rest.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let Some((place, first)) = filled.next() else {
        return (!shifted).then_some(MeasureRow { number, title: "", status: "" });
    };
    let others: Vec<&str> = filled.map(|(_, cell)| cell.as_ref()).collect();
    if place > 0 && others.is_empty() {
        // The status alone: its title is on another row.
        return (!shifted).then_some(MeasureRow { number, title: "", status: first });
    }
    let known = others.iter().find(|cell| status::is_known(cell));
    let status = known.or(others.first()).copied().unwrap_or_default();
    let row = MeasureRow { number, title: first, status };
    (!shifted || (known.is_some() && row.is_plausible())).then_some(row)
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

    fn with<T>(line: &str, check: impl Fn(Row<'_>) -> T) -> T {
        let cells: Vec<Cow<'_, str>> = line.split('|').map(Cow::Borrowed).collect();
        check(read(&cells))
    }

    fn measure(line: &str) -> Option<(u32, String, String)> {
        with(line, |row| match row {
            Row::Measure(row) => Some((row.number.value, row.title.to_owned(), row.status.to_owned())),
            _ => None,
        })
    }

    #[test]
    fn a_measure_has_a_number_a_title_and_a_status() {
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
    fn a_title_across_the_table_is_a_heading() {
        let is_category = |line| with(line, |row| matches!(row, Row::Category(_)));
        assert!(
            is_category("AXE 2: Ouvrir||")
                && is_category("|*b. Ouvrir*|")
                && is_category("**3. A**|**3. A**")
        );
        assert!(!is_category("b. Ouvrir||") && !is_category("|3. Ouvrir|"));
        with("|**Ouvrir**|", |row| assert_eq!(row, Row::Group("Ouvrir".to_owned())));
    }

    #[test]
    fn the_names_of_the_columns_mean_nothing() {
        for line in ["||Statut", "N°|Mesure|Statut", "Mesure|**Statut**|Remarques", "N°|Mesure"] {
            with(line, |row| assert_eq!(row, Row::Header, "{line}"));
        }
        with("a|b", |row| assert_eq!(row, Row::Other));
    }
}
