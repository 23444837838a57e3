//! Which measures to keep.

use passerelle_document::plan::{CategoryPath, MeasureStatus};
use passerelle_document::sync::RevisionNumber;
use passerelle_document::timestamp::Timestamp;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::{category, measure};
use crate::timed::Timed;

/// A condition on measures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureFilter {
    /// Every condition holds. All measures where there is none.
    All(Vec<MeasureFilter>),
    /// At least one condition holds. No measure where there is none.
    Any(Vec<MeasureFilter>),
    /// The condition does not hold.
    Not(Box<MeasureFilter>),
    /// The status is one of these.
    Status(Vec<MeasureStatus>),
    /// The number is one of these.
    Number(Vec<i32>),
    /// It stands in one of these categories of its plan, or below.
    Within(Vec<CategoryPath>),
    /// Its status names one of these programmes.
    Programme(Vec<String>),
    /// Whether its status names a programme.
    HasProgramme(bool),
    /// Whether it is marked as repeated.
    IsRepeated(bool),
    /// It changed after this.
    ChangedSince(Timestamp),
}

impl Default for MeasureFilter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl MeasureFilter {
    pub(super) fn condition(&self, at: RevisionNumber) -> Condition {
        let one = |expr: Expr| Condition::all().add(expr);
        match self {
            Self::All(filters) => {
                filters.iter().fold(Condition::all(), |all, filter| all.add(filter.condition(at)))
            }
            Self::Any(filters) if filters.is_empty() => one(Expr::val(1).eq(0)),
            Self::Any(filters) => {
                filters.iter().fold(Condition::any(), |any, filter| any.add(filter.condition(at)))
            }
            Self::Not(filter) => match filter.as_ref() {
                // An empty condition has no text to negate.
                Self::All(filters) if filters.is_empty() => one(Expr::val(1).eq(0)),
                filter => filter.condition(at).not(),
            },
            Self::Status(statuses) => {
                one(measure::Column::Status.is_in(statuses.iter().map(|status| status.name())))
            }
            Self::Number(numbers) => one(measure::Column::Number.is_in(numbers.iter().copied())),
            Self::Within(paths) => within(paths, at),
            Self::Programme(names) => {
                // Null is none of them, also behind a `not`.
                let known = measure::Column::Programme.is_not_null();
                one(known).add(measure::Column::Programme.is_in(names.iter().map(String::as_str)))
            }
            Self::HasProgramme(true) => one(measure::Column::Programme.is_not_null()),
            Self::HasProgramme(false) => one(measure::Column::Programme.is_null()),
            Self::IsRepeated(is_repeated) => one(measure::Column::IsRepeated.eq(*is_repeated)),
            Self::ChangedSince(at) => one(measure::Column::UpdatedAt.gt(at.millis())),
        }
    }
}

/// One of the four categories that a measure can stand in has one of the paths.
fn within(paths: &[CategoryPath], at: RevisionNumber) -> Condition {
    let column = |column: category::Column| Expr::col((Alias::new("kept"), column));
    let keys = Query::select()
        .column(("kept", category::Column::Key))
        .from_as(category::Entity, "kept")
        .and_where(column(category::Column::PlanKey).equals((measure::Entity, measure::Column::PlanKey)))
        .and_where(column(category::Column::Path).is_in(paths.iter().map(CategoryPath::as_str)))
        .cond_where(category::Entity::live_as("kept", at))
        .take();
    let columns = [measure::Column::ObjectiveKey, measure::Column::SectionKey, measure::Column::GroupKey];
    let any = Condition::any().add(measure::Column::AxisKey.in_subquery(keys.clone()));
    columns.into_iter().fold(any, |any, column| {
        // A level that the measure does not have is in none of them, also behind a `not`.
        any.add(Condition::all().add(column.is_not_null()).add(column.in_subquery(keys.clone())))
    })
}
