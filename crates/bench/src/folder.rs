//! Measures large folders, from files to responses.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use passerelle_reader::markdown;

use crate::service::Service;
use crate::timings::Timings;

/// Number of documents that are dropped at once and then saved.
const FOLDER_PAGES: usize = 10_000;
/// Number of documents that are dropped while the service runs.
const BURST_PAGES: usize = 50_000;
/// Number of documents for the measurement of memory.
const LARGE_FOLDER_PAGES: usize = 100_000;
/// Number of documents per folder.
const PER_FOLDER: usize = 100;
/// Number of saves.
const SAVES: usize = 200;
/// Time limit of each measurement.
const TIMEOUT: Duration = Duration::from_mins(10);

/// A page of about 3.6 KB: front matter, headings, a list, a table, links, prose.
pub(crate) fn page(number: usize) -> String {
    const PROSE: &str = "Chaque séance commence par un tour des planches, suivi d’un moment où l’on décide à plusieurs de \
        ce que l’on fera, puis d’un repas que l’on prépare avec ce qui pousse là. Les outils sont prêtés, les bottes aussi, \
        et il n’est jamais trop tard pour venir une première fois, seul ou avec d’autres.";
    let part = |name: &str| {
        format!(
            "## {name} de l’atelier {number}\n\n{PROSE}\n\n- une **bêche** et un râteau\n- un [arrosoir](https://jardin.example/{number})\n\
             - des *graines* de la saison\n\n{PROSE}\n\n"
        )
    };
    format!(
        "---\nname: Atelier {number}\nlang: fr\ntags: [jardin, lot-{}]\n---\n# Atelier {number}\n\n{PROSE}\n\n{}{}{}{}",
        number % 50,
        part("Le matin"),
        part("Le midi"),
        part("Le soir"),
        part("La fin"),
    )
}

pub(crate) fn page_path(number: usize) -> String {
    format!("lot-{}/atelier-{number}.md", number / PER_FOLDER)
}

/// Writes pages and returns their size in bytes.
pub(crate) fn drop_pages(content: &Path, numbers: std::ops::Range<usize>) -> anyhow::Result<usize> {
    let mut bytes = 0;
    for number in numbers {
        let file = content.join(page_path(number));
        if number % PER_FOLDER == 0 {
            fs::create_dir_all(file.parent().context("it lies in a folder")?)?;
        }
        let text = page(number);
        bytes += text.len();
        fs::write(file, text)?;
    }
    Ok(bytes)
}

fn count(service: &Service) -> anyhow::Result<u64> {
    let answer = service.query("{ pages { totalCount } }")?;
    answer["data"]["pages"]["totalCount"].as_u64().context("a number of pages")
}

