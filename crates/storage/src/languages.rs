//! The languages that have content.

use std::collections::BTreeMap;

use passerelle_model::language::Language;
use sea_orm::ConnectionTrait;

use crate::column::RowContext;
use crate::engine;
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::validity::is_live;

/// Number of objects in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageCounts {
    /// The language.
    pub lang: Language,
    /// Pages that describe no support service.
    pub pages: u64,
    /// Support services.
    pub services: u64,
    /// Plans, with all their editions.
    pub plans: u64,
}

impl ReadView {
    /// Returns the languages that have at least one page, support service or plan, in the order of
    /// [`Language::ALL`]. One statement.
    pub async fn languages(&self) -> Result<Vec<LanguageCounts>, StorageError> {
        let live = is_live("o", self.revision.number.get());
        let part = |kind: &str, table: &str, condition: &str| {
            format!(
                "SELECT '{kind}' AS kind, o.lang AS lang, COUNT(*) AS count FROM {table} o
                 WHERE {condition} AND {live} GROUP BY o.lang"
            )
        };
        let sql = [
            part("PAGE", "page", "o.service_key IS NULL"),
            part("SERVICE", "page", "o.service_key IS NOT NULL"),
            part("PLAN", "plan", "1 = 1"),
        ];
        let statement = engine::statement(&self.read_pool, &sql.join(" UNION ALL "), Vec::new());
        let mut languages: BTreeMap<Language, LanguageCounts> = BTreeMap::new();
        for row in self.read_pool.query_all_raw(statement).await? {
            let (kind, lang): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let context = RowContext { table: "language", key: &lang };
            let count = context.convert_integer("count", row.try_get_by_index::<i64>(2)?)?;
            let lang = context.parse_lang(&lang)?;
            let none = LanguageCounts { lang, pages: 0, services: 0, plans: 0 };
            let counts = languages.entry(lang).or_insert(none);
            match kind.as_str() {
                "PAGE" => counts.pages = count,
                "SERVICE" => counts.services = count,
                _ => counts.plans = count,
            }
        }
        Ok(languages.into_values().collect())
    }
}
