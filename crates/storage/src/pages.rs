//! Queries for pages: filtered and ordered lists, and lookups by key and name.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{PageKey, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::page::LinkName;
use passerelle_model::published::PublishedPage;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;
use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType, WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::column::RowContext;
use crate::convert::page::to_page;
use crate::engine::dialect::Dialect;
use crate::entity::page;
use crate::error::StorageError;
use crate::front_matter::{self, FrontMatterPath};
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::link_target::{LinkedPage, candidate_paths};
use crate::page_filter::{PageFilter, PageMatches};
use crate::page_texts::select_without_texts;
use crate::query_index::{Direction, ListEnd};
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

/// Sorts pages without a rank last.
const ORDER_IF_MISSING: i64 = i32::MAX as i64;
/// Sorts pages without a creation date first.
const TIME_IF_MISSING: i64 = i64::MIN;
/// Alias of the ranking in a query.
const RANKING: &str = "ranking";

/// Field by which pages are ordered. Equal pages are ordered by key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PageOrder {
    /// By `order` in the front matter. Pages without it are last.
    Order,
    /// By title, ignoring case and accents.
    Title,
    /// By `createdAt` in the front matter. Pages without it are first.
    CreatedAt,
    /// By the time of the last change.
    UpdatedAt,
    /// By relevance for the text of the filter, best match last. All pages are equal without a text that the
    /// search index resolved.
    Relevance,
    /// By a value of the front matter: numbers, then texts, ignoring case and accents. Pages with another
    /// value or without one are last in both directions.
    FrontMatter(FrontMatterPath),
}

/// Number of pages with a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    /// Tag as the pages spell it.
    pub tag: String,
    /// Number of pages.
    pub count: u64,
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

    /// Returns the rows that the search index found, if the pages are ordered by relevance.
    fn ranking(&self) -> Option<&PageMatches> {
        let is_ranked = self.order.iter().any(|(order, _)| *order == PageOrder::Relevance);
        self.filter.matches.as_deref().filter(|_| is_ranked)
    }
}

