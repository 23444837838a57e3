//! Batch loaders for the relations between objects. Each request has its own.
//!
//! To add a relation, add a key type and an `impl Loader` that makes one storage call for all keys.

mod batch_scheduler;
mod navigation_ancestors;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::asset::AssetMetadata;
use passerelle_model::change::NodeKey;
use passerelle_model::document::Document;
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::page::Collection;
use passerelle_model::path::DocumentPath;
use passerelle_model::published::{PublishedMeasure, PublishedPage, PublishedService};
use passerelle_model::sync::RevisionNumber;
use passerelle_storage::link_target::LinkedPage;
use passerelle_storage::query_index::{MeasureFacets, MeasureFilter};
use passerelle_storage::{
    AdjacentMeasures, ChangeLogEntry, DocumentCounts, MeasureQuery, MeasureRelation, MeasureScope,
    ObjectAddress, Predecessors, ReadView, RelatedPage, RelationTarget, Route, Slice, StatusChange,
};

use crate::error::ApiError;
use crate::input::{PaginationArgs, collection_query};
pub(crate) use batch_scheduler::{BatchScheduler, drive_to_completion};
pub(crate) use navigation_ancestors::NavigationAncestors;

/// Loads values from one view.
pub(crate) struct ViewLoader {
    view: ReadView,
}

impl ViewLoader {
    /// Creates the loader for a view.
    pub(crate) fn new(view: ReadView) -> Self {
        Self { view }
    }
}

/// Key of the plan that contains a category.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlanOfCategory(pub(crate) CategoryKey);

/// Key of the measure with a number in a plan.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasureByNumber(pub(crate) PlanKey, pub(crate) u32);

/// Key of the previous and the next measure in document order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct NeighboursOf(pub(crate) PlanKey, pub(crate) i64);

/// Key of the other measures that repeat a measure.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RepeatsOfMeasure(pub(crate) PlanKey, pub(crate) u32);

/// Key of the sub-measures of a measure.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ChildMeasuresOf(pub(crate) PlanKey, pub(crate) u32);

/// Key of the status history of a measure.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct StatusChangesOf(pub(crate) MeasureKey);

/// Key of the earlier numbers of a measure.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PreviousNumbersOf(pub(crate) MeasureKey);

/// Key of the links between editions of a plan, oldest first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct EditionLinksOf(pub(crate) Vec<PlanKey>, pub(crate) Language);

/// Key of one range of the measures of a plan or category.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasureListOf(pub(crate) MeasureScope, pub(crate) Arc<MeasureQuery>);

/// Key of the facets of the measures that match a filter.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct FacetCountsOf(pub(crate) MeasureScope, pub(crate) Arc<MeasureFilter>);

/// Key of the measures of a plan that are related to a page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RelatedMeasuresOfPage(pub(crate) RelationTarget, pub(crate) PageKey);

/// Key of the pages that are related to the measures of a plan.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RelatedPagesOfPlan(pub(crate) RelationTarget);

/// Numbers of the same measure in the previous and the next edition.
pub(crate) struct EditionLinks {
    pub(crate) predecessors: Predecessors,
    pub(crate) successors: HashMap<MeasureKey, MeasureKey>,
}

/// Key of the pages with a translation key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PagesByTranslationKey(pub(crate) String);

/// Key of the number of documents by state.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct FolderCountsKey;

/// Key of the source lines of the measures of a document.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasureLinesOf(pub(crate) DocumentKey);

/// Key of the pages that a link name identifies.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PagesByLinkName(pub(crate) String);

/// Key of the pages of a collection.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PagesOfCollection(pub(crate) Collection);

/// Key of the routes of the pages with a translation key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RoutesByTranslationKey(pub(crate) String);

/// Key of the address of an object at the revision of a change.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AddressOfChange(pub(crate) NodeKey, pub(crate) RevisionNumber);

type LoadResult<K, V> = Result<HashMap<K, V>, ApiError>;

impl Loader<PlanOfCategory> for ViewLoader {
    type Value = PlanKey;
    type Error = ApiError;

