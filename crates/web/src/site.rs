//! State that all requests for pages share.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderValue;
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_http_common::response_cache::{CacheKeySalt, ResponseCache};
use passerelle_http_common::shared_limits::SharedLimits;
use passerelle_http_common::token::BearerToken;
use passerelle_model::public_url::PublicUrl;
use passerelle_model::sync::SyncStatus;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_search::Search;
use passerelle_storage::{ObjectAddress, Storage};
use tokio::sync::{Semaphore, watch};

use crate::assets::Assets;
use crate::frame_policy::frame_policy;
use crate::rendered_page::RenderedPage;

/// Maximum size of the cache of pages in bytes: about 100 pages of 50 KiB, each compressed and not.
const PAGE_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// Maximum number of uploads at once. Each takes the size of a document in memory, at most 5 MiB.
const UPLOADS_AT_ONCE: usize = 4;

/// Returns the address of a page in the front end. `None` if the front end has no address of its own.
pub type ObjectUrl = Arc<dyn Fn(&ObjectAddress) -> Option<String> + Send + Sync>;

/// Everything that the pages need from the rest of the program.
#[derive(Clone)]
pub struct WebSources {
    /// Database with all published revisions.
    pub storage: Storage,
    /// Full-text index of the latest revision.
    pub search: Search,
    /// Latest status that the watcher has reported.
    pub sync_status: watch::Receiver<SyncStatus>,
    /// Address of this service as browsers see it. `None` if it is unknown.
    pub public_url: Option<PublicUrl>,
    /// Addresses of content pages.
    pub object_url: ObjectUrl,
    /// Who may see the desk.
    pub desk: DeskAccess,
    /// Token with which an operator accepts held documents at the desk. `None` for no such form.
    pub admin_token: Option<BearerToken>,
    /// Sites that may show the pages of [`crate::embed`] in a frame: sources of `frame-ancestors`, for
    /// example `'self' https://www.example.org`.
    pub frame_ancestors: String,
    /// Policy for raw HTML in the files that editors try.
    pub raw_html: RawHtmlPolicy,
}

impl fmt::Debug for WebSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSources").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// Shared state of all pages. A clone increments one reference count.
#[derive(Clone)]
pub(crate) struct Site(Arc<Inner>);

struct Inner {
    sources: WebSources,
    limits: SharedLimits,
    assets: Assets,
    pages: ResponseCache<RenderedPage>,
    cache_key_salt: CacheKeySalt,
    upload_slots: Semaphore,
    frame_policy: HeaderValue,
}

impl Site {
    pub(crate) fn new(sources: WebSources, limits: SharedLimits) -> Self {
        let assets = Assets::new();
        let cache_key_salt =
            CacheKeySalt::of(&assets.names(), sources.public_url.as_ref().map_or("", PublicUrl::as_str));
        let pages = ResponseCache::new(PAGE_CACHE_BYTES);
        let upload_slots = Semaphore::new(UPLOADS_AT_ONCE);
        let frame_policy = frame_policy(&sources.frame_ancestors);
        Self(Arc::new(Inner { sources, limits, assets, pages, cache_key_salt, upload_slots, frame_policy }))
    }

    pub(crate) fn storage(&self) -> &Storage {
        &self.0.sources.storage
    }

    pub(crate) fn search(&self) -> &Search {
        &self.0.sources.search
    }

    pub(crate) fn sync_status(&self) -> SyncStatus {
        self.0.sources.sync_status.borrow().clone()
    }

    pub(crate) fn public_url(&self) -> Option<&PublicUrl> {
        self.0.sources.public_url.as_ref()
    }

    pub(crate) fn object_url(&self, address: &ObjectAddress) -> Option<String> {
        (self.0.sources.object_url)(address)
    }

    pub(crate) fn desk(&self) -> &DeskAccess {
        &self.0.sources.desk
    }

    /// Returns the token with which held documents are accepted.
    pub(crate) fn admin_token(&self) -> Option<&BearerToken> {
        self.0.sources.admin_token.as_ref()
    }

    pub(crate) fn raw_html(&self) -> RawHtmlPolicy {
        self.0.sources.raw_html
    }

    /// Content security policy of pages that other sites may show in a frame.
    pub(crate) fn frame_policy(&self) -> &HeaderValue {
        &self.0.frame_policy
    }

    /// Slots of uploads.
    pub(crate) fn upload_slots(&self) -> &Semaphore {
        &self.0.upload_slots
    }

    pub(crate) fn limits(&self) -> &SharedLimits {
        &self.0.limits
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    pub(crate) fn pages(&self) -> &ResponseCache<RenderedPage> {
        &self.0.pages
    }

    pub(crate) fn cache_key_salt(&self) -> CacheKeySalt {
        // A pruning changes responses without a new revision.
        self.0.cache_key_salt.with_history_since(self.0.sources.storage.pruned_revision())
    }
}
