//! Former addresses of pages, support services and plans.
//!
//! A former address belongs to the object that had it last. It counts as long as that object exists, has
//! another address now, and no other object has taken the address.

use passerelle_model::key::{PageKey, PlanKey, Slug};
use passerelle_model::language::Language;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::convert::redirect::RedirectRow;
use crate::engine;
use crate::error::StorageError;
use crate::keyset::{CursorValue, Pagination, Slice};
use crate::read_view::ReadView;
use crate::redirect::{FormerAddressKind, Redirect};
use crate::validity::is_live;

/// Selects former addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RedirectFilter {
    /// Only former addresses in this language. `None` selects all languages.
    pub lang: Option<Language>,
}

impl ReadView {
    /// Returns a range of the former addresses, ordered by kind, language and slug.
    pub async fn redirects(
        &self,
        filter: RedirectFilter,
        pagination: &Pagination,
    ) -> Result<Slice<Redirect>, StorageError> {
        let after = match pagination.after.as_ref().map(|cursor| cursor.0.as_slice()) {
            Some([CursorValue::Text(key)]) => key.clone(),
            // The least key.
            _ => String::new(),
        };
        let (select, mut values) = self.select_redirects(filter);
        values.push(after.as_str().into());
        let sql = format!(
            "SELECT * FROM ({select}) AS former WHERE recency = 1 AND sort_key > ? ORDER BY sort_key LIMIT {}",
            pagination.limit + 1
        );
        let statement = self.redirect_statement(&sql, values);
        let rows = RedirectRow::find_by_statement(statement).all(&self.read_pool).await?;
        let limit = usize::try_from(pagination.limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > limit;
        let items = rows.into_iter().take(limit).map(RedirectRow::into_item).collect::<Result<_, _>>()?;
        Ok(Slice { items, has_previous: !after.is_empty(), has_next })
    }

    /// Returns the number of former addresses.
    pub async fn redirect_count(&self, filter: RedirectFilter) -> Result<u64, StorageError> {
        let (select, values) = self.select_redirects(filter);
        let statement = self.redirect_statement(
            &format!("SELECT COUNT(*) FROM ({select}) AS former WHERE recency = 1"),
            values,
        );
        let row = self.read_pool.query_one_raw(statement).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Returns the key of the page that had a slug last, and has another address now.
    ///
    /// Does not check whether a page has the slug now.
    pub async fn page_with_former_slug(
        &self,
        slug: &Slug,
        lang: Option<Language>,
    ) -> Result<Option<PageKey>, StorageError> {
        let condition = match lang {
            Some(_) => "f.slug = ? AND f.lang = ?",
            None => "f.slug = ?",
        };
        let sql = format!(
            "SELECT f.key {} AND {condition} ORDER BY f.ended_revision DESC, f.row_id DESC LIMIT 1",
            self.renamed(FormerAddressKind::Page)
        );
        let lang = lang.map(|lang| Value::from(lang.code()));
        let values = std::iter::once(slug.as_str().into()).chain(lang).collect();
        let row = self.read_pool.query_one_raw(self.redirect_statement(&sql, values)).await?;
        let key: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(key.map(PageKey::new))
    }

    /// Returns the keys of the plans that had a name in the past and have another address now, the last one
    /// first. The name is a slug or a slug with a year.
    pub async fn plans_with_former_name(
        &self,
        name: &str,
        lang: Option<Language>,
    ) -> Result<Vec<PlanKey>, StorageError> {
        let condition = match lang {
            Some(_) => "AND f.lang = ?",
            None => "",
        };
        let sql = format!(
            "SELECT f.key {} AND (f.slug = ? OR f.slug || '-' || f.year = ?) {condition}
             GROUP BY f.key ORDER BY MAX(f.ended_revision) DESC, f.key",
            self.renamed(FormerAddressKind::Plan)
        );
        let lang = lang.map(|lang| Value::from(lang.code()));
        let values = [name, name].into_iter().map(Value::from).chain(lang).collect();
        let rows = self.read_pool.query_all_raw(self.redirect_statement(&sql, values)).await?;
        let key = |row: sea_orm::QueryResult| Ok(PlanKey::new(row.try_get_by_index::<String>(0)?));
        rows.into_iter().map(key).collect()
    }

    /// Returns the tables and the condition of the renamed objects of a kind: `f` is the former address, `o`
    /// the present version.
    fn renamed(&self, kind: FormerAddressKind) -> String {
        let revision = self.revision.number;
        let (table, year) = match kind {
            FormerAddressKind::Plan => ("plan", "OR COALESCE(o.year, 0) <> COALESCE(f.year, 0)"),
            FormerAddressKind::Page => ("page", ""),
        };
        let kind = kind.name();
        format!(
            "FROM former_address f JOIN {table} o ON o.key = f.key
             WHERE f.kind = '{kind}' AND f.ended_revision <= {revision} AND {}
             AND (o.slug <> f.slug OR o.lang <> f.lang {year})",
            is_live("o", revision.get())
        )
    }

    /// Returns the statement for all former addresses, and its bound values.
    fn select_redirects(&self, filter: RedirectFilter) -> (String, Vec<Value>) {
        let revision = self.revision.number;
        let lang = filter.lang.map(|lang| Value::from(lang.code()));
        let condition = if lang.is_some() { "AND f.lang = ?" } else { "" };
        // `recency` is 1 for the object that had the address last.
        let columns = "f.kind, f.key, f.slug, f.lang, f.year, o.slug AS present_slug, o.lang AS present_lang,
             f.ended_at, ROW_NUMBER() OVER (
                 PARTITION BY f.lang, f.slug, f.year ORDER BY f.ended_revision DESC, f.row_id DESC) AS recency";
        let pages = format!(
            "SELECT 'PAGE ' || f.lang || ' ' || f.slug AS sort_key, {columns}, CAST(NULL AS INTEGER) AS present_year, o.service_key {}
             {condition} AND NOT EXISTS (
                 SELECT 1 FROM page t WHERE t.slug = f.slug AND t.lang = f.lang AND {})",
            self.renamed(FormerAddressKind::Page),
            is_live("t", revision.get())
        );
        let plans = format!(
            "SELECT 'PLAN ' || f.lang || ' ' || f.slug || ' ' || COALESCE(CAST(f.year AS TEXT), '') AS sort_key, {columns},
             o.year AS present_year, CAST(NULL AS TEXT) AS service_key {}
             {condition} AND NOT EXISTS (
                 SELECT 1 FROM plan t WHERE t.slug = f.slug AND t.lang = f.lang
                 AND COALESCE(t.year, 0) = COALESCE(f.year, 0) AND {})",
            self.renamed(FormerAddressKind::Plan),
            is_live("t", revision.get())
        );
        (format!("{pages} UNION ALL {plans}"), lang.iter().chain(&lang).cloned().collect())
    }

    fn redirect_statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        engine::statement(&self.read_pool, sql, values)
    }
}