    async fn load(&self, keys: &[PlanOfCategory]) -> LoadResult<PlanOfCategory, Self::Value> {
        let categories: Vec<CategoryKey> = keys.iter().map(|key| key.0.clone()).collect();
        let plans = self.view.plans_of_categories(&categories).await?;
        Ok(plans.into_iter().map(|(category, plan)| (PlanOfCategory(category), plan)).collect())
    }
}

impl Loader<MeasureKey> for ViewLoader {
    type Value = Arc<PublishedMeasure>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasureKey]) -> LoadResult<MeasureKey, Self::Value> {
        Ok(self.view.measures_by_key(keys).await?)
    }
}

impl Loader<MeasureByNumber> for ViewLoader {
    type Value = Arc<PublishedMeasure>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasureByNumber]) -> LoadResult<MeasureByNumber, Self::Value> {
        let wanted: Vec<(PlanKey, u32)> =
            keys.iter().map(|MeasureByNumber(plan, number)| (plan.clone(), *number)).collect();
        let found = self.view.measures_by_number(&wanted).await?;
        Ok(found
            .into_iter()
            .map(|((plan, number), measure)| (MeasureByNumber(plan, number), measure))
            .collect())
    }
}

impl Loader<NeighboursOf> for ViewLoader {
    type Value = Arc<AdjacentMeasures>;
    type Error = ApiError;

    async fn load(&self, keys: &[NeighboursOf]) -> LoadResult<NeighboursOf, Self::Value> {
        let places: Vec<(PlanKey, i64)> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.adjacent_measures(&places).await?.into_iter();
        Ok(found.map(|((plan, position), near)| (NeighboursOf(plan, position), Arc::new(near))).collect())
    }
}

impl Loader<RepeatsOfMeasure> for ViewLoader {
    type Value = Vec<Arc<PublishedMeasure>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RepeatsOfMeasure]) -> LoadResult<RepeatsOfMeasure, Self::Value> {
        let wanted: Vec<(PlanKey, u32)> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.repeats(&wanted).await?.into_iter();
        Ok(found.map(|((plan, number), repeats)| (RepeatsOfMeasure(plan, number), repeats)).collect())
    }
}

impl Loader<ChildMeasuresOf> for ViewLoader {
    type Value = Vec<Arc<PublishedMeasure>>;
    type Error = ApiError;

    async fn load(&self, keys: &[ChildMeasuresOf]) -> LoadResult<ChildMeasuresOf, Self::Value> {
        let wanted: Vec<(PlanKey, u32)> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.child_measures(&wanted).await?.into_iter();
        Ok(found.map(|((plan, number), children)| (ChildMeasuresOf(plan, number), children)).collect())
    }
}

impl Loader<StatusChangesOf> for ViewLoader {
    type Value = Arc<Vec<StatusChange>>;
    type Error = ApiError;

    async fn load(&self, keys: &[StatusChangesOf]) -> LoadResult<StatusChangesOf, Self::Value> {
        let measures: Vec<MeasureKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.status_changes(&measures).await?.into_iter();
        Ok(found.map(|(key, changes)| (StatusChangesOf(key), Arc::new(changes))).collect())
    }
}

impl Loader<PreviousNumbersOf> for ViewLoader {
    type Value = Arc<Vec<u32>>;
    type Error = ApiError;

    async fn load(&self, keys: &[PreviousNumbersOf]) -> LoadResult<PreviousNumbersOf, Self::Value> {
        let measures: Vec<MeasureKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.past_numbers(&measures).await?.into_iter();
        Ok(found.map(|(key, numbers)| (PreviousNumbersOf(key), Arc::new(numbers))).collect())
    }
}

impl Loader<EditionLinksOf> for ViewLoader {
    type Value = Arc<EditionLinks>;
    type Error = ApiError;

    async fn load(&self, keys: &[EditionLinksOf]) -> LoadResult<EditionLinksOf, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            let predecessors = self.view.predecessors(&key.0, key.1).await?;
            let successors =
                predecessors.iter().map(|(later, earlier)| (earlier.clone(), later.clone())).collect();
            loaded.insert(key.clone(), Arc::new(EditionLinks { predecessors, successors }));
        }
        Ok(loaded)
    }
}

