//! Rows of plans, with the revisions between which they are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) document_key: String,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) lang: String,
    pub(crate) year: Option<i32>,
    pub(crate) translation_key: Option<String>,
    pub(crate) stem: String,
    pub(crate) outline: String,
    pub(crate) footnotes: String,
    pub(crate) notes: String,
    pub(crate) updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
