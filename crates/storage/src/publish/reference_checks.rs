//! Checks the references of documents to other files after every batch.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind};
use passerelle_model::document::DocumentState;
use passerelle_model::key::DocumentKey;
use passerelle_model::language::Language;
use passerelle_model::page::{LinkName, PageTarget};
use passerelle_model::position::Position;
use passerelle_text::fold::nearest;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::asset::has_assets;
use super::batch_writer::BatchWriter;
use super::rows;
use crate::column::{MAX_IN_VALUES, RowContext};
use crate::convert::diagnostic::from_diagnostic;
use crate::convert::reference::{ReferenceKind, page_target};
use crate::entity::{asset, diagnostic, document, page, reference};
use crate::error::StorageError;
use crate::fail_point;
use crate::link_target::{LinkedPage, find_page};
use crate::pages::linked_pages;

/// Maximum number of names that are compared to find a suggestion.
const MAX_CANDIDATES: u64 = 200;

impl BatchWriter {
    /// Updates the diagnostics that depend on other files, in the documents that the batch affects.
    pub(super) async fn refresh_reference_diagnostics(&self) -> Result<(), StorageError> {
        let documents: Vec<String> = self.affected_documents().await?.into_iter().collect();
        for documents in documents.chunks(MAX_IN_VALUES) {
            let mut diagnostics = self.broken_references(documents).await?;
            for (document, found) in self.duplicate_slugs(documents).await? {
                diagnostics.entry(document).or_default().extend(found);
            }
            diagnostic::Entity::delete_many()
                .filter(diagnostic::Column::DocumentKey.is_in(documents))
                .filter(diagnostic::Column::Code.is_in(DiagnosticKind::CROSS_FILE_CODES))
                .exec(&self.transaction)
                .await?;
            fail_point!(self.fail_points, "publish.reference_diagnostics_cleared");
            let mut rows = Vec::new();
            for (document, found) in diagnostics {
                let key = DocumentKey::new(document);
                for diagnostic in found {
                    rows.push(from_diagnostic(&key, &diagnostic)?);
                }
            }
            rows::insert::<diagnostic::Entity>(&self.transaction, rows, diagnostic::Column::Id).await?;
        }
        Ok(())
    }

    /// Returns the parsed published documents, and those with references to changed targets.
    async fn affected_documents(&self) -> Result<BTreeSet<String>, StorageError> {
        let mut keys = self.changed_targets.documents.clone();
        let targets: Vec<&String> = self.changed_targets.names.union(&self.changed_targets.files).collect();
        for targets in targets.chunks(MAX_IN_VALUES) {
            let targets = targets.iter().map(|target| target.as_str());
            keys.extend(self.documents_with_reference(reference::Column::Target.is_in(targets)).await?);
        }
        let paths: Vec<&String> = self.changed_targets.paths.iter().collect();
        for paths in paths.chunks(MAX_IN_VALUES) {
            let paths = paths.iter().map(|path| path.as_str());
            keys.extend(self.documents_with_reference(reference::Column::Path.is_in(paths)).await?);
        }
        if self.changed_targets.affects_all_images {
            let is_image = reference::Column::Kind.eq(ReferenceKind::Image.name());
            keys.extend(self.documents_with_reference(is_image).await?);
        }
        let slugs: Vec<&String> = self.changed_targets.slugs.iter().collect();
        for slugs in slugs.chunks(MAX_IN_VALUES) {
            let rows: Vec<String> = page::Entity::find()
                .select_only()
                .column(page::Column::DocumentKey)
                .filter(page::Column::Slug.is_in(slugs.iter().map(|slug| slug.as_str())))
                .filter(page::Column::UntilRevision.is_null())
                .into_tuple()
                .all(&self.transaction)
                .await?;
            keys.extend(rows);
        }
        let keys: Vec<String> = keys.into_iter().collect();
        let mut served = BTreeSet::new();
        for keys in keys.chunks(MAX_IN_VALUES) {
            // The diagnostics of a rejected document describe its new version, whose references are not
            // stored.
            let rows: Vec<String> = document::Entity::find()
                .select_only()
                .column(document::Column::Key)
                .filter(document::Column::Key.is_in(keys))
                .filter(document::Column::State.eq(DocumentState::Published.name()))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            served.extend(rows);
        }
        Ok(served)
    }

