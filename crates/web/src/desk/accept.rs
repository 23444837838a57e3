//! `/desk/accept`: publishes the held version of a document.

use std::str::FromStr;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use passerelle_model::checksum::Checksum;
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;

use super::access::{self, DeskDecision, charge_attempt, is_same_origin, parse_form};
use super::document;
use crate::error::PageError;
use crate::frame::Link;
use crate::negotiation::WantedLanguage;
use crate::page_request::{PageRequest, PeerAddress};
use crate::site::Site;
use crate::words::Words;

/// Fields of the form.
#[derive(Default, serde::Deserialize)]
struct Fields {
    #[serde(default)]
    path: String,
    #[serde(default)]
    checksum: String,
    #[serde(default)]
    token: String,
    lang: Option<String>,
}

/// Accepts the version that the form shows, then leads back to the document. Needs the token of the operator.
pub(crate) async fn submit(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    body: String,
) -> Response {
    let fields: Fields = parse_form(&body);
    let wanted = WantedLanguage::of(fields.lang.as_deref(), &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let revision = site.storage().cached_latest().revision();
    let client = access::client(&site, &headers, &peer);
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), revision, "accept");
    match access::check(&site, &headers) {
        DeskDecision::Allowed => {}
        DeskDecision::LoginNeeded => {
            let next = Uri::from_static(super::PATH);
            return access::login_page(&request, &site, words, wanted.chosen, &next, false).await;
        }
        DeskDecision::Off => return request.reject(&PageError::DeskOff),
    }
    if !is_same_origin(&headers) {
        return request.reject(&PageError::ForeignOrigin);
    }
    if let Err(error) = charge_attempt(&site, client) {
        return request.reject(&error);
    }
    if !site.admin_token().is_some_and(|token| token.matches(&fields.token)) {
        return request.reject(&PageError::WrongAdminToken);
    }
    match accept(&site, &fields, wanted.chosen).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) => request.reject(&error),
    }
}

/// Accepts the version. Returns the address of the document.
async fn accept(site: &Site, fields: &Fields, chosen: Option<Language>) -> Result<String, PageError> {
    let path = DocumentPath::parse(&fields.path).map_err(|_| PageError::NoDocument)?;
    let url = document::url(&path, chosen);
    let not_held = || PageError::NotHeld(Link::new(path.as_str(), url.as_str()));
    let checksum = Checksum::from_str(&fields.checksum).map_err(|_| not_held())?;
    if !site.storage().accept_held_version(&path, checksum).await? {
        return Err(not_held());
    }
    tracing::info!(document.path = %path, "an operator accepted a held document");
    Ok(url)
}
