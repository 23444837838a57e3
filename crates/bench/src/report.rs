//! Writes all measurements into one Markdown file, with a plot beside it.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::scale::{self, Point};

/// A measurement and its goals.
struct Section {
    title: &'static str,
    arguments: &'static [&'static str],
    goals: &'static str,
}

const SECTIONS: [Section; 8] = [
    Section {
        title: "Start, save, memory",
        arguments: &["content"],
        goals: "save to visible p99 under 50 ms",
    },
    Section {
        title: "Load",
        arguments: &["--serving"],
        goals: "cached at least x0.9 of the route, not modified at least x0.95; uncached list, tree and single measure at \
            least x4, x4 and x3 of the plain server, p99 under 10 ms for the list and 60 ms for the tree",
    },
    Section {
        title: "Large plans",
        arguments: &["--plans"],
        goals: "20 filtered, counted, faceted: p99 under 10 ms",
    },
    Section { title: "Tables", arguments: &["--tables"], goals: "10,000 rows under 300 ms" },
    Section { title: "Pages", arguments: &["--pages"], goals: "the slowest mebibyte under 500 ms" },
    Section {
        title: "Folders",
        arguments: &["--folder"],
        goals: "50,000 pages served 12 s after the last is written; one save p99 under 150 ms",
    },
    Section { title: "Search", arguments: &["--search"], goals: "p99 under 15 ms" },
    Section {
        title: "Attacks",
        arguments: &["--attack"],
        goals: "at most 400 MiB, innocent p99 under 100 ms, no internal error, over within 10 s",
    },
];
const SCALE_GOALS: &str = "start on an unchanged folder under 5 s; memory under 400 MiB idle, 700 MiB during the import; save to \
    visible p99 under 150 ms; filtered list p99 under 10 ms, search p99 under 15 ms; the same cost of one save at each size";

/// Runs every measurement. One that fails is named in the report, and the others follow.
pub(crate) fn write(binary: &Path, file: &Path) -> anyhow::Result<()> {
    let plot = file.with_extension("svg");
    let mut report = format!("# Figures\n\n{}\n", machine()?);
    for section in &SECTIONS {
        println!("{}", section.title);
        let output = Command::new(std::env::current_exe()?)
            .args(section.arguments)
            .env("PASSERELLE_BINARY", binary)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        writeln!(
            report,
            "## {}\n\nGoals: {}.\n\n```text\n{}\n```\n",
            section.title,
            section.goals,
            text.trim()
        )?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            writeln!(report, "Failed: {}\n", error.trim())?;
        }
        fs::write(file, &report)?;
    }
    println!("Scale");
    let points = scale::measure(binary, tempfile::TempDir::new()?.path())?;
    fs::write(&plot, plot_of(&points)?)?;
    let name = plot.file_name().context("a file name")?.to_string_lossy();
    writeln!(
        report,
        "## Scale\n\nGoals: {SCALE_GOALS}.\n\n| Pages | Save to visible | CPU time for one save |"
    )?;
    writeln!(report, "| ---: | --- | ---: |")?;
    for Point { pages, visible, cpu } in &points {
        writeln!(report, "| {pages} | {visible} | {:.2} ms |", cpu.as_secs_f64() * 1_000.0)?;
    }
    writeln!(report, "\n![One save, by the number of pages]({name})")?;
    fs::write(file, report)?;
    Ok(())
}

/// Describes the machine and the commit, as a list.
fn machine() -> anyhow::Result<String> {
    let first = |path: &str, name: &str| -> anyhow::Result<String> {
        let text = fs::read_to_string(path)?;
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        Ok(line.split_once(':').map_or(line, |(_, value)| value).trim().to_owned())
    };
    let output = |program: &str, arguments: &[&str]| -> anyhow::Result<String> {
        let output = Command::new(program).args(arguments).output()?;
        if !output.status.success() {
            bail!("{program} failed");
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    Ok(format!(
        "- Commit: {}\n- Processor: {}, {} cores\n- Memory: {}\n- Kernel: {}\n- Compiler: {}\n- Load before the start: {}\n",
        output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_else(|_| "unknown".to_owned()),
        first("/proc/cpuinfo", "model name")?,
        std::thread::available_parallelism()?,
        first("/proc/meminfo", "MemTotal")?,
        fs::read_to_string("/proc/sys/kernel/osrelease")?.trim(),
        output("rustc", &["--version"])?,
        fs::read_to_string("/proc/loadavg")?.trim(),
    ))
}

/// Draws the CPU time and the latency of one save, by the number of pages on a logarithmic axis.
#[expect(clippy::cast_precision_loss, reason = "positions in a drawing")]
fn plot_of(points: &[Point]) -> anyhow::Result<String> {
    const WIDTH: f64 = 640.0;
    const HEIGHT: f64 = 320.0;
    const MARGIN: f64 = 48.0;
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
    let (smallest, largest) = points.first().zip(points.last()).context("at least one point")?;
    let decades = (largest.pages as f64 / smallest.pages as f64).log10().max(1.0);
    let highest =
        points.iter().map(|point| millis(point.visible.median().max(point.cpu))).fold(1.0, f64::max);
    let x = |point: &Point| {
        let share = (point.pages as f64 / smallest.pages as f64).log10() / decades;
        MARGIN + share * (WIDTH - 2.0 * MARGIN)
    };
    let y = |value: f64| HEIGHT - MARGIN - value / highest * (HEIGHT - 2.0 * MARGIN);
    let line = |color: &str, label: &str, value: &dyn Fn(&Point) -> f64| -> String {
        let path: Vec<String> =
            points.iter().map(|point| format!("{:.1},{:.1}", x(point), y(value(point)))).collect();
        let end = y(value(largest)) - 6.0;
        format!(
            "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{}\"/>\n\
             <text x=\"{:.1}\" y=\"{end:.1}\" fill=\"{color}\" text-anchor=\"end\">{label}, {:.1} ms</text>\n",
            path.join(" "),
            x(largest),
            value(largest)
        )
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>One save, by the number of pages</title>\n\
         <path stroke=\"#888\" fill=\"none\" d=\"M{MARGIN} {MARGIN}V{bottom}H{right}\"/>\n\
         <text x=\"4\" y=\"{top:.1}\">{highest:.0} ms</text>\n",
        bottom = HEIGHT - MARGIN,
        right = WIDTH - MARGIN,
        top = y(highest) + 4.0,
    );
    for point in points {
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x(point),
            HEIGHT - MARGIN / 2.0,
            point.pages
        )?;
    }
    svg += &line("#1f5fa8", "save to visible, median", &|point| millis(point.visible.median()));
    svg += &line("#a8481f", "CPU time", &|point| millis(point.cpu));
    Ok(svg + "</svg>\n")
}
