//! `passerelle serve`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use passerelle_http::{self as http, Admin, ApiState};
use passerelle_model::sync::{RevisionNumber, SyncStatus};
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
use crate::lifecycle::Lifecycle;

/// How often the newest revision is read, for another process may have published it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Serves the folder until a signal.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let options = args.worker();
    let settings = args.api.settings()?;
    let folder = args.content.folder;
    let storage = database::open(&args.database, &args.rebuild, &folder).await?;
    #[cfg(debug_assertions)]
    if let Some(point) = &args.fail_point {
        storage.fail_points().arm(&point.name, point.mode, point.visit);
    }
    let revision = storage.latest().await?.revision().number;
    // With content to serve a missing folder is an outage to sit out; without, it is a typing error.
    if revision == RevisionNumber::default() {
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
        draining: lifecycle.draining(),
        stop: lifecycle.stop(),
    };
    let stop = lifecycle.stop();
    lifecycle.start("worker", async move {
        Box::pin(worker.run(stop)).await;
        Ok(())
    });
    lifecycle.start("search", index(follower, lifecycle.stop()));
    let stop = lifecycle.stop();
    lifecycle.start("revisions", follow(storage.clone(), stop.clone()));
    lifecycle.start("http", async move { Ok(http::serve(listener, state).await?) });
    let stop = lifecycle.stop();
    lifecycle.start("start-up", async move {
        if stop.run_until_cancelled(first_look(sync, search)).await.is_some() {
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
    let exit = lifecycle.run().await?;
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

/// Waits until the folder was looked at, and what is served can be searched for.
async fn first_look(mut sync: watch::Receiver<SyncStatus>, search: Search) {
    // The sender lives as long as the worker; when that ends, so does the service.
    drop(sync.wait_for(|status| status.last_scan_at.is_some()).await);
    search.built().await;
}
