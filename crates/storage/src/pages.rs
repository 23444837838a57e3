//! Queries for pages: filtered and ordered lists, and lookups by key and name.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{PageKey, Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::path::FolderPath;
use passerelle_model::published::PublishedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;
use sea_orm::sea_query::{
    Asterisk, BinOper, Expr, ExprTrait, Func, LikeExpr, Order, Query, SelectStatement, UnionType,
    WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::column::{RowContext, is_below_folder};
use crate::convert::page::to_page;
use crate::entity::page;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::link_target::{LinkedPage, candidate_paths};
use crate::page_texts::select_without_texts;
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
    pub translation_key: Vec<TranslationKey>,
    /// With this identifier of the site builder.
    pub uuid: Option<String>,
    /// In this folder or its subfolders.
    pub folder: Option<FolderPath>,
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

/// The texts and blocks of the returned pages are empty. [`ReadView::page_texts`] and
/// [`ReadView::page_blocks`] load them.
impl ReadView {
    /// Returns a slice of the pages.
    pub async fn pages(&self, query: &PageQuery) -> Result<Slice<PublishedPage>, StorageError> {
        let order = query.order();
        let sort_keys = sort_keys(order);
        let select = select_without_texts()
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
        let rows = select_without_texts()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Key.is_in(keys.iter().map(PageKey::as_str)))
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(|row| to_page(row).map(|page| (page.key.clone(), page))).collect()
    }

    /// Returns the first page that matches a filter, ordered by language and key.
    pub async fn page(&self, filter: &PageFilter) -> Result<Option<PublishedPage>, StorageError> {
        let rows = select_without_texts()
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
        keys: &[TranslationKey],
    ) -> Result<HashMap<TranslationKey, Vec<Arc<PublishedPage>>>, StorageError> {
        let rows = select_without_texts()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::TranslationKey.is_in(keys.iter().map(TranslationKey::as_str)))
            .order_by_asc(page::Column::Key)
            .all(&self.read_pool)
            .await?;
        let mut pages: HashMap<TranslationKey, Vec<Arc<PublishedPage>>> = HashMap::new();
        for row in rows {
            let page = to_page(row)?;
            let Some(key) = page.page.translation_key.clone() else { continue };
            pages.entry(key).or_default().push(Arc::new(page));
        }
        for group in pages.iter_mut().map(|(_, group)| group) {
            group.sort_by_key(|page| page.page.lang);
        }
        Ok(pages)
    }

    /// Returns the first pages of each query, with the fields that links need. One statement loads up to
    /// [`MAX_LISTS`] lists.
    pub async fn listed_pages(&self, queries: &[PageQuery]) -> Result<Vec<Vec<LinkedPage>>, StorageError> {
        let mut lists = Vec::with_capacity(queries.len());
        for queries in queries.chunks(MAX_LISTS) {
            let mut chunk = vec![Vec::new(); queries.len()];
            let parts = (0_i64..).zip(queries).map(|(list, query)| self.list_part(list, query));
            let Some(mut statement) = parts.reduce(|mut all, part| all.union(UnionType::All, part).take())
            else {
                continue;
            };
            statement.order_by(LIST, Order::Asc).order_by(POSITION, Order::Asc);
            let statement = self.read_pool.get_database_backend().build(&statement);
            for row in self.read_pool.query_all_raw(statement).await? {
                let list: i64 = row.try_get("", LIST)?;
                let page = LinkedPageRow::from_query_result(&row, "")?.into_page()?;
                if let Some(pages) = usize::try_from(list).ok().and_then(|list| chunk.get_mut(list)) {
                    pages.push(page);
                }
            }
            lists.append(&mut chunk);
        }
        Ok(lists)
    }

    /// Returns the statement of one list, with the number of the list and the position in it as columns.
    fn list_part(&self, list: i64, query: &PageQuery) -> SelectStatement {
        let sort_keys = sort_keys(query.order());
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition())
            .select_only()
            .columns(LINKED_PAGE_COLUMNS)
            .limit(u64::from(query.pagination.limit));
        let mut select = keyset::apply_order(select, &sort_keys, false).into_query();
        let mut window = WindowStatement::new();
        for (expr, order) in keyset::order_terms(&sort_keys, false) {
            window.order_by_expr(expr, order);
        }
        select.expr_as(Expr::val(list), LIST).expr_window_as(
            Expr::from(Func::cust("ROW_NUMBER")),
            window,
            POSITION,
        );
        Query::select().column(Asterisk).from_subquery(select, "part").take()
    }

    /// Returns the pages with one of these names as translation key, slug or path after a slash, ordered by
    /// key.
    pub async fn linked_pages(&self, names: &[&str]) -> Result<Vec<LinkedPage>, StorageError> {
        linked_pages(&self.read_pool, page::Entity::live(self.revision.number), names).await
    }

    /// Returns the pages that have a navigation entry.
    pub async fn navigation_pages(&self, lang: Option<Language>) -> Result<Vec<PublishedPage>, StorageError> {
        let mut select = select_without_texts()
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
    /// Maximum number of names per statement. Each name occurs twice in it, or nine times as a path.
    const MAX_NAMES: usize = 500;
    let mut pages = Vec::new();
    for names in names.chunks(MAX_NAMES) {
        let has_name = Condition::any()
            .add(page::Column::TranslationKey.is_in(names.iter().copied()))
            .add(page::Column::Slug.is_in(names.iter().copied()))
            .add(page::Column::Path.is_in(names.iter().flat_map(|name| candidate_paths(name))));
        let select =
            page::Entity::find().filter(live.clone()).filter(has_name).order_by_asc(page::Column::Key);
        pages.extend(load_linked_pages(select, connection).await?);
    }
    Ok(pages)
}

