//! Rows of assets, with the revisions between which they are published. The key is the path.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "asset")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) size: i64,
    pub(crate) checksum: String,
    pub(crate) width: Option<i32>,
    pub(crate) height: Option<i32>,
    pub(crate) placeholder: Option<String>,
    pub(crate) inode: i64,
    pub(crate) modified_nanos: i64,
    pub(crate) changed_nanos: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
