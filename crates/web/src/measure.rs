//! `/plans/{name}/measures/{number}`: a measure with its history.

mod relations;

use askama::Template;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::change::NodeKey;
use passerelle_model::language::Language;
use passerelle_model::placeholder::{has_placeholders, strip_placeholders};
use passerelle_model::plan::MeasureDetails;
use passerelle_model::published::PublishedMeasure;
use passerelle_model::rich_text::RichText;
use passerelle_storage::{AdjacentMeasures, ReadView};
use std::sync::Arc;

use self::relations::RelatedList;
use crate::address::measure_path;
use crate::bar::status_class;
use crate::change_text::{describe, shortened};
use crate::error::PageError;
use crate::format::day;
use crate::frame::{Frame, Link};
use crate::live::LiveUpdates;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::{PlanContext, PlanNames, PlanParams, Selection, category_title, marks};
use crate::site::Site;
use crate::snippet::Snippet;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query.
const COST: usize = 100;
/// Longer titles of neighbours are cut.
const MAX_TITLE_CHARS: usize = 80;

/// Field of the measure.
struct Fact {
    name: String,
    value: String,
    /// True if the value is in the language of the plan.
    is_content: bool,
}

/// One change of the measure.
struct Event {
    at: String,
    when: String,
    text: String,
}

struct Note {
    number: u32,
    html: String,
}

/// Values of the template `measure.html`.
#[derive(Template)]
#[template(path = "measure.html")]
struct MeasurePage {
    frame: Frame,
    breadcrumbs: Vec<Link>,
    label: String,
    /// Language of the plan.
    lang: &'static str,
    title: String,
    status: &'static str,
    class: &'static str,
    marks: Vec<&'static str>,
    facts: Vec<Fact>,
    description: Option<String>,
    history: Vec<Event>,
    footnotes: Vec<Note>,
    lists: Vec<RelatedList>,
    previous: Option<Link>,
    next: Option<Link>,
    snippet: Snippet,
}

impl Page for MeasurePage {}

/// Serves a measure. The address of a label, for example `1.1.3`, redirects to that of the number.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path((name, number)): Path<(String, String)>,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let params = PlanParams::parse(pairs);
    let wanted = WantedLanguage::of(params.lang.as_deref(), &headers);
    let latest = site.storage().cached_latest();
    let words = Words::of(wanted.get().unwrap_or_default());
    let key = format!("measure {name:?} {number:?} {wanted:?} {:?}", params.query());
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), latest.revision(), &key);
    let Ok(number) = number.parse::<u32>() else {
        return match find_label(&site, latest, &name, wanted, params, &number).await {
            Ok(url) => Redirect::temporary(&url).into_response(),
            Err(error) => request.reject(&error),
        };
    };
    let (site, name) = (&site, name.as_str());
    let page = async move {
        let selection = Selection::find(site, latest, name, wanted, params).await?;
        load(site, &selection, number).await
    };
    request.respond(COST, page).await
}

/// Returns the address of the measure with a label.
async fn find_label(
    site: &Site,
    latest: ReadView,
    name: &str,
    wanted: WantedLanguage,
    params: PlanParams,
    label: &str,
) -> Result<String, PageError> {
    let Selection { view, context, .. } = Selection::find(site, latest, name, wanted, params).await?;
    let found = view.measure_by_label(&context.plan.key, label, None).await?;
    let unknown = || PageError::NoMeasure { plan_url: context.filtered_url(&[], ""), former: None };
    found.map(|measure| context.measure_url(measure.number)).ok_or_else(unknown)
}

async fn load(site: &Site, selection: &Selection, number: u32) -> Result<MeasurePage, PageError> {
    let Selection { view, context, .. } = selection;
    let plan = &context.plan.key;
    let by_number = (plan.clone(), number);
    let mut found = view.measures_by_number(std::slice::from_ref(&by_number)).await?;
    let Some(measure) = found.remove(&by_number) else {
        return Err(context.no_measure(view, number).await);
    };
    let tree = view.category_tree(plan).await?;
    let disagrees = measure.repeat_group.is_some() && view.repeats_disagree(plan, number).await?;
    let position = (plan.clone(), measure.position);
    let mut adjacent = view.adjacent_measures(std::slice::from_ref(&position)).await?;
    let AdjacentMeasures { previous, next } = adjacent.remove(&position).unwrap_or_default();
    let link = |measure: Arc<PublishedMeasure>| {
        let title = shortened(&measure.title.text, MAX_TITLE_CHARS);
        Link::new(format!("{} {title}", measure.label), context.measure_url(measure.number))
    };
    Ok(MeasurePage {
        frame: frame(site, selection, &measure),
        breadcrumbs: breadcrumbs(context, &tree, &measure),
        label: measure.label.clone(),
        lang: context.plan.heading.lang.code(),
        title: measure.title.text.clone(),
        status: measure.status.label(context.words.lang),
        class: status_class(measure.status),
        marks: marks(&measure, disagrees, context.words),
        facts: facts(&measure, context.words),
        description: measure.details.description.as_ref().map(safe_html),
        history: history(view, &measure, context.words).await?,
        footnotes: footnotes(context, &measure),
        lists: relations::load(site, selection, &measure).await?,
        previous: previous.map(link),
        next: next.map(link),
        snippet: snippet(site, context, &measure),
    })
}