/// Maximum number of lists in one statement. SQLite accepts 500 parts of a `UNION ALL`.
const MAX_LISTS: usize = 100;
/// Column with the number of a list in [`ReadView::listed_pages`].
const LIST: &str = "list";
/// Column with the position in a list.
const POSITION: &str = "position_in_list";

/// Columns that links need.
const LINKED_PAGE_COLUMNS: [page::Column; 8] = [
    page::Column::Key,
    page::Column::Slug,
    page::Column::Lang,
    page::Column::TranslationKey,
    page::Column::Name,
    page::Column::Title,
    page::Column::TableOfContents,
    page::Column::Path,
];

#[derive(FromQueryResult)]
struct LinkedPageRow {
    key: String,
    slug: String,
    lang: String,
    translation_key: Option<String>,
    name: Option<String>,
    title: String,
    table_of_contents: String,
    path: String,
}

impl LinkedPageRow {
    fn into_page(self) -> Result<LinkedPage, StorageError> {
        let context = RowContext { table: "page", key: &self.key };
        Ok(LinkedPage {
            slug: Slug::new(self.slug),
            lang: context.parse_lang(&self.lang)?,
            headings: context.parse_json("table_of_contents", &self.table_of_contents)?,
            translation_key: self.translation_key.map(TranslationKey::new),
            name: self.name,
            title: self.title,
            key: PageKey::new(self.key),
            path: self.path,
        })
    }
}

/// Loads only the columns that links need.
async fn load_linked_pages(
    select: Select<page::Entity>,
    connection: &impl ConnectionTrait,
) -> Result<Vec<LinkedPage>, StorageError> {
    let select = select.select_only().columns(LINKED_PAGE_COLUMNS);
    let rows = select.into_model::<LinkedPageRow>().all(connection).await?;
    rows.into_iter().map(LinkedPageRow::into_page).collect()
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
            condition = condition.add(
                page::Column::TranslationKey.is_in(self.translation_key.iter().map(TranslationKey::as_str)),
            );
        }
        if let Some(uuid) = &self.uuid {
            condition = condition.add(page::Column::Uuid.eq(uuid.as_str()));
        }
        if let Some(folder) = &self.folder {
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

/// Returns a condition for pages in a folder or its subfolders.
fn in_folder_path(folder: &FolderPath) -> Condition {
    if folder.is_content_folder() {
        return Condition::all();
    }
    Condition::any()
        .add(page::Column::Folder.eq(folder.as_str()))
        .add(is_below_folder(page::Column::Folder, folder))
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
