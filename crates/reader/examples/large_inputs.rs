//! Measures the inputs that take the reader longest, at 5 MiB: `cargo run --release -p passerelle-reader
//! --example large_inputs`.
//!
//! Each input is read in a process of its own, so that its memory can be measured. Prints the processor time
//! in milliseconds, the maximum memory of the process in MiB and the number of diagnostics. Linux only.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::process::Command;

use passerelle_model::path::DocumentPath;
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::{ReadOptions, read};

/// Just below the maximum size of a document.
const BYTES: usize = 5 * 1024 * 1024 - 1024;
/// Target for the time in milliseconds.
const MAX_MILLIS: f64 = 1_000.0;
/// Target for the memory in MiB.
const MAX_MIB: f64 = 256.0;

type Input = (&'static str, fn() -> String);

const INPUTS: [Input; 16] = [
    ("plan of near-equal titles with stars", near_equal_titles),
    ("ampersands", || repeat("&")),
    ("e-mail addresses", || repeat("a@b.be ")),
    ("quotation signs on a line", || repeat(">")),
    ("autolinks", || repeat("<https://a.be> ")),
    ("addresses without angle brackets", || repeat("https://a.be ")),
    ("inline links", || repeat("[a](b) ")),
    ("prose with links", || repeat("Un **mot** de [lien](/a) et `code`.\n\n")),
    ("emphasis", || repeat("*a_ ")),
    ("stars", || repeat("*")),
    ("comments", || repeat("<!-- a -->\n\n")),
    ("link definitions", || numbered(BYTES / 16, |number| format!("[a{number:06}]: /b\n"))),
    ("template expressions", || repeat("{{ a }} ")),
    ("table cells", || format!("|a|b|\n|-|-|\n{}", repeat("|a|b|\n"))),
    ("notes", || numbered(BYTES / 32, |note| format!("a[^{note:06}]\n\n[^{note:06}]: b\n\n"))),
    ("images with spaces in their path", || repeat("![a](b c.png) ")),
];

/// Joins the texts of the numbers from 0.
fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

fn repeat(unit: &str) -> String {
    unit.repeat(BYTES / unit.len())
}

/// 50 rows whose titles differ in their last word and have a star.
fn near_equal_titles() -> String {
    let words = "une mesure pour le quartier ".repeat(BYTES / 50 / 28 - 1);
    let rows = (1..=50).map(|number| format!("| {number} | {words}{number}* | En cours |\n"));
    format!("| N° | Mesure | Statut |\n|---|---|---|\n{}", rows.collect::<String>())
}

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(name) = std::env::args().nth(1) {
        return read_alone(&name);
    }
    println!("{:<40} {:>9} {:>9} {:>12}", "5 MiB of", "ms", "MiB", "diagnostics");
    for (name, _) in INPUTS {
        let output = Command::new(std::env::current_exe()?).arg(name).output()?;
        let text = String::from_utf8(output.stdout)?;
        let figures: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [millis, mib, diagnostics] = figures[..] else {
            return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
        };
        let mark = if millis > MAX_MILLIS || mib > MAX_MIB { "  above the target" } else { "" };
        println!("{name:<40} {millis:>9.0} {mib:>9.0} {diagnostics:>12}{mark}");
    }
    Ok(())
}

/// Returns the time in milliseconds for which the process ran. Other processes do not change it much.
fn cpu_millis() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanos / 1_000_000.0)
}

fn read_alone(name: &str) -> Result<(), Box<dyn Error>> {
    let (_, make) = INPUTS.into_iter().find(|(known, _)| *known == name).ok_or("no such input")?;
    let (input, defaults) = (make(), FolderDefaults::default());
    let options = ReadOptions {
        write_state: WriteState::Complete,
        defaults: &defaults,
        raw_html: RawHtmlPolicy::Sanitized,
        site: None,
    };
    let path = DocumentPath::parse("page.md")?;
    let before = cpu_millis()?;
    let reading = read(&path, input.as_bytes(), options)?;
    let millis = cpu_millis()? - before;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kib: f64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{millis} {} {}", kib / 1024.0, reading.diagnostics.len());
    Ok(())
}
