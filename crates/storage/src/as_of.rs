//! Content at a time or at a revision.

use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::connect::Storage;
use crate::entity::revision;
use crate::error::StorageError;
use crate::meta::pruned_revision;
use crate::read_view::ReadView;

/// Result of looking up the content at a time.
#[derive(Clone, Debug)]
pub enum AsOfResult {
    /// The content is available.
    Found(ReadView),
    /// Nothing was published at this time.
    BeforeFirstRevision,
    /// The content was pruned. The value is the time of the oldest available content.
    Pruned(Timestamp),
}

impl Storage {
    /// Returns the content at a time.
    pub async fn as_of(&self, at: Timestamp) -> Result<AsOfResult, StorageError> {
        let row = revision::Entity::find()
            .filter(revision::Column::At.lte(at.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&self.read_pool)
            .await?;
        let Some(row) = row else { return Ok(AsOfResult::BeforeFirstRevision) };
        let oldest = pruned_revision(&self.read_pool).await?;
        if row.number < oldest {
            let oldest = revision::Entity::find_by_id(oldest).one(&self.read_pool).await?;
            return Ok(AsOfResult::Pruned(Timestamp::from_millis(oldest.map_or(0, |row| row.at))));
        }
        let number = RevisionNumber::new(row.number);
        Ok(AsOfResult::Found(self.view_at(Revision { number, at: Timestamp::from_millis(row.at) })))
    }

    /// Returns the content as of a revision. `None` if the revision was pruned or does not exist.
    pub async fn at_revision(&self, number: RevisionNumber) -> Result<Option<ReadView>, StorageError> {
        let row = revision::Entity::find_by_id(number.get()).one(&self.read_pool).await?;
        let Some(row) = row else { return Ok(None) };
        if row.number < pruned_revision(&self.read_pool).await? {
            return Ok(None);
        }
        Ok(Some(self.view_at(Revision { number, at: Timestamp::from_millis(row.at) })))
    }
}
