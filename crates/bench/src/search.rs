//! Measures the quality of search results beside FTS5 of SQLite, and the time of searches.

mod corpus;
mod fts5;
mod judged;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};
use passerelle_model::revision::RevisionNumber;
use passerelle_search::blocking::Cancellation;
use passerelle_search::{IndexLocation, IndexUpdater, Search, SearchRequest, Snapshot};
use passerelle_storage::{BatchLimit, ReadView, SearchCursor, SearchEntry, SearchKind, Storage};
use tokio_util::sync::CancellationToken;

use self::fts5::Fts5;
use self::judged::{HITS, JudgedQuery, Quality};
use crate::timings::Timings;

/// Number of documents for time and size.
const PAGES: usize = 20_000;
/// Number of timed queries.
const QUERIES: usize = 2_000;
/// Number of changes of one document.
const CHANGES: usize = 20;

/// Prints quality and time.
pub(crate) fn measure(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpora = [("demo", "../../content"), ("seeds", "../../../shared/seeds")];
    println!("{:<44} {:>8} {:>10}", "judged queries", "nDCG@10", "recall@10");
    for (name, folder) in corpora {
        let folder = here.join(folder);
        if !folder.is_dir() {
            println!("{name}: skipped, there are no documents at {}", folder.display());
            continue;
        }
        let list = fs::read_to_string(here.join("judged").join(format!("{name}.txt")))?;
        let database = work_dir.join(format!("{name}.db"));
        sync(binary, &folder, &database)?;
        runtime.block_on(judge(name, &judged::read(&list)?, &database))?;
    }
    let content = work_dir.join("content");
    let bytes = corpus::write(&content, PAGES)?;
    let database = work_dir.join("large.db");
    sync(binary, &content, &database)?;
    runtime.block_on(measure_index(binary, &content, &database, bytes))
}

fn sync(binary: &Path, content: &Path, database: &Path) -> anyhow::Result<()> {
    let url = url(database);
    let mut command = Command::new(binary);
    command.args(["sync", "--database-url", &url, "--content"]).arg(content);
    let output = command.output()?;
    if !output.status.success() {
        bail!("{} cannot be synced: {}", content.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn url(database: &Path) -> String {
    format!("sqlite://{}?mode=rwc", database.display())
}

/// Runs the index updater until a future is ready.
async fn run_with_indexer<T>(indexer: IndexUpdater, work: impl Future<Output = T>) -> T {
    tokio::select! {
        done = work => done,
        () = indexer.run(CancellationToken::new()) => std::future::pending().await,
    }
}

async fn snapshot(search: &Search, revision: RevisionNumber) -> anyhow::Result<std::sync::Arc<Snapshot>> {
    search.built().await;
    search.at(revision).await.context("the index is not built")
}

async fn judge(name: &str, judged: &[JudgedQuery], database: &Path) -> anyhow::Result<()> {
    let storage = Storage::open(&url(database)).await?;
    let view = storage.latest().await?;
    let things = everything(&view).await?;
    let (search, indexer) = Search::new(storage.clone(), IndexLocation::Memory);
    let snapshot = run_with_indexer(indexer, snapshot(&search, view.revision().number)).await?;
    let fts5 = Fts5::new(&things).await?;
    let (mut ours, mut all, mut any) = (Quality::default(), Quality::default(), Quality::default());
    for query in judged {
        let request = SearchRequest { text: query.text.clone(), first: HITS, ..SearchRequest::default() };
        let found: Vec<String> = snapshot
            .search(&request, &Cancellation::default())?
            .hits
            .iter()
            .map(|hit| judged::name_of(&hit.key))
            .collect();
        if let Some(missed) = ours.add(query, &found) {
            println!("  {name}: {:?} does not find {missed} but {found:?}", query.text);
        }
        all.add(query, &fts5.search(&query.text, " ", HITS).await?);
        any.add(query, &fts5.search(&query.text, " OR ", HITS).await?);
    }
    let count = judged.len();
    println!("{:<44} {ours}", format!("{name}, {count} queries"));
    println!("{:<44} {all}", "  beside FTS5, all words");
    println!("{:<44} {any}", "  beside FTS5, any word");
    Ok(())
}

/// Reads all search entries of a snapshot.
async fn everything(view: &ReadView) -> anyhow::Result<Vec<SearchEntry>> {
    let languages = view.plan_languages().await?;
    let mut things = Vec::new();
    for kind in SearchKind::ALL {
        things.extend(
            view.search_entries(
                kind,
                SearchCursor::default(),
                BatchLimit { rows: u64::from(u32::MAX), bytes: u64::MAX },
                &languages,
            )
            .await?,
        );
    }
    Ok(things)
}

async fn measure_index(binary: &Path, content: &Path, database: &Path, bytes: usize) -> anyhow::Result<()> {
    let storage = Storage::open(&url(database)).await?;
    let revision = storage.latest().await?.revision().number;
    let folder = database.with_extension("search");
    let started = Instant::now();
    let (search, indexer) = Search::new(storage.clone(), IndexLocation::Folder(folder.clone()));
    run_with_indexer(indexer, async {
        let snapshot = snapshot(&search, revision).await?;
        println!(
            "\n{PAGES} pages of {} bytes: indexed in {:.1} s, {:.1} MiB, {:.0} % of the text",
            bytes / PAGES,
            started.elapsed().as_secs_f64(),
            mib(size_of(&folder)?),
            100.0 * mib(size_of(&folder)?) / mib(bytes)
        );
        for (name, queries) in corpus::queries(QUERIES) {
            let mut sample = Timings::default();
            let mut hits = 0;
            for text in queries {
                let request = SearchRequest { text, first: 20, ..SearchRequest::default() };
                hits += sample.time(|| snapshot.search(&request, &Cancellation::default()))?.total;
            }
            println!("  {name:<30} {sample}, {} hits each", hits / QUERIES);
        }
        changes(binary, content, database, &storage, &search).await
    })
    .await
}

/// Measures the time from a new revision to the first search that finds its content.
async fn changes(
    binary: &Path,
    content: &Path,
    database: &Path,
    storage: &Storage,
    search: &Search,
) -> anyhow::Result<()> {
    let mut findable = Timings::default();
    for change in 0..CHANGES {
        let text = format!("# Page\n\nLe mot est hippocampe{change}.\n");
        fs::write(corpus::page_path(content, change * 131), text)?;
        sync(binary, content, database)?;
        let started = Instant::now();
        let revision = storage.latest().await?.revision().number;
        let snapshot = search.at(revision).await.context("an index")?;
        let request =
            SearchRequest { text: format!("hippocampe{change}"), first: 1, ..SearchRequest::default() };
        if snapshot.search(&request, &Cancellation::default())?.total != 1 {
            bail!("what changed in revision {revision} is not found");
        }
        findable.push(started.elapsed());
    }
    println!("  one page changed, to findable  {findable}");
    Ok(())
}

fn size_of(folder: &Path) -> anyhow::Result<usize> {
    let mut size = 0;
    for file in fs::read_dir(folder)? {
        size += usize::try_from(file?.metadata()?.len())?;
    }
    Ok(size)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn mib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
