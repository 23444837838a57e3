//! Root fields for pages, the navigation, support services and search.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::published::PublishedPage;
use passerelle_storage::{PageFilter, PageQuery, ReadView, ServiceQuery};

use crate::context::{load, view};
use crate::error::ApiError;
use crate::input::{
    PageBy, PageFilterInput, PageOrderInput, PaginationArgs, page_query, reject_both, valid_slugs,
};
use crate::object::{
    CollectionObject, Language, NavigationItem, PageConnection, PageObject, SearchConnection, SearchKind,
    SearchQuery, ServiceObject, ServiceScope, SupportServiceConnection, navigation_items,
};
use crate::response_count::counted;
use crate::text_filter::resolve_page_texts;

/// Fields for pages, the navigation, support services and search.
#[derive(Default)]
pub(super) struct PageQueries;

#[Object]
impl PageQueries {
    /// One page, found by `slug`, `translationKey` or `by`. Null if no page matches. An error if all three
    /// are omitted. If no page has the slug, the page that had it last is returned: compare its
    /// `canonicalUrl`.
    ///
    /// Example: `{ page(slug: "contact", lang: FR) { title content { html } } }`, or
    /// `{ page(by: {translationKey: "contact"}, lang: NL) { title } }`
    async fn page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the page, for example `contact`.")] slug: Option<String>,
        #[graphql(
            desc = "Translation key of the page, for example `contact`. With `slug`, both must match."
        )]
        translation_key: Option<String>,
        #[graphql(desc = "Identifier of the page, as an alternative to `slug` and `translationKey`.")]
        by: Option<PageBy>,
        #[graphql(
            desc = "Language of the page. If omitted and several languages match, the first one in the order \
                of `Language` is returned."
        )]
        lang: Option<Language>,
    ) -> Option<Result<PageObject, ApiError>> {
        let simple = [("slug", slug.is_some()), ("translationKey", translation_key.is_some())];
        if let Err(error) = reject_both(by.as_ref(), &simple) {
            return Some(Err(error));
        }
        if by.is_none() && slug.is_none() && translation_key.is_none() {
            return Some(Err(ApiError::BadInput(
                "one of `slug`, `translationKey` and `by` is required".to_owned(),
            )));
        }
        let filter = by.map_or_else(
            || PageFilter {
                slug: slug.map(|slug| valid_slugs([slug])),
                translation_key: translation_key.into_iter().map(TranslationKey::new).collect(),
                ..PageFilter::default()
            },
            PageBy::filter,
        );
        let filter = PageFilter { lang: lang.into_iter().map(Into::into).collect(), ..filter };
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        find_page(ctx, &content, &filter).await.transpose()
    }

    /// Pages of the site.
    ///
    /// Example: `{ pages(filter: {tag: ["featured"]}) { nodes { slug title excerpt } } }`
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that a page must satisfy. Every page if omitted.")] filter: Option<
            Box<PageFilterInput>,
        >,
        #[graphql(
            desc = "Sort keys, most significant first, at most 8. Default: `ORDER`, then `TITLE`, or relevance if \
                the filter has `text`."
        )]
        order_by: Option<Vec<PageOrderInput>>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
        #[graphql(
            desc = "Maximum number of items, counted from the end of the list. At most 100. Not allowed with \
                `first`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Return only items before this cursor, for example the last `pageInfo.startCursor`."
        )]
        before: Option<String>,
    ) -> Result<PageConnection, ApiError> {
        let (query, order) = page_query(filter, order_by, PaginationArgs { first, after, last, before })?;
        let filter = resolve_page_texts(ctx, query.filter).await?;
        PageConnection::load(&view(ctx)?, PageQuery { filter, ..query }, order).await
    }

    /// Folders whose pages have a contract, ordered by path. Empty if no folder has one.
    ///
    /// Example: `{ collections { name fields { name type required } pages { nodes { title } } } }`
    async fn collections(&self, ctx: &Context<'_>) -> Result<Vec<CollectionObject>, ApiError> {
        Ok(counted(ctx, view(ctx)?.collections().await?.into_iter().map(CollectionObject).collect()))
    }

    /// Navigation of the site as a tree: the top level, in display order. Empty if no page has a navigation
    /// entry.
    ///
    /// Example: `{ navigation(lang: FR) { title page { slug } children { title } } }`
    async fn navigation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only pages in this language. All languages if omitted.")] lang: Option<
            Language,
        >,
    ) -> Result<Vec<NavigationItem>, ApiError> {
        Ok(navigation_items(view(ctx)?.navigation_pages(lang.map(Into::into)).await?))
    }

    /// One support service, found by the slug of its page, or by a slug that the page had before. Null if no
    /// support service matches.
    ///
    /// Example: `{ supportService(slug: "saq") { name acronym missions { title } } }`
    async fn support_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the page that describes the support service, for example `saq`.")]
        slug: String,
        #[graphql(
            desc = "Language of the page. If omitted and several languages match, the first one in the order \
                of `Language` is returned."
        )]
        lang: Option<Language>,
    ) -> Option<Result<ServiceObject, ApiError>> {
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        let slug = Slug::parse(&slug).ok()?;
        find_service(ctx, &content, &slug, lang.map(Into::into)).await.transpose()
    }

    /// Support services, sorted by slug unless `filter` or `orderBy` is given.
    ///
    /// Example: `{ supportServices { nodes { name organisation designatedYear } } }`
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn support_services(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only support services in this language. All languages if omitted.")]
        lang: Option<Language>,
        #[graphql(
            desc = "Conditions that the page of a support service must satisfy. Every support service if omitted."
        )]
        filter: Option<Box<PageFilterInput>>,
        #[graphql(
            desc = "Sort keys of the pages, most significant first, at most 8. Default: the slug, or as for `pages` \
                if `filter` is given."
        )]
        order_by: Option<Vec<PageOrderInput>>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
        #[graphql(
            desc = "Maximum number of items, counted from the end of the list. At most 100. Not allowed with \
                `first`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Return only items before this cursor, for example the last `pageInfo.startCursor`."
        )]
        before: Option<String>,
    ) -> Result<SupportServiceConnection, ApiError> {
        let pagination = PaginationArgs { first, after, last, before };
        if filter.is_some() || order_by.as_ref().is_some_and(|order_by| !order_by.is_empty()) {
            let (query, order) = page_query(filter, order_by, pagination)?;
            let filter = resolve_page_texts(ctx, query.filter).await?;
            let own = PageFilter {
                lang: lang.into_iter().map(Into::into).collect(),
                is_support_service: Some(true),
                matches: filter.matches.clone(),
                and: vec![filter],
                ..PageFilter::default()
            };
            let query = PageQuery { filter: own, ..query };
            let slice = view(ctx)?.services_of_pages(&query).await?.map(Arc::new);
            let scope = ServiceScope::OfPages(Box::new(query.filter));
            return Ok(SupportServiceConnection { slice, scope, order });
        }
        let order = "services".to_owned();
        let pagination = pagination.parse(&order)?;
        let lang = lang.map(Into::into);
        let slice = view(ctx)?.services(&ServiceQuery { lang, pagination }).await?.map(Arc::new);
        Ok(SupportServiceConnection { slice, scope: ServiceScope::All(lang), order })
    }

    /// Full-text search over measures, categories, pages and support services, best match first. The query is
    /// plain text without operators. Case, accents, word endings, elisions (`l’eau`) and inclusive forms
    /// (`habitant·e·s`) are ignored. The last word matches as a prefix. If few objects contain every word,
    /// spelling mistakes and missing words are tolerated. If the query is a number, the measure with this
    /// number comes first. Empty if the query has no words.
    ///
    /// Example: `{ search(query: "fêtes de quartier") { totalCount nodes { title breadcrumb snippet } } }`
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Words to search for, as the user typed them. At most 1000 characters. At most 32 words are \
                used, see `ignoredText`."
        )]
        query: String,
        #[graphql(desc = "Return only objects of these kinds. All kinds if omitted or empty.")] kinds: Option<
            Vec<SearchKind>,
        >,
        #[graphql(desc = "Return only objects in this language. All languages if omitted.")] lang: Option<
            Language,
        >,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
    ) -> Result<SearchConnection, ApiError> {
        let query = SearchQuery::parse(query, kinds, lang.map(Into::into), first, after)?;
        SearchConnection::load(ctx, query).await
    }
}

