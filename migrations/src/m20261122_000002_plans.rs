//! Tables for plans, categories and measures.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, integer_null, text, text_null};

use crate::versioned;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let plan = versioned::table("plan")
            .col(text("document_key"))
            .col(text("slug"))
            .col(text("title"))
            .col(text("lang"))
            .col(integer_null("year"))
            .col(text_null("translation_key"))
            .col(text("footnotes"))
            .col(text("notes"))
            .col(big_integer("updated_at"))
            .take();
        versioned::create(manager, plan, "plan", &[&["document_key"]]).await?;

        let category = versioned::table("category")
            .col(text("plan_key"))
            .col(text_null("parent_key"))
            .col(text("level"))
            .col(text_null("label"))
            .col(text("path"))
            .col(text("title"))
            .col(text("footnotes"))
            .col(big_integer("position"))
            .take();
        versioned::create(manager, category, "category", &[&["plan_key", "position"]]).await?;

        let measure = versioned::table("measure")
            .col(text("plan_key"))
            .col(text("category_key"))
            .col(text("axis_key"))
            .col(text_null("objective_key"))
            .col(text_null("section_key"))
            .col(text_null("group_key"))
            .col(integer("number"))
            .col(big_integer("position"))
            .col(text("title_html"))
            .col(text("title_text"))
            .col(text("title_markdown"))
            .col(text("status"))
            .col(text("status_text"))
            .col(text_null("programme"))
            .col(boolean("is_repeated"))
            .col(text("footnotes"))
            .col(big_integer("updated_at"))
            .take();
        let indexes: [&[&str]; 2] = [&["plan_key", "position"], &["plan_key", "number"]];
        versioned::create(manager, measure, "measure", &indexes).await
    }
}
