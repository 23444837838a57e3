//! Loads the measure index of a plan and keeps it at the latest revision.
//!
//! The index of an earlier revision is updated from the rows that were opened or closed since. A changed
//! status costs one row, independent of the size of the plan.

use std::collections::HashSet;
use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::PlanKey;
use passerelle_model::language::Language;
use passerelle_model::revision::RevisionNumber;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::convert::category::to_category;
use crate::convert::indexed_measure::{IndexRow, TextRow, index_measure};
use crate::entity::{category, measure, plan};
use crate::error::StorageError;
use crate::index_cache::{CachedIndex, FilterResult, MAX_PAST_INDEXES};
use crate::indexed_details::NameInterner;
use crate::measure_scope::MeasureScope;
use crate::meta::pruned_revision;
use crate::query_index::{IndexedMeasure, MeasureFilter, MeasureIndex, TitleIndex};
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

impl ReadView {
    /// Returns the index of a plan at the revision of this view.
    pub(crate) async fn measure_index(&self, plan: &PlanKey) -> Result<Arc<CachedIndex>, StorageError> {
        match self.index_cache.get(plan) {
            Some((revision, cached)) if revision == self.revision.number => Ok(cached),
            // Boxed to keep the future of a cache hit small.
            _ => Box::pin(self.load_measure_index(plan)).await,
        }
    }

    async fn load_measure_index(&self, plan: &PlanKey) -> Result<Arc<CachedIndex>, StorageError> {
        let at = self.revision.number;
        let guard = self.index_cache.load_lock.lock().await;
        let cached = match self.index_cache.get(plan) {
            Some((revision, cached)) if revision == at => return Ok(cached),
            Some((revision, _)) if revision > at => {
                drop(guard);
                return self.past_measure_index(plan).await;
            }
            Some((revision, cached)) => self.catch_up_index(plan, cached, revision).await?,
            None => Arc::new(self.build_index(plan).await?),
        };
        self.index_cache.insert(plan, at, &cached);
        Ok(cached)
    }

    async fn past_measure_index(&self, plan: &PlanKey) -> Result<Arc<CachedIndex>, StorageError> {
        let at = self.revision.number;
        let mut past = self.index_cache.past_indexes.lock().await;
        if let Some((.., cached)) = past.iter().find(|(of, revision, _)| of == plan && *revision == at) {
            return Ok(Arc::clone(cached));
        }
        let cached = Arc::new(self.build_index(plan).await?);
        past.truncate(MAX_PAST_INDEXES - 1);
        past.insert(0, (plan.clone(), at, Arc::clone(&cached)));
        Ok(cached)
    }

    async fn build_index(&self, plan: &PlanKey) -> Result<CachedIndex, StorageError> {
        let tree = self.load_category_tree(plan).await?;
        let live = measure::Entity::live(self.revision.number);
        let rows = self.index_rows(plan, live).await?;
        let mut names = NameInterner::default();
        let measures = rows
            .into_iter()
            .map(|row| index_measure(&mut names, &row, &tree))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(CachedIndex::new(MeasureIndex::new(tree, measures)))
    }

    /// Updates an index of an earlier revision to the revision of this view.
    async fn catch_up_index(
        &self,
        plan: &PlanKey,
        cached: Arc<CachedIndex>,
        since: RevisionNumber,
    ) -> Result<Arc<CachedIndex>, StorageError> {
        let changed = category::Entity::find()
            .filter(category::Column::PlanKey.eq(plan.as_str()))
            .filter(changed_between::<category::Entity>(since, self.revision.number))
            .one(&self.read_pool)
            .await?;
        // Pruning deletes closed rows, so rows closed before it can no longer be found.
        let pruned = pruned_revision(&self.read_pool).await?;
        if changed.is_some() || pruned > since.get() {
            return Ok(Arc::new(self.build_index(plan).await?));
        }
        let rows =
            self.index_rows(plan, changed_between::<measure::Entity>(since, self.revision.number)).await?;
        if rows.is_empty() {
            return Ok(cached);
        }
        let is_live =
            |row: &IndexRow| row.until_revision.is_none_or(|until| until > self.revision.number.get());
        let changed_row_ids: HashSet<RowId> = rows.iter().map(|row| RowId::new(row.row_id)).collect();
        let tree = Arc::clone(cached.index.tree());
        let unchanged =
            cached.index.measures().iter().filter(|measure| !changed_row_ids.contains(&measure.row_id));
        let mut measures: Vec<IndexedMeasure> = unchanged.cloned().collect();
        let mut names = NameInterner::default();
        for row in rows.into_iter().filter(is_live) {
            measures.push(index_measure(&mut names, &row, &tree)?);
        }
        Ok(Arc::new(CachedIndex::new(MeasureIndex::new(tree, measures))))
    }

