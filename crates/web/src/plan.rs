//! `/plans/{name}`: a plan as a dashboard.

mod chart;
mod context;
mod list;
mod names;
mod overview;
mod params;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::Response;
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::language::Language;
use passerelle_model::plan::CategoryPath;
use passerelle_model::public_url::PublicUrl;
use passerelle_model::published::PublishedPlan;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{AsOfResult, ReadView};
use serde_json::json;

pub(crate) use context::PlanContext;
pub(crate) use list::marks;
pub(crate) use names::PlanNames;
pub(crate) use overview::{StatusLink, category_title, status_links};
pub(crate) use params::{PlanParams, end_of_date};

use self::chart::Chart;
use self::list::{FilterForm, MeasureList};
use self::overview::{AxisRow, Overall};
use crate::address::{Query, badge_path, embed_category_path, embed_path, plan_path};
use crate::change_batches::{self, ChangeBatch};
use crate::error::PageError;
use crate::format::day;
use crate::frame::{Frame, Link, script_json};
use crate::live::LiveUpdates;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::site::Site;
use crate::snippet::Snippet;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query: some hundred measures with three fields.
const COST: usize = 500;
/// Maximum number of measures for which the progress over time is computed without being asked for. It reads
/// every version of every measure.
const MAX_CURVE_MEASURES: u64 = 5_000;

/// Heading of the plan.
pub(crate) struct PlanHead {
    title: String,
    lang: &'static str,
    url: String,
    editions: Vec<EditionLink>,
}

/// Link to an edition.
struct EditionLink {
    name: String,
    url: String,
    is_current: bool,
}

/// Notice that the page shows the content of an earlier revision.
struct PastRevisionNotice {
    text: String,
    present_url: String,
}

/// Values of the template `plan.html`.
#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    plan: PlanHead,
    past: Option<PastRevisionNotice>,
    overall: Option<Overall>,
    axes: Vec<AxisRow>,
    filter: FilterForm,
    list: MeasureList,
    downloads: Vec<Link>,
    chart: Option<Chart>,
    /// Address with the chart of a large plan.
    chart_url: Option<String>,
    batches: Vec<ChangeBatch>,
    compare_url: String,
    snippet: Snippet,
}

impl Page for PlanPage {
    fn is_cacheable(&self) -> bool {
        self.list.is_final
    }
}

/// Serves the dashboard.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path(name): Path<String>,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let params = PlanParams::parse(pairs);
    let wanted = WantedLanguage::of(params.lang.as_deref(), &headers);
    let latest = site.storage().cached_latest();
    let key = format!("plan {name:?} {wanted:?} {:?}", params.query());
    let words = Words::of(wanted.get().unwrap_or_default());
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), latest.revision(), &key);
    let (site, name) = (&site, name.as_str());
    let page = async move {
        let Selection { view, context, plans } = Selection::find(site, latest, name, wanted, params).await?;
        load(site, &view, context, &plans).await
    };
    request.respond(COST, page).await
}

/// Plan that a request selects.
pub(crate) struct Selection {
    /// Content at the date of the request.
    pub(crate) view: ReadView,
    pub(crate) context: PlanContext,
    /// Plans at that date.
    pub(crate) plans: Arc<Vec<Arc<PublishedPlan>>>,
}

impl Selection {
    pub(crate) async fn find(
        site: &Site,
        latest: ReadView,
        name: &str,
        wanted: WantedLanguage,
        params: PlanParams,
    ) -> Result<Self, PageError> {
        let view = match params.instant()? {
            None => latest,
            Some(at) => past_view(site, &latest, at).await?,
        };
        let plans = view.cached_plans().await?;
        let Some(plan) = PlanNames::of(&plans).find(name, wanted.get()) else {
            return Err(no_plan(&view, &plans, name, wanted).await);
        };
        let plan = PublishedPlan::clone(plan);
        let words = Words::of(wanted.get().unwrap_or(plan.heading.lang));
        let name = PlanNames::of(&plans).name(&plan);
        let context = PlanContext { plan, name, words, chosen: wanted.chosen, params };
        Ok(Self { view, context, plans })
    }
}

/// Returns the error of a name that no plan has: with the plan that had it before, if there is one.
async fn no_plan(
    view: &ReadView,
    plans: &[Arc<PublishedPlan>],
    name: &str,
    wanted: WantedLanguage,
) -> PageError {
    let former = match view.plans_with_former_name(name, None).await {
        Ok(former) => former,
        Err(error) => return error.into(),
    };
    let mut renamed = former.iter().filter_map(|key| plans.iter().find(|plan| plan.key == *key));
    let in_language = renamed.clone().find(|plan| Some(plan.heading.lang) == wanted.get());
    match in_language.or_else(|| renamed.next()) {
        Some(plan) => {
            let url = Query::default().with_language(wanted.chosen);
            let url = url.at(&plan_path(&PlanNames::of(plans).name(plan)));
            PageError::PlanRenamed(Link::new(plan.heading.title.as_str(), url))
        }
        None => PageError::NoPlan,
    }
}

/// Returns the content at a time.
pub(crate) async fn past_view(site: &Site, latest: &ReadView, at: Timestamp) -> Result<ReadView, PageError> {
    if at >= latest.revision().at {
        return Ok(latest.clone());
    }
    match site.storage().as_of(at).await? {
        AsOfResult::Found(view) => Ok(view.in_request_of(latest)),
        AsOfResult::BeforeFirstRevision => Err(PageError::BeforeFirstRevision),
        AsOfResult::Pruned(oldest) => Err(PageError::Pruned(oldest)),
    }
}

