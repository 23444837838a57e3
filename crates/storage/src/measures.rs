//! Queries for measures: filtered and ordered lists, lookups by key, and counts.
//!
//! The index of a plan, which is cached in memory, gives the ids of the matching rows in order. The rows of
//! all lists of a request are then read with one statement.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::plan::Progress;
use passerelle_model::published::PublishedMeasure;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::column::MAX_IN_VALUES;
use crate::convert::measure::to_measure;
use crate::entity::measure;
use crate::error::StorageError;
use crate::keyset::{Cursor, CursorValue, Pagination, Slice};
use crate::measure_scope::MeasureScope;
use crate::query_index::{
    Direction, IndexedMeasure, MeasureFacets, MeasureFilter, MeasureOrder, SliceRequest, SortKey,
};
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

/// Filters and orders measures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MeasureQuery {
    /// Condition on the measures.
    pub filter: MeasureFilter,
    /// Sort order, most important term first. Empty means document order.
    pub order: Vec<(MeasureOrder, Direction)>,
    /// Requested range of the list.
    pub pagination: Pagination,
}

/// Maximum number of repeats per measure. Larger groups occur only in drafts.
const MAX_REPEATS: usize = 100;

/// Measures before and after a measure in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdjacentMeasures {
    /// The previous measure. `None` for the first one.
    pub previous: Option<Arc<PublishedMeasure>>,
    /// The next measure. `None` for the last one.
    pub next: Option<Arc<PublishedMeasure>>,
}

/// Summary of the measures that repeat a measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepeatSummary {
    /// Numbers of the repeats, in document order.
    pub numbers: Vec<u32>,
    /// True if a repeat has a different status.
    pub statuses_differ: bool,
}

impl ReadView {
    /// Returns a slice of the measures of each scope. Reads the rows of all scopes with one statement.
    pub async fn measures(
        &self,
        scopes: &[MeasureScope],
        query: &MeasureQuery,
    ) -> Result<HashMap<MeasureScope, Slice<Arc<PublishedMeasure>>>, StorageError> {
        let mut slices: HashMap<MeasureScope, Slice<RowId>> = HashMap::new();
        for scope in scopes {
            slices.insert(scope.clone(), self.slice_row_ids(scope, query).await?);
        }
        let ids: Vec<RowId> =
            slices.values().flat_map(|slice| slice.items.iter().map(|(_, id)| *id)).collect();
        let rows = self.measures_by_row_id(ids).await?;
        let with_rows = |(scope, slice): (MeasureScope, Slice<RowId>)| {
            let items = slice.items.into_iter();
            let items = items.filter_map(|(cursor, id)| Some((cursor, rows.get(&id)?.clone()))).collect();
            (scope, Slice { items, has_previous: slice.has_previous, has_next: slice.has_next })
        };
        Ok(slices.into_iter().map(with_rows).collect())
    }

    /// Returns the row ids of a slice of the measures in a scope.
    async fn slice_row_ids(
        &self,
        scope: &MeasureScope,
        query: &MeasureQuery,
    ) -> Result<Slice<RowId>, StorageError> {
        let cached = self.measure_index(&scope.plan).await?;
        let result = self.filter_measures(&cached, scope, &query.filter).await?;
        let words = self.text_words_for(&cached, &query.filter, &scope.plan).await?;
        let index = &cached.index;
        let request = SliceRequest {
            limit: usize::try_from(query.pagination.limit).unwrap_or(usize::MAX),
            end: query.pagination.end,
            after: query.pagination.after.as_ref().map(from_cursor),
            before: query.pagination.before.as_ref().map(from_cursor),
        };
        let slice = index.slice(&result.measures, &query.order, &query.filter, words, &request);
        let item = |(at, key): (usize, SortKey)| (to_cursor(key), index.measures()[at].row_id);
        Ok(Slice {
            items: slice.items.into_iter().map(item).collect(),
            has_previous: slice.has_previous,
            has_next: slice.has_next,
        })
    }

    /// Returns all measures of a scope that match a filter, in order. For exports.
    pub async fn all_measures(
        &self,
        scope: &MeasureScope,
        filter: &MeasureFilter,
        order: &[(MeasureOrder, Direction)],
    ) -> Result<Vec<Arc<PublishedMeasure>>, StorageError> {
        let pagination = Pagination::first(u32::MAX);
        let query = MeasureQuery { filter: filter.clone(), order: order.to_vec(), pagination };
        let slice = self.slice_row_ids(scope, &query).await?;
        let mut rows = self.measures_by_row_id(slice.items.iter().map(|(_, id)| *id).collect()).await?;
        Ok(slice.items.into_iter().filter_map(|(_, id)| rows.remove(&id)).collect())
    }