pub(crate) fn wait_for_pages(service: &Service, pages: usize) -> anyhow::Result<()> {
    let started = Instant::now();
    while count(service)? != pages as u64 {
        if started.elapsed() > TIMEOUT {
            bail!("{pages} pages are not served");
        }
        // A query takes time from the synchronisation, so there is a pause.
        std::thread::sleep(Duration::from_millis(20));
    }
    let last = format!("Atelier {}", pages - 1);
    while !is_found(service, &last)? {
        if started.elapsed() > TIMEOUT {
            bail!("{last} is not found");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Returns true if a page is the first hit for its title.
fn is_found(service: &Service, title: &str) -> anyhow::Result<bool> {
    let answer =
        service.query(&format!("{{ search(query: \"{title}\", first: 1) {{ nodes {{ title }} }} }}"))?;
    Ok(answer["data"]["search"]["nodes"][0]["title"] == title)
}

/// Prints the figures of large folders. `part` selects one measurement.
pub(crate) fn measure(binary: &Path, work_dir: &Path, part: Option<&str>) -> anyhow::Result<()> {
    let is_selected = |name: &str| part.is_none_or(|part| part == name);
    if is_selected("drop") {
        drop_at_once(binary, &create_work_dir(work_dir, "drop")?)?;
    }
    if is_selected("burst") {
        burst(binary, &create_work_dir(work_dir, "burst")?)?;
    }
    if is_selected("many") {
        large_folder(binary, &create_work_dir(work_dir, "many")?)?;
    }
    Ok(())
}

fn create_work_dir(work_dir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let work_dir = work_dir.join(name);
    fs::create_dir_all(work_dir.join("content"))?;
    Ok(work_dir)
}

/// Measures a start on an empty database, a second start, and saves.
fn drop_at_once(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let (content, database) = (work_dir.join("content"), work_dir.join("test.db"));
    let bytes = drop_pages(&content, 0..FOLDER_PAGES)?;
    let (mut first, mut baseline) = (Timings::default(), Timings::default());
    let started = Instant::now();
    let service = Service::start(binary, &content, &database)?;
    wait_for_pages(&service, FOLDER_PAGES)?;
    first.push(started.elapsed());
    baseline.time(|| render_all(&content))?;
    println!(
        "{FOLDER_PAGES} pages of {} bytes, empty database, to all served  {first}",
        bytes / FOLDER_PAGES
    );
    println!(
        "  beside reading and rendering their text, one thread    {baseline}   x{:.1}",
        first.over(&baseline)
    );
    println!("  most memory                                            {:.0} MiB", service.peak_mib()?);
    drop(service);

    let (mut again, mut bare) = (Timings::default(), Timings::default());
    for _ in 0..5 {
        again.push(Service::start(binary, &content, &database)?.startup_time);
        bare.time(|| std::process::Command::new(binary).arg("schema").output())?;
    }
    println!("start to ready, unchanged folder                         {again}");
    println!("  beside `passerelle schema`                             {bare}   x{:.1}", again.over(&bare));
    saves(binary, &content, &database)
}

fn render_all(content: &Path) -> anyhow::Result<()> {
    for number in 0..FOLDER_PAGES {
        let text = fs::read_to_string(content.join(page_path(number)))?;
        black_box(markdown::render(
            &text,
            markdown::RenderOptions::default(),
            &mut markdown::Anchorizer::default(),
        ));
    }
    Ok(())
}

/// Measures the time from the save of a page to the first response that contains it.
fn saves(binary: &Path, content: &Path, database: &Path) -> anyhow::Result<()> {
    let service = Service::start(binary, content, database)?;
    let (mut visible, mut asked) = (Timings::default(), Timings::default());
    for save in 0..SAVES {
        let number = save * 37 % FOLDER_PAGES;
        let text = page(number).replacen(&format!("# Atelier {number}"), &format!("# Reprise {save}"), 1);
        let question = format!("{{ page(slug: \"atelier-{number}\") {{ content {{ text }} }} }}");
        let word = format!("Reprise {save}");
        fs::write(content.join(page_path(number)), text)?;
        let started = Instant::now();
        loop {
            let answer = asked.time(|| service.query(&question))?;
            if answer["data"]["page"]["content"]["text"].as_str().is_some_and(|text| text.contains(&word)) {
                break;
            }
            if started.elapsed() > TIMEOUT {
                bail!("the save of page {number} was not visible: {answer}");
            }
        }
        visible.push(started.elapsed());
    }
    println!("save to visible, folder of {FOLDER_PAGES}                         {visible}");
    println!(
        "  beside one query                                       {asked}   x{:.1}",
        visible.over(&asked)
    );
    println!("  memory                                                 {:.0} MiB\n", service.resident_mib()?);
    Ok(())
}

/// Measures pages that are dropped while the service runs.
fn burst(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let content = work_dir.join("content");
    let service = Service::start(binary, &content, &work_dir.join("test.db"))?;
    let started = Instant::now();
    drop_pages(&content, 0..BURST_PAGES)?;
    let written = started.elapsed();
    wait_for_pages(&service, BURST_PAGES)?;
    let settled = started.elapsed();
    println!(
        "a burst of {BURST_PAGES} pages: written in {:.1} s, all served {:.1} s after the first, x{:.1}; most memory {:.0} MiB\n",
        written.as_secs_f64(),
        settled.as_secs_f64(),
        settled.as_secs_f64() / written.as_secs_f64(),
        service.peak_mib()?
    );
    Ok(())
}

/// Measures the memory of a service with very many documents.
fn large_folder(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let (content, database) = (work_dir.join("content"), work_dir.join("test.db"));
    drop_pages(&content, 0..LARGE_FOLDER_PAGES)?;
    let started = Instant::now();
    let service = Service::start(binary, &content, &database)?;
    wait_for_pages(&service, LARGE_FOLDER_PAGES)?;
    println!(
        "{LARGE_FOLDER_PAGES} pages, empty database: {:.1} s, memory {:.0} MiB, at most {:.0} MiB",
        started.elapsed().as_secs_f64(),
        service.resident_mib()?,
        service.peak_mib()?
    );
    drop(service);
    let service = Service::start(binary, &content, &database)?;
    println!(
        "  started again: ready in {:.0} ms, memory {:.0} MiB, at most {:.0} MiB",
        service.startup_time.as_secs_f64() * 1_000.0,
        service.resident_mib()?,
        service.peak_mib()?
    );
    Ok(())
}
