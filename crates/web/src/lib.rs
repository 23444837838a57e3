//! Web pages for people: what is served, plans as dashboards, measures with their history.
//!
//! [`routes`] returns the routes. A request takes this path:
//!
//! 1. A handler ([`home`], [`plan`], [`compare`], [`measure`], [`embed`], [`badge`], [`desk`]) parses the
//!    query string and selects the language ([`negotiation`]).
//! 2. [`page_request`] answers from the cache of pages, or charges the client and renders the page once.
//! 3. The handler reads storage at one revision and fills a template of the folder `templates`. The words
//!    come from [`words`], one catalogue per language.
//!
//! Every page works without JavaScript. The content security policy allows no inline script and no inline
//! style, so colours are classes and the widths of bars are attributes of SVG.
//!
//! **Architecture invariant:** this crate knows neither GraphQL nor the crates `api` and `http`. The server
//! mounts its routes beside theirs.

mod address;
mod asset_route;
mod assets;
mod badge;
mod bar;
mod change_batches;
mod change_text;
mod compare;
mod desk;
mod embed;
mod error;
mod error_page;
mod format;
mod frame;
mod frame_policy;
mod home;
mod live;
mod measure;
mod negotiation;
mod page_request;
mod plan;
mod rendered_page;
mod site;
mod snippet;
mod words;

use axum::Router;
use axum::routing::get;
use passerelle_http_common::shared_limits::SharedLimits;

pub use live::LIVE_DOCUMENTS;
pub use site::{ObjectUrl, WebSources};

use site::Site;

/// Returns the routes of the pages. `limits` are shared with the API.
pub fn routes(sources: WebSources, limits: &SharedLimits) -> Router {
    let site = Site::new(sources, limits.clone());
    Router::new()
        .route("/", get(home::get))
        .route("/plans/{name}", get(plan::get))
        .route("/plans/{name}/compare", get(compare::get))
        .route("/plans/{name}/measures/{number}", get(measure::get))
        .route("/badges/plans/{file}", get(badge::get))
        .merge(embed::routes())
        .merge(desk::routes())
        .route(assets::ROUTE, get(asset_route::get))
        .with_state(site)
}
