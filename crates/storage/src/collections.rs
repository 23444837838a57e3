//! Collections: folders whose pages have a contract.

use passerelle_model::contract::Contract;
use passerelle_model::key::DocumentKey;
use passerelle_model::path::FolderPath;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::column::RowContext;
use crate::entity::collection;
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// A collection with the contract of its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedCollection {
    /// Document that contains the contract.
    pub document: DocumentKey,
    /// Folder whose pages have the contract. Empty for the content folder.
    pub folder: FolderPath,
    /// Name and fields.
    pub contract: Contract,
}

impl ReadView {
    /// Returns all collections, ordered by folder.
    pub async fn collections(&self) -> Result<Vec<PublishedCollection>, StorageError> {
        let rows = collection::Entity::find()
            .filter(collection::Entity::live(self.revision.number))
            .order_by_asc(collection::Column::Folder)
            .order_by_asc(collection::Column::Key)
            .all(&self.read_pool)
            .await?;
        let published = |row: collection::Model| {
            let context = RowContext { table: "collection", key: &row.key };
            Ok(PublishedCollection {
                contract: context.parse_json("contract", &row.contract)?,
                folder: context.parse_folder(&row.folder)?,
                document: DocumentKey::new(row.key),
            })
        };
        rows.into_iter().map(published).collect()
    }
}
