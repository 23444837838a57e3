//! Paginated lists as the Relay specification defines them, with `nodes` beside `edges`.
//!
//! `order` in these types identifies the list and its sort order. A cursor contains it, so a cursor of
//! another list is rejected.

mod measures;

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use passerelle_model::document::Document;
use passerelle_model::language::Language;
use passerelle_model::published::{PublishedPage, PublishedService};
use passerelle_storage::{
    ChangeFilter, ChangeLogEntry, DocumentFilter, PageFilter, PageQuery, ReadView, Slice,
};

pub(crate) use self::measures::{MeasureConnection, measure_connection};
use super::progress::to_int;
use super::{ChangeObject, DocumentObject, MeasureObject, PageObject, ServiceObject};
use crate::context::view;
use crate::error::ApiError;
use crate::input::encode_cursor;
use crate::response_count::counted;

/// Position of the returned range in a paginated list, as the Relay specification defines it.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// True if more items follow the returned range. With `last`, true if `before` is given.
    has_next_page: bool,
    /// True if more items precede the returned range. With `first`, true if `after` is given.
    has_previous_page: bool,
    /// Cursor of the first returned item. Null if no item is returned.
    start_cursor: Option<String>,
    /// Cursor of the last returned item. Null if no item is returned.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Creates the information for a range between two cursors.
    pub(super) fn new(
        has_next_page: bool,
        has_previous_page: bool,
        start_cursor: Option<String>,
        end_cursor: Option<String>,
    ) -> Self {
        Self { has_next_page, has_previous_page, start_cursor, end_cursor }
    }
}

pub(super) fn page_info<T>(slice: &Slice<T>, order: &str) -> PageInfo {
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
            /// Position of the item in the list, opaque. Pass it as `after` or `before`.
            cursor: String,
            /// Item at this position of the list.
            node: $node,
        }
    };
}

edge!(
    /// Measure in a paginated list.
    MeasureEdge,
    MeasureObject
);
edge!(
    /// Change in a paginated list.
    ChangeEdge,
    ChangeObject
);
edge!(
    /// Page of the site in a paginated list.
    PageEdge,
    PageObject
);
edge!(
    /// Support service in a paginated list.
    SupportServiceEdge,
    ServiceObject
);
edge!(
    /// Document in a paginated list.
    DocumentEdge,
    DocumentObject
);

/// Maximum number of tags in a facet: as many as the largest range of a paginated list.
const MAX_FACET_TAGS: usize = 100;

/// Number of pages by tag.
#[derive(SimpleObject)]
pub(crate) struct PageFacets {
    /// Tags of the pages with their counts, most frequent first, at most 100. The condition `tag` of the
    /// filter is not applied. Empty if no page has a tag.
    tag: Vec<TagCount>,
}

/// Number of pages with a tag.
#[derive(SimpleObject)]
pub(crate) struct TagCount {
    /// Tag as most pages spell it, for example `jardin`. Pass it to the filter `tag`.
    tag: String,
    /// Number of pages with this tag. Case and accents are ignored.
    count: i32,
}

impl From<passerelle_storage::TagCount> for TagCount {
    fn from(count: passerelle_storage::TagCount) -> Self {
        Self { tag: count.tag, count: to_int(count.count) }
    }
}

/// Range of the pages of the site.
pub(crate) struct PageConnection {
    slice: Slice<Arc<PublishedPage>>,
    filter: PageFilter,
    order: String,
}

impl PageConnection {
    /// Loads the pages that match a query.
    pub(crate) async fn load(view: &ReadView, query: PageQuery, order: String) -> Result<Self, ApiError> {
        let slice = view.pages(&query).await?.map(Arc::new);
        Ok(Self { slice, filter: query.filter, order })
    }
}

/// Paginated list of pages of the site.
#[Object]
impl PageConnection {
    /// The returned pages.
    fn nodes(&self, ctx: &Context<'_>) -> Vec<PageObject> {
        counted(ctx, self.slice.items.iter().map(|(_, page)| PageObject(Arc::clone(page))).collect())
    }

