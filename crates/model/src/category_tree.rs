//! In-memory tree of the categories of a plan.

use std::collections::HashMap;

use crate::key::CategoryKey;
use crate::plan::CategoryPath;
use crate::published::PublishedCategory;

/// Categories of one plan. Indexes are positions in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: Vec<PublishedCategory>,
    by_key: HashMap<CategoryKey, usize>,
    /// Indexes of the direct children of each category, in document order.
    children: Vec<Vec<usize>>,
    /// Indexes of the ancestors of each category, starting with the axis, then its own index.
    ancestor_chains: Vec<Vec<usize>>,
}

impl CategoryTree {
    /// Builds the tree. `categories` are in document order, each parent before its children.
    pub fn new(categories: Vec<PublishedCategory>) -> Self {
        let by_key: HashMap<CategoryKey, usize> =
            categories.iter().enumerate().map(|(index, category)| (category.key.clone(), index)).collect();
        let mut children = vec![Vec::new(); categories.len()];
        let mut ancestor_chains: Vec<Vec<usize>> = Vec::with_capacity(categories.len());
        for (index, category) in categories.iter().enumerate() {
            let parent = category.parent.as_ref().and_then(|parent| by_key.get(parent)).copied();
            if let Some(parent) = parent {
                children[parent].push(index);
            }
            // A parent comes before its children.
            let ancestors =
                parent.and_then(|parent| ancestor_chains.get(parent)).cloned().unwrap_or_default();
            ancestor_chains.push(ancestors.into_iter().chain([index]).collect());
        }
        Self { categories, by_key, children, ancestor_chains }
    }

    /// Returns the index of the parent category. Returns `None` for an axis.
    pub fn parent(&self, index: usize) -> Option<usize> {
        self.ancestors(index).last().copied()
    }

    /// Returns the indexes of the direct children, in document order.
    pub fn children(&self, index: usize) -> &[usize] {
        &self.children[index]
    }

    /// Returns all categories in document order.
    pub fn categories(&self) -> &[PublishedCategory] {
        &self.categories
    }

    /// Returns the category with this key.
    pub fn get(&self, key: &CategoryKey) -> Option<&PublishedCategory> {
        self.by_key.get(key).and_then(|index| self.categories.get(*index))
    }

    /// Returns the category with this path.
    pub fn find_by_path(&self, path: &CategoryPath) -> Option<&PublishedCategory> {
        self.categories.iter().find(|category| category.path == *path)
    }

    /// Returns the indexes of the ancestors, starting with the axis.
    pub fn ancestors(&self, index: usize) -> &[usize] {
        self.ancestor_chains[index].split_last().map_or(&[], |(_, ancestors)| ancestors)
    }

    /// Returns one list per category, in document order: the indexes of its ancestors, then its own index.
    pub fn ancestor_chains(&self) -> &[Vec<usize>] {
        &self.ancestor_chains
    }

    /// Returns the index of the category with this key.
    pub fn index_of(&self, key: &CategoryKey) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
