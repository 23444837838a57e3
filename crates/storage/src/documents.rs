//! Current state of the documents: results, diagnostics, and the stored state that the worker compares with
//! the folder.
//!
//! Documents have no history. These queries ignore the revision of a view.

use std::collections::HashMap;

use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::document::{Document, DocumentKind, DocumentState};
use passerelle_model::key::{DocumentKey, MeasureKey};
use passerelle_model::path::{DocumentPath, FolderPath};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::column::{RowContext, is_below_folder};
use crate::convert::diagnostic::to_diagnostic;
use crate::convert::document::to_document;
use crate::entity::{diagnostic, document};
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::read_view::ReadView;
use crate::source_lines::SourceLines;

/// Filter for documents. An empty list selects all documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DocumentFilter {
    /// In one of these states.
    pub state: Vec<DocumentState>,
    /// One of these kinds.
    pub kind: Vec<DocumentKind>,
    /// With at least one diagnostic of this severity.
    pub has_diagnostics: Option<Severity>,
    /// In this folder or its subfolders.
    pub folder: Option<FolderPath>,
}

/// Filters documents and orders them by path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentQuery {
    /// Condition on the documents.
    pub filter: DocumentFilter,
    /// Requested range of the list.
    pub pagination: Pagination,
}

/// Number of documents by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentCounts {
    /// Number of all documents.
    pub documents: u32,
    /// Number of documents whose latest version is rejected.
    pub rejected: u32,
    /// Number of documents that are held for confirmation.
    pub held: u32,
}

impl ReadView {
    /// Returns a slice of the documents, ordered by path.
    pub async fn documents(&self, query: &DocumentQuery) -> Result<Slice<Document>, StorageError> {
        let sort_keys = [SortKey::ascending(Expr::col(document::Column::Path))];
        let select = document::Entity::find()
            .filter(query.filter.condition())
            .limit(u64::from(query.pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.end),
            &sort_keys,
            &query.pagination,
        );
        let documents = self.with_diagnostics(select.all(&self.read_pool).await?).await?;
        self.catch_up().await?;
        Ok(keyset::to_slice(documents, &query.pagination, |document| {
            Cursor(vec![CursorValue::Text(document.path.as_str().to_owned())])
        }))
    }

    /// Counts the documents that match a filter.
    pub async fn document_count(&self, filter: &DocumentFilter) -> Result<u64, StorageError> {
        let count = document::Entity::find().filter(filter.condition()).count(&self.read_pool).await?;
        self.catch_up().await?;
        Ok(count)
    }

    /// Returns the documents with these keys.
    pub async fn documents_by_key(
        &self,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>, StorageError> {
        let keys = document::Column::Key.is_in(keys.iter().map(DocumentKey::as_str));
        let rows = document::Entity::find().filter(keys).all(&self.read_pool).await?;
        let documents = self.with_diagnostics(rows).await?;
        self.catch_up().await?;
        Ok(documents.into_iter().map(|document| (document.key.clone(), document)).collect())
    }

    /// Returns the document at a path.
    pub async fn document_at(&self, path: &DocumentPath) -> Result<Option<Document>, StorageError> {
        let at = document::Column::Path.eq(path.as_str());
        let rows = document::Entity::find().filter(at).all(&self.read_pool).await?;
        let document = self.with_diagnostics(rows).await?.pop();
        self.catch_up().await?;
        Ok(document)
    }

    /// Returns the line numbers of measures in their documents.
    pub async fn measure_source_lines(
        &self,
        documents: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, HashMap<MeasureKey, u32>>, StorageError> {
        let keys = document::Column::Key.is_in(documents.iter().map(DocumentKey::as_str));
        let rows = document::Entity::find().filter(keys).all(&self.read_pool).await?;
        let lines = |row: document::Model| {
            let context = RowContext { table: "document", key: &row.key };
            let lines: SourceLines = context.parse_json("source_lines", &row.source_lines)?;
            Ok((DocumentKey::new(row.key), lines.measures))
        };
        rows.into_iter().map(lines).collect()
    }

    /// Counts the documents by state.
    pub async fn document_counts(&self) -> Result<DocumentCounts, StorageError> {
        #[derive(FromQueryResult)]
        struct StateCount {
            state: String,
            documents: i64,
        }
        let rows = document::Entity::find()
            .filter(document::Column::RemovedAt.is_null())
            .select_only()
            .column(document::Column::State)
            .column_as(document::Column::Key.count(), "documents")
            .group_by(document::Column::State)
            .into_model::<StateCount>()
            .all(&self.read_pool)
            .await?;
        self.catch_up().await?;
        let mut counts = DocumentCounts::default();
        for StateCount { state, documents } in rows {
            let context = RowContext { table: "document", key: &state };
            let count: u32 = context.convert_integer("documents", documents)?;
            counts.documents += count;
            match context.parse_text("state", &state, DocumentState::from_name)? {
                DocumentState::Rejected => counts.rejected += count,
                DocumentState::Held => counts.held += count,
                DocumentState::Published | DocumentState::Draft | DocumentState::Removed => {}
            }
        }
        Ok(counts)
    }

    async fn with_diagnostics(&self, rows: Vec<document::Model>) -> Result<Vec<Document>, StorageError> {
        let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        let diagnostic_rows = diagnostic::Entity::find()
            .filter(diagnostic::Column::DocumentKey.is_in(keys))
            .order_by_asc(diagnostic::Column::Id)
            .all(&self.read_pool)
            .await?;
        let mut diagnostics: HashMap<String, Vec<Diagnostic>> = HashMap::new();
        for row in diagnostic_rows {
            diagnostics.entry(row.document_key.clone()).or_default().push(to_diagnostic(row)?);
        }
        let assemble = |row: document::Model| {
            let mut own = diagnostics.remove(&row.key).unwrap_or_default();
            // Diagnostics that depend on other files follow the others.
            own.sort_by_key(|diagnostic| (std::cmp::Reverse(diagnostic.severity), diagnostic.position));
            to_document(row, own)
        };
        rows.into_iter().map(assemble).collect()
    }
}

impl DocumentFilter {
    fn condition(&self) -> Condition {
        let mut condition = Condition::all().add(document::Column::RemovedAt.is_null());
        if !self.state.is_empty() {
            condition =
                condition.add(document::Column::State.is_in(self.state.iter().map(|state| state.name())));
        }
        if !self.kind.is_empty() {
            condition = condition.add(document::Column::Kind.is_in(self.kind.iter().map(|kind| kind.name())));
        }
        if let Some(severity) = self.has_diagnostics {
            let with_severity = Query::select()
                .column(diagnostic::Column::DocumentKey)
                .from(diagnostic::Entity)
                .and_where(diagnostic::Column::Severity.eq(severity.name()))
                .take();
            condition = condition.add(document::Column::Key.in_subquery(with_severity));
        }
        if let Some(folder) = self.folder.as_ref().filter(|folder| !folder.is_content_folder()) {
            condition = condition.add(is_below_folder(document::Column::Path, folder));
        }
        condition
    }
}
