//! Measures parsing of pages: an ordinary one and pathological ones.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown;
use passerelle_reader::read::{ReadOptions, read};

use crate::pathological;
use crate::timings::Timings;

/// Number of runs for the ordinary page.
const RUNS: usize = 200;
/// Maximum time for an input of 1 MiB.
const TIME: Duration = Duration::from_millis(500);
/// Maximum memory of a process that reads one input.
const MIB: f64 = 256.0;

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions::with_defaults(defaults)
}

/// A page of 10 KB with 40 shortcodes: sections, grids, links of every kind, images.
pub(crate) fn ordinary() -> String {
    const PROSE: &str = "Chaque séance commence par un tour des planches, suivi d’un moment où l’on décide à plusieurs de ce \
        que l’on fera, puis d’un repas que l’on prépare avec ce qui pousse là. Les outils sont prêtés, les bottes aussi, et il \
        n’est jamais trop tard pour venir une première fois.";
    let item = format!(
        "{{% gridItem class=\"prose box\" %}}\n### Un atelier dans le parc {{ .h4 }}\n\nOn y apprend **ensemble** à semer, à \
         tailler et à récolter, avec {{% link url=\"equipe\", type=\"internal\" %}}l’équipe{{% endlink %}} du jardin et les \
         voisins qui passent ; voir [le calendrier](https://jardin.example/calendrier). {PROSE}\n\n- bêche\n- râteau\n- \
         arrosoir\n\n{PROSE}\n\n{{% image src=\"/_images/parc.webp\", alt=\"Le parc au printemps\", width=\"200\" %}}\n\n\
         {{% link url=\"ateliers\", type=\"internal\", class=\"button\" %}}{{% endlink %}}\n{{% endgridItem %}}\n"
    );
    let items = item.repeat(9);
    let front = "---\nname: Ateliers\nlang: fr\ntranslationKey: ateliers\n---\n";
    let first = "{% image src=\"/_images/entete.webp\", alt=\"Le jardin\" %}\n\n{% collection collection=\"ateliers\" %}\n\n";
    format!(
        "{front}# Nos ateliers\n\n{first}{{% sectionGrid %}}\n{{% grid %}}\n{items}{{% endgrid %}}\n{{% endsectionGrid %}}\n"
    )
}

fn read_page(text: &str) -> anyhow::Result<ParsedDocument> {
    let path = DocumentPath::parse("page.md")?;
    Ok(read(&path, text.as_bytes(), options(&FolderDefaults::default()))?)
}

/// Prints the time for an ordinary page beside that of plain Markdown, then the time for each pathological
/// page.
pub(crate) fn measure() -> anyhow::Result<()> {
    let page = ordinary();
    let marks = page.matches("{%").count() - page.matches("{% end").count();
    let (mut reading, mut baseline) = (Timings::default(), Timings::default());
    for _ in 0..RUNS {
        let read = reading.time(|| read_page(&page))?;
        black_box(read);
        baseline.time(|| {
            black_box(markdown::render(
                &page,
                markdown::RenderOptions::default(),
                &mut markdown::Anchorizer::default(),
            ));
            anyhow::Ok(())
        })?;
    }
    println!("read and render a page           {reading}   {} bytes, {marks} shortcodes", page.len());
    println!("  beside its text as Markdown    {baseline}   x{:.1}\n", reading.over(&baseline));
    println!("{:<36} {:>9} {:>9}", "1 MiB of", "ms", "MiB");
    let mut is_within = true;
    for (name, _) in pathological::inputs() {
        let (took, mib) = alone(name)?;
        is_within &= took <= TIME && mib <= MIB;
        println!("{name:<36} {:>9.1} {mib:>9.1}", took.as_secs_f64() * 1_000.0);
    }
    println!(
        "{}",
        if is_within { "all within 500 ms and 256 MiB" } else { "NOT all within 500 ms and 256 MiB" }
    );
    Ok(())
}

/// Reads one input in a process of its own, so that its memory can be measured.
fn alone(name: &str) -> anyhow::Result<(Duration, f64)> {
    let output = Command::new(std::env::current_exe()?).args(["--hostile", name]).output()?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    let (micros, kib) = text.trim().split_once(' ').context("two numbers")?;
    Ok((Duration::from_micros(micros.parse()?), kib.parse::<f64>()? / 1024.0))
}

/// Reads one pathological page in this process. Prints microseconds and maximum memory in KiB.
pub(crate) fn read_alone(name: &str) -> anyhow::Result<()> {
    let (_, make) =
        pathological::inputs().into_iter().find(|(known, _)| *known == name).context("no such input")?;
    let input = make();
    let started = Instant::now();
    let reading = read_page(&input)?;
    let took = started.elapsed();
    black_box(reading);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    println!("{} {}", took.as_micros(), peak.trim().trim_end_matches(" kB"));
    Ok(())
}
