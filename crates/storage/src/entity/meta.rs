//! The single row with the state of the database.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "meta")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    pub(crate) revision: i64,
    /// Random number, different in each database.
    pub(crate) epoch: i64,
    pub(crate) reader_version: i32,
    pub(crate) pruned_revision: i64,
    pub(crate) audited_at: i64,
    /// Number of the term of the leader. Each write transaction of a leader checks it.
    pub(crate) leader_epoch: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
