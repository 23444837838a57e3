//! Entries for the search index: all entries of a revision, or the difference between two revisions.
//!
//! A search index is updated from the rows that began or ended between two revisions. Rows are read in
//! batches by id, so the memory does not grow with the number of pages.

use std::collections::HashMap;

use passerelle_model::key::PlanKey;
use passerelle_model::language::Language;
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::column::RowContext;
use crate::convert::search_entry::{
    CategoryRow, MeasureRow, PageRow, to_category_entry, to_measure_entry, to_page_entry, to_service_entry,
};
use crate::entity::{category, measure, page, plan, revision, support_service};
use crate::error::StorageError;
use crate::meta::pruned_revision;
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::search_entry::{SearchEntry, SearchKind};
use crate::versioned::Versioned;

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
        rows.into_iter().map(|row| to_measure_entry(row, languages)).collect()
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
        rows.into_iter().map(|row| to_category_entry(row, languages)).collect()
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
        rows.into_iter().map(to_page_entry).collect()
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
        rows.into_iter().map(to_service_entry).collect()
    }
}

/// Returns a condition for rows that were published at one revision and ended up to another.
fn closed_between<E: Versioned>(since: RevisionNumber, at: RevisionNumber) -> Condition {
    Condition::all()
        .add(E::UNTIL_REVISION.gt(since.get()))
        .add(E::UNTIL_REVISION.lte(at.get()))
        .add(E::FROM_REVISION.lte(since.get()))
}
