//! A thing that a search found, with why.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::language::Language;
use passerelle_model::page::Page;
use passerelle_model::served::{ServedMeasure, ServedPage, ServedService};
use passerelle_model::slot::Form;
use passerelle_search::excerpt::Excerpt;
use passerelle_search::landing::Landing;
use passerelle_search::{Hit, Marks, SearchNode};
use tokio::sync::OnceCell;

use super::super::progress::saturate;
use super::super::{CategoryObject, MeasureObject, PageObject, ServiceObject};
use crate::answers::filled;
use crate::context::{load, plan_of, tree_of};
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
    Measure(Arc<ServedMeasure>),
    Category(Arc<CategoryTree>, CategoryKey),
    Page(Arc<ServedPage>),
    SupportService(Arc<ServedService>),
}

/// A hit.
#[derive(Clone)]
pub(crate) struct SearchHit {
    score: f64,
    thing: Thing,
    marks: Arc<Marks>,
    /// Found once, for all fields that tell of it.
    landing: Arc<OnceCell<Landing>>,
}

impl SearchHit {
    /// A hit with what it found. None where that is not served at the revision of the response.
    pub(super) async fn load(
        ctx: &Context<'_>,
        hit: Hit,
        marks: &Arc<Marks>,
    ) -> Result<Option<Self>, ApiError> {
        let thing = match hit.node {
            SearchNode::Measure(key) => load(ctx, key).await?.map(Thing::Measure),
            SearchNode::Category(plan, key) => {
                let tree = tree_of(ctx, &plan).await?;
                tree.place(&key).is_some().then_some(Thing::Category(tree, key))
            }
            SearchNode::Page(key) => load(ctx, key).await?.map(Thing::Page),
            SearchNode::SupportService(key) => load(ctx, key).await?.map(Thing::SupportService),
        };
        Ok(thing.map(|thing| Self {
            score: hit.score,
            thing,
            marks: Arc::clone(marks),
            landing: Arc::default(),
        }))
    }

    /// Where in the thing the hit leads, and what it says there.
    async fn landing(&self, ctx: &Context<'_>) -> Result<&Landing, ApiError> {
        self.landing.get_or_try_init(|| self.land(ctx)).await
    }

    async fn land(&self, ctx: &Context<'_>) -> Result<Landing, ApiError> {
        let excerpt = |text: &str, lang| Landing {
            excerpt: Excerpt::of(text, lang, &self.marks),
            ..Landing::default()
        };
        match &self.thing {
            Thing::Measure(measure) => {
                let plan = plan_of(ctx, &measure.plan).await?;
                Ok(excerpt(&measure.title.text, plan.heading.lang))
            }
            Thing::Category(tree, key) => {
                let Some(category) = tree.get(key) else { return Ok(Landing::default()) };
                let plan = plan_of(ctx, &category.plan).await?;
                Ok(excerpt(&category.title, plan.heading.lang))
            }
            Thing::Page(served) => {
                let Page { title, table_of_contents, content, lang, .. } = &served.page;
                let text = filled(ctx, &content.text, Form::Text).await?;
                Ok(Landing::of(title, table_of_contents, &text, *lang, &self.marks))
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
                let text = filled(ctx, &text, Form::Text).await?;
                Ok(excerpt(&text, service.lang))
            }
        }
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
                let Some(at) = tree.place(key) else { return Ok(Vec::new()) };
                let categories = tree.all();
                let mut above = vec![plan_of(ctx, &categories[at].plan).await?.heading.title.clone()];
                above.extend(tree.above(at).into_iter().map(|at| categories[at].title.clone()));
                Ok(above)
            }
            Thing::Page(served) => {
                let mut above = pages_above(ctx, served).await?;
                above.extend(self.landing(ctx).await?.headings.iter().cloned());
                Ok(above)
            }
            Thing::SupportService(served) => Ok(served.service.organisation.iter().cloned().collect()),
        }
    }

    /// The `id` of the heading of the page to land at; null for the top of the page, and for what is no page.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &self.thing {
            Thing::Page(_) => Ok(self.landing(ctx).await?.anchor.clone()),
            _ => Ok(None),
        }
    }

    /// What it says where it was found, some 240 characters, as HTML: what was looked for stands in `<mark>`, everything
    /// else is escaped.
    async fn snippet(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.landing(ctx).await?.excerpt.html())
    }

    /// The same as plain text.
    async fn snippet_text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.landing(ctx).await?.excerpt.text.clone())
    }

    /// What was looked for in `snippetText`, in order.
    async fn highlights(&self, ctx: &Context<'_>) -> Result<Vec<TextRange>, ApiError> {
        let marked = self.landing(ctx).await?.excerpt.marked_utf16().into_iter();
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

/// What the pages above a page in the navigation are called.
async fn pages_above(ctx: &Context<'_>, served: &ServedPage) -> Result<Vec<String>, ApiError> {
    let has_parent = served.page.navigation.as_ref().is_some_and(|entry| entry.parent.is_some());
    if !has_parent {
        return Ok(Vec::new());
    }
    let lang: Language = served.page.lang;
    let above = load(ctx, AbovePages(lang)).await?.unwrap_or_default();
    Ok(above.get(&served.key).cloned().unwrap_or_default())
}
