//! The pages that stand above others in the navigation.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::key::PageKey;
use passerelle_model::language::Language;
use passerelle_model::page::{NavigationNode, navigation};

use super::{Loaded, ViewLoader};
use crate::error::ApiError;

/// For each page of a language that stands below others in the navigation what these are called.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AbovePages(pub(crate) Language);

impl Loader<AbovePages> for ViewLoader {
    type Value = Arc<HashMap<PageKey, Vec<String>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[AbovePages]) -> Loaded<AbovePages, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            let mut names = HashMap::new();
            gather(navigation(self.view.navigation_places(key.0).await?), &mut Vec::new(), &mut names);
            loaded.insert(key.clone(), Arc::new(names));
        }
        Ok(loaded)
    }
}

fn gather(
    nodes: Vec<NavigationNode<(PageKey, String)>>,
    above: &mut Vec<String>,
    names: &mut HashMap<PageKey, Vec<String>>,
) {
    for NavigationNode { page: (key, name), children } in nodes {
        if !above.is_empty() {
            names.insert(key, above.clone());
        }
        above.push(name);
        gather(children, above, names);
        above.pop();
    }
}
