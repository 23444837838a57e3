//! Navigation tree of the site, built from the front matter of its pages.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

/// Position of a page in the navigation: `eleventyNavigation` in the front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NavigationEntry {
    /// Name by which children refer to this entry. If `None`, children use the title.
    pub key: Option<String>,
    /// Key of the parent entry. `None` at the top.
    pub parent: Option<String>,
    /// Rank among its siblings, lowest first.
    pub order: Option<i32>,
    /// Name of the menu that contains the entry, in the newer dialect.
    pub add: Option<String>,
}

/// A page of the navigation tree with its child entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavigationNode<P> {
    /// The page of this entry.
    pub page: P,
    /// Child entries, in order.
    pub children: Vec<NavigationNode<P>>,
}

/// Input of [`build_navigation`]: a page with its navigation entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavigationCandidate<P> {
    /// The page of the entry.
    pub page: P,
    /// Entry from the front matter.
    pub entry: NavigationEntry,
    /// Names that children may use as `parent` if the entry has no key: name, title and translation key.
    pub names: Vec<String>,
    /// Rank of the page, used if the entry has no rank.
    pub order: Option<i32>,
}

/// Builds the tree. A page whose parent is missing, or is its own descendant, is placed at the top.
pub fn build_navigation<P>(mut candidates: Vec<NavigationCandidate<P>>) -> Vec<NavigationNode<P>> {
    candidates.sort_by_key(|candidate| {
        let order = candidate.entry.order.or(candidate.order);
        (order.is_none(), order)
    });
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let names = candidate.entry.key.iter().chain(&candidate.names);
        for name in names {
            by_name.entry(name).or_insert(index);
        }
    }
    let mut parents: Vec<Option<usize>> = candidates
        .iter()
        .map(|candidate| candidate.entry.parent.as_deref().and_then(|parent| by_name.get(parent).copied()))
        .collect();
    for index in 0..parents.len() {
        let mut visited = HashSet::from([index]);
        let mut ancestor = parents[index];
        while let Some(parent) = ancestor {
            if !visited.insert(parent) {
                parents[index] = None;
                break;
            }
            ancestor = parents[parent];
        }
    }
    let mut pages: Vec<Option<P>> = candidates.into_iter().map(|candidate| Some(candidate.page)).collect();
    children_of(None, &parents, &mut pages)
}

fn children_of<P>(
    parent: Option<usize>,
    parents: &[Option<usize>],
    pages: &mut [Option<P>],
) -> Vec<NavigationNode<P>> {
    let mut nodes = Vec::new();
    for index in 0..parents.len() {
        if parents[index] == parent
            && let Some(page) = pages[index].take()
        {
            nodes.push(NavigationNode { page, children: children_of(Some(index), parents, pages) });
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, parent: Option<&str>, order: Option<i32>) -> NavigationCandidate<String> {
        let entry =
            NavigationEntry { parent: parent.map(str::to_owned), order, ..NavigationEntry::default() };
        NavigationCandidate { page: name.to_owned(), entry, names: vec![name.to_owned()], order: None }
    }

    fn outline(nodes: &[NavigationNode<String>]) -> String {
        let node = |node: &NavigationNode<String>| format!("{}({})", node.page, outline(&node.children));
        nodes.iter().map(node).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pages_are_nested_under_their_parents_in_order() {
        let tree = build_navigation(vec![
            candidate("c", Some("a"), Some(2)),
            candidate("last", None, None),
            candidate("b", Some("a"), Some(1)),
            candidate("a", None, Some(9)),
        ]);
        assert_eq!(outline(&tree), "a(b() c()) last()");
    }

    #[test]
    fn pages_with_a_missing_or_cyclic_parent_are_roots() {
        let tree = build_navigation(vec![
            candidate("a", Some("b"), None),
            candidate("b", Some("a"), None),
            candidate("c", Some("nobody"), None),
        ]);
        assert_eq!(outline(&tree), "a(b()) c()");
    }
}
