//! The folder as it is now: documents, what to tell their editors, and what the worker compares with.
//!
//! Unlike content, documents keep no history: these reads are not at a revision.

use std::collections::HashMap;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::document::{Document, DocumentKind, DocumentState, Fingerprint};
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey};
use passerelle_model::path::DocumentPath;
use passerelle_model::position::Position;
use passerelle_model::sync::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, DerivePartialModel, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use crate::column::{RowContext, is_below_folder};
use crate::connect::Storage;
use crate::entity::{diagnostic, document};
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Pagination, Slice, SortKey};
use crate::read_view::ReadView;

/// Stored state of a file, which the worker compares with the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Path below the folder.
    pub path: DocumentPath,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// The identity of the front matter that its folders gave it when it was read, if they gave any.
    pub defaults_checksum: Option<Checksum>,
    /// Change that waits for confirmation. `None` if nothing waits.
    pub hold: Option<Hold>,
    /// Whether an operator gave it.
    pub is_accepted: bool,
}

/// Change that waits for confirmation by an editor or operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The new version would take away much of what is served.
    Loss,
    /// The document is gone with most of the folder.
    Missing {
        /// Since when.
        since: Timestamp,
    },
}

impl Hold {
    pub(crate) fn to_column(self) -> String {
        match self {
            Self::Loss => "LOSS".to_owned(),
            Self::Missing { since } => format!("MISSING {}", since.millis()),
        }
    }

    fn from_column(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None if text == "LOSS" => Some(Self::Loss),
            Some(("MISSING", since)) => {
                Some(Self::Missing { since: Timestamp::from_millis(since.parse().ok()?) })
            }
            _ => None,
        }
    }
}

/// Selects documents. An empty list selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DocumentFilter {
    /// In one of these states.
    pub state: Vec<DocumentState>,
    /// Of one of these kinds.
    pub kind: Vec<DocumentKind>,
    /// With a diagnostic of this severity.
    pub has_diagnostics: Option<Severity>,
    /// In this folder or below it.
    pub folder: Option<String>,
}

/// Selects documents, ordered by path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentQuery {
    /// Those that it keeps.
    pub filter: DocumentFilter,
    /// Requested range of the list.
    pub pagination: Pagination,
}

/// Documents counted by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentCounts {
    /// All of them.
    pub documents: u32,
    /// Those whose newest bytes were refused.
    pub rejected: u32,
    /// Those that wait for a person's word.
    pub held: u32,
}

/// The lines on which the parts of a plan stand, by key. Apart from the content: a line more at the top of a document
/// changes all of them and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceLines {
    pub(crate) categories: HashMap<CategoryKey, u32>,
    pub(crate) measures: HashMap<MeasureKey, u32>,
}

/// The rows of documents that are in memory at once while they are compared: a row takes many times what is kept of it.
const MANIFEST_CHUNK_ROWS: u64 = 2_000;

/// Columns of a document row that the worker compares.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
struct ManifestRow {
    key: String,
    path: String,
    checksum: String,
    size: i64,
    inode: i64,
    modified_nanos: i64,
    changed_nanos: i64,
    defaults: String,
    hold: Option<String>,
    accepted: Option<String>,
}

impl ManifestRow {
    fn into_entry(self) -> Result<ManifestEntry, StorageError> {
        let context = RowContext { table: "document", key: &self.key };
        Ok(ManifestEntry {
            is_accepted: self.accepted.as_ref() == Some(&self.checksum),
            hold: self
                .hold
                .as_deref()
                .map(|hold| context.parse_text("hold", hold, Hold::from_column))
                .transpose()?,
            path: context.parse_text("path", &self.path, |path| DocumentPath::parse(path).ok())?,
            checksum: context.parse_text("checksum", &self.checksum, |text| text.parse().ok())?,
            defaults_checksum: Some(self.defaults.as_str())
                .filter(|text| !text.is_empty())
                .map(|text| context.parse_text("defaults", text, |text| text.parse().ok()))
                .transpose()?,
            fingerprint: Fingerprint {
                // Stored as it is in memory: the sign means nothing.
                inode: self.inode.cast_unsigned(),
                size: context.convert_integer("size", self.size)?,
                modified_nanos: self.modified_nanos,
                changed_nanos: self.changed_nanos,
            },
        })
    }
}

