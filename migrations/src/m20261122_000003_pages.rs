//! Tables for pages and support services.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer_null, text, text_null};

use crate::versioned;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let page = versioned::table("page")
            .col(text("document_key"))
            .col(text_null("service_key"))
            .col(text("folder"))
            .col(text("slug"))
            .col(text("lang"))
            .col(text("title"))
            .col(text("title_folded"))
            .col(text_null("name"))
            .col(text_null("translation_key"))
            .col(text_null("uuid"))
            .col(integer_null("sort_order"))
            .col(big_integer_null("created_at"))
            .col(text("tags"))
            .col(text("tags_folded"))
            .col(text("content_html"))
            .col(text("content_text"))
            .col(text("content_markdown"))
            .col(text("blocks"))
            .col(text("table_of_contents"))
            .col(text("images"))
            .col(text_null("navigation"))
            .col(text("front_matter"))
            .col(big_integer("updated_at"))
            .take();
        let indexes: [&[&str]; 3] = [&["document_key"], &["slug"], &["translation_key"]];
        versioned::create(manager, page, "page", &indexes).await?;

        let service = versioned::table("support_service")
            .col(text("page_key"))
            .col(text("slug"))
            .col(text("lang"))
            .col(text("name"))
            .col(text_null("acronym"))
            .col(text_null("organisation"))
            .col(text_null("domain"))
            .col(text_null("authority"))
            .col(text_null("legal_basis"))
            .col(text_null("region"))
            .col(integer_null("designated_year"))
            .col(integer_null("renewed_year"))
            .col(text("summary"))
            .col(text_null("definition"))
            .col(text("missions"))
            .col(text_null("logo"))
            .take();
        versioned::create(manager, service, "support_service", &[&["page_key"], &["slug"]]).await
    }
}
