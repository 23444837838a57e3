//! A page of the site.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::page::Heading;
use passerelle_model::rich_text::excerpt;
use passerelle_model::served::ServedPage;
use passerelle_model::slot::Form;

use super::block::{Block, block_view};
use super::image::ImageObject;
use super::link::LinkObject;
use super::progress::saturate;
use super::related::{self, RelatedMeasureEdge};
use super::{DateTime, DocumentObject, Json, Language, MeasureObject, RichTextObject, ServiceObject};
use crate::answers::filled;
use crate::context::{load, need};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::loader::Translations;

/// How long an excerpt is when nothing is said, in characters: two lines under a title.
const EXCERPT: i32 = 200;
/// How long it is at most.
const MAX_EXCERPT: i32 = 10_000;

/// How fast people read.
const WORDS_A_MINUTE: u32 = 200;

/// A page.
pub(crate) struct PageObject(pub(crate) Arc<ServedPage>);

/// A page of the site.
#[Object(name = "Page")]
impl PageObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Page(self.0.key.clone()).id()
    }

    /// The name in a URL.
    fn slug(&self) -> &str {
        self.0.page.slug.as_str()
    }

    /// The language that it is written in.
    fn lang(&self) -> Language {
        self.0.page.lang.into()
    }

    /// The first heading, else the name.
    fn title(&self) -> &str {
        &self.0.page.title
    }

    /// The short name of the front matter.
    fn name(&self) -> Option<&str> {
        self.0.page.name.as_deref()
    }

    /// What its translations have in common.
    fn translation_key(&self) -> Option<&str> {
        self.0.page.translation_key.as_deref()
    }

    /// The identifier that the site builder gave it.
    fn uuid(&self) -> Option<&str> {
        self.0.page.uuid.as_deref()
    }

    /// Its place among its siblings.
    fn order(&self) -> Option<i32> {
        self.0.page.order
    }

    /// When it was written, by the front matter.
    fn created_at(&self) -> Option<DateTime> {
        self.0.page.created_at.map(DateTime)
    }

    /// When anything of it last changed.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Its tags.
    fn tags(&self) -> &[String] {
        &self.0.page.tags
    }

    /// All of it.
    fn content(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.page.content)
    }

    /// The beginning of its text, cut between words.
    async fn excerpt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many characters; 200 unless given.")] length: Option<i32>,
    ) -> Result<String, ApiError> {
        let length = length.unwrap_or(EXCERPT);
        let characters = usize::try_from(length).ok().filter(|_| length <= MAX_EXCERPT);
        let characters = characters.ok_or_else(|| {
            ApiError::BadInput(format!("`length` is between 0 and {MAX_EXCERPT}, not {length}"))
        })?;
        Ok(excerpt(&filled(ctx, &self.0.page.content.text, Form::Text).await?, characters))
    }

    /// Its parts, in document order.
    fn blocks(&self) -> Vec<Block> {
        self.0.page.blocks.iter().map(block_view).collect()
    }

    /// Its headings, each with those below it.
    fn table_of_contents(&self) -> Vec<HeadingObject> {
        self.0.page.table_of_contents.iter().cloned().map(HeadingObject).collect()
    }

    /// Its images, in document order.
    fn images(&self) -> Vec<ImageObject> {
        self.0.page.images.iter().cloned().map(ImageObject).collect()
    }

    /// Its links, in document order.
    fn links(&self) -> Vec<LinkObject> {
        self.0.page.links.iter().cloned().map(LinkObject).collect()
    }

    /// How many words it has.
    fn word_count(&self) -> i32 {
        saturate(self.0.page.word_count)
    }

    /// How long it takes to read, in minutes, at 200 words a minute, rounded up.
    fn reading_time(&self) -> i32 {
        saturate(self.0.page.word_count.div_ceil(WORDS_A_MINUTE))
    }

    /// The same page in other languages.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<PageObject>, ApiError> {
        let Some(key) = self.0.page.translation_key.clone() else { return Ok(Vec::new()) };
        let pages = load(ctx, Translations(key)).await?.unwrap_or_default();
        Ok(pages.iter().filter(|page| page.page.lang != self.0.page.lang).cloned().map(PageObject).collect())
    }

    /// Every field of the front matter, known or not, each scalar as written.
    fn front_matter(&self) -> Json {
        Json(self.0.page.front_matter.clone().into())
    }

    /// The support service that it describes, if it describes one.
    async fn support_service(&self, ctx: &Context<'_>) -> Option<Result<ServiceObject, ApiError>> {
        let service = load(ctx, self.0.service.clone()?).await.transpose()?;
        Some(service.map(ServiceObject))
    }

    /// The document that it comes from.
    async fn document(&self, ctx: &Context<'_>) -> Result<DocumentObject, ApiError> {
        need(ctx, self.0.document.clone()).await.map(DocumentObject)
    }

    /// The measures of the newest plan in its language that are related to it: those that its front matter names
    /// (`measures: [12, 40]`) first, then those that share most of its distinctive words.
    async fn related_measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many; 10 unless given, 50 at most.")] first: Option<i32>,
    ) -> Result<Vec<MeasureObject>, ApiError> {
        related::only_measures(ctx, &self.0.key, self.0.page.lang, first).await
    }

    /// The same measures with how strongly they are related.
    async fn related_measure_edges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many; 10 unless given, 50 at most.")] first: Option<i32>,
    ) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
        related::measures_of(ctx, &self.0.key, self.0.page.lang, first).await
    }
}

/// A heading.
pub(crate) struct HeadingObject(Heading);

/// A heading of a page.
#[Object(name = "Heading")]
impl HeadingObject {
    /// 1 to 6.
    fn level(&self) -> i32 {
        i32::from(self.0.level)
    }

    /// Its plain text.
    fn text(&self) -> &str {
        &self.0.text
    }

    /// The `id` of its element in the HTML of the page.
    fn anchor(&self) -> &str {
        &self.0.anchor
    }

    /// The headings below it.
    fn children(&self) -> Vec<HeadingObject> {
        self.0.children.iter().cloned().map(HeadingObject).collect()
    }
}
