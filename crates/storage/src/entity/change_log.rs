//! Changes of each revision, in order.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change_log")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) revision: i64,
    pub(crate) ordinal: i32,
    pub(crate) kind: String,
    pub(crate) node_kind: String,
    pub(crate) node_key: String,
    pub(crate) field: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
