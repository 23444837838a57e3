//! Replaces the published contract of a document.

use std::collections::HashMap;

use passerelle_model::key::DocumentKey;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Content;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::batch_writer::BatchWriter;
use crate::column::MAX_IN_VALUES;
use crate::convert::collection::from_collection;
use crate::entity::collection;
use crate::error::StorageError;

/// Returns the published contracts of documents, by document key.
pub(super) async fn live_collections(
    transaction: &DatabaseTransaction,
    documents: &[&str],
) -> Result<HashMap<String, collection::Model>, StorageError> {
    let mut found = HashMap::new();
    for keys in documents.chunks(MAX_IN_VALUES) {
        let rows = collection::Entity::find()
            .filter(collection::Column::Key.is_in(keys.iter().copied()))
            .filter(collection::Column::UntilRevision.is_null())
            .all(transaction)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.key.clone(), row)));
    }
    Ok(found)
}

impl BatchWriter {
    /// Replaces the published contract of a document, or removes it if the document is no contract any
    /// more. An equal contract keeps its row.
    pub(super) fn update_collection(
        &mut self,
        (document, path): (&DocumentKey, &DocumentPath),
        before: Option<collection::Model>,
        content: &Content,
    ) -> Result<(), StorageError> {
        let Content::Contract(contract) = content else {
            self.close_collection(before);
            return Ok(());
        };
        let row = from_collection(document, &path.parent(), contract, self.revision.number)?;
        let is_equal =
            |before: &collection::Model| (&before.folder, &before.contract) == (&row.folder, &row.contract);
        if !before.as_ref().is_some_and(is_equal) {
            self.close_collection(before);
            self.pending.collections.push(row);
        }
        Ok(())
    }

    /// Removes a contract.
    pub(super) fn close_collection(&mut self, before: Option<collection::Model>) {
        self.pending.closed_collections.extend(before.map(|before| before.row_id));
    }
}
