//! The writer of the index: takes things in, takes them out, and makes what it holds the next thing to be searched.

use passerelle_model::sync::RevisionNumber;
use passerelle_storage::{SearchKind, Searchable, SearchableWords};
use tantivy::{IndexReader, ReloadPolicy, TantivyError, Term};

use crate::error::SearchError;
use crate::place::{IndexPlace, Opened};
use crate::schema::{Fields, id_of};
use crate::snapshot::Snapshot;
use crate::standing::Standing;
use crate::unit::document;

/// So much text is taken in before the writer is waited for: it would hold any number of documents in a queue.
const MOST_WAITING: usize = 16_000_000;

/// An index that is written by this process alone.
pub(crate) struct Engine {
    fields: Fields,
    opened: Opened,
    reader: IndexReader,
    /// Text that was taken in since the writer was last waited for, in bytes.
    waiting: usize,
}

impl Engine {
    /// Opens what lies at a place.
    pub(crate) fn open(place: &IndexPlace) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let opened = place.open(&fields)?;
        Self::of(fields, opened)
    }

    /// Begins anew at a place.
    pub(crate) fn open_empty(place: &IndexPlace) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let opened = place.open_empty(&fields)?;
        Self::of(fields, opened)
    }

    fn of(fields: Fields, opened: Opened) -> Result<Self, SearchError> {
        let reader = opened.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, opened, reader, waiting: 0 })
    }

    /// Where it stands; at the beginning where it is empty.
    pub(crate) fn standing(&self) -> Standing {
        self.opened.standing.unwrap_or_default()
    }

    /// Takes rows out.
    pub(crate) fn remove(&mut self, kind: SearchKind, rows: &[i64]) {
        for row in rows {
            self.opened.writer.delete_term(Term::from_field_u64(self.fields.id, id_of(kind, *row)));
        }
    }

    /// Takes things in.
    pub(crate) fn add(&mut self, things: &[Searchable]) -> Result<(), SearchError> {
        for thing in things {
            self.opened.writer.add_document(document(&self.fields, thing))?;
            if let SearchableWords::Page { text, .. } = &thing.words {
                self.waiting += text.len();
            }
            if self.waiting > MOST_WAITING {
                // Without a standing: if this is the last that is written, the index is built anew.
                self.opened.writer.commit()?;
                self.waiting = 0;
            }
        }
        Ok(())
    }

    /// Makes everything that was taken in and out searchable, as what a standing says.
    pub(crate) fn commit(&mut self, standing: Standing) -> Result<Snapshot, SearchError> {
        let mut commit = self.opened.writer.prepare_commit()?;
        commit.set_payload(&standing.payload());
        commit.commit()?;
        self.waiting = 0;
        self.opened.standing = Some(standing);
        self.snapshot()
    }

    /// What is searchable.
    pub(crate) fn snapshot(&mut self) -> Result<Snapshot, SearchError> {
        self.reader.reload()?;
        let standing = self.standing();
        Snapshot::new(self.fields.clone(), self.reader.searcher(), standing.revision)
    }

    /// Whether it holds less than nothing has been pruned of.
    pub(crate) fn is_before(&self, pruned: RevisionNumber) -> bool {
        self.standing().revision.number < pruned
    }
}

impl From<tantivy::directory::error::OpenDirectoryError> for SearchError {
    fn from(error: tantivy::directory::error::OpenDirectoryError) -> Self {
        Self::Index(TantivyError::from(error))
    }
}
