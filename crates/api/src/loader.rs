//! The relations: one batch loader each, made for the request.
//!
//! To add a relation: a key type here, and an `impl Loader` that makes one storage call for all keys.

mod above;
mod batch;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::asset::AssetFacts;
use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::manifest::Document;
use passerelle_model::page::Collection;
use passerelle_model::path::DocumentPath;
use passerelle_model::served::{ServedMeasure, ServedPage, ServedService};
use passerelle_storage::link_target::LinkedPage;
use passerelle_storage::query_index::{MeasureFilter, Tally};
use passerelle_storage::{
    FolderCounts, LoggedChange, MeasureQuery, MeasureScope, Predecessors, RelatedPage, RelatedPlan, Relation,
    Slice, StatusChange, Surroundings, View,
};

use crate::error::ApiError;
use crate::input::{WindowArgs, collection_query};
pub(crate) use above::AbovePages;
pub(crate) use batch::{Batches, drive};

/// Loads from the content at one revision.
pub(crate) struct ViewLoader {
    view: View,
}

impl ViewLoader {
    /// Loads from a view.
    pub(crate) fn new(view: View) -> Self {
        Self { view }
    }
}

/// The plan that a category belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlanOf(pub(crate) CategoryKey);

/// The measure of a number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Numbered(pub(crate) PlanKey, pub(crate) u32);

/// The measures before and after a place.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Near(pub(crate) PlanKey, pub(crate) i64);

/// The other measures that say the same as that of a number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RepeatsOf(pub(crate) PlanKey, pub(crate) u32);

/// The statuses that a measure had.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct StatusesOf(pub(crate) MeasureKey);

/// The numbers that a measure had.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct NumbersOf(pub(crate) MeasureKey);

/// What the measures of some editions of a plan, oldest first, were in the editions before.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PredecessorsIn(pub(crate) Vec<PlanKey>, pub(crate) Language);

/// A part of the measures of a plan or category.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasuresOf(pub(crate) MeasureScope, pub(crate) Arc<MeasureQuery>);

/// What the measures of a plan or category come to that a filter keeps.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TallyOf(pub(crate) MeasureScope, pub(crate) Arc<MeasureFilter>);

/// The measures of a plan that are related to a page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RelatedMeasuresOf(pub(crate) RelatedPlan, pub(crate) PageKey);

/// The pages that are related to the measures of a plan.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RelatedPagesOf(pub(crate) RelatedPlan);

/// What measures were in the editions before theirs, and became in those after.
pub(crate) struct Threads {
    pub(crate) before: Predecessors,
    pub(crate) after: HashMap<MeasureKey, MeasureKey>,
}

/// The pages with a translation key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Translations(pub(crate) String);

/// The documents of the folder, counted.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Counts;

/// The lines of the measures of a document.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LinesOf(pub(crate) DocumentKey);

/// The pages that links call by a name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Linked(pub(crate) String);

/// The pages that a collection lists.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Listed(pub(crate) Collection);

type Loaded<K, V> = Result<HashMap<K, V>, ApiError>;

impl Loader<PlanOf> for ViewLoader {
    type Value = PlanKey;
    type Error = ApiError;

    async fn load(&self, keys: &[PlanOf]) -> Loaded<PlanOf, Self::Value> {
        let categories: Vec<CategoryKey> = keys.iter().map(|key| key.0.clone()).collect();
        let plans = self.view.plans_of_categories(&categories).await?;
        Ok(plans.into_iter().map(|(category, plan)| (PlanOf(category), plan)).collect())
    }
}

impl Loader<MeasureKey> for ViewLoader {
    type Value = Arc<ServedMeasure>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasureKey]) -> Loaded<MeasureKey, Self::Value> {
        Ok(self.view.measures_by_key(keys).await?)
    }
}

impl Loader<Numbered> for ViewLoader {
    type Value = Arc<ServedMeasure>;
    type Error = ApiError;

    async fn load(&self, keys: &[Numbered]) -> Loaded<Numbered, Self::Value> {
        let wanted: Vec<(PlanKey, u32)> =
            keys.iter().map(|Numbered(plan, number)| (plan.clone(), *number)).collect();
        let found = self.view.measures_by_number(&wanted).await?;
        Ok(found.into_iter().map(|((plan, number), measure)| (Numbered(plan, number), measure)).collect())
    }
}

impl Loader<Near> for ViewLoader {
    type Value = Arc<Surroundings>;
    type Error = ApiError;