async fn load(
    site: &Site,
    view: &ReadView,
    context: PlanContext,
    plans: &[Arc<PublishedPlan>],
) -> Result<PlanPage, PageError> {
    let (key, words) = (&context.plan.key, context.words);
    let facets = view.plan_facets(key).await?;
    let total = u64::from(facets.progress.total());
    let tree = view.category_tree(key).await?;
    let progress = view.progress_by_category(key).await?;
    let has_curve = total <= MAX_CURVE_MEASURES || context.params.with_curve;
    let chart = if has_curve { chart::load(view, key, words).await? } else { None };
    let curve_query = || context.params.query().with("curve", "on");
    let at = context.params.instant()?.map(|at| at.to_string()).unwrap_or_default();
    Ok(PlanPage {
        frame: frame(site, view, &context, plans),
        past: past(&context)?,
        overall: overview::overall(&context, &facets.progress),
        axes: overview::axes(&context, &tree, &progress),
        filter: list::form(&context, &tree, &facets),
        list: list::load(site.search(), view, &context, &tree, total).await?,
        downloads: list::downloads(&context, &at),
        chart,
        chart_url: (!has_curve).then(|| context.url(curve_query()) + "#over-time"),
        batches: change_batches::load(view, Some(key), words, |number| context.measure_url(number)).await?,
        compare_url: context.compare_url(),
        snippet: snippet(site, &context, &tree),
        plan: head(&context, plans),
    })
}

fn head(context: &PlanContext, plans: &[Arc<PublishedPlan>]) -> PlanHead {
    let names = PlanNames::of(plans);
    let editions = names.editions(&context.plan);
    let link = |edition: &&Arc<PublishedPlan>| {
        let heading = &edition.heading;
        let query = Query::default().with("at", &context.params.at).with_language(context.chosen);
        EditionLink {
            name: heading.year.map_or_else(|| heading.title.clone(), |year| year.to_string()),
            url: query.at(&plan_path(&names.name(edition))),
            is_current: edition.key == context.plan.key,
        }
    };
    PlanHead {
        title: context.plan.heading.title.clone(),
        lang: context.plan.heading.lang.code(),
        url: plan_path(&context.name),
        editions: if editions.len() > 1 { editions.iter().map(link).collect() } else { Vec::new() },
    }
}

/// Height of the frame of a plan in pixels: the title, the bar and two lines of statuses.
const FRAME_HEIGHT: u32 = 240;

/// Returns the code for other sites: of the category that the filter selects, else of the plan with its
/// badge.
fn snippet(site: &Site, context: &PlanContext, tree: &CategoryTree) -> Snippet {
    let (words, public_url) = (context.words, site.public_url());
    let path = CategoryPath::parse(&context.params.category);
    if let Some(category) = path.ok().and_then(|path| tree.find_by_path(&path)) {
        let path = embed_category_path(&context.name, category.path.as_str());
        return Snippet::new(public_url, words, &path, (&category_title(category), FRAME_HEIGHT));
    }
    let title = (context.plan.heading.title.as_str(), FRAME_HEIGHT);
    let paths = (badge_path(&context.name), plan_path(&context.name));
    let snippet = Snippet::new(public_url, words, &embed_path(&context.name), title);
    snippet.with_badge(public_url, words, (&paths.0, &paths.1))
}

fn past(context: &PlanContext) -> Result<Option<PastRevisionNotice>, PageError> {
    let Some(at) = context.params.instant()? else { return Ok(None) };
    let present = PlanParams { at: String::new(), ..context.params.clone() };
    Ok(Some(PastRevisionNotice {
        text: Words::fill(context.words.plan_at, &[&context.words.date_text(at)]),
        present_url: context.url(present.query()),
    }))
}

fn frame(site: &Site, view: &ReadView, context: &PlanContext, plans: &[Arc<PublishedPlan>]) -> Frame {
    let (words, heading) = (context.words, &context.plan.heading);
    let names = PlanNames::of(plans);
    let address = |lang: Option<Language>| {
        let translation = lang.and_then(|lang| names.translation(&context.plan, lang));
        let name = translation.map_or_else(|| context.name.clone(), |plan| names.name(plan));
        context.params.query().with_language(lang).at(&plan_path(&name))
    };
    let mut frame = Frame::new(site, words, context.chosen, address);
    frame.title.clone_from(&heading.title);
    frame.description = Words::fill(words.plan_description, &[&heading.title]);
    let feed = Query::default().with("plan", &context.name);
    frame.feed = Some(feed.at("/feeds/changes.atom"));
    frame.revision = view.revision().number.get();
    // A past state does not change.
    if context.params.at.is_empty() {
        frame.live = Some(LiveUpdates::of_plan(&context.name));
    }
    let downloads = list::downloads(context, "");
    let distribution = downloads.iter().zip(["text/csv", "application/json"]).map(|(link, media_type)| {
        let url = format!("{}{}", site.public_url().map_or("", PublicUrl::as_str), link.url);
        json!({ "@type": "DataDownload", "encodingFormat": media_type, "contentUrl": url })
    });
    frame.json_ld = Some(script_json(&json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": heading.title,
        "description": frame.description,
        "inLanguage": heading.lang.code(),
        "dateModified": day(view.revision().at),
        "url": frame.absolute_url(),
        "distribution": distribution.collect::<Vec<_>>(),
    })));
    frame
}
