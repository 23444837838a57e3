//! Detects the columns of a table of measures, by the header row or by the content of each column.

use passerelle_text::fold::{find_year, fold};

use super::block::{Row, Table};
use super::column_stats::ColumnStats;
use super::header_words::{self, ColumnRole, HeaderMatch};
use super::status::{self, StatusMap};
use super::{measure_label, schedule, status_detail};

/// Meaning and name of each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Role of each column.
    pub(super) roles: Vec<ColumnRole>,
    /// Header of each column as written. Empty without a header row.
    pub(super) names: Vec<String>,
    /// True if the header of the title is a word for measures that few other tables use.
    pub(super) has_strong_title: bool,
    /// True if the roles come from a header row.
    pub(super) has_header: bool,
}

/// Rows above the header that can be a caption.
pub(super) const MAX_ROWS_BEFORE_HEADER: usize = 4;
/// Longest header in characters that is not exactly a phrase.
const MAX_LOOSE_HEADER: usize = 160;
/// Number of rows by which a column without a header is classified, spread over the table.
pub(super) const SAMPLE_ROWS: usize = 200;

/// Headers that are used only for titles.
const TITLE_HEADERS: [&str; 7] =
    ["titre", "intitule", "libelle", "titel", "title", "bezeichnung", "benaming"];

/// `Action | Titre | Statut`: two columns can be the title. The first one then contains the labels.
fn separate_labels(row: &Row, roles: &mut [ColumnRole]) {
    let is_title = |cell: &String| TITLE_HEADERS.contains(&fold(&header_words::plain_text(cell)).trim());
    let Some(named) = roles.iter().position(|role| *role == ColumnRole::Title) else { return };
    let Some(title) = row.cells.iter().skip(named + 1).position(is_title) else { return };
    if !roles.contains(&ColumnRole::Label) {
        roles[named] = ColumnRole::Label;
        roles[named + 1 + title] = ColumnRole::Title;
    }
}

/// `Statut 2023 | Statut 2024`: the last year is the present status, the others are attributes.
fn take_latest_status(row: &Row, matches: &[Vec<HeaderMatch>], roles: &mut [ColumnRole]) {
    let Some(found) = roles.iter().position(|role| *role == ColumnRole::Status) else { return };
    if find_year(&row.cells[found]).is_none() {
        return;
    }
    let is_status = |at: &usize| matches[*at].iter().any(|found| found.role == ColumnRole::Status);
    let with_years =
        (0..row.cells.len()).filter(is_status).filter_map(|at| Some((find_year(&row.cells[at])?, at)));
    if let Some((_, latest)) = with_years.max() {
        roles[found] = ColumnRole::Other;
        roles[latest] = ColumnRole::Status;
    }
}

impl Columns {
    /// Index of the column with a role.
    pub(super) fn index(&self, role: ColumnRole) -> Option<usize> {
        self.roles.iter().position(|found| *found == role)
    }

    /// Number of different roles beside label and title that measures have.
    pub(super) fn companion_count(&self) -> usize {
        let mut roles: Vec<ColumnRole> = self.roles.clone();
        roles.sort_unstable();
        roles.dedup();
        let is_companion = |role: &&ColumnRole| {
            !matches!(
                role,
                ColumnRole::Label | ColumnRole::Title | ColumnRole::Other | ColumnRole::Description
            )
        };
        roles.iter().filter(is_companion).count()
    }