    async fn load_category_tree(&self, plan: &PlanKey) -> Result<Arc<CategoryTree>, StorageError> {
        let rows = category::Entity::find()
            .filter(category::Entity::live(self.revision.number))
            .filter(category::Column::PlanKey.eq(plan.as_str()))
            .order_by_asc(category::Column::Position)
            .all(&self.read_pool)
            .await?;
        let categories = rows.into_iter().map(to_category).collect::<Result<Vec<_>, _>>()?;
        Ok(Arc::new(CategoryTree::new(categories)))
    }

    async fn index_rows(&self, plan: &PlanKey, condition: Condition) -> Result<Vec<IndexRow>, StorageError> {
        use measure::Column;
        let columns = [
            Column::RowId,
            Column::UntilRevision,
            Column::Number,
            Column::Label,
            Column::Parent,
            Column::Position,
            Column::Status,
            Column::Programme,
            Column::IsRepeated,
            Column::RepeatGroup,
            Column::CategoryKey,
            Column::Details,
            Column::UpdatedAt,
        ];
        let select = measure::Entity::find().filter(Column::PlanKey.eq(plan.as_str())).filter(condition);
        Ok(select.select_only().columns(columns).into_model::<IndexRow>().all(&self.read_pool).await?)
    }

    /// Returns the measures of a scope that match a filter.
    pub(crate) async fn filter_measures(
        &self,
        cached: &CachedIndex,
        scope: &MeasureScope,
        filter: &MeasureFilter,
    ) -> Result<Arc<FilterResult>, StorageError> {
        let words = self.text_words_for(cached, filter, &scope.plan).await?;
        Ok(cached.filter_measures(scope.category.as_ref(), filter, words))
    }

    /// Returns the words of the texts if the filter needs them.
    pub(crate) async fn text_words_for<'c>(
        &self,
        cached: &'c CachedIndex,
        filter: &MeasureFilter,
        plan: &PlanKey,
    ) -> Result<Option<&'c TitleIndex>, StorageError> {
        if filter.needs_words() { self.text_words(cached, plan).await.map(Some) } else { Ok(None) }
    }

    /// Returns the words of the titles. Reads the titles on first use.
    pub(crate) async fn title_words<'c>(
        &self,
        cached: &'c CachedIndex,
        plan: &PlanKey,
    ) -> Result<&'c TitleIndex, StorageError> {
        cached
            .title_words
            .get_or_try_init(async || {
                let lang = self.plan_lang(plan).await?;
                let titles: Vec<(i64, String)> = measure::Entity::find()
                    .filter(measure::Entity::live(self.revision.number))
                    .filter(measure::Column::PlanKey.eq(plan.as_str()))
                    .order_by_asc(measure::Column::Position)
                    .select_only()
                    .columns([measure::Column::RowId, measure::Column::TitleText])
                    .into_tuple()
                    .all(&self.read_pool)
                    .await?;
                Ok(TitleIndex::new(titles.iter().map(|(_, title)| title.as_str()), lang))
            })
            .await
    }

    /// Returns the words of the texts of the measures: the texts that the search index contains. Reads them
    /// on first use.
    async fn text_words<'c>(
        &self,
        cached: &'c CachedIndex,
        plan: &PlanKey,
    ) -> Result<&'c TitleIndex, StorageError> {
        use measure::Column;
        let columns = [Column::RowId, Column::TitleText, Column::Label, Column::Programme, Column::Details];
        cached
            .text_words
            .get_or_try_init(async || {
                let lang = self.plan_lang(plan).await?;
                let rows: Vec<TextRow> = measure::Entity::find()
                    .filter(measure::Entity::live(self.revision.number))
                    .filter(Column::PlanKey.eq(plan.as_str()))
                    .order_by_asc(Column::Position)
                    .select_only()
                    .columns(columns)
                    .into_model()
                    .all(&self.read_pool)
                    .await?;
                let texts = rows.into_iter().map(TextRow::into_text).collect::<Result<Vec<_>, _>>()?;
                Ok(TitleIndex::new(texts.iter().map(String::as_str), lang))
            })
            .await
    }

    /// Returns the language of a plan.
    async fn plan_lang(&self, plan: &PlanKey) -> Result<Language, StorageError> {
        let row = plan::Entity::find()
            .filter(plan::Entity::live(self.revision.number))
            .filter(plan::Column::Key.eq(plan.as_str()))
            .one(&self.read_pool)
            .await?;
        // A plan that is not published has no texts either.
        let Some(plan) = row else { return Ok(Language::default()) };
        RowContext { table: "plan", key: &plan.key }.parse_lang(&plan.lang)
    }
}

/// Returns a condition for rows that began or ended after one revision and up to another.
fn changed_between<E: Versioned>(since: RevisionNumber, at: RevisionNumber) -> Condition {
    let after = |column: E::Column| Condition::all().add(column.gt(since.get())).add(column.lte(at.get()));
    Condition::any().add(after(E::FROM_REVISION)).add(after(E::UNTIL_REVISION))
}
