//! Lists in pages, as the Relay specification has them, with `nodes` beside `edges`.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use passerelle_model::language::Language;
use passerelle_model::manifest::Document;
use passerelle_model::served::{ServedMeasure, ServedPage, ServedService};
use passerelle_storage::query_index::{MeasureFilter, Tally};
use passerelle_storage::{
    ChangeFilter, DocumentFilter, LoggedChange, MeasureQuery, MeasureScope, PageFilter, PageQuery, Slice,
    View,
};

use super::facets::MeasureFacets;
use super::progress::saturate;
use super::{ChangeObject, DocumentObject, MeasureObject, PageObject, ProgressObject, ServiceObject};
use crate::context::{load, tree_of, view};
use crate::error::ApiError;
use crate::input::encode_cursor;
use crate::loader::{MeasuresOf, TallyOf};
use crate::search::searched;

/// Where a page of a list lies in the list.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether something follows, as far as the arguments say.
    has_next_page: bool,
    /// Whether something precedes, as far as the arguments say.
    has_previous_page: bool,
    /// The cursor of the first node; null where the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the last node; null where the page is empty.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page between two cursors.
    pub(super) fn new(
        has_next_page: bool,
        has_previous_page: bool,
        start_cursor: Option<String>,
        end_cursor: Option<String>,
    ) -> Self {
        Self { has_next_page, has_previous_page, start_cursor, end_cursor }
    }
}

fn page_info<T>(slice: &Slice<T>, order: &str) -> PageInfo {
    PageInfo {
        has_next_page: slice.has_next,
        has_previous_page: slice.has_previous,
        start_cursor: slice.items.first().map(|(cursor, _)| encode_cursor(cursor, order)),
        end_cursor: slice.items.last().map(|(cursor, _)| encode_cursor(cursor, order)),
    }
}

macro_rules! edge {
    ($(#[$doc:meta])* $edge:ident, $node:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $edge {
            /// Where the node stands in the list: give it as `after` or `before`.
            cursor: String,
            /// The node.
            node: $node,
        }
    };
}

edge!(
    /// A measure in a list.
    MeasureEdge,
    MeasureObject
);
edge!(
    /// A change in the log.
    ChangeEdge,
    ChangeObject
);
edge!(
    /// A page in a list.
    PageEdge,
    PageObject
);
edge!(
    /// A support service in a list.
    SupportServiceEdge,
    ServiceObject
);
edge!(
    /// A document in a list.
    DocumentEdge,
    DocumentObject
);

/// Measures in pages.
pub(crate) struct MeasureConnection {
    slice: Arc<Slice<Arc<ServedMeasure>>>,
    scope: MeasureScope,
    filter: Arc<MeasureFilter>,
    order: String,
}

/// The measures of a scope that a query keeps.
pub(crate) async fn measure_connection(
    ctx: &Context<'_>,
    scope: MeasureScope,
    query: MeasureQuery,
    order: String,
) -> Result<MeasureConnection, ApiError> {
    let filter = searched(ctx, &scope.plan, query.filter).await?;
    let query = MeasureQuery { filter, ..query };
    let filter = Arc::new(query.filter.clone());
    let slice = load(ctx, MeasuresOf(scope.clone(), Arc::new(query))).await?.unwrap_or_default();
    Ok(MeasureConnection { slice, scope, filter, order })
}

/// A page of a list of measures.
#[Object]
impl MeasureConnection {
    /// The measures of this page.
    fn nodes(&self) -> Vec<MeasureObject> {
        self.slice.items.iter().map(|(_, measure)| MeasureObject(Arc::clone(measure))).collect()
    }

    /// The measures of this page with their cursors.
    fn edges(&self) -> Vec<MeasureEdge> {
        let edge = |(cursor, measure): &(_, Arc<ServedMeasure>)| MeasureEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: MeasureObject(Arc::clone(measure)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// How many measures the filter keeps, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(self.tally(ctx).await?.progress.total()))
    }

    /// How far the measures are that the filter keeps, on all pages.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProgressObject, ApiError> {
        Ok(ProgressObject(self.tally(ctx).await?.progress))
    }

