//! Entries for the search index: all entries of a revision, or the difference between two revisions.
//!
//! A search index is updated from the rows that began or ended between two revisions. Rows are read in
//! batches by id, so the memory does not grow with the number of pages.

use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::page::Heading;
use passerelle_model::plan::{CategoryLevel, CategoryPath, MeasureDetails};
use passerelle_model::published::PublishedService;
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::column::RowContext;
use crate::convert::service::to_service;
use crate::entity::{category, measure, page, plan, revision, support_service};
use crate::error::StorageError;
use crate::meta::pruned_revision;
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

/// Types of searchable objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchKind {
    /// A measure of a plan.
    Measure,
    /// A category of a plan.
    Category,
    /// A page.
    Page,
    /// A support service.
    SupportService,
}

impl SearchKind {
    /// Every kind, in the order of the facet counts.
    pub const ALL: [Self; 4] = [Self::Measure, Self::Category, Self::Page, Self::SupportService];
}

/// A searchable object and its row. The content of a row never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchEntry {
    /// Id of the row.
    pub row_id: RowId,
    /// Language of the text.
    pub lang: Language,
    /// Text and metadata of the entry.
    pub content: SearchContent,
}

/// Text and metadata of a search entry.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchContent {
    /// A measure.
    Measure {
        /// Key of the measure.
        key: MeasureKey,
        /// Plan that contains the measure.
        plan: PlanKey,
        /// Number of the measure.
        number: u32,
        /// Label as written. It is the number for most plans.
        label: String,
        /// Title of the measure.
        title: String,
        /// Programme that the status names. `None` if it names none.
        programme: Option<String>,
        /// Bodies, description and other columns.
        details: Box<MeasureDetails>,
    },
    /// A category.
    Category {
        /// Key of the category.
        key: CategoryKey,
        /// Plan that contains the category.
        plan: PlanKey,
        /// Level in the tree.
        level: CategoryLevel,
        /// Path in the tree.
        path: CategoryPath,
        /// Title of the category.
        title: String,
    },
    /// A page.
    Page {
        /// Key of the page.
        key: PageKey,
        /// Title of the page.
        title: String,
        /// Short name from the front matter. `None` if it has none.
        name: Option<String>,
        /// Tags from the front matter.
        tags: Vec<String>,
        /// Headings as a tree.
        headings: Vec<Heading>,
        /// Plain text of the body.
        text: String,
    },
    /// A support service.
    SupportService(Box<PublishedService>),
}

impl SearchContent {
    /// Returns the kind of the object.
    pub fn kind(&self) -> SearchKind {
        match self {
            Self::Measure { .. } => SearchKind::Measure,
            Self::Category { .. } => SearchKind::Category,
            Self::Page { .. } => SearchKind::Page,
            Self::SupportService(_) => SearchKind::SupportService,
        }
    }
}

/// Start of a batch of search entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchCursor {
    /// Only rows that began after this revision.
    pub since: RevisionNumber,
    /// Only rows with a larger id. Ids increase, but the id of a pruned row can be reused.
    pub row_id: RowId,
}

/// Limit of a batch of search entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimit {
    /// Maximum number of rows.
    pub rows: u64,
    /// Maximum number of bytes of the texts of pages and support services. A larger text is a batch of its
    /// own. Measures and categories are small.
    pub bytes: u64,
}

/// Facts that tell if an index can continue from its checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointStatus {
    /// Publication time of that revision. `None` if the database does not have it.
    pub published_at: Option<Timestamp>,
    /// Rows that ended up to this revision were pruned.
    pub pruned_revision: RevisionNumber,
}

#[derive(FromQueryResult)]
struct MeasureRow {
    row_id: i64,
    key: String,
    plan_key: String,
    number: i32,
    label: String,
    title_text: String,
    programme: Option<String>,
    details: String,
}

#[derive(FromQueryResult)]
struct CategoryRow {
    row_id: i64,
    key: String,
    plan_key: String,
    level: String,
    path: String,
    title: String,
}

#[derive(FromQueryResult)]
struct PageRow {
    row_id: i64,
    key: String,
    lang: String,
    title: String,
    name: Option<String>,
    tags: String,
    table_of_contents: String,
    content_text: String,
}

impl ReadView {
    /// Compares the checkpoint of an index with the database.
    pub async fn checkpoint_status(&self, index: Revision) -> Result<CheckpointStatus, StorageError> {
        let pruned = RevisionNumber::new(pruned_revision(&self.read_pool).await?);
        let row = revision::Entity::find_by_id(index.number.get()).one(&self.read_pool).await?;
        // Revision 0 has no row.
        let initial = (index == Revision::default()).then(Timestamp::default);
        Ok(CheckpointStatus {
            published_at: row.map(|row| Timestamp::from_millis(row.at)).or(initial),
            pruned_revision: pruned,
        })
    }

