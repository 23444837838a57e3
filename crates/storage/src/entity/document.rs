//! Rows of the current documents.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) key: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) checksum: String,
    pub(crate) size: i64,
    pub(crate) encoding: String,
    pub(crate) modified_at: Option<i64>,
    pub(crate) ingested_at: i64,
    pub(crate) published_revision: Option<i64>,
    pub(crate) source_lines: String,
    pub(crate) inode: i64,
    pub(crate) modified_nanos: i64,
    pub(crate) changed_nanos: i64,
    pub(crate) defaults: String,
    pub(crate) hold: Option<String>,
    pub(crate) accepted: Option<String>,
    pub(crate) removed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
