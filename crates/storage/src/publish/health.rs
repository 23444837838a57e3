//! What documents count on in others: whether it is there, told again whenever it comes, moves or goes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use passerelle_model::diagnostic::{Diagnostic, Fault};
use passerelle_model::key::DocumentKey;
use passerelle_model::language::Language;
use passerelle_model::manifest::DocumentState;
use passerelle_model::page::PageTarget;
use passerelle_model::position::Position;
use passerelle_model::reference::{Reference, Target};
use passerelle_text::fold::nearest;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::asset::has_assets;
use super::{Writer, rows};
use crate::column::{Address, MANY};
use crate::documents::from_diagnostic;
use crate::entity::{asset, diagnostic, document, page, reference};
use crate::error::StorageError;
use crate::fail_point;
use crate::link_target::{LinkedPage, find_page};
use crate::pages::linked_pages;

/// How many names that begin alike are compared to find what was meant.
const CANDIDATES: u64 = 200;

/// What a batch brought, changed or took away.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Documents that were read.
    pub(super) documents: BTreeSet<String>,
    /// Translation keys and slugs of pages, as they were and as they are.
    pub(super) names: BTreeSet<String>,
    /// Slugs of pages.
    pub(super) slugs: BTreeSet<String>,
    /// Files beside the documents.
    pub(super) files: BTreeSet<String>,
    /// Whether the first of them came, or the last of them went: that speaks for every image.
    pub(super) is_every_image: bool,
}

/// What a document counts on, as it is stored.
pub(super) fn from_references(
    document: &DocumentKey,
    lang: Language,
    references: Vec<Reference>,
) -> Result<Vec<reference::Model>, StorageError> {
    let at = Address { table: "reference", key: document.as_str() };
    let row = |reference: Reference| {
        let (kind, target, heading) = match reference.target {
            Target::Page(page) => ("PAGE", page.key, page.heading),
            Target::File(path) => ("FILE", path.to_string(), None),
            Target::Image(path) => ("IMAGE", path.to_string(), None),
        };
        Ok(reference::Model {
            id: 0,
            document_key: document.to_string(),
            kind: kind.to_owned(),
            target,
            heading,
            lang: lang.to_string(),
            line: at.number("line", reference.position.line)?,
            column: at.number("column", reference.position.column)?,
            excerpt: reference.excerpt,
        })
    };
    references.into_iter().map(row).collect()
}

impl Writer {
    /// Tells anew what depends on other files, in the documents that the batch concerns.
    pub(super) async fn refresh_health(&self) -> Result<(), StorageError> {
        let documents: Vec<String> = self.concerned().await?.into_iter().collect();
        for documents in documents.chunks(MANY) {
            let mut told = self.broken_references(documents).await?;
            for (document, found) in self.slugs_twice(documents).await? {
                told.entry(document).or_default().extend(found);
            }
            diagnostic::Entity::delete_many()
                .filter(diagnostic::Column::DocumentKey.is_in(documents))
                .filter(diagnostic::Column::Code.is_in(Fault::OF_FOLDER))
                .exec(&self.transaction)
                .await?;
            fail_point!(self.fail_points, "publish.health_cleared");
            let mut rows = Vec::new();
            for (document, found) in told {
                let key = DocumentKey::new(document);
                for diagnostic in found {
                    rows.push(from_diagnostic(&key, &diagnostic)?);
                }
            }
            rows::insert::<diagnostic::Entity>(&self.transaction, rows, diagnostic::Column::Id).await?;
        }
        Ok(())
    }

