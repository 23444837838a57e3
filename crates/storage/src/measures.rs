//! Measures: filtered, ordered, in pages, by key, counted.

mod filter;
mod row;

use std::collections::{BTreeMap, HashMap};

use passerelle_document::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_document::plan::{CategoryLevel, MeasureStatus, Progress};
use passerelle_document::served::ServedMeasure;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, WindowStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::column::Address;
use crate::entity::measure;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Direction, Slice, Term, Window};
use crate::timed::Timed;
use crate::view::View;
pub use filter::MeasureFilter;
pub(crate) use row::{from_measure, served_measures, to_measure};

/// What measures are ordered by. Measures that are equal in it stand in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasureOrder {
    /// By number.
    Number,
    /// By status, in the order of [`MeasureStatus::ALL`].
    Status,
    /// By the time of the last change.
    UpdatedAt,
}

/// Which measures, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MeasureQuery {
    /// Those that it keeps.
    pub filter: MeasureFilter,
    /// The order; document order where it is empty.
    pub order: Vec<(MeasureOrder, Direction)>,
    /// Which part of them.
    pub window: Window,
}

/// The measures of what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureScope {
    /// Of a plan.
    Plan(PlanKey),
    /// Of a category and all below it.
    Category(CategoryLevel, CategoryKey),
}

impl MeasureScope {
    fn column(&self) -> measure::Column {
        match self {
            Self::Plan(_) => measure::Column::PlanKey,
            Self::Category(CategoryLevel::Axis, _) => measure::Column::AxisKey,
            Self::Category(CategoryLevel::Objective, _) => measure::Column::ObjectiveKey,
            Self::Category(CategoryLevel::Section, _) => measure::Column::SectionKey,
            Self::Category(CategoryLevel::Group, _) => measure::Column::GroupKey,
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Plan(key) => key.as_str(),
            Self::Category(_, key) => key.as_str(),
        }
    }

    fn holds(&self, row: &measure::Model) -> bool {
        let key = match self.column() {
            measure::Column::PlanKey => Some(&row.plan_key),
            measure::Column::AxisKey => Some(&row.axis_key),
            measure::Column::ObjectiveKey => row.objective_key.as_ref(),
            measure::Column::SectionKey => row.section_key.as_ref(),
            _ => row.group_key.as_ref(),
        };
        key.is_some_and(|key| key == self.key())
    }
}

/// Which neighbour of a measure, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Neighbour {
    /// The one before it.
    Previous,
    /// The one after it.
    Next,
}

impl View {
    /// A part of the measures of each scope. One statement a level of the tree.
    pub async fn measures(
        &self,
        scopes: &[MeasureScope],
        query: &MeasureQuery,
    ) -> Result<HashMap<MeasureScope, Slice<ServedMeasure>>, StorageError> {
        let mut slices = HashMap::new();
        for group in by_column(scopes) {
            let rows = self.rows(&group, query).await?;
            for scope in group {
                let own = rows.iter().filter(|row| scope.holds(row)).cloned().map(to_measure);
                let measures = own.collect::<Result<Vec<_>, _>>()?;
                let slice = keyset::slice(measures, &query.window, |measure| place(measure, &query.order));
                slices.insert(scope.clone(), slice);
            }
        }
        Ok(slices)
    }

    /// How far the measures of each scope are that a filter keeps. One statement a level of the tree.
    pub async fn progress(
        &self,
        scopes: &[MeasureScope],
        filter: &MeasureFilter,
    ) -> Result<HashMap<MeasureScope, Progress>, StorageError> {
        let mut counted = HashMap::new();
        for group in by_column(scopes) {
            let Some(column) = group.first().map(|scope| scope.column()) else { continue };
            let counts = self.counts(column, &keys_of(&group), filter).await?;
            for scope in group {
                counted.insert(scope.clone(), counts.get(scope.key()).cloned().unwrap_or_default());
            }
        }
        Ok(counted)
    }

    /// How far the measures are that stand right in each category of these plans, without those below.
    pub async fn progress_by_category(
        &self,
        plans: &[PlanKey],
    ) -> Result<HashMap<CategoryKey, Progress>, StorageError> {
        let plans = measure::Column::PlanKey.is_in(plans.iter().map(PlanKey::as_str));
        let counts = self.count(measure::Column::CategoryKey, Condition::all().add(plans)).await?;
        Ok(counts.into_iter().map(|(key, progress)| (CategoryKey::new(key), progress)).collect())
    }