    /// Reads a header row. `None` if the row does not name a column of titles and another column.
    pub(super) fn of_header(row: &Row) -> Option<Self> {
        let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
        let is_short = |cell: &String| cell.chars().count() <= MAX_LOOSE_HEADER;
        let is_data = |cell: &String| {
            cell.bytes().any(|byte| byte.is_ascii_digit()) && measure_label::of_cell(cell).is_some()
        };
        if filled < 2 || !row.cells.iter().all(is_short) || row.cells.iter().any(is_data) {
            return None;
        }
        // Most rows are no headers, and comparing a cell with every phrase is slow.
        let exact = row.cells.iter().filter(|cell| header_words::is_exact(cell)).count();
        if exact == 0 || (!row.is_marked_header && exact < 2 && exact < filled) {
            return None;
        }
        let matches: Vec<Vec<HeaderMatch>> =
            row.cells.iter().map(|cell| header_words::matches(cell)).collect();
        let mut roles = assign(&matches);
        take_latest_status(row, &matches, &mut roles);
        separate_labels(row, &mut roles);
        if !roles.contains(&ColumnRole::Title) {
            // `Nr. | Beschreibung | Status`: the description is the title.
            let description = roles.iter().position(|role| *role == ColumnRole::Description)?;
            roles[description] = ColumnRole::Title;
        }
        let title = roles.iter().position(|role| *role == ColumnRole::Title)?;
        if roles.iter().filter(|role| **role != ColumnRole::Other).count() < 2 {
            return None;
        }
        // `Action | Titre | Statut`: the header of the labels names the measures.
        let label = roles.iter().position(|role| *role == ColumnRole::Label);
        let mut named = label.filter(|_| roles.contains(&ColumnRole::Status)).into_iter().chain([title]);
        Some(Self {
            has_strong_title: named.any(|at| header_words::is_strong_title(&row.cells[at])),
            names: row.cells.iter().map(|cell| header_words::plain_text(cell)).collect(),
            roles,
            has_header: true,
        })
    }

    /// Finds the header of a table. Returns the columns and the index of the first row below it.
    pub(super) fn find(table: &Table) -> Option<(Self, usize)> {
        let mut rows = table.rows.iter().take(MAX_ROWS_BEFORE_HEADER).enumerate();
        let (mut columns, mut start) = rows.find_map(|(at, row)| Some((Self::of_header(row)?, at + 1)))?;
        if let Some(both) = table.rows.get(start).and_then(|second| columns.with_second_row(second)) {
            columns = both;
            start += 1;
        }
        if table.rows.get(start).is_some_and(|second| columns.add_units(second)) {
            start += 1;
        }
        let sample: Vec<&Row> = table.rows[start..].iter().take(SAMPLE_ROWS).collect();
        if columns.is_incomplete() {
            columns.complete(&sample);
        }
        columns.check_completion(&sample);
        Some((columns, start))
    }

    /// The columns of a header in two rows: `Calendrier` over `Début` and `Fin`.
    ///
    /// `None` if the second row names no column of its own, or names the title again.
    pub(super) fn with_second_row(&self, second: &Row) -> Option<Self> {
        let is_same_width = second.cells.len() == self.names.len();
        let title = self.index(ColumnRole::Title)?;
        if !is_same_width || !second.cells[title].is_empty() {
            return None;
        }
        let named = second.cells.iter().filter(|cell| header_words::is_exact(cell)).count();
        let filled = second.cells.iter().filter(|cell| !cell.is_empty()).count();
        let cells = second.cells.iter().zip(&self.names);
        let cells =
            cells.map(|(below, above)| if below.is_empty() { above } else { below }.clone()).collect();
        let both = Row { cells, line: second.line, is_marked_header: true };
        Self::of_header(&both).filter(|_| named >= 1 && named == filled)
    }

    /// Adds the units of a second header row to the names: `Coût` over `(k€)`. Returns false if the row has
    /// other cells.
    fn add_units(&mut self, second: &Row) -> bool {
        let is_unit = |cell: &String| cell.starts_with('(') && cell.ends_with(')');
        let has_units = second.cells.len() == self.names.len()
            && second.cells.iter().all(|cell| cell.is_empty() || is_unit(cell))
            && second.cells.iter().any(is_unit);
        if has_units {
            for (name, unit) in self.names.iter_mut().zip(&second.cells).filter(|(_, unit)| !unit.is_empty())
            {
                *name = format!("{name} {unit}");
            }
        }
        has_units
    }

