//! Lists of what is related to a measure: repeats, sub-measures, pages and services.

use std::sync::Arc;

use passerelle_model::key::{PageKey, ServiceKey};
use passerelle_model::published::PublishedMeasure;
use passerelle_storage::{ObjectAddress, RelatedPage, RelationTarget};

use crate::change_text::shortened;
use crate::error::PageError;
use crate::plan::{PlanContext, PlanNames, Selection};
use crate::site::Site;

/// Maximum number of related pages. The strongest relations come first.
const MAX_PAGES: usize = 10;
/// Longer titles are cut.
const MAX_TITLE_CHARS: usize = 160;

/// One item of a list.
pub(crate) struct RelatedItem {
    pub(crate) name: String,
    /// `None` for a page of a front end whose address is unknown.
    pub(crate) url: Option<String>,
    pub(crate) detail: Option<String>,
}

/// A list with its title.
pub(crate) struct RelatedList {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) items: Vec<RelatedItem>,
}

/// Loads the lists that are not empty.
pub(crate) async fn load(
    site: &Site,
    selection: &Selection,
    measure: &PublishedMeasure,
) -> Result<Vec<RelatedList>, PageError> {
    let Selection { view, context, .. } = selection;
    let words = context.words;
    let key = (context.plan.key.clone(), measure.number);
    let keys = std::slice::from_ref(&key);
    let repeats = view.repeats(keys).await?.remove(&key).unwrap_or_default();
    let parts = view.child_measures(keys).await?.remove(&key).unwrap_or_default();
    let (pages, services) = pages_and_services(site, selection, measure.number).await?;
    let lists = [
        RelatedList { id: "repeats", title: words.repeats, items: measures(context, &repeats) },
        RelatedList { id: "parts", title: words.parts, items: measures(context, &parts) },
        RelatedList { id: "pages", title: words.related_pages, items: pages },
        RelatedList { id: "services", title: words.related_services, items: services },
    ];
    Ok(lists.into_iter().filter(|list| !list.items.is_empty()).collect())
}

fn measures(context: &PlanContext, measures: &[Arc<PublishedMeasure>]) -> Vec<RelatedItem> {
    let item = |measure: &Arc<PublishedMeasure>| RelatedItem {
        name: format!("{} {}", measure.label, shortened(&measure.title.text, MAX_TITLE_CHARS)),
        url: Some(context.measure_url(measure.number)),
        detail: Some(measure.status.label(context.words.lang).to_owned()),
    };
    measures.iter().map(item).collect()
}

/// Returns the related pages, and the services that they describe.
async fn pages_and_services(
    site: &Site,
    selection: &Selection,
    number: u32,
) -> Result<(Vec<RelatedItem>, Vec<RelatedItem>), PageError> {
    let Selection { view, context, plans } = selection;
    let newest = PlanNames::of(plans).editions(&context.plan).first().map(|plan| plan.key.clone());
    let target = RelationTarget {
        plan: context.plan.key.clone(),
        lang: context.plan.heading.lang,
        is_newest: newest.as_ref() == Some(&context.plan.key),
    };
    let mut related = view.related_pages(std::slice::from_ref(&target)).await?;
    let mut related: Vec<RelatedPage> =
        related.remove(&target).and_then(|mut by_number| by_number.remove(&number)).unwrap_or_default();
    related.truncate(MAX_PAGES);
    if related.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let page_keys: Vec<PageKey> = related.iter().map(|related| related.page.clone()).collect();
    let service_keys: Vec<ServiceKey> =
        related.iter().filter_map(|related| related.service.clone()).collect();
    let found_pages = view.pages_by_key(&page_keys).await?;
    let found_services = view.services_by_key(&service_keys).await?;
    let url = |page: &PageKey| {
        let page = &found_pages.get(page)?.page;
        site.object_url(&ObjectAddress::Page { slug: page.slug.clone(), lang: page.lang })
    };
    let page = |related: &RelatedPage| {
        let title = found_pages.get(&related.page)?.page.title.clone();
        Some(RelatedItem { name: title, url: url(&related.page), detail: None })
    };
    let service = |related: &RelatedPage| {
        let service = &found_services.get(related.service.as_ref()?)?.service;
        Some(RelatedItem { name: service.name.clone(), url: url(&related.page), detail: None })
    };
    let without_service = related.iter().filter(|related| related.service.is_none());
    Ok((without_service.filter_map(page).collect(), related.iter().filter_map(service).collect()))
}
