//! Everything that has an address on the website, as one list.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::TranslationKey;
use passerelle_model::language::Language;
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, Statement, Value};

use crate::addresses::ObjectAddress;
use crate::column::RowContext;
use crate::convert::route::RouteRow;
use crate::engine;
use crate::error::StorageError;
use crate::keyset::{CursorValue, Pagination, Slice};
use crate::read_view::ReadView;
use crate::route::{Route, RouteKind};
use crate::validity::is_live;

/// Selects routes. An empty list of kinds selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RouteFilter {
    /// Only these kinds.
    pub kinds: Vec<RouteKind>,
    /// Only this language.
    pub lang: Option<Language>,
    /// Only objects that were published with other content after this time, or with a later time of change.
    pub changed_since: Option<Timestamp>,
}

/// Source of the routes of a kind.
struct RouteSource {
    /// Column with the key of the object. The routes of a kind are ordered by it.
    key: &'static str,
    /// The other columns and the tables.
    select: &'static str,
    /// Condition besides the revision. For pages and services, it is that of the partial index which contains
    /// all these columns: `page_route` or `page_service_route`.
    condition: &'static str,
    /// Table with the language and, for a category, the time of the last change.
    table: &'static str,
}

/// Columns of pages and of support services, whose addresses are those of their pages.
const PAGE_SELECT: &str =
    "o.slug, o.lang, CAST(NULL AS INTEGER) AS year, CAST(NULL AS TEXT) AS part, o.updated_at,
    o.translation_key AS group_key FROM page o";

impl RouteSource {
    fn of(kind: RouteKind) -> Self {
        let (key, select, condition, table) = match kind {
            RouteKind::Page => ("o.key", PAGE_SELECT, "o.service_key IS NULL", "o"),
            RouteKind::SupportService => ("o.service_key", PAGE_SELECT, "o.service_key IS NOT NULL", "o"),
            RouteKind::Plan => (
                "o.key",
                "o.slug, o.lang, o.year, CAST(NULL AS TEXT) AS part, o.updated_at, o.key AS group_key FROM plan o",
                "1 = 1",
                "o",
            ),
            RouteKind::Category => (
                "o.key",
                "p.slug, p.lang, p.year, o.path AS part, p.updated_at, p.key AS group_key
                 FROM category o JOIN plan p ON p.key = o.plan_key",
                "1 = 1",
                "p",
            ),
            RouteKind::Measure => (
                "o.key",
                "p.slug, p.lang, p.year, CAST(o.number AS TEXT) AS part, o.updated_at, p.key AS group_key
                 FROM measure o JOIN plan p ON p.key = o.plan_key",
                "1 = 1",
                "p",
            ),
        };
        Self { key, select, condition, table }
    }
}

/// Maximum number of translation keys in one statement, which has each of them twice. A statement of SQLite
/// has at most 32,766 values.
const MAX_TRANSLATION_KEYS: usize = 10_000;

