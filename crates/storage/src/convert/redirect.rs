//! Rows of the list of redirects: former addresses with the present ones.

use passerelle_model::change::NodeKey;
use passerelle_model::key::{PageKey, PlanKey, ServiceKey};
use passerelle_model::timestamp::Timestamp;
use sea_orm::FromQueryResult;

use crate::addresses::{ObjectAddress, PlanAddress};
use crate::column::RowContext;
use crate::error::StorageError;
use crate::keyset::{Cursor, CursorValue};
use crate::redirect::{FormerAddressKind, Redirect};
use crate::route::RouteKind;

/// Row of the statement that lists redirects.
#[derive(FromQueryResult)]
pub(crate) struct RedirectRow {
    sort_key: String,
    kind: String,
    key: String,
    service_key: Option<String>,
    slug: String,
    lang: String,
    year: Option<i32>,
    present_slug: String,
    present_lang: String,
    present_year: Option<i32>,
    ended_at: i64,
}

impl RedirectRow {
    pub(crate) fn into_item(self) -> Result<(Cursor, Redirect), StorageError> {
        let context = RowContext { table: "former_address", key: &self.sort_key };
        let (slug, present_slug) = (context.parse_slug(&self.slug)?, context.parse_slug(&self.present_slug)?);
        let (lang, present_lang) = (context.parse_lang(&self.lang)?, context.parse_lang(&self.present_lang)?);
        let kind = context.parse_text("kind", &self.kind, FormerAddressKind::from_name)?;
        let (kind, node, [former, present]) = match (kind, self.service_key) {
            (FormerAddressKind::Plan, _) => {
                let former = PlanAddress { slug, lang, year: self.year };
                let present = PlanAddress { slug: present_slug, lang: present_lang, year: self.present_year };
                let node = NodeKey::Plan(PlanKey::new(self.key));
                (RouteKind::Plan, node, [former, present].map(ObjectAddress::Plan))
            }
            (FormerAddressKind::Page, Some(service)) => {
                let addresses = [(slug, lang), (present_slug, present_lang)];
                let addresses = addresses.map(|(slug, lang)| ObjectAddress::SupportService { slug, lang });
                (RouteKind::SupportService, NodeKey::Service(ServiceKey::new(service)), addresses)
            }
            (FormerAddressKind::Page, None) => {
                let addresses = [(slug, lang), (present_slug, present_lang)];
                let addresses = addresses.map(|(slug, lang)| ObjectAddress::Page { slug, lang });
                (RouteKind::Page, NodeKey::Page(PageKey::new(self.key)), addresses)
            }
        };
        let redirect =
            Redirect { kind, node, former, present, renamed_at: Timestamp::from_millis(self.ended_at) };
        Ok((Cursor(vec![CursorValue::Text(self.sort_key)]), redirect))
    }
}
