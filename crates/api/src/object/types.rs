//! The Rust types of the object types that refer to each other.
//!
//! The schema is a graph with cycles: a measure has a category, and a category has measures. The types are in
//! one file that imports none of the others. The file of an object type implements its fields.

use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::document::Document;
use passerelle_model::key::CategoryKey;
use passerelle_model::published::{
    PublishedCategory, PublishedMeasure, PublishedPage, PublishedPlan, PublishedService,
};
use passerelle_storage::ChangeLogEntry;

/// Plan at one revision.
pub(crate) struct PlanObject(pub(crate) Arc<PublishedPlan>);

/// Category at an index of the category tree of its plan. The tree is shared, so parents and children need no
/// database read.
pub(crate) struct CategoryObject {
    pub(super) tree: Arc<CategoryTree>,
    pub(super) index: usize,
}

impl CategoryObject {
    /// Creates the object for the category at `index` of the tree.
    pub(crate) fn new(tree: &Arc<CategoryTree>, index: usize) -> Self {
        Self { tree: Arc::clone(tree), index }
    }

    /// Creates the object for the category with this key. Returns `None` if the tree does not contain it.
    pub(crate) fn of(tree: &Arc<CategoryTree>, key: &CategoryKey) -> Option<Self> {
        tree.index_of(key).map(|index| Self::new(tree, index))
    }

    pub(super) fn get(&self) -> &PublishedCategory {
        &self.tree.categories()[self.index]
    }
}

/// Measure of a plan at one revision.
pub(crate) struct MeasureObject(pub(crate) Arc<PublishedMeasure>);

/// Page at one revision.
pub(crate) struct PageObject(pub(crate) Arc<PublishedPage>);

/// Support service at one revision.
pub(crate) struct ServiceObject(pub(crate) Arc<PublishedService>);

/// Document of the content folder.
///
/// The state, the modification time and the diagnostics can change without a new revision, for example when a
/// file is touched. Their resolvers mark the response as uncacheable.
pub(crate) struct DocumentObject(pub(crate) Arc<Document>);

/// Entry of the change log.
#[derive(Clone)]
pub(crate) struct ChangeObject(pub(crate) Arc<ChangeLogEntry>);
