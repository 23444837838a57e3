//! Object types `Page` and `Heading`.

use async_graphql::{Context, ID, Object};
use passerelle_model::key::{PageKey, TranslationKey};
use passerelle_model::page::{Heading, typed_fields};
use passerelle_model::placeholder::{Placeholder, TextFormat, TextSegment, segments};
use passerelle_model::published::PublishedPage;
use passerelle_model::rich_text::{excerpt, first_paragraph};

use super::block::{Block, flat_blocks, top_blocks};
use super::breadcrumb::{Breadcrumb, pages_above};
use super::front_matter::{FrontMatterValue, find_value, image_of, plain_text};
use super::image::ImageObject;
use super::link::LinkObject;
use super::progress::to_int;
use super::related::{self, RelatedMeasureEdge};
use super::{
    DateTime, DocumentObject, Json, Language, MeasureObject, PageObject, RichTextObject, ServiceObject,
};
use crate::context::{global_id, load, load_required, site_urls};
use crate::error::ApiError;
use crate::input::{NodeId, check_path};
use crate::loader::{PageBlocksOf, PageStartOf, PageTextOf, PagesByTranslationKey, START_CHARACTERS};
use crate::placeholders::fill_placeholders;
use crate::response_count::{count_text, counted, counted_text};

/// Default length of an excerpt in characters: about two lines of text.
const DEFAULT_EXCERPT_LENGTH: i32 = 200;
/// Maximum length of an excerpt in characters. Longer texts are available as `content`.
const MAX_EXCERPT_LENGTH: i32 = 10_000;

/// Average reading speed for prose in French and Dutch.
const WORDS_PER_MINUTE: u32 = 200;

