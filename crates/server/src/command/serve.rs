//! `passerelle serve`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use passerelle_http::{self as http, AdminAccess, ApiState, Listeners};
use passerelle_model::sync::{RevisionNumber, SyncState, SyncStatus};
use passerelle_search::{IndexUpdater, Search};
use passerelle_storage::Storage;
use passerelle_watcher::Worker;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::cli::ServeArgs;
use crate::clock;
use crate::database;
use crate::lifecycle::{Lifecycle, set_ready};
use crate::local_files::LocalFiles;
use crate::pages;
use crate::preview::{self, PreviewOptions};
use crate::process_limits;
use crate::secrets;

/// Interval at which the latest revision is read, because another process can publish.
const REVISION_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Serves the folder until a signal arrives.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    process_limits::check_address_space()?;
    let drain = args.drain();
    let options = args.worker_options();
    let mut settings = args.api.settings()?;
    settings.connections.connections = process_limits::reserve(settings.connections.connections)?;
    let admin_token = secrets::admin_token()?;
    let folder = args.content.folder;
    let storage = database::open(&args.database, &args.rebuild, &folder).await?;
    #[cfg(debug_assertions)]
    arm_fail_point(&storage, args.fail_point.as_ref());
    let has_content = check_content(&storage, &folder).await?;
    let lifecycle = Lifecycle::new();
    let (status, sync_status) = watch::channel(SyncStatus::default());
    // Further requests wait in the sender. A small queue is enough.
    let (sync_requests, receiver) = mpsc::channel(16);
    let worker = Worker::new(&folder, storage.clone(), clock::system(), options.clone(), status, receiver)?;
    let listeners = bind_listeners(args.listen, args.internal_listen).await?;
    let address = listeners.public.local_addr()?;
    let internal_address = listeners.internal.as_ref().map(TcpListener::local_addr).transpose()?;
    let files = LocalFiles::of(&storage, args.cache_dir.as_deref());
    let (search, indexer) = Search::new(storage.clone(), files.search_index());
    settings.renditions.folder = Some(files.renditions());
    settings.spool_folder = Some(files.folder().to_owned());
    let state = ApiState {
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
    let pages = pages::routes(&state, &options);
    let preview = PreviewOptions::new(&args.database.url, args.cache_dir)?;
    let previews = preview::start(preview, &folder, options, &state, &lifecycle).await?;
    let preview_scan = preview::first_scan(previews.as_ref());
    let preview_storage = previews.as_ref().map(|previews| previews.api.storage.clone());
    let (requests, background) = (lifecycle.requests(), lifecycle.background());
    let shutdown = background.stop_token();
    background.spawn("worker", async move {
        worker.run(shutdown).await;
        Ok(())
    });
    background.spawn("search", run_indexer(indexer, background.stop_token()));
    background.spawn("revisions", poll_revisions(storage.clone(), background.stop_token()));
    requests.spawn("http", async move {
        http::serve(listeners, state, Some(pages), previews).await;
        Ok(())
    });
    let (shutdown, readiness, served) = (requests.stop_token(), lifecycle.readiness(), storage.clone());
    requests.spawn("start-up", async move {
        let start = async {
            started_up(sync_status, &served, search, has_content).await;
            preview_scan.await;
        };
        if shutdown.run_until_cancelled(start).await.is_some() {
            set_ready(&readiness);
            log_ready(address, internal_address, &folder, started.elapsed());
            shutdown.cancelled().await;
        }
        Ok(())
    });
    let exit = lifecycle.run(drain).await?;
    storage.close().await?;
    preview::close(preview_storage).await?;
    Ok(exit)
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
async fn check_content(storage: &Storage, folder: &Path) -> anyhow::Result<bool> {
    let has_content = storage.latest().await?.revision().number != RevisionNumber::default();
    if !has_content {
        check_folder(folder)?;
    }
    Ok(has_content)
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

/// Polls for revisions of other processes, for example of `passerelle sync`.
async fn poll_revisions(storage: Storage, shutdown: CancellationToken) -> anyhow::Result<()> {
    let mut interval = tokio::time::interval(REVISION_POLL_INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(interval.tick()).await.is_some() {
        if let Err(error) = storage.latest().await {
            tracing::debug!(%error, "polling the latest revision failed");
        }
    }
    Ok(())
}

/// Waits until the first full scan is published and searchable.
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
        status.last_scan_at.is_some() || (has_content && status.state == SyncState::Degraded)
    };
    // The sender lives as long as the worker. If the worker ends, the service stops.
    drop(sync_status.wait_for(is_over).await);
    search.reached(storage.cached_latest().revision().number).await;
}
