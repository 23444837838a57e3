//! The folder as it is now: documents, what to tell their editors, and what the worker compares with.
//!
//! Unlike content, documents keep no history: these reads are not at a revision.

use std::collections::HashMap;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey};
use passerelle_model::manifest::{Document, DocumentKind, DocumentState, Fingerprint};
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

use crate::column::{Address, is_below};
use crate::connect::Storage;
use crate::entity::{diagnostic, document};
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Slice, Term, Window};
use crate::view::View;

/// What is stored of a file, as the worker compares it with the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Where it lies.
    pub path: DocumentPath,
    /// What the file system said of it when it was read.
    pub fingerprint: Fingerprint,
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// The identity of the front matter that its folders gave it when it was read, if they gave any.
    pub defaults: Option<Checksum>,
    /// What a person's word is waited for, if it is.
    pub hold: Option<Hold>,
    /// Whether an operator gave it.
    pub is_accepted: bool,
}

/// What a person's word is waited for.
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

/// Which documents to keep. An empty list keeps all.
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

/// Which documents, by path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentQuery {
    /// Those that it keeps.
    pub filter: DocumentFilter,
    /// Which part of them.
    pub window: Window,
}

/// Documents counted by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderCounts {
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
const MANIFEST_ROWS: u64 = 2_000;

/// What of a document's row the worker compares.
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
    fn entry(self) -> Result<ManifestEntry, StorageError> {
        let at = Address { table: "document", key: &self.key };
        Ok(ManifestEntry {
            is_accepted: self.accepted.as_ref() == Some(&self.checksum),
            hold: self.hold.as_deref().map(|hold| at.name("hold", hold, Hold::from_column)).transpose()?,
            path: at.name("path", &self.path, |path| DocumentPath::parse(path).ok())?,
            checksum: at.name("checksum", &self.checksum, |text| text.parse().ok())?,
            defaults: Some(self.defaults.as_str())
                .filter(|text| !text.is_empty())
                .map(|text| at.name("defaults", text, |text| text.parse().ok()))
                .transpose()?,
            fingerprint: Fingerprint {
                // Stored as it is in memory: the sign means nothing.
                inode: self.inode.cast_unsigned(),
                size: at.number("size", self.size)?,
                modified_nanos: self.modified_nanos,
                changed_nanos: self.changed_nanos,
            },
        })
    }
}

impl Storage {
    /// What is stored of each file, by path.
    pub async fn manifest(&self) -> Result<Vec<ManifestEntry>, StorageError> {
        let mut entries: Vec<ManifestEntry> = Vec::new();
        loop {
            let mut select = document::Entity::find()
                .filter(document::Column::RemovedAt.is_null())
                .order_by_asc(document::Column::Path)
                .limit(MANIFEST_ROWS);
            if let Some(last) = entries.last() {
                select = select.filter(document::Column::Path.gt(last.path.as_str()));
            }
            let rows = select.into_partial_model::<ManifestRow>().all(&self.reader).await?;
            let is_last = (rows.len() as u64) < MANIFEST_ROWS;
            for row in rows {
                entries.push(row.entry()?);
            }
            if is_last {
                return Ok(entries);
            }
        }
    }

    /// Says that the documents that wait at a path, or below it, are meant as they are; all that wait where no path is
    /// given. Returns them; the worker does the rest.
    pub async fn accept(&self, path: Option<&DocumentPath>) -> Result<Vec<DocumentPath>, StorageError> {
        let held = document::Column::State.eq(DocumentState::Held.name());
        let mut kept = Condition::all().add(held);
        if let Some(path) = path {
            let below = is_below(document::Column::Path, path.as_str());
            kept = kept.add(Condition::any().add(document::Column::Path.eq(path.as_str())).add(below));
        }
        let transaction = self.begin().await?;
        let rows = document::Entity::find().filter(kept.clone()).all(&transaction).await?;
        document::Entity::update_many()
            .col_expr(document::Column::Accepted, Expr::col(document::Column::Checksum))
            .filter(kept)
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        paths_of(&rows)
    }