    async fn load(&self, keys: &[Near]) -> Loaded<Near, Self::Value> {
        let places: Vec<(PlanKey, i64)> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.surroundings(&places).await?.into_iter();
        Ok(found.map(|((plan, position), near)| (Near(plan, position), Arc::new(near))).collect())
    }
}

impl Loader<RepeatsOf> for ViewLoader {
    type Value = Vec<Arc<ServedMeasure>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RepeatsOf]) -> Loaded<RepeatsOf, Self::Value> {
        let wanted: Vec<(PlanKey, u32)> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.repeats(&wanted).await?.into_iter();
        Ok(found.map(|((plan, number), repeats)| (RepeatsOf(plan, number), repeats)).collect())
    }
}

impl Loader<StatusesOf> for ViewLoader {
    type Value = Arc<Vec<StatusChange>>;
    type Error = ApiError;

    async fn load(&self, keys: &[StatusesOf]) -> Loaded<StatusesOf, Self::Value> {
        let measures: Vec<MeasureKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.status_changes(&measures).await?.into_iter();
        Ok(found.map(|(key, changes)| (StatusesOf(key), Arc::new(changes))).collect())
    }
}

impl Loader<NumbersOf> for ViewLoader {
    type Value = Arc<Vec<u32>>;
    type Error = ApiError;

    async fn load(&self, keys: &[NumbersOf]) -> Loaded<NumbersOf, Self::Value> {
        let measures: Vec<MeasureKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.numbers_of(&measures).await?.into_iter();
        Ok(found.map(|(key, numbers)| (NumbersOf(key), Arc::new(numbers))).collect())
    }
}

impl Loader<PredecessorsIn> for ViewLoader {
    type Value = Arc<Threads>;
    type Error = ApiError;

    async fn load(&self, keys: &[PredecessorsIn]) -> Loaded<PredecessorsIn, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            let before = self.view.predecessors(&key.0, key.1).await?;
            let after = before.iter().map(|(later, earlier)| (earlier.clone(), later.clone())).collect();
            loaded.insert(key.clone(), Arc::new(Threads { before, after }));
        }
        Ok(loaded)
    }
}

impl Loader<RelatedMeasuresOf> for ViewLoader {
    type Value = Arc<Vec<(Arc<ServedMeasure>, Relation)>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RelatedMeasuresOf]) -> Loaded<RelatedMeasuresOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (plan, pages) in grouped(keys.iter().map(|key| (key.0.clone(), key.1.clone()))) {
            let found = self.view.related_measures(&plan, &pages).await?.into_iter();
            loaded.extend(
                found.map(|(page, related)| (RelatedMeasuresOf(plan.clone(), page), Arc::new(related))),
            );
        }
        Ok(loaded)
    }
}

impl Loader<RelatedPagesOf> for ViewLoader {
    type Value = Arc<HashMap<u32, Vec<RelatedPage>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RelatedPagesOf]) -> Loaded<RelatedPagesOf, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            loaded.insert(key.clone(), Arc::new(self.view.related_pages(&key.0).await?));
        }
        Ok(loaded)
    }
}

impl Loader<NodeKey> for ViewLoader {
    type Value = Arc<Vec<LoggedChange>>;
    type Error = ApiError;

    async fn load(&self, keys: &[NodeKey]) -> Loaded<NodeKey, Self::Value> {
        Ok(shared(self.view.changes_of(keys).await?))
    }
}

impl Loader<MeasuresOf> for ViewLoader {
    type Value = Arc<Slice<Arc<ServedMeasure>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasuresOf]) -> Loaded<MeasuresOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (query, scopes) in grouped(keys.iter().map(|key| (key.1.clone(), key.0.clone()))) {
            let slices = self.view.measures(&scopes, &query).await?;
            let slices = slices.into_iter();
            loaded.extend(slices.map(|(scope, slice)| (MeasuresOf(scope, query.clone()), Arc::new(slice))));
        }
        Ok(loaded)
    }
}

impl Loader<TallyOf> for ViewLoader {
    type Value = Arc<Tally>;
    type Error = ApiError;

    async fn load(&self, keys: &[TallyOf]) -> Loaded<TallyOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (filter, scopes) in grouped(keys.iter().map(|key| (key.1.clone(), key.0.clone()))) {
            let tallies = self.view.tallies(&scopes, &filter).await?.into_iter();
            loaded.extend(tallies.map(|(scope, tally)| (TallyOf(scope, filter.clone()), Arc::new(tally))));
        }
        Ok(loaded)
    }
}

