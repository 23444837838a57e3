//! Addresses that pages and plans had before they were renamed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "former_address")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) slug: String,
    pub(crate) lang: String,
    pub(crate) year: Option<i32>,
    pub(crate) ended_revision: i64,
    pub(crate) ended_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