/// Page of the site.
#[Object(name = "Page")]
impl PageObject {
    /// Global id, opaque. It stays the same when the page is edited or its file is renamed.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Page(self.0.key.clone()))
    }

    /// Identifier for URLs, for example `contact`.
    fn slug(&self) -> &str {
        self.0.page.slug.as_str()
    }

    /// Address of the page on the website, for example `/fr/contact`. The operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_page(&self.0.page.slug, self.0.page.lang))
    }

    /// Address under which the page is known, the same as `url`. If `page` found the page by a former slug,
    /// redirect to it.
    async fn canonical_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        self.url(ctx).await
    }

    /// Pages above this one in the navigation, outermost first. Empty if the page is at the top of the
    /// navigation or not in it.
    async fn breadcrumbs(&self, ctx: &Context<'_>) -> Result<Vec<Breadcrumb>, ApiError> {
        let urls = site_urls(ctx)?;
        let lang = self.0.page.lang;
        let above = pages_above(ctx, &self.0).await?.into_iter();
        let breadcrumbs = above.map(|page| Breadcrumb::new(page.name, urls.for_page(&page.slug, lang)));
        Ok(counted(ctx, breadcrumbs.collect()))
    }

    /// Language of the page, for example `FR`.
    fn lang(&self) -> Language {
        self.0.page.lang.into()
    }

    /// Title as plain text: the first heading of the page, or `name` if it has no heading.
    fn title(&self, ctx: &Context<'_>) -> &str {
        counted_text(ctx, &self.0.page.title)
    }

    /// Short name from the front matter, for example for menus. Null if the front matter has none.
    fn name(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.page.name.as_deref().map(|name| counted_text(ctx, name))
    }

    /// Key that all translations of the page share, for example `contact`. Null if the front matter has none.
    fn translation_key(&self) -> Option<&str> {
        self.0.page.translation_key.as_ref().map(TranslationKey::as_str)
    }

    /// UUID that the site builder assigned, from the front matter. Null if the front matter has none.
    fn uuid(&self) -> Option<&str> {
        self.0.page.uuid.as_deref()
    }

    /// Sort position among sibling pages, from the front matter. Lower numbers come first. Null if it has
    /// none.
    fn order(&self) -> Option<i32> {
        self.0.page.order
    }

    /// Creation time: the front matter field `createdAt` or `date`, else the date at the start of the file
    /// name. Null if there is none.
    fn created_at(&self) -> Option<DateTime> {
        self.0.page.created_at.map(DateTime)
    }

    /// Time of the last change of the page: the front matter field `updatedAt` when it is new, else the time
    /// of the revision that changed the page. For a page that did not change since it was first published,
    /// the field `updatedAt` or `date`, else the modification time of the file.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Tags from the front matter, for example `["featured"]`. Empty if there are none.
    fn tags(&self) -> &[String] {
        &self.0.page.tags
    }

    /// Whole content of the page. Use `blocks` for the same content in parts.
    fn content(&self) -> RichTextObject<'_> {
        RichTextObject::Page(self.0.key.clone())
    }

    /// Description of the page: the front matter field `description`, `excerpt` or `metadata.description`,
    /// else the first paragraph. Null if there is neither. Example: `Les heures et l’adresse de l’atelier.`
    async fn description(&self, ctx: &Context<'_>) -> Option<Result<String, ApiError>> {
        let summary = match summary(ctx, &self.0).await {
            Ok(summary) => summary?,
            Err(error) => return Some(Err(error)),
        };
        Some(count_text(ctx, summary.len()).map(|()| summary))
    }

    /// Beginning of `description`, cut between words and ended with `…` if it is shortened. An empty string
    /// if the page has no description.
    async fn excerpt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum number of characters. Default 200, at most 10000.")] length: Option<i32>,
    ) -> Result<String, ApiError> {
        let length = length.unwrap_or(DEFAULT_EXCERPT_LENGTH);
        let characters = usize::try_from(length).ok().filter(|_| length <= MAX_EXCERPT_LENGTH);
        let characters = characters.ok_or_else(|| {
            ApiError::BadInput(format!("`length` must be between 0 and {MAX_EXCERPT_LENGTH}, got {length}"))
        })?;
        let excerpt = excerpt(&summary(ctx, &self.0).await?.unwrap_or_default(), characters);
        count_text(ctx, excerpt.len())?;
        Ok(excerpt)
    }

    /// Content of the page in parts, in document order. Empty if the page has no content.
    async fn blocks(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "If true, the list contains all nested blocks too, each before its children. Build the tree \
                from `parentId` or `depth`, and select `ownContent`: no text is sent twice. Default false."
        )]
        flat: Option<bool>,
    ) -> Result<Vec<Block>, ApiError> {
        let blocks = load_required(ctx, PageBlocksOf(self.0.key.clone())).await?;
        Ok(counted(ctx, if flat == Some(true) { flat_blocks(&blocks) } else { top_blocks(&blocks) }))
    }

    /// Headings of the page as a tree. Empty if there are none.
    fn table_of_contents(&self, ctx: &Context<'_>) -> Vec<HeadingObject> {
        counted(ctx, self.0.page.table_of_contents.iter().cloned().map(HeadingObject).collect())
    }

    /// Images of the page, in document order: that of the front matter (`metadata.image`), those of layouts
    /// such as a header, and those of the text. Empty if there are none.
    fn images(&self, ctx: &Context<'_>) -> Vec<ImageObject> {
        counted(ctx, self.0.page.images.iter().cloned().map(ImageObject::new).collect())
    }

    /// Links in the page, in document order. Empty if there are none.
    fn links(&self, ctx: &Context<'_>) -> Vec<LinkObject> {
        counted(ctx, self.0.page.links.iter().cloned().map(LinkObject).collect())
    }

    /// Number of words in the text of the page, for example `420`.
    fn word_count(&self) -> i32 {
        to_int(self.0.page.word_count)
    }

    /// Estimated reading time in minutes, at 200 words per minute, rounded up. `0` if the page has no text.
    fn reading_time(&self) -> i32 {
        to_int(self.0.page.word_count.div_ceil(WORDS_PER_MINUTE))
    }

    /// The page in other languages: the pages with the same translation key. Empty if there are none.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<PageObject>, ApiError> {
        let Some(key) = self.0.page.translation_key.clone() else { return Ok(Vec::new()) };
        let pages = load(ctx, PagesByTranslationKey(key)).await?.unwrap_or_default();
        Ok(pages.iter().filter(|page| page.page.lang != self.0.page.lang).cloned().map(PageObject).collect())
    }

    /// All fields of the front matter as a JSON object. Texts are as the editor wrote them, for example
    /// `{"order": 3, "date": "2026-03-01", "price": "1.10"}`. An empty object if there are none.
    fn front_matter(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default = false,
            desc = "True for typed values: dates as RFC 3339 in UTC, and numbers and booleans as JSON."
        )]
        typed: bool,
    ) -> Result<Json, ApiError> {
        let bytes = self.0.page.front_matter.iter().map(|(key, value)| key.len() + json_bytes(value));
        count_text(ctx, bytes.sum())?;
        let fields = &self.0.page.front_matter;
        Ok(Json(if typed { typed_fields(fields) } else { fields.clone() }.into()))
    }

    /// One value of the front matter, readable as several types. Null if the front matter has no such key, or
    /// if its value is null.
    ///
    /// Example: `{ page(slug: "contact") { field(path: "metadata.tempo") { text number } } }`
    async fn field(
        &self,
        #[graphql(
            desc = "Key of the front matter. Keys of nested objects are joined with dots, and an item of a list is \
                given by its index, for example `metadata.tempo` or `etapes.0.titre`. At most 200 characters."
        )]
        path: String,
    ) -> Result<Option<FrontMatterValue>, ApiError> {
        let value = find_value(&self.0.page.front_matter, check_path(&path)?);
        Ok(value.map(|value| FrontMatterValue::new(value.clone(), &self.0.folder)))
    }

    /// A text of the front matter as Markdown, with its links and images resolved. Null if the front matter
    /// has no such key, or if its value is neither a text nor a number.
    ///
    /// Example: `{ page(slug: "contact") { richText(path: "metadata.lead") { html } } }`
    async fn rich_text(
        &self,
        #[graphql(desc = "Key of the front matter, as for `field`.")] path: String,
    ) -> Result<Option<RichTextObject<'_>>, ApiError> {
        let path = check_path(&path)?;
        let page = &self.0.page;
        if let Some(text) = page.front_matter_texts.get(path) {
            return Ok(Some(RichTextObject::of(text)));
        }
        Ok(find_value(&page.front_matter, path).and_then(plain_text).map(RichTextObject::owned))
    }

    /// Image that represents the page, for example in a list or a preview: the image of `metadata`, of
    /// `header`, or `image` of the front matter, else the first image of the content. Null if there is none.
    fn image(&self) -> Option<ImageObject> {
        let front_matter = &self.0.page.front_matter;
        let written = ["metadata.image", "header.image", "image"].into_iter();
        let mut written =
            written.filter_map(|path| image_of(find_value(front_matter, path)?, &self.0.folder));
        written.next().or_else(|| self.0.page.images.first().cloned().map(ImageObject::new))
    }

    /// Support service that the page describes. Null if it describes none.
    async fn support_service(&self, ctx: &Context<'_>) -> Option<Result<ServiceObject, ApiError>> {
        let service = load(ctx, self.0.service.clone()?).await.transpose()?;
        Some(service.map(ServiceObject))
    }

    /// File that contains the page.
    async fn document(&self, ctx: &Context<'_>) -> Result<DocumentObject, ApiError> {
        load_required(ctx, self.0.document.clone()).await.map(DocumentObject)
    }

    /// Related measures of the newest plan in the language of the page. Measures that the front matter lists
    /// (`measures: [12, 40]`) come first, then the measures with the most similar text. Empty if there are
    /// none.
    async fn related_measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum number of measures. Default 10, at most 50.")] first: Option<i32>,
    ) -> Result<Vec<MeasureObject>, ApiError> {
        related::only_measures(ctx, &self.0.key, self.0.page.lang, first).await
    }

    /// The measures of `relatedMeasures`, each with its score. Empty if there are none.
    async fn related_measure_edges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum number of measures. Default 10, at most 50.")] first: Option<i32>,
    ) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
        related::measures_of(ctx, &self.0.key, self.0.page.lang, first).await
    }
}

