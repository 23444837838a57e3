//! Pages: filtered, ordered, in pages, by key, by name.

use std::collections::HashMap;

use passerelle_model::key::{DocumentKey, PageKey, ServiceKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::page::{NavigationEntry, Page};
use passerelle_model::rich_text::RichText;
use passerelle_model::served::ServedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::column::{Address, is_below, to_json};
use crate::entity::page;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Slice, Term, Window};
use crate::link_target::LinkedPage;
use crate::query_index::Direction;
use crate::timed::Timed;
use crate::view::View;

/// The place of pages without a number behind those with one.
const NO_ORDER: i64 = i32::MAX as i64;
/// The time of pages without one: before all others.
const NO_TIME: i64 = i64::MIN;

/// What pages are ordered by. Pages that are equal in it are ordered by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageOrder {
    /// By `order` in the front matter; those without it last.
    Order,
    /// By title, without regard to case and accents.
    Title,
    /// By `createdAt` in the front matter; those without it first.
    CreatedAt,
    /// By the time of the last change.
    UpdatedAt,
}

/// Which pages to keep. An empty list keeps all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageFilter {
    /// In one of these languages.
    pub lang: Vec<Language>,
    /// With one of these slugs.
    pub slug: Vec<Slug>,
    /// With one of these translation keys.
    pub translation_key: Vec<String>,
    /// With this identifier of the site builder.
    pub uuid: Option<String>,
    /// In this folder or below it.
    pub folder: Option<String>,
    /// With at least one of these tags.
    pub tag: Vec<String>,
    /// Whether it describes a support service.
    pub is_support_service: Option<bool>,
    /// In a folder of this name, wherever that lies, or below it; or with this tag.
    pub collection: Option<String>,
    /// With at least one tag of each of these lists.
    pub tags_of_each: Vec<Vec<String>>,
}

/// Which pages, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageQuery {
    /// Those that it keeps.
    pub filter: PageFilter,
    /// The order; by `order` and title where it is empty.
    pub order: Vec<(PageOrder, Direction)>,
    /// Which part of them.
    pub window: Window,
}

impl PageQuery {
    fn order(&self) -> &[(PageOrder, Direction)] {
        const DEFAULT: [(PageOrder, Direction); 2] =
            [(PageOrder::Order, Direction::Ascending), (PageOrder::Title, Direction::Ascending)];
        if self.order.is_empty() { &DEFAULT } else { &self.order }
    }
}

impl View {
    /// A part of the pages.
    pub async fn pages(&self, query: &PageQuery) -> Result<Slice<ServedPage>, StorageError> {
        let order = query.order();
        let terms = terms(order);
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition())
            .limit(u64::from(query.window.limit) + 1);
        let select =
            keyset::within(keyset::ordered(select, &terms, query.window.from_end), &terms, &query.window);
        let rows = select.all(&self.reader).await?;
        let pages = rows.into_iter().map(to_page).collect::<Result<Vec<_>, _>>()?;
        Ok(keyset::slice(pages, &query.window, |page| place(page, order)))
    }

    /// How many pages a filter keeps.
    pub async fn page_count(&self, filter: &PageFilter) -> Result<u64, StorageError> {
        let select =
            page::Entity::find().filter(page::Entity::live(self.revision.number)).filter(filter.condition());
        Ok(select.count(&self.reader).await?)
    }

    /// The pages of these keys.
    pub async fn pages_by_key(&self, keys: &[PageKey]) -> Result<HashMap<PageKey, ServedPage>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Key.is_in(keys.iter().map(PageKey::as_str)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(|row| to_page(row).map(|page| (page.key.clone(), page))).collect()
    }

    /// The page that a filter keeps; of several the first by language and key.
    pub async fn page(&self, filter: &PageFilter) -> Result<Option<ServedPage>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(filter.condition())
            .order_by_asc(page::Column::Key)
            .all(&self.reader)
            .await?;
        let pages = rows.into_iter().map(to_page).collect::<Result<Vec<_>, _>>()?;
        Ok(pages.into_iter().min_by_key(|page| page.page.lang))
    }

    /// The pages with one of these translation keys, by key and language.
    pub async fn translations(
        &self,
        keys: &[String],
    ) -> Result<HashMap<String, Vec<ServedPage>>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::TranslationKey.is_in(keys.iter().map(String::as_str)))
            .order_by_asc(page::Column::Key)
            .all(&self.reader)
            .await?;
        let mut pages: HashMap<String, Vec<ServedPage>> = HashMap::new();
        for row in rows {
            let key = row.translation_key.clone().unwrap_or_default();
            pages.entry(key).or_default().push(to_page(row)?);
        }
        for group in pages.iter_mut().map(|(_, group)| group) {
            group.sort_by_key(|page| page.page.lang);
        }
        Ok(pages)
    }

    /// What a list of links needs to know of the pages of a query, from the first on.
    pub async fn listed_pages(&self, query: &PageQuery) -> Result<Vec<LinkedPage>, StorageError> {
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition())
            .limit(u64::from(query.window.limit));
        to_linked(keyset::ordered(select, &terms(query.order()), false), &self.reader).await
    }

    /// What links need to know of the pages that have one of these names as translation key or slug, by key.
    pub async fn linked_pages(&self, names: &[&str]) -> Result<Vec<LinkedPage>, StorageError> {
        linked_pages(&self.reader, page::Entity::live(self.revision.number), names).await
    }

    /// The pages that ask for a place in the navigation.
    pub async fn navigation_pages(&self, lang: Option<Language>) -> Result<Vec<ServedPage>, StorageError> {
        let mut select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Navigation.is_not_null())
            .order_by_asc(page::Column::TitleFolded)
            .order_by_asc(page::Column::Key);
        if let Some(lang) = lang {
            select = select.filter(page::Column::Lang.eq(lang.code()));
        }
        select.all(&self.reader).await?.into_iter().map(to_page).collect()
    }
}

