//! `/desk/documents/{path}`: one document with its problems. The address can be sent to a colleague.

use askama::Template;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use passerelle_model::asset::encode_path;
use passerelle_model::document::{Document, DocumentState};
use passerelle_model::labels::state_label;
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_storage::ReadView;

use super::accept_form::AcceptForm;
use super::access::{self, DeskDecision};
use super::place::{PATH, state_class};
use super::problems::Problem;
use crate::address::{Query, plan_path};
use crate::change_batches::{self, ChangeBatch};
use crate::error::PageError;
use crate::frame::{Frame, Link};
use crate::live::LiveUpdates;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::PlanNames;
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query.
const COST: usize = 100;

/// Returns the address of a document.
pub(crate) fn url(path: &DocumentPath, chosen: Option<Language>) -> String {
    Query::default().with_language(chosen).at(&format!("/desk/documents/{}", encode_path(path.as_str())))
}

/// Values of the template `desk_document.html`.
#[derive(Template)]
#[template(path = "desk_document.html")]
struct DocumentPage {
    frame: Frame,
    path: String,
    desk_url: String,
    try_url: String,
    state: &'static str,
    state_class: &'static str,
    state_text: &'static str,
    when: String,
    at: String,
    /// Plan that the document contains.
    plan: Option<Link>,
    problems: Vec<Problem>,
    /// Changes of that plan.
    batches: Vec<ChangeBatch>,
    /// Form that accepts the held version. `None` if nothing is held, or without a token of the operator.
    accept: Option<AcceptForm>,
}

impl Page for DocumentPage {}

/// Serves a document.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    uri: Uri,
    Path(path): Path<String>,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let lang = pairs.iter().find(|(name, _)| name == "lang").map(|(_, value)| value.as_str());
    let wanted = WantedLanguage::of(lang, &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let view = site.storage().cached_latest();
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), view.revision(), &path);
    match access::check(&site, &headers) {
        DeskDecision::Allowed => {
            request.respond_fresh(COST, load(&site, &view, words, wanted.chosen, &path)).await
        }
        DeskDecision::LoginNeeded => {
            access::login_page(&request, &site, words, wanted.chosen, &uri, false).await
        }
        DeskDecision::Off => request.reject(&PageError::DeskOff),
    }
}

async fn load(
    site: &Site,
    view: &ReadView,
    words: &'static Words,
    chosen: Option<Language>,
    path: &str,
) -> Result<DocumentPage, PageError> {
    let path = DocumentPath::parse(path).map_err(|_| PageError::NoDocument)?;
    let document = view.document_at(&path).await?;
    let is_present = |document: &Document| document.state != DocumentState::Removed;
    let document = document.filter(is_present).ok_or(PageError::NoDocument)?;
    let plans = view.cached_plans().await?;
    let plan = plans.iter().find(|plan| plan.document == document.key);
    let names = PlanNames::of(&plans);
    let plan_address = |plan: &passerelle_model::published::PublishedPlan| plan_path(&names.name(plan));
    let batches = match plan {
        Some(plan) => {
            let measure_url = |number| crate::address::measure_path(&names.name(plan), number);
            change_batches::load(view, Some(&plan.key), words, measure_url).await?
        }
        None => Vec::new(),
    };
    let mut frame = Frame::new(site, words, chosen, |lang| url(&path, lang));
    frame.title = format!("{} – {}", path.as_str(), words.desk);
    frame.description =
        format!("{}{} {}", path.as_str(), words.colon, state_label(document.state, words.lang));
    frame.revision = view.revision().number.get();
    frame.live = Some(LiveUpdates::of_desk());
    Ok(DocumentPage {
        frame,
        path: path.as_str().to_owned(),
        desk_url: Query::default().with_language(chosen).at(PATH),
        try_url: Query::default().with("document", path.as_str()).with_language(chosen).at("/desk/try"),
        state: state_label(document.state, words.lang),
        state_class: state_class(document.state),
        state_text: state_text(document.state, words),
        when: words.time_text(document.ingested_at),
        at: document.ingested_at.to_string(),
        plan: plan.map(|plan| {
            let query = Query::default().with_language(chosen);
            Link::new(plan.heading.title.as_str(), query.at(&plan_address(plan)))
        }),
        problems: document.diagnostics.iter().map(|diagnostic| Problem::of(diagnostic, words)).collect(),
        batches,
        accept: AcceptForm::of(site, &document, chosen),
    })
}

/// Returns what a state means for the editor.
fn state_text(state: DocumentState, words: &Words) -> &'static str {
    match state {
        DocumentState::Published => words.state_published,
        DocumentState::Rejected => words.state_rejected,
        DocumentState::Held => words.state_held,
        DocumentState::Draft => words.state_draft,
        DocumentState::Removed => "",
    }
}
