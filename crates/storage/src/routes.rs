//! Everything that has an address on the website, as one list.

use std::collections::HashMap;

use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey, Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::addresses::{ObjectAddress, PlanAddress};
use crate::column::RowContext;
use crate::engine;
use crate::error::StorageError;
use crate::keyset::{Cursor, CursorValue, Pagination, Slice};
use crate::read_view::ReadView;

/// Kind of an object with an address, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteKind {
    /// Page that describes no support service.
    Page,
    /// Plan.
    Plan,
    /// Category of a plan.
    Category,
    /// Measure of a plan.
    Measure,
    /// Support service, at the address of its page.
    SupportService,
}

impl RouteKind {
    /// Every kind, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Page, Self::Plan, Self::Category, Self::Measure, Self::SupportService];
}

/// Object with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Kind of the object.
    pub kind: RouteKind,
    /// Key of the object.
    pub node: NodeKey,
    /// Parts of the address.
    pub address: ObjectAddress,
    /// Time of the last change of the object. For a category, of its plan.
    pub updated_at: Timestamp,
    /// Key that all translations of the page share.
    pub translation_key: Option<TranslationKey>,
    /// Plan of a category or measure, or the plan itself.
    pub plan: Option<PlanKey>,
}

/// Selects routes. An empty list of kinds selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RouteFilter {
    /// Only these kinds.
    pub kinds: Vec<RouteKind>,
    /// Only this language.
    pub lang: Option<Language>,
    /// Only objects that changed after this time.
    pub changed_since: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct RouteRow {
    kind: i64,
    sort_key: String,
    key: String,
    slug: String,
    lang: String,
    year: Option<i32>,
    part: Option<String>,
    number: Option<i64>,
    updated_at: i64,
    translation_key: Option<String>,
    plan_key: Option<String>,
}

impl RouteRow {
    fn into_item(self) -> Result<(Cursor, Route), StorageError> {
        let context = RowContext { table: "route", key: &self.sort_key };
        let lang = context.parse_lang(&self.lang)?;
        let slug = Slug::new(self.slug);
        let kind = usize::try_from(self.kind).ok().and_then(|kind| RouteKind::ALL.get(kind).copied());
        let kind = kind.unwrap_or(RouteKind::Page);
        let plan = || PlanAddress { slug: slug.clone(), lang, year: self.year };
        let (node, address) = match kind {
            RouteKind::Page => {
                (NodeKey::Page(PageKey::new(self.key)), ObjectAddress::Page { slug: slug.clone(), lang })
            }
            RouteKind::SupportService => (
                NodeKey::Service(ServiceKey::new(self.key)),
                ObjectAddress::SupportService { slug: slug.clone(), lang },
            ),
            RouteKind::Plan => (NodeKey::Plan(PlanKey::new(self.key)), ObjectAddress::Plan(plan())),
            RouteKind::Category => (
                NodeKey::Category(CategoryKey::new(self.key)),
                ObjectAddress::Category { plan: plan(), path: self.part.unwrap_or_default() },
            ),
            RouteKind::Measure => {
                let number = context.convert_integer("number", self.number.unwrap_or_default())?;
                (NodeKey::Measure(MeasureKey::new(self.key)), ObjectAddress::Measure { plan: plan(), number })
            }
        };
        let cursor = Cursor(vec![CursorValue::Number(self.kind), CursorValue::Text(self.sort_key)]);
        let route = Route {
            kind,
            node,
            address,
            updated_at: Timestamp::from_millis(self.updated_at),
            translation_key: self.translation_key.map(TranslationKey::new),
            plan: self.plan_key.map(PlanKey::new),
        };
        Ok((cursor, route))
    }
}

