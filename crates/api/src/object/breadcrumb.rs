//! Object type `Breadcrumb`, and the pages above a page in the navigation.

use async_graphql::{Context, SimpleObject};
use passerelle_model::published::PublishedPage;
use passerelle_storage::NavigationPage;

use crate::context::load;
use crate::error::ApiError;
use crate::loader::NavigationAncestors;

/// Page above another one in the navigation.
#[derive(SimpleObject)]
pub(crate) struct Breadcrumb {
    /// Label to show: the name of the page, or its title if it has no name.
    title: String,
    /// Address of the page, for example `/fr/contact`.
    url: String,
}

impl Breadcrumb {
    pub(super) fn new(title: String, url: String) -> Self {
        Self { title, url }
    }
}

/// Returns the pages above a page in the navigation, outermost first.
pub(super) async fn pages_above(
    ctx: &Context<'_>,
    served: &PublishedPage,
) -> Result<Vec<NavigationPage>, ApiError> {
    let has_parent = served.page.navigation.as_ref().is_some_and(|entry| entry.parent.is_some());
    if !has_parent {
        return Ok(Vec::new());
    }
    let above = load(ctx, NavigationAncestors(served.page.lang)).await?.unwrap_or_default();
    Ok(above.get(&served.key).cloned().unwrap_or_default())
}
