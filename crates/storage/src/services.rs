//! Queries for support services.

use std::collections::HashMap;

use passerelle_model::key::{ServiceKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedService;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::convert::service::to_service;
use crate::entity::support_service;
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::pages::PageQuery;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// Filters support services and orders them by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceQuery {
    /// Only support services in this language. `None` selects all languages.
    pub lang: Option<Language>,
    /// Requested range of the list.
    pub pagination: Pagination,
}

impl ReadView {
    /// Returns a slice of the support services.
    pub async fn services(&self, query: &ServiceQuery) -> Result<Slice<PublishedService>, StorageError> {
        let sort_keys = [support_service::Column::Slug, support_service::Column::Key]
            .map(|column| SortKey::ascending(Expr::col(column)));
        let select = self.live_services(query.lang).limit(u64::from(query.pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.end),
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

    /// Returns a slice of the support services whose pages match a query, in the order of the pages.
    pub async fn services_of_pages(
        &self,
        query: &PageQuery,
    ) -> Result<Slice<PublishedService>, StorageError> {
        let pages = self.pages(query).await?;
        let keys: Vec<ServiceKey> = pages.items.iter().filter_map(|(_, page)| page.service.clone()).collect();
        let mut services = self.services_by_key(&keys).await?;
        let items = pages.items.into_iter();
        let items = items.filter_map(|(cursor, page)| Some((cursor, services.remove(&page.service?)?)));
        Ok(Slice { items: items.collect(), has_previous: pages.has_previous, has_next: pages.has_next })
    }

    /// Counts the support services in a language. All languages if `None`.
    pub async fn service_count(&self, lang: Option<Language>) -> Result<u64, StorageError> {
        Ok(self.live_services(lang).count(&self.read_pool).await?)
    }

    /// Returns the support service with this slug. If several languages have it, the first language wins.
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

    /// Returns the support services with these keys.
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
