//! `/desk/try`: reads a file without storing it, and says what it would change.

use std::collections::HashSet;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query as QueryString, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use multer::{Constraints, Multipart, SizeLimit};
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::strip_placeholders;
use passerelle_model::published::PublishedMeasure;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::decode::MAX_BYTES;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_storage::{ChangeLogEntry, PublishPreview, ReadView};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::access::{self, DeskDecision, is_same_origin};
use super::held;
use super::place::PATH;
use super::problems::Problem;
use crate::address::Query;
use crate::change_batches::summary;
use crate::change_text::{describe, shortened};
use crate::error::PageError;
use crate::frame::Frame;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost: reading a document takes as long as an expensive operation.
const COST: usize = 500;
/// Bytes of an upload beside the file: the other fields and the boundaries.
const OVERHEAD_BYTES: u64 = 16 * 1024;
/// Time in which an upload must arrive. A slow client would keep one of the few slots.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum number of listed changes. The counts cover all.
const MAX_CHANGES: usize = 100;
/// Longer titles are cut.
const MAX_TITLE_CHARS: usize = 100;

/// Effect of a file.
struct Trial {
    name: String,
    /// True if the file would be rejected.
    is_rejected: bool,
    problems: Vec<Problem>,
    /// Counts of the changes of a plan.
    summary: Option<String>,
    changes: Vec<String>,
    /// Sentence about a plan that would be held for confirmation.
    held: Option<String>,
    /// First measures that such a plan would remove, with their labels.
    lost: Vec<String>,
    /// Count of the others, as words.
    more_lost: Option<String>,
    /// HTML of a page. The reader has made it safe.
    preview: Option<String>,
    preview_lang: &'static str,
}

/// Values of the template `desk_try.html`.
#[derive(Template)]
#[template(path = "desk_try.html")]
struct TryPage {
    frame: Frame,
    desk_url: String,
    form_url: String,
    /// Path of the document that the file would replace. Empty for a new one.
    document: String,
    trial: Option<Trial>,
}

impl Page for TryPage {}

/// Uploaded file.
struct Upload {
    path: DocumentPath,
    document: String,
    bytes: Vec<u8>,
}

/// Serves the form.
pub(crate) async fn form(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    uri: Uri,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let wanted = WantedLanguage::of(value("lang"), &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let view = site.storage().cached_latest();
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), view.revision(), "try");
    let document = value("document").unwrap_or_default().to_owned();
    match access::check(&site, &headers) {
        DeskDecision::Allowed => {
            let page = page(&site, &view, words, wanted.chosen, document, None);
            request.respond_fresh(1, async { Ok(page) }).await
        }
        DeskDecision::LoginNeeded => {
            access::login_page(&request, &site, words, wanted.chosen, &uri, false).await
        }
        DeskDecision::Off => request.reject(&PageError::DeskOff),
    }
}

/// Reads an uploaded file and answers with its problems and its effect.
pub(crate) async fn submit(State(site): State<Site>, peer: PeerAddress, upload: Request) -> Response {
    let (parts, body) = upload.into_parts();
    let lang =
        parts.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")));
    let wanted = WantedLanguage::of(lang, &parts.headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let view = site.storage().cached_latest();
    let request =
        PageRequest::new(&site, &parts.headers, peer, (words, wanted.chosen), view.revision(), "try");
    match access::check(&site, &parts.headers) {
        DeskDecision::Allowed => {}
        DeskDecision::LoginNeeded => {
            return access::login_page(&request, &site, words, wanted.chosen, &parts.uri, false).await;
        }
        DeskDecision::Off => return request.reject(&PageError::DeskOff),
    }
    if !is_same_origin(&parts.headers) {
        return request.reject(&PageError::ForeignOrigin);
    }
    let Ok(slot) = site.upload_slots().try_acquire() else { return request.reject(&PageError::Busy) };
    let upload = match timeout(UPLOAD_TIMEOUT, receive(&parts.headers, body)).await {
        Ok(Ok(upload)) => upload,
        Ok(Err(error)) => return request.reject(&error),
        Err(_) => return request.reject(&PageError::InvalidUpload),
    };
    let response = request
        .respond_fresh(COST, async {
            let (document, trial) = (upload.document.clone(), examine(&site, &view, words, upload).await?);
            Ok(page(&site, &view, words, wanted.chosen, document, Some(trial)))
        })
        .await;
    drop(slot);
    response
}

/// Reads the fields `file` and `document` of a form.
async fn receive(headers: &HeaderMap, body: Body) -> Result<Upload, PageError> {
    let invalid = |_| PageError::InvalidUpload;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default()).map_err(invalid)?;
    let limit = SizeLimit::new().whole_stream(MAX_BYTES + OVERHEAD_BYTES);
    let constraints = Constraints::new().size_limit(limit);
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let (mut document, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(|error| upload_error(&error))? {
        match field.name() {
            Some("document") => document = field.text().await.map_err(|error| upload_error(&error))?,
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(|error| upload_error(&error))?));
            }
            _ => {}
        }
    }
    let (name, bytes) = file.filter(|(name, _)| !name.is_empty()).ok_or(PageError::InvalidUpload)?;
    let path = if document.is_empty() { &name } else { &document };
    let path = DocumentPath::parse(path).map_err(|_| PageError::InvalidUpload)?;
    Ok(Upload { path, document, bytes: bytes.to_vec() })
}

