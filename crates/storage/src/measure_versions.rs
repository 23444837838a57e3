//! Versions of measures, with the columns that statuses and progress over time need.

use passerelle_model::plan::MeasureStatus;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::entity::measure;
use crate::error::StorageError;
use crate::read_view::ReadView;

/// Version of a measure.
#[derive(FromQueryResult)]
pub(crate) struct MeasureVersion {
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    status: String,
    repeat_group: Option<i32>,
}

impl MeasureVersion {
    /// Returns the status.
    pub(crate) fn status(&self) -> Result<MeasureStatus, StorageError> {
        self.context().parse_text("status", &self.status, MeasureStatus::from_name)
    }

    /// Returns the number of the first measure with the same text. `None` without another one.
    pub(crate) fn repeat_group(&self) -> Result<Option<u32>, StorageError> {
        self.repeat_group.map(|group| self.context().convert_integer("repeat_group", group)).transpose()
    }

    fn context(&self) -> RowContext<'_> {
        RowContext { table: "measure", key: &self.key }
    }
}

impl ReadView {
    /// Returns the rows of measures that began up to the revision of this view, in the order of their
    /// beginning.
    pub(crate) async fn measure_versions(
        &self,
        condition: impl sea_orm::sea_query::IntoCondition,
    ) -> Result<Vec<MeasureVersion>, StorageError> {
        use measure::Column;
        let columns =
            [Column::Key, Column::FromRevision, Column::UntilRevision, Column::Status, Column::RepeatGroup];
        let select = measure::Entity::find()
            .filter(condition.into_condition())
            .filter(Column::FromRevision.lte(self.revision.number.get()))
            .order_by_asc(Column::FromRevision)
            .select_only()
            .columns(columns);
        Ok(select.into_model::<MeasureVersion>().all(&self.read_pool).await?)
    }
}