impl Loader<RelatedMeasuresOfPage> for ViewLoader {
    type Value = Arc<Vec<(Arc<PublishedMeasure>, MeasureRelation)>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RelatedMeasuresOfPage]) -> LoadResult<RelatedMeasuresOfPage, Self::Value> {
        let mut loaded = HashMap::new();
        for (plan, pages) in group_by_key(keys.iter().map(|key| (key.0.clone(), key.1.clone()))) {
            let found = self.view.related_measures(&plan, &pages).await?.into_iter();
            loaded.extend(
                found.map(|(page, related)| (RelatedMeasuresOfPage(plan.clone(), page), Arc::new(related))),
            );
        }
        Ok(loaded)
    }
}

impl Loader<RelatedPagesOfPlan> for ViewLoader {
    type Value = Arc<HashMap<u32, Vec<RelatedPage>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RelatedPagesOfPlan]) -> LoadResult<RelatedPagesOfPlan, Self::Value> {
        let mut loaded = HashMap::new();
        for key in keys {
            loaded.insert(key.clone(), Arc::new(self.view.related_pages(&key.0).await?));
        }
        Ok(loaded)
    }
}

impl Loader<NodeKey> for ViewLoader {
    type Value = Arc<Vec<ChangeLogEntry>>;
    type Error = ApiError;

    async fn load(&self, keys: &[NodeKey]) -> LoadResult<NodeKey, Self::Value> {
        Ok(into_arcs(self.view.changes_by_node(keys).await?))
    }
}

impl Loader<MeasureListOf> for ViewLoader {
    type Value = Arc<Slice<Arc<PublishedMeasure>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasureListOf]) -> LoadResult<MeasureListOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (query, scopes) in group_by_key(keys.iter().map(|key| (key.1.clone(), key.0.clone()))) {
            let slices = self.view.measures(&scopes, &query).await?;
            let slices = slices.into_iter();
            loaded
                .extend(slices.map(|(scope, slice)| (MeasureListOf(scope, query.clone()), Arc::new(slice))));
        }
        Ok(loaded)
    }
}

impl Loader<FacetCountsOf> for ViewLoader {
    type Value = Arc<MeasureFacets>;
    type Error = ApiError;

    async fn load(&self, keys: &[FacetCountsOf]) -> LoadResult<FacetCountsOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (filter, scopes) in group_by_key(keys.iter().map(|key| (key.1.clone(), key.0.clone()))) {
            let tallies = self.view.tallies(&scopes, &filter).await?.into_iter();
            loaded.extend(
                tallies.map(|(scope, tally)| (FacetCountsOf(scope, filter.clone()), Arc::new(tally))),
            );
        }
        Ok(loaded)
    }
}

impl Loader<PageKey> for ViewLoader {
    type Value = Arc<PublishedPage>;
    type Error = ApiError;

    async fn load(&self, keys: &[PageKey]) -> LoadResult<PageKey, Self::Value> {
        Ok(into_arcs(self.view.pages_by_key(keys).await?))
    }
}

impl Loader<PagesByTranslationKey> for ViewLoader {
    type Value = Arc<Vec<Arc<PublishedPage>>>;
    type Error = ApiError;

    async fn load(&self, keys: &[PagesByTranslationKey]) -> LoadResult<PagesByTranslationKey, Self::Value> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.view.translations(&names).await?.into_iter();
        Ok(found
            .map(|(name, pages)| {
                (PagesByTranslationKey(name), Arc::new(pages.into_iter().map(Arc::new).collect()))
            })
            .collect())
    }
}

impl Loader<ServiceKey> for ViewLoader {
    type Value = Arc<PublishedService>;
    type Error = ApiError;

    async fn load(&self, keys: &[ServiceKey]) -> LoadResult<ServiceKey, Self::Value> {
        Ok(into_arcs(self.view.services_by_key(keys).await?))
    }
}

impl Loader<DocumentKey> for ViewLoader {
    type Value = Arc<Document>;
    type Error = ApiError;

    async fn load(&self, keys: &[DocumentKey]) -> LoadResult<DocumentKey, Self::Value> {
        Ok(into_arcs(self.view.documents_by_key(keys).await?))
    }
}

impl Loader<PagesByLinkName> for ViewLoader {
    type Value = Arc<Vec<LinkedPage>>;
    type Error = ApiError;