impl Storage {
    /// Returns the stored state of every document, ordered by path.
    pub async fn manifest(&self) -> Result<Vec<ManifestEntry>, StorageError> {
        let mut entries: Vec<ManifestEntry> = Vec::new();
        loop {
            let mut select = document::Entity::find()
                .filter(document::Column::RemovedAt.is_null())
                .order_by_asc(document::Column::Path)
                .limit(MANIFEST_CHUNK_ROWS);
            if let Some(last) = entries.last() {
                select = select.filter(document::Column::Path.gt(last.path.as_str()));
            }
            let rows = select.into_partial_model::<ManifestRow>().all(&self.read_pool).await?;
            let is_last = (rows.len() as u64) < MANIFEST_CHUNK_ROWS;
            for row in rows {
                entries.push(row.into_entry()?);
            }
            if is_last {
                return Ok(entries);
            }
        }
    }

    /// Says that the documents that wait at a path, or below it, are meant as they are; all that wait where no path is
    /// given. Returns them; the worker does the rest.
    pub async fn accept_held(&self, path: Option<&DocumentPath>) -> Result<Vec<DocumentPath>, StorageError> {
        let held = document::Column::State.eq(DocumentState::Held.name());
        let mut condition = Condition::all().add(held);
        if let Some(path) = path {
            let in_folder = is_below_folder(document::Column::Path, path.as_str());
            condition =
                condition.add(Condition::any().add(document::Column::Path.eq(path.as_str())).add(in_folder));
        }
        let transaction = self.begin().await?;
        let rows = document::Entity::find().filter(condition.clone()).all(&transaction).await?;
        document::Entity::update_many()
            .col_expr(document::Column::Accepted, Expr::col(document::Column::Checksum))
            .filter(condition)
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        document_paths(&rows)
    }

    /// The documents that were waiting and that an operator accepted.
    pub async fn accepted_documents(&self) -> Result<Vec<DocumentPath>, StorageError> {
        let rows = document::Entity::find()
            .filter(document::Column::State.eq(DocumentState::Held.name()))
            .filter(Expr::col(document::Column::Accepted).equals(document::Column::Checksum))
            .all(&self.read_pool)
            .await?;
        document_paths(&rows)
    }
}

fn document_paths(rows: &[document::Model]) -> Result<Vec<DocumentPath>, StorageError> {
    let path = |row: &document::Model| {
        let context = RowContext { table: "document", key: &row.key };
        context.parse_text("path", &row.path, |path| DocumentPath::parse(path).ok())
    };
    rows.iter().map(path).collect()
}

impl ReadView {
    /// A part of the documents, by path.
    pub async fn documents(&self, query: &DocumentQuery) -> Result<Slice<Document>, StorageError> {
        let sort_keys = [SortKey::ascending(Expr::col(document::Column::Path))];
        let select = document::Entity::find()
            .filter(query.filter.condition())
            .limit(u64::from(query.pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, query.pagination.from_end),
            &sort_keys,
            &query.pagination,
        );
        let documents = self.with_diagnostics(select.all(&self.read_pool).await?).await?;
        Ok(keyset::to_slice(documents, &query.pagination, |document| {
            Cursor(vec![CursorValue::Text(document.path.as_str().to_owned())])
        }))
    }

    /// Counts the documents that match a filter.
    pub async fn document_count(&self, filter: &DocumentFilter) -> Result<u64, StorageError> {
        Ok(document::Entity::find().filter(filter.condition()).count(&self.read_pool).await?)
    }

