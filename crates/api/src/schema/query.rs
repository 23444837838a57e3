//! Where queries begin.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it waits or not")]

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::key::Slug;
use passerelle_model::path::DocumentPath;
use passerelle_model::served::ServedPlan;
use passerelle_model::sync::RevisionNumber;
use passerelle_storage::{ChangeFilter, DocumentQuery, MeasureScope, PageFilter, Past, ServiceQuery};

use crate::context::{load, plans, read_from, storage, sync_status, tell_how_things_are, view};
use crate::error::ApiError;
use crate::input::{
    DocumentFilterInput, MeasureFilterInput, MeasureOrderInput, PageBy, PageFilterInput, PageOrderInput,
    PlanBy, WindowArgs, assert_once, measure_query, page_query, plans_named,
};
use crate::loader::Numbered;
use crate::object::{
    ChangeConnection, ChangeKind, DateTime, DocumentConnection, DocumentObject, Language, MeasureConnection,
    MeasureObject, NavigationItem, Node, PageConnection, PageObject, PlanObject, RevisionObject,
    SearchConnection, SearchKind, SearchQuery, ServiceObject, SupportServiceConnection, SyncStatusObject,
    measure_connection, navigation_items,
};

/// How many ids `nodes` takes.
const MAX_IDS: usize = 100;

/// The root of queries.
pub(crate) struct Query;

