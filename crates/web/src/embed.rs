//! `/embed/plans/{name}`, an axis and a measure of it: small pages for an `iframe` of another site.
//!
//! They have no script and no live updates: an open stream for each reader of another site would cost more
//! than it shows. Their links open the full page outside the frame.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use passerelle_model::plan::{CategoryPath, Progress};

use crate::address::Query;
use crate::bar::{self, Bar, status_class};
use crate::change_text::shortened;
use crate::error::PageError;
use crate::frame::Frame;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::{PlanContext, PlanParams, Selection, StatusLink, category_title, status_links};
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query.
const COST: usize = 20;
/// Longer titles are cut, so that they fit in a frame.
const MAX_TITLE_CHARS: usize = 200;

/// Shown object.
enum Target {
    Plan,
    Category(CategoryPath),
    Measure(u32),
}

/// Returns the routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/embed/plans/{name}", get(plan))
        .route("/embed/plans/{name}/axes/{path}", get(category))
        .route("/embed/plans/{name}/measures/{number}", get(measure))
}

/// Values of the template `embed.html`.
#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    frame: Frame,
    /// Language of the plan.
    lang: &'static str,
    /// Title of the plan above that of a part of it. Empty for the plan itself.
    above: String,
    title: String,
    /// Address of the full page.
    url: String,
    /// Label and class of the status of a measure.
    status: Option<(&'static str, &'static str)>,
    bar: Option<Bar>,
    summary: String,
    statuses: Vec<StatusLink>,
}

impl Page for EmbedPage {}

type Pairs = QueryString<Vec<(String, String)>>;

async fn plan(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path(name): Path<String>,
    QueryString(pairs): Pairs,
) -> Response {
    respond(&site, peer, &headers, (&name, Ok(Target::Plan)), pairs).await
}

async fn category(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path((name, path)): Path<(String, String)>,
    QueryString(pairs): Pairs,
) -> Response {
    let target = CategoryPath::parse(&path).map(Target::Category).map_err(|_| PageError::NoCategory);
    respond(&site, peer, &headers, (&name, target), pairs).await
}

async fn measure(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path((name, number)): Path<(String, String)>,
    QueryString(pairs): Pairs,
) -> Response {
    let target = number.parse().map(Target::Measure).map_err(|_| PageError::NoPlan);
    respond(&site, peer, &headers, (&name, target), pairs).await
}

async fn respond(
    site: &Site,
    peer: PeerAddress,
    headers: &HeaderMap,
    (name, target): (&str, Result<Target, PageError>),
    pairs: Vec<(String, String)>,
) -> Response {
    // Only the language is a parameter, so that other sites do not fill the cache.
    let params = PlanParams { lang: PlanParams::parse(pairs).lang, ..PlanParams::default() };
    let wanted = WantedLanguage::of(params.lang.as_deref(), headers);
    let latest = site.storage().cached_latest();
    let words = Words::of(wanted.get().unwrap_or_default());
    let target_name = match &target {
        Ok(Target::Category(path)) => format!("axis {:?}", path.as_str()),
        Ok(Target::Measure(number)) => format!("measure {number}"),
        Ok(Target::Plan) | Err(_) => String::new(),
    };
    let key = format!("embed {name:?} {wanted:?} {target_name}");
    let request = PageRequest::new(site, headers, peer, (words, wanted.chosen), latest.revision(), &key);
    let page = async move {
        let selection = Selection::find(site, latest, name, wanted, params).await?;
        load(site, &selection, target?).await
    };
    request.in_frames().respond(COST, page).await
}

async fn load(site: &Site, selection: &Selection, target: Target) -> Result<EmbedPage, PageError> {
    let Selection { view, context, .. } = selection;
    let plan = &context.plan;
    match target {
        Target::Plan => {
            let progress = view.plan_facets(&plan.key).await?.progress;
            let page = page(site, selection, &plan.heading.title, context.url(Query::default()));
            Ok(with_progress(EmbedPage { above: String::new(), ..page }, context, &progress, ""))
        }
        Target::Category(path) => {
            let tree = view.category_tree(&plan.key).await?;
            let category = tree.find_by_path(&path).ok_or(PageError::NoCategory)?;
            let progress = view.progress_by_category(&plan.key).await?;
            let progress = progress.get(&category.key).copied().unwrap_or_default();
            let url = context.filtered_url(&[], category.path.as_str());
            let page = page(site, selection, &category_title(category), url);
            Ok(with_progress(page, context, &progress, category.path.as_str()))
        }
        Target::Measure(number) => {
            let key = (plan.key.clone(), number);
            let mut found = view.measures_by_number(std::slice::from_ref(&key)).await?;
            let Some(measure) = found.remove(&key) else {
                return Err(context.no_measure(view, number).await);
            };
            let title = format!("{} {}: {}", context.words.measure, measure.label, measure.title.text);
            let page = page(site, selection, &title, context.measure_url(number));
            let status = (measure.status.label(context.words.lang), status_class(measure.status));
            let changed = context.words.date_text(measure.updated_at);
            let summary = format!("{}{} {changed}", context.words.last_change, context.words.colon);
            Ok(EmbedPage { status: Some(status), summary, ..page })
        }
    }
}

fn page(site: &Site, selection: &Selection, title: &str, url: String) -> EmbedPage {
    let Selection { view, context, .. } = selection;
    let heading = &context.plan.heading;
    // The links of languages are not shown. The address is that of the full page, for `rel=canonical`.
    let mut frame = Frame::new(site, context.words, context.chosen, |_| url.clone());
    title.clone_into(&mut frame.title);
    frame.revision = view.revision().number.get();
    EmbedPage {
        frame,
        lang: heading.lang.code(),
        above: heading.title.clone(),
        title: shortened(title, MAX_TITLE_CHARS),
        url,
        status: None,
        bar: None,
        summary: String::new(),
        statuses: Vec::new(),
    }
}

fn with_progress(page: EmbedPage, context: &PlanContext, progress: &Progress, category: &str) -> EmbedPage {
    let bar = Bar::of(progress);
    EmbedPage {
        statuses: if bar.is_some() { status_links(context, progress, category) } else { Vec::new() },
        bar,
        summary: bar::summary(progress, context.words),
        ..page
    }
}