    async fn load(&self, keys: &[PagesByLinkName]) -> LoadResult<PagesByLinkName, Self::Value> {
        let names: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let mut found: HashMap<String, Vec<LinkedPage>> = HashMap::new();
        for page in self.view.linked_pages(&names).await? {
            for name in page.link_keys() {
                found.entry(name.to_owned()).or_default().push(page.clone());
            }
        }
        let key = |key: &PagesByLinkName| Some((key.clone(), Arc::new(found.remove(&key.0)?)));
        Ok(keys.iter().filter_map(key).collect())
    }
}

impl Loader<PagesOfCollection> for ViewLoader {
    type Value = Arc<Vec<LinkedPage>>;
    type Error = ApiError;

    async fn load(&self, keys: &[PagesOfCollection]) -> LoadResult<PagesOfCollection, Self::Value> {
        /// Maximum number of pages of a list in a text. The shortcode can set a smaller one.
        const MAX_LISTED_PAGES: i32 = 100;
        let mut loaded = HashMap::new();
        for key in keys {
            let first = key.0.limit.is_none().then_some(MAX_LISTED_PAGES);
            let (query, _) = collection_query(&key.0, PaginationArgs { first, ..PaginationArgs::default() })?;
            loaded.insert(key.clone(), Arc::new(self.view.listed_pages(&query).await?));
        }
        Ok(loaded)
    }
}

impl Loader<DocumentPath> for ViewLoader {
    type Value = Arc<AssetMetadata>;
    type Error = ApiError;

    async fn load(&self, keys: &[DocumentPath]) -> LoadResult<DocumentPath, Self::Value> {
        Ok(into_arcs(self.view.asset_facts(keys).await?))
    }
}

impl Loader<RoutesByTranslationKey> for ViewLoader {
    type Value = Arc<Vec<Route>>;
    type Error = ApiError;

    async fn load(&self, keys: &[RoutesByTranslationKey]) -> LoadResult<RoutesByTranslationKey, Self::Value> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let routes = self.view.routes_of_translations(&names).await?;
        let group = |name: &String| {
            let own = routes.iter().filter(|route| route.translation_key.as_ref() == Some(name));
            (RoutesByTranslationKey(name.clone()), Arc::new(own.cloned().collect()))
        };
        Ok(names.iter().map(group).collect())
    }
}

impl Loader<AddressOfChange> for ViewLoader {
    type Value = Arc<ObjectAddress>;
    type Error = ApiError;

    async fn load(&self, keys: &[AddressOfChange]) -> LoadResult<AddressOfChange, Self::Value> {
        let changed: Vec<_> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.view.addresses_of_changes(&changed).await?.into_iter();
        Ok(found.map(|((node, at), address)| (AddressOfChange(node, at), Arc::new(address))).collect())
    }
}

impl Loader<FolderCountsKey> for ViewLoader {
    type Value = DocumentCounts;
    type Error = ApiError;

    async fn load(&self, _: &[FolderCountsKey]) -> LoadResult<FolderCountsKey, Self::Value> {
        Ok(HashMap::from([(FolderCountsKey, self.view.document_counts().await?)]))
    }
}

impl Loader<MeasureLinesOf> for ViewLoader {
    type Value = Arc<HashMap<MeasureKey, u32>>;
    type Error = ApiError;

    async fn load(&self, keys: &[MeasureLinesOf]) -> LoadResult<MeasureLinesOf, Self::Value> {
        let documents: Vec<DocumentKey> = keys.iter().map(|key| key.0.clone()).collect();
        let lines = self.view.measure_source_lines(&documents).await?.into_iter();
        Ok(lines.map(|(document, lines)| (MeasureLinesOf(document), Arc::new(lines))).collect())
    }
}

fn into_arcs<K: Eq + Hash, V>(values: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    values.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

/// Groups keys by a property, in the order of the first key of each group.
fn group_by_key<Q: PartialEq, T>(pairs: impl Iterator<Item = (Q, T)>) -> Vec<(Q, Vec<T>)> {
    let mut groups: Vec<(Q, Vec<T>)> = Vec::new();
    for (key, value) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}
