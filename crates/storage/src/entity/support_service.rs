//! Rows of support services, with the revisions between which they are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "support_service")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) page_key: String,
    pub(crate) slug: String,
    pub(crate) lang: String,
    pub(crate) name: String,
    pub(crate) acronym: Option<String>,
    pub(crate) organisation: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) authority: Option<String>,
    pub(crate) legal_basis: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) designated_year: Option<i32>,
    pub(crate) renewed_year: Option<i32>,
    pub(crate) summary: String,
    pub(crate) definition: Option<String>,
    pub(crate) missions: String,
    pub(crate) logo: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
