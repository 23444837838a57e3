//! `/desk`: for editors. Every document with its state and its problems, and what became of each save.

mod accept;
mod accept_form;
mod access;
mod broken;
mod document;
mod held;
mod place;
mod problems;
mod try_file;

use std::cmp::Reverse;

use askama::Template;
use axum::Router;
use axum::extract::{Query as QueryString, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use passerelle_model::diagnostic::Severity;
use passerelle_model::document::{Document, DocumentState};
use passerelle_model::labels::{severity_label, state_label};
use passerelle_model::sync::SyncProblem;
use passerelle_storage::{DocumentFilter, DocumentQuery, Pagination, ReadView};

pub(crate) use place::PATH;

use self::access::DeskDecision;
use self::broken::BrokenLinks;
use self::held::HeldGroup;
use self::place::state_class;
use crate::address::Query;
use crate::change_batches::{self, ChangeBatch};
use crate::error::PageError;
use crate::frame::Frame;
use crate::live::LiveUpdates;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query.
const COST: usize = 500;
/// Maximum number of documents that a page lists. With their diagnostics they take a few megabytes at most.
const MAX_DOCUMENTS: u32 = 500;

/// Returns the routes of the desk.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(list))
        .route(accept_form::PATH, post(accept::submit))
        .route("/desk/login", post(access::login))
        .route("/desk/try", get(try_file::form).post(try_file::submit))
        .route("/desk/documents/{*path}", get(document::get))
}

/// Row of the list.
struct DocumentRow {
    path: String,
    url: String,
    state: &'static str,
    state_class: &'static str,
    problems: String,
    when: String,
    at: String,
}

/// Option of the form.
struct DeskOption {
    value: &'static str,
    label: String,
    is_selected: bool,
}

/// File that is not read, or another problem of the folder.
struct FolderProblem {
    path: String,
    message: String,
    advice: String,
}

/// Values of the template `desk.html`.
#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    lang: Option<&'static str>,
    states: Vec<DeskOption>,
    orders: Vec<DeskOption>,
    /// Text that a listed path contains.
    text: String,
    summary: String,
    rows: Vec<DocumentRow>,
    is_cut: bool,
    held: Vec<HeldGroup>,
    batches: Vec<ChangeBatch>,
    folder_problems: Vec<FolderProblem>,
    broken: Vec<BrokenLinks>,
    try_url: String,
}

impl Page for DeskPage {}

/// Filter and order of the list.
#[derive(Default)]
struct DeskParams {
    lang: Option<String>,
    /// Name of a state, or `problems` for documents with an error or a warning.
    state: String,
    /// `path` or `time`. Otherwise the most severe problems come first.
    order: String,
    text: String,
}

impl DeskParams {
    fn parse(pairs: Vec<(String, String)>) -> Self {
        let mut params = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "lang" => params.lang = Some(value),
                "state" => params.state = value,
                "order" => params.order = value,
                "text" => params.text = value.trim().to_lowercase(),
                _ => {}
            }
        }
        params
    }

    fn matches(&self, document: &Document) -> bool {
        let has_state = match self.state.as_str() {
            "" => true,
            "problems" => worst(document).is_some_and(|severity| severity != Severity::Notice),
            name => document.state.name() == name,
        };
        has_state && document.path.as_str().to_lowercase().contains(&self.text)
    }

    fn sort(&self, documents: &mut [Document]) {
        match self.order.as_str() {
            "path" => {}
            "time" => documents.sort_by_key(|document| Reverse(document.ingested_at)),
            _ => documents.sort_by_key(|document| (urgency(document), Reverse(document.ingested_at))),
        }
    }
}

/// Returns the most severe diagnostic of a document.
fn worst(document: &Document) -> Option<Severity> {
    let is_present =
        |severity: &Severity| document.diagnostics.iter().any(|found| found.severity == *severity);
    [Severity::Error, Severity::Warning, Severity::Notice].into_iter().find(is_present)
}

/// Returns the sort rank of a document: rejected first, then held, then by its most severe diagnostic.
fn urgency(document: &Document) -> u8 {
    match (document.state, worst(document)) {
        (DocumentState::Rejected, _) => 0,
        (DocumentState::Held, _) => 1,
        (_, Some(Severity::Error)) => 2,
        (_, Some(Severity::Warning)) => 3,
        (_, Some(Severity::Notice)) => 4,
        (_, None) => 5,
    }
}

