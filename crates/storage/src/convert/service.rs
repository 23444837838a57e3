//! Rows of the table `support_service`.

use passerelle_model::key::{PageKey, ServiceKey};
use passerelle_model::published::PublishedService;
use passerelle_model::service::SupportService;

use crate::column::{RowContext, to_json};
use crate::entity::support_service;
use crate::error::StorageError;

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
        slug: context.parse_slug(&row.slug)?,
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
