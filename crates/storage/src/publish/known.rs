//! What is stored of the documents of a batch, read at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use passerelle_model::key::DocumentKey;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Content;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::names::Names;
use super::page::{self, PageRows};
use super::{Ingested, document};
use crate::column::MANY;
use crate::entity;
use crate::error::StorageError;

/// What is stored of documents.
#[derive(Default)]
pub(super) struct Known {
    /// Their rows, by key. Those of removed ones too, whose keys are free again.
    documents: HashMap<String, entity::document::Model>,
    /// The keys of those that lie at a path.
    keys: HashMap<String, String>,
    /// The pages that are served of them, by their keys.
    pages: HashMap<String, PageRows>,
    /// The keys of those of which a plan is served.
    with_plan: HashSet<String>,
    /// The keys that pages and services have.
    pub(super) names: Names,
}

impl Known {
    /// Reads what is stored of documents that were read. `moved` are the keys of those that moved, by their old paths.
    pub(super) async fn of(
        transaction: &DatabaseTransaction,
        ingested: &[Ingested],
        moved: &HashMap<DocumentPath, DocumentKey>,
    ) -> Result<Self, StorageError> {
        let mut known = Self::default();
        let paths: Vec<&str> = ingested.iter().map(|ingested| ingested.path.as_str()).collect();
        for paths in paths.chunks(MANY) {
            let at = entity::document::Column::Path.is_in(paths.iter().copied());
            for row in entity::document::Entity::find().filter(at).all(transaction).await? {
                known.keys.insert(row.path.clone(), row.key.clone());
                known.documents.insert(row.key.clone(), row);
            }
        }
        // A new document has the key of its path, unless one that was born there has it.
        let born = paths.into_iter().filter(|path| !known.keys.contains_key(*path));
        let keys: Vec<&str> = born.chain(moved.values().map(DocumentKey::as_str)).collect();
        let mut rows = Vec::new();
        for keys in keys.chunks(MANY) {
            let has_key = entity::document::Column::Key.is_in(keys.iter().copied());
            rows.append(&mut entity::document::Entity::find().filter(has_key).all(transaction).await?);
        }
        known.documents.extend(rows.into_iter().map(|row| (row.key.clone(), row)));
        let keys: Vec<&str> = known.documents.keys().map(String::as_str).collect();
        known.pages = page::served(transaction, &keys).await?;
        known.with_plan = with_plan(transaction, &keys).await?;
        known.names = Names::of(transaction, ingested.iter().filter_map(name)).await?;
        Ok(known)
    }

    /// Reads what is served of documents that are gone, by their paths.
    pub(super) async fn of_gone(
        transaction: &DatabaseTransaction,
        paths: &[&DocumentPath],
    ) -> Result<(Self, BTreeMap<DocumentPath, DocumentKey>), StorageError> {
        let gone = document::keys_at(transaction, paths).await?;
        let keys: Vec<&str> = gone.values().map(DocumentKey::as_str).collect();
        let pages = page::served(transaction, &keys).await?;
        let with_plan = with_plan(transaction, &keys).await?;
        Ok((Self { pages, with_plan, ..Self::default() }, gone))
    }

    /// The key of the document that lies at a path.
    pub(super) fn key_at(&self, path: &DocumentPath) -> Option<DocumentKey> {
        self.keys.get(path.as_str()).cloned().map(DocumentKey::new)
    }

    /// The row of a document.
    pub(super) fn document(&self, key: &str) -> Option<&entity::document::Model> {
        self.documents.get(key)
    }

    /// Whether a plan is served of a document.
    pub(super) fn has_plan(&self, key: &DocumentKey) -> bool {
        self.with_plan.contains(key.as_str())
    }

    /// Takes the page that is served of a document.
    pub(super) fn take_page(&mut self, key: &DocumentKey) -> Option<PageRows> {
        self.pages.remove(key.as_str())
    }
}

/// The name that the page of a document has, if it has one.
fn name(ingested: &Ingested) -> Option<String> {
    match &ingested.reading.content {
        Some(Content::Page { page, .. }) => Some(page::name_of(page)),
        Some(Content::Plan(_)) | None => None,
    }
}

async fn with_plan(
    transaction: &DatabaseTransaction,
    documents: &[&str],
) -> Result<HashSet<String>, StorageError> {
    let mut found = HashSet::new();
    for keys in documents.chunks(MANY) {
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
