//! `/web-assets/{name}`: style sheet and scripts.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::site::Site;

/// Serves a file.
pub(crate) async fn get(State(site): State<Site>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match site.assets().all().into_iter().find(|asset| asset.name == name) {
        Some(asset) => asset.response(&headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