/// Columns and tables of a kind. The first placeholder is the condition for rows of the revision.
fn select_of(kind: RouteKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        RouteKind::Page => (
            "o.key AS sort_key, o.key AS key, o.slug, o.lang, CAST(NULL AS INTEGER) AS year, CAST(NULL AS TEXT) AS part, CAST(NULL AS BIGINT) AS number,
             o.updated_at, o.translation_key, CAST(NULL AS TEXT) AS plan_key FROM page o",
            "o.service_key IS NULL",
            "o",
        ),
        RouteKind::SupportService => (
            "o.key AS sort_key, o.service_key AS key, o.slug, o.lang, CAST(NULL AS INTEGER) AS year, CAST(NULL AS TEXT) AS part, CAST(NULL AS BIGINT) AS number,
             o.updated_at, o.translation_key, CAST(NULL AS TEXT) AS plan_key FROM page o",
            "o.service_key IS NOT NULL",
            "o",
        ),
        RouteKind::Plan => (
            "o.key AS sort_key, o.key AS key, o.slug, o.lang, o.year, CAST(NULL AS TEXT) AS part, CAST(NULL AS BIGINT) AS number,
             o.updated_at, CAST(NULL AS TEXT) AS translation_key, o.key AS plan_key FROM plan o",
            "1 = 1",
            "o",
        ),
        RouteKind::Category => (
            "o.key AS sort_key, o.key AS key, p.slug, p.lang, p.year, o.path AS part, CAST(NULL AS BIGINT) AS number,
             p.updated_at, CAST(NULL AS TEXT) AS translation_key, p.key AS plan_key
             FROM category o JOIN plan p ON p.key = o.plan_key",
            "1 = 1",
            "p",
        ),
        RouteKind::Measure => (
            "o.key AS sort_key, o.key AS key, p.slug, p.lang, p.year, CAST(NULL AS TEXT) AS part, CAST(o.number AS BIGINT) AS number,
             o.updated_at, CAST(NULL AS TEXT) AS translation_key, p.key AS plan_key
             FROM measure o JOIN plan p ON p.key = o.plan_key",
            "1 = 1",
            "p",
        ),
    }
}

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
            if let Some((_, key)) = after.as_ref().filter(|(after, _)| number == *after) {
                sql.push_str(" AND o.key > ?");
                bound.push(key.clone().into());
            }
            // A limit per kind: SQLite then stops after as many rows of the index.
            parts.push(format!(
                "SELECT * FROM ({sql} ORDER BY o.key LIMIT {}) AS part_{number}",
                pagination.limit + 1
            ));
            values.extend(bound);
        }
        if parts.is_empty() {
            return Ok(Slice::default());
        }
        let sql =
            format!("{} ORDER BY kind, sort_key LIMIT {}", parts.join(" UNION ALL "), pagination.limit + 1);
        let rows =
            RouteRow::find_by_statement(self.route_statement(&sql, values)).all(&self.read_pool).await?;
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
    ) -> Result<HashMap<TranslationKey, Vec<Route>>, StorageError> {
        let filter = RouteFilter::default();
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (number, kind) in [(0, RouteKind::Page), (4, RouteKind::SupportService)] {
            let (sql, bound) = self.select_routes(number, kind, &filter);
            let places = vec!["?"; keys.len()].join(", ");
            parts.push(format!("{sql} AND o.translation_key IN ({places})"));
            values.extend(bound);
            values.extend(keys.iter().map(|key| Value::from(key.as_str())));
        }
        let sql = format!("{} ORDER BY lang, sort_key", parts.join(" UNION ALL "));
        let rows =
            RouteRow::find_by_statement(self.route_statement(&sql, values)).all(&self.read_pool).await?;
        let mut routes: HashMap<TranslationKey, Vec<Route>> = HashMap::new();
        for row in rows {
            let (_, route) = row.into_item()?;
            let Some(key) = route.translation_key.clone() else { continue };
            routes.entry(key).or_default().push(route);
        }
        Ok(routes)
    }

    /// Returns the statement for one kind, and its bound values.
    fn select_routes(&self, number: i64, kind: RouteKind, filter: &RouteFilter) -> (String, Vec<Value>) {
        let revision = self.revision.number;
        let live = |table: &str| {
            format!(
                "{table}.from_revision <= {revision} AND
                 ({table}.until_revision IS NULL OR {table}.until_revision > {revision})"
            )
        };
        let (columns, condition, lang_table) = select_of(kind);
        let mut sql =
            format!("SELECT CAST({number} AS BIGINT) AS kind, {columns} WHERE {condition} AND {}", live("o"));
        if lang_table == "p" {
            sql = format!("{sql} AND {}", live("p"));
        }
        let mut values: Vec<Value> = Vec::new();
        if let Some(lang) = filter.lang {
            sql = format!("{sql} AND {lang_table}.lang = ?");
            values.push(lang.code().into());
        }
        if let Some(since) = filter.changed_since {
            let table = if kind == RouteKind::Category { "p" } else { "o" };
            sql = format!("{sql} AND {table}.updated_at > ?");
            values.push(since.millis().into());
        }
        (sql, values)
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
