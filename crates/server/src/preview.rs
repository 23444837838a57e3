//! The service that answers previews: the same folder in a database of its own, with drafts.

use std::path::{Path, PathBuf};

use passerelle_http::{ApiState, BearerToken, PreviewAccess};
use passerelle_model::sync::{SyncState, SyncStatus};
use passerelle_search::{IndexLocation, Search};
use passerelle_storage::Storage;
use passerelle_watcher::{Worker, WorkerOptions};
use tokio::sync::{mpsc, watch};

use crate::clock;
use crate::lifecycle::Lifecycle;

/// Starts the worker and the index of the preview. Without a token there is none. Its database is
/// `NAME.preview`, beside that of the service. It is derived from the folder and can be deleted while the
/// service is stopped.
///
/// `public` is the state of the public service. The preview differs in database, index and synchronisation
/// status.
pub(crate) async fn start(
    token: Option<BearerToken>,
    folder: &Path,
    options: WorkerOptions,
    public: &ApiState,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Option<PreviewAccess>> {
    let Some(token) = token else { return Ok(None) };
    let url = format!("sqlite://{}?mode=rwc", path_beside(public.storage.path()).display());
    let storage = Storage::open(&url).await?;
    let (status, sync_status) = watch::channel(SyncStatus::default());
    // The admin API requests scans of the public database only. A closed channel ends no worker.
    let (_, requests) = mpsc::channel(1);
    let options = WorkerOptions { publishes_drafts: true, ..options };
    let worker = Worker::new(folder, storage.clone(), clock::system(), options, status, requests)?;
    let (search, indexer) = Search::new(storage.clone(), IndexLocation::beside(storage.path()));
    let background = lifecycle.background();
    let shutdown = background.stop_token();
    background.spawn("preview worker", async move {
        worker.run(shutdown).await;
        Ok(())
    });
    let shutdown = background.stop_token();
    background.spawn("preview search", async move {
        indexer.run(shutdown).await;
        Ok(())
    });
    let api = ApiState { storage, search, sync_status, admin: None, ..public.clone() };
    Ok(Some(PreviewAccess { token, api: Box::new(api) }))
}

/// Waits until the first scan of the preview is over, whether it failed or not.
pub(crate) fn first_scan(previews: Option<&PreviewAccess>) -> impl Future<Output = ()> + use<> {
    let status = previews.map(|previews| previews.api.sync_status.clone());
    let is_over = |status: &SyncStatus| status.last_scan_at.is_some() || status.state == SyncState::Degraded;
    async move {
        if let Some(mut status) = status {
            // The sender lives as long as the worker.
            drop(status.wait_for(is_over).await);
        }
    }
}

/// Closes the database of the preview.
pub(crate) async fn close(storage: Option<Storage>) -> anyhow::Result<()> {
    if let Some(storage) = storage {
        storage.close().await?;
    }
    Ok(())
}

/// Returns the path with `.preview` after the name.
fn path_beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".preview");
    PathBuf::from(path)
}
