//! Object type `SearchHit`: a found object with an excerpt around the match.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use futures_util::future::try_join;
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::language::Language;
use passerelle_model::page::Page;
use passerelle_model::placeholder::TextFormat;
use passerelle_model::published::{PublishedMeasure, PublishedPage, PublishedService};
use passerelle_search::snippet::excerpt::Excerpt;
use passerelle_search::snippet::section::BestSection;
use passerelle_search::{Highlighter, Hit, HitKey};
use passerelle_storage::PlanAddress;
use tokio::sync::OnceCell;

use super::super::breadcrumb::pages_above;
use super::super::progress::to_int;
use super::super::{CategoryObject, MeasureObject, PageObject, ServiceObject};
use super::kind::MatchKind;
use crate::context::{category_tree, load, load_required, required_plan, search, site_urls};
use crate::error::{ApiError, InvariantError};
use crate::loader::PageTextOf;
use crate::placeholders::fill_placeholders;

/// Object that a search returns.
#[derive(Union)]
pub(crate) enum SearchResult {
    Measure(MeasureObject),
    Category(CategoryObject),
    Page(PageObject),
    SupportService(ServiceObject),
}

/// Range of a text, in UTF-16 code units as in JavaScript strings: `text.slice(start, end)`.
#[derive(SimpleObject)]
pub(crate) struct TextRange {
    /// Index of the first code unit. The first index of the text is 0.
    start: i32,
    /// Index after the last code unit of the range.
    end: i32,
}

/// Found object, loaded at the revision of the response.
#[derive(Clone)]
enum FoundObject {
    Measure(Arc<PublishedMeasure>),
    Category(Arc<CategoryTree>, CategoryKey),
    Page(Arc<PublishedPage>),
    /// A support service and the page at its address.
    SupportService(Arc<PublishedService>, Arc<PublishedPage>),
}

#[derive(Clone)]
pub(crate) struct SearchHit {
    score: f64,
    match_kind: MatchKind,
    object: FoundObject,
    highlighter: Arc<Highlighter>,
    /// Best match inside the object. Computed once for all fields that need it.
    section: Arc<OnceCell<BestSection>>,
}

impl SearchHit {
    /// Loads the found object. Returns `None` if it is not published at the revision of the response.
    pub(super) async fn load(
        ctx: &Context<'_>,
        hit: Hit,
        highlighter: &Arc<Highlighter>,
    ) -> Result<Option<Self>, ApiError> {
        let object = match hit.key {
            HitKey::Measure(key) => load(ctx, key).await?.map(FoundObject::Measure),
            HitKey::Category(plan, key) => {
                let tree = category_tree(ctx, &plan).await?;
                tree.index_of(&key).is_some().then_some(FoundObject::Category(tree, key))
            }
            HitKey::Page(key) => load(ctx, key).await?.map(FoundObject::Page),
            HitKey::SupportService(key, page) => {
                let (service, page) = try_join(load(ctx, key), load(ctx, page)).await?;
                service.zip(page).map(|(service, page)| FoundObject::SupportService(service, page))
            }
        };
        Ok(object.map(|object| Self {
            score: hit.score,
            match_kind: hit.match_kind.into(),
            object,
            highlighter: Arc::clone(highlighter),
            section: Arc::default(),
        }))
    }

    /// Returns the best matching section and its excerpt. Computed once.
    async fn section(&self, ctx: &Context<'_>) -> Result<&BestSection, ApiError> {
        self.section.get_or_try_init(|| self.find_section(ctx)).await
    }