/// What links need to know of the pages, among those of a condition, that have one of these names.
pub(crate) async fn linked_pages(
    connection: &impl ConnectionTrait,
    live: Condition,
    names: &[&str],
) -> Result<Vec<LinkedPage>, StorageError> {
    /// The most names of one statement, each of which stands in it twice.
    const NAMES: usize = 500;
    let mut pages = Vec::new();
    for names in names.chunks(NAMES) {
        let has_name = Condition::any()
            .add(page::Column::TranslationKey.is_in(names.iter().copied()))
            .add(page::Column::Slug.is_in(names.iter().copied()));
        let select =
            page::Entity::find().filter(live.clone()).filter(has_name).order_by_asc(page::Column::Key);
        pages.extend(to_linked(select, connection).await?);
    }
    Ok(pages)
}

/// Of the pages of a query what links need to know, and no more.
async fn to_linked(
    select: Select<page::Entity>,
    connection: &impl ConnectionTrait,
) -> Result<Vec<LinkedPage>, StorageError> {
    type Row = (String, String, String, Option<String>, Option<String>, String, String);
    let columns = [
        page::Column::Key,
        page::Column::Slug,
        page::Column::Lang,
        page::Column::TranslationKey,
        page::Column::Name,
        page::Column::Title,
        page::Column::TableOfContents,
    ];
    let rows: Vec<Row> = select.select_only().columns(columns).into_tuple().all(connection).await?;
    let page = |(key, slug, lang, translation_key, name, title, contents): Row| {
        let at = Address { table: "page", key: &key };
        Ok(LinkedPage {
            slug: Slug::new(slug),
            lang: at.lang(&lang)?,
            headings: at.json("table_of_contents", &contents)?,
            translation_key,
            name,
            title,
            key: PageKey::new(key),
        })
    };
    rows.into_iter().map(page).collect()
}

impl PageFilter {
    fn condition(&self) -> Condition {
        let mut kept = Condition::all();
        if !self.lang.is_empty() {
            kept = kept.add(page::Column::Lang.is_in(self.lang.iter().map(|lang| lang.code())));
        }
        if !self.slug.is_empty() {
            kept = kept.add(page::Column::Slug.is_in(self.slug.iter().map(Slug::as_str)));
        }
        if !self.translation_key.is_empty() {
            kept =
                kept.add(page::Column::TranslationKey.is_in(self.translation_key.iter().map(String::as_str)));
        }
        if let Some(uuid) = &self.uuid {
            kept = kept.add(page::Column::Uuid.eq(uuid.as_str()));
        }
        if let Some(folder) = self.folder.as_deref().map(|folder| folder.trim_matches('/')) {
            kept = kept.add(in_folder(folder));
        }
        if !self.tag.is_empty() {
            kept = kept.add(self.tag.iter().fold(Condition::any(), |any, tag| any.add(has_tag(tag))));
        }
        if let Some(name) = &self.collection {
            kept = kept.add(Condition::any().add(has_folder(name)).add(has_tag(name)));
        }
        for tags in &self.tags_of_each {
            kept = kept.add(tags.iter().fold(Condition::any(), |any, tag| any.add(has_tag(tag))));
        }
        match self.is_support_service {
            Some(true) => kept = kept.add(page::Column::ServiceKey.is_not_null()),
            Some(false) => kept = kept.add(page::Column::ServiceKey.is_null()),
            None => {}
        }
        kept
    }
}

/// In a folder or below it. Everything is below the top, whose name is empty.
fn in_folder(folder: &str) -> Condition {
    if folder.is_empty() {
        return Condition::all();
    }
    Condition::any().add(page::Column::Folder.eq(folder)).add(is_below(page::Column::Folder, folder))
}

/// In a folder of a name, or below one.
fn has_folder(name: &str) -> Expr {
    let name = escaped(name.trim_matches('/'));
    let folders = Expr::val("/").binary(BinOper::Custom("||"), Expr::col(page::Column::Folder));
    let folders = folders.binary(BinOper::Custom("||"), Expr::val("/"));
    folders.like(LikeExpr::new(format!("%/{name}/%")).escape('\\'))
}

