//! Filters of pages, as conditions on their rows.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::language::Language;
use passerelle_model::path::FolderPath;
use passerelle_model::revision::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::column::{MAX_IN_VALUES, is_below_folder};
use crate::engine::dialect::Dialect;
use crate::entity::{page, revision, support_service};
use crate::error::StorageError;
use crate::front_matter::FrontMatterCondition;
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

/// Filter for pages. A page must satisfy all parts. An empty list selects all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageFilter {
    /// Satisfies all of these filters.
    pub and: Vec<PageFilter>,
    /// Satisfies at least one of these filters.
    pub or: Vec<PageFilter>,
    /// Does not satisfy this filter.
    pub not: Option<Box<PageFilter>>,
    /// In one of these languages.
    pub lang: Vec<Language>,
    /// With one of these slugs. `None` selects all pages, an empty list none.
    pub slug: Option<Vec<Slug>>,
    /// With one of these translation keys.
    pub translation_key: Vec<TranslationKey>,
    /// With this identifier of the site builder.
    pub uuid: Option<String>,
    /// In this folder or its subfolders.
    pub folder: Option<FolderPath>,
    /// With at least one of these tags.
    pub tag: Vec<String>,
    /// True for pages that describe a support service, false for all others.
    pub is_support_service: Option<bool>,
    /// In or below a folder with this name at any depth, or with this tag.
    pub collection: Option<String>,
    /// With at least one tag of each list.
    pub tag_groups: Vec<Vec<String>>,
    /// Created in this range. A page without a creation time is in no range.
    pub created: TimeRange,
    /// With an `updatedAt` in this range.
    pub updated: TimeRange,
    /// Published with other content after this time, or with a later `updatedAt`. Editors state `updatedAt`,
    /// so a page can change without a later one.
    pub changed_since: Option<Timestamp>,
    /// With these values in the front matter.
    pub front_matter: Vec<FrontMatterCondition>,
    /// With all words of this text in the title. Replaced by `matches` if the search index can find the text.
    pub text: Option<String>,
    /// Found by the search index for a text.
    pub matches: Option<Arc<PageMatches>>,
}

/// Range of times. Both ends are excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// Later than this time.
    pub after: Option<Timestamp>,
    /// Earlier than this time.
    pub before: Option<Timestamp>,
}

/// Pages that the search index found for a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageMatches {
    /// Revision of the search index. Row ids are valid at this revision.
    pub revision: RevisionNumber,
    /// Row ids of the pages, best match first.
    pub rows: Vec<RowId>,
}

/// Row of a page or of a support service, as the search index knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRow {
    /// Row of a page.
    Page(RowId),
    /// Row of a support service, which is a part of a page.
    SupportService(RowId),
}

impl ReadView {
    /// Returns the pages of found rows, each once, in the order of the rows.
    pub async fn page_matches(&self, found: &[PageRow]) -> Result<PageMatches, StorageError> {
        let services: Vec<RowId> = found
            .iter()
            .filter_map(|row| match row {
                PageRow::SupportService(row) => Some(*row),
                PageRow::Page(_) => None,
            })
            .collect();
        let mut page_of_service: HashMap<RowId, RowId> = HashMap::new();
        for services in services.chunks(MAX_IN_VALUES) {
            let keys: Vec<(i64, String)> = support_service::Entity::find()
                .select_only()
                .columns([support_service::Column::RowId, support_service::Column::PageKey])
                .filter(support_service::Column::RowId.is_in(services.iter().map(|row| row.get())))
                .into_tuple()
                .all(&self.read_pool)
                .await?;
            let pages: Vec<(String, i64)> = page::Entity::find()
                .select_only()
                .columns([page::Column::Key, page::Column::RowId])
                .filter(page::Entity::live(self.revision.number))
                .filter(page::Column::Key.is_in(keys.iter().map(|(_, key)| key.as_str())))
                .into_tuple()
                .all(&self.read_pool)
                .await?;
            let pages: HashMap<String, i64> = pages.into_iter().collect();
            page_of_service.extend(
                keys.into_iter()
                    .filter_map(|(row, key)| Some((RowId::new(row), RowId::new(*pages.get(&key)?)))),
            );
        }
        let mut rows = Vec::with_capacity(found.len());
        let mut known = std::collections::HashSet::new();
        for row in found {
            let row = match row {
                PageRow::Page(row) => Some(*row),
                PageRow::SupportService(row) => page_of_service.get(row).copied(),
            };
            rows.extend(row.filter(|row| known.insert(*row)));
        }
        Ok(PageMatches { revision: self.revision.number, rows })
    }
}

impl PageMatches {
    fn rows_json(&self) -> String {
        self.rows.iter().map(|row| row.get()).collect::<serde_json::Value>().to_string()
    }

    /// Returns a query for the rows with their positions. The best match has the highest position, so that a
    /// descending order lists it first.
    pub(crate) fn positions(&self, dialect: &dyn Dialect) -> SelectStatement {
        dialect.positions(self.rows_json())
    }

    /// Returns the positions by row id, as [`PageMatches::positions`] does.
    pub(crate) fn position_by_row(&self) -> HashMap<RowId, i64> {
        (0_i64..).zip(&self.rows).map(|(index, row)| (*row, -index)).collect()
    }
}

impl PageFilter {
    /// Returns all texts of the filter that are not resolved yet.
    pub fn texts(&self) -> Vec<&str> {
        let nested = self.and.iter().chain(&self.or).chain(self.not.as_deref());
        self.text.as_deref().into_iter().chain(nested.flat_map(Self::texts)).collect()
    }

