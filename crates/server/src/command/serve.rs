//! `passerelle serve`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use passerelle_http::{self as http, Admin, ApiState};
use passerelle_model::sync::{RevisionNumber, SyncState, SyncStatus};
use passerelle_search::{Follower, IndexPlace, Search};
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

/// How often the newest revision is read, for another process may have published it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Serves the folder until a signal.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let drain = args.drain();
    let options = args.worker();
    let settings = args.api.settings()?;
    let folder = args.content.folder;
    let storage = database::open(&args.database, &args.rebuild, &folder).await?;
    #[cfg(debug_assertions)]
    if let Some(point) = &args.fail_point {
        storage.fail_points().arm(&point.name, point.mode, point.visit);
    }
    let revision = storage.latest().await?.revision().number;
    let has_content = revision != RevisionNumber::default();
    // With content to serve, a missing folder is an outage that ends. Without, it is a typing error.
    if !has_content {
        std::fs::read_dir(&folder).with_context(|| {
            format!("the folder {} cannot be read; name another one with --content", folder.display())
        })?;
    }

    let lifecycle = Lifecycle::new();
    let (status, sync) = watch::channel(SyncStatus::default());
    // One who asks waits for those before: a few are enough.
    let (ask, asked) = mpsc::channel(16);
    let worker = Worker::new(&folder, storage.clone(), clock::system(), options, status, asked)?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}; name another address with --listen", args.listen))?;
    let address = listener.local_addr()?;

    let (search, follower) = Search::new(storage.clone(), IndexPlace::beside(storage.path()));
    let state = ApiState {
        content: folder.clone(),
        storage: storage.clone(),
        search: search.clone(),
        page_url: args.page_url,
        settings,
        sync: sync.clone(),
        admin: args.admin_token.map(|token| Admin { token, ask }),
        readiness: lifecycle.readiness().subscribe(),
        stop: lifecycle.requests().stop_token(),
    };
    let (requests, background) = (lifecycle.requests(), lifecycle.background());
    let stop = background.stop_token();
    background.start("worker", async move {
        Box::pin(worker.run(stop)).await;
        Ok(())
    });
    background.start("search", index(follower, background.stop_token()));
    background.start("revisions", follow(storage.clone(), background.stop_token()));
    requests.start("http", async move { Ok(http::serve(listener, state).await?) });
    let (stop, readiness, served) = (requests.stop_token(), lifecycle.readiness(), storage.clone());
    requests.start("start-up", async move {
        if stop.run_until_cancelled(started_up(sync, &served, search, has_content)).await.is_some() {
            set_ready(&readiness);
            tracing::info!(
                http.listen = %address,
                content.folder = %folder.display(),
                took_ms = started.elapsed().as_millis(),
                "ready: explore at http://{address}/graphiql"
            );
            stop.cancelled().await;
        }
        Ok(())
    });
    let exit = lifecycle.run(drain).await?;
    storage.close().await?;
    Ok(exit)
}

/// Keeps the search index at the newest revision.
async fn index(follower: Follower, stop: CancellationToken) -> anyhow::Result<()> {
    follower.run(stop).await;
    Ok(())
}

/// Looks for revisions that other processes publish: `passerelle sync` beside a service.
async fn follow(storage: Storage, stop: CancellationToken) -> anyhow::Result<()> {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(look.tick()).await.is_some() {
        if let Err(error) = storage.latest().await {
            tracing::debug!(%error, "the newest revision cannot be read");
        }
    }
    Ok(())
}

/// Waits until the first whole pass over the folder is published and can be searched.
///
/// If the database has content from before, a first pass that fails ends the wait too: the last good state is served
/// until the folder is back.
async fn started_up(
    mut sync: watch::Receiver<SyncStatus>,
    storage: &Storage,
    search: Search,
    has_content: bool,
) {
    let is_over = |status: &SyncStatus| {
        status.last_scan_at.is_some() || (has_content && status.state == SyncState::Degraded)
    };
    // The sender lives as long as the worker. If the worker ends, the service stops.
    drop(sync.wait_for(is_over).await);
    search.reached(storage.cached_latest().revision().number).await;
}
