//! Queries for pages: filtered and ordered lists, and lookups by key and name.

use std::collections::HashMap;

use passerelle_model::key::{PageKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::column::{RowContext, is_below_folder};
use crate::convert::page::to_page;
use crate::entity::page;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::link_target::LinkedPage;
use crate::query_index::Direction;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// Sorts pages without a rank last.
const ORDER_IF_MISSING: i64 = i32::MAX as i64;
/// Sorts pages without a creation date first.
const TIME_IF_MISSING: i64 = i64::MIN;

/// Field by which pages are ordered. Equal pages are ordered by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageOrder {
    /// By `order` in the front matter. Pages without it are last.
    Order,
    /// By title, ignoring case and accents.
    Title,
    /// By `createdAt` in the front matter. Pages without it are first.
    CreatedAt,
    /// By the time of the last change.
    UpdatedAt,
}

/// Filter for pages. An empty list selects all pages.
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
    /// In this folder or its subfolders.
    pub folder: Option<String>,
    /// With at least one of these tags.
    pub tag: Vec<String>,
    /// True for pages that describe a support service, false for all others.
    pub is_support_service: Option<bool>,
    /// In or below a folder with this name at any depth, or with this tag.
    pub collection: Option<String>,
    /// With at least one tag of each list.
    pub tag_groups: Vec<Vec<String>>,
}

/// Filters and orders pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageQuery {
    /// Condition on the pages.
    pub filter: PageFilter,
    /// Sort order, most important term first. Empty means by `order`, then by title.
    pub order: Vec<(PageOrder, Direction)>,
    /// Requested range of the list.
    pub pagination: Pagination,
}

impl PageQuery {
    fn order(&self) -> &[(PageOrder, Direction)] {
        const DEFAULT: [(PageOrder, Direction); 2] =
            [(PageOrder::Order, Direction::Ascending), (PageOrder::Title, Direction::Ascending)];
        if self.order.is_empty() { &DEFAULT } else { &self.order }
    }
}

impl ReadView {
    /// Returns a slice of the pages.
    pub async fn pages(&self, query: &PageQuery) -> Result<Slice<PublishedPage>, StorageError> {
        let order = query.order();
        let sort_keys = sort_keys(order);
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition())
            .limit(u64::from(query.pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.from_end),
            &sort_keys,
            &query.pagination,
        );
        let rows = select.all(&self.read_pool).await?;
        let pages = rows.into_iter().map(to_page).collect::<Result<Vec<_>, _>>()?;
        Ok(keyset::to_slice(pages, &query.pagination, |page| cursor_of(page, order)))
    }

    /// Counts the pages that match a filter.
    pub async fn page_count(&self, filter: &PageFilter) -> Result<u64, StorageError> {
        let select =
            page::Entity::find().filter(page::Entity::live(self.revision.number)).filter(filter.condition());
        Ok(select.count(&self.read_pool).await?)
    }

    /// Returns the pages with these keys.
    pub async fn pages_by_key(
        &self,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, PublishedPage>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Key.is_in(keys.iter().map(PageKey::as_str)))
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(|row| to_page(row).map(|page| (page.key.clone(), page))).collect()
    }

    /// Returns the first page that matches a filter, ordered by language and key.
    pub async fn page(&self, filter: &PageFilter) -> Result<Option<PublishedPage>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(filter.condition())
            .order_by_asc(page::Column::Key)
            .all(&self.read_pool)
            .await?;
        let pages = rows.into_iter().map(to_page).collect::<Result<Vec<_>, _>>()?;
        Ok(pages.into_iter().min_by_key(|page| page.page.lang))
    }

    /// Returns the pages with one of these translation keys, ordered by key and language.
    pub async fn translations(
        &self,
        keys: &[String],
    ) -> Result<HashMap<String, Vec<PublishedPage>>, StorageError> {
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::TranslationKey.is_in(keys.iter().map(String::as_str)))
            .order_by_asc(page::Column::Key)
            .all(&self.read_pool)
            .await?;
        let mut pages: HashMap<String, Vec<PublishedPage>> = HashMap::new();
        for row in rows {
            let key = row.translation_key.clone().unwrap_or_default();
            pages.entry(key).or_default().push(to_page(row)?);
        }
        for group in pages.iter_mut().map(|(_, group)| group) {
            group.sort_by_key(|page| page.page.lang);
        }
        Ok(pages)
    }

    /// Returns the first pages of a query, with the fields that links need.
    pub async fn listed_pages(&self, query: &PageQuery) -> Result<Vec<LinkedPage>, StorageError> {
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition())
            .limit(u64::from(query.pagination.limit));
        load_linked_pages(keyset::apply_order(select, &sort_keys(query.order()), false), &self.read_pool)
            .await
    }

    /// Returns the pages with one of these names as translation key or slug, ordered by key.
    pub async fn linked_pages(&self, names: &[&str]) -> Result<Vec<LinkedPage>, StorageError> {
        linked_pages(&self.read_pool, page::Entity::live(self.revision.number), names).await
    }

    /// Returns the pages that have a navigation entry.
    pub async fn navigation_pages(&self, lang: Option<Language>) -> Result<Vec<PublishedPage>, StorageError> {
        let mut select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Navigation.is_not_null())
            .order_by_asc(page::Column::TitleFolded)
            .order_by_asc(page::Column::Key);
        if let Some(lang) = lang {
            select = select.filter(page::Column::Lang.eq(lang.code()));
        }
        select.all(&self.read_pool).await?.into_iter().map(to_page).collect()
    }
}

