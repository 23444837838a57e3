//! Loads the stored state of the documents of a batch at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use passerelle_model::key::DocumentKey;
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Content;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::collection;
use super::document;
use super::key_allocator::PageKeys;
use super::page::{self, PageRows};
use crate::column::MAX_IN_VALUES;
use crate::entity;
use crate::error::StorageError;
use crate::file_change::IngestedDocument;

/// Stored state of documents.
#[derive(Default)]
pub(super) struct StoredState {
    /// Rows by document key. Includes removed documents, whose keys can be restored.
    documents: HashMap<String, entity::document::Model>,
    /// Document keys by path.
    keys_by_path: HashMap<String, String>,
    /// Published pages by document key.
    pages: HashMap<String, PageRows>,
    /// Published contracts by document key.
    collections: HashMap<String, entity::collection::Model>,
    /// Keys of the documents with a published plan.
    documents_with_plan: HashSet<String>,
    /// Used keys of pages and services.
    pub(super) names: PageKeys,
}

impl StoredState {
    /// Loads the stored state of parsed documents. `moved` contains the keys of moved documents by old
    /// path.
    pub(super) async fn load(
        transaction: &DatabaseTransaction,
        ingested: &[&mut IngestedDocument],
        moved: &HashMap<DocumentPath, DocumentKey>,
    ) -> Result<Self, StorageError> {
        let mut stored = Self::default();
        let paths: Vec<&str> = ingested.iter().map(|ingested| ingested.path.as_str()).collect();
        for paths in paths.chunks(MAX_IN_VALUES) {
            let at = entity::document::Column::Path.is_in(paths.iter().copied());
            for row in entity::document::Entity::find().filter(at).all(transaction).await? {
                stored.keys_by_path.insert(row.path.clone(), row.key.clone());
                stored.documents.insert(row.key.clone(), row);
            }
        }
        // A new document gets its path as key, unless another document has it.
        let new_paths = paths.into_iter().filter(|path| !stored.keys_by_path.contains_key(*path));
        let keys: Vec<&str> = new_paths.chain(moved.values().map(DocumentKey::as_str)).collect();
        let mut rows = Vec::new();
        for keys in keys.chunks(MAX_IN_VALUES) {
            let has_key = entity::document::Column::Key.is_in(keys.iter().copied());
            rows.append(&mut entity::document::Entity::find().filter(has_key).all(transaction).await?);
        }
        stored.documents.extend(rows.into_iter().map(|row| (row.key.clone(), row)));
        let keys: Vec<&str> = stored.documents.keys().map(String::as_str).collect();
        stored.pages = page::live_pages(transaction, &keys).await?;
        stored.collections = collection::live_collections(transaction, &keys).await?;
        stored.documents_with_plan = documents_with_plan(transaction, &keys).await?;
        stored.names =
            PageKeys::load(transaction, ingested.iter().filter_map(|ingested| page_name(ingested))).await?;
        Ok(stored)
    }

    /// Loads the published content of removed documents, by path.
    pub(super) async fn load_removed(
        transaction: &DatabaseTransaction,
        paths: &[&DocumentPath],
    ) -> Result<(Self, BTreeMap<DocumentPath, DocumentKey>), StorageError> {
        let removed = document::keys_by_path(transaction, paths).await?;
        let keys: Vec<&str> = removed.values().map(DocumentKey::as_str).collect();
        let pages = page::live_pages(transaction, &keys).await?;
        let collections = collection::live_collections(transaction, &keys).await?;
        let documents_with_plan = documents_with_plan(transaction, &keys).await?;
        Ok((Self { pages, collections, documents_with_plan, ..Self::default() }, removed))
    }

    /// Returns the key of the document at a path.
    pub(super) fn key_at(&self, path: &DocumentPath) -> Option<DocumentKey> {
        self.keys_by_path.get(path.as_str()).cloned().map(DocumentKey::new)
    }

    /// Returns the row of a document.
    pub(super) fn document(&self, key: &str) -> Option<&entity::document::Model> {
        self.documents.get(key)
    }

    /// Returns true if the document has a published plan.
    pub(super) fn has_plan(&self, key: &DocumentKey) -> bool {
        self.documents_with_plan.contains(key.as_str())
    }

    /// Returns the published page of a document.
    pub(super) fn page(&self, key: &DocumentKey) -> Option<&Page> {
        self.pages.get(key.as_str()).map(PageRows::page)
    }

    /// Removes and returns the published contract of a document.
    pub(super) fn take_collection(&mut self, key: &DocumentKey) -> Option<entity::collection::Model> {
        self.collections.remove(key.as_str())
    }

    /// Removes and returns the published page of a document.
    pub(super) fn take_page(&mut self, key: &DocumentKey) -> Option<PageRows> {
        self.pages.remove(key.as_str())
    }
}

/// Returns the name of the page of a document. Returns `None` if the document is not a page.
fn page_name(ingested: &IngestedDocument) -> Option<String> {
    match &ingested.reading.content {
        Some(Content::Page { page, .. }) => Some(page::name_of(page)),
        Some(Content::Plan(_) | Content::Contract(_)) | None => None,
    }
}

async fn documents_with_plan(
    transaction: &DatabaseTransaction,
    documents: &[&str],
) -> Result<HashSet<String>, StorageError> {
    let mut found = HashSet::new();
    for keys in documents.chunks(MAX_IN_VALUES) {
        let rows: Vec<String> = entity::plan::Entity::find()
            .select_only()
            .column(entity::plan::Column::DocumentKey)
            .filter(entity::plan::Column::DocumentKey.is_in(keys.iter().copied()))
            .filter(entity::plan::Column::UntilRevision.is_null())
            .into_tuple()
            .all(transaction)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}
