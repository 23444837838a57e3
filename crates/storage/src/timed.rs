//! Rows that live from a revision until a revision.

use passerelle_model::sync::RevisionNumber;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use crate::entity::{asset, category, measure, page, plan, support_service};

/// A table whose rows are never overwritten.
pub(crate) trait Timed: EntityTrait {
    const ROW_ID: Self::Column;
    const FROM: Self::Column;
    const UNTIL: Self::Column;

    /// The rows that are served at a revision.
    fn live(at: RevisionNumber) -> Condition {
        Condition::all()
            .add(Self::FROM.lte(at.get()))
            .add(Condition::any().add(Self::UNTIL.is_null()).add(Self::UNTIL.gt(at.get())))
    }
}

macro_rules! timed {
    ($($table:ident),*) => {$(
        impl Timed for $table::Entity {
            const ROW_ID: $table::Column = $table::Column::RowId;
            const FROM: $table::Column = $table::Column::FromRevision;
            const UNTIL: $table::Column = $table::Column::UntilRevision;
        }
    )*};
}

timed!(asset, plan, category, measure, page, support_service);
