//! Support services.

use std::collections::HashMap;

use passerelle_model::key::{PageKey, ServiceKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedService;
use passerelle_model::service::SupportService;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::column::{RowContext, to_json};
use crate::entity::support_service;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// Selects support services, ordered by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceQuery {
    /// Only those of this language.
    pub lang: Option<Language>,
    /// Requested range of the list.
    pub pagination: Pagination,
}

impl ReadView {
    /// A part of the support services.
    pub async fn services(&self, query: &ServiceQuery) -> Result<Slice<PublishedService>, StorageError> {
        let sort_keys = [support_service::Column::Slug, support_service::Column::Key]
            .map(|column| SortKey::ascending(Expr::col(column)));
        let select = self.live_services(query.lang).limit(u64::from(query.pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.from_end),
            &sort_keys,
            &query.pagination,
        );
        let rows = select.all(&self.read_pool).await?;
        let services = rows.into_iter().map(to_service).collect::<Result<Vec<_>, _>>()?;
        Ok(keyset::to_slice(services, &query.pagination, |service| {
            Cursor(
                [service.service.slug.as_str(), service.key.as_str()]
                    .map(|text| CursorValue::Text(text.to_owned()))
                    .into(),
            )
        }))
    }

    /// Counts the support services in a language. All languages if `None`.
    pub async fn service_count(&self, lang: Option<Language>) -> Result<u64, StorageError> {
        Ok(self.live_services(lang).count(&self.read_pool).await?)
    }

    /// The support service of a slug; of several the first by language.
    pub async fn service(
        &self,
        slug: &Slug,
        lang: Option<Language>,
    ) -> Result<Option<PublishedService>, StorageError> {
        let select = self.live_services(lang).filter(support_service::Column::Slug.eq(slug.as_str()));
        let rows = select.order_by_asc(support_service::Column::Key).all(&self.read_pool).await?;
        let services = rows.into_iter().map(to_service).collect::<Result<Vec<_>, _>>()?;
        Ok(services.into_iter().min_by_key(|service| service.service.lang))
    }

    /// The support services of these keys.
    pub async fn services_by_key(
        &self,
        keys: &[ServiceKey],
    ) -> Result<HashMap<ServiceKey, PublishedService>, StorageError> {
        let keys = support_service::Column::Key.is_in(keys.iter().map(ServiceKey::as_str));
        let rows = self.live_services(None).filter(keys).all(&self.read_pool).await?;
        rows.into_iter().map(|row| to_service(row).map(|service| (service.key.clone(), service))).collect()
    }

    fn live_services(&self, lang: Option<Language>) -> Select<support_service::Entity> {
        let select =
            support_service::Entity::find().filter(support_service::Entity::live(self.revision.number));
        match lang {
            Some(lang) => select.filter(support_service::Column::Lang.eq(lang.code())),
            None => select,
        }
    }
}

pub(crate) fn to_service(row: support_service::Model) -> Result<PublishedService, StorageError> {
    let context = RowContext { table: "support_service", key: &row.key };
    let service = SupportService {
        lang: context.parse_lang(&row.lang)?,
        summary: context.parse_json("summary", &row.summary)?,
        definition: row
            .definition
            .as_deref()
            .map(|json| context.parse_json("definition", json))
            .transpose()?,
        missions: context.parse_json("missions", &row.missions)?,
        logo: row.logo.as_deref().map(|json| context.parse_json("logo", json)).transpose()?,
        slug: Slug::new(row.slug),
        name: row.name,
        acronym: row.acronym,
        organisation: row.organisation,
        domain: row.domain,
        authority: row.authority,
        legal_basis: row.legal_basis,
        region: row.region,
        designated_year: row.designated_year,
        renewed_year: row.renewed_year,
    };
    Ok(PublishedService { key: ServiceKey::new(row.key), page: PageKey::new(row.page_key), service })
}

pub(crate) fn from_service(
    served: &PublishedService,
    revision: i64,
) -> Result<support_service::Model, StorageError> {
    let service = &served.service;
    Ok(support_service::Model {
        row_id: 0,
        key: served.key.to_string(),
        from_revision: revision,
        until_revision: None,
        page_key: served.page.to_string(),
        slug: service.slug.to_string(),
        lang: service.lang.to_string(),
        name: service.name.clone(),
        acronym: service.acronym.clone(),
        organisation: service.organisation.clone(),
        domain: service.domain.clone(),
        authority: service.authority.clone(),
        legal_basis: service.legal_basis.clone(),
        region: service.region.clone(),
        designated_year: service.designated_year,
        renewed_year: service.renewed_year,
        summary: to_json(&service.summary)?,
        definition: service.definition.as_ref().map(to_json).transpose()?,
        missions: to_json(&service.missions)?,
        logo: service.logo.as_ref().map(to_json).transpose()?,
    })
}
