//! The site's navigation.

use std::sync::Arc;

use async_graphql::Object;
use passerelle_model::page::{NavigationCandidate, NavigationNode, navigation};
use passerelle_model::served::ServedPage;

use super::PageObject;

/// A page in the navigation.
pub(crate) struct NavigationItem(NavigationNode<Arc<ServedPage>>);

/// A page in the navigation, with those under it.
#[Object]
impl NavigationItem {
    /// What to show: the page's name, else its title.
    fn title(&self) -> &str {
        let page = &self.0.page.page;
        page.name.as_deref().unwrap_or(&page.title)
    }

    /// The page.
    fn page(&self) -> PageObject {
        PageObject(Arc::clone(&self.0.page))
    }

    /// The pages under it, in order.
    fn children(&self) -> Vec<NavigationItem> {
        self.0.children.iter().cloned().map(NavigationItem).collect()
    }
}

/// The tree of pages that ask for a place in the navigation.
pub(crate) fn navigation_items(pages: Vec<ServedPage>) -> Vec<NavigationItem> {
    let candidates = pages.into_iter().filter_map(|page| {
        let entry = page.page.navigation.clone()?;
        let names =
            [page.page.name.clone(), Some(page.page.title.clone()), page.page.translation_key.clone()];
        Some(NavigationCandidate {
            entry,
            names: names.into_iter().flatten().collect(),
            order: page.page.order,
            page: Arc::new(page),
        })
    });
    navigation(candidates.collect()).into_iter().map(NavigationItem).collect()
}