    /// Returns the keys of the documents with a reference that matches a condition.
    async fn documents_with_reference(&self, condition: SimpleExpr) -> Result<Vec<String>, StorageError> {
        let documents = reference::Entity::find()
            .select_only()
            .column(reference::Column::DocumentKey)
            .distinct()
            .filter(condition)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        Ok(documents)
    }

    async fn broken_references(
        &self,
        documents: &[String],
    ) -> Result<BTreeMap<String, Vec<Diagnostic>>, StorageError> {
        let rows = reference::Entity::find()
            .filter(reference::Column::DocumentKey.is_in(documents))
            .order_by_asc(reference::Column::Id)
            .all(&self.transaction)
            .await?;
        let kinds: Vec<ReferenceKind> = rows.iter().map(ReferenceKind::of).collect::<Result<_, _>>()?;
        let mut page_names = BTreeSet::new();
        let mut files = BTreeSet::new();
        for (row, kind) in rows.iter().zip(&kinds) {
            match kind {
                ReferenceKind::Page => page_names.extend(page_target(row)?.names()),
                ReferenceKind::File | ReferenceKind::Image => {
                    files.insert(row.target.as_str());
                }
            }
        }
        let pages = self.pages_by_name(&page_names).await?;
        let files = self.existing_files(&files).await?;
        let is_elsewhere = !has_assets(&self.transaction).await?;
        let mut diagnostics: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        for (row, kind) in rows.iter().zip(kinds) {
            let context = RowContext { table: "reference", key: &row.document_key };
            let lang = context.parse_lang(&row.lang)?;
            let kind = match kind {
                ReferenceKind::Page => self.broken_link(&page_target(row)?, &pages).await?,
                _ if files.contains(&row.target) => None,
                ReferenceKind::Image if is_elsewhere => {
                    Some(DiagnosticKind::MissingExternalImage { path: row.target.clone() })
                }
                ReferenceKind::Image => Some(DiagnosticKind::MissingImage { path: row.target.clone() }),
                ReferenceKind::File => Some(DiagnosticKind::MissingFile { path: row.target.clone() }),
            };
            if let Some(kind) = kind {
                let position = Position {
                    line: context.convert_integer("line", row.line)?,
                    column: context.convert_integer("column", row.column)?,
                };
                let diagnostic =
                    passerelle_messages::to_diagnostic(&kind, lang, Some(position), row.excerpt.clone());
                diagnostics.entry(row.document_key.clone()).or_default().push(diagnostic);
            }
        }
        Ok(diagnostics)
    }

    /// Returns the pages with these names, by name.
    async fn pages_by_name(
        &self,
        names: &BTreeSet<LinkName>,
    ) -> Result<HashMap<LinkName, Vec<LinkedPage>>, StorageError> {
        let name_list: Vec<&LinkName> = names.iter().collect();
        let live = Condition::all().add(page::Column::UntilRevision.is_null());
        let mut pages: HashMap<LinkName, Vec<LinkedPage>> = HashMap::new();
        for page in linked_pages(&self.transaction, live, &name_list).await? {
            for name in page.link_names().into_iter().filter(|name| names.contains(name)) {
                pages.entry(name).or_default().push(page.clone());
            }
        }
        Ok(pages)
    }

    async fn existing_files(&self, paths: &BTreeSet<&str>) -> Result<HashSet<String>, StorageError> {
        let paths: Vec<&str> = paths.iter().copied().collect();
        let mut files = HashSet::new();
        for paths in paths.chunks(MAX_IN_VALUES) {
            let rows: Vec<String> = asset::Entity::find()
                .select_only()
                .column(asset::Column::Key)
                .filter(asset::Column::Key.is_in(paths.iter().copied()))
                .filter(asset::Column::UntilRevision.is_null())
                .into_tuple()
                .all(&self.transaction)
                .await?;
            files.extend(rows);
        }
        Ok(files)
    }

