//! The categories of a plan as a tree, to walk without a database.

use std::collections::HashMap;

use crate::key::CategoryKey;
use crate::plan::CategoryPath;
use crate::published::PublishedCategory;

/// The categories of one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: Vec<PublishedCategory>,
    by_key: HashMap<CategoryKey, usize>,
    /// For each category, the places of those right below it, in document order.
    children: Vec<Vec<usize>>,
}

impl CategoryTree {
    /// The tree of categories in document order: a parent before its children.
    pub fn new(categories: Vec<PublishedCategory>) -> Self {
        let by_key =
            categories.iter().enumerate().map(|(index, category)| (category.key.clone(), index)).collect();
        let mut tree = Self { children: vec![Vec::new(); categories.len()], categories, by_key };
        for index in 0..tree.categories.len() {
            if let Some(parent) = tree.parent(index) {
                tree.children[parent].push(index);
            }
        }
        tree
    }

    /// The place of the category above the one at a place. None for an axis.
    pub fn parent(&self, index: usize) -> Option<usize> {
        self.categories[index].parent.as_ref().and_then(|parent| self.index_of(parent))
    }

    /// The places of the categories right below the one at a place, in document order.
    pub fn children(&self, index: usize) -> &[usize] {
        &self.children[index]
    }

    /// Every category, in document order.
    pub fn categories(&self) -> &[PublishedCategory] {
        &self.categories
    }

    /// The category of a key.
    pub fn get(&self, key: &CategoryKey) -> Option<&PublishedCategory> {
        self.by_key.get(key).and_then(|index| self.categories.get(*index))
    }

    /// The category of a path.
    pub fn find_by_path(&self, path: &CategoryPath) -> Option<&PublishedCategory> {
        self.categories.iter().find(|category| category.path == *path)
    }

    /// The places of the categories above the one at a place, from the axis down.
    pub fn ancestors(&self, index: usize) -> Vec<usize> {
        let mut ancestors: Vec<usize> =
            std::iter::successors(self.parent(index), |parent| self.parent(*parent)).collect();
        ancestors.reverse();
        ancestors
    }

    /// For each category, in document order, its place and those of the ones above it.
    pub fn ancestor_chains(&self) -> Vec<Vec<usize>> {
        let mut chains: Vec<Vec<usize>> = Vec::with_capacity(self.categories.len());
        for index in 0..self.categories.len() {
            // A parent comes before its children.
            let ancestors =
                self.parent(index).and_then(|parent| chains.get(parent)).cloned().unwrap_or_default();
            chains.push(ancestors.into_iter().chain([index]).collect());
        }
        chains
    }

    /// The place of the category of a key, in document order.
    pub fn index_of(&self, key: &CategoryKey) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
