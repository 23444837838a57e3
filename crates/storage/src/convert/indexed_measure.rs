//! Rows of the table `measure` with the columns that the index over measures reads.

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{MeasureDetails, MeasureStatus};
use passerelle_model::timestamp::Timestamp;
use sea_orm::FromQueryResult;

use crate::column::RowContext;
use crate::error::StorageError;
use crate::indexed_details::NameInterner;
use crate::query_index::IndexedMeasure;
use crate::row_id::RowId;

/// Columns of a measure row that the index reads.
#[derive(FromQueryResult)]
pub(crate) struct IndexRow {
    pub(crate) row_id: i64,
    pub(crate) until_revision: Option<i64>,
    number: i32,
    label: String,
    parent: Option<i32>,
    position: i64,
    status: String,
    programme: Option<String>,
    is_repeated: bool,
    repeat_group: Option<i32>,
    category_key: String,
    details: String,
    updated_at: i64,
}

/// Columns of a measure row with the texts that filters compare.
#[derive(FromQueryResult)]
pub(crate) struct TextRow {
    row_id: i64,
    title_text: String,
    label: String,
    programme: Option<String>,
    details: String,
}

impl TextRow {
    /// Returns all texts, each on a line.
    pub(crate) fn into_text(self) -> Result<String, StorageError> {
        let key = self.row_id.to_string();
        let details: MeasureDetails =
            RowContext { table: "measure", key: &key }.parse_json("details", &self.details)?;
        let mut text = self.title_text;
        let own = [self.label.as_str(), self.programme.as_deref().unwrap_or_default()];
        for part in own.into_iter().chain(details.searched_texts()) {
            text.push('\n');
            text.push_str(part);
        }
        Ok(text)
    }
}

/// Converts a row. Equal names share one text of `names`.
pub(crate) fn index_measure(
    names: &mut NameInterner,
    row: &IndexRow,
    tree: &CategoryTree,
) -> Result<IndexedMeasure, StorageError> {
    let key = row.row_id.to_string();
    let context = RowContext { table: "measure", key: &key };
    let category = tree.index_of(&CategoryKey::new(row.category_key.as_str()));
    Ok(IndexedMeasure {
        row_id: RowId::new(row.row_id),
        number: context.convert_integer("number", row.number)?,
        label: (!row.label.is_empty() && row.label != row.number.to_string())
            .then(|| row.label.as_str().into()),
        parent: row.parent.map(|parent| context.convert_integer("parent", parent)).transpose()?,
        position: row.position,
        status: context.parse_text("status", &row.status, MeasureStatus::from_name)?,
        programme: row.programme.as_deref().map(|name| names.intern(name)),
        is_repeated: row.is_repeated,
        repeat_group: row
            .repeat_group
            .map(|group| context.convert_integer("repeat_group", group))
            .transpose()?,
        category: category
            .ok_or_else(|| context.invalid_value("category_key", &"no live category has this key"))?,
        details: names.details(context, &row.details)?,
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}
