//! A plan gives the same result in every dialect, that is, in the markup of every tool that exports it.
//!
//! The tests rewrite the demo plan, and a real plan from outside the repository if it is available
//! (`tests/support/skip.rs`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{CategoryLevel, MeasureStatus, Plan};
use passerelle_model::reading::Content;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use proptest::prelude::*;

/// A line of the original plan.
#[derive(Clone, Debug)]
enum PlanLine {
    Heading(usize, String),
    Entry(String, String),
    Group(String),
    Measure(String, String, String),
    Other(String),
}

/// Writes the parts of a plan in the markup of one tool.
#[derive(Clone, Copy)]
struct Dialect {
    name: &'static str,
    heading: fn(usize, &str) -> String,
    number: fn(&str) -> String,
    status: fn(&str) -> String,
    table: fn(&[Vec<String>]) -> String,
    /// Returns the table rows of a measure, given its number, title and status.
    rows: fn([String; 3]) -> Vec<Vec<String>>,
}

fn plan_lines(body: &str) -> Vec<PlanLine> {
    let part = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let bold = |cell: &str| Some(cell.strip_prefix("<b>")?.strip_suffix("</b>")?.to_owned());
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
        let text = line.trim_start_matches('#');
        Some(match (&cells[..], &filled[..]) {
            _ if line.starts_with("---") || line.trim() == "Statut" => return None,
            _ if text.len() < line.len() => {
                PlanLine::Heading(line.len() - text.len(), text.trim().to_owned())
            }
            ([number, title, status], _) if number.ends_with('.') => {
                PlanLine::Measure((*number).to_owned(), (*title).to_owned(), (*status).to_owned())
            }
            (_, [only]) if cells.len() > 1 => PlanLine::Group(bold(only).unwrap()),
            ([title, page], _) => PlanLine::Entry(
                bold(title).unwrap_or_else(|| (*title).to_owned()),
                bold(page).unwrap_or_else(|| (*page).to_owned()),
            ),
            _ => PlanLine::Other(line.to_owned()),
        })
    };
    body.lines().filter_map(part).collect()
}

impl Dialect {
    const TABS: Self = Self {
        name: "tabs",
        heading: |depth, text| format!("{} {text}\n", "#".repeat(depth)),
        number: str::to_owned,
        status: str::to_owned,
        table: |rows| rows.iter().fold(String::new(), |text, row| text + &row.join("\t") + "\n"),
        rows: |cells| vec![cells.to_vec()],
    };

    fn write(self, body: &str) -> String {
        let mut text = String::new();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for part in plan_lines(body) {
            match part {
                PlanLine::Measure(number, title, status) => {
                    rows.extend((self.rows)([(self.number)(&number), title, (self.status)(&status)]));
                }
                PlanLine::Group(title) => {
                    rows.push(vec![String::new(), format!("<b>{title}</b>"), String::new()]);
                }
                PlanLine::Entry(title, page) => rows.push(vec![title, page]),
                PlanLine::Other(line) if line.is_empty() => {}
                PlanLine::Heading(..) | PlanLine::Other(_) => {
                    if !rows.is_empty() {
                        text += &(self.table)(&std::mem::take(&mut rows));
                    }
                    match part {
                        PlanLine::Heading(depth, title) => text += &(self.heading)(depth, &title),
                        PlanLine::Other(line) => writeln!(text, "{line}").unwrap(),
                        _ => {}
                    }
                    text.push('\n');
                }
            }
        }
        text + &(self.table)(&rows)
    }
}

fn pipe_table(rows: &[Vec<String>]) -> String {
    let mut text = "| N° | Mesure | Statut |\n|:---|---|---:|\n".to_owned();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.replace('|', "\\|").replace("<b>", "**").replace("</b>", "**"))
            .collect();
        writeln!(text, "| {} |", cells.join(" | ")).unwrap();
    }
    text + "\n"
}

fn pipe_table_without_edge_pipes(rows: &[Vec<String>]) -> String {
    let bare = |line: &str| {
        format!("{}\n", line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap_or(line))
    };
    pipe_table(rows).lines().map(bare).collect::<Vec<_>>().concat()
}