    /// The documents that were waiting and that an operator accepted.
    pub async fn accepted(&self) -> Result<Vec<DocumentPath>, StorageError> {
        let rows = document::Entity::find()
            .filter(document::Column::State.eq(DocumentState::Held.name()))
            .filter(Expr::col(document::Column::Accepted).equals(document::Column::Checksum))
            .all(&self.reader)
            .await?;
        paths_of(&rows)
    }
}

fn paths_of(rows: &[document::Model]) -> Result<Vec<DocumentPath>, StorageError> {
    let path = |row: &document::Model| {
        let at = Address { table: "document", key: &row.key };
        at.name("path", &row.path, |path| DocumentPath::parse(path).ok())
    };
    rows.iter().map(path).collect()
}

impl View {
    /// A part of the documents, by path.
    pub async fn documents(&self, query: &DocumentQuery) -> Result<Slice<Document>, StorageError> {
        let terms = [Term::ascending(Expr::col(document::Column::Path))];
        let select = document::Entity::find()
            .filter(query.filter.condition())
            .limit(u64::from(query.window.limit) + 1);
        let select =
            keyset::within(keyset::ordered(select, &terms, query.window.from_end), &terms, &query.window);
        let documents = self.with_diagnostics(select.all(&self.reader).await?).await?;
        Ok(keyset::slice(documents, &query.window, |document| {
            Cursor(vec![CursorValue::Text(document.path.as_str().to_owned())])
        }))
    }

    /// How many documents a filter keeps.
    pub async fn document_count(&self, filter: &DocumentFilter) -> Result<u64, StorageError> {
        Ok(document::Entity::find().filter(filter.condition()).count(&self.reader).await?)
    }

