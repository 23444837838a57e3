//! `/`: what is served, on one screen.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_model::diagnostic::Severity;
use passerelle_model::language::Language;
use passerelle_storage::query_index::MeasureFilter;
use passerelle_storage::{DocumentFilter, MeasureScope, PageFilter, ReadView};

use crate::address::{Query, plan_path};
use crate::bar::{self, Bar};
use crate::desk;
use crate::error::PageError;
use crate::frame::{Frame, Link};
use crate::live::LiveUpdates;
use crate::negotiation::{WantedLanguage, accepts_html};
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::PlanNames;
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of a GraphQL query of the same fields.
const COST: usize = 50;

/// Address to which clients that want no HTML are redirected.
const GRAPHIQL: &str = "/graphiql";

/// Figure with its name.
struct Figure {
    name: &'static str,
    value: String,
}

struct PlanCard {
    title: String,
    url: String,
    lang: &'static str,
    bar: Option<Bar>,
    summary: String,
}

/// Values of the template `home.html`.
#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    plans: Vec<PlanCard>,
    figures: Vec<Figure>,
    links: Vec<Link>,
}

impl Page for HomePage {}

/// Serves the start page. Clients that name no HTML in `Accept` are redirected to GraphiQL.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    QueryString(parameters): QueryString<HashMap<String, String>>,
) -> Response {
    if !accepts_html(&headers) {
        return Redirect::temporary(GRAPHIQL).into_response();
    }
    let wanted = WantedLanguage::of(parameters.get("lang").map(String::as_str), &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let view = site.storage().cached_latest();
    let sync = site.sync_status();
    // The time of the last scan is not part of a revision.
    let name = format!("home {:?} {:?}", sync.last_scan_at, sync.state);
    let revision = view.revision();
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), revision, &name);
    request.respond(COST, load(&site, &view, words, wanted.chosen)).await
}

async fn load(
    site: &Site,
    view: &ReadView,
    words: &'static Words,
    chosen: Option<Language>,
) -> Result<HomePage, PageError> {
    let address = |lang| Query::default().with_language(lang).at("/");
    let mut frame = Frame::new(site, words, chosen, address);
    frame.title = format!("{} – passerelle", words.home_title);
    words.home_lead.clone_into(&mut frame.description);
    frame.feed = Some("/feeds/changes.atom".to_owned());
    frame.revision = view.revision().number.get();
    frame.live = Some(LiveUpdates::of_content());
    Ok(HomePage {
        frame,
        plans: plan_cards(view, words, chosen).await?,
        figures: figures(site, view, words).await?,
        links: links(site, words),
    })
}

async fn plan_cards(
    view: &ReadView,
    words: &Words,
    chosen: Option<Language>,
) -> Result<Vec<PlanCard>, PageError> {
    let plans = view.cached_plans().await?;
    let names = PlanNames::of(&plans);
    let scope = |key: &passerelle_model::key::PlanKey| MeasureScope { plan: key.clone(), category: None };
    let scopes: Vec<MeasureScope> = plans.iter().map(|plan| scope(&plan.key)).collect();
    let mut facets = view.measure_facets(&scopes, &MeasureFilter::default()).await?;
    let card = |plan: &std::sync::Arc<passerelle_model::published::PublishedPlan>| {
        let progress = facets.remove(&scope(&plan.key)).unwrap_or_default().progress;
        let name = names.name(plan);
        let lang = names.needs_language(plan).then_some(plan.heading.lang).or(chosen);
        PlanCard {
            title: plan.heading.title.clone(),
            url: Query::default().with_language(lang).at(&plan_path(&name)),
            lang: plan.heading.lang.code(),
            bar: Bar::of(&progress),
            summary: bar::summary(&progress, words),
        }
    };
    Ok(plans.iter().map(card).collect())
}

async fn figures(site: &Site, view: &ReadView, words: &Words) -> Result<Vec<Figure>, PageError> {
    let with_problems =
        |severity| DocumentFilter { has_diagnostics: Some(severity), ..DocumentFilter::default() };
    let errors = view.document_count(&with_problems(Severity::Error)).await?;
    let warnings = view.document_count(&with_problems(Severity::Warning)).await?;
    let documents = view.document_count(&DocumentFilter::default()).await?;
    let pages = view.page_count(&PageFilter::default()).await?;
    let services = view.service_count(None).await?;
    let count = |name, number| Figure { name, value: words.number_text(number) };
    let last_scan = site.sync_status().last_scan_at;
    let last_sync = last_scan.map_or_else(|| words.never.to_owned(), |at| words.time_text(at));
    Ok(vec![
        count(words.pages, pages),
        count(words.services, services),
        count(words.documents, documents),
        count(words.documents_with_errors, errors),
        count(words.documents_with_warnings, warnings),
        Figure { name: words.last_sync, value: last_sync },
    ])
}

fn links(site: &Site, words: &Words) -> Vec<Link> {
    let link = |name: &str, url: &str, detail| Link { detail, ..Link::new(name, url) };
    let desk = link(words.desk, desk::PATH, words.desk_detail);
    let desk = (!matches!(site.desk(), DeskAccess::Off)).then_some(desk);
    let links = [
        link("GraphiQL", GRAPHIQL, words.graphiql_detail),
        link("schema.graphql", "/schema.graphql", words.schema_detail),
        link("measures.csv", "/exports/measures.csv", words.csv_detail),
        link("measures.json", "/exports/measures.json", words.json_detail),
        link("changes.atom", "/feeds/changes.atom", words.feed_detail),
    ];
    desk.into_iter().chain(links).collect()
}
