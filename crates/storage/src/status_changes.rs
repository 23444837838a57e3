//! Changes of the status of measures.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::key::MeasureKey;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::revision::Revision;
use sea_orm::ColumnTrait;

use crate::entity::measure;
use crate::error::StorageError;
use crate::read_view::ReadView;

/// A change of the status of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The previous status. `None` for a new measure.
    pub from: Option<MeasureStatus>,
    /// The new status.
    pub to: MeasureStatus,
    /// Revision of the change.
    pub revision: Revision,
}

impl ReadView {
    /// Returns the status changes of measures, oldest first, as far back as rows are stored.
    pub async fn status_changes(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Vec<StatusChange>>, StorageError> {
        let condition = measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str));
        let measure_versions = self.measure_versions(condition).await?;
        let first_revisions: BTreeSet<i64> =
            measure_versions.iter().map(|version| version.from_revision).collect();
        let times = self.revision_times(&first_revisions).await?;
        let mut changes: HashMap<MeasureKey, Vec<StatusChange>> = HashMap::new();
        for version in measure_versions {
            let to = version.status()?;
            let history = changes.entry(MeasureKey::new(version.key.as_str())).or_default();
            let from = history.last().map(|last| last.to);
            if from != Some(to) {
                history.push(StatusChange { from, to, revision: times.revision(version.from_revision)? });
            }
        }
        Ok(changes)
    }
}