impl ReadView {
    /// Returns a range of the routes, ordered by kind and key. One statement, whatever the number of objects.
    pub async fn routes(
        &self,
        filter: &RouteFilter,
        pagination: &Pagination,
    ) -> Result<Slice<Route>, StorageError> {
        let after = match pagination.after.as_ref().map(|cursor| cursor.0.as_slice()) {
            Some([CursorValue::Number(kind), CursorValue::Text(key)]) => Some((*kind, key.clone())),
            _ => None,
        };
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (number, kind) in (0_i64..).zip(RouteKind::ALL) {
            let is_before = after.as_ref().is_some_and(|(after, _)| number < *after);
            if is_before || !filter.selects(kind) {
                continue;
            }
            let (mut sql, mut bound) = self.select_routes(number, kind, filter);
            let order = RouteSource::of(kind).key;
            if let Some((_, key)) = after.as_ref().filter(|(after, _)| number == *after) {
                sql = format!("{sql} AND {order} > ?");
                bound.push(key.clone().into());
            }
            // A limit per kind: SQLite then stops after as many rows of the index.
            parts.push(format!(
                "SELECT * FROM ({sql} ORDER BY {order} LIMIT {}) AS part_{number}",
                pagination.limit + 1
            ));
            values.extend(bound);
        }
        if parts.is_empty() {
            return Ok(Slice::default());
        }
        let sql = format!("{} ORDER BY kind, key LIMIT {}", parts.join(" UNION ALL "), pagination.limit + 1);
        let rows = self.route_rows(&sql, values).await?;
        let limit = usize::try_from(pagination.limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > limit;
        let items = rows.into_iter().take(limit).map(RouteRow::into_item).collect::<Result<Vec<_>, _>>()?;
        Ok(Slice { items, has_previous: after.is_some(), has_next })
    }

    /// Returns the number of routes.
    pub async fn route_count(&self, filter: &RouteFilter) -> Result<u64, StorageError> {
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (number, kind) in (0_i64..).zip(RouteKind::ALL).filter(|(_, kind)| filter.selects(*kind)) {
            let (sql, bound) = self.select_routes(number, kind, filter);
            parts.push(format!("(SELECT COUNT(*) FROM ({sql}) AS part_{number})"));
            values.extend(bound);
        }
        if parts.is_empty() {
            return Ok(0);
        }
        let sql = format!("SELECT {}", parts.join(" + "));
        let row = self.read_pool.query_one_raw(self.route_statement(&sql, values)).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Returns the routes of pages and support services with these translation keys.
    pub async fn routes_of_translations(
        &self,
        keys: &[TranslationKey],
    ) -> Result<HashMap<TranslationKey, Vec<Arc<Route>>>, StorageError> {
        let filter = RouteFilter::default();
        let mut routes: HashMap<TranslationKey, Vec<Arc<Route>>> = HashMap::new();
        for keys in keys.chunks(MAX_TRANSLATION_KEYS) {
            let (mut parts, mut values) = (Vec::new(), Vec::new());
            let places = vec!["?"; keys.len()].join(", ");
            for (number, kind) in [(0, RouteKind::Page), (4, RouteKind::SupportService)] {
                let (sql, bound) = self.select_routes(number, kind, &filter);
                parts.push(format!("{sql} AND o.translation_key IN ({places})"));
                values.extend(bound);
                values.extend(keys.iter().map(|key| Value::from(key.as_str())));
            }
            let sql = format!("{} ORDER BY lang, key", parts.join(" UNION ALL "));
            for row in self.route_rows(&sql, values).await? {
                let (_, route) = row.into_item()?;
                let Some(key) = route.translation_key.clone() else { continue };
                routes.entry(key).or_default().push(Arc::new(route));
            }
        }
        Ok(routes)
    }

    /// Returns the addresses of the pages that contain a list of pages, ordered by key.
    pub async fn pages_with_lists(
        &self,
        languages: &[Language],
    ) -> Result<HashMap<Language, Vec<ObjectAddress>>, StorageError> {
        let mut pages: HashMap<Language, Vec<ObjectAddress>> = HashMap::new();
        for lang in languages {
            // The blocks are JSON, and a list of pages is a block of this kind.
            let sql = format!(
                "SELECT o.key, o.slug FROM page o WHERE o.lang = ? AND o.blocks LIKE '%\"kind\":\"Collection\"%' AND {}
                 ORDER BY o.key",
                is_live("o", self.revision.number.get())
            );
            let statement = self.route_statement(&sql, vec![lang.code().into()]);
            for row in self.read_pool.query_all_raw(statement).await? {
                let (key, slug): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let slug = RowContext { table: "page", key: &key }.parse_slug(&slug)?;
                pages.entry(*lang).or_default().push(ObjectAddress::Page { slug, lang: *lang });
            }
        }
        Ok(pages)
    }

    /// Returns the statement for one kind, and its bound values.
    fn select_routes(&self, number: i64, kind: RouteKind, filter: &RouteFilter) -> (String, Vec<Value>) {
        let live = |table: &str| is_live(table, self.revision.number.get());
        let RouteSource { key, select, condition, table } = RouteSource::of(kind);
        let mut sql = format!(
            "SELECT CAST({number} AS BIGINT) AS kind, {key} AS key, {select} WHERE {condition} AND {}",
            live("o")
        );
        if table == "p" {
            sql = format!("{sql} AND {}", live("p"));
        }
        let mut values: Vec<Value> = Vec::new();
        if let Some(lang) = filter.lang {
            sql = format!("{sql} AND {table}.lang = ?");
            values.push(lang.code().into());
        }
        if let Some(since) = filter.changed_since {
            let table = if kind == RouteKind::Category { "p" } else { "o" };
            sql = format!(
                "{sql} AND ({table}.updated_at > ? OR
                 {table}.from_revision >= (SELECT MIN(number) FROM revision WHERE at > ?))"
            );
            values.extend([since.millis(), since.millis()].map(Value::from));
        }
        (sql, values)
    }

    async fn route_rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<RouteRow>, StorageError> {
        let rows = self.read_pool.query_all_raw(self.route_statement(sql, values)).await?;
        Ok(rows.iter().map(RouteRow::read).collect::<Result<_, _>>()?)
    }

    fn route_statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        engine::statement(&self.read_pool, sql, values)
    }
}

impl RouteFilter {
    fn selects(&self, kind: RouteKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}