    /// The measures of these keys.
    pub async fn measures_by_key(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, ServedMeasure>, StorageError> {
        let select = self.live().filter(measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str)));
        let rows = select.all(&self.reader).await?;
        rows.into_iter().map(|row| to_measure(row).map(|measure| (measure.key.clone(), measure))).collect()
    }

    /// The measures of these numbers.
    pub async fn measures_by_number(
        &self,
        wanted: &[(PlanKey, i32)],
    ) -> Result<HashMap<(PlanKey, i32), ServedMeasure>, StorageError> {
        let any = by_plan(wanted).into_iter().fold(Condition::any(), |any, (plan, numbers)| {
            any.add(measure::Column::PlanKey.eq(plan.as_str()).and(measure::Column::Number.is_in(numbers)))
        });
        let rows = self.live().filter(any).all(&self.reader).await?;
        rows.into_iter()
            .map(|row| {
                let number = row.number;
                to_measure(row).map(|measure| ((measure.plan.clone(), number), measure))
            })
            .collect()
    }

    /// The measures before or after these in document order. One statement.
    pub async fn neighbours(
        &self,
        measures: &[(PlanKey, i64)],
        side: Neighbour,
    ) -> Result<HashMap<(PlanKey, i64), ServedMeasure>, StorageError> {
        let column = |table: &str, column: measure::Column| Expr::col((Alias::new(table), column));
        let beyond = column("near", measure::Column::Position);
        let origin = column("origin", measure::Column::Position);
        let (beyond, order) = match side {
            Neighbour::Previous => (beyond.lt(origin), sea_orm::Order::Desc),
            Neighbour::Next => (beyond.gt(origin), sea_orm::Order::Asc),
        };
        let nearest = Query::select()
            .column((Alias::new("near"), measure::Column::RowId))
            .from_as(measure::Entity, "near")
            .and_where(column("near", measure::Column::PlanKey).equals(("origin", measure::Column::PlanKey)))
            .and_where(beyond)
            .cond_where(measure::Entity::live_as("near", self.revision.number))
            .order_by(("near", measure::Column::Position), order)
            .limit(1)
            .take();
        let any = by_plan(measures).into_iter().fold(Condition::any(), |any, (plan, positions)| {
            any.add(
                column("origin", measure::Column::PlanKey)
                    .eq(plan.as_str())
                    .and(column("origin", measure::Column::Position).is_in(positions)),
            )
        });
        let row_ids = Query::select()
            .expr(Expr::SubQuery(None, Box::new(nearest.into())))
            .from_as(measure::Entity, "origin")
            .cond_where(any)
            .cond_where(measure::Entity::live_as("origin", self.revision.number))
            .take();
        let rows = measure::Entity::find()
            .filter(measure::Column::RowId.in_subquery(row_ids))
            .order_by_asc(measure::Column::Position)
            .all(&self.reader)
            .await?;
        let found = rows.into_iter().map(to_measure).collect::<Result<Vec<_>, _>>()?;
        let near = |(plan, position): &(PlanKey, i64)| {
            let mut own = found.iter().filter(|measure| measure.plan == *plan);
            match side {
                Neighbour::Previous => own.rfind(|measure| measure.position < *position),
                Neighbour::Next => own.find(|measure| measure.position > *position),
            }
        };
        Ok(measures.iter().filter_map(|origin| Some((origin.clone(), near(origin)?.clone()))).collect())
    }

    fn live(&self) -> Select<measure::Entity> {
        measure::Entity::find().filter(measure::Entity::live(self.revision.number))
    }

    /// The rows of scopes of one level, one more than the window's limit for each.
    async fn rows(
        &self,
        scopes: &[&MeasureScope],
        query: &MeasureQuery,
    ) -> Result<Vec<measure::Model>, StorageError> {
        let Some(column) = scopes.first().map(|scope| scope.column()) else { return Ok(Vec::new()) };
        let terms = terms(&query.order);
        let limit = u64::from(query.window.limit) + 1;
        let kept = Condition::all()
            .add(measure::Entity::live(self.revision.number))
            .add(column.is_in(keys_of(scopes)))
            .add(query.filter.condition(self.revision.number))
            .add(keyset::between(&terms, &query.window));
        let select = match scopes {
            [_] => measure::Entity::find().filter(kept).limit(limit),
            _ => measure::Entity::find().filter(measure::Column::RowId.in_subquery(first_of_each(
                column,
                kept,
                &terms,
                query.window.from_end,
                limit,
            ))),
        };
        Ok(keyset::ordered(select, &terms, query.window.from_end).all(&self.reader).await?)
    }

    async fn counts(
        &self,
        column: measure::Column,
        keys: &[&str],
        filter: &MeasureFilter,
    ) -> Result<HashMap<String, Progress>, StorageError> {
        let kept = Condition::all()
            .add(column.is_in(keys.iter().copied()))
            .add(filter.condition(self.revision.number));
        self.count(column, kept).await
    }

    /// Counts by status, apart for each value of a column.
    async fn count(
        &self,
        column: measure::Column,
        kept: Condition,
    ) -> Result<HashMap<String, Progress>, StorageError> {
        #[derive(FromQueryResult)]
        struct Count {
            key: String,
            status: String,
            measures: i64,
        }
        let counts = self
            .live()
            .filter(kept)
            .select_only()
            .column_as(column, "key")
            .column(measure::Column::Status)
            .column_as(measure::Column::RowId.count(), "measures")
            .group_by(column)
            .group_by(measure::Column::Status)
            .into_model::<Count>()
            .all(&self.reader)
            .await?;
        let mut progress: HashMap<String, Progress> = HashMap::new();
        for Count { key, status, measures } in counts {
            let at = Address { table: "measure", key: &key };
            let status = at.name("status", &status, MeasureStatus::from_name)?;
            let count = at.number("measures", measures)?;
            progress.entry(key).or_default().add(status, count);
        }
        Ok(progress)
    }
}

