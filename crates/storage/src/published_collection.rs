//! Published collection: a folder whose pages have a contract.

use passerelle_model::contract::Contract;
use passerelle_model::key::DocumentKey;
use passerelle_model::path::FolderPath;

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