fn frame(site: &Site, selection: &Selection, measure: &PublishedMeasure) -> Frame {
    let Selection { view, context, plans } = selection;
    let names = PlanNames::of(plans);
    let address = |lang: Option<Language>| {
        // A measure has the same number in all translations of its plan.
        let translation = lang.and_then(|lang| names.translation(&context.plan, lang));
        let name = translation.map_or_else(|| context.name.clone(), |plan| names.name(plan));
        context.params.query().with_language(lang).at(&measure_path(&name, measure.number))
    };
    let mut frame = Frame::new(site, context.words, context.chosen, address);
    let title = format!("{} {}: {}", context.words.measure, measure.label, measure.title.text);
    frame.title = shortened(&title, MAX_TITLE_CHARS);
    frame.description =
        format!("{} – {}", context.plan.heading.title, measure.status.label(context.words.lang));
    frame.revision = view.revision().number.get();
    if context.params.at.is_empty() {
        frame.live = Some(LiveUpdates::of_plan(&context.name));
    }
    frame
}

/// Height of the frame of a measure in pixels: the plan, a title of two lines, and the status.
const FRAME_HEIGHT: u32 = 180;

fn snippet(site: &Site, context: &PlanContext, measure: &PublishedMeasure) -> Snippet {
    let path = format!("/embed{}", measure_path(&context.name, measure.number));
    let title = shortened(&measure.title.text, MAX_TITLE_CHARS);
    Snippet::new(site.public_url(), context.words, &path, (&title, FRAME_HEIGHT))
}

fn breadcrumbs(context: &PlanContext, tree: &CategoryTree, measure: &PublishedMeasure) -> Vec<Link> {
    let plan = context.plan.heading.title.clone();
    let categories = tree.index_of(&measure.category).map(|index| {
        let ancestors = tree.ancestors(index).iter().copied().chain([index]);
        ancestors.filter_map(|index| tree.categories().get(index)).map(|category| {
            Link::new(category_title(category), context.filtered_url(&[], category.path.as_str()))
        })
    });
    let url = context.url(crate::address::Query::default().with("at", &context.params.at));
    std::iter::once(Link::new(plan, url)).chain(categories.into_iter().flatten()).collect()
}

/// Returns the fields that the document states.
fn facts(measure: &PublishedMeasure, words: &Words) -> Vec<Fact> {
    let MeasureDetails {
        responsible_parties,
        partners,
        start_date,
        end_date,
        schedule_text,
        budget_text,
        indicators,
        completion,
        priority,
        attributes,
        ..
    } = &measure.details;
    let dates = [start_date, end_date].map(|date| date.map(day)).into_iter().flatten().collect::<Vec<_>>();
    let schedule = schedule_text.clone().unwrap_or_else(|| dates.join(" – "));
    let completion = completion.map(|percentage| words.percent(f64::from(percentage.value()) / 100.0));
    let known = [
        (words.status_as_written, measure.status_text.clone()),
        (words.programme, measure.programme.clone().unwrap_or_default()),
        (words.responsible, responsible_parties.join("\n")),
        (words.partners, partners.join("\n")),
        (words.schedule, schedule),
        (words.budget, budget_text.clone().unwrap_or_default()),
        (words.indicators, indicators.join("\n")),
        (words.completion, completion.unwrap_or_default()),
        (words.priority, priority.clone().unwrap_or_default()),
    ];
    let known = known.into_iter().map(|(name, value)| (name.to_owned(), value));
    let columns = attributes.iter().map(|column| (column.name.clone(), column.value.clone()));
    let stated = known.chain(columns).filter(|(_, value)| !value.is_empty());
    let stated = stated.map(|(name, value)| Fact { name, value, is_content: true });
    let (name, value) = (words.last_change.to_owned(), words.date_text(measure.updated_at));
    stated.chain([Fact { name, value, is_content: false }]).collect()
}

/// Returns the changes of the measure, newest first.
async fn history(
    view: &ReadView,
    measure: &PublishedMeasure,
    words: &Words,
) -> Result<Vec<Event>, PageError> {
    let node = NodeKey::Measure(measure.key.clone());
    let mut changes = view.changes_by_node(std::slice::from_ref(&node)).await?;
    let changes = changes.remove(&node).unwrap_or_default();
    let event = |change: &passerelle_storage::ChangeLogEntry| Event {
        at: change.revision.at.to_string(),
        when: words.date_text(change.revision.at),
        text: describe(change, words, false),
    };
    Ok(changes.iter().rev().map(event).collect())
}

fn footnotes(context: &PlanContext, measure: &PublishedMeasure) -> Vec<Note> {
    let all = context.plan.heading.footnotes.iter();
    let referenced = all.filter(|footnote| measure.footnotes.contains(&footnote.number));
    referenced.map(|footnote| Note { number: footnote.number, html: safe_html(&footnote.text) }).collect()
}

/// Returns a text of a document as HTML. The reader has made it safe.
///
/// A text that refers to other files is shown without formatting.
fn safe_html(text: &RichText) -> String {
    let filled = text.clone().fill_local_placeholders();
    if has_placeholders(&filled.html) {
        let plain = strip_placeholders(&filled.text);
        return passerelle_model::html::escape(&plain);
    }
    filled.html
}