    /// Returns the languages of the plans.
    pub async fn plan_languages(&self) -> Result<HashMap<PlanKey, Language>, StorageError> {
        let rows: Vec<(String, String)> = plan::Entity::find()
            .filter(plan::Entity::live(self.revision.number))
            .select_only()
            .columns([plan::Column::Key, plan::Column::Lang])
            .into_tuple()
            .all(&self.read_pool)
            .await?;
        let language = |(key, lang): (String, String)| {
            let lang = RowContext { table: "plan", key: &key }.parse_lang(&lang)?;
            Ok((PlanKey::new(key), lang))
        };
        rows.into_iter().map(language).collect()
    }

    /// Returns true if a plan changed its language since a revision. The rows of its measures can be
    /// unchanged.
    pub async fn plans_changed_language(&self, since: RevisionNumber) -> Result<bool, StorageError> {
        let before: Vec<(String, String)> = plan::Entity::find()
            .filter(closed_between::<plan::Entity>(since, self.revision.number))
            .select_only()
            .columns([plan::Column::Key, plan::Column::Lang])
            .into_tuple()
            .all(&self.read_pool)
            .await?;
        if before.is_empty() {
            return Ok(false);
        }
        let now = self.plan_languages().await?;
        let has_changed =
            |(key, lang): (String, String)| now.get(&PlanKey::new(key)).is_some_and(|now| now.code() != lang);
        Ok(before.into_iter().any(has_changed))
    }

    /// Returns the rows of a kind that were published at a revision and have ended since.
    pub async fn removed_search_rows(
        &self,
        kind: SearchKind,
        since: RevisionNumber,
    ) -> Result<Vec<RowId>, StorageError> {
        match kind {
            SearchKind::Measure => self.closed_rows::<measure::Entity>(since).await,
            SearchKind::Category => self.closed_rows::<category::Entity>(since).await,
            SearchKind::Page => self.closed_rows::<page::Entity>(since).await,
            SearchKind::SupportService => self.closed_rows::<support_service::Entity>(since).await,
        }
    }

    async fn closed_rows<E: Versioned>(&self, since: RevisionNumber) -> Result<Vec<RowId>, StorageError> {
        let select = E::find().filter(closed_between::<E>(since, self.revision.number)).select_only();
        let rows: Vec<i64> = select.column(E::ROW_ID).into_tuple().all(&self.read_pool).await?;
        Ok(rows.into_iter().map(RowId::new).collect())
    }

