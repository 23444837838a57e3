//! `passerelle serve`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use passerelle_http::{self as http, AdminAccess, HttpSources, Listeners};
use passerelle_model::revision::RevisionNumber;
use passerelle_model::sync::{SyncRole, SyncState, SyncStatus};
use passerelle_search::{IndexUpdater, Search};
use passerelle_storage::Storage;
use passerelle_watcher::{SyncRequest, WorkerOptions};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::cli::{ServeArgs, SyncMode};
use crate::clock;
use crate::database;
use crate::lifecycle::{Lifecycle, set_ready};
use crate::local_files::LocalFiles;
use crate::pages;
use crate::preview::{self, PreviewOptions, PreviewPart};
use crate::process_limits;
use crate::process_name::process_name;
use crate::secrets;
use crate::sync_task::SyncTask;
use passerelle_http::Readiness;

/// Serves the folder until a signal arrives.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    process_limits::check_address_space()?;
    let (drain, options) = (args.drain(), args.worker_options());
    let mut settings = settings(&args)?;
    let admin_token = secrets::admin_token()?;
    let folder = args.content.folder;
    let storage = database::open(&args.database, Some(&args.other_databases), &args.rebuild, &folder).await?;
    #[cfg(debug_assertions)]
    arm_fail_point(&storage, args.fail_point.as_ref());
    let has_content = check_content(&storage, &folder, args.sync).await?;
    let lifecycle = Lifecycle::new();
    let (status, sync_status) = watch::channel(SyncTask::initial_status());
    // Further requests wait in the sender. A small queue is enough.
    let (sync_requests, receiver) = mpsc::channel(16);
    let sync_task = sync_task(&storage, &folder, &options, args.sync, (status, receiver));
    let (name, can_lead) = (sync_task.name.clone(), sync_task.can_lead);
    let listeners = bind_listeners(args.listen, args.internal_listen).await?;
    let (address, internal_address) = addresses(&listeners)?;
    let files = LocalFiles::of(&storage, args.cache_dir.as_deref());
    let (search, indexer) = Search::new(storage.clone(), files.search_index());
    store_files_in(&files, &mut settings);
    let state = HttpSources {
        content_folder: folder.clone(),
        storage: storage.clone(),
        search: search.clone(),
        site_urls: args.urls.site_urls(),
        settings,
        sync_status: sync_status.clone(),
        admin: admin_token.map(|token| AdminAccess { token, sync_requests }),
        readiness: lifecycle.readiness().subscribe(),
        shutdown: lifecycle.requests().stop_token(),
    };
    let pages = pages::routes(&state, &options, (state.settings.desk.clone(), args.pages.frame_ancestors()));
    let preview =
        PreviewOptions::new(&args.database, args.other_databases.direct_url.as_deref(), args.cache_dir)?;
    let part = PreviewPart { folder: &folder, options, name, can_lead };
    let previews = preview::start(preview, part, &state, &lifecycle).await?;
    let preview_scan = preview::first_scan(previews.as_ref());
    let preview_storage = previews.as_ref().map(|previews| previews.api.storage.clone());
    let requests = lifecycle.requests();
    spawn_background(&lifecycle, sync_task, indexer, storage.clone());
    requests.spawn("http", async move {
        http::serve(listeners, state, Some(pages), previews).await;
        Ok(())
    });
    let start_up = StartUp {
        sync_status,
        storage: storage.clone(),
        search,
        has_content,
        readiness: lifecycle.readiness(),
        shutdown: requests.stop_token(),
    };
    let log = move || log_ready(address, internal_address, &folder, started.elapsed());
    requests.spawn("start-up", start_up.run(preview_scan, log));
    let exit = lifecycle.run(drain).await?;
    storage.close().await?;
    preview::close(preview_storage).await?;
    Ok(exit)
}

/// Returns the settings of the HTTP service. It accepts no more connections than the process has descriptors
/// for.
fn settings(args: &ServeArgs) -> anyhow::Result<http::Settings> {
    let mut settings = args.api.settings(args.pages.access(args.listen)?)?;
    settings.connections.connections = process_limits::reserve(settings.connections.connections)?;
    Ok(settings)
}

/// Stores renditions and large exports in the folders of this process.
fn store_files_in(files: &LocalFiles, settings: &mut http::Settings) {
    settings.renditions.folder = Some(files.renditions());
    settings.spool_folder = Some(files.folder().to_owned());
}

/// Returns the address of each listener. The internal one is optional.
fn addresses(listeners: &Listeners) -> anyhow::Result<(SocketAddr, Option<SocketAddr>)> {
    let internal = listeners.internal.as_ref().map(TcpListener::local_addr).transpose()?;
    Ok((listeners.public.local_addr()?, internal))
}

/// Starts the tasks that handle no requests. They stop last.
fn spawn_background(lifecycle: &Lifecycle, sync_task: SyncTask, indexer: IndexUpdater, storage: Storage) {
    let background = lifecycle.background();
    background.spawn("worker", sync_task.run(background.stop_token()));
    background.spawn("search", run_indexer(indexer, background.stop_token()));
    background.spawn("revisions", follow_revisions(storage, background.stop_token()));
}

