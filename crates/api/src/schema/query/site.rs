//! Root fields for the addresses of the site and the words of the interface.

use async_graphql::{Context, Object};
use passerelle_storage::{RedirectFilter, RouteFilter};

use crate::context::view;
use crate::error::ApiError;
use crate::object::{
    DateTime, Language, LanguageDefinition, RedirectConnection, RouteConnection, RouteKind, RouteObject,
    StatusDefinition,
};

/// Fields for addresses and words.
#[derive(Default)]
pub(super) struct SiteQueries;

#[Object]
impl SiteQueries {
    /// Everything that has an address on the website, ordered by kind, for example for a sitemap or a static
    /// build. A page that describes a support service is listed once, as the support service.
    ///
    /// Example: `{ routes(kind: [PAGE], first: 1000) { nodes { url updatedAt alternates { lang url } } } }`
    async fn routes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only objects of these kinds. All kinds if omitted or empty.")] kind: Option<
            Vec<RouteKind>,
        >,
        #[graphql(desc = "Return only objects in this language. All languages if omitted.")] lang: Option<
            Language,
        >,
        #[graphql(
            desc = "Return only objects that were published with other content after this time, or that have a later \
                `updatedAt`, for example `2025-06-30T00:00:00Z`. A category changes with its plan."
        )]
        changed_since: Option<DateTime>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 10000."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
    ) -> Result<RouteConnection, ApiError> {
        let filter = RouteFilter {
            kinds: kind.unwrap_or_default().into_iter().map(Into::into).collect(),
            lang: lang.map(Into::into),
            changed_since: changed_since.map(|since| since.0),
        };
        RouteConnection::load(ctx, filter, first, after).await
    }

    /// The object at one address of the website, also at a former one: compare `url`, and redirect to it.
    /// Null if nothing was ever there. The query, the fragment and a final slash are ignored.
    ///
    /// Example: `{ route(url: "/fr/contact") { url kind lang node { id } } }`
    async fn route(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Path or full address, for example `/fr/contact`. At most 1000 bytes.")] url: String,
    ) -> Result<Option<RouteObject>, ApiError> {
        RouteObject::at(ctx, &url).await
    }

    /// The languages that have at least one page, support service or plan, in the order of `Language`, each
    /// with the word to show it.
    ///
    /// Example: `{ languages { tag label pageCount } }`
    async fn languages(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Language of the labels. If omitted, each label is in its own language, for example `Nederlands`."
        )]
        lang: Option<Language>,
    ) -> Result<Vec<LanguageDefinition>, ApiError> {
        let labels = lang.map(Into::into);
        let languages = view(ctx)?.languages().await?;
        Ok(languages.iter().map(|counts| LanguageDefinition::new(counts, labels)).collect())
    }

    /// Former addresses of pages, support services and plans that were renamed, ordered by kind, language and
    /// slug, for example for the redirects of a static build. An address that another object has now is not
    /// listed. The fields `page`, `supportService` and `plan` also find an object by its former slug.
    ///
    /// Example: `{ redirects(first: 1000) { nodes { url canonicalUrl } } }`
    async fn redirects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only former addresses in this language. All languages if omitted.")]
        lang: Option<Language>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 1000."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
    ) -> Result<RedirectConnection, ApiError> {
        RedirectConnection::load(ctx, RedirectFilter { lang: lang.map(Into::into) }, first, after).await
    }

    /// All statuses of a measure in order, each with the words and the colour to show it.
    ///
    /// Example: `{ statuses(lang: NL) { status label color isFinal } }`
    async fn statuses(
        &self,
        #[graphql(desc = "Language of the labels. French if omitted.")] lang: Option<Language>,
    ) -> Vec<StatusDefinition> {
        StatusDefinition::all(lang.map(Into::into).unwrap_or_default())
    }
}
