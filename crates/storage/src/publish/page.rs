//! Replaces the published page and support service of a document.

use std::collections::HashMap;

use passerelle_model::key::{DocumentKey, PageKey, ServiceKey};
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::published::{PublishedPage, PublishedService};
use passerelle_model::service::SupportService;
use passerelle_model::timestamp::Timestamp;
use passerelle_versioning::diff::page_changes;
use passerelle_versioning::identity::UpdateTimes;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::batch_writer::BatchWriter;
use super::changed_targets::ChangedTargets;
use super::key_allocator::PageKeys;
use crate::column::MAX_IN_VALUES;
use crate::convert::former_address;
use crate::convert::page::{from_page, to_page};
use crate::convert::service::{from_service, to_service};
use crate::entity::{page, support_service};
use crate::error::StorageError;
use crate::link_target::path_names;

/// A published page with its row ids.
pub(super) struct PageRows {
    page: (i64, PublishedPage),
    /// True if the row is from a release that did not write all columns. It is written again, although its
    /// content is the same.
    is_incomplete: bool,
    service: Option<(i64, PublishedService)>,
}

impl PageRows {
    /// Returns the page without its keys.
    pub(super) fn page(&self) -> &Page {
        &self.page.1.page
    }
}

/// Returns the name from which the key of a page is built.
pub(super) fn name_of(page: &Page) -> String {
    format!("{}.{}", page.slug, page.lang)
}

/// Returns the published pages of documents, by document key.
pub(super) async fn live_pages(
    transaction: &DatabaseTransaction,
    documents: &[&str],
) -> Result<HashMap<String, PageRows>, StorageError> {
    let mut pages = HashMap::new();
    for keys in documents.chunks(MAX_IN_VALUES) {
        let rows = page::Entity::find()
            .filter(page::Column::DocumentKey.is_in(keys.iter().copied()))
            .filter(page::Column::UntilRevision.is_null())
            .all(transaction)
            .await?;
        let page_keys = rows.iter().filter(|row| row.service_key.is_some()).map(|row| row.key.as_str());
        let services = support_service::Entity::find()
            .filter(support_service::Column::PageKey.is_in(page_keys))
            .filter(support_service::Column::UntilRevision.is_null())
            .all(transaction)
            .await?;
        let mut services: HashMap<String, support_service::Model> =
            services.into_iter().map(|row| (row.page_key.clone(), row)).collect();
        for row in rows {
            let service = services.remove(&row.key);
            let service = service.map(|row| Ok::<_, StorageError>((row.row_id, to_service(row)?)));
            let (document, row_id) = (row.document_key.clone(), row.row_id);
            let is_incomplete = row.front_matter_folded.is_none();
            let page = (row_id, to_page(row)?);
            let rows = PageRows { page, is_incomplete, service: service.transpose()? };
            pages.insert(document, rows);
        }
    }
    Ok(pages)
}

/// Returns the time of the last update of a page.
///
/// A time in the front matter counts when it is new. An author who changes the text and leaves the old time
/// there has changed the page all the same.
fn updated_at(before: Option<&PublishedPage>, after: &PublishedPage, times: UpdateTimes) -> Timestamp {
    let stated = after.page.stated_update();
    let Some(before) = before else {
        return stated.or_else(|| after.page.stated_date()).unwrap_or(times.added);
    };
    if !before.content_differs(after) {
        return before.updated_at;
    }
    let newly_stated = stated.filter(|_| stated != before.page.stated_update());
    newly_stated.or(times.changed).unwrap_or(before.updated_at)
}

/// Records the names that links use for a page.
fn record_names(targets: &mut ChangedTargets, page: &PublishedPage) {
    targets.paths.extend(page.path.iter().flat_map(path_names).map(String::from));
    let page = &page.page;
    targets.slugs.insert(page.slug.to_string());
    targets.names.insert(page.slug.to_string());
    targets.names.extend(page.translation_key.as_ref().map(ToString::to_string));
}

impl BatchWriter {
    /// Replaces the published content of a document with a page.
    pub(super) fn replace_page(
        &mut self,
        names: &mut PageKeys,
        (document, path): (&DocumentKey, &DocumentPath),
        before: Option<&PageRows>,
        (page, service): (Page, Option<SupportService>),
        times: UpdateTimes,
    ) -> Result<(), StorageError> {
        let name = name_of(&page);
        let stored_page = before.map(|before| &before.page.1);
        let page_key = match stored_page {
            Some(page) => page.key.clone(),
            None => PageKey::new(names.pages.allocate(name.clone())),
        };
        let stored_service = before.and_then(|before| before.service.as_ref()).map(|(_, service)| service);
        let service = service.map(|service| {
            let key = match stored_service {
                Some(stored) => stored.key.clone(),
                None => ServiceKey::new(names.services.allocate(name)),
            };
            PublishedService { key, page: page_key.clone(), service }
        });
        let mut after = PublishedPage {
            key: page_key,
            document: document.clone(),
            service: service.as_ref().map(|service| service.key.clone()),
            folder: path.parent(),
            path: Some(path.clone()),
            page,
            updated_at: stored_page.map_or(times.added, |stored| stored.updated_at),
        };
        after.updated_at = updated_at(stored_page, &after, times);
        for page in stored_page.into_iter().chain([&after]) {
            record_names(&mut self.changed_targets, page);
        }
        if let Some(before) = stored_page {
            let pages = (&before.page, &after.page);
            self.pending.former_addresses.extend(former_address::of_page(
                after.key.as_str(),
                pages,
                self.revision,
            ));
        }
        let stored = stored_page.map(|page| (page, stored_service));
        self.changes.extend(page_changes(stored, Some((&after, service.as_ref()))));
        self.write_page(before, after, service.as_ref())
    }

    fn write_page(
        &mut self,
        before: Option<&PageRows>,
        after: PublishedPage,
        service: Option<&PublishedService>,
    ) -> Result<(), StorageError> {
        let revision = self.revision.number.get();
        if before.is_none_or(|before| before.is_incomplete || before.page.1 != after) {
            self.pending.closed_pages.extend(before.map(|before| before.page.0));
            self.pending.pages.push(from_page(after, revision)?);
        }
        let served = before.and_then(|before| before.service.as_ref());
        if served.map(|(_, service)| service) != service {
            self.pending.closed_services.extend(served.map(|(row_id, _)| *row_id));
            self.pending.services.extend(service.map(|service| from_service(service, revision)).transpose()?);
        }
        Ok(())
    }

    /// Removes a page.
    pub(super) fn close_page(&mut self, names: &mut PageKeys, before: Option<PageRows>) {
        let Some(PageRows { page: (row_id, page), service, .. }) = before else { return };
        record_names(&mut self.changed_targets, &page);
        let stored = (&page, service.as_ref().map(|(_, service)| service));
        self.changes.extend(page_changes(Some(stored), None));
        names.pages.release(page.key.as_str());
        self.pending.closed_pages.push(row_id);
        if let Some((row_id, service)) = service {
            names.services.release(service.key.as_str());
            self.pending.closed_services.push(row_id);
        }
    }
}