    /// `Progress` can also hold counts: `60 schools`. It is a percentage if most of its cells are.
    fn check_completion(&mut self, rows: &[&Row]) {
        let Some(at) = self.index(ColumnRole::Completion) else { return };
        let filled: Vec<&String> =
            rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty()).collect();
        let shares = filled.iter().filter(|cell| status_detail::percentage_of_cell(cell).is_some()).count();
        if shares * 2 < filled.len() {
            self.roles[at] = ColumnRole::Other;
        }
    }

    /// Returns true if the header leaves the role of a column open.
    pub(super) fn is_incomplete(&self) -> bool {
        let is_unnamed = |(role, name): (&ColumnRole, &String)| *role == ColumnRole::Other && name.is_empty();
        self.roles.contains(&ColumnRole::Goal) || self.roles.iter().zip(&self.names).any(is_unnamed)
    }

    /// Decides by their content about columns that the header leaves open: columns without a name, and
    /// columns of goals, which are categories if several measures in a row share a goal.
    pub(super) fn complete(&mut self, rows: &[&Row]) {
        let title = self.index(ColumnRole::Title);
        for at in 0..self.roles.len() {
            let is_unnamed = self.roles[at] == ColumnRole::Other && self.names[at].is_empty();
            if !is_unnamed && self.roles[at] != ColumnRole::Goal {
                continue;
            }
            let stats = ColumnStats::of(rows, at, &StatusMap::default());
            let is_before_title = title.is_some_and(|title| at < title);
            let is_free = |role| is_unnamed && self.index(role).is_none();
            self.roles[at] = if is_free(ColumnRole::Label) && stats.is_label(rows.len()) {
                ColumnRole::Label
            } else if is_free(ColumnRole::Status) && stats.statuses * 2 > stats.filled {
                ColumnRole::Status
            } else if stats.is_category(rows.len(), is_before_title) {
                ColumnRole::Theme
            } else if is_unnamed {
                ColumnRole::Other
            } else {
                ColumnRole::Impact
            };
        }
    }

    /// Classifies columns by their content over the whole table. `header` names some of them.
    pub(super) fn of_content(rows: &[&Row], header: Option<&Row>, map: &StatusMap) -> Option<Self> {
        let width = rows.iter().map(|row| row.cells.len()).max()?;
        let names: Vec<String> = (0..width)
            .map(|at| {
                header
                    .and_then(|row| row.cells.get(at))
                    .map(|cell| header_words::plain_text(cell))
                    .unwrap_or_default()
            })
            .collect();
        let mut roles: Vec<Option<ColumnRole>> =
            names.iter().map(|name| header_words::matches(name).first().map(|best| best.role)).collect();
        let step = rows.len().div_ceil(SAMPLE_ROWS).max(1);
        let sample: Vec<&Row> = rows.iter().step_by(step).copied().collect();
        let stats: Vec<ColumnStats> = (0..width).map(|at| ColumnStats::of(&sample, at, map)).collect();
        let free = |roles: &[Option<ColumnRole>], role| !roles.contains(&Some(role));
        if free(&roles, ColumnRole::Label)
            && let Some(at) = (0..width).find(|at| roles[*at].is_none() && stats[*at].is_label(sample.len()))
        {
            roles[at] = Some(ColumnRole::Label);
        }
        if free(&roles, ColumnRole::Status)
            && let Some(at) =
                best(&stats, &roles, |stats| stats.statuses, |stats| stats.statuses * 2 > stats.filled)
        {
            roles[at] = Some(ColumnRole::Status);
        }
        if free(&roles, ColumnRole::Title) {
            let at = best(&stats, &roles, ColumnStats::title_weight, |stats| stats.title_weight() > 0)?;
            roles[at] = Some(ColumnRole::Title);
        }
        for (at, stats) in stats.iter().enumerate() {
            if roles[at].is_none() {
                roles[at] = Some(stats.other_role());
            }
        }
        let roles = roles.into_iter().map(|role| role.unwrap_or(ColumnRole::Other)).collect();
        Some(Self { roles, names, has_strong_title: false, has_header: header.is_some() })
    }

    /// The cells of a row in the order of the columns. A row that lost cells is shifted to where its cells
    /// fit best.
    pub(super) fn align<'a>(&self, row: &'a Row, map: &StatusMap) -> Vec<&'a str> {
        let mut cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled >= 2 && cells.len() >= self.roles.len() && self.is_shifted(&cells, map) {
            // The converter filled the row with empty cells after the shifted ones.
            let status = cells.iter().position(|cell| status::is_stated(cell, map)).unwrap_or(0);
            if let Some(empty) = (status..self.roles.len()).find(|at| cells[*at].is_empty()) {
                cells.remove(empty);
            }
        }
        let missing = self.roles.len().saturating_sub(cells.len());
        if missing > 0 {
            let at = if filled < 2 { cells.len() } else { self.best_gap(&cells, missing, map) };
            cells.splice(at..at, std::iter::repeat_n("", missing));
        }
        cells
    }

    /// Returns true if a status is in a cell to the left of its column, and the column has another text.
    fn is_shifted(&self, cells: &[&str], map: &StatusMap) -> bool {
        let Some(at) = self.index(ColumnRole::Status) else { return false };
        let is_text = cells.get(at).is_some_and(|cell| !cell.is_empty() && !status::is_stated(cell, map));
        is_text && cells[..at].iter().any(|cell| status::is_stated(cell, map))
    }

    /// Returns the position of the lost cells of a row: the gap with which most cells match their columns. If
    /// several gaps are equal, returns the end.
    fn best_gap(&self, cells: &[&str], missing: usize, map: &StatusMap) -> usize {
        let fit = |gap: usize| -> i32 {
            cells
                .iter()
                .enumerate()
                .map(|(at, cell)| {
                    let role = self.roles.get(if at < gap { at } else { at + missing });
                    role.map_or(0, |role| suitability(*role, cell, map))
                })
                .sum()
        };
        let gaps = (0..=cells.len()).rev();
        gaps.map(|gap| (fit(gap), gap))
            .fold((i32::MIN, cells.len()), |best, next| if next.0 > best.0 { next } else { best })
            .1
    }
}

