//! Publication times of revisions.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::column::{MAX_IN_VALUES, RowContext};
use crate::entity::revision;
use crate::error::StorageError;
use crate::read_view::ReadView;

/// Publication times of some revisions, by number.
pub(crate) struct RevisionTimes(HashMap<i64, Timestamp>);

impl RevisionTimes {
    /// Returns a revision with its time.
    ///
    /// # Errors
    /// [`StorageError::InvalidValue`] if the table has no row of the revision.
    pub(crate) fn revision(&self, number: i64) -> Result<Revision, StorageError> {
        match self.0.get(&number) {
            Some(at) => Ok(Revision { number: RevisionNumber::new(number), at: *at }),
            None => {
                let key = number.to_string();
                let context = RowContext { table: "revision", key: &key };
                Err(context.invalid_value("number", &"the row is missing"))
            }
        }
    }
}

impl ReadView {
    /// Reads the publication times of revisions.
    pub(crate) async fn revision_times(
        &self,
        numbers: &BTreeSet<i64>,
    ) -> Result<RevisionTimes, StorageError> {
        let numbers: Vec<i64> = numbers.iter().copied().collect();
        let mut times = HashMap::with_capacity(numbers.len());
        for chunk in numbers.chunks(MAX_IN_VALUES) {
            let chunk = revision::Column::Number.is_in(chunk.iter().copied());
            let rows = revision::Entity::find().filter(chunk).all(&self.read_pool).await?;
            times.extend(rows.into_iter().map(|row| (row.number, Timestamp::from_millis(row.at))));
        }
        Ok(RevisionTimes(times))
    }
}