fn encode_entities(cell: &str) -> String {
    let entities = [("é", "&eacute;"), ("à", "&#224;"), ("È", "&Egrave;"), (" ", "&nbsp;"), ("’", "&rsquo;")];
    let text = cell.replace(" & ", " &amp; ");
    entities.iter().fold(text, |text, (letter, entity)| text.replacen(letter, entity, 3))
}

fn html_in_one_line(rows: &[Vec<String>]) -> String {
    let mut text = "<table><tbody>".to_owned();
    for row in rows {
        text += "<tr>";
        for cell in row {
            write!(text, "<td class=\"c\">{}</td>", encode_entities(cell)).unwrap();
        }
        text += "</tr>";
    }
    text + "</tbody></table>\n\n"
}

fn html_over_lines(rows: &[Vec<String>]) -> String {
    let mut text = "<TABLE border=1>\n<thead><tr><th>N°<th>Mesure<th>Statut</thead>\n".to_owned();
    for row in rows {
        text += "<TR VALIGN=\"top\">\n";
        for cell in row {
            writeln!(text, "<TD\n>\n<p>{}</p>\n", cell.replacen(' ', "<br>\n", 1)).unwrap();
        }
    }
    text + "</TABLE>\n"
}

fn html_with_group_colspan(rows: &[Vec<String>]) -> String {
    html_in_one_line(rows)
        .replace("<td class=\"c\"></td><td class=\"c\"><b>", "<td colspan=\"3\"><b>")
        .replace("</b></td><td class=\"c\"></td>", "</b></td>")
}

/// Splits a title at a space near its middle. `None` without such a space.
fn split_in_middle(title: &str) -> Option<(String, String)> {
    let middle = (title.len() / 2..title.len()).find(|at| title.is_char_boundary(*at))?;
    let (first, rest) = title.split_at(middle + title[middle..].find(' ')?);
    Some((first.to_owned(), rest.trim_start().to_owned()))
}

fn wrap_title(cells: [String; 3], write: fn(String, String) -> Vec<Vec<String>>) -> Vec<Vec<String>> {
    let [number, title, status] = cells;
    let Some((first, rest)) = split_in_middle(&title) else { return vec![vec![number, title, status]] };
    let mut rows = vec![vec![number, first, String::new()]];
    rows.extend(write(rest, status));
    rows
}

fn wrap_before_status(cells: [String; 3]) -> Vec<Vec<String>> {
    wrap_title(cells, |rest, status| vec![vec![String::new(), rest, status]])
}

fn wrap_twice(cells: [String; 3]) -> Vec<Vec<String>> {
    wrap_title(cells, |rest, status| {
        vec![vec![String::new(), rest, String::new()], vec![String::new(), String::new(), status]]
    })
}

fn wrap_over_pages(cells: [String; 3]) -> Vec<Vec<String>> {
    wrap_title(cells, |rest, status| {
        let line = |text: &str| vec![text.to_owned()];
        let header = vec!["Mesure".to_owned(), "Statut".to_owned()];
        vec![line(""), line("27"), line("\u{C}"), header, vec!["---".to_owned(); 3], vec![rest, status]]
    })
}

/// Wraps a title after the row with the status. Only a rest that starts in lower case is recognizable as a
/// continuation, so other titles are not wrapped.
fn wrap_after_status(cells: [String; 3]) -> Vec<Vec<String>> {
    let [number, title, status] = cells;
    let whole = vec![vec![number.clone(), title.clone(), status.clone()]];
    let Some((first, rest)) = split_in_middle(&title) else { return whole };
    if !rest.starts_with(char::is_lowercase) || first.ends_with('*') {
        return whole;
    }
    vec![vec![number, first, status], vec![String::new(), rest, String::new()]]
}

fn translated(status: &str, words: [&str; 3]) -> String {
    let (programme, written) = status
        .split_at(status.rfind(['>', 'S']).filter(|_| status.starts_with("PPS")).map_or(0, |at| at + 1));
    let word = match written.trim().to_lowercase().as_str() {
        "réalisé" => words[0],
        "en cours" => words[1],
        "à faire" | "a faire" => words[2],
        other => panic!("{other}"),
    };
    format!("{programme} {word}").trim().to_owned()
}