/// Assigns roles to the cells of a header, the best matches first.
fn assign(matches: &[Vec<HeaderMatch>]) -> Vec<ColumnRole> {
    let mut candidates: Vec<(bool, usize, usize, ColumnRole)> = Vec::new();
    for (at, found) in matches.iter().enumerate() {
        candidates.extend(found.iter().map(|found| (found.is_exact, found.length, at, found.role)));
    }
    // Of equal matches, the column further to the left.
    candidates.sort_by_key(|(is_exact, length, at, _)| (!is_exact, std::cmp::Reverse(*length), *at));
    let mut roles: Vec<Option<ColumnRole>> = vec![None; matches.len()];
    // A word that is exactly a header is stronger than a longer phrase inside another header.
    let mut exact = candidates.clone();
    exact.retain(|(is_exact, ..)| *is_exact);
    // `Avancement` is a status where no other column is, and a percentage beside `Statut`.
    let roles_of = |column: usize| matches[column].iter().filter(|found| found.is_exact).count();
    exact.sort_by_key(|(.., at, _)| (roles_of(*at), *at));
    for (_, _, at, role) in exact.into_iter().chain(candidates) {
        if roles[at].is_none() && (role == ColumnRole::Theme || !roles.contains(&Some(role))) {
            roles[at] = Some(role);
        }
    }
    roles.into_iter().map(|role| role.unwrap_or(ColumnRole::Other)).collect()
}