    /// How many of the measures that the filter keeps, on all pages, have each status, axis and programme.
    async fn facets(&self, ctx: &Context<'_>) -> Result<MeasureFacets, ApiError> {
        let tally = self.tally(ctx).await?;
        let tree = tree_of(ctx, &self.scope.plan).await?;
        Ok(MeasureFacets::new(&tally, &tree))
    }
}

impl MeasureConnection {
    async fn tally(&self, ctx: &Context<'_>) -> Result<Arc<Tally>, ApiError> {
        let tally = load(ctx, TallyOf(self.scope.clone(), Arc::clone(&self.filter))).await?;
        Ok(tally.unwrap_or_default())
    }
}

/// Pages of the site, in pages of a list.
pub(crate) struct PageConnection {
    slice: Slice<Arc<ServedPage>>,
    filter: PageFilter,
    order: String,
}

impl PageConnection {
    /// The pages of a query, whose order has a name for the cursors.
    pub(crate) async fn load(view: &View, query: PageQuery, order: String) -> Result<Self, ApiError> {
        let slice = view.pages(&query).await?.map(Arc::new);
        Ok(Self { slice, filter: query.filter, order })
    }
}

/// A page of a list of the site's pages.
#[Object]
impl PageConnection {
    /// The pages of this page of the list.
    fn nodes(&self) -> Vec<PageObject> {
        self.slice.items.iter().map(|(_, page)| PageObject(Arc::clone(page))).collect()
    }

    /// The pages with their cursors.
    fn edges(&self) -> Vec<PageEdge> {
        let edge = |(cursor, page): &(_, Arc<ServedPage>)| PageEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: PageObject(Arc::clone(page)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// How many pages the filter keeps.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(view(ctx)?.page_count(&self.filter).await?))
    }
}

/// Support services in pages.
pub(crate) struct SupportServiceConnection {
    pub(crate) slice: Slice<Arc<ServedService>>,
    pub(crate) lang: Option<Language>,
    pub(crate) order: String,
}

/// A page of a list of support services.
#[Object]
impl SupportServiceConnection {
    /// The support services of this page.
    fn nodes(&self) -> Vec<ServiceObject> {
        self.slice.items.iter().map(|(_, service)| ServiceObject(Arc::clone(service))).collect()
    }

    /// The support services with their cursors.
    fn edges(&self) -> Vec<SupportServiceEdge> {
        let edge = |(cursor, service): &(_, Arc<ServedService>)| SupportServiceEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: ServiceObject(Arc::clone(service)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// How many support services there are.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(view(ctx)?.service_count(self.lang).await?))
    }
}

/// Documents in pages.
pub(crate) struct DocumentConnection {
    pub(crate) slice: Slice<Arc<Document>>,
    pub(crate) filter: DocumentFilter,
    pub(crate) order: String,
}

/// A page of a list of documents.
#[Object]
impl DocumentConnection {
    /// The documents of this page.
    fn nodes(&self) -> Vec<DocumentObject> {
        self.slice.items.iter().map(|(_, document)| DocumentObject(Arc::clone(document))).collect()
    }

    /// The documents with their cursors.
    fn edges(&self) -> Vec<DocumentEdge> {
        let edge = |(cursor, document): &(_, Arc<Document>)| DocumentEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: DocumentObject(Arc::clone(document)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// How many documents the filter keeps.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(view(ctx)?.document_count(&self.filter).await?))
    }
}

/// Changes in pages.
pub(crate) struct ChangeConnection {
    pub(crate) slice: Slice<Arc<LoggedChange>>,
    pub(crate) filter: ChangeFilter,
    pub(crate) order: String,
}

/// A page of the log of changes.
#[Object]
impl ChangeConnection {
    /// The changes of this page, oldest first.
    fn nodes(&self) -> Vec<ChangeObject> {
        self.slice.items.iter().map(|(_, change)| ChangeObject(Arc::clone(change))).collect()
    }

    /// The changes with their cursors.
    fn edges(&self) -> Vec<ChangeEdge> {
        let edge = |(cursor, change): &(_, Arc<LoggedChange>)| ChangeEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: ChangeObject(Arc::clone(change)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Where this page lies in the log.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// How many changes there are since then.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(view(ctx)?.change_count(&self.filter).await?))
    }
}