/// Task that makes the service ready.
struct StartUp {
    sync_status: watch::Receiver<SyncStatus>,
    storage: Storage,
    search: Search,
    has_content: bool,
    readiness: watch::Sender<Readiness>,
    shutdown: CancellationToken,
}

impl StartUp {
    /// Waits until the content is served, then makes the service ready until it stops.
    async fn run(self, preview_scan: impl Future<Output = ()>, log: impl FnOnce()) -> anyhow::Result<()> {
        let start = async {
            started_up(self.sync_status, &self.storage, self.search, self.has_content).await;
            preview_scan.await;
        };
        if self.shutdown.run_until_cancelled(start).await.is_some() {
            set_ready(&self.readiness);
            log();
            self.shutdown.cancelled().await;
        }
        Ok(())
    }
}

/// Creates the task that leads or follows. It reports over the first channel and gets requests from the
/// second one.
fn sync_task(
    storage: &Storage,
    folder: &Path,
    options: &WorkerOptions,
    sync: SyncMode,
    (status, requests): (watch::Sender<SyncStatus>, mpsc::Receiver<SyncRequest>),
) -> SyncTask {
    let clock = clock::system();
    SyncTask {
        storage: storage.clone(),
        folder: folder.to_owned(),
        options: options.clone(),
        name: process_name((clock)()),
        clock,
        can_lead: sync == SyncMode::Auto,
        status,
        requests,
    }
}

fn log_ready(address: SocketAddr, internal: Option<SocketAddr>, folder: &Path, took: Duration) {
    tracing::info!(
        http.listen = %address,
        http.internal_listen = internal.map(tracing::field::display),
        content.folder = %folder.display(),
        elapsed_ms = took.as_secs_f64() * 1_000.0,
        "ready; GraphiQL at http://{address}/graphiql"
    );
}

#[cfg(debug_assertions)]
fn arm_fail_point(storage: &Storage, point: Option<&crate::cli::FailPointArg>) {
    if let Some(point) = point {
        storage.fail_points().arm(&point.name, point.mode, point.visit);
    }
}

/// Returns true if the database has content. A missing folder is then a temporary outage. Otherwise it is
/// probably a typing error, and an error is returned.
async fn check_content(storage: &Storage, folder: &Path, sync: SyncMode) -> anyhow::Result<bool> {
    check_can_follow(storage, sync)?;
    let has_content = storage.latest().await?.revision().number != RevisionNumber::default();
    if !has_content && sync == SyncMode::Auto {
        check_folder(folder)?;
    }
    Ok(has_content)
}

/// Rejects `--sync never` with a SQLite file: its one process must synchronise it.
fn check_can_follow(storage: &Storage, sync: SyncMode) -> anyhow::Result<()> {
    anyhow::ensure!(
        sync == SyncMode::Auto || storage.path().is_none(),
        "--sync never needs a PostgreSQL database, because another process must synchronise the folder; remove the flag"
    );
    Ok(())
}

/// Checks that the content folder can be read.
fn check_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::read_dir(folder).map(drop).with_context(|| {
        format!("the content folder {} cannot be read; choose another one with --content", folder.display())
    })
}

async fn bind_listeners(
    listen: SocketAddr,
    internal_listen: Option<SocketAddr>,
) -> anyhow::Result<Listeners> {
    let public = bind(listen, "--listen").await?;
    let internal = match internal_listen {
        Some(address) => Some(bind(address, "--internal-listen").await?),
        None => None,
    };
    Ok(Listeners { public, internal })
}

/// Binds a listener. `flag` sets the address.
async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}

/// Keeps the search index at the latest revision.
async fn run_indexer(indexer: IndexUpdater, shutdown: CancellationToken) -> anyhow::Result<()> {
    indexer.run(shutdown).await;
    Ok(())
}

/// Follows the revisions that other processes publish.
async fn follow_revisions(storage: Storage, shutdown: CancellationToken) -> anyhow::Result<()> {
    shutdown.run_until_cancelled(storage.follow()).await;
    Ok(())
}

/// Waits until the first full scan is published and searchable. A follower waits for the content of the
/// leader.
///
/// If the database has content, a failed first scan ends the wait too: the last valid state is served until
/// the folder is back.
async fn started_up(
    mut sync_status: watch::Receiver<SyncStatus>,
    storage: &Storage,
    search: Search,
    has_content: bool,
) {
    let is_over = |status: &SyncStatus| {
        let has_leader_with_content =
            status.role == SyncRole::Follower && status.leader.is_some() && has_content;
        status.last_scan_at.is_some()
            || has_leader_with_content
            || (has_content && status.state == SyncState::Degraded)
    };
    // The sender lives as long as the worker. If the worker ends, the service stops.
    drop(sync_status.wait_for(is_over).await);
    if let Err(error) = storage.latest().await {
        tracing::debug!(%error, "cannot read the latest revision");
    }
    search.reached(storage.cached_latest().revision().number).await;
}
