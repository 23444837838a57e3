//! Batch loaders for the relations between objects. Each request has its own.
//!
//! To add a relation, add a line to the macro `loaders`: its key type, its value, and one storage call
//! for all keys.

mod batch_scheduler;
mod navigation_ancestors;
mod page_parts;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::asset::AssetMetadata;
use passerelle_model::change::NodeKey;
use passerelle_model::document::Document;
use passerelle_model::key::{
    CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey, TranslationKey,
};
use passerelle_model::language::Language;
use passerelle_model::page::Collection;
use passerelle_model::page::LinkName;
use passerelle_model::path::DocumentPath;
use passerelle_model::published::{PublishedMeasure, PublishedPage, PublishedService};
use passerelle_model::revision::RevisionNumber;
use passerelle_storage::link_target::LinkedPage;
use passerelle_storage::query_index::{MeasureFacets, MeasureFilter};
use passerelle_storage::{
    AdjacentMeasures, ChangeLogEntry, DocumentCounts, Editions, MeasureQuery, MeasureScope, ObjectAddress,
    Predecessors, ReadView, RelatedMeasure, RelatedPages, RelationTarget, Route, Slice, StatusChange,
};

use crate::error::ApiError;
use crate::input::{PaginationArgs, collection_query};
use crate::response_bytes::ResponseBytes;
pub(crate) use batch_scheduler::{BatchScheduler, drive_to_completion};
pub(crate) use navigation_ancestors::NavigationAncestors;
pub(crate) use page_parts::{PageBlocks, PageBlocksOf, PageStartOf, PageTextOf, START_CHARACTERS};

/// Loads values from one view.
pub(crate) struct ViewLoader {
    view: ReadView,
    /// Counted bytes of the texts that were read from the database.
    source_bytes: Arc<ResponseBytes>,
}

impl ViewLoader {
    /// Creates the loader for a view.
    pub(crate) fn new(view: ReadView, source_bytes: Arc<ResponseBytes>) -> Self {
        Self { view, source_bytes }
    }
}

type LoadResult<K, V> = Result<HashMap<K, V>, ApiError>;