/// Returns the pages that match a condition and have one of these names.
pub(crate) async fn linked_pages(
    connection: &impl ConnectionTrait,
    live: Condition,
    names: &[&str],
) -> Result<Vec<LinkedPage>, StorageError> {
    /// Maximum number of names per statement. Each name occurs twice in it.
    const MAX_NAMES: usize = 500;
    let mut pages = Vec::new();
    for names in names.chunks(MAX_NAMES) {
        let has_name = Condition::any()
            .add(page::Column::TranslationKey.is_in(names.iter().copied()))
            .add(page::Column::Slug.is_in(names.iter().copied()));
        let select =
            page::Entity::find().filter(live.clone()).filter(has_name).order_by_asc(page::Column::Key);
        pages.extend(load_linked_pages(select, connection).await?);
    }
    Ok(pages)
}

/// Loads only the columns that links need.
async fn load_linked_pages(
    select: Select<page::Entity>,
    connection: &impl ConnectionTrait,
) -> Result<Vec<LinkedPage>, StorageError> {
    type LinkedPageRow = (String, String, String, Option<String>, Option<String>, String, String);
    let columns = [
        page::Column::Key,
        page::Column::Slug,
        page::Column::Lang,
        page::Column::TranslationKey,
        page::Column::Name,
        page::Column::Title,
        page::Column::TableOfContents,
    ];
    let rows: Vec<LinkedPageRow> = select.select_only().columns(columns).into_tuple().all(connection).await?;
    let page = |(key, slug, lang, translation_key, name, title, contents): LinkedPageRow| {
        let context = RowContext { table: "page", key: &key };
        Ok(LinkedPage {
            slug: Slug::new(slug),
            lang: context.parse_lang(&lang)?,
            headings: context.parse_json("table_of_contents", &contents)?,
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
        let mut condition = Condition::all();
        if !self.lang.is_empty() {
            condition = condition.add(page::Column::Lang.is_in(self.lang.iter().map(|lang| lang.code())));
        }
        if !self.slug.is_empty() {
            condition = condition.add(page::Column::Slug.is_in(self.slug.iter().map(Slug::as_str)));
        }
        if !self.translation_key.is_empty() {
            condition = condition
                .add(page::Column::TranslationKey.is_in(self.translation_key.iter().map(String::as_str)));
        }
        if let Some(uuid) = &self.uuid {
            condition = condition.add(page::Column::Uuid.eq(uuid.as_str()));
        }
        if let Some(folder) = self.folder.as_deref().map(|folder| folder.trim_matches('/')) {
            condition = condition.add(in_folder_path(folder));
        }
        if !self.tag.is_empty() {
            condition =
                condition.add(self.tag.iter().fold(Condition::any(), |any, tag| any.add(has_tag(tag))));
        }
        if let Some(name) = &self.collection {
            condition = condition.add(Condition::any().add(in_folder_named(name)).add(has_tag(name)));
        }
        for tags in &self.tag_groups {
            condition = condition.add(tags.iter().fold(Condition::any(), |any, tag| any.add(has_tag(tag))));
        }
        match self.is_support_service {
            Some(true) => condition = condition.add(page::Column::ServiceKey.is_not_null()),
            Some(false) => condition = condition.add(page::Column::ServiceKey.is_null()),
            None => {}
        }
        condition
    }
}

/// Returns a condition for pages in a folder or its subfolders. The empty name is the content folder.
fn in_folder_path(folder: &str) -> Condition {
    if folder.is_empty() {
        return Condition::all();
    }
    Condition::any().add(page::Column::Folder.eq(folder)).add(is_below_folder(page::Column::Folder, folder))
}

/// Returns a condition for pages in or below a folder with this name.
fn in_folder_named(name: &str) -> Expr {
    let name = escape_like(name.trim_matches('/'));
    let folders = Expr::val("/").binary(BinOper::Custom("||"), Expr::col(page::Column::Folder));
    let folders = folders.binary(BinOper::Custom("||"), Expr::val("/"));
    folders.like(LikeExpr::new(format!("%/{name}/%")).escape('\\'))
}

/// Escapes the wildcards of a `LIKE` pattern.
fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Returns a condition for pages with a tag. Tags are stored folded, each between two bars, so that both
/// engines compare them alike.
fn has_tag(tag: &str) -> Expr {
    let folded = escape_like(&fold(tag)).replace('|', " ");
    Expr::col(page::Column::TagsFolded).like(LikeExpr::new(format!("%|{folded}|%")).escape('\\'))
}

fn sort_keys(order: &[(PageOrder, Direction)]) -> Vec<SortKey> {
    let mut sort_keys: Vec<SortKey> = order
        .iter()
        .map(|(order, direction)| {
            let coalesce = |column: page::Column, default: i64| {
                Expr::from(Func::coalesce([Expr::col(column), Expr::val(default)]))
            };
            let expr = match order {
                PageOrder::Order => coalesce(page::Column::SortOrder, ORDER_IF_MISSING),
                PageOrder::Title => Expr::col(page::Column::TitleFolded),
                PageOrder::CreatedAt => coalesce(page::Column::CreatedAt, TIME_IF_MISSING),
                PageOrder::UpdatedAt => Expr::col(page::Column::UpdatedAt),
            };
            SortKey { expr, direction: *direction }
        })
        .collect();
    sort_keys.push(SortKey::ascending(Expr::col(page::Column::Key)));
    sort_keys
}

fn cursor_of(page: &PublishedPage, order: &[(PageOrder, Direction)]) -> Cursor {
    let values = order.iter().map(|(order, _)| match order {
        PageOrder::Order => CursorValue::Number(page.page.order.map_or(ORDER_IF_MISSING, i64::from)),
        PageOrder::Title => CursorValue::Text(fold(&page.page.title)),
        PageOrder::CreatedAt => {
            CursorValue::Number(page.page.created_at.map_or(TIME_IF_MISSING, Timestamp::millis))
        }
        PageOrder::UpdatedAt => CursorValue::Number(page.updated_at.millis()),
    });
    Cursor(values.chain([CursorValue::Text(page.key.to_string())]).collect())
}