/// The ids of the first rows of each value of a column, in the order of the terms.
fn first_of_each(
    column: measure::Column,
    kept: Condition,
    terms: &[Term],
    from_end: bool,
    limit: u64,
) -> sea_orm::sea_query::SelectStatement {
    let ranked = measure::Entity::find().select_only().column(measure::Column::RowId).filter(kept);
    let mut window = WindowStatement::partition_by(column);
    for term in terms {
        let (expr, order) = keyset::window_order(term, from_end);
        window.order_by_expr(expr, order);
    }
    let mut ranked = sea_orm::QueryTrait::into_query(ranked);
    ranked.expr_window_as(Expr::cust("ROW_NUMBER()"), window, "place");
    Query::select()
        .column("row_id")
        .from_subquery(ranked, "ranked")
        .and_where(Expr::col("place").lte(limit))
        .take()
}

/// Values by plan: one list a plan keeps an expression flat, which SQLite lets be 1,000 deep.
fn by_plan<T: Copy>(pairs: &[(PlanKey, T)]) -> BTreeMap<&PlanKey, Vec<T>> {
    let mut values: BTreeMap<&PlanKey, Vec<T>> = BTreeMap::new();
    for (plan, value) in pairs {
        values.entry(plan).or_default().push(*value);
    }
    values
}

fn by_column(scopes: &[MeasureScope]) -> Vec<Vec<&MeasureScope>> {
    let mut groups: Vec<Vec<&MeasureScope>> = Vec::new();
    for scope in scopes {
        let same = |group: &&mut Vec<&MeasureScope>| {
            group.first().is_some_and(|first| {
                std::mem::discriminant(&first.column()) == std::mem::discriminant(&scope.column())
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(scope),
            None => groups.push(vec![scope]),
        }
    }
    groups
}

fn keys_of<'a>(scopes: &[&'a MeasureScope]) -> Vec<&'a str> {
    scopes.iter().map(|scope| scope.key()).collect()
}

/// The order with document order behind it, which no two measures of a plan share.
fn terms(order: &[(MeasureOrder, Direction)]) -> Vec<Term> {
    let mut terms: Vec<Term> = order
        .iter()
        .map(|(order, direction)| {
            let expr = match order {
                MeasureOrder::Number => Expr::col(measure::Column::Number),
                MeasureOrder::Status => status_rank(),
                MeasureOrder::UpdatedAt => Expr::col(measure::Column::UpdatedAt),
            };
            Term { expr, direction: *direction }
        })
        .collect();
    terms.push(Term::ascending(Expr::col(measure::Column::Position)));
    terms
}

fn status_rank() -> Expr {
    let ranks = MeasureStatus::ALL.into_iter().fold(CaseStatement::new(), |case, status| {
        case.case(measure::Column::Status.eq(status.name()), Expr::val(rank(status)))
    });
    ranks.finally(Expr::val(i64::MAX)).into()
}

fn rank(status: MeasureStatus) -> i64 {
    status as i64
}

fn place(measure: &ServedMeasure, order: &[(MeasureOrder, Direction)]) -> Cursor {
    let values = order.iter().map(|(order, _)| match order {
        MeasureOrder::Number => i64::from(measure.number),
        MeasureOrder::Status => rank(measure.status),
        MeasureOrder::UpdatedAt => measure.updated_at.millis(),
    });
    Cursor(values.chain([measure.position]).map(CursorValue::Number).collect())
}