/// The texts and blocks of the returned pages are empty. [`ReadView::page_texts`] and
/// [`ReadView::page_blocks`] load them.
impl ReadView {
    /// Returns a slice of the pages.
    pub async fn pages(&self, query: &PageQuery) -> Result<Slice<PublishedPage>, StorageError> {
        let order = query.order();
        let ranking = query.ranking();
        let sort_keys = sort_keys(order, ranking.is_some(), self.dialect());
        let mut select = select_without_texts()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition(self.dialect()))
            .limit(u64::from(query.pagination.limit) + 1);
        if let Some(ranking) = ranking {
            QuerySelect::query(&mut select).join_subquery(
                JoinType::InnerJoin,
                ranking.positions(self.dialect()),
                RANKING,
                Expr::col((RANKING, "row")).equals((page::Entity, page::Column::RowId)),
            );
        }
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.end),
            &sort_keys,
            &query.pagination,
        );
        let rows = select.all(&self.read_pool).await?;
        let positions = ranking.map(PageMatches::position_by_row).unwrap_or_default();
        let page = |row: page::Model| {
            let position = positions.get(&RowId::new(row.row_id)).copied().unwrap_or_default();
            to_page(row).map(|page| (position, page))
        };
        let pages = rows.into_iter().map(page).collect::<Result<Vec<_>, _>>()?;
        let slice =
            keyset::to_slice(pages, &query.pagination, |(position, page)| cursor_of(page, *position, order));
        Ok(slice.map(|(_, page)| page))
    }

    /// Counts the pages that match a filter.
    pub async fn page_count(&self, filter: &PageFilter) -> Result<u64, StorageError> {
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(filter.condition(self.dialect()));
        Ok(select.count(&self.read_pool).await?)
    }

    /// Counts the pages that match a filter by tag, most frequent first. Tags that differ only in case and
    /// accents are one, in the spelling that occurs most.
    pub async fn page_tags(&self, filter: &PageFilter) -> Result<Vec<TagCount>, StorageError> {
        let mut select = page::Entity::find()
            .select_only()
            .expr_as(Expr::cust("tag.value"), "tag")
            .expr_as(Expr::cust("count(DISTINCT page.row_id)"), "pages")
            .filter(page::Entity::live(self.revision.number))
            .filter(filter.condition(self.dialect()));
        let tags = self.dialect().text_items(Expr::col((page::Entity, page::Column::Tags)));
        QuerySelect::query(&mut select).from_function(tags, "tag").add_group_by([Expr::cust("tag.value")]);
        let rows: Vec<(String, i64)> = select.into_tuple().all(&self.read_pool).await?;
        let mut counts: HashMap<String, (i64, TagCount)> = HashMap::new();
        for (tag, pages) in rows {
            let count = u64::try_from(pages).unwrap_or_default();
            let (most, total) =
                counts.entry(fold(&tag)).or_insert_with(|| (0, TagCount { tag: tag.clone(), count: 0 }));
            total.count += count;
            if (pages, std::cmp::Reverse(&tag)) > (*most, std::cmp::Reverse(&total.tag)) {
                (*most, total.tag) = (pages, tag);
            }
        }
        let mut tags: Vec<TagCount> = counts.into_values().map(|(_, count)| count).collect();
        tags.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| fold(&a.tag).cmp(&fold(&b.tag))));
        Ok(tags)
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
            .filter(filter.condition(self.dialect()))
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
        let sort_keys = sort_keys(query.order(), false, self.dialect());
        let select = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(query.filter.condition(self.dialect()))
            .select_only()
            .columns(LINKED_PAGE_COLUMNS)
            .limit(u64::from(query.pagination.limit));
        let mut select = keyset::apply_order(select, &sort_keys, ListEnd::First).into_query();
        let mut window = WindowStatement::new();
        for (expr, order) in keyset::order_terms(&sort_keys, ListEnd::First) {
            window.order_by_expr(expr, order);
        }
        select.expr_as(Expr::val(list), LIST).expr_window_as(
            Expr::from(Func::cust("ROW_NUMBER")),
            window,
            POSITION,
        );
        Query::select().column(Asterisk).from_subquery(select, "part").take()
    }

    /// Returns the pages with one of these names, ordered by key.
    pub async fn linked_pages(&self, names: &[&LinkName]) -> Result<Vec<LinkedPage>, StorageError> {
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
    names: &[&LinkName],
) -> Result<Vec<LinkedPage>, StorageError> {
    /// Maximum number of names per statement. Each name occurs twice in it, or nine times as a path.
    const MAX_NAMES: usize = 500;
    let mut pages = Vec::new();
    for names in names.chunks(MAX_NAMES) {
        let (mut keys, mut paths) = (Vec::new(), Vec::new());
        for name in names {
            match name {
                LinkName::Key(key) => keys.push(key.as_str()),
                LinkName::Path(path) => paths.extend(candidate_paths(path)),
            }
        }
        let has_name = Condition::any()
            .add(page::Column::TranslationKey.is_in(keys.iter().copied()))
            .add(page::Column::Slug.is_in(keys))
            .add(page::Column::Path.is_in(paths));
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
        let path = Some(self.path.as_str()).filter(|path| !path.is_empty());
        Ok(LinkedPage {
            path: path.map(|path| context.parse_path(path)).transpose()?,
            slug: context.parse_slug(&self.slug)?,
            lang: context.parse_lang(&self.lang)?,
            headings: context.parse_json("table_of_contents", &self.table_of_contents)?,
            translation_key: self.translation_key.map(TranslationKey::new),
            name: self.name,
            title: self.title,
            key: PageKey::new(self.key),
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

/// Returns the sort keys of an order. Without a ranking, all pages are equally relevant.
fn sort_keys(order: &[(PageOrder, Direction)], is_ranked: bool, dialect: &dyn Dialect) -> Vec<SortKey> {
    let mut sort_keys: Vec<SortKey> = Vec::new();
    for (order, direction) in order {
        let coalesce = |column: page::Column, default: i64| {
            Expr::from(Func::coalesce([Expr::col((page::Entity, column)), Expr::val(default)]))
        };
        let expr = match order {
            PageOrder::Order => coalesce(page::Column::SortOrder, ORDER_IF_MISSING),
            PageOrder::Title => Expr::col((page::Entity, page::Column::TitleFolded)),
            PageOrder::CreatedAt => coalesce(page::Column::CreatedAt, TIME_IF_MISSING),
            PageOrder::UpdatedAt => Expr::col((page::Entity, page::Column::UpdatedAt)),
            PageOrder::Relevance if is_ranked => Expr::col((RANKING, "position")),
            PageOrder::Relevance => Expr::val(0_i64),
            PageOrder::FrontMatter(path) => {
                sort_keys.extend(front_matter::sort_keys(path, *direction, dialect));
                continue;
            }
        };
        sort_keys.push(SortKey { expr, direction: *direction });
    }
    sort_keys.push(SortKey::ascending(Expr::col((page::Entity, page::Column::Key))));
    sort_keys
}

/// Returns the values of the sort keys of a page. `position` is its position in the ranking.
fn cursor_of(page: &PublishedPage, position: i64, order: &[(PageOrder, Direction)]) -> Cursor {
    let mut values = Vec::new();
    for (order, _) in order {
        values.push(match order {
            PageOrder::Order => CursorValue::Number(page.page.order.map_or(ORDER_IF_MISSING, i64::from)),
            PageOrder::Title => CursorValue::Text(fold(&page.page.title)),
            PageOrder::CreatedAt => {
                CursorValue::Number(page.page.created_at.map_or(TIME_IF_MISSING, Timestamp::millis))
            }
            PageOrder::UpdatedAt => CursorValue::Number(page.updated_at.millis()),
            PageOrder::Relevance => CursorValue::Number(position),
            PageOrder::FrontMatter(path) => {
                values.extend(front_matter::sort_values(path, &page.page.front_matter));
                continue;
            }
        });
    }
    values.push(CursorValue::Text(page.key.to_string()));
    Cursor(values)
}
