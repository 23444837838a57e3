//! Rows of pages, with the revisions between which they are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "page")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) document_key: String,
    pub(crate) service_key: Option<String>,
    pub(crate) folder: String,
    pub(crate) slug: String,
    pub(crate) lang: String,
    pub(crate) title: String,
    pub(crate) title_folded: String,
    pub(crate) name: Option<String>,
    pub(crate) translation_key: Option<String>,
    pub(crate) uuid: Option<String>,
    pub(crate) sort_order: Option<i32>,
    pub(crate) created_at: Option<i64>,
    pub(crate) tags: String,
    pub(crate) tags_folded: String,
    pub(crate) content_html: String,
    pub(crate) content_text: String,
    pub(crate) content_markdown: String,
    pub(crate) blocks: String,
    pub(crate) related_measures: String,
    pub(crate) terms: String,
    pub(crate) table_of_contents: String,
    pub(crate) images: String,
    pub(crate) navigation: Option<String>,
    pub(crate) front_matter: String,
    pub(crate) updated_at: i64,
    pub(crate) links: String,
    pub(crate) word_count: i32,
    pub(crate) path: String,
    /// `front_matter` with folded texts, for filters and orders. `None` in rows of earlier releases, until
    /// their documents are read again.
    pub(crate) front_matter_folded: Option<String>,
    pub(crate) front_matter_texts: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
