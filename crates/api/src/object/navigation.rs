//! Object type `NavigationItem`, and the tree of the navigation.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::page::{NavigationCandidate, NavigationNode, build_navigation};
use passerelle_model::published::PublishedPage;

use super::PageObject;
use crate::context::site_urls;
use crate::error::ApiError;

pub(crate) struct NavigationItem(NavigationNode<Arc<PublishedPage>>);

/// Entry of the site navigation.
#[Object]
impl NavigationItem {
    /// Label to show: the name of the page, or its title if it has no name.
    fn title(&self) -> &str {
        let page = &self.0.page.page;
        page.name.as_deref().unwrap_or(&page.title)
    }

    /// Address of the page that the entry opens, for example `/fr/contact`.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let page = &self.0.page.page;
        Ok(site_urls(ctx)?.for_page(&page.slug, page.lang))
    }

    /// Page that the entry opens.
    fn page(&self) -> PageObject {
        PageObject(Arc::clone(&self.0.page))
    }

    /// Entries below this one, in display order. Empty if there are none.
    fn children(&self) -> Vec<NavigationItem> {
        self.0.children.iter().cloned().map(NavigationItem).collect()
    }
}

/// Builds the navigation from the pages that have a navigation entry in their front matter.
pub(crate) fn navigation_items(pages: Vec<PublishedPage>) -> Vec<NavigationItem> {
    let candidates = pages.into_iter().filter_map(|page| {
        let entry = page.page.navigation.clone()?;
        let names = [
            page.page.name.clone(),
            Some(page.page.title.clone()),
            page.page.translation_key.as_ref().map(ToString::to_string),
        ];
        Some(NavigationCandidate {
            entry,
            names: names.into_iter().flatten().collect(),
            order: page.page.order,
            page: Arc::new(page),
        })
    });
    build_navigation(candidates.collect()).into_iter().map(NavigationItem).collect()
}
