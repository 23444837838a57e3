//! `/plans/{name}/compare`: a plan at two dates, or two editions of it, with the measures that changed.

mod by_date;
mod by_edition;
mod comparison;
mod moves;
mod params;

use askama::Template;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::Response;
use passerelle_storage::ReadView;

use self::comparison::Comparison;
use self::params::CompareParams;
use crate::address::{Query, compare_path, plan_path};
use crate::error::PageError;
use crate::frame::{Frame, Link};
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::{PlanNames, PlanParams, Selection};
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of two dashboards.
const COST: usize = 1_000;

/// Edition that the form offers.
struct EditionOption {
    value: String,
    label: String,
    is_selected: bool,
}

/// Values of the template `compare.html`.
#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    frame: Frame,
    plan: Link,
    /// Language of the plan.
    lang: &'static str,
    form_url: String,
    chosen: Option<&'static str>,
    from: String,
    to: String,
    editions: Vec<EditionOption>,
    comparison: Option<Comparison>,
    /// Sentence about a plan that was not published at the first date.
    notice: Option<String>,
}

impl Page for ComparePage {}

/// Serves the comparison.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path(name): Path<String>,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let params = CompareParams::parse(pairs);
    let wanted = WantedLanguage::of(params.lang.as_deref(), &headers);
    let latest = site.storage().cached_latest();
    let words = Words::of(wanted.get().unwrap_or_default());
    let key = format!("compare {name:?} {wanted:?} {:?}", params.query());
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), latest.revision(), &key);
    let (site, name) = (&site, name.as_str());
    let page = async move {
        let at = PlanParams { at: params.to.clone(), ..PlanParams::default() };
        let selection = Selection::find(site, latest.clone(), name, wanted, at).await?;
        load(site, &latest, &selection, &params).await
    };
    request.respond(COST, page).await
}

async fn load(
    site: &Site,
    latest: &ReadView,
    selection: &Selection,
    params: &CompareParams,
) -> Result<ComparePage, PageError> {
    let Selection { context, plans, .. } = selection;
    let words = context.words;
    let names = PlanNames::of(plans);
    let (mut comparison, mut notice) = (None, None);
    if let Some(edition) =
        names.editions(&context.plan).into_iter().find(|plan| names.name(plan) == params.with)
    {
        comparison = Some(by_edition::compare(selection, edition).await?);
    } else if let Some(from) = params.from()? {
        comparison = by_date::compare(site, latest, selection, from).await?;
        let absent = || Words::fill(words.compare_absent, &[&words.date_text(from)]);
        notice = comparison.is_none().then(absent);
    }
    let path = compare_path(&context.name);
    let mut frame =
        Frame::new(site, words, context.chosen, |lang| params.query().with_language(lang).at(&path));
    frame.title = format!("{} – {}", words.compare, context.plan.heading.title);
    words.compare_lead.clone_into(&mut frame.description);
    frame.revision = selection.view.revision().number.get();
    let query = Query::default().with_language(context.chosen);
    Ok(ComparePage {
        frame,
        plan: Link::new(context.plan.heading.title.as_str(), query.at(&plan_path(&context.name))),
        lang: context.plan.heading.lang.code(),
        form_url: path,
        chosen: context.chosen.map(passerelle_model::language::Language::code),
        from: params.from.clone(),
        to: params.to.clone(),
        editions: editions(selection, &params.with),
        comparison,
        notice,
    })
}

/// Returns the other editions of the plan.
fn editions(selection: &Selection, selected: &str) -> Vec<EditionOption> {
    let names = PlanNames::of(&selection.plans);
    let others = names.editions(&selection.context.plan).into_iter();
    let others = others.filter(|edition| edition.key != selection.context.plan.key);
    let option = |edition: &std::sync::Arc<passerelle_model::published::PublishedPlan>| {
        let value = names.name(edition);
        EditionOption { is_selected: value == selected, label: edition.heading.title.clone(), value }
    };
    others.map(option).collect()
}