#[expect(clippy::too_many_lines, reason = "one entry per dialect")]
fn dialects() -> Vec<Dialect> {
    let base = Dialect::TABS;
    let named = |name, dialect: Dialect| Dialect { name, ..dialect };
    let of_table = |name, table| Dialect { name, table, ..base };
    let of_heading = |name, heading| Dialect { name, heading, ..base };
    let of_number = |name, number| Dialect { name, number, ..base };
    let of_status = |name, status| Dialect { name, status, ..base };
    let of_rows = |name, rows| Dialect { name, rows, ..base };
    vec![
        base,
        of_table("pipe table", pipe_table),
        of_table("pipe table without edge pipes", pipe_table_without_edge_pipes),
        of_table("HTML in one line", html_in_one_line),
        of_table("HTML over several lines", html_over_lines),
        of_table("HTML with groups over all columns", html_with_group_colspan),
        of_heading("bold paragraphs", |_, text| format!("**{text}**\n")),
        of_heading("bold runs", |_, text| {
            format!("**{}**\n", text.trim_matches('*').replacen(' ', "** **", 1))
        }),
        of_heading("HTML paragraphs", |_, text| format!("<p class=x><B>{text}</B></p>\n")),
        of_heading("HTML headings", |depth, text| format!("<H{depth} id=\"a\">\n{text}</H{depth}>\n")),
        of_heading("headings of one level", |_, text| format!("## {text}\n")),
        of_heading("bold headings", |_, text| format!("## **{}** {{#a}}\n", text.replacen(". ", "\\. ", 1))),
        of_heading("underlined headings", |depth, text| {
            format!("{text}\n{}\n", if depth == 1 { "=====" } else { "-----" })
        }),
        of_number("bare numbers", |number| number.replace('.', "")),
        of_number("numbers with brackets", |number| number.replace('.', ")")),
        of_number("numbers with a word", |number| format!("Mesure {}", number.replace('.', ""))),
        of_number("bold numbers", |number| format!("<b>{number}</b>")),
        of_status("Dutch", |status| translated(status, ["Afgerond", "Bezig", "Nog te doen"])),
        of_status("English", |status| translated(status, ["FINISHED", "ongoing.", "To do"])),
        of_status("German", |status| translated(status, ["Abgeschlossen", "**In Arbeit**", "Offen"])),
        of_status("no accents and upper case", |status| {
            translated(status, ["realisees", "<i>EN COURS</i>", "a faire"])
        }),
        of_rows("wrapped titles", wrap_before_status),
        of_rows("titles wrapped twice", wrap_twice),
        of_rows("titles wrapped over pages", wrap_over_pages),
        of_rows("titles wrapped after the status", wrap_after_status),
        Dialect { table: pipe_table, ..of_rows("wrapped titles in a pipe table", wrap_before_status) },
        Dialect {
            table: pipe_table,
            ..of_rows("titles wrapped after the status in a pipe table", wrap_after_status)
        },
        Dialect {
            table: pipe_table_without_edge_pipes,
            ..of_rows("wrapped titles in a pipe table without edge pipes", wrap_before_status)
        },
        Dialect { table: html_over_lines, ..of_rows("wrapped titles in HTML", wrap_twice) },
        Dialect {
            table: html_in_one_line,
            ..of_number("bare numbers in HTML", |number| number.replace('.', ""))
        },
        named(
            "several differences at once",
            Dialect {
                table: html_over_lines,
                heading: |_, text| format!("<p><strong>{text}</strong></p>\n"),
                number: |number| number.replace('.', ""),
                status: |status| translated(status, ["Gerealiseerd", "Lopend", "Te doen"]),
                rows: wrap_after_status,
                ..base
            },
        ),
    ]
}

fn plan(text: &str, dialect: &str) -> Plan {
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let reading = read(&DocumentPath::parse("plan.txt").unwrap(), text.as_bytes(), options).unwrap();
    match reading.content {
        Some(Content::Plan(plan)) => *plan,
        _ => panic!("{dialect}: no plan: {:?}", reading.diagnostics),
    }
}

