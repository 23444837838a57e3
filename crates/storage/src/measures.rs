//! Measures: filtered, ordered, in pages, by key, counted.
//!
//! Which ones, and in which order, is found in the index of their plan, which is held in memory; the rows are then read
//! by their ids, those of all plans and categories at once.

mod row;

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::plan::Progress;
use passerelle_model::served::ServedMeasure;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::column::MANY;
use crate::entity::measure;
use crate::error::StorageError;
use crate::keyset::{Cursor, CursorValue, Slice, Window};
use crate::query_index::{Direction, IndexedMeasure, MeasureFilter, MeasureOrder, Place, Span, Tally};
use crate::timed::Timed;
use crate::view::View;
pub(crate) use row::{from_measure, served_measures, to_measure};

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
pub struct MeasureScope {
    /// Of a plan.
    pub plan: PlanKey,
    /// Of a category of it and all below it; of all of it where none is given.
    pub category: Option<CategoryKey>,
}

/// So many repeats of a measure are named. Groups that are larger are what a draft leaves open.
const REPEATS: usize = 100;

/// What a measure has to do with the others of its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The one before it in document order.
    pub previous: Option<Arc<ServedMeasure>>,
    /// The one after it.
    pub next: Option<Arc<ServedMeasure>>,
}

/// What is known of the other measures that say the same as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// Their numbers, in document order.
    pub numbers: Vec<u32>,
    /// Whether any of them carries another status.
    pub disagree: bool,
}

impl View {
    /// A part of the measures of each scope. One statement for the rows of all.
    pub async fn measures(
        &self,
        scopes: &[MeasureScope],
        query: &MeasureQuery,
    ) -> Result<HashMap<MeasureScope, Slice<Arc<ServedMeasure>>>, StorageError> {
        let mut slices: HashMap<MeasureScope, Slice<i64>> = HashMap::new();
        for scope in scopes {
            slices.insert(scope.clone(), self.slice(scope, query).await?);
        }
        let ids: Vec<i64> = slices.values().flat_map(|slice| slice.items.iter().map(|(_, id)| *id)).collect();
        let rows = self.measures_of_rows(ids).await?;
        let filled = |(scope, slice): (MeasureScope, Slice<i64>)| {
            let items = slice.items.into_iter();
            let items = items.filter_map(|(cursor, id)| Some((cursor, rows.get(&id)?.clone()))).collect();
            (scope, Slice { items, has_previous: slice.has_previous, has_next: slice.has_next })
        };
        Ok(slices.into_iter().map(filled).collect())
    }

    /// The ids of the rows of a part of the measures of a scope.
    async fn slice(&self, scope: &MeasureScope, query: &MeasureQuery) -> Result<Slice<i64>, StorageError> {
        let held = self.held(&scope.plan).await?;
        let kept = held.kept(self, scope, &query.filter).await?;
        let words = held.words_for(&query.filter, self, &scope.plan).await?;
        let index = &held.index;
        let span = Span {
            limit: usize::try_from(query.window.limit).unwrap_or(usize::MAX),
            from_end: query.window.from_end,
            after: query.window.after.as_ref().map(to_place),
            before: query.window.before.as_ref().map(to_place),
        };
        let part = index.part(&kept.measures, &query.order, &query.filter, words, &span);
        let item = |(at, place): (usize, Place)| (to_cursor(place), index.measures()[at].row_id);
        Ok(Slice {
            items: part.items.into_iter().map(item).collect(),
            has_previous: part.has_previous,
            has_next: part.has_next,
        })
    }

    /// Every measure of a scope that a filter keeps, in its order; for exports.
    pub async fn all_measures(
        &self,
        scope: &MeasureScope,
        filter: &MeasureFilter,
        order: &[(MeasureOrder, Direction)],
    ) -> Result<Vec<Arc<ServedMeasure>>, StorageError> {
        let window = Window::first(u32::MAX);
        let query = MeasureQuery { filter: filter.clone(), order: order.to_vec(), window };
        let slice = self.slice(scope, &query).await?;
        let mut rows = self.measures_of_rows(slice.items.iter().map(|(_, id)| *id).collect()).await?;
        Ok(slice.items.into_iter().filter_map(|(_, id)| rows.remove(&id)).collect())
    }

    /// What the measures of each scope come to that a filter keeps. No statement, once the index is held.
    pub async fn tallies(
        &self,
        scopes: &[MeasureScope],
        filter: &MeasureFilter,
    ) -> Result<HashMap<MeasureScope, Tally>, StorageError> {
        let mut tallies = HashMap::new();
        for scope in scopes {
            let held = self.held(&scope.plan).await?;
            let kept = held.kept(self, scope, filter).await?;
            tallies.insert(scope.clone(), kept.tally(&held.index).clone());
        }
        Ok(tallies)
    }

    /// How far each category of a plan is, with all below it. No statement, once the index is held.
    pub async fn progress_by_category(
        &self,
        plan: &PlanKey,
    ) -> Result<Arc<HashMap<CategoryKey, Progress>>, StorageError> {
        Ok(self.held(plan).await?.index.progress_by_category())
    }

    /// The categories of a plan, as a tree; empty for one that is not served. No statement, once the index is held.
    pub async fn category_tree(&self, plan: &PlanKey) -> Result<Arc<CategoryTree>, StorageError> {
        Ok(Arc::clone(self.held(plan).await?.index.tree()))
    }

