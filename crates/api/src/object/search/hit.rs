//! A thing that a search found, with why.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::language::Language;
use passerelle_model::page::Page;
use passerelle_model::placeholder::TextFormat;
use passerelle_model::published::{PublishedMeasure, PublishedPage, PublishedService};
use passerelle_search::snippet::excerpt::Excerpt;
use passerelle_search::snippet::section::BestSection;
use passerelle_search::{Highlighter, Hit, HitKey};
use tokio::sync::OnceCell;

use super::super::progress::saturate;
use super::super::{CategoryObject, MeasureObject, PageObject, ServiceObject};
use crate::answers::filled;
use crate::context::{load, plan_of, search, tree_of};
use crate::error::ApiError;
use crate::loader::AbovePages;

/// What a search can find.
#[derive(Union)]
pub(crate) enum SearchResult {
    /// A measure.
    Measure(MeasureObject),
    /// A category.
    Category(CategoryObject),
    /// A page.
    Page(PageObject),
    /// A support service.
    SupportService(ServiceObject),
}

/// A stretch of a text, in UTF-16 code units: what JavaScript counts in.
#[derive(SimpleObject)]
pub(crate) struct TextRange {
    /// Where it begins.
    start: i32,
    /// Where it ends, which is no more part of it.
    end: i32,
}

/// What was found.
#[derive(Clone)]
enum Thing {
    Measure(Arc<PublishedMeasure>),
    Category(Arc<CategoryTree>, CategoryKey),
    Page(Arc<PublishedPage>),
    SupportService(Arc<PublishedService>),
}

/// A hit.
#[derive(Clone)]
pub(crate) struct SearchHit {
    score: f64,
    thing: Thing,
    highlighter: Arc<Highlighter>,
    /// Computed once, and used by all fields that need it.
    section: Arc<OnceCell<BestSection>>,
}

impl SearchHit {
    /// A hit with what it found. None where that is not served at the revision of the response.
    pub(super) async fn load(
        ctx: &Context<'_>,
        hit: Hit,
        highlighter: &Arc<Highlighter>,
    ) -> Result<Option<Self>, ApiError> {
        let thing = match hit.key {
            HitKey::Measure(key) => load(ctx, key).await?.map(Thing::Measure),
            HitKey::Category(plan, key) => {
                let tree = tree_of(ctx, &plan).await?;
                tree.index_of(&key).is_some().then_some(Thing::Category(tree, key))
            }
            HitKey::Page(key) => load(ctx, key).await?.map(Thing::Page),
            HitKey::SupportService(key) => load(ctx, key).await?.map(Thing::SupportService),
        };
        Ok(thing.map(|thing| Self {
            score: hit.score,
            thing,
            highlighter: Arc::clone(highlighter),
            section: Arc::default(),
        }))
    }

    /// Where in the thing the hit leads, and what it says there.
    async fn section(&self, ctx: &Context<'_>) -> Result<&BestSection, ApiError> {
        self.section.get_or_try_init(|| self.find_section(ctx)).await
    }

    async fn find_section(&self, ctx: &Context<'_>) -> Result<BestSection, ApiError> {
        match &self.thing {
            Thing::Measure(measure) => {
                let plan = plan_of(ctx, &measure.plan).await?;
                self.excerpt(ctx, measure.title.text.clone(), plan.heading.lang).await
            }
            Thing::Category(tree, key) => {
                let Some(category) = tree.get(key) else { return Ok(BestSection::default()) };
                let plan = plan_of(ctx, &category.plan).await?;
                self.excerpt(ctx, category.title.clone(), plan.heading.lang).await
            }
            Thing::Page(served) => {
                let text = filled(ctx, &served.page.content.text, TextFormat::Text).await?;
                let (served, highlighter) = (Arc::clone(served), Arc::clone(&self.highlighter));
                analyse(ctx, text, move |text| {
                    let Page { title, table_of_contents, lang, .. } = &served.page;
                    BestSection::of(title, table_of_contents, text, *lang, &highlighter)
                })
                .await
            }
            Thing::SupportService(served) => {
                let service = &served.service;
                let mut text = service.summary.text.clone();
                for part in service
                    .definition
                    .iter()
                    .chain(service.missions.iter().map(|mission| &mission.description))
                {
                    text.push('\n');
                    text.push_str(&part.text);
                }
                let text = filled(ctx, &text, TextFormat::Text).await?;
                self.excerpt(ctx, text, service.lang).await
            }
        }
    }

    async fn excerpt(
        &self,
        ctx: &Context<'_>,
        text: String,
        lang: Language,
    ) -> Result<BestSection, ApiError> {
        let highlighter = Arc::clone(&self.highlighter);
        let excerpt = move |text: &str| BestSection {
            excerpt: Excerpt::of(text, lang, &highlighter),
            ..BestSection::default()
        };
        analyse(ctx, text, excerpt).await
    }
}