/// Returns the approximate size of a JSON value in bytes.
fn json_bytes(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(items) => items.iter().map(json_bytes).sum(),
        serde_json::Value::Object(fields) => {
            fields.iter().map(|(key, value)| key.len() + json_bytes(value)).sum()
        }
        _ => 8,
    }
}

pub(crate) struct HeadingObject(Heading);

/// Heading of a page.
#[Object(name = "Heading")]
impl HeadingObject {
    /// Level from 1 to 6, as in the HTML elements `h1` to `h6`.
    fn level(&self) -> i32 {
        i32::from(self.0.level)
    }

    /// Text of the heading, without markup.
    fn text(&self, ctx: &Context<'_>) -> &str {
        counted_text(ctx, &self.0.text)
    }

    /// The `id` attribute of the heading in the HTML of the page, for example `horaires`. Use it as the URL
    /// fragment.
    fn anchor(&self) -> &str {
        self.0.anchor.as_str()
    }

    /// Headings of lower levels below this one. Empty if there are none.
    fn children(&self, ctx: &Context<'_>) -> Vec<HeadingObject> {
        counted(ctx, self.0.children.iter().cloned().map(HeadingObject).collect())
    }
}

/// Returns the description in the front matter, else the first paragraph of the page.
async fn summary(ctx: &Context<'_>, served: &PublishedPage) -> Result<Option<String>, ApiError> {
    let front = &served.page.front_matter;
    let metadata = front.get("metadata");
    let written = [
        ("description", front.get("description")),
        ("excerpt", front.get("excerpt")),
        ("metadata.description", metadata.and_then(|map| map.get("description"))),
    ];
    let written = written.into_iter().filter_map(|(path, value)| Some((path, value?.as_str()?.trim())));
    if let Some((path, text)) = written.into_iter().find(|(_, text)| !text.is_empty()) {
        // A text with markup is stored without it, too.
        let Some(rendered) = served.page.front_matter_texts.get(path) else {
            return Ok(Some(text.to_owned()));
        };
        return fill_placeholders(ctx, &rendered.text, TextFormat::Text).await.map(Some);
    }
    let Some(paragraph) = load_first_paragraph(ctx, &served.key).await? else { return Ok(None) };
    let prose: String = segments(&paragraph)
        .into_iter()
        .map(|segment| match segment {
            TextSegment::Placeholder(Placeholder::Image(_), _) => "",
            TextSegment::Placeholder(_, text) | TextSegment::Text(text) => text,
        })
        .collect();
    let summary = fill_placeholders(ctx, &prose, TextFormat::Text).await?;
    Ok(Some(summary))
}

/// Returns the first paragraph of a page. The whole text is loaded only if its start has no complete
/// paragraph.
async fn load_first_paragraph(ctx: &Context<'_>, page: &PageKey) -> Result<Option<String>, ApiError> {
    let start = load_required(ctx, PageStartOf(page.clone())).await?;
    let is_whole = start.chars().count() < START_CHARACTERS as usize;
    let complete = start.rfind("</p>").map_or("", |end| &start[..end]);
    let found = first_paragraph(if is_whole { &start } else { complete });
    if found.is_some() || is_whole {
        return Ok(found);
    }
    let html = load_required(ctx, PageTextOf(page.clone(), TextFormat::Html)).await?;
    Ok(first_paragraph(&html))
}
