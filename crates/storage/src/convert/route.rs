//! Rows of the list of routes, which several tables have.

use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey, TranslationKey};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{DbErr, QueryResult};

use crate::addresses::{ObjectAddress, PlanAddress};
use crate::column::RowContext;
use crate::error::StorageError;
use crate::keyset::{Cursor, CursorValue};
use crate::route::{Route, RouteKind};

/// Row of the statement that lists routes.
pub(crate) struct RouteRow {
    kind: i64,
    key: String,
    slug: String,
    lang: String,
    year: Option<i32>,
    part: Option<String>,
    updated_at: i64,
    group_key: Option<String>,
}

impl RouteRow {
    /// Reads the columns by position. Looking up their names took longer than reading them.
    pub(crate) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            kind: row.try_get_by_index(0)?,
            key: row.try_get_by_index(1)?,
            slug: row.try_get_by_index(2)?,
            lang: row.try_get_by_index(3)?,
            year: row.try_get_by_index(4)?,
            part: row.try_get_by_index(5)?,
            updated_at: row.try_get_by_index(6)?,
            group_key: row.try_get_by_index(7)?,
        })
    }

    pub(crate) fn into_item(self) -> Result<(Cursor, Route), StorageError> {
        let context = RowContext { table: "route", key: &self.key };
        let lang = context.parse_lang(&self.lang)?;
        let number = usize::try_from(self.kind).ok();
        let kind = number.and_then(|number| RouteKind::ALL.get(number).copied());
        let kind = kind.ok_or_else(|| context.invalid_value("kind", &self.kind))?;
        let part =
            || self.part.as_deref().ok_or_else(|| context.invalid_value("part", &"the value is missing"));
        let (key, slug) = (self.key.clone(), context.parse_slug(&self.slug)?);
        let plan = |slug| PlanAddress { slug, lang, year: self.year };
        let (node, address) = match kind {
            RouteKind::Page => (NodeKey::Page(PageKey::new(key)), ObjectAddress::Page { slug, lang }),
            RouteKind::SupportService => {
                (NodeKey::Service(ServiceKey::new(key)), ObjectAddress::SupportService { slug, lang })
            }
            RouteKind::Plan => (NodeKey::Plan(PlanKey::new(key)), ObjectAddress::Plan(plan(slug))),
            RouteKind::Category => (
                NodeKey::Category(CategoryKey::new(key)),
                ObjectAddress::Category { plan: plan(slug), path: context.parse_category("part", part()?)? },
            ),
            RouteKind::Measure => {
                let number = context.parse_text("part", part()?, |part| part.parse().ok())?;
                (NodeKey::Measure(MeasureKey::new(key)), ObjectAddress::Measure { plan: plan(slug), number })
            }
        };
        let is_page = matches!(kind, RouteKind::Page | RouteKind::SupportService);
        let (translation_key, plan) = if is_page { (self.group_key, None) } else { (None, self.group_key) };
        let route = Route {
            kind,
            node,
            address,
            updated_at: Timestamp::from_millis(self.updated_at),
            translation_key: translation_key.map(TranslationKey::new),
            plan: plan.map(PlanKey::new),
        };
        Ok((Cursor(vec![CursorValue::Number(self.kind), CursorValue::Text(self.key)]), route))
    }
}
