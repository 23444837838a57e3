//! Rows of measures, with the revisions between which they are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "measure")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) row_id: i64,
    pub(crate) key: String,
    pub(crate) from_revision: i64,
    pub(crate) until_revision: Option<i64>,
    pub(crate) plan_key: String,
    pub(crate) category_key: String,
    pub(crate) axis_key: String,
    pub(crate) objective_key: Option<String>,
    pub(crate) section_key: Option<String>,
    pub(crate) group_key: Option<String>,
    pub(crate) number: i32,
    pub(crate) label: String,
    pub(crate) parent: Option<i32>,
    pub(crate) position: i64,
    pub(crate) title_html: String,
    pub(crate) title_text: String,
    pub(crate) title_markdown: String,
    pub(crate) status: String,
    pub(crate) status_text: String,
    pub(crate) programme: Option<String>,
    pub(crate) is_repeated: bool,
    pub(crate) repeat_group: Option<i32>,
    pub(crate) footnotes: String,
    /// JSON of `MeasureDetails`. `{}` if the measure has none.
    pub(crate) details: String,
    pub(crate) updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