/// Score of a cell in a column. Higher is better.
fn suitability(role: ColumnRole, cell: &str, map: &StatusMap) -> i32 {
    if cell.is_empty() {
        return 0;
    }
    let is_status = status::is_stated(cell, map);
    match role {
        ColumnRole::Status if is_status => 4,
        ColumnRole::Status => -3,
        ColumnRole::Label if measure_label::of_cell(cell).is_some() => 3,
        ColumnRole::Label => -2,
        ColumnRole::Schedule | ColumnRole::Start | ColumnRole::End => {
            i32::from(schedule::read(cell) != schedule::Period::default()) * 2
        }
        ColumnRole::Completion => i32::from(status_detail::percentage_of_cell(cell).is_some()) * 2,
        ColumnRole::Title if is_status || !cell.contains(char::is_alphabetic) => -3,
        // Themes and owners are short, titles and descriptions are longer.
        ColumnRole::Theme => 1 - i32::from(cell.len() > 60),
        ColumnRole::Title => i32::from(cell.len() > 12),
        ColumnRole::Description => i32::from(cell.len() > 40) * 2,
        _ => 0,
    }
}

fn best(
    stats: &[ColumnStats],
    roles: &[Option<ColumnRole>],
    weight: impl Fn(&ColumnStats) -> usize,
    is_allowed: impl Fn(&ColumnStats) -> bool,
) -> Option<usize> {
    let free = (0..stats.len()).filter(|at| roles[*at].is_none() && is_allowed(&stats[*at]));
    free.fold(None, |found: Option<usize>, at| match found {
        Some(other) if weight(&stats[other]) >= weight(&stats[at]) => Some(other),
        _ => Some(at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: &str) -> Row {
        Row {
            cells: line.split('|').map(|cell| cell.trim().to_owned()).collect(),
            line: 1,
            is_marked_header: true,
        }
    }

    fn roles(header: &str) -> Vec<ColumnRole> {
        Columns::of_header(&row(header)).map(|columns| columns.roles).unwrap_or_default()
    }

    #[test]
    fn the_header_decides_the_column_and_not_its_place() {
        use ColumnRole::{Completion, Description, Label, Other, Responsible, Status, Theme, Title};
        assert_eq!(roles("N°|Thème|Mesure|Pilote|Statut"), [Label, Theme, Title, Responsible, Status]);
        assert_eq!(roles("N°|Mesure|Phase|Statut"), [Label, Title, Other, Status]);
        assert_eq!(roles("N°|Statut|Mesure"), [Label, Status, Title]);
        assert_eq!(roles("Emission sector/mitigation measure|No.|Measures"), [Theme, Label, Title]);
        assert_eq!(roles("Nr.|Maßnahme|Beschreibung|Nr."), [Label, Title, Description, Other]);
        assert_eq!(roles("Nr.|Beschreibung|Stand"), [Label, Title, Status]);
        assert_eq!(roles("Mesure|Avancement"), [Title, Status]);
        assert_eq!(roles("Mesure|Avancement|Statut"), [Title, Completion, Status]);
        assert_eq!(roles("Maßnahme|Stand|Fortschritt"), [Title, Status, Completion]);
        assert_eq!(roles("Jour|Heures"), []);
    }

    #[test]
    fn columns_without_a_header_are_known_by_their_content() {
        use ColumnRole::{Label, Responsible, Status, Title};
        let rows = [
            row("1.|Direction des parcs|Planter des haies le long des rues|En cours"),
            row("2.|Direction des parcs|Creuser une mare derrière l’école|Réalisé"),
            row("3.|Service de l’eau|Poser deux fontaines sur la place|En cours"),
        ];
        let rows: Vec<&Row> = rows.iter().collect();
        let columns = Columns::of_content(&rows, None, &StatusMap::default()).unwrap();
        assert_eq!(columns.roles, [Label, Responsible, Title, Status]);
    }

    #[test]
    fn a_header_in_two_rows_is_read_together() {
        use ColumnRole::{End, Label, Start, Status, Title};
        let table = |lines: &[&str]| Table { rows: lines.iter().map(|line| row(line)).collect() };
        let (columns, start) = Columns::find(&table(&[
            "N°|Action|Calendrier||Statut",
            "||Début|Fin|",
            "1|Creuser une mare|2024|2026|En cours",
        ]))
        .unwrap();
        assert_eq!((columns.roles.as_slice(), start), ([Label, Title, Start, End, Status].as_slice(), 2));
        let units = table(&["N°|Action|Coût|Statut", "||k€|", "1|Creuser une mare|20|En cours"]);
        assert_eq!(Columns::find(&units).map(|(_, start)| start), Some(1));
    }

    #[test]
    fn the_latest_of_several_statuses_is_the_status() {
        use ColumnRole::{Label, Other, Status, Title};
        assert_eq!(
            roles("N°|Action|Statut 2023|Statut 2025|Statut 2024"),
            [Label, Title, Other, Status, Other]
        );
        assert_eq!(roles("N°|Action|Statut|Statut 2024"), [Label, Title, Status, Other]);
    }

    #[test]
    fn columns_that_the_header_leaves_open_are_known_by_their_content() {
        use ColumnRole::{Impact, Label, Other, Status, Theme, Title};
        let roles = |lines: &[&str]| {
            let table = Table { rows: lines.iter().map(|line| row(line)).collect() };
            Columns::find(&table).map(|(columns, _)| columns.roles).unwrap_or_default()
        };
        let labels = ["|Action|Statut", "A1|Semer du trèfle|Réalisé", "A2|Creuser|En cours"];
        assert_eq!(roles(&labels), [Label, Title, Status]);
        let statuses = ["N°|Action|", "1|Semer du trèfle|Réalisé", "2|Creuser|En cours"];
        assert_eq!(roles(&statuses), [Label, Title, Status]);
        let themes =
            ["|Action|Statut", "Eau|Creuser une mare|Réalisé", "|Semer|En cours", "|Planter|Réalisé"];
        assert_eq!(roles(&themes), [Theme, Title, Status]);
        let notes = ["|Action|Statut", "urgent|Creuser une mare|Réalisé", "à revoir|Semer|En cours"];
        assert_eq!(roles(&notes), [Other, Title, Status]);
        for goal in ["Objectif", "Objective", "Doelstelling", "Ziel"] {
            let header = format!("Action|{goal}|Statut");
            let repeated = [&header, "Semer|Plus de fleurs|En cours", "Tondre|Plus de fleurs|En cours"];
            assert_eq!(roles(&repeated), [Title, Theme, Status], "{goal}");
            let single = [&header, "Semer|Plus de fleurs|En cours", "Creuser|Une mare|En cours"];
            assert_eq!(roles(&single), [Title, Impact, Status], "{goal}");
            let header = format!("{goal}|Action|Statut");
            let held = [&header, "Fleurs|Semer|En cours", "|Tondre|En cours", "Eau|Creuser|En cours"];
            assert_eq!(roles(&held), [Theme, Title, Status], "{goal}");
        }
    }

    #[test]
    fn a_row_that_lost_a_cell_is_shifted_to_where_it_fits() {
        let columns = Columns::of_header(&row("Domain|Pathway|Status|Project name|Description")).unwrap();
        let map = StatusMap::default();
        let text = "A long description of what is planned along the canal";
        let aligned = |line: &str| {
            let row = row(line);
            columns.align(&row, &map).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            aligned(&format!("Water|Done|Fountains on the square|{text}"))[..3],
            ["Water", "", "Done"]
        );
        assert_eq!(
            aligned(&format!("Water|Canals|Fountains on the square|{text}"))[..4],
            ["Water", "Canals", "", "Fountains on the square"]
        );
    }
}
