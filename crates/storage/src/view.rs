//! The content as it stood at one revision.

use std::sync::Arc;

use passerelle_model::sync::Revision;
use sea_orm::DatabaseConnection;

use crate::held_rows::HeldRows;
use crate::indexes::Indexes;

/// Reads everything at one revision. Cheap to clone; holds no transaction and no connection.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) reader: DatabaseConnection,
    pub(crate) revision: Revision,
    pub(crate) indexes: Arc<Indexes>,
    pub(crate) rows: Arc<HeldRows>,
}

impl View {
    /// The revision that it reads at.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}
