//! Measures reading tables of 10,000 measures as Markdown and as CSV.

use std::fmt::Write;

use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Content;

use crate::reading::read_document;
use crate::timings::Timings;

/// Number of runs.
const RUNS: usize = 20;
/// Number of measures, more than any known plan has.
const ROWS: usize = 10_000;

/// Measures both formats, beside splitting the same text into cells.
pub(crate) fn measure() -> anyhow::Result<()> {
    for (name, separator) in [("plan.md", " | "), ("plan.csv", ";")] {
        let text = table(separator);
        let path = DocumentPath::parse(name)?;
        let (mut reading, mut splitting) = (Timings::default(), Timings::default());
        for _ in 0..RUNS {
            let document = reading.time(|| read_document(&path, text.as_bytes()))?;
            let is_whole =
                matches!(document.content, Some(Content::Plan(plan)) if plan.measures.len() == ROWS);
            anyhow::ensure!(is_whole, "{name} was not read as {ROWS} measures");
            splitting.time(|| {
                let cells = text.lines().map(|line| line.split(separator).count()).sum::<usize>();
                anyhow::Ok(std::hint::black_box(cells))
            })?;
        }
        println!("read {name} of {ROWS} rows      {reading}");
        println!("  beside splitting its lines     {splitting}   x{:.0}", reading.over(&splitting));
    }
    Ok(())
}

fn table(separator: &str) -> String {
    let is_markdown = separator.contains('|');
    let columns = ["N°", "Thème", "Mesure", "Pilote", "Statut"].join(separator);
    let mut text = if is_markdown {
        format!("# Plan d’action\n\n| {columns} |\n|--|--|--|--|--|\n")
    } else {
        format!("{columns}\n")
    };
    for row in 1..=ROWS {
        let (number, theme) = (row.to_string(), format!("Thème {}", row % 40));
        let title = format!("Planter la haie numéro {row}");
        let cells = [number.as_str(), &theme, &title, "Ville", "En cours"].join(separator);
        let line = if is_markdown { format!("| {cells} |") } else { cells };
        // Writing to a string does not fail.
        writeln!(text, "{line}").unwrap_or_default();
    }
    text
}