    /// Returns the ids of the rows of all measures of a scope that match a filter, in order.
    ///
    /// For exports, which read the rows in parts with [`Self::measures_of_rows`]. A row id is 8 bytes, a row
    /// about 500.
    pub async fn measure_row_ids(
        &self,
        scope: &MeasureScope,
        filter: &MeasureFilter,
        order: &[(MeasureOrder, Direction)],
    ) -> Result<Vec<RowId>, StorageError> {
        let pagination = Pagination::first(u32::MAX);
        let query = MeasureQuery { filter: filter.clone(), order: order.to_vec(), pagination };
        let slice = self.slice_row_ids(scope, &query).await?;
        Ok(slice.items.into_iter().map(|(_, id)| id).collect())
    }

    /// Returns the measures of rows, in the order of the ids. A content row never changes, so they belong to
    /// the revision at which the ids were read.
    pub async fn measures_of_rows(&self, ids: &[RowId]) -> Result<Vec<Arc<PublishedMeasure>>, StorageError> {
        let mut rows = self.measures_by_row_id(ids.to_vec()).await?;
        Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
    }

    /// Returns the facets of all measures of a plan. Runs no statement if the index is cached.
    pub async fn plan_facets(&self, plan: &PlanKey) -> Result<MeasureFacets, StorageError> {
        let scope = MeasureScope { plan: plan.clone(), category: None };
        let mut facets = self.measure_facets(std::slice::from_ref(&scope), &MeasureFilter::default()).await?;
        Ok(facets.remove(&scope).unwrap_or_default())
    }

    /// Returns the facets of the measures in each scope that match a filter. Runs no statement if the index
    /// is cached.
    pub async fn measure_facets(
        &self,
        scopes: &[MeasureScope],
        filter: &MeasureFilter,
    ) -> Result<HashMap<MeasureScope, MeasureFacets>, StorageError> {
        let mut facets = HashMap::new();
        for scope in scopes {
            let cached = self.measure_index(&scope.plan).await?;
            let result = self.filter_measures(&cached, scope, filter).await?;
            facets.insert(scope.clone(), result.tally(&cached.index).clone());
        }
        Ok(facets)
    }

    /// Returns the progress of each category, including descendants. Empty if no measure of the plan has a
    /// known status. Runs no statement if the index is cached.
    pub async fn progress_by_category(
        &self,
        plan: &PlanKey,
    ) -> Result<Arc<HashMap<CategoryKey, Progress>>, StorageError> {
        Ok(self.measure_index(plan).await?.index.progress_by_category())
    }

    /// Returns the headers of the columns of a plan without a field of their own, at most `limit`. The flag
    /// is true if there are more. Runs no statement if the index is cached. For exports.
    pub async fn attribute_names(
        &self,
        plan: &PlanKey,
        limit: usize,
    ) -> Result<(Vec<Arc<str>>, bool), StorageError> {
        Ok(self.measure_index(plan).await?.index.attribute_names(limit))
    }

    /// Returns the categories of a plan as a tree. Empty if the plan is not published. Runs no statement if
    /// the index is cached.
    pub async fn category_tree(&self, plan: &PlanKey) -> Result<Arc<CategoryTree>, StorageError> {
        Ok(Arc::clone(self.measure_index(plan).await?.index.tree()))
    }