/// Everything is read at one revision of the content, which `extensions.revision` of every response names.
#[Object]
impl Query {
    /// The thing of a global id. Null where it is not, or no longer, served.
    ///
    /// Example: `{ node(id: "TWVhc3VyZTpwbGFu") { id ... on Measure { number } } }`
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id that this service gave.")] id: ID,
    ) -> Option<Result<Node, ApiError>> {
        Node::load(ctx, &id).await.transpose()
    }

    /// The things of global ids, in the order of the ids; null for each that is not served.
    ///
    /// Example: `{ nodes(ids: ["TWVhc3VyZTpwbGFu"]) { id } }`
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MAX_IDS {
            return Err(ApiError::BadInput(format!("`ids` has at most {MAX_IDS} ids, not {}", ids.len())));
        }
        futures_util::future::try_join_all(ids.iter().map(|id| Node::load(ctx, id))).await
    }

    /// The revision that every field of this response is read at.
    ///
    /// Example: `{ revision { number at } }`
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }

    /// Every plan, the newest first.
    ///
    /// Example: `{ plans(lang: FR) { slug title year progress { ratio } } }`
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only plans in this language.")] lang: Option<Language>,
    ) -> Result<Vec<PlanObject>, ApiError> {
        Ok(find_plans(ctx, None, lang).await?.into_iter().map(PlanObject).collect())
    }

    /// A plan by its slug, or by another of its names; without one the newest plan.
    ///
    /// Example: `{ plan { title axes { label title progress { completed total } } } }`, or
    /// `{ plan(by: {edition: {slug: "plan-climat", year: 2025}}) { title } }`
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its slug. With `-` and a year behind it: that edition; else the newest.")]
        slug: Option<String>,
        #[graphql(desc = "By one of its names, in place of `slug`.")] by: Option<PlanBy>,
        #[graphql(desc = "Its language. Without it the first of the enum that there is.")] lang: Option<
            Language,
        >,
        #[graphql(desc = "As it stood at this instant, with all below it; without it as it is now.")]
        as_of: Option<DateTime>,
    ) -> Option<Result<PlanObject, ApiError>> {
        if let Err(error) = assert_once(by.as_ref(), &[("slug", slug.is_some())]) {
            return Some(Err(error));
        }
        match read_as_of(ctx, as_of).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let plans = match find_plans(ctx, slug.as_deref(), lang).await {
            Ok(plans) => plans,
            Err(error) => return Some(Err(error)),
        };
        let is_meant = |plan: &Arc<ServedPlan>| by.as_ref().is_none_or(|by| by.is_of(plan));
        plans.into_iter().find(is_meant).map(|plan| Ok(PlanObject(plan)))
    }

    /// A measure by its number.
    ///
    /// Example: `{ measure(number: 12) { title { text } status next { number } } }`
    async fn measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number in the plan.")] number: i32,
        #[graphql(desc = "The slug of its plan; without it the newest plan.")] plan: Option<String>,
    ) -> Option<Result<MeasureObject, ApiError>> {
        let plans = match find_plans(ctx, plan.as_deref(), None).await {
            Ok(plans) => plans,
            Err(error) => return Some(Err(error)),
        };
        let (key, number) = (plans.first()?.key.clone(), u32::try_from(number).ok()?);
        let measure = load(ctx, Numbered(key, number)).await.transpose()?;
        Some(measure.map(MeasureObject))
    }

    /// The measures of a plan; in document order unless `orderBy` says otherwise.
    ///
    /// Example: `{ measures(filter: {status: [COMPLETED]}, first: 5) { totalCount nodes { number title { text } } } }`
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug of the plan; without it the newest plan.")] plan: Option<String>,
        #[graphql(desc = "Which measures to keep.")] filter: Option<Box<MeasureFilterInput>>,
        #[graphql(desc = "The order, most important first.")] order_by: Option<Vec<MeasureOrderInput>>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<MeasureConnection, ApiError> {
        let (query, order) = measure_query(filter, order_by, WindowArgs { first, after, last, before })?;
        let plans = find_plans(ctx, plan.as_deref(), None).await?;
        // A plan that is not there has no measures; no plan has an empty key.
        let key =
            plans.first().map_or_else(|| passerelle_model::key::PlanKey::new(""), |plan| plan.key.clone());
        measure_connection(ctx, MeasureScope { plan: key, category: None }, query, order).await
    }

    /// A page by its slug, its translation key, or another of its names.
    ///
    /// Example: `{ page(slug: "contact", lang: FR) { title content { html } } }`, or
    /// `{ page(by: {translationKey: "contact"}, lang: NL) { title } }`
    async fn page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its slug.")] slug: Option<String>,
        #[graphql(desc = "What it shares with its translations.")] translation_key: Option<String>,
        #[graphql(desc = "By one of its names, in place of `slug` and `translationKey`.")] by: Option<PageBy>,
        #[graphql(desc = "Its language. Without it the first of the enum that there is.")] lang: Option<
            Language,
        >,
    ) -> Option<Result<PageObject, ApiError>> {
        let simple = [("slug", slug.is_some()), ("translationKey", translation_key.is_some())];
        if let Err(error) = assert_once(by.as_ref(), &simple) {
            return Some(Err(error));
        }
        if by.is_none() && slug.is_none() && translation_key.is_none() {
            return Some(Err(ApiError::BadInput("give `slug`, `translationKey` or `by`".to_owned())));
        }
        let filter = by.map_or_else(
            || PageFilter {
                slug: slug.into_iter().map(Slug::new).collect(),
                translation_key: translation_key.into_iter().collect(),
                ..PageFilter::default()
            },
            PageBy::filter,
        );
        let filter = PageFilter { lang: lang.into_iter().map(Into::into).collect(), ..filter };
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        let page = content.page(&filter).await.map_err(ApiError::from).transpose()?;
        Some(page.map(|page| PageObject(Arc::new(page))))
    }

    /// The pages; by `order` and title unless `orderBy` says otherwise.
    ///
    /// Example: `{ pages(filter: {tag: ["featured"]}) { nodes { slug title excerpt } } }`
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pages to keep.")] filter: Option<PageFilterInput>,
        #[graphql(desc = "The order, most important first.")] order_by: Option<Vec<PageOrderInput>>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<PageConnection, ApiError> {
        let (query, order) = page_query(filter, order_by, WindowArgs { first, after, last, before })?;
        PageConnection::load(&view(ctx)?, query, order).await
    }

    /// The site's navigation as a tree.
    ///
    /// Example: `{ navigation(lang: FR) { title page { slug } children { title } } }`
    async fn navigation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pages in this language.")] lang: Option<Language>,
    ) -> Result<Vec<NavigationItem>, ApiError> {
        Ok(navigation_items(view(ctx)?.navigation_pages(lang.map(Into::into)).await?))
    }

    /// A support service by the slug of its page.
    ///
    /// Example: `{ supportService(slug: "saq") { name acronym missions { title } } }`
    async fn support_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug of its page.")] slug: String,
        #[graphql(desc = "Its language. Without it the first of the enum that there is.")] lang: Option<
            Language,
        >,
    ) -> Option<Result<ServiceObject, ApiError>> {
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        let service = content.service(&Slug::new(slug), lang.map(Into::into)).await;
        let service = service.map_err(ApiError::from).transpose()?;
        Some(service.map(|service| ServiceObject(Arc::new(service))))
    }

    /// The support services, by slug.
    ///
    /// Example: `{ supportServices { nodes { name organisation designatedYear } } }`
    async fn support_services(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this language.")] lang: Option<Language>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<SupportServiceConnection, ApiError> {
        let order = "services".to_owned();
        let window = WindowArgs { first, after, last, before }.parse(&order)?;
        let lang = lang.map(Into::into);
        let slice = view(ctx)?.services(&ServiceQuery { lang, window }).await?.map(Arc::new);
        Ok(SupportServiceConnection { slice, lang, order })
    }

    /// What has the words of a query, the best first: measures, categories, pages and support services, in whatever
    /// language they are. Nothing in the query is an operator. Endings, accents, elisions and inclusive writing do not count, the
    /// last word may be the beginning of one, and where little has every word, slips are overlooked and some of the words will
    /// do. A number alone finds the measure of that number first. Without words nothing is found.
    ///
    /// Example: `{ search(query: "fêtes de quartier") { totalCount nodes { title breadcrumb snippet node { ... on Page { slug } } } } }`
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As somebody typed it, at most 1000 bytes; of more than 24 words the first count.")]
        query: String,
        #[graphql(desc = "Only things of these kinds.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "Only what is written in this language.")] lang: Option<Language>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
    ) -> Result<SearchConnection, ApiError> {
        let query = SearchQuery::parse(query, kinds, lang.map(Into::into), first, after)?;
        SearchConnection::load(ctx, query).await
    }

    /// The documents of the folder, by path.
    ///
    /// Example: `{ documents(filter: {hasDiagnostics: ERROR}) { nodes { path diagnostics { line message } } } }`
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which documents to keep.")] filter: Option<DocumentFilterInput>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<DocumentConnection, ApiError> {
        tell_how_things_are(ctx);
        let order = "documents".to_owned();
        let window = WindowArgs { first, after, last, before }.parse(&order)?;
        let query = DocumentQuery { filter: filter.unwrap_or_default().into(), window };
        let slice = view(ctx)?.documents(&query).await?.map(Arc::new);
        Ok(DocumentConnection { slice, filter: query.filter, order })
    }

    /// The document that lies at a path.
    ///
    /// Example: `{ document(path: "plans/plan.txt") { state diagnostics { severity line message suggestion } } }`
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Relative to the folder, `/` between names.")] path: String,
    ) -> Option<Result<DocumentObject, ApiError>> {
        let path = DocumentPath::parse(&path).ok()?;
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        let document = content.document_at(&path).await.map_err(ApiError::from).transpose()?;
        Some(document.map(|document| DocumentObject(Arc::new(document))))
    }

    /// What changed after a revision, oldest first. Where the log was pruned the first is a `RESYNC`.
    ///
    /// Example: `{ changes(since: 0, first: 5) { nodes { revision kind field before after node { id } } } }`
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the last revision that is known; 0 for everything.")] since: i32,
        #[graphql(desc = "Only changes of these kinds, and `RESYNC`.")] kinds: Option<Vec<ChangeKind>>,
        #[graphql(desc = "At most so many; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
    ) -> Result<ChangeConnection, ApiError> {
        let order = "changes".to_owned();
        let window = WindowArgs { first, after, ..WindowArgs::default() }.parse(&order)?;
        let kinds = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        let newest = view(ctx)?.revision().number;
        if i64::from(since) > newest.get() {
            return Err(ApiError::BadInput(format!(
                "`since` is {since}, and the newest revision is {newest}: read again what you have read"
            )));
        }
        let filter = ChangeFilter { since: RevisionNumber::new(i64::from(since)), kinds };
        let slice = view(ctx)?.changes(&filter, &window).await?.map(Arc::new);
        Ok(ChangeConnection { slice, filter, order })
    }

    /// How the service stands to the folder.
    ///
    /// Example: `{ sync { state pending documents rejected } }`
    async fn sync(&self, ctx: &Context<'_>) -> Result<SyncStatusObject, ApiError> {
        Ok(SyncStatusObject(sync_status(ctx)?))
    }
}

/// Reads this root field as the content stood at an instant. False where there was none yet.
async fn read_as_of(ctx: &Context<'_>, at: Option<DateTime>) -> Result<bool, ApiError> {
    let Some(at) = at else { return Ok(true) };
    match storage(ctx)?.as_of(at.0).await? {
        // What comes after the revision of this request is not part of the answer.
        Past::At(past) if past.revision().number > view(ctx)?.revision().number => Ok(true),
        Past::At(past) => read_from(ctx, past).map(|()| true),
        Past::Nothing => Ok(false),
        Past::Pruned(oldest) => Err(ApiError::BadInput(format!(
            "what was before {oldest} is kept no more: `asOf` is at least that"
        ))),
    }
}

/// The plans of a slug and a language, the newest first.
async fn find_plans(
    ctx: &Context<'_>,
    slug: Option<&str>,
    lang: Option<Language>,
) -> Result<Vec<Arc<ServedPlan>>, ApiError> {
    let plans = plans(ctx).await?;
    Ok(plans_named(&plans, slug, lang.map(Into::into)).into_iter().cloned().collect())
}