    /// Returns the next search entries of a kind, ordered by row id. `languages` contains the languages of
    /// the plans.
    pub async fn search_entries(
        &self,
        kind: SearchKind,
        from: SearchCursor,
        limit: BatchLimit,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<SearchEntry>, StorageError> {
        match kind {
            SearchKind::Measure => self.measure_entries(from, limit.rows, languages).await,
            SearchKind::Category => self.category_entries(from, limit.rows, languages).await,
            SearchKind::Page => self.page_entries(from, limit).await,
            SearchKind::SupportService => self.service_entries(from, limit).await,
        }
    }

    fn rows_from<E: Versioned>(&self, from: SearchCursor, limit: u64) -> Select<E> {
        E::find()
            .filter(E::live(self.revision.number))
            .filter(E::FROM_REVISION.gt(from.since.get()))
            .filter(E::ROW_ID.gt(from.row_id.get()))
            .order_by_asc(E::ROW_ID)
            .limit(limit)
    }

    /// Returns the number of rows of a batch: as many as have a number of bytes in some columns, and at least
    /// one.
    ///
    /// The database reads the sizes from the headers of the rows.
    async fn rows_within<E: Versioned>(
        &self,
        from: SearchCursor,
        limit: BatchLimit,
        texts: &[E::Column],
    ) -> Result<u64, StorageError> {
        let size = |column: &E::Column| {
            let size = Func::cust("OCTET_LENGTH").arg(Expr::col(*column));
            Expr::from(Func::coalesce([size.into(), Expr::val(0)])).cast_as("BIGINT")
        };
        let select = self.rows_from::<E>(from, limit.rows).select_only().column(E::ROW_ID);
        let size = texts.iter().map(size).reduce(sea_orm::ExprTrait::add).unwrap_or(Expr::val(0));
        let sizes: Vec<(i64, i64)> = select.expr(size).into_tuple().all(&self.read_pool).await?;
        let mut bytes = 0;
        let within = sizes.iter().take_while(|(_, size)| {
            bytes += u64::try_from(*size).unwrap_or(0);
            bytes <= limit.bytes
        });
        let rows = u64::try_from(within.count()).unwrap_or(u64::MAX);
        Ok(Ord::max(rows, 1))
    }

    async fn measure_entries(
        &self,
        from: SearchCursor,
        limit: u64,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<SearchEntry>, StorageError> {
        use measure::Column;
        let columns = [
            Column::RowId,
            Column::Key,
            Column::PlanKey,
            Column::Number,
            Column::Label,
            Column::TitleText,
            Column::Programme,
            Column::Details,
        ];
        let select = self.rows_from::<measure::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<MeasureRow>().all(&self.read_pool).await?;
        let to_entry = |row: MeasureRow| {
            let plan = PlanKey::new(row.plan_key);
            let context = RowContext { table: "measure", key: &row.key };
            let number: u32 = context.convert_integer("number", row.number)?;
            let details = Box::new(context.parse_json("details", &row.details)?);
            Ok(SearchEntry {
                row_id: RowId::new(row.row_id),
                lang: languages.get(&plan).copied().unwrap_or_default(),
                content: SearchContent::Measure {
                    key: MeasureKey::new(row.key),
                    plan,
                    number,
                    label: if row.label.is_empty() { number.to_string() } else { row.label },
                    title: row.title_text,
                    programme: row.programme,
                    details,
                },
            })
        };
        rows.into_iter().map(to_entry).collect()
    }

    async fn category_entries(
        &self,
        from: SearchCursor,
        limit: u64,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<SearchEntry>, StorageError> {
        use category::Column;
        let columns =
            [Column::RowId, Column::Key, Column::PlanKey, Column::Level, Column::Path, Column::Title];
        let select = self.rows_from::<category::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<CategoryRow>().all(&self.read_pool).await?;
        let to_entry = |row: CategoryRow| {
            let plan = PlanKey::new(row.plan_key);
            let context = RowContext { table: "category", key: &row.key };
            let level = context.parse_text("level", &row.level, CategoryLevel::from_name)?;
            Ok(SearchEntry {
                row_id: RowId::new(row.row_id),
                lang: languages.get(&plan).copied().unwrap_or_default(),
                content: SearchContent::Category {
                    path: context.parse_category("path", &row.path)?,
                    key: CategoryKey::new(row.key),
                    plan,
                    level,
                    title: row.title,
                },
            })
        };
        rows.into_iter().map(to_entry).collect()
    }

    async fn page_entries(
        &self,
        from: SearchCursor,
        limit: BatchLimit,
    ) -> Result<Vec<SearchEntry>, StorageError> {
        use page::Column;
        let limit = self.rows_within::<page::Entity>(from, limit, &[Column::ContentText]).await?;
        let columns = [
            Column::RowId,
            Column::Key,
            Column::Lang,
            Column::Title,
            Column::Name,
            Column::Tags,
            Column::TableOfContents,
            Column::ContentText,
        ];
        let select = self.rows_from::<page::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<PageRow>().all(&self.read_pool).await?;
        let to_entry = |row: PageRow| {
            let context = RowContext { table: "page", key: &row.key };
            Ok(SearchEntry {
                row_id: RowId::new(row.row_id),
                lang: context.parse_lang(&row.lang)?,
                content: SearchContent::Page {
                    tags: context.parse_json("tags", &row.tags)?,
                    headings: context.parse_json("table_of_contents", &row.table_of_contents)?,
                    key: PageKey::new(row.key),
                    title: row.title,
                    name: row.name,
                    text: row.content_text,
                },
            })
        };
        rows.into_iter().map(to_entry).collect()
    }

    async fn service_entries(
        &self,
        from: SearchCursor,
        limit: BatchLimit,
    ) -> Result<Vec<SearchEntry>, StorageError> {
        use support_service::Column;
        let texts = [Column::Summary, Column::Definition, Column::Missions];
        let limit = self.rows_within::<support_service::Entity>(from, limit, &texts).await?;
        let rows = self.rows_from::<support_service::Entity>(from, limit).all(&self.read_pool).await?;
        let to_entry = |row: support_service::Model| {
            let row_id = RowId::new(row.row_id);
            let service = to_service(row)?;
            let lang = service.service.lang;
            Ok(SearchEntry { row_id, lang, content: SearchContent::SupportService(Box::new(service)) })
        };
        rows.into_iter().map(to_entry).collect()
    }
}

/// Returns a condition for rows that were published at one revision and ended up to another.
fn closed_between<E: Versioned>(since: RevisionNumber, at: RevisionNumber) -> Condition {
    Condition::all()
        .add(E::UNTIL_REVISION.gt(since.get()))
        .add(E::UNTIL_REVISION.lte(at.get()))
        .add(E::FROM_REVISION.lte(since.get()))
}
