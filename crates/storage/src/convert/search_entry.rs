//! Rows with the columns that the search index reads.

use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::plan::CategoryLevel;
use sea_orm::FromQueryResult;

use crate::column::RowContext;
use crate::convert::service::to_service;
use crate::entity::support_service;
use crate::error::StorageError;
use crate::row_id::RowId;
use crate::search_entry::{SearchContent, SearchEntry};

/// Columns of a measure that the search index reads.
#[derive(FromQueryResult)]
pub(crate) struct MeasureRow {
    row_id: i64,
    key: String,
    plan_key: String,
    number: i32,
    label: String,
    title_text: String,
    programme: Option<String>,
    details: String,
}

/// Columns of a category that the search index reads.
#[derive(FromQueryResult)]
pub(crate) struct CategoryRow {
    row_id: i64,
    key: String,
    plan_key: String,
    level: String,
    path: String,
    title: String,
}

/// Columns of a page that the search index reads.
#[derive(FromQueryResult)]
pub(crate) struct PageRow {
    row_id: i64,
    key: String,
    lang: String,
    title: String,
    name: Option<String>,
    tags: String,
    table_of_contents: String,
    content_text: String,
}

pub(crate) fn to_measure_entry(
    row: MeasureRow,
    languages: &HashMap<PlanKey, Language>,
) -> Result<SearchEntry, StorageError> {
    let plan = PlanKey::new(row.plan_key);
    let context = RowContext { table: "measure", key: &row.key };
    let number: u32 = context.convert_integer("number", row.number)?;
    let details = Box::new(context.parse_json("details", &row.details)?);
    Ok(SearchEntry {
        row_id: RowId::new(row.row_id),
        lang: plan_language(context, languages, &plan)?,
        content: SearchContent::Measure {
            key: MeasureKey::new(row.key),
            plan,
            number,
            label: if row.label.is_empty() { number.to_string() } else { row.label },
            title: row.title_text,
            programme: row.programme,
            details,
        },
    })
}

pub(crate) fn to_category_entry(
    row: CategoryRow,
    languages: &HashMap<PlanKey, Language>,
) -> Result<SearchEntry, StorageError> {
    let plan = PlanKey::new(row.plan_key);
    let context = RowContext { table: "category", key: &row.key };
    let level = context.parse_text("level", &row.level, CategoryLevel::from_name)?;
    Ok(SearchEntry {
        row_id: RowId::new(row.row_id),
        lang: plan_language(context, languages, &plan)?,
        content: SearchContent::Category {
            path: context.parse_category("path", &row.path)?,
            key: CategoryKey::new(row.key),
            plan,
            level,
            title: row.title,
        },
    })
}

pub(crate) fn to_page_entry(row: PageRow) -> Result<SearchEntry, StorageError> {
    let context = RowContext { table: "page", key: &row.key };
    Ok(SearchEntry {
        row_id: RowId::new(row.row_id),
        lang: context.parse_lang(&row.lang)?,
        content: SearchContent::Page {
            tags: context.parse_json("tags", &row.tags)?,
            headings: context.parse_json("table_of_contents", &row.table_of_contents)?,
            key: PageKey::new(row.key),
            title: row.title,
            name: row.name,
            text: row.content_text,
        },
    })
}

pub(crate) fn to_service_entry(row: support_service::Model) -> Result<SearchEntry, StorageError> {
    let row_id = RowId::new(row.row_id);
    let service = to_service(row)?;
    let lang = service.service.lang;
    Ok(SearchEntry { row_id, lang, content: SearchContent::SupportService(Box::new(service)) })
}

/// Returns the language of the plan of a row.
fn plan_language(
    context: RowContext<'_>,
    languages: &HashMap<PlanKey, Language>,
    plan: &PlanKey,
) -> Result<Language, StorageError> {
    let lang = languages.get(plan).copied();
    lang.ok_or_else(|| context.invalid_value("plan_key", &"no live plan has this key"))
}
