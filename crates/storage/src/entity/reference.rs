//! References of documents to other files, in order. Like diagnostics, they have no history.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reference")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) document_key: String,
    pub(crate) kind: String,
    pub(crate) target: String,
    pub(crate) heading: Option<String>,
    pub(crate) lang: String,
    pub(crate) line: i32,
    pub(crate) column: i32,
    pub(crate) excerpt: Option<String>,
    pub(crate) path: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
