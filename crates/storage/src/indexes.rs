//! The indexes of plans' measures, held in memory and kept at the newest revision.
//!
//! They are derived from the rows and can be thrown away. An index at a revision is brought to a later one by the rows
//! that were opened or closed between them, so that a changed status costs a look at one row, whatever the plan's size.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::sync::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::{Mutex, OnceCell};

use crate::column::Address;
use crate::entity::{category, measure, plan};
use crate::error::StorageError;
use crate::history::pruned_revision;
use crate::measures::MeasureScope;
use crate::query_index::{IndexedMeasure, MeasureFilter, MeasureIndex, Tally, TitleWords};
use crate::timed::Timed;
use crate::view::View;

/// How many indexes of past revisions are held beside those of the newest.
const PAST: usize = 8;

/// An index, and the words of titles once somebody asked for them.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) index: MeasureIndex,
    words: OnceCell<TitleWords>,
    /// What was last asked for: a list and what it comes to are asked for together, and its pages one after the other.
    /// Not the asynchronous mutex: it is held for a look.
    answers: std::sync::Mutex<VecDeque<(Question, Arc<Kept>)>>,
}

/// A category, if it is not the whole plan, and a filter.
type Question = (Option<CategoryKey>, MeasureFilter);

/// The measures that a filter keeps, and what they come to once somebody asked for that.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) measures: Vec<usize>,
    tally: OnceLock<Tally>,
}

impl Kept {
    pub(crate) fn tally(&self, index: &MeasureIndex) -> &Tally {
        self.tally.get_or_init(|| index.tally(&self.measures))
    }
}

/// How many answers are held for each plan.
const ANSWERS: usize = 8;

/// The indexes that are held.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    /// Not the asynchronous lock: it is held for a look.
    held: RwLock<HashMap<PlanKey, (RevisionNumber, Arc<Held>)>>,
    /// The asynchronous mutex: who comes second waits for the first to have loaded.
    loading: Mutex<()>,
    past: Mutex<Vec<(PlanKey, RevisionNumber, Arc<Held>)>>,
}

impl Indexes {
    fn of(&self, plan: &PlanKey) -> Option<(RevisionNumber, Arc<Held>)> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(plan).cloned()
    }

    fn hold(&self, plan: &PlanKey, at: RevisionNumber, held: &Arc<Held>) {
        let mut all = self.held.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(plan.clone(), (at, Arc::clone(held)));
    }
}

/// What an index holds of a row.
#[derive(FromQueryResult)]
struct Indexable {
    row_id: i64,
    until_revision: Option<i64>,
    number: i32,
    position: i64,
    status: String,
    programme: Option<String>,
    is_repeated: bool,
    repeat_group: Option<i32>,
    category_key: String,
    updated_at: i64,
}

impl View {
    /// The index of a plan's measures at the revision of this view.
    pub(crate) async fn held(&self, plan: &PlanKey) -> Result<Arc<Held>, StorageError> {
        match self.indexes.of(plan) {
            Some((revision, held)) if revision == self.revision.number => Ok(held),
            // Apart, so that who finds it there carries none of the other.
            _ => Box::pin(self.held_anew(plan)).await,
        }
    }

    async fn held_anew(&self, plan: &PlanKey) -> Result<Arc<Held>, StorageError> {
        let at = self.revision.number;
        let loading = self.indexes.loading.lock().await;
        let held = match self.indexes.of(plan) {
            Some((revision, held)) if revision == at => return Ok(held),
            Some((revision, _)) if revision > at => {
                drop(loading);
                return self.held_past(plan).await;
            }
            Some((revision, held)) => self.brought_up(plan, held, revision).await?,
            None => Arc::new(self.loaded(plan).await?),
        };
        self.indexes.hold(plan, at, &held);
        Ok(held)
    }

    async fn held_past(&self, plan: &PlanKey) -> Result<Arc<Held>, StorageError> {
        let at = self.revision.number;
        let mut past = self.indexes.past.lock().await;
        if let Some((.., held)) = past.iter().find(|(of, revision, _)| of == plan && *revision == at) {
            return Ok(Arc::clone(held));
        }
        let held = Arc::new(self.loaded(plan).await?);
        past.truncate(PAST - 1);
        past.insert(0, (plan.clone(), at, Arc::clone(&held)));
        Ok(held)
    }

    async fn loaded(&self, plan: &PlanKey) -> Result<Held, StorageError> {
        let tree = self.tree(plan).await?;
        let live = measure::Entity::live(self.revision.number);
        let rows = self.rows_of(plan, live).await?;
        let mut names = Names::default();
        let measures =
            rows.into_iter().map(|row| names.indexed(&row, &tree)).collect::<Result<Vec<_>, _>>()?;
        Ok(Held::new(MeasureIndex::new(tree, measures)))
    }

    /// An index of an earlier revision, brought to that of this view.
    async fn brought_up(
        &self,
        plan: &PlanKey,
        held: Arc<Held>,
        since: RevisionNumber,
    ) -> Result<Arc<Held>, StorageError> {
        let changed = category::Entity::find()
            .filter(category::Column::PlanKey.eq(plan.as_str()))
            .filter(between::<category::Entity>(since, self.revision.number))
            .one(&self.reader)
            .await?;
        // Rows that ended before the last pruning are not there any more to tell of it.
        let pruned = pruned_revision(&self.reader).await?;
        if changed.is_some() || pruned > since.get() {
            return Ok(Arc::new(self.loaded(plan).await?));
        }
        let rows = self.rows_of(plan, between::<measure::Entity>(since, self.revision.number)).await?;
        if rows.is_empty() {
            return Ok(held);
        }
        let is_live =
            |row: &Indexable| row.until_revision.is_none_or(|until| until > self.revision.number.get());
        let touched: HashSet<i64> = rows.iter().map(|row| row.row_id).collect();
        let tree = Arc::clone(held.index.tree());
        let kept = held.index.measures().iter().filter(|measure| !touched.contains(&measure.row_id));
        let mut measures: Vec<IndexedMeasure> = kept.cloned().collect();
        let mut names = Names::default();
        for row in rows.into_iter().filter(is_live) {
            measures.push(names.indexed(&row, &tree)?);
        }
        Ok(Arc::new(Held::new(MeasureIndex::new(tree, measures))))
    }