    /// The measures of these keys.
    pub async fn measures_by_key(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Arc<ServedMeasure>>, StorageError> {
        let live = measure::Entity::live(self.revision.number);
        let keys = measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str));
        let rows = measure::Entity::find().filter(live).filter(keys).all(&self.reader).await?;
        let shared = |row| to_measure(row).map(|measure| (measure.key.clone(), Arc::new(measure)));
        rows.into_iter().map(shared).collect()
    }

    /// The measures of these numbers.
    pub async fn measures_by_number(
        &self,
        wanted: &[(PlanKey, u32)],
    ) -> Result<HashMap<(PlanKey, u32), Arc<ServedMeasure>>, StorageError> {
        let found = self.found(wanted, |index, number| index.numbered(*number).into_iter().collect()).await?;
        let first = |(key, measures): (_, Vec<Arc<ServedMeasure>>)| Some((key, measures.into_iter().next()?));
        Ok(found.into_iter().filter_map(first).collect())
    }

    /// The measures before and after these places in document order.
    pub async fn surroundings(
        &self,
        places: &[(PlanKey, i64)],
    ) -> Result<HashMap<(PlanKey, i64), Surroundings>, StorageError> {
        let beside = self
            .found(places, |index, position| {
                let (previous, next) = index.neighbours(*position);
                previous.into_iter().chain(next).collect()
            })
            .await?;
        let sorted = |(place, measures): ((PlanKey, i64), Vec<Arc<ServedMeasure>>)| {
            let mut surroundings = Surroundings::default();
            for measure in measures {
                if measure.position < place.1 {
                    surroundings.previous = Some(measure);
                } else {
                    surroundings.next = Some(measure);
                }
            }
            (place, surroundings)
        };
        Ok(beside.into_iter().map(sorted).collect())
    }

    /// The other measures that say the same as those of these numbers, in document order.
    pub async fn repeats(
        &self,
        wanted: &[(PlanKey, u32)],
    ) -> Result<HashMap<(PlanKey, u32), Vec<Arc<ServedMeasure>>>, StorageError> {
        self.found(wanted, |index, number| index.repeats(*number).take(REPEATS).collect()).await
    }

    /// Whether the measures that say the same as that of a number carry different statuses.
    pub async fn repeats_disagree(&self, plan: &PlanKey, number: u32) -> Result<bool, StorageError> {
        Ok(self.held(plan).await?.index.repeats_disagree(number))
    }

    /// For the number of each measure of a plan that others say the same as: at most so many of them. No statement, once
    /// the index is held; for exports.
    pub async fn repeated(
        &self,
        plan: &PlanKey,
        most: usize,
    ) -> Result<HashMap<u32, Repeated>, StorageError> {
        let held = self.held(plan).await?;
        let index = &held.index;
        let repeated = |measure: &IndexedMeasure| {
            let number = measure.number;
            let numbers = index.repeats(number).take(most).map(|other| other.number).collect();
            (number, Repeated { numbers, disagree: index.repeats_disagree(number) })
        };
        let grouped = index.measures().iter().filter(|measure| measure.repeat_group.is_some());
        Ok(grouped.map(repeated).collect())
    }

    /// For each thing that is wanted of a plan the measures that the plan's index names for it.
    async fn found<W: Clone + Eq + std::hash::Hash>(
        &self,
        wanted: &[(PlanKey, W)],
        find: impl for<'i> Fn(&'i crate::query_index::MeasureIndex, &W) -> Vec<&'i IndexedMeasure>,
    ) -> Result<HashMap<(PlanKey, W), Vec<Arc<ServedMeasure>>>, StorageError> {
        let mut ids: Vec<((PlanKey, W), Vec<i64>)> = Vec::with_capacity(wanted.len());
        for key in wanted {
            let held = self.held(&key.0).await?;
            let found = find(&held.index, &key.1).into_iter().map(|measure| measure.row_id).collect();
            ids.push((key.clone(), found));
        }
        let rows = self.measures_of_rows(ids.iter().flat_map(|(_, ids)| ids).copied().collect()).await?;
        let filled = |(key, ids): ((PlanKey, W), Vec<i64>)| {
            (key, ids.iter().filter_map(|id| rows.get(id).cloned()).collect())
        };
        Ok(ids.into_iter().map(filled).collect())
    }

    /// The measures of rows, by their ids. A statement for those that nobody read before.
    pub(crate) async fn measures_of_rows(
        &self,
        mut ids: Vec<i64>,
    ) -> Result<HashMap<i64, Arc<ServedMeasure>>, StorageError> {
        ids.sort_unstable();
        ids.dedup();
        let mut measures = HashMap::with_capacity(ids.len());
        ids.retain(|id| match self.rows.measure(*id) {
            Some(measure) => {
                measures.insert(*id, measure);
                false
            }
            None => true,
        });
        for chunk in ids.chunks(MANY) {
            let chunk = measure::Column::RowId.is_in(chunk.iter().copied());
            for row in measure::Entity::find().filter(chunk).all(&self.reader).await? {
                let (row_id, measure) = (row.row_id, Arc::new(to_measure(row)?));
                self.rows.hold(row_id, &measure);
                measures.insert(row_id, measure);
            }
        }
        Ok(measures)
    }
}

fn to_place(cursor: &Cursor) -> Place {
    let value = |value: &CursorValue| match value {
        CursorValue::Number(number) => *number,
        // Places have none: a cursor that was forged is somewhere.
        CursorValue::Text(_) => 0,
    };
    Place(cursor.0.iter().map(value).collect())
}

fn to_cursor(place: Place) -> Cursor {
    Cursor(place.0.into_iter().map(CursorValue::Number).collect())
}