/// Finds a page by its present names. If there is none and the filter has one slug only, finds it by a former
/// slug.
async fn find_page(
    ctx: &Context<'_>,
    content: &ReadView,
    filter: &PageFilter,
) -> Result<Option<PageObject>, ApiError> {
    if let Some(page) = content.page(filter).await? {
        return Ok(Some(PageObject(Arc::new(page))));
    }
    let Some([slug]) = filter.slug.as_deref() else { return Ok(None) };
    let Some(page) = find_renamed_page(ctx, content, slug, filter.lang.first().copied()).await? else {
        return Ok(None);
    };
    let has_translation_key = |key: &TranslationKey| page.page.translation_key.as_ref() == Some(key);
    let matches = filter.translation_key.is_empty() || filter.translation_key.iter().any(has_translation_key);
    Ok(matches.then_some(PageObject(page)))
}

async fn find_service(
    ctx: &Context<'_>,
    content: &ReadView,
    slug: &Slug,
    lang: Option<passerelle_model::language::Language>,
) -> Result<Option<ServiceObject>, ApiError> {
    if let Some(service) = content.service(slug, lang).await? {
        return Ok(Some(ServiceObject(Arc::new(service))));
    }
    let page = find_renamed_page(ctx, content, slug, lang).await?;
    let Some(key) = page.and_then(|page| page.service.clone()) else { return Ok(None) };
    Ok(load(ctx, key).await?.map(ServiceObject))
}

/// Finds the page that had a slug last.
async fn find_renamed_page(
    ctx: &Context<'_>,
    content: &ReadView,
    slug: &Slug,
    lang: Option<passerelle_model::language::Language>,
) -> Result<Option<Arc<PublishedPage>>, ApiError> {
    match content.page_with_former_slug(slug, lang).await? {
        Some(key) => load(ctx, key).await,
        None => Ok(None),
    }
}
