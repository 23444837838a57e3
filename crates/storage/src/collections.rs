//! Collections: folders whose pages have a contract.

use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::convert::collection::to_collection;
use crate::entity::collection;
use crate::error::StorageError;
use crate::published_collection::PublishedCollection;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

impl ReadView {
    /// Returns all collections, ordered by folder.
    pub async fn collections(&self) -> Result<Vec<PublishedCollection>, StorageError> {
        let rows = collection::Entity::find()
            .filter(collection::Entity::live(self.revision.number))
            .order_by_asc(collection::Column::Folder)
            .order_by_asc(collection::Column::Key)
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(to_collection).collect()
    }
}