    /// The documents of these keys.
    pub async fn documents_by_key(
        &self,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>, StorageError> {
        let keys = document::Column::Key.is_in(keys.iter().map(DocumentKey::as_str));
        let rows = document::Entity::find().filter(keys).all(&self.read_pool).await?;
        let documents = self.with_diagnostics(rows).await?;
        Ok(documents.into_iter().map(|document| (document.key.clone(), document)).collect())
    }

    /// The document that lies at a path.
    pub async fn document_at(&self, path: &DocumentPath) -> Result<Option<Document>, StorageError> {
        let at = document::Column::Path.eq(path.as_str());
        let rows = document::Entity::find().filter(at).all(&self.read_pool).await?;
        Ok(self.with_diagnostics(rows).await?.pop())
    }

    /// The lines of measures in their documents.
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

    /// Documents counted by what became of them.
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
        let mut counts = DocumentCounts::default();
        for StateCount { state, documents } in rows {
            let context = RowContext { table: "document", key: &state };
            let count: u32 = context.convert_integer("documents", documents)?;
            counts.documents += count;
            match context.parse_text("state", &state, DocumentState::from_name)? {
                DocumentState::Rejected => counts.rejected += count,
                DocumentState::Held => counts.held += count,
                DocumentState::Published | DocumentState::Ignored => {}
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
            // What depends on other files is told after what does not.
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
        if let Some(folder) =
            self.folder.as_deref().map(|folder| folder.trim_matches('/')).filter(|f| !f.is_empty())
        {
            condition = condition.add(is_below_folder(document::Column::Path, folder));
        }
        condition
    }
}

fn to_document(row: document::Model, diagnostics: Vec<Diagnostic>) -> Result<Document, StorageError> {
    let context = RowContext { table: "document", key: &row.key };
    Ok(Document {
        // One that is removed has no path any more but the one that it was born with.
        path: context
            .parse_text("path", row.path.trim_start_matches('/'), |path| DocumentPath::parse(path).ok())?,
        kind: context.parse_text("kind", &row.kind, DocumentKind::from_name)?,
        state: context.parse_text("state", &row.state, DocumentState::from_name)?,
        checksum: context.parse_text("checksum", &row.checksum, |text| text.parse().ok())?,
        size: context.convert_integer("size", row.size)?,
        encoding: row.encoding,
        modified_at: row.modified_at.map(Timestamp::from_millis),
        ingested_at: Timestamp::from_millis(row.ingested_at),
        published_revision: row.published_revision.map(RevisionNumber::new),
        diagnostics,
        key: DocumentKey::new(row.key),
    })
}

fn to_diagnostic(row: diagnostic::Model) -> Result<Diagnostic, StorageError> {
    let context = RowContext { table: "diagnostic", key: &row.document_key };
    let line: Option<u32> = row.line.map(|line| context.convert_integer("line", line)).transpose()?;
    let column: Option<u32> =
        row.column.map(|column| context.convert_integer("column", column)).transpose()?;
    Ok(Diagnostic {
        severity: context.parse_text("severity", &row.severity, Severity::from_name)?,
        code: row.code,
        message: row.message,
        position: line.map(|line| Position { line, column: column.unwrap_or(1) }),
        excerpt: row.excerpt,
        suggestion: row.suggestion,
    })
}

pub(crate) fn from_diagnostic(
    document: &DocumentKey,
    diagnostic: &Diagnostic,
) -> Result<diagnostic::Model, StorageError> {
    let context = RowContext { table: "diagnostic", key: document.as_str() };
    Ok(diagnostic::Model {
        id: 0,
        document_key: document.to_string(),
        severity: diagnostic.severity.name().to_owned(),
        code: diagnostic.code.clone(),
        message: diagnostic.message.clone(),
        line: diagnostic
            .position
            .map(|position| context.convert_integer("line", position.line))
            .transpose()?,
        column: diagnostic
            .position
            .map(|position| context.convert_integer("column", position.column))
            .transpose()?,
        excerpt: diagnostic.excerpt.clone(),
        suggestion: diagnostic.suggestion.clone(),
    })
}