/// Declares key types, and a loader for each that makes one storage call for all keys. The call gets the
/// view and the keys, as tuples if the key has several fields, and returns a map from key to value.
macro_rules! loaders {
    (@key $field:ident) => { $field };
    (@key $($field:ident),+) => { ($($field),+) };
    ($($(#[$doc:meta])* $key:ident($($field:ident: $kind:ty),+) -> $value:ty, |$view:ident, $keys:ident| $call:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub(crate) struct $key($(pub(crate) $kind),+);

        impl Loader<$key> for ViewLoader {
            type Value = Arc<$value>;
            type Error = ApiError;

            async fn load(&self, keys: &[$key]) -> LoadResult<$key, Self::Value> {
                let $view = &self.view;
                let $keys: Vec<_> = keys.iter().map(|$key($($field),+)| ($($field.clone()),+)).collect();
                let found = $call.await?.into_iter();
                Ok(found.map(|(loaders!(@key $($field),+), value)| ($key($($field),+), value.into())).collect())
            }
        }
    )*};
}

/// Declares a loader for each key of the model that identifies a whole object.
macro_rules! object_loaders {
    ($($key:ty => $value:ty: $load:ident;)*) => {$(
        impl Loader<$key> for ViewLoader {
            type Value = Arc<$value>;
            type Error = ApiError;

            async fn load(&self, keys: &[$key]) -> LoadResult<$key, Self::Value> {
                let found = self.view.$load(keys).await?.into_iter();
                Ok(found.map(|(key, value)| (key, value.into())).collect())
            }
        }
    )*};
}

object_loaders! {
    MeasureKey => PublishedMeasure: measures_by_key;
    PageKey => PublishedPage: pages_by_key;
    ServiceKey => PublishedService: services_by_key;
    DocumentKey => Document: documents_by_key;
    DocumentPath => AssetMetadata: asset_metadata;
    NodeKey => Vec<ChangeLogEntry>: changes_by_node;
}

loaders! {
    /// Key of the plan that contains a category.
    PlanOfCategory(category: CategoryKey) -> PlanKey, |view, keys| view.plans_of_categories(&keys);
    /// Key of the measure with a number in a plan.
    MeasureByNumber(plan: PlanKey, number: u32) -> PublishedMeasure, |view, keys| view.measures_by_number(&keys);
    /// Key of the previous and the next measure in document order.
    NeighboursOf(plan: PlanKey, position: i64) -> AdjacentMeasures, |view, keys| view.adjacent_measures(&keys);
    /// Key of the other measures that repeat a measure.
    RepeatsOfMeasure(plan: PlanKey, number: u32) -> Vec<Arc<PublishedMeasure>>, |view, keys| view.repeats(&keys);
    /// Key of the sub-measures of a measure.
    ChildMeasuresOf(plan: PlanKey, number: u32) -> Vec<Arc<PublishedMeasure>>, |view, keys| view.child_measures(&keys);
    /// Key of the status history of a measure.
    StatusChangesOf(measure: MeasureKey) -> Vec<StatusChange>, |view, keys| view.status_changes(&keys);
    /// Key of the earlier numbers of a measure.
    PreviousNumbersOf(measure: MeasureKey) -> Vec<u32>, |view, keys| view.previous_numbers(&keys);
    /// Key of the links between editions of a plan, oldest first.
    EditionLinksOf(plans: Vec<PlanKey>, lang: Language) -> EditionLinks, |view, keys| edition_links(view, keys);
    /// Key of the measures of a plan that are related to a page.
    RelatedMeasuresOfPage(plan: RelationTarget, page: PageKey) -> Vec<RelatedMeasure>, |view, keys| view.related_measures(&keys);
    /// Key of the pages that are related to the measures of a plan.
    RelatedPagesOfPlan(plan: RelationTarget) -> RelatedPages, |view, keys| view.related_pages(&keys);
    /// Key of the pages with a translation key.
    PagesByTranslationKey(key: TranslationKey) -> Vec<Arc<PublishedPage>>, |view, keys| view.translations(&keys);
    /// Key of the routes of the pages with a translation key.
    RoutesByTranslationKey(key: TranslationKey) -> Vec<Arc<Route>>, |view, keys| view.routes_of_translations(&keys);
    /// Key of the addresses of the pages in a language that contain a list of pages.
    PagesWithLists(lang: Language) -> Vec<ObjectAddress>, |view, keys| view.pages_with_lists(&keys);
    /// Key of the source lines of the measures of a document.
    MeasureLinesOf(document: DocumentKey) -> HashMap<MeasureKey, u32>, |view, keys| view.measure_source_lines(&keys);
    /// Key of the address of an object at the revision of a change.
    AddressOfChange(node: NodeKey, at: RevisionNumber) -> ObjectAddress, |view, keys| view.addresses_of_changes(&keys);
    /// Key of one range of the measures of a plan or category.
    MeasureListOf(scope: MeasureScope, query: Arc<MeasureQuery>) -> Slice<Arc<PublishedMeasure>>, |view, keys| measure_lists(view, keys);
    /// Key of the facets of the measures that match a filter.
    FacetCountsOf(scope: MeasureScope, filter: Arc<MeasureFilter>) -> MeasureFacets, |view, keys| measure_facets(view, keys);
    /// Key of the pages that a link name identifies.
    PagesByLinkName(name: LinkName) -> Vec<LinkedPage>, |view, keys| pages_by_link_name(view, keys);
    /// Key of the pages of a collection.
    PagesOfCollection(collection: Collection) -> Vec<LinkedPage>, |view, keys| pages_of_collections(view, keys);
}

/// Numbers of the same measure in the previous and the next edition.
pub(crate) struct EditionLinks {
    pub(crate) predecessors: Predecessors,
    pub(crate) successors: HashMap<MeasureKey, MeasureKey>,
}

/// Matches the measures of the editions of plans, in both directions.
async fn edition_links(view: &ReadView, keys: Vec<Editions>) -> LoadResult<Editions, EditionLinks> {
    let both_ways = |(editions, predecessors): (Editions, Predecessors)| {
        let successors =
            predecessors.iter().map(|(later, earlier)| (earlier.clone(), later.clone())).collect();
        (editions, EditionLinks { predecessors, successors })
    };
    Ok(view.predecessors(&keys).await?.into_iter().map(both_ways).collect())
}

/// Loads lists of measures, one storage call for each query.
async fn measure_lists(
    view: &ReadView,
    keys: Vec<(MeasureScope, Arc<MeasureQuery>)>,
) -> LoadResult<(MeasureScope, Arc<MeasureQuery>), Slice<Arc<PublishedMeasure>>> {
    let mut loaded = HashMap::new();
    for (query, scopes) in group_by_key(keys.into_iter().map(|(scope, query)| (query, scope))) {
        let slices = view.measures(&scopes, &query).await?.into_iter();
        loaded.extend(slices.map(|(scope, slice)| ((scope, Arc::clone(&query)), slice)));
    }
    Ok(loaded)
}

/// Counts measures by facet, one storage call for each filter.
async fn measure_facets(
    view: &ReadView,
    keys: Vec<(MeasureScope, Arc<MeasureFilter>)>,
) -> LoadResult<(MeasureScope, Arc<MeasureFilter>), MeasureFacets> {
    let mut loaded = HashMap::new();
    for (filter, scopes) in group_by_key(keys.into_iter().map(|(scope, filter)| (filter, scope))) {
        let facets = view.measure_facets(&scopes, &filter).await?.into_iter();
        loaded.extend(facets.map(|(scope, facets)| ((scope, Arc::clone(&filter)), facets)));
    }
    Ok(loaded)
}

/// Loads the pages with these names.
async fn pages_by_link_name(view: &ReadView, names: Vec<LinkName>) -> LoadResult<LinkName, Vec<LinkedPage>> {
    let wanted: Vec<&LinkName> = names.iter().collect();
    let mut found: HashMap<LinkName, Vec<LinkedPage>> = HashMap::new();
    for page in view.linked_pages(&wanted).await? {
        for name in page.link_names() {
            found.entry(name).or_default().push(page.clone());
        }
    }
    let names: HashSet<&LinkName> = wanted.into_iter().collect();
    found.retain(|name, _| names.contains(name));
    Ok(found)
}

/// Loads the pages that lists in texts show.
async fn pages_of_collections(
    view: &ReadView,
    collections: Vec<Collection>,
) -> LoadResult<Collection, Vec<LinkedPage>> {
    /// Maximum number of pages of a list in a text. The shortcode can set a smaller one.
    const MAX_LISTED_PAGES: i32 = 100;
    let query = |collection: &Collection| {
        let first = collection.limit.is_none().then_some(MAX_LISTED_PAGES);
        let pagination = PaginationArgs { first, ..PaginationArgs::default() };
        collection_query(collection, pagination).map(|(query, _)| query)
    };
    let queries = collections.iter().map(query).collect::<Result<Vec<_>, _>>()?;
    let lists = view.listed_pages(&queries).await?;
    Ok(collections.into_iter().zip(lists).collect())
}

/// Key of the number of documents by state.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct FolderCountsKey;

impl Loader<FolderCountsKey> for ViewLoader {
    type Value = DocumentCounts;
    type Error = ApiError;

    async fn load(&self, _: &[FolderCountsKey]) -> LoadResult<FolderCountsKey, Self::Value> {
        Ok(HashMap::from([(FolderCountsKey, self.view.document_counts().await?)]))
    }
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