    /// Returns the measures with these keys.
    pub async fn measures_by_key(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Arc<PublishedMeasure>>, StorageError> {
        let live = measure::Entity::live(self.revision.number);
        let keys = measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str));
        let rows = measure::Entity::find().filter(live).filter(keys).all(&self.read_pool).await?;
        let shared = |row| to_measure(row).map(|measure| (measure.key.clone(), Arc::new(measure)));
        rows.into_iter().map(shared).collect()
    }

    /// Returns the measures with these numbers.
    pub async fn measures_by_number(
        &self,
        keys: &[(PlanKey, u32)],
    ) -> Result<HashMap<(PlanKey, u32), Arc<PublishedMeasure>>, StorageError> {
        let found = self
            .measures_in_index(keys, |index, number| index.find_by_number(*number).into_iter().collect())
            .await?;
        let first =
            |(key, measures): (_, Vec<Arc<PublishedMeasure>>)| Some((key, measures.into_iter().next()?));
        Ok(found.into_iter().filter_map(first).collect())
    }

    /// Returns the measures before and after these positions in document order.
    pub async fn adjacent_measures(
        &self,
        positions: &[(PlanKey, i64)],
    ) -> Result<HashMap<(PlanKey, i64), AdjacentMeasures>, StorageError> {
        let adjacent = self
            .measures_in_index(positions, |index, position| {
                let (previous, next) = index.neighbours(*position);
                previous.into_iter().chain(next).collect()
            })
            .await?;
        let by_side = |(position, measures): ((PlanKey, i64), Vec<Arc<PublishedMeasure>>)| {
            let mut adjacent = AdjacentMeasures::default();
            for measure in measures {
                if measure.position < position.1 {
                    adjacent.previous = Some(measure);
                } else {
                    adjacent.next = Some(measure);
                }
            }
            (position, adjacent)
        };
        Ok(adjacent.into_iter().map(by_side).collect())
    }

    /// Returns the repeats of the measures with these numbers, in document order.
    pub async fn repeats(
        &self,
        keys: &[(PlanKey, u32)],
    ) -> Result<HashMap<(PlanKey, u32), Vec<Arc<PublishedMeasure>>>, StorageError> {
        self.measures_in_index(keys, |index, number| index.repeats(*number).take(MAX_REPEATS).collect()).await
    }

    /// Returns the sub-measures of the measures with these numbers, in document order.
    pub async fn child_measures(
        &self,
        keys: &[(PlanKey, u32)],
    ) -> Result<HashMap<(PlanKey, u32), Vec<Arc<PublishedMeasure>>>, StorageError> {
        self.measures_in_index(keys, |index, number| index.children(*number).collect()).await
    }

    /// Returns the first measure of a plan with this label. `category` limits the search to one category.
    pub async fn measure_by_label(
        &self,
        plan: &PlanKey,
        label: &str,
        category: Option<&CategoryKey>,
    ) -> Result<Option<Arc<PublishedMeasure>>, StorageError> {
        let cached = self.measure_index(plan).await?;
        let Some(row_id) = cached.index.find_by_label(label, category).map(|found| found.row_id) else {
            return Ok(None);
        };
        Ok(self.measures_by_row_id(vec![row_id]).await?.remove(&row_id))
    }

    /// Returns true if repeats of a measure have a different status.
    pub async fn repeats_disagree(&self, plan: &PlanKey, number: u32) -> Result<bool, StorageError> {
        Ok(self.measure_index(plan).await?.index.repeats_disagree(number))
    }

    /// Returns the repeats of each repeated measure of a plan, by number. Runs no statement if the index is
    /// cached. For exports.
    pub async fn repeat_summaries(
        &self,
        plan: &PlanKey,
        limit: usize,
    ) -> Result<HashMap<u32, RepeatSummary>, StorageError> {
        let cached = self.measure_index(plan).await?;
        let index = &cached.index;
        let summary = |measure: &IndexedMeasure| {
            let number = measure.number;
            let numbers = index.repeats(number).take(limit).map(|other| other.number).collect();
            (number, RepeatSummary { numbers, statuses_differ: index.repeats_disagree(number) })
        };
        let grouped = index.measures().iter().filter(|measure| measure.repeat_group.is_some());
        Ok(grouped.map(summary).collect())
    }

    /// Finds measures in the index of each plan and reads their rows.
    async fn measures_in_index<W: Clone + Eq + std::hash::Hash>(
        &self,
        keys: &[(PlanKey, W)],
        find: impl for<'i> Fn(&'i crate::query_index::MeasureIndex, &W) -> Vec<&'i IndexedMeasure>,
    ) -> Result<HashMap<(PlanKey, W), Vec<Arc<PublishedMeasure>>>, StorageError> {
        let mut ids: Vec<((PlanKey, W), Vec<RowId>)> = Vec::with_capacity(keys.len());
        for key in keys {
            let cached = self.measure_index(&key.0).await?;
            let found = find(&cached.index, &key.1).into_iter().map(|measure| measure.row_id).collect();
            ids.push((key.clone(), found));
        }
        let rows = self.measures_by_row_id(ids.iter().flat_map(|(_, ids)| ids).copied().collect()).await?;
        let with_rows = |(key, ids): ((PlanKey, W), Vec<RowId>)| {
            (key, ids.iter().filter_map(|id| rows.get(id).cloned()).collect())
        };
        Ok(ids.into_iter().map(with_rows).collect())
    }

    /// Returns measures by row id. Runs one statement for the rows that are not cached.
    pub(crate) async fn measures_by_row_id(
        &self,
        mut ids: Vec<RowId>,
    ) -> Result<HashMap<RowId, Arc<PublishedMeasure>>, StorageError> {
        ids.sort_unstable();
        ids.dedup();
        let mut measures = HashMap::with_capacity(ids.len());
        ids.retain(|id| match self.row_cache.measure(*id) {
            Some(measure) => {
                measures.insert(*id, measure);
                false
            }
            None => true,
        });
        for chunk in ids.chunks(MAX_IN_VALUES) {
            let chunk = measure::Column::RowId.is_in(chunk.iter().map(|id| id.get()));
            for row in measure::Entity::find().filter(chunk).all(&self.read_pool).await? {
                let (row_id, measure) = (RowId::new(row.row_id), Arc::new(to_measure(row)?));
                self.row_cache.insert(row_id, &measure);
                measures.insert(row_id, measure);
            }
        }
        Ok(measures)
    }
}

fn from_cursor(cursor: &Cursor) -> SortKey {
    let value = |value: &CursorValue| match value {
        CursorValue::Number(number) => *number,
        // Positions are numbers. Only a forged cursor contains text, and any position is correct for it.
        CursorValue::Text(_) => 0,
    };
    SortKey(cursor.0.iter().map(value).collect())
}

fn to_cursor(key: SortKey) -> Cursor {
    Cursor(key.0.into_iter().map(CursorValue::Number).collect())
}
