//! Read access to the content of one revision.

use std::sync::Arc;

use passerelle_model::sync::Revision;

use crate::index_cache::IndexCache;
use crate::read_connection::ReadConnection;
use crate::row_cache::RowCache;

/// Reads all content at one revision. Cheap to clone. Holds no transaction and no connection.
#[derive(Clone, Debug)]
pub struct ReadView {
    pub(crate) read_pool: ReadConnection,
    pub(crate) revision: Revision,
    pub(crate) index_cache: Arc<IndexCache>,
    pub(crate) row_cache: Arc<RowCache>,
}

impl ReadView {
    /// Reads within the request of another view: the two together use at most one connection at a time.
    #[must_use]
    pub fn in_request_of(self, other: &Self) -> Self {
        Self { read_pool: other.read_pool.clone(), ..self }
    }

    /// Returns the revision of the view.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}
