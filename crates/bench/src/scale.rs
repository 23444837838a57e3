//! Measures a very large installation: the first import, a restart, saves, lists and searches, and the cost
//! of one save while the folder grows.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::folder::{drop_pages, page, page_path, wait_for_pages};
use crate::service::{QUIET, Service};
use crate::timings::Timings;

/// Number of pages at each point of the curve. The last is the size of the installation.
const PAGES: [usize; 4] = [1_000, 10_000, 50_000, 200_000];
const PLANS: usize = 500;
const MEASURES_PER_PLAN: usize = 2_000;
/// Number of saves at each point of the curve.
const SAVES: usize = 100;
/// Number of queries of each kind. Each is new, so that no response is cached.
const QUERIES: usize = 200;
const STARTS: usize = 3;
const TIMEOUT: Duration = Duration::from_mins(20);

/// Saves at one size of the folder.
pub(crate) struct Point {
    pub(crate) pages: usize,
    /// Time from the end of a write to the first response that contains it.
    pub(crate) visible: Timings,
    /// CPU time of the service for one save, with the queries that wait for it.
    pub(crate) cpu: Duration,
}

/// Prints the figures and returns the points of the curve.
pub(crate) fn measure(binary: &Path, work_dir: &Path) -> anyhow::Result<Vec<Point>> {
    let (content, database) = (work_dir.join("content"), work_dir.join("scale.db"));
    fs::create_dir_all(&content)?;
    let service = Service::start_with(binary, &content, &database, &QUIET)?;
    let mut points = Vec::new();
    let mut served = 0;
    for pages in PAGES {
        let started = Instant::now();
        drop_pages(&content, served..pages)?;
        wait_for_pages(&service, pages)?;
        println!(
            "{pages} pages, from the first write to all served and findable: {:.1} s, at most {:.0} MiB",
            started.elapsed().as_secs_f64(),
            service.peak_mib()?
        );
        served = pages;
        let point = saves(&service, &content, pages)?;
        println!("  one page saved, to visible     {}", point.visible);
        println!("  CPU time for one save          {:.2} ms", point.cpu.as_secs_f64() * 1_000.0);
        points.push(point);
    }
    drop_plans(&service, &content)?;
    searches(&service)?;
    plan_saves(&service, &content)?;
    drop(service);
    starts(binary, &content, &database)?;
    Ok(points)
}

fn plan_path(plan: usize) -> String {
    format!("plans/plan-{plan}.txt")
}

/// Generates a plan whose title, and so its address, differs from that of the others.
fn plan_text(plan: usize) -> String {
    crate::plan::text(MEASURES_PER_PLAN).replacen("# Plan des quartiers 2025", &format!("# Plan {plan}"), 1)
}

fn drop_plans(service: &Service, content: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    fs::create_dir_all(content.join("plans"))?;
    for plan in 0..PLANS {
        fs::write(content.join(plan_path(plan)), plan_text(plan))?;
    }
    wait_for(service, "{ plans { slug } }", |answer| {
        answer["data"]["plans"].as_array().is_some_and(|plans| plans.len() == PLANS)
    })?;
    println!(
        "{PLANS} plans of {MEASURES_PER_PLAN} measures beside them: served {:.1} s after the first write, at most {:.0} MiB, now {:.0} MiB",
        started.elapsed().as_secs_f64(),
        service.peak_mib()?,
        service.resident_mib()?
    );
    let (mut first, mut listed) = (Timings::default(), Timings::default());
    for query in 0..QUERIES {
        // The first query of a plan builds its index. The second finds it in the cache.
        let plan = query % PLANS;
        first.time(|| service.ask(&list_query(plan, query)))?;
        listed.time(|| service.ask(&list_query(plan, query + QUERIES)))?;
    }
    println!("  20 filtered, with facets, first query of a plan {first}");
    println!("  20 filtered, with facets, later  {listed}");
    Ok(())
}