    /// The documents of these keys.
    pub async fn documents_by_key(
        &self,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>, StorageError> {
        let keys = document::Column::Key.is_in(keys.iter().map(DocumentKey::as_str));
        let rows = document::Entity::find().filter(keys).all(&self.reader).await?;
        let documents = self.with_diagnostics(rows).await?;
        Ok(documents.into_iter().map(|document| (document.key.clone(), document)).collect())
    }

    /// The document that lies at a path.
    pub async fn document_at(&self, path: &DocumentPath) -> Result<Option<Document>, StorageError> {
        let at = document::Column::Path.eq(path.as_str());
        let rows = document::Entity::find().filter(at).all(&self.reader).await?;
        Ok(self.with_diagnostics(rows).await?.pop())
    }

    /// The lines of measures in their documents.
    pub async fn measure_lines(
        &self,
        documents: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, HashMap<MeasureKey, u32>>, StorageError> {
        let keys = document::Column::Key.is_in(documents.iter().map(DocumentKey::as_str));
        let rows = document::Entity::find().filter(keys).all(&self.reader).await?;
        let lines = |row: document::Model| {
            let at = Address { table: "document", key: &row.key };
            let lines: SourceLines = at.json("source_lines", &row.source_lines)?;
            Ok((DocumentKey::new(row.key), lines.measures))
        };
        rows.into_iter().map(lines).collect()
    }

    /// Documents counted by what became of them.
    pub async fn folder_counts(&self) -> Result<FolderCounts, StorageError> {
        #[derive(FromQueryResult)]
        struct Count {
            state: String,
            documents: i64,
        }
        let rows = document::Entity::find()
            .filter(document::Column::RemovedAt.is_null())
            .select_only()
            .column(document::Column::State)
            .column_as(document::Column::Key.count(), "documents")
            .group_by(document::Column::State)
            .into_model::<Count>()
            .all(&self.reader)
            .await?;
        let mut counts = FolderCounts::default();
        for Count { state, documents } in rows {
            let at = Address { table: "document", key: &state };
            let count: u32 = at.number("documents", documents)?;
            counts.documents += count;
            match at.name("state", &state, DocumentState::from_name)? {
                DocumentState::Rejected => counts.rejected += count,
                DocumentState::Held => counts.held += count,
                DocumentState::Published | DocumentState::Ignored => {}
            }
        }
        Ok(counts)
    }

    async fn with_diagnostics(&self, rows: Vec<document::Model>) -> Result<Vec<Document>, StorageError> {
        let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        let told = diagnostic::Entity::find()
            .filter(diagnostic::Column::DocumentKey.is_in(keys))
            .order_by_asc(diagnostic::Column::Id)
            .all(&self.reader)
            .await?;
        let mut diagnostics: HashMap<String, Vec<Diagnostic>> = HashMap::new();
        for row in told {
            diagnostics.entry(row.document_key.clone()).or_default().push(to_diagnostic(row)?);
        }
        let whole = |row: document::Model| {
            let mut told = diagnostics.remove(&row.key).unwrap_or_default();
            // What depends on other files is told after what does not.
            told.sort_by_key(|told| (std::cmp::Reverse(told.severity), told.position));
            to_document(row, told)
        };
        rows.into_iter().map(whole).collect()
    }
}

impl DocumentFilter {
    fn condition(&self) -> Condition {
        let mut kept = Condition::all().add(document::Column::RemovedAt.is_null());
        if !self.state.is_empty() {
            kept = kept.add(document::Column::State.is_in(self.state.iter().map(|state| state.name())));
        }
        if !self.kind.is_empty() {
            kept = kept.add(document::Column::Kind.is_in(self.kind.iter().map(|kind| kind.name())));
        }
        if let Some(severity) = self.has_diagnostics {
            let told = Query::select()
                .column(diagnostic::Column::DocumentKey)
                .from(diagnostic::Entity)
                .and_where(diagnostic::Column::Severity.eq(severity.name()))
                .take();
            kept = kept.add(document::Column::Key.in_subquery(told));
        }
        if let Some(folder) =
            self.folder.as_deref().map(|folder| folder.trim_matches('/')).filter(|f| !f.is_empty())
        {
            kept = kept.add(is_below(document::Column::Path, folder));
        }
        kept
    }
}

fn to_document(row: document::Model, diagnostics: Vec<Diagnostic>) -> Result<Document, StorageError> {
    let at = Address { table: "document", key: &row.key };
    Ok(Document {
        // One that is removed has no path any more but the one that it was born with.
        path: at.name("path", row.path.trim_start_matches('/'), |path| DocumentPath::parse(path).ok())?,
        kind: at.name("kind", &row.kind, DocumentKind::from_name)?,
        state: at.name("state", &row.state, DocumentState::from_name)?,
        checksum: at.name("checksum", &row.checksum, |text| text.parse().ok())?,
        size: at.number("size", row.size)?,
        encoding: row.encoding,
        modified_at: row.modified_at.map(Timestamp::from_millis),
        ingested_at: Timestamp::from_millis(row.ingested_at),
        published_revision: row.published_revision.map(RevisionNumber::new),
        diagnostics,
        key: DocumentKey::new(row.key),
    })
}

fn to_diagnostic(row: diagnostic::Model) -> Result<Diagnostic, StorageError> {
    let at = Address { table: "diagnostic", key: &row.document_key };
    let line: Option<u32> = row.line.map(|line| at.number("line", line)).transpose()?;
    let column: Option<u32> = row.column.map(|column| at.number("column", column)).transpose()?;
    Ok(Diagnostic {
        severity: at.name("severity", &row.severity, Severity::from_name)?,
        code: row.code,
        message: row.message,
        position: line.map(|line| Position { line, column: column.unwrap_or(1) }),
        excerpt: row.excerpt,
        suggestion: row.suggestion,
    })
}

pub(crate) fn from_diagnostic(
    document: &DocumentKey,
    told: &Diagnostic,
) -> Result<diagnostic::Model, StorageError> {
    let at = Address { table: "diagnostic", key: document.as_str() };
    Ok(diagnostic::Model {
        id: 0,
        document_key: document.to_string(),
        severity: told.severity.name().to_owned(),
        code: told.code.clone(),
        message: told.message.clone(),
        line: told.position.map(|position| at.number("line", position.line)).transpose()?,
        column: told.position.map(|position| at.number("column", position.column)).transpose()?,
        excerpt: told.excerpt.clone(),
        suggestion: told.suggestion.clone(),
    })
}