/// Returns everything that must be equal in all dialects: all fields except lines and the wording of a
/// status.
fn content_summary(plan: &Plan) -> (Vec<String>, Vec<String>) {
    let measure = |measure: &passerelle_model::plan::Measure| {
        format!(
            "{} {:?} {:?} {:?} {} {:?} {}",
            measure.number,
            measure.title,
            measure.status,
            measure.programme,
            measure.is_repeated,
            measure.footnotes,
            measure.category.as_str()
        )
    };
    let category = |category: &passerelle_model::plan::Category| {
        format!("{} {:?} {} {:?}", category.path.as_str(), category.level, category.title, category.footnotes)
    };
    let heading = [&plan.heading.title, plan.heading.slug.as_str()].map(|text| format!("{text:?}"));
    let categories = plan.categories.iter().map(category).chain(heading).collect();
    (plan.measures.iter().map(measure).collect(), categories)
}

fn assert_parses_equally_in_every_dialect(original: &str) {
    let expected = content_summary(&plan(original, "original"));
    let body = original.strip_prefix("---\n").and_then(|text| text.find("\n---\n")).map_or(0, |end| end + 9);
    let (front, body) = original.split_at(body);
    for dialect in dialects() {
        let written = dialect.write(body);
        let (measures, categories) = content_summary(&plan(&format!("{front}{written}"), dialect.name));
        assert_eq!(categories, expected.1, "{}", dialect.name);
        for (measure, expected) in measures.iter().zip(&expected.0) {
            assert_eq!(measure, expected, "{}", dialect.name);
        }
        assert_eq!(measures.len(), expected.0.len(), "{}", dialect.name);
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample_plan() -> Option<String> {
    let folder = skip::seeds()?;
    let mut files =
        fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    files.find(|text| text.contains("AXE 1"))
}

#[test]
fn the_demo_plan_parses_equally_in_every_dialect() {
    assert_parses_equally_in_every_dialect(
        &fs::read_to_string(repository().join("content/plan-climat-quartiers-2025.txt")).unwrap(),
    );
}

#[test]
fn the_sample_plan_parses_equally_in_every_dialect() {
    let Some(text) = sample_plan() else { return };
    let plan = plan(&text, "original");
    let level = |level| plan.categories.iter().filter(|category| category.level == level).count();
    assert_eq!(CategoryLevel::ALL.map(level), [4, 20, 45, 3]);
    assert_eq!(
        plan.measures.iter().map(|measure| measure.number).collect::<Vec<_>>(),
        (1..=271).collect::<Vec<_>>()
    );
    let status = |status| plan.measures.iter().filter(|measure| measure.status == status).count();
    assert_eq!(
        [MeasureStatus::Completed, MeasureStatus::InProgress, MeasureStatus::NotStarted].map(status),
        [30, 163, 78]
    );
    assert_eq!(plan.measures.iter().filter(|measure| measure.programme.is_some()).count(), 43);
    assert_eq!(plan.measures.iter().filter(|measure| measure.is_repeated).count(), 44);
    let mut axes = BTreeMap::new();
    for measure in &plan.measures {
        *axes.entry(measure.category.as_str().split('.').next().unwrap()).or_insert(0) += 1;
    }
    assert_eq!(axes.into_values().collect::<Vec<_>>(), [67, 109, 63, 32]);
    assert_parses_equally_in_every_dialect(&text);
}

/// Fragments of tables and headings that are concatenated in random order, like the output of a broken
/// conversion.
const FRAGMENTS: [&str; 50] = [
    "12.",
    "12",
    "Mesure 3",
    "En cours",
    "PPS ",
    "AXE 1: A",
    "b. B",
    "3. C",
    "## ",
    "# ",
    "**",
    "*",
    "\\*: ",
    "\\",
    "\t",
    "\t",
    "\t",
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\u{C}",
    "|",
    " | ",
    "|---|---|\n",
    "---\n",
    "===\n",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<TD",
    " a=b>",
    "<p>",
    "<h2>",
    "</h2>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<sup>1</sup>",
    "[^1]",
    "^2^",
    "&eacute;",
    "&#x110000;",
    "&",
    "<br>",
    "<",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_plans_never_fail_to_parse(
        fragments in prop::collection::vec(prop_oneof![4 => prop::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned), 1 => "\\PC{0,3}"], 0..60)
    ) {
        let defaults = FolderDefaults::default();
        let options = ReadOptions::with_defaults(&defaults);
        let text = format!("---\nkind: plan\n---\n{}", fragments.concat());
        read(&DocumentPath::parse("plan.txt").unwrap(), text.as_bytes(), options).unwrap();
    }
}
