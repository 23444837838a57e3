//! Rows of the table `page`.

use passerelle_model::key::{DocumentKey, PageKey, ServiceKey, TranslationKey};
use passerelle_model::page::{NavigationEntry, Page};
use passerelle_model::published::PublishedPage;
use passerelle_model::rich_text::RichText;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;

use crate::column::{RowContext, to_json};
use crate::entity::page;
use crate::error::StorageError;
use crate::front_matter::folded_fields;

pub(crate) fn to_page(row: page::Model) -> Result<PublishedPage, StorageError> {
    let context = RowContext { table: "page", key: &row.key };
    let navigation =
        row.navigation.as_deref().map(|json| context.parse_json::<NavigationEntry>("navigation", json));
    let page = Page {
        lang: context.parse_lang(&row.lang)?,
        tags: context.parse_json("tags", &row.tags)?,
        blocks: context.parse_json("blocks", &row.blocks)?,
        measures: context.parse_json("related_measures", &row.related_measures)?,
        terms: context.parse_json("terms", &row.terms)?,
        table_of_contents: context.parse_json("table_of_contents", &row.table_of_contents)?,
        images: context.parse_json("images", &row.images)?,
        links: context.parse_json("links", &row.links)?,
        word_count: context.convert_integer("word_count", row.word_count)?,
        navigation: navigation.transpose()?,
        front_matter: context.parse_json("front_matter", &row.front_matter)?,
        front_matter_texts: context.parse_json("front_matter_texts", &row.front_matter_texts)?,
        slug: context.parse_slug(&row.slug)?,
        title: row.title,
        name: row.name,
        translation_key: row.translation_key.map(TranslationKey::new),
        uuid: row.uuid,
        order: row.sort_order,
        created_at: row.created_at.map(Timestamp::from_millis),
        content: RichText { html: row.content_html, text: row.content_text, markdown: row.content_markdown },
    };
    let path = match row.path.as_str() {
        "" => None,
        written => Some(context.parse_path(written)?),
    };
    let folder = context.parse_folder(&row.folder)?;
    Ok(PublishedPage {
        key: PageKey::new(row.key),
        document: DocumentKey::new(row.document_key),
        service: row.service_key.map(ServiceKey::new),
        folder,
        path,
        page,
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

/// Converts a page to a row. It takes the page, because a copy of its texts can have megabytes.
pub(crate) fn from_page(served: PublishedPage, revision: i64) -> Result<page::Model, StorageError> {
    let page = served.page;
    let blocks = to_json(&page.blocks)?;
    drop(page.blocks);
    Ok(page::Model {
        row_id: 0,
        key: served.key.to_string(),
        from_revision: revision,
        until_revision: None,
        document_key: served.document.to_string(),
        service_key: served.service.as_ref().map(ToString::to_string),
        folder: served.folder.to_string(),
        path: served.path.map(|path| path.to_string()).unwrap_or_default(),
        slug: page.slug.to_string(),
        lang: page.lang.to_string(),
        title_folded: fold(&page.title),
        title: page.title,
        name: page.name,
        translation_key: page.translation_key.as_ref().map(ToString::to_string),
        uuid: page.uuid,
        sort_order: page.order,
        created_at: page.created_at.map(Timestamp::millis),
        tags: to_json(&page.tags)?,
        tags_folded: folded_tags(&page.tags),
        content_html: page.content.html,
        content_text: page.content.text,
        content_markdown: page.content.markdown,
        blocks,
        related_measures: to_json(&page.measures)?,
        terms: to_json(&page.terms)?,
        table_of_contents: to_json(&page.table_of_contents)?,
        images: to_json(&page.images)?,
        links: to_json(&page.links)?,
        word_count: RowContext { table: "page", key: served.key.as_str() }
            .convert_integer("word_count", page.word_count)?,
        navigation: page.navigation.as_ref().map(to_json).transpose()?,
        front_matter: to_json(&page.front_matter)?,
        front_matter_folded: Some(to_json(&folded_fields(&page.front_matter))?),
        front_matter_texts: to_json(&page.front_matter_texts)?,
        updated_at: served.updated_at.millis(),
    })
}

fn folded_tags(tags: &[String]) -> String {
    let folded: Vec<String> = tags.iter().map(|tag| fold(tag).replace('|', " ")).collect();
    if folded.is_empty() { String::new() } else { format!("|{}|", folded.join("|")) }
}
