//! Writer of the index: adds and removes documents, commits them with a checkpoint, and opens a searcher on
//! the result.

use passerelle_model::revision::RevisionNumber;
use passerelle_storage::{RowId, SearchContent, SearchEntry, SearchKind};
use tantivy::{IndexReader, ReloadPolicy, Searcher, TantivyError, Term};

use crate::error::SearchError;
use crate::index::checkpoint::Checkpoint;
use crate::index::document::index_document;
use crate::index::location::{IndexLocation, OpenIndex};
use crate::index::schema::{Fields, id_of};

/// The writer commits after this many bytes of texts of pages and measures. Tantivy's queue of documents is
/// bounded by their number only.
const MAX_PENDING_BYTES: usize = 16_000_000;

/// Index that only this process writes.
pub(crate) struct DocumentWriter {
    fields: Fields,
    open: OpenIndex,
    reader: IndexReader,
    /// Bytes of texts that were added since the last commit.
    pending_bytes: usize,
}

impl DocumentWriter {
    /// Opens the index at a location, or creates an empty one.
    pub(crate) fn open(location: &IndexLocation) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let open = location.open(&fields)?;
        Self::new(fields, open)
    }

    /// Creates an empty index at a location. An existing one is deleted.
    pub(crate) fn open_empty(location: &IndexLocation) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let open = location.open_empty(&fields)?;
        Self::new(fields, open)
    }

    fn new(fields: Fields, open: OpenIndex) -> Result<Self, SearchError> {
        let reader = open.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, open, reader, pending_bytes: 0 })
    }

    /// Returns the checkpoint of the last commit; the default checkpoint for an empty index.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        self.open.checkpoint.unwrap_or_default()
    }

    /// Returns true if the database has pruned rows since the checkpoint. The index cannot learn of their end
    /// then.
    pub(crate) fn is_before(&self, pruned: RevisionNumber) -> bool {
        self.checkpoint().revision.number < pruned
    }

    /// Removes the documents of some rows.
    pub(crate) fn remove(&mut self, kind: SearchKind, rows: &[RowId]) {
        for row in rows {
            self.open.writer.delete_term(Term::from_field_u64(self.fields.id, id_of(kind, *row)));
        }
    }

    /// Adds a document for each row.
    pub(crate) fn add(&mut self, rows: &[SearchEntry]) -> Result<(), SearchError> {
        for row in rows {
            self.open.writer.add_document(index_document(&self.fields, row))?;
            self.pending_bytes += match &row.content {
                SearchContent::Page { text, .. } => text.len(),
                SearchContent::Measure { details, .. } => details.size(),
                SearchContent::Category { .. } | SearchContent::SupportService(_) => 0,
            };
            if self.pending_bytes > MAX_PENDING_BYTES {
                // A commit without a checkpoint: if the process ends now, the next start rebuilds the index.
                self.open.writer.commit()?;
                self.pending_bytes = 0;
            }
        }
        Ok(())
    }

    /// Commits all changes with a checkpoint. The changes become visible to searchers that are opened
    /// afterwards.
    pub(crate) fn commit(&mut self, checkpoint: Checkpoint) -> Result<(), SearchError> {
        let mut commit = self.open.writer.prepare_commit()?;
        commit.set_payload(&checkpoint.payload());
        commit.commit()?;
        self.pending_bytes = 0;
        self.open.checkpoint = Some(checkpoint);
        Ok(())
    }

    /// Opens a searcher on the last commit.
    pub(crate) fn searcher(&self) -> Result<(Fields, Searcher), SearchError> {
        self.reader.reload()?;
        Ok((self.fields.clone(), self.reader.searcher()))
    }
}

impl From<tantivy::directory::error::OpenDirectoryError> for SearchError {
    fn from(error: tantivy::directory::error::OpenDirectoryError) -> Self {
        Self::from(TantivyError::from(error))
    }
}