    async fn broken_link(
        &self,
        target: &PageTarget,
        pages: &HashMap<LinkName, Vec<LinkedPage>>,
    ) -> Result<Option<DiagnosticKind>, StorageError> {
        let all = target.names().filter_map(|name| pages.get(&name)).flatten();
        if let Some(page) = find_page(target, all) {
            let heading = target.heading.as_ref().filter(|heading| page.find_anchor(heading).is_none());
            return Ok(heading.map(|heading| DiagnosticKind::BrokenPageAnchor {
                anchor: heading.as_str().to_owned(),
                page: page.display_name().to_owned(),
                nearest: nearest(heading.as_str(), page.heading_texts()).map(str::to_owned),
            }));
        }
        let candidates = pages.get(&LinkName::Key(target.key.clone()));
        let elsewhere = candidates.and_then(|pages| pages.first()).map(|page| page.lang);
        let nearest = match elsewhere {
            Some(_) => None,
            None => self.similar_name(target.key.as_str(), target.lang).await?,
        };
        Ok(Some(DiagnosticKind::BrokenLink { key: target.key.to_string(), nearest, elsewhere }))
    }

    /// Returns the most similar page name, among names with the same beginning.
    async fn similar_name(&self, name: &str, lang: Language) -> Result<Option<String>, StorageError> {
        let prefix: String = name.chars().take(2).collect();
        // Slugs are lower-case ASCII, so they sort before `{`.
        let rows: Vec<(Option<String>, String)> = page::Entity::find()
            .select_only()
            .column(page::Column::TranslationKey)
            .column(page::Column::Slug)
            .filter(page::Column::Slug.gte(prefix.as_str()))
            .filter(page::Column::Slug.lt(format!("{prefix}{{")))
            .filter(page::Column::Lang.eq(lang.code()))
            .filter(page::Column::UntilRevision.is_null())
            .order_by_asc(page::Column::Slug)
            .limit(MAX_CANDIDATES)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let names: Vec<String> = rows.into_iter().map(|(key, slug)| key.unwrap_or(slug)).collect();
        Ok(nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
    }

    /// Returns pages of these documents that share slug and language with another page.
    async fn duplicate_slugs(
        &self,
        documents: &[String],
    ) -> Result<Vec<(String, Vec<Diagnostic>)>, StorageError> {
        let own: Vec<(String, String, String)> =
            self.page_slugs(Condition::all().add(page::Column::DocumentKey.is_in(documents))).await?;
        let slugs: BTreeSet<&str> = own.iter().map(|(_, slug, _)| slug.as_str()).collect();
        let slugs: Vec<&str> = slugs.into_iter().collect();
        let mut all = Vec::new();
        for slugs in slugs.chunks(MAX_IN_VALUES) {
            all.extend(
                self.page_slugs(Condition::all().add(page::Column::Slug.is_in(slugs.iter().copied())))
                    .await?,
            );
        }
        let mut diagnostics = Vec::new();
        for (document, slug, lang) in &own {
            let other = all.iter().find(|(other, other_slug, other_lang)| {
                other != document && other_slug == slug && other_lang == lang
            });
            let Some((other, ..)) = other else { continue };
            let row = document::Entity::find_by_id(other.as_str()).one(&self.transaction).await?;
            let other = row.map_or_else(|| other.clone(), |row| row.path);
            let lang = RowContext { table: "page", key: document }.parse_lang(lang)?;
            let kind = DiagnosticKind::DuplicateSlug { slug: slug.clone(), other };
            diagnostics
                .push((document.clone(), vec![passerelle_messages::to_diagnostic(&kind, lang, None, None)]));
        }
        Ok(diagnostics)
    }

    /// Returns the documents, slugs and languages of published pages.
    async fn page_slugs(&self, condition: Condition) -> Result<Vec<(String, String, String)>, StorageError> {
        Ok(page::Entity::find()
            .select_only()
            .column(page::Column::DocumentKey)
            .column(page::Column::Slug)
            .column(page::Column::Lang)
            .filter(condition)
            .filter(page::Column::UntilRevision.is_null())
            .order_by_asc(page::Column::DocumentKey)
            .into_tuple()
            .all(&self.transaction)
            .await?)
    }
}