/// A text in a pattern, where it means itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Tags are stored folded, each between two bars, so that both engines compare them alike.
fn has_tag(tag: &str) -> Expr {
    let folded = escaped(&fold(tag)).replace('|', " ");
    Expr::col(page::Column::TagsFolded).like(LikeExpr::new(format!("%|{folded}|%")).escape('\\'))
}

fn folded_tags(tags: &[String]) -> String {
    let folded: Vec<String> = tags.iter().map(|tag| fold(tag).replace('|', " ")).collect();
    if folded.is_empty() { String::new() } else { format!("|{}|", folded.join("|")) }
}

fn terms(order: &[(PageOrder, Direction)]) -> Vec<Term> {
    let mut terms: Vec<Term> = order
        .iter()
        .map(|(order, direction)| {
            let or = |column: page::Column, otherwise: i64| {
                Expr::from(Func::coalesce([Expr::col(column), Expr::val(otherwise)]))
            };
            let expr = match order {
                PageOrder::Order => or(page::Column::SortOrder, NO_ORDER),
                PageOrder::Title => Expr::col(page::Column::TitleFolded),
                PageOrder::CreatedAt => or(page::Column::CreatedAt, NO_TIME),
                PageOrder::UpdatedAt => Expr::col(page::Column::UpdatedAt),
            };
            Term { expr, direction: *direction }
        })
        .collect();
    terms.push(Term::ascending(Expr::col(page::Column::Key)));
    terms
}

fn place(page: &ServedPage, order: &[(PageOrder, Direction)]) -> Cursor {
    let values = order.iter().map(|(order, _)| match order {
        PageOrder::Order => CursorValue::Number(page.page.order.map_or(NO_ORDER, i64::from)),
        PageOrder::Title => CursorValue::Text(fold(&page.page.title)),
        PageOrder::CreatedAt => CursorValue::Number(page.page.created_at.map_or(NO_TIME, Timestamp::millis)),
        PageOrder::UpdatedAt => CursorValue::Number(page.updated_at.millis()),
    });
    Cursor(values.chain([CursorValue::Text(page.key.to_string())]).collect())
}

pub(crate) fn to_page(row: page::Model) -> Result<ServedPage, StorageError> {
    let at = Address { table: "page", key: &row.key };
    let navigation = row.navigation.as_deref().map(|json| at.json::<NavigationEntry>("navigation", json));
    let page = Page {
        lang: at.lang(&row.lang)?,
        tags: at.json("tags", &row.tags)?,
        blocks: at.json("blocks", &row.blocks)?,
        measures: at.json("related_measures", &row.related_measures)?,
        terms: at.json("terms", &row.terms)?,
        table_of_contents: at.json("table_of_contents", &row.table_of_contents)?,
        images: at.json("images", &row.images)?,
        links: at.json("links", &row.links)?,
        word_count: at.number("word_count", row.word_count)?,
        navigation: navigation.transpose()?,
        front_matter: at.json("front_matter", &row.front_matter)?,
        slug: Slug::new(row.slug),
        title: row.title,
        name: row.name,
        translation_key: row.translation_key,
        uuid: row.uuid,
        order: row.sort_order,
        created_at: row.created_at.map(Timestamp::from_millis),
        content: RichText { html: row.content_html, text: row.content_text, markdown: row.content_markdown },
    };
    Ok(ServedPage {
        key: PageKey::new(row.key),
        document: DocumentKey::new(row.document_key),
        service: row.service_key.map(ServiceKey::new),
        folder: row.folder,
        page,
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

pub(crate) fn from_page(served: &ServedPage, revision: i64) -> Result<page::Model, StorageError> {
    let page = &served.page;
    Ok(page::Model {
        row_id: 0,
        key: served.key.to_string(),
        from_revision: revision,
        until_revision: None,
        document_key: served.document.to_string(),
        service_key: served.service.as_ref().map(ToString::to_string),
        folder: served.folder.clone(),
        slug: page.slug.to_string(),
        lang: page.lang.to_string(),
        title: page.title.clone(),
        title_folded: fold(&page.title),
        name: page.name.clone(),
        translation_key: page.translation_key.clone(),
        uuid: page.uuid.clone(),
        sort_order: page.order,
        created_at: page.created_at.map(Timestamp::millis),
        tags: to_json(&page.tags)?,
        tags_folded: folded_tags(&page.tags),
        content_html: page.content.html.clone(),
        content_text: page.content.text.clone(),
        content_markdown: page.content.markdown.clone(),
        blocks: to_json(&page.blocks)?,
        related_measures: to_json(&page.measures)?,
        terms: to_json(&page.terms)?,
        table_of_contents: to_json(&page.table_of_contents)?,
        images: to_json(&page.images)?,
        links: to_json(&page.links)?,
        word_count: Address { table: "page", key: served.key.as_str() }
            .number("word_count", page.word_count)?,
        navigation: page.navigation.as_ref().map(to_json).transpose()?,
        front_matter: to_json(&page.front_matter)?,
        updated_at: served.updated_at.millis(),
    })
}