    /// The served documents that were read, and those that count on what was touched.
    async fn concerned(&self) -> Result<BTreeSet<String>, StorageError> {
        let mut keys = self.touched.documents.clone();
        let targets: Vec<&String> = self.touched.names.union(&self.touched.files).collect();
        for targets in targets.chunks(MANY) {
            let rows: Vec<String> = reference::Entity::find()
                .select_only()
                .column(reference::Column::DocumentKey)
                .distinct()
                .filter(reference::Column::Target.is_in(targets.iter().map(|target| target.as_str())))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            keys.extend(rows);
        }
        if self.touched.is_every_image {
            let rows: Vec<String> = reference::Entity::find()
                .select_only()
                .column(reference::Column::DocumentKey)
                .distinct()
                .filter(reference::Column::Kind.eq("IMAGE"))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            keys.extend(rows);
        }
        let slugs: Vec<&String> = self.touched.slugs.iter().collect();
        for slugs in slugs.chunks(MANY) {
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
        for keys in keys.chunks(MANY) {
            // What is told of a refused document is about its new bytes, whose links nobody knows.
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

    async fn broken_references(
        &self,
        documents: &[String],
    ) -> Result<BTreeMap<String, Vec<Diagnostic>>, StorageError> {
        let rows = reference::Entity::find()
            .filter(reference::Column::DocumentKey.is_in(documents))
            .order_by_asc(reference::Column::Id)
            .all(&self.transaction)
            .await?;
        let of_kind = |is_page: bool| -> BTreeSet<&str> {
            rows.iter().filter(|row| (row.kind == "PAGE") == is_page).map(|row| row.target.as_str()).collect()
        };
        let pages = self.pages_named(&of_kind(true)).await?;
        let files = self.files_at(&of_kind(false)).await?;
        let is_elsewhere = !has_assets(&self.transaction).await?;
        let mut told: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        for row in &rows {
            let at = Address { table: "reference", key: &row.document_key };
            let lang = at.lang(&row.lang)?;
            let fault = match row.kind.as_str() {
                "PAGE" => self.broken_link(row, lang, &pages).await?,
                _ if files.contains(&row.target) => None,
                "IMAGE" => Some(Fault::MissingImage { path: row.target.clone(), is_elsewhere }),
                _ => Some(Fault::MissingFile { path: row.target.clone() }),
            };
            if let Some(fault) = fault {
                let position =
                    Position { line: at.number("line", row.line)?, column: at.number("column", row.column)? };
                let diagnostic =
                    passerelle_messages::diagnostic(&fault, lang, Some(position), row.excerpt.clone());
                told.entry(row.document_key.clone()).or_default().push(diagnostic);
            }
        }
        Ok(told)
    }

    /// The pages of these translation keys and slugs, by each of those.
    async fn pages_named(
        &self,
        names: &BTreeSet<&str>,
    ) -> Result<HashMap<String, Vec<LinkedPage>>, StorageError> {
        let wanted: Vec<&str> = names.iter().copied().collect();
        let live = Condition::all().add(page::Column::UntilRevision.is_null());
        let mut pages: HashMap<String, Vec<LinkedPage>> = HashMap::new();
        for page in linked_pages(&self.transaction, live, &wanted).await? {
            for name in page.names().into_iter().filter(|name| names.contains(name)) {
                pages.entry(name.to_owned()).or_default().push(page.clone());
            }
        }
        Ok(pages)
    }

    async fn files_at(&self, paths: &BTreeSet<&str>) -> Result<HashSet<String>, StorageError> {
        let paths: Vec<&str> = paths.iter().copied().collect();
        let mut files = HashSet::new();
        for paths in paths.chunks(MANY) {
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
        row: &reference::Model,
        lang: Language,
        pages: &HashMap<String, Vec<LinkedPage>>,
    ) -> Result<Option<Fault>, StorageError> {
        let target = PageTarget { key: row.target.clone(), lang, heading: row.heading.clone() };
        let candidates = pages.get(&row.target).map(Vec::as_slice).unwrap_or_default();
        if let Some(page) = find_page(&target, candidates) {
            let heading = row.heading.as_deref().filter(|heading| page.anchor(heading).is_none());
            return Ok(heading.map(|heading| Fault::BrokenAnchor {
                anchor: heading.to_owned(),
                page: Some(page.called().to_owned()),
                nearest: nearest(heading, page.heading_texts()).map(str::to_owned),
            }));
        }
        let elsewhere = candidates.first().map(|page| format!("{} ({})", row.target, page.lang));
        let nearest = match elsewhere {
            Some(elsewhere) => Some(elsewhere),
            None => self.similar_name(&row.target, lang).await?,
        };
        Ok(Some(Fault::BrokenLink { key: row.target.clone(), nearest }))
    }

    /// The name of a page that resembles one that is not there. Those are compared that begin alike.
    async fn similar_name(&self, name: &str, lang: Language) -> Result<Option<String>, StorageError> {
        let beginning: String = name.chars().take(2).collect();
        // Slugs are lower-case ASCII: what follows them all begins with `{`.
        let rows: Vec<(Option<String>, String)> = page::Entity::find()
            .select_only()
            .column(page::Column::TranslationKey)
            .column(page::Column::Slug)
            .filter(page::Column::Slug.gte(beginning.as_str()))
            .filter(page::Column::Slug.lt(format!("{beginning}{{")))
            .filter(page::Column::Lang.eq(lang.code()))
            .filter(page::Column::UntilRevision.is_null())
            .order_by_asc(page::Column::Slug)
            .limit(CANDIDATES)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let names: Vec<String> = rows.into_iter().map(|(key, slug)| key.unwrap_or(slug)).collect();
        Ok(nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
    }

    /// Pages of these documents whose address in their language is that of another page too.
    async fn slugs_twice(
        &self,
        documents: &[String],
    ) -> Result<Vec<(String, Vec<Diagnostic>)>, StorageError> {
        let own: Vec<(String, String, String)> =
            self.page_names(Condition::all().add(page::Column::DocumentKey.is_in(documents))).await?;
        let slugs: BTreeSet<&str> = own.iter().map(|(_, slug, _)| slug.as_str()).collect();
        let slugs: Vec<&str> = slugs.into_iter().collect();
        let mut all = Vec::new();
        for slugs in slugs.chunks(MANY) {
            all.extend(
                self.page_names(Condition::all().add(page::Column::Slug.is_in(slugs.iter().copied())))
                    .await?,
            );
        }
        let mut told = Vec::new();
        for (document, slug, lang) in &own {
            let other = all.iter().find(|(other, its_slug, its_lang)| {
                other != document && its_slug == slug && its_lang == lang
            });
            let Some((other, ..)) = other else { continue };
            let row = document::Entity::find_by_id(other.as_str()).one(&self.transaction).await?;
            let other = row.map_or_else(|| other.clone(), |row| row.path);
            let lang = Address { table: "page", key: document }.lang(lang)?;
            let fault = Fault::SlugTwice { slug: slug.clone(), other };
            told.push((document.clone(), vec![passerelle_messages::diagnostic(&fault, lang, None, None)]));
        }
        Ok(told)
    }

    /// The documents, slugs and languages of pages that are served.
    async fn page_names(&self, which: Condition) -> Result<Vec<(String, String, String)>, StorageError> {
        Ok(page::Entity::find()
            .select_only()
            .column(page::Column::DocumentKey)
            .column(page::Column::Slug)
            .column(page::Column::Lang)
            .filter(which)
            .filter(page::Column::UntilRevision.is_null())
            .order_by_asc(page::Column::DocumentKey)
            .into_tuple()
            .all(&self.transaction)
            .await?)
    }
}
