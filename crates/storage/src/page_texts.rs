//! Texts and blocks of pages. They are loaded apart from the pages, because they can have megabytes.

use std::collections::HashMap;

use passerelle_model::key::PageKey;
use passerelle_model::page::Block;
use passerelle_model::placeholder::TextFormat;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QuerySelect, Select};

use crate::column::RowContext;
use crate::entity::page;
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// Part of a page that is loaded apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PagePart {
    /// Whole content in one format.
    Text(TextFormat),
    /// Content in parts.
    Blocks,
}

impl PagePart {
    fn column(self) -> page::Column {
        match self {
            Self::Text(TextFormat::Html) => page::Column::ContentHtml,
            Self::Text(TextFormat::Text) => page::Column::ContentText,
            Self::Text(TextFormat::Markdown) => page::Column::ContentMarkdown,
            Self::Blocks => page::Column::Blocks,
        }
    }
}

/// Selects pages without their texts and blocks, which are empty in the rows.
pub(crate) fn select_without_texts() -> Select<page::Entity> {
    let select = page::Entity::find().select_only();
    page::Column::iter().fold(select, |select, column| match column {
        page::Column::ContentHtml | page::Column::ContentText | page::Column::ContentMarkdown => {
            select.column_as(Expr::val(""), column)
        }
        page::Column::Blocks => select.column_as(Expr::val("[]"), column),
        column => select.column(column),
    })
}

impl ReadView {
    /// Returns the size of a part of pages in bytes. The database reads it from the header of the row.
    pub async fn page_part_sizes(
        &self,
        part: PagePart,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, usize>, StorageError> {
        let size = Expr::from(Func::cust("OCTET_LENGTH").arg(Expr::col(part.column()))).cast_as("BIGINT");
        let rows: Vec<(String, i64)> =
            self.select_pages(keys).expr(size).into_tuple().all(&self.read_pool).await?;
        let size = |(key, size)| (PageKey::new(key), usize::try_from(size).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(size).collect())
    }

    /// Returns the whole content of pages in one format, with placeholders.
    pub async fn page_texts(
        &self,
        format: TextFormat,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, String>, StorageError> {
        self.texts_of(self.select_pages(keys).column(PagePart::Text(format).column())).await
    }

    /// Returns the first characters of the HTML of pages, with placeholders.
    pub async fn page_html_starts(
        &self,
        keys: &[PageKey],
        characters: u32,
    ) -> Result<HashMap<PageKey, String>, StorageError> {
        let html = Expr::col(page::Column::ContentHtml);
        let characters = i32::try_from(characters).unwrap_or(i32::MAX);
        let start = Func::cust("SUBSTR").args([html, Expr::val(1), Expr::val(characters)]);
        self.texts_of(self.select_pages(keys).expr(start)).await
    }

    /// Returns the blocks of pages.
    pub async fn page_blocks(&self, keys: &[PageKey]) -> Result<HashMap<PageKey, Vec<Block>>, StorageError> {
        let select = self.select_pages(keys).column(page::Column::Blocks);
        let rows: Vec<(String, String)> = select.into_tuple().all(&self.read_pool).await?;
        let blocks = |(key, json): (String, String)| {
            let blocks = RowContext { table: "page", key: &key }.parse_json("blocks", &json)?;
            Ok((PageKey::new(key), blocks))
        };
        rows.into_iter().map(blocks).collect()
    }

    async fn texts_of(&self, select: Select<page::Entity>) -> Result<HashMap<PageKey, String>, StorageError> {
        let rows: Vec<(String, String)> = select.into_tuple().all(&self.read_pool).await?;
        Ok(rows.into_iter().map(|(key, text)| (PageKey::new(key), text)).collect())
    }

    fn select_pages(&self, keys: &[PageKey]) -> Select<page::Entity> {
        page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(page::Column::Key.is_in(keys.iter().map(PageKey::as_str)))
            .select_only()
            .column(page::Column::Key)
    }
}
