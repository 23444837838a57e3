//! The categories of a plan as a tree, to walk without a database.

use std::collections::HashMap;

use crate::key::CategoryKey;
use crate::plan::CategoryPath;
use crate::served::ServedCategory;

/// The categories of one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: Vec<ServedCategory>,
    by_key: HashMap<CategoryKey, usize>,
    /// For each category, the places of those right below it, in document order.
    below: Vec<Vec<usize>>,
}

impl CategoryTree {
    /// The tree of categories in document order: a parent before its children.
    pub fn new(categories: Vec<ServedCategory>) -> Self {
        let by_key =
            categories.iter().enumerate().map(|(index, category)| (category.key.clone(), index)).collect();
        let mut tree = Self { below: vec![Vec::new(); categories.len()], categories, by_key };
        for at in 0..tree.categories.len() {
            if let Some(parent) = tree.parent(at) {
                tree.below[parent].push(at);
            }
        }
        tree
    }

    /// The place of the category above the one at a place. None for an axis.
    pub fn parent(&self, at: usize) -> Option<usize> {
        self.categories[at].parent.as_ref().and_then(|parent| self.place(parent))
    }

    /// The places of the categories right below the one at a place, in document order.
    pub fn below(&self, at: usize) -> &[usize] {
        &self.below[at]
    }

    /// Every category, in document order.
    pub fn all(&self) -> &[ServedCategory] {
        &self.categories
    }

    /// The category of a key.
    pub fn get(&self, key: &CategoryKey) -> Option<&ServedCategory> {
        self.by_key.get(key).and_then(|index| self.categories.get(*index))
    }

    /// The category of a path.
    pub fn at(&self, path: &CategoryPath) -> Option<&ServedCategory> {
        self.categories.iter().find(|category| category.path == *path)
    }

    /// The places of the categories above the one at a place, from the axis down.
    pub fn above(&self, at: usize) -> Vec<usize> {
        let mut above: Vec<usize> =
            std::iter::successors(self.parent(at), |parent| self.parent(*parent)).collect();
        above.reverse();
        above
    }

    /// For each category, in document order, its place and those of the ones above it.
    pub fn lineages(&self) -> Vec<Vec<usize>> {
        let mut lineages: Vec<Vec<usize>> = Vec::with_capacity(self.categories.len());
        for at in 0..self.categories.len() {
            // A parent comes before its children.
            let above = self.parent(at).and_then(|parent| lineages.get(parent)).cloned().unwrap_or_default();
            lineages.push(above.into_iter().chain([at]).collect());
        }
        lineages
    }

    /// The place of the category of a key, in document order.
    pub fn place(&self, key: &CategoryKey) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
