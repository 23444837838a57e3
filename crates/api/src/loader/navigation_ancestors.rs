//! Loader for the ancestors of a page in the navigation.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::key::PageKey;
use passerelle_model::language::Language;
use passerelle_model::page::{NavigationNode, build_navigation};
use passerelle_storage::NavigationPage;

use super::{LoadResult, ViewLoader};
use crate::error::ApiError;

/// Ancestors of each page of a language in the navigation. Pages at the top are left out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct NavigationAncestors(pub(crate) Language);

impl Loader<NavigationAncestors> for ViewLoader {
    type Value = Arc<HashMap<PageKey, Vec<NavigationPage>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[NavigationAncestors]) -> LoadResult<NavigationAncestors, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            let mut names = HashMap::new();
            collect_ancestors(
                build_navigation(self.view.navigation_candidates(key.0).await?),
                &mut Vec::new(),
                &mut names,
            );
            loaded.insert(key.clone(), Arc::new(names));
        }
        Ok(loaded)
    }
}

fn collect_ancestors(
    nodes: Vec<NavigationNode<NavigationPage>>,
    ancestors: &mut Vec<NavigationPage>,
    found: &mut HashMap<PageKey, Vec<NavigationPage>>,
) {
    for NavigationNode { page, children } in nodes {
        if !ancestors.is_empty() {
            found.insert(page.key.clone(), ancestors.clone());
        }
        ancestors.push(page);
        collect_ancestors(children, ancestors, found);
        ancestors.pop();
    }
}