fn list_query(plan: usize, excluded_number: usize) -> String {
    format!(
        "{{ measures(plan: \"plan-{plan}\", first: 20, filter: {{status: [IN_PROGRESS, COMPLETED], \
         not: {{number: [{}]}}}}) {{ totalCount facets {{ status {{ status count }} }} \
         nodes {{ number title {{ text }} status }} }} }}",
        excluded_number + 1
    )
}

fn wait_for(
    service: &Service,
    query: &str,
    is_reached: impl Fn(&serde_json::Value) -> bool,
) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let answer = service.query(query)?;
        if is_reached(&answer) {
            return Ok(());
        }
        if started.elapsed() > TIMEOUT {
            bail!("not reached: {query}, last response {answer}");
        }
        // A query takes time from the synchronisation, so there is a pause.
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Saves pages that are spread over the folder.
fn saves(service: &Service, content: &Path, pages: usize) -> anyhow::Result<Point> {
    let mut visible = Timings::default();
    let before = service.cpu_time()?;
    for save in 0..SAVES {
        let number = save * 7_919 % pages;
        let word = format!("Reprise {save} de {pages}");
        let text = page(number).replacen(&format!("# Atelier {number}\n"), &format!("# {word}\n"), 1);
        fs::write(content.join(page_path(number)), text)?;
        let query = format!("{{ page(slug: \"atelier-{number}\") {{ content {{ text }} }} }}");
        visible.time(|| {
            wait_for(service, &query, |answer| {
                answer["data"]["page"]["content"]["text"].as_str().is_some_and(|text| text.contains(&word))
            })
        })?;
    }
    let cpu = service.cpu_time()?.saturating_sub(before) / u32::try_from(SAVES)?;
    Ok(Point { pages, visible, cpu })
}

/// Saves plans with one changed status.
fn plan_saves(service: &Service, content: &Path) -> anyhow::Result<()> {
    let mut visible = Timings::default();
    for save in 0..SAVES {
        let plan = save * 37 % PLANS;
        let text = plan_text(plan);
        let (row, _) = text.split_once("\tEn cours").context("a row with a status")?;
        let (_, number) = row.rsplit_once('\n').context("a row of its own")?;
        let (number, _) = number.split_once('.').context("a number")?;
        fs::write(content.join(plan_path(plan)), text.replacen("\tEn cours", "\tReporté", 1))?;
        let query = format!(
            "{{ measures(plan: \"plan-{plan}\", filter: {{number: [{number}]}}) {{ nodes {{ status }} }} }}"
        );
        visible.time(|| {
            wait_for(service, &query, |answer| {
                answer["data"]["measures"]["nodes"][0]["status"] == "POSTPONED"
            })
        })?;
    }
    println!("  one plan saved, to visible     {visible}");
    Ok(())
}

fn searches(service: &Service) -> anyhow::Result<()> {
    let mut found = Timings::default();
    for query in 0..QUERIES {
        let query = format!(
            "{{ search(query: \"atelier {}\", first: 10) {{ totalCount nodes {{ title }} }} }}",
            query * 911
        );
        found.time(|| service.ask(&query))?;
    }
    println!("  search of two words            {found}");
    Ok(())
}

/// Starts again on the unchanged folder.
fn starts(binary: &Path, content: &Path, database: &Path) -> anyhow::Result<()> {
    let mut ready = Timings::default();
    let (mut idle, mut peak) = (0.0_f64, 0.0_f64);
    for _ in 0..STARTS {
        let service = Service::start_with(binary, content, database, &QUIET)?;
        ready.push(service.startup_time);
        idle = idle.max(service.resident_mib()?);
        peak = peak.max(service.peak_mib()?);
    }
    println!("start to ready, unchanged folder {ready}");
    println!("  memory when ready {idle:.0} MiB, at most {peak:.0} MiB");
    Ok(())
}