    async fn tree(&self, plan: &PlanKey) -> Result<Arc<CategoryTree>, StorageError> {
        let rows = category::Entity::find()
            .filter(category::Entity::live(self.revision.number))
            .filter(category::Column::PlanKey.eq(plan.as_str()))
            .order_by_asc(category::Column::Position)
            .all(&self.reader)
            .await?;
        let categories = rows.into_iter().map(crate::plans::to_category).collect::<Result<Vec<_>, _>>()?;
        Ok(Arc::new(CategoryTree::new(categories)))
    }

    async fn rows_of(&self, plan: &PlanKey, kept: Condition) -> Result<Vec<Indexable>, StorageError> {
        use measure::Column;
        let columns = [
            Column::RowId,
            Column::UntilRevision,
            Column::Number,
            Column::Position,
            Column::Status,
            Column::Programme,
            Column::IsRepeated,
            Column::RepeatGroup,
            Column::CategoryKey,
            Column::UpdatedAt,
        ];
        let select = measure::Entity::find().filter(Column::PlanKey.eq(plan.as_str())).filter(kept);
        Ok(select.select_only().columns(columns).into_model::<Indexable>().all(&self.reader).await?)
    }
}

impl Held {
    fn new(index: MeasureIndex) -> Self {
        Self { index, words: OnceCell::new(), answers: std::sync::Mutex::default() }
    }

    /// The measures that a filter keeps.
    pub(crate) async fn kept(
        &self,
        view: &View,
        scope: &MeasureScope,
        filter: &MeasureFilter,
    ) -> Result<Arc<Kept>, StorageError> {
        let question = (scope.category.clone(), filter.clone());
        let known = {
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.iter().find(|(known, _)| *known == question).map(|(_, kept)| Arc::clone(kept))
        };
        if let Some(kept) = known {
            return Ok(kept);
        }
        let words = self.words_for(filter, view, &scope.plan).await?;
        let measures = self.index.kept(scope.category.as_ref(), filter, words);
        let kept = Arc::new(Kept { measures, tally: OnceLock::new() });
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.truncate(ANSWERS - 1);
        answers.push_front((question, Arc::clone(&kept)));
        Ok(kept)
    }

    /// The words of the titles, if a filter needs them; read when they are first needed.
    pub(crate) async fn words_for(
        &self,
        filter: &MeasureFilter,
        view: &View,
        plan: &PlanKey,
    ) -> Result<Option<&TitleWords>, StorageError> {
        if filter.needs_words() { self.words(view, plan).await.map(Some) } else { Ok(None) }
    }

    /// The words of the titles, read when they are first asked for.
    pub(crate) async fn words(&self, view: &View, plan: &PlanKey) -> Result<&TitleWords, StorageError> {
        self.words
            .get_or_try_init(async || {
                let lang = plan::Entity::find()
                    .filter(plan::Entity::live(view.revision.number))
                    .filter(plan::Column::Key.eq(plan.as_str()))
                    .one(&view.reader)
                    .await?;
                let lang = lang.and_then(|plan| Language::from_tag(&plan.lang)).unwrap_or_default();
                let titles: Vec<(i64, String)> = measure::Entity::find()
                    .filter(measure::Entity::live(view.revision.number))
                    .filter(measure::Column::PlanKey.eq(plan.as_str()))
                    .order_by_asc(measure::Column::Position)
                    .select_only()
                    .columns([measure::Column::RowId, measure::Column::TitleText])
                    .into_tuple()
                    .all(&view.reader)
                    .await?;
                Ok(TitleWords::new(titles.iter().map(|(_, title)| title.as_str()), lang))
            })
            .await
    }
}

/// The rows that were opened or closed after a revision, until another.
fn between<E: Timed>(since: RevisionNumber, at: RevisionNumber) -> Condition {
    let after = |column: E::Column| Condition::all().add(column.gt(since.get())).add(column.lte(at.get()));
    Condition::any().add(after(E::FROM)).add(after(E::UNTIL))
}

/// The names of programmes, each held once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        match self.0.get(name) {
            Some(known) => Arc::clone(known),
            None => {
                let shared: Arc<str> = name.into();
                self.0.insert(Arc::clone(&shared));
                shared
            }
        }
    }

    fn indexed(&mut self, row: &Indexable, tree: &CategoryTree) -> Result<IndexedMeasure, StorageError> {
        let key = row.row_id.to_string();
        let at = Address { table: "measure", key: &key };
        let category = tree.place(&CategoryKey::new(row.category_key.as_str()));
        Ok(IndexedMeasure {
            row_id: row.row_id,
            number: at.number("number", row.number)?,
            position: row.position,
            status: at.name("status", &row.status, MeasureStatus::from_name)?,
            programme: row.programme.as_deref().map(|name| self.shared(name)),
            is_repeated: row.is_repeated,
            repeat_group: row.repeat_group.map(|group| at.number("repeat_group", group)).transpose()?,
            category: category
                .ok_or_else(|| at.corrupt("category_key", &"it names a category that is not served"))?,
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}
