//! Rows with the revisions between which they are published.

use passerelle_model::revision::RevisionNumber;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use crate::entity::{asset, category, collection, measure, page, plan, support_service};

/// A table whose rows are never overwritten.
pub(crate) trait Versioned: EntityTrait {
    const ROW_ID: Self::Column;
    const FROM_REVISION: Self::Column;
    const UNTIL_REVISION: Self::Column;

    /// Returns a condition for rows that are published at a revision.
    fn live(at: RevisionNumber) -> Condition {
        Condition::all()
            .add(Self::FROM_REVISION.lte(at.get()))
            .add(Condition::any().add(Self::UNTIL_REVISION.is_null()).add(Self::UNTIL_REVISION.gt(at.get())))
    }
}

macro_rules! versioned {
    ($($table:ident),*) => {$(
        impl Versioned for $table::Entity {
            const ROW_ID: $table::Column = $table::Column::RowId;
            const FROM_REVISION: $table::Column = $table::Column::FromRevision;
            const UNTIL_REVISION: $table::Column = $table::Column::UntilRevision;
        }
    )*};
}

versioned!(asset, plan, category, collection, measure, page, support_service);
