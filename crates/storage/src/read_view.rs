//! Read access to the content of one revision.

use std::sync::Arc;

use passerelle_model::sync::Revision;
use sea_orm::DatabaseConnection;

use crate::index_cache::IndexCache;
use crate::row_cache::RowCache;

/// Reads all content at one revision. Cheap to clone. Holds no transaction and no connection.
#[derive(Clone, Debug)]
pub struct ReadView {
    pub(crate) read_pool: DatabaseConnection,
    pub(crate) revision: Revision,
    pub(crate) index_cache: Arc<IndexCache>,
    pub(crate) row_cache: Arc<RowCache>,
}

impl ReadView {
    /// Returns the revision of the view.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}