/// A thing that was found.
#[Object]
impl SearchHit {
    /// How well it fits: more is better. Good for comparing hits of one search. 3 and more: the measure of the number that was
    /// asked for; 2 and more: it has every word; 1 and more: it has every word but for slips; less: it has some of them.
    fn score(&self) -> f64 {
        self.score
    }

    /// What it is called.
    fn title(&self) -> String {
        match &self.thing {
            Thing::Measure(measure) => measure.title.text.clone(),
            Thing::Category(tree, key) => {
                tree.get(key).map(|category| category.title.clone()).unwrap_or_default()
            }
            Thing::Page(served) => served.page.title.clone(),
            Thing::SupportService(served) => served.service.name.clone(),
        }
    }

    /// What it stands in, outermost first. Of a measure or category: its plan and the categories above it. Of a page: the
    /// pages above it in the navigation, then, where the hit leads inside the page, the headings down to the place. Of a support
    /// service: its organisation.
    async fn breadcrumb(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        match &self.thing {
            Thing::Measure(measure) => {
                let tree = tree_of(ctx, &measure.plan).await?;
                let mut above = vec![plan_of(ctx, &measure.plan).await?.heading.title.clone()];
                let lineage = &measure.lineage;
                let categories = [&lineage.objective, &lineage.section, &lineage.group];
                let categories = std::iter::once(&lineage.axis).chain(categories.into_iter().flatten());
                above.extend(categories.filter_map(|key| Some(tree.get(key)?.title.clone())));
                Ok(above)
            }
            Thing::Category(tree, key) => {
                let Some(at) = tree.index_of(key) else { return Ok(Vec::new()) };
                let categories = tree.categories();
                let mut above = vec![plan_of(ctx, &categories[at].plan).await?.heading.title.clone()];
                above.extend(tree.ancestors(at).into_iter().map(|at| categories[at].title.clone()));
                Ok(above)
            }
            Thing::Page(served) => {
                let mut above = pages_above(ctx, served).await?;
                above.extend(self.section(ctx).await?.headings.iter().cloned());
                Ok(above)
            }
            Thing::SupportService(served) => Ok(served.service.organisation.iter().cloned().collect()),
        }
    }

    /// The `id` of the heading of the page to land at; null for the top of the page, and for what is no page.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &self.thing {
            Thing::Page(_) => Ok(self.section(ctx).await?.anchor.clone()),
            _ => Ok(None),
        }
    }

    /// What it says where it was found, some 240 characters, as HTML: what was looked for stands in `<mark>`, everything
    /// else is escaped.
    async fn snippet(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.section(ctx).await?.excerpt.html())
    }

    /// The same as plain text.
    async fn snippet_text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.section(ctx).await?.excerpt.text.clone())
    }

    /// What was looked for in `snippetText`, in order.
    async fn highlights(&self, ctx: &Context<'_>) -> Result<Vec<TextRange>, ApiError> {
        let marked = self.section(ctx).await?.excerpt.highlights_utf16().into_iter();
        Ok(marked.map(|range| TextRange { start: saturate(range.start), end: saturate(range.end) }).collect())
    }

    /// The thing itself.
    fn node(&self) -> Result<SearchResult, ApiError> {
        Ok(match &self.thing {
            Thing::Measure(measure) => SearchResult::Measure(MeasureObject(Arc::clone(measure))),
            Thing::Category(tree, key) => SearchResult::Category(
                CategoryObject::of(tree, key).ok_or(crate::error::Defect("a category left its tree"))?,
            ),
            Thing::Page(page) => SearchResult::Page(PageObject(Arc::clone(page))),
            Thing::SupportService(service) => {
                SearchResult::SupportService(ServiceObject(Arc::clone(service)))
            }
        })
    }
}

/// Longer texts are analysed on a blocking thread. Analysing this much takes less than a millisecond.
const MAX_INLINE_BYTES: usize = 8_192;

/// Analyses the text of a hit. A long text counts as a search: it waits for its turn, and is dropped with the response.
async fn analyse(
    ctx: &Context<'_>,
    text: String,
    work: impl FnOnce(&str) -> BestSection + Send + 'static,
) -> Result<BestSection, ApiError> {
    if text.len() <= MAX_INLINE_BYTES {
        return Ok(work(&text));
    }
    Ok(search(ctx)?.run(move |_| Ok(work(&text))).await?)
}

/// What the pages above a page in the navigation are called.
async fn pages_above(ctx: &Context<'_>, served: &PublishedPage) -> Result<Vec<String>, ApiError> {
    let has_parent = served.page.navigation.as_ref().is_some_and(|entry| entry.parent.is_some());
    if !has_parent {
        return Ok(Vec::new());
    }
    let lang: Language = served.page.lang;
    let above = load(ctx, AbovePages(lang)).await?.unwrap_or_default();
    Ok(above.get(&served.key).cloned().unwrap_or_default())
}