impl Loader<PageKey> for ViewLoader {
    type Value = Arc<ServedPage>;
    type Error = ApiError;

    async fn load(&self, keys: &[PageKey]) -> Loaded<PageKey, Self::Value> {
        Ok(shared(self.view.pages_by_key(keys).await?))
    }
}

impl Loader<Translations> for ViewLoader {
    type Value = Arc<Vec<Arc<ServedPage>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[Translations]) -> Loaded<Translations, Self::Value> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.translations(&names).await?.into_iter();
        Ok(found
            .map(|(name, pages)| (Translations(name), Arc::new(pages.into_iter().map(Arc::new).collect())))
            .collect())
    }
}

impl Loader<ServiceKey> for ViewLoader {
    type Value = Arc<ServedService>;
    type Error = ApiError;

    async fn load(&self, keys: &[ServiceKey]) -> Loaded<ServiceKey, Self::Value> {
        Ok(shared(self.view.services_by_key(keys).await?))
    }
}

impl Loader<DocumentKey> for ViewLoader {
    type Value = Arc<Document>;
    type Error = ApiError;

    async fn load(&self, keys: &[DocumentKey]) -> Loaded<DocumentKey, Self::Value> {
        Ok(shared(self.view.documents_by_key(keys).await?))
    }
}

impl Loader<Linked> for ViewLoader {
    type Value = Arc<Vec<LinkedPage>>;
    type Error = ApiError;

    async fn load(&self, keys: &[Linked]) -> Loaded<Linked, Self::Value> {
        let names: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let mut found: HashMap<String, Vec<LinkedPage>> = HashMap::new();
        for page in self.view.linked_pages(&names).await? {
            for name in page.names() {
                found.entry(name.to_owned()).or_default().push(page.clone());
            }
        }
        let key = |key: &Linked| Some((key.clone(), Arc::new(found.remove(&key.0)?)));
        Ok(keys.iter().filter_map(key).collect())
    }
}

impl Loader<Listed> for ViewLoader {
    type Value = Arc<Vec<LinkedPage>>;
    type Error = ApiError;

    async fn load(&self, keys: &[Listed]) -> Loaded<Listed, Self::Value> {
        /// A list in a text has as many pages at most, unless its editor wants fewer.
        const LONGEST: i32 = 100;
        let mut loaded = HashMap::new();
        for key in keys {
            let first = key.0.limit.is_none().then_some(LONGEST);
            let (query, _) = collection_query(&key.0, WindowArgs { first, ..WindowArgs::default() })?;
            loaded.insert(key.clone(), Arc::new(self.view.listed_pages(&query).await?));
        }
        Ok(loaded)
    }
}

impl Loader<DocumentPath> for ViewLoader {
    type Value = Arc<AssetFacts>;
    type Error = ApiError;

    async fn load(&self, keys: &[DocumentPath]) -> Loaded<DocumentPath, Self::Value> {
        Ok(shared(self.view.asset_facts(keys).await?))
    }
}

impl Loader<Counts> for ViewLoader {
    type Value = FolderCounts;
    type Error = ApiError;

    async fn load(&self, _: &[Counts]) -> Loaded<Counts, Self::Value> {
        Ok(HashMap::from([(Counts, self.view.folder_counts().await?)]))
    }
}

impl Loader<LinesOf> for ViewLoader {
    type Value = Arc<HashMap<MeasureKey, u32>>;
    type Error = ApiError;

    async fn load(&self, keys: &[LinesOf]) -> Loaded<LinesOf, Self::Value> {
        let documents: Vec<DocumentKey> = keys.iter().map(|key| key.0.clone()).collect();
        let lines = self.view.measure_lines(&documents).await?.into_iter();
        Ok(lines.map(|(document, lines)| (LinesOf(document), Arc::new(lines))).collect())
    }
}

fn shared<K: Eq + Hash, V>(values: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    values.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

/// Things by what is asked of them, in the order in which they were asked.
fn grouped<Q: PartialEq, T>(asked: impl Iterator<Item = (Q, T)>) -> Vec<(Q, Vec<T>)> {
    let mut groups: Vec<(Q, Vec<T>)> = Vec::new();
    for (query, thing) in asked {
        match groups.iter_mut().find(|(known, _)| *known == query) {
            Some((_, things)) => things.push(thing),
            None => groups.push((query, vec![thing])),
        }
    }
    groups
}