    /// Replaces each text by the pages that the search index found for it.
    #[must_use]
    pub fn with_matches(mut self, found: &HashMap<String, Arc<PageMatches>>) -> Self {
        if let Some(matches) = self.text.as_ref().and_then(|text| found.get(text)) {
            (self.text, self.matches) = (None, Some(Arc::clone(matches)));
        }
        let each =
            |filters: Vec<Self>| filters.into_iter().map(|filter| filter.with_matches(found)).collect();
        (self.and, self.or) = (each(self.and), each(self.or));
        self.not = self.not.map(|filter| Box::new(filter.with_matches(found)));
        self
    }

    /// Returns the condition on the rows of pages.
    pub(crate) fn condition(&self, dialect: &dyn Dialect) -> Condition {
        use page::Column;
        let mut condition = Condition::all();
        for filter in &self.and {
            condition = condition.add(filter.condition(dialect));
        }
        if !self.or.is_empty() {
            let any = self.or.iter().fold(Condition::any(), |any, filter| any.add(filter.condition(dialect)));
            condition = condition.add(any);
        }
        if let Some(filter) = &self.not {
            condition = condition.add(is_not(filter.condition(dialect)));
        }
        if !self.lang.is_empty() {
            condition = condition.add(Column::Lang.is_in(self.lang.iter().map(|lang| lang.code())));
        }
        if let Some(slugs) = &self.slug {
            condition = condition.add(Column::Slug.is_in(slugs.iter().map(Slug::as_str)));
        }
        if !self.translation_key.is_empty() {
            let keys = self.translation_key.iter().map(TranslationKey::as_str);
            condition = condition.add(Column::TranslationKey.is_in(keys));
        }
        if let Some(uuid) = &self.uuid {
            condition = condition.add(Column::Uuid.eq(uuid.as_str()));
        }
        if let Some(folder) = &self.folder {
            condition = condition.add(in_folder_path(folder));
        }
        if let Some(name) = &self.collection {
            condition = condition.add(Condition::any().add(in_folder_named(name)).add(has_tag(name)));
        }
        let tags = Some(&self.tag).filter(|tags| !tags.is_empty());
        for tags in tags.into_iter().chain(&self.tag_groups) {
            condition = condition.add(tags.iter().fold(Condition::any(), |any, tag| any.add(has_tag(tag))));
        }
        match self.is_support_service {
            Some(true) => condition = condition.add(Column::ServiceKey.is_not_null()),
            Some(false) => condition = condition.add(Column::ServiceKey.is_null()),
            None => {}
        }
        for (column, range) in [(Column::CreatedAt, self.created), (Column::UpdatedAt, self.updated)] {
            let bounds =
                [range.after.map(|at| column.gt(at.millis())), range.before.map(|at| column.lt(at.millis()))];
            condition = bounds.into_iter().flatten().fold(condition, Condition::add);
        }
        if let Some(since) = self.changed_since {
            condition = condition.add(changed_since(since));
        }
        for part in &self.front_matter {
            condition = condition.add(part.to_sql(dialect));
        }
        if let Some(text) = &self.text {
            let words = fold(text);
            condition = words.split_whitespace().map(title_contains).fold(condition, Condition::add);
        }
        match &self.matches {
            Some(matches) => condition.add(dialect.is_page_row_in(matches.rows_json())),
            None => condition,
        }
    }
}

/// Returns the condition for pages with a later time of change, or with other content since.
fn changed_since(since: Timestamp) -> Condition {
    let is_later = page::Column::UpdatedAt.gt(since.millis());
    let is_new = Expr::col((page::Entity, page::Column::FromRevision)).gte(first_revision_after(since));
    Condition::any().add(is_later).add(is_new)
}

/// Returns the number of the first revision that was published after a time. Null if there is none.
fn first_revision_after(time: Timestamp) -> Expr {
    let number = Expr::col((revision::Entity, revision::Column::Number)).min();
    let is_later = Expr::col((revision::Entity, revision::Column::At)).gt(time.millis());
    Query::select().expr(number).from(revision::Entity).and_where(is_later).take().into()
}

/// Returns the negation of a condition. A condition on a missing value is false, so its negation is true.
fn is_not(condition: Condition) -> Expr {
    let holds = Expr::case(condition, Expr::val(1)).finally(Expr::val(0));
    Expr::Case(Box::new(holds)).eq(0)
}

/// Returns a condition for pages in a folder or its subfolders.
fn in_folder_path(folder: &FolderPath) -> Condition {
    if folder.is_content_folder() {
        return Condition::all();
    }
    Condition::any()
        .add(page::Column::Folder.eq(folder.as_str()))
        .add(is_below_folder(page::Column::Folder, folder))
}

/// Returns a condition for pages in or below a folder with this name.
fn in_folder_named(name: &str) -> Expr {
    let name = escape_like(name.trim_matches('/'));
    let folders = Expr::val("/").binary(BinOper::Custom("||"), Expr::col(page::Column::Folder));
    let folders = folders.binary(BinOper::Custom("||"), Expr::val("/"));
    folders.like(LikeExpr::new(format!("%/{name}/%")).escape('\\'))
}

/// Escapes the wildcards of a `LIKE` pattern.
fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Returns a condition for pages with a tag. Tags are stored folded, each between two bars, so that both
/// engines compare them alike.
fn has_tag(tag: &str) -> Expr {
    let folded = escape_like(&fold(tag)).replace('|', " ");
    Expr::col(page::Column::TagsFolded).like(LikeExpr::new(format!("%|{folded}|%")).escape('\\'))
}

/// Returns a condition for pages whose title contains a folded word.
fn title_contains(word: &str) -> Expr {
    let word = escape_like(word);
    Expr::col(page::Column::TitleFolded).like(LikeExpr::new(format!("%{word}%")).escape('\\'))
}
