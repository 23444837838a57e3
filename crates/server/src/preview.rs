//! The service that answers previews: the same folder in a database of its own, with drafts.

use std::path::{Path, PathBuf};

use passerelle_http::{HttpSources, PreviewAccess};
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_http_common::token::BearerToken;
use passerelle_model::sync::{SyncRole, SyncState, SyncStatus};
use passerelle_search::Search;
use passerelle_storage::{DatabaseUrls, Storage};
use passerelle_watcher::{DraftPolicy, WorkerOptions};
use tokio::sync::{mpsc, watch};

use crate::cli::DatabaseArgs;
use crate::clock;
use crate::lifecycle::Lifecycle;
use crate::local_files::LocalFiles;
use crate::pages;
use crate::secrets;
use crate::sync_task::SyncTask;

/// Token and places of the preview.
pub(crate) struct PreviewOptions {
    /// Without a token there is no preview.
    token: Option<BearerToken>,
    /// Database of the preview. It is derived from the folder and can be deleted while the service is
    /// stopped.
    database_url: String,
    /// Address of the same database without a pooler.
    direct_url: Option<String>,
    /// Folder of files that are derived from the database.
    cache_dir: Option<PathBuf>,
}

impl PreviewOptions {
    /// Reads the token. The database of the preview belongs to that of the service.
    pub(crate) fn new(
        database: &DatabaseArgs,
        direct_url: Option<&str>,
        cache_dir: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let database_url = Storage::preview_url(&database.url)?;
        let direct_url = direct_url.map(Storage::preview_url).transpose()?;
        Ok(Self { token: secrets::preview_token()?, database_url, direct_url, cache_dir })
    }
}

/// Part of this process in the synchronisation of the preview.
pub(crate) struct PreviewPart<'p> {
    pub(crate) folder: &'p Path,
    pub(crate) options: WorkerOptions,
    pub(crate) name: String,
    pub(crate) can_lead: bool,
}

/// Starts the worker and the index of the preview, if it has a token.
///
/// `public` is the state of the public service. The preview differs in database, index and synchronisation
/// status.
pub(crate) async fn start(
    preview: PreviewOptions,
    part: PreviewPart<'_>,
    public: &HttpSources,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Option<PreviewAccess>> {
    let Some(token) = preview.token else { return Ok(None) };
    let (url, direct) = (preview.database_url.as_str(), preview.direct_url.as_deref());
    let storage = Storage::open_with(DatabaseUrls { url, direct, read: None }).await?;
    let (status, sync_status) = watch::channel(SyncTask::initial_status());
    // The admin API requests scans of the public database only. A closed channel ends no worker.
    let (_, requests) = mpsc::channel(1);
    let options = WorkerOptions { drafts: DraftPolicy::Published, ..part.options };
    let page_options = options.clone();
    let sync_task = SyncTask {
        storage: storage.clone(),
        folder: part.folder.to_owned(),
        options,
        clock: clock::system(),
        name: part.name,
        can_lead: part.can_lead,
        status,
        requests,
    };
    let files = LocalFiles::of(&storage, preview.cache_dir.as_deref());
    let (search, indexer) = Search::new(storage.clone(), files.search_index());
    let background = lifecycle.background();
    background.spawn("preview worker", sync_task.run(background.stop_token()));
    let (followed, shutdown) = (storage.clone(), background.stop_token());
    background.spawn("preview revisions", async move {
        shutdown.run_until_cancelled(followed.follow()).await;
        Ok(())
    });
    let shutdown = background.stop_token();
    background.spawn("preview search", async move {
        indexer.run(shutdown).await;
        Ok(())
    });
    let api = HttpSources { storage, search, sync_status, admin: None, ..public.clone() };
    let pages = Some(pages::routes(&api, &page_options, (DeskAccess::Off, pages::OWN_PAGES.to_owned())));
    Ok(Some(PreviewAccess { token, api: Box::new(api), pages }))
}

/// Waits until the first scan of the preview is over, whether it failed or not.
pub(crate) fn first_scan(previews: Option<&PreviewAccess>) -> impl Future<Output = ()> + use<> {
    let status = previews.map(|previews| previews.api.sync_status.clone());
    let is_over = |status: &SyncStatus| {
        let is_follower = status.role == SyncRole::Follower && status.leader.is_some();
        is_follower || status.last_scan_at.is_some() || status.state == SyncState::Degraded
    };
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