/// Serves the list of documents.
async fn list(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    uri: Uri,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let params = DeskParams::parse(pairs);
    let wanted = WantedLanguage::of(params.lang.as_deref(), &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let view = site.storage().cached_latest();
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), view.revision(), "desk");
    match access::check(&site, &headers) {
        DeskDecision::Allowed => request.respond_fresh(COST, load(&site, &view, words, wanted, params)).await,
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
    wanted: WantedLanguage,
    params: DeskParams,
) -> Result<DeskPage, PageError> {
    let chosen = wanted.chosen;
    let query =
        DocumentQuery { filter: DocumentFilter::default(), pagination: Pagination::first(MAX_DOCUMENTS) };
    let slice = view.documents(&query).await?;
    let is_cut = slice.has_next;
    let all: Vec<Document> = slice.items.into_iter().map(|(_, document)| document).collect();
    let row = |document: &Document| row(document, words, chosen);
    let held = held::groups(&all, words, chosen);
    let mut shown: Vec<Document> = all.into_iter().filter(|document| params.matches(document)).collect();
    params.sort(&mut shown);
    let broken = broken::of_documents(&shown, chosen);
    let mut frame = Frame::new(site, words, chosen, |lang| {
        let query = Query::default().with("state", &params.state).with("order", &params.order);
        query.with("text", &params.text).with_language(lang).at(PATH)
    });
    frame.title = format!("{} – passerelle", words.desk);
    words.desk_lead.clone_into(&mut frame.description);
    frame.revision = view.revision().number.get();
    frame.live = Some(LiveUpdates::of_desk());
    frame.drop_script = Some(site.assets().drop.url());
    let url = |_| PATH.to_owned();
    Ok(DeskPage {
        frame,
        lang: chosen.map(passerelle_model::language::Language::code),
        states: states(words, &params.state),
        orders: orders(words, &params.order),
        text: params.text,
        summary: words.counted(shown.len() as u64, words.document_noun),
        rows: shown.iter().map(row).collect(),
        is_cut,
        held,
        batches: change_batches::load(view, None, words, url).await?,
        folder_problems: site.sync_status().problems.into_iter().map(folder_problem).collect(),
        broken,
        try_url: Query::default().with_language(chosen).at("/desk/try"),
    })
}

fn row(
    document: &Document,
    words: &Words,
    chosen: Option<passerelle_model::language::Language>,
) -> DocumentRow {
    let count =
        |severity: Severity| document.diagnostics.iter().filter(|found| found.severity == severity).count();
    let counts =
        [Severity::Error, Severity::Warning, Severity::Notice].map(|severity| (severity, count(severity)));
    let text = |(severity, count): (Severity, usize)| {
        format!("{}{} {count}", severity_label(severity, words.lang), words.colon)
    };
    let problems: Vec<String> = counts.into_iter().filter(|(_, count)| *count > 0).map(text).collect();
    DocumentRow {
        path: document.path.as_str().to_owned(),
        url: document::url(&document.path, chosen),
        state: state_label(document.state, words.lang),
        state_class: state_class(document.state),
        problems: problems.join(", "),
        when: words.time_text(document.ingested_at),
        at: document.ingested_at.to_string(),
    }
}

fn states(words: &Words, selected: &str) -> Vec<DeskOption> {
    let state = |state: DocumentState| (state.name(), state_label(state, words.lang).to_owned());
    let states =
        [DocumentState::Published, DocumentState::Rejected, DocumentState::Held, DocumentState::Draft];
    let all = [("", words.all.to_owned()), ("problems", words.with_problems.to_owned())];
    let options = all.into_iter().chain(states.map(state));
    options.map(|(value, label)| DeskOption { value, label, is_selected: value == selected }).collect()
}

fn orders(words: &Words, selected: &str) -> Vec<DeskOption> {
    let orders = [("", words.order_urgency), ("time", words.order_time), ("path", words.order_path)];
    let option = |(value, label): (&'static str, &str)| DeskOption {
        value,
        label: label.to_owned(),
        is_selected: value == selected,
    };
    orders.map(option).into()
}

fn folder_problem(problem: SyncProblem) -> FolderProblem {
    let path = problem.place.path().unwrap_or_default().to_owned();
    FolderProblem { path, message: problem.message, advice: problem.advice }
}
