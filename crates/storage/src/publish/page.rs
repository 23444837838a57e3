//! A page, and the service that it describes, takes the place of what its document said.

use std::collections::HashMap;

use passerelle_model::key::{DocumentKey, PageKey, ServiceKey};
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::served::{ServedPage, ServedService};
use passerelle_model::service::SupportService;
use passerelle_versioning::diff::page_changes;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::Writer;
use super::health::Touched;
use super::names::Names;
use crate::column::MANY;
use crate::entity::{page, support_service};
use crate::error::StorageError;
use crate::pages::{from_page, to_page};
use crate::services::{from_service, to_service};

/// A page that is served, with the ids of its rows.
pub(super) struct PageRows {
    page: (i64, ServedPage),
    service: Option<(i64, ServedService)>,
}

/// The name that a page's key is made of.
pub(super) fn name_of(page: &Page) -> String {
    format!("{}.{}", page.slug, page.lang)
}

/// The pages that are served of documents, by the documents' keys.
pub(super) async fn served(
    transaction: &DatabaseTransaction,
    documents: &[&str],
) -> Result<HashMap<String, PageRows>, StorageError> {
    let mut pages = HashMap::new();
    for keys in documents.chunks(MANY) {
        let rows = page::Entity::find()
            .filter(page::Column::DocumentKey.is_in(keys.iter().copied()))
            .filter(page::Column::UntilRevision.is_null())
            .all(transaction)
            .await?;
        let of_service = rows.iter().filter(|row| row.service_key.is_some()).map(|row| row.key.as_str());
        let services = support_service::Entity::find()
            .filter(support_service::Column::PageKey.is_in(of_service))
            .filter(support_service::Column::UntilRevision.is_null())
            .all(transaction)
            .await?;
        let mut services: HashMap<String, support_service::Model> =
            services.into_iter().map(|row| (row.page_key.clone(), row)).collect();
        for row in rows {
            let service = services.remove(&row.key);
            let service = service.map(|row| Ok::<_, StorageError>((row.row_id, to_service(row)?)));
            let (document, row_id) = (row.document_key.clone(), row.row_id);
            let rows = PageRows { page: (row_id, to_page(row)?), service: service.transpose()? };
            pages.insert(document, rows);
        }
    }
    Ok(pages)
}

/// Notes by which names links find a page.
fn note_names(touched: &mut Touched, page: &ServedPage) {
    let page = &page.page;
    touched.slugs.insert(page.slug.to_string());
    touched.names.insert(page.slug.to_string());
    touched.names.extend(page.translation_key.clone());
}

impl Writer {
    /// Serves a page instead of what its document said.
    pub(super) fn replace_page(
        &mut self,
        names: &mut Names,
        (document, path): (&DocumentKey, &DocumentPath),
        before: Option<&PageRows>,
        (page, service): (Page, Option<SupportService>),
    ) -> Result<(), StorageError> {
        let name = name_of(&page);
        let known_page = before.map(|before| &before.page.1);
        let page_key = match known_page {
            Some(page) => page.key.clone(),
            None => PageKey::new(names.pages.take(name.clone())),
        };
        let known_service = before.and_then(|before| before.service.as_ref()).map(|(_, service)| service);
        let service = service.map(|service| {
            let key = match known_service {
                Some(known) => known.key.clone(),
                None => ServiceKey::new(names.services.take(name)),
            };
            ServedService { key, page: page_key.clone(), service }
        });
        let mut after = ServedPage {
            key: page_key,
            document: document.clone(),
            service: service.as_ref().map(|service| service.key.clone()),
            folder: path.folder().to_owned(),
            page,
            updated_at: known_page.map_or(self.revision.at, |known| known.updated_at),
        };
        if known_page.is_some_and(|known| known.says_otherwise(&after)) {
            after.updated_at = self.revision.at;
        }
        for page in known_page.into_iter().chain([&after]) {
            note_names(&mut self.touched, page);
        }
        let known = known_page.map(|page| (page, known_service));
        self.changes.extend(page_changes(known, Some((&after, service.as_ref()))));
        self.write_page(before, &after, service.as_ref())
    }

    fn write_page(
        &mut self,
        before: Option<&PageRows>,
        after: &ServedPage,
        service: Option<&ServedService>,
    ) -> Result<(), StorageError> {
        let revision = self.revision.number.get();
        if before.is_none_or(|before| before.page.1 != *after) {
            self.draft.closed_pages.extend(before.map(|before| before.page.0));
            self.draft.pages.push(from_page(after, revision)?);
        }
        let served = before.and_then(|before| before.service.as_ref());
        if served.map(|(_, service)| service) != service {
            self.draft.closed_services.extend(served.map(|(row_id, _)| *row_id));
            self.draft.services.extend(service.map(|service| from_service(service, revision)).transpose()?);
        }
        Ok(())
    }

    /// Serves a page no more.
    pub(super) fn close_page(&mut self, names: &mut Names, before: Option<PageRows>) {
        let Some(PageRows { page: (row_id, page), service }) = before else { return };
        note_names(&mut self.touched, &page);
        let known = (&page, service.as_ref().map(|(_, service)| service));
        self.changes.extend(page_changes(Some(known), None));
        names.pages.free(page.key.as_str());
        self.draft.closed_pages.push(row_id);
        if let Some((row_id, service)) = service {
            names.services.free(service.key.as_str());
            self.draft.closed_services.push(row_id);
        }
    }
}
