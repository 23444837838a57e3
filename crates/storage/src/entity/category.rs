//! Rows of categories, with the revisions between which they are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) plan_key: String,
    pub(crate) parent_key: Option<String>,
    pub(crate) level: String,
    pub(crate) label: Option<String>,
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) footnotes: String,
    pub(crate) position: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
