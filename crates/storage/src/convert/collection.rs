//! Rows of the table `collection`.

use passerelle_model::contract::Contract;
use passerelle_model::key::DocumentKey;
use passerelle_model::path::FolderPath;
use passerelle_model::revision::RevisionNumber;

use crate::column::{RowContext, to_json};
use crate::entity::collection;
use crate::error::StorageError;
use crate::published_collection::PublishedCollection;

pub(crate) fn to_collection(row: collection::Model) -> Result<PublishedCollection, StorageError> {
    let context = RowContext { table: "collection", key: &row.key };
    Ok(PublishedCollection {
        contract: context.parse_json("contract", &row.contract)?,
        folder: context.parse_folder(&row.folder)?,
        document: DocumentKey::new(row.key),
    })
}

pub(crate) fn from_collection(
    document: &DocumentKey,
    folder: &FolderPath,
    contract: &Contract,
    revision: RevisionNumber,
) -> Result<collection::Model, StorageError> {
    Ok(collection::Model {
        row_id: 0,
        key: document.to_string(),
        from_revision: revision.get(),
        until_revision: None,
        folder: folder.to_string(),
        contract: to_json(contract)?,
    })
}