fn upload_error(error: &multer::Error) -> PageError {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            PageError::UploadTooLarge
        }
        _ => PageError::InvalidUpload,
    }
}

/// Reads the file as the worker would, and compares a plan with the published one. Nothing is stored.
async fn examine(site: &Site, view: &ReadView, words: &Words, upload: Upload) -> Result<Trial, PageError> {
    let (path, bytes) = (upload.path.clone(), upload.bytes);
    let (raw_html, public_url) = (site.raw_html(), site.public_url().cloned());
    let reading = spawn_blocking(move || {
        let defaults = FolderDefaults::default();
        let options =
            ReadOptions { raw_html, site: public_url.as_ref(), ..ReadOptions::with_defaults(&defaults) };
        read(&path, &bytes, options)
    });
    let ParsedDocument { content, diagnostics, .. } =
        reading.await.map_err(|_| PageError::Stopped)?.map_err(|_| PageError::InvalidUpload)?;
    let mut trial = Trial {
        name: upload.path.as_str().to_owned(),
        is_rejected: content.is_none(),
        problems: diagnostics.iter().map(|diagnostic| Problem::of(diagnostic, words)).collect(),
        summary: None,
        changes: Vec::new(),
        held: None,
        lost: Vec::new(),
        more_lost: None,
        preview: None,
        preview_lang: content.as_ref().map_or(words.code, |content| content.lang().code()),
    };
    match content {
        Some(Content::Plan(plan)) => {
            let preview = view.preview_publish(&upload.path, *plan).await?;
            describe_preview(&mut trial, preview, words);
        }
        Some(Content::Page { page, .. }) => {
            let html = page.content.fill_local_placeholders().html;
            trial.preview = Some(strip_placeholders(&html));
        }
        Some(Content::Contract(_)) | None => {}
    }
    Ok(trial)
}

fn describe_preview(trial: &mut Trial, preview: PublishPreview, words: &Words) {
    let PublishPreview { before, after, changes, loss } = preview;
    let measures = before.iter().flat_map(|before| &before.measures).chain(&after.measures);
    let titles: std::collections::HashMap<_, _> = measures
        .map(|measure| (measure.key.as_str(), format!("{} {}", measure.label, measure.title.text)))
        .collect();
    let entry = |change: passerelle_model::change::Change| ChangeLogEntry {
        revision: passerelle_model::revision::Revision::default(),
        ordinal: 0,
        kind: change.kind,
        node: Some(change.node),
        field: change.field,
        before: change.before,
        after: change.after,
    };
    let changes: Vec<ChangeLogEntry> = changes.into_iter().map(entry).collect();
    let line = |change: &ChangeLogEntry| {
        let key = change.node.as_ref().map_or("", |node| node.key());
        let name = titles.get(key).map_or(key, String::as_str);
        format!("{}{} {}", shortened(name, MAX_TITLE_CHARS), words.colon, describe(change, words, true))
    };
    trial.summary = Some(if changes.is_empty() {
        words.would_change_nothing.to_owned()
    } else {
        summary(&changes, words, false)
    });
    trial.changes = changes.iter().take(MAX_CHANGES).map(line).collect();
    if let (Some(loss), Some(before)) = (&loss, &before) {
        (trial.lost, trial.more_lost) = lost_measures(&before.measures, &loss.numbers, words);
    }
    trial.held = loss.map(|loss| {
        let [removed, total] = [loss.numbers.len(), loss.total].map(|count| words.number_text(count as u64));
        Words::fill(words.would_be_held, &[&removed, &total])
    });
}

/// Returns the first of the measures with the given numbers, and the count of the others as words.
fn lost_measures(
    measures: &[PublishedMeasure],
    lost: &[u32],
    words: &Words,
) -> (Vec<String>, Option<String>) {
    let numbers: HashSet<u32> = lost.iter().copied().collect();
    let named = measures.iter().filter(|measure| numbers.contains(&measure.number));
    let name = |measure: &PublishedMeasure| {
        shortened(&format!("{} {}", measure.label, measure.title.text), MAX_TITLE_CHARS)
    };
    (named.take(held::MAX_LISTED).map(name).collect(), held::more(lost.len(), words))
}

fn page(
    site: &Site,
    view: &ReadView,
    words: &'static Words,
    chosen: Option<Language>,
    document: String,
    trial: Option<Trial>,
) -> TryPage {
    let mut frame = Frame::new(site, words, chosen, |lang| {
        Query::default().with("document", &document).with_language(lang).at("/desk/try")
    });
    frame.title = format!("{} – passerelle", words.try_title);
    words.try_lead.clone_into(&mut frame.description);
    frame.revision = view.revision().number.get();
    frame.drop_script = Some(site.assets().drop.url());
    let query = Query::default().with_language(chosen);
    TryPage { frame, desk_url: query.at(PATH), form_url: query.at("/desk/try"), document, trial }
}