    /// The returned pages, each with its cursor.
    fn edges(&self, ctx: &Context<'_>) -> Vec<PageEdge> {
        let edge = |(cursor, page): &(_, Arc<PublishedPage>)| PageEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: PageObject(Arc::clone(page)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// Number of pages in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(view(ctx)?.page_count(&self.filter).await?))
    }

    /// Number of pages by tag in the whole list, for example to show beside filter options.
    async fn facets(&self, ctx: &Context<'_>) -> Result<PageFacets, ApiError> {
        // The condition on tags does not apply to the counts of tags, so that other tags can be selected too.
        let filter = PageFilter { tag: Vec::new(), ..self.filter.clone() };
        let tags = view(ctx)?.page_tags(&filter).await?;
        Ok(PageFacets {
            tag: counted(ctx, tags.into_iter().take(MAX_FACET_TAGS).map(TagCount::from).collect()),
        })
    }
}

/// Support services of a list.
pub(crate) enum ServiceScope {
    /// All support services in a language. All languages if `None`.
    All(Option<Language>),
    /// Support services whose pages match a filter.
    OfPages(Box<PageFilter>),
}

/// Range of the support services.
pub(crate) struct SupportServiceConnection {
    pub(crate) slice: Slice<Arc<PublishedService>>,
    pub(crate) scope: ServiceScope,
    pub(crate) order: String,
}

/// Paginated list of support services.
#[Object]
impl SupportServiceConnection {
    /// The returned support services.
    fn nodes(&self, ctx: &Context<'_>) -> Vec<ServiceObject> {
        counted(ctx, self.slice.items.iter().map(|(_, service)| ServiceObject(Arc::clone(service))).collect())
    }

    /// The returned support services, each with its cursor.
    fn edges(&self, ctx: &Context<'_>) -> Vec<SupportServiceEdge> {
        let edge = |(cursor, service): &(_, Arc<PublishedService>)| SupportServiceEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: ServiceObject(Arc::clone(service)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// Number of support services in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        let view = view(ctx)?;
        Ok(to_int(match &self.scope {
            ServiceScope::All(lang) => view.service_count(*lang).await?,
            ServiceScope::OfPages(filter) => view.page_count(filter).await?,
        }))
    }
}

/// Range of the documents.
pub(crate) struct DocumentConnection {
    pub(crate) slice: Slice<Arc<Document>>,
    pub(crate) filter: DocumentFilter,
    pub(crate) order: String,
}

/// Paginated list of documents.
#[Object]
impl DocumentConnection {
    /// The returned documents.
    fn nodes(&self, ctx: &Context<'_>) -> Vec<DocumentObject> {
        counted(
            ctx,
            self.slice.items.iter().map(|(_, document)| DocumentObject(Arc::clone(document))).collect(),
        )
    }

    /// The returned documents, each with its cursor.
    fn edges(&self, ctx: &Context<'_>) -> Vec<DocumentEdge> {
        let edge = |(cursor, document): &(_, Arc<Document>)| DocumentEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: DocumentObject(Arc::clone(document)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// Number of documents in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(view(ctx)?.document_count(&self.filter).await?))
    }
}

/// Range of the change log.
pub(crate) struct ChangeConnection {
    pub(crate) slice: Slice<Arc<ChangeLogEntry>>,
    pub(crate) filter: ChangeFilter,
    pub(crate) order: String,
}

/// Paginated list of changes.
#[Object]
impl ChangeConnection {
    /// The returned changes, oldest first.
    fn nodes(&self, ctx: &Context<'_>) -> Vec<ChangeObject> {
        counted(ctx, self.slice.items.iter().map(|(_, change)| ChangeObject(Arc::clone(change))).collect())
    }

    /// The returned changes, each with its cursor.
    fn edges(&self, ctx: &Context<'_>) -> Vec<ChangeEdge> {
        let edge = |(cursor, change): &(_, Arc<ChangeLogEntry>)| ChangeEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: ChangeObject(Arc::clone(change)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// Number of changes in the whole list.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(view(ctx)?.change_count(&self.filter).await?))
    }
}
