//! Read access to the content of one revision.

use std::sync::Arc;

use passerelle_model::revision::Revision;

use crate::engine;
use crate::engine::dialect::Dialect;
use crate::error::StorageError;
use crate::index_cache::IndexCache;
use crate::latest_revision::LatestRevision;
use crate::read_connection::ReadConnection;
use crate::row_cache::RowCache;

/// Reads all content at one revision. Cheap to clone. Holds no transaction and no connection.
#[derive(Clone, Debug)]
pub struct ReadView {
    pub(crate) read_pool: ReadConnection,
    pub(crate) revision: Revision,
    pub(crate) index_cache: Arc<IndexCache>,
    pub(crate) row_cache: Arc<RowCache>,
    pub(crate) latest_revision: LatestRevision,
}

impl ReadView {
    /// Reads within the request of another view: the two together use at most one connection at a time.
    #[must_use]
    pub fn in_request_of(self, other: &Self) -> Self {
        Self { read_pool: other.read_pool.clone().at(self.revision.number), ..self }
    }

    /// Returns the revision of the view.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Returns the dialect of the database.
    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        engine::dialect_of(&self.read_pool)
    }

    /// Makes the newest committed revision the one that later requests read.
    ///
    /// The rows of documents have no versions: a statement sees the newest committed state, also in the
    /// moment between the commit of a batch and its notification, and after a commit of another process. Call
    /// this after reading them and before returning them. A client that sees the new state then reads the new
    /// content in its next request.
    pub(crate) async fn catch_up(&self) -> Result<(), StorageError> {
        self.latest_revision.refresh(&self.read_pool).await?;
        Ok(())
    }
}