    async fn find_section(&self, ctx: &Context<'_>) -> Result<BestSection, ApiError> {
        match &self.object {
            FoundObject::Measure(measure) => {
                let lang = required_plan(ctx, &measure.plan).await?.heading.lang;
                self.excerpt(ctx, excerpted_text(measure, lang, &self.highlighter), lang).await
            }
            FoundObject::Category(tree, key) => {
                let Some(category) = tree.get(key) else { return Ok(BestSection::default()) };
                let plan = required_plan(ctx, &category.plan).await?;
                self.excerpt(ctx, category.title.clone(), plan.heading.lang).await
            }
            FoundObject::Page(served) | FoundObject::SupportService(_, served) => {
                let text = load_required(ctx, PageTextOf(served.key.clone(), TextFormat::Text)).await?;
                let text = fill_placeholders(ctx, &text, TextFormat::Text).await?;
                let (served, highlighter) = (Arc::clone(served), Arc::clone(&self.highlighter));
                analyse(ctx, text, move |text| {
                    let Page { title, table_of_contents, lang, .. } = &served.page;
                    BestSection::of(title, table_of_contents, text, *lang, &highlighter)
                })
                .await
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

/// Result of a search, with an excerpt that shows the match.
#[Object]
impl SearchHit {
    /// Relevance. Higher is better. Comparable only within one search.
    fn score(&self) -> f64 {
        self.score
    }

    /// Reason why the object is a hit, for example `ALL_WORDS`.
    fn match_kind(&self) -> MatchKind {
        self.match_kind
    }

    /// Title of the object as plain text: the title of a measure, category or page, or the name of a support
    /// service.
    fn title(&self) -> String {
        match &self.object {
            FoundObject::Measure(measure) => measure.title.text.clone(),
            FoundObject::Category(tree, key) => {
                tree.get(key).map(|category| category.title.clone()).unwrap_or_default()
            }
            FoundObject::Page(served) => served.page.title.clone(),
            FoundObject::SupportService(served, _) => served.service.name.clone(),
        }
    }

    /// Titles of the objects that contain the match, outermost first, for example
    /// `["Plan climat 2025", "Nature"]`. For a measure or category: the plan and the categories above. For a
    /// page: the pages above it in the navigation, then the headings above the match. For a support service:
    /// the organisation. Empty if there are none.
    async fn breadcrumb(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        match &self.object {
            FoundObject::Measure(measure) => {
                let tree = category_tree(ctx, &measure.plan).await?;
                let mut above = vec![required_plan(ctx, &measure.plan).await?.heading.title.clone()];
                let lineage = &measure.lineage;
                let categories = [&lineage.objective, &lineage.section, &lineage.group];
                let categories = std::iter::once(&lineage.axis).chain(categories.into_iter().flatten());
                above.extend(categories.filter_map(|key| Some(tree.get(key)?.title.clone())));
                Ok(above)
            }
            FoundObject::Category(tree, key) => {
                let Some(at) = tree.index_of(key) else { return Ok(Vec::new()) };
                let categories = tree.categories();
                let mut above = vec![required_plan(ctx, &categories[at].plan).await?.heading.title.clone()];
                above.extend(tree.ancestors(at).iter().map(|at| categories[*at].title.clone()));
                Ok(above)
            }
            FoundObject::Page(served) => {
                let pages = pages_above(ctx, served).await?.into_iter();
                let mut above: Vec<String> = pages.map(|page| page.name).collect();
                above.extend(self.section(ctx).await?.headings.iter().cloned());
                Ok(above)
            }
            FoundObject::SupportService(served, _) => {
                Ok(served.service.organisation.iter().cloned().collect())
            }
        }
    }

    /// The heading that contains the best match, as in `Heading.anchor`. Use it as the URL fragment:
    /// `/fr/contact#horaires`. Null if the match is before the first heading, and for measures and
    /// categories.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &self.object {
            FoundObject::Page(_) | FoundObject::SupportService(..) => {
                Ok(self.section(ctx).await?.anchor.as_ref().map(ToString::to_string))
            }
            _ => Ok(None),
        }
    }

    /// Excerpt around the best match as HTML, about 240 characters. Matched words are in `<mark>`, for
    /// example `une <mark>fête</mark> de rue`. Everything else is escaped.
    async fn snippet(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.section(ctx).await?.excerpt.html())
    }

    /// Excerpt of `snippet` as plain text, without `<mark>`.
    async fn snippet_text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.section(ctx).await?.excerpt.text.clone())
    }

    /// Positions of the matched words in `snippetText`, in order. Empty if the excerpt contains none.
    async fn highlights(&self, ctx: &Context<'_>) -> Result<Vec<TextRange>, ApiError> {
        let marked = self.section(ctx).await?.excerpt.highlights_utf16().into_iter();
        Ok(marked.map(|range| TextRange { start: to_int(range.start), end: to_int(range.end) }).collect())
    }

    /// Address of the found object on the website. For a match below a heading of a page, with the heading as
    /// fragment, for example `/fr/contact#horaires`.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let urls = site_urls(ctx)?;
        Ok(match &self.object {
            FoundObject::Measure(measure) => {
                let plan = required_plan(ctx, &measure.plan).await?;
                urls.for_measure(&PlanAddress::from(plan.as_ref()), measure.number)
            }
            FoundObject::Category(tree, key) => {
                let category = tree.get(key).ok_or(InvariantError("a found category is not in its tree"))?;
                let plan = required_plan(ctx, &category.plan).await?;
                urls.for_category(&PlanAddress::from(plan.as_ref()), &category.path)
            }
            FoundObject::Page(served) | FoundObject::SupportService(_, served) => {
                let url = urls.for_page(&served.page.slug, served.page.lang);
                let anchor = self.section(ctx).await?.anchor.as_ref();
                url + &anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default()
            }
        })
    }

    /// The found object.
    fn node(&self) -> Result<SearchResult, ApiError> {
        Ok(match &self.object {
            FoundObject::Measure(measure) => SearchResult::Measure(MeasureObject(Arc::clone(measure))),
            FoundObject::Category(tree, key) => SearchResult::Category(
                CategoryObject::of(tree, key).ok_or(InvariantError("a found category is not in its tree"))?,
            ),
            FoundObject::Page(page) => SearchResult::Page(PageObject(Arc::clone(page))),
            FoundObject::SupportService(service, _) => {
                SearchResult::SupportService(ServiceObject(Arc::clone(service)))
            }
        })
    }
}

/// Returns the text of a measure for the excerpt: the title, or, if the match is elsewhere, the title with
/// the label, the bodies, the description and the other columns.
fn excerpted_text(measure: &PublishedMeasure, lang: Language, highlighter: &Highlighter) -> String {
    let title = &measure.title.text;
    let words_of = |text: &str| {
        highlighter.find(text, lang).into_iter().map(|found| found.word).collect::<HashSet<_>>().len()
    };
    let details = &measure.details;
    if details.is_empty() || words_of(title) == highlighter.word_count() {
        return title.clone();
    }
    let description = details.description.iter().map(|description| description.text.clone());
    let parties = details.responsible_parties.iter().chain(&details.partners).chain(&details.indicators);
    let attributes = details.attributes.iter().map(|own| format!("{}: {}", own.name, own.value));
    let parts = description.chain(parties.cloned()).chain(attributes);
    let text = std::iter::once(title.clone()).chain(parts).collect::<Vec<_>>().join("\n");
    if words_of(&text) == words_of(title) { title.clone() } else { text }
}

/// Longer texts are analysed on a blocking thread. Analysing this much takes less than a millisecond.
const MAX_INLINE_BYTES: usize = 8_192;

/// Analyses the text of a hit. A long text counts as a search: it waits for its turn, and is dropped with the
/// response.
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
