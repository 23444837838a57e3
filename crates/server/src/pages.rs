//! Mounts the web pages beside the API.

use std::sync::Arc;

use passerelle_http::{HttpSources, PageRoutes};
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_watcher::WorkerOptions;
use passerelle_web::WebSources;

/// Source of `frame-ancestors`: the pages of this service.
pub(crate) const OWN_PAGES: &str = "'self'";

/// Returns the web pages of the content that an API serves. `frame_ancestors` are the sites that may embed
/// some.
pub(crate) fn routes(
    api: &HttpSources,
    options: &WorkerOptions,
    (desk, frame_ancestors): (DeskAccess, String),
) -> PageRoutes {
    let site_urls = api.site_urls.clone();
    let sources = WebSources {
        storage: api.storage.clone(),
        search: api.search.clone(),
        sync_status: api.sync_status.clone(),
        public_url: options.site.clone(),
        desk,
        admin_token: api.admin.as_ref().map(|admin| admin.token.clone()),
        frame_ancestors,
        raw_html: options.raw_html,
        // An address without a host is one of a front end that this service does not know.
        object_url: Arc::new(move |address| {
            Some(site_urls.for_object(address)).filter(|url| url.starts_with("http"))
        }),
    };
    PageRoutes::new(move |limits| passerelle_web::routes(sources.clone(), limits))
}
