//! Rows of any table, in batches of limited size.

use passerelle_model::checksum::{Checksum, ChecksumBuilder};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use crate::engine::transfer::{Column, ColumnType, Table};
use crate::error::StorageError;
use crate::publish::rows::MAX_BIND_VALUES;

/// Maximum size of the texts of a batch in bytes. A larger row is a batch of its own. It bounds the memory of
/// a copy, and is large enough that a statement costs less than its rows.
const MAX_BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// Maximum number of rows of a batch. More rows do not make a copy faster.
const MAX_BATCH_ROWS: usize = 500;

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Name of the table.
    pub name: String,
    /// Number of rows.
    pub rows: u64,
    /// Checksum of all rows, the same in both databases.
    pub checksum: Checksum,
}

/// Value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Number(i64),
    Boolean(bool),
    Text(String),
}

impl Cell {
    fn read(row: &QueryResult, index: usize, column_type: ColumnType) -> Result<Self, StorageError> {
        let cell = match column_type {
            ColumnType::Integer => {
                row.try_get_by_index::<Option<i32>>(index)?.map(|number| Self::Number(number.into()))
            }
            ColumnType::BigInteger => row.try_get_by_index::<Option<i64>>(index)?.map(Self::Number),
            ColumnType::Boolean => row.try_get_by_index::<Option<bool>>(index)?.map(Self::Boolean),
            ColumnType::Text => row.try_get_by_index::<Option<String>>(index)?.map(Self::text),
        };
        Ok(cell.unwrap_or(Self::Null))
    }

    /// Returns the cell of a text. PostgreSQL cannot store U+0000, which old rows of SQLite can contain. It
    /// is replaced as in documents that are read today.
    fn text(text: String) -> Self {
        Self::Text(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
    }

    /// Returns the value of a statement.
    fn into_value(self, table: &Table, column: &Column) -> Result<Value, StorageError> {
        Ok(match (self, column.column_type) {
            (Self::Null, ColumnType::Integer) => Value::Int(None),
            (Self::Null, ColumnType::BigInteger) => Value::BigInt(None),
            (Self::Null, ColumnType::Boolean) => Value::Bool(None),
            (Self::Null, ColumnType::Text) => Value::String(None),
            (Self::Number(number), ColumnType::Integer) => Value::Int(Some(
                i32::try_from(number).map_err(|error| invalid(table, column, &error.to_string()))?,
            )),
            (Self::Number(number), ColumnType::BigInteger) => Value::BigInt(Some(number)),
            (Self::Boolean(boolean), ColumnType::Boolean) => Value::Bool(Some(boolean)),
            (Self::Text(text), ColumnType::Text) => Value::String(Some(text)),
            (cell, column_type) => {
                return Err(invalid(table, column, &format!("{cell:?} is not of the type {column_type:?}")));
            }
        })
    }

    /// Adds the cell to a checksum. The tag and the length separate it from the next one.
    fn add_to(&self, checksum: &mut ChecksumBuilder) {
        match self {
            Self::Null => checksum.update(&[0]),
            Self::Number(number) => {
                checksum.update(&[1]);
                checksum.update(&number.to_le_bytes());
            }
            Self::Boolean(boolean) => checksum.update(&[2, u8::from(*boolean)]),
            Self::Text(text) => {
                checksum.update(&[3]);
                checksum.update(&(text.len() as u64).to_le_bytes());
                checksum.update(text.as_bytes());
            }
        }
    }
}

/// Returns the error of a value that a column cannot have.
fn invalid(table: &Table, column: &Column, detail: &str) -> StorageError {
    DbErr::Type(format!("invalid value in column {} of table {}: {detail}", column.name, table.name)).into()
}

/// Returns the number of rows of each table.
pub(super) async fn counts(
    connection: &impl ConnectionTrait,
    tables: &[Table],
) -> Result<Vec<u64>, StorageError> {
    let mut counts = Vec::with_capacity(tables.len());
    for table in tables {
        let count = Query::select().expr(Expr::cust("count(*)")).from(Alias::new(&table.name)).take();
        let row = connection.query_one(&count).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        counts.push(count.unsigned_abs());
    }
    Ok(counts)
}

/// Deletes all rows of a table.
pub(super) async fn delete_all(connection: &impl ConnectionTrait, table: &Table) -> Result<(), StorageError> {
    connection.execute(&Query::delete().from_table(Alias::new(&table.name)).take()).await?;
    Ok(())
}

/// Inserts a batch of rows. Their cells are in the order of the columns.
pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    table: &Table,
    rows: Vec<Vec<Cell>>,
) -> Result<(), StorageError> {
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new(&table.name))
        .columns(table.columns.iter().map(|column| Alias::new(&column.name)));
    for row in rows {
        let values = row.into_iter().zip(&table.columns).map(|(cell, column)| cell.into_value(table, column));
        let values = values.collect::<Result<Vec<Value>, StorageError>>()?;
        insert.values_panic(values.into_iter().map(Expr::value));
    }
    connection.execute(&insert).await?;
    Ok(())
}

/// Reads a table in the order of its key.
pub(super) struct TableReader<'a> {
    table: &'a Table,
    /// Key of the last row that was read.
    last_key: Option<Value>,
    rows: u64,
    checksum: ChecksumBuilder,
}

impl<'a> TableReader<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self { table, last_key: None, rows: 0, checksum: ChecksumBuilder::default() }
    }

    /// Returns the next rows. Empty after the last one.
    ///
    /// Two statements read a batch: the first one reads only the sizes of the next rows, so that no more
    /// texts are read than a batch may have.
    pub(super) async fn next_batch(
        &mut self,
        connection: &impl ConnectionTrait,
    ) -> Result<Vec<Vec<Cell>>, StorageError> {
        let max_rows = max_rows(self.table.columns.len());
        let sizes = self.following_rows().expr(self.size()).limit(max_rows as u64).take();
        let key = &self.table.columns[self.table.key];
        let (mut keys, mut bytes) = (Vec::new(), Vec::new());
        for row in connection.query_all(&sizes).await? {
            keys.push(Cell::read(&row, 0, key.column_type)?);
            bytes.push(row.try_get_by_index::<i64>(1)?.unsigned_abs());
        }
        let Some(last_key) = keys.into_iter().take(batch_length(&bytes)).next_back() else {
            return Ok(Vec::new());
        };
        let last_key = last_key.into_value(self.table, key)?;
        let mut select = self.following_rows();
        select.and_where(Expr::col(Alias::new(&key.name)).lte(last_key.clone()));
        select.columns(self.table.columns.iter().map(|column| Alias::new(&column.name)));
        let mut batch = Vec::new();
        for row in connection.query_all(&select).await? {
            let cells = self.table.columns.iter().enumerate();
            // The first column of the statement is the key.
            let cells = cells.map(|(index, column)| Cell::read(&row, index + 1, column.column_type));
            let cells = cells.collect::<Result<Vec<Cell>, StorageError>>()?;
            for cell in &cells {
                cell.add_to(&mut self.checksum);
            }
            batch.push(cells);
        }
        self.rows += batch.len() as u64;
        self.last_key = Some(last_key);
        Ok(batch)
    }

    /// Returns the number and the checksum of the rows that were read.
    pub(super) fn finish(self) -> CopiedTable {
        let Self { table, rows, checksum, .. } = self;
        CopiedTable { name: table.name.clone(), rows, checksum: checksum.finish() }
    }

    /// Returns a query for the key of the rows after the last one.
    fn following_rows(&self) -> SelectStatement {
        let key = Alias::new(self.table.key_name());
        let mut select = Query::select();
        select.column(key.clone()).from(Alias::new(&self.table.name)).order_by(key.clone(), Order::Asc);
        if let Some(last_key) = &self.last_key {
            select.and_where(Expr::col(key).gt(last_key.clone()));
        }
        select
    }

    /// Returns an expression for the size of all texts of a row in bytes.
    fn size(&self) -> Expr {
        let texts = self.table.columns.iter().filter(|column| column.column_type == ColumnType::Text);
        let sizes = texts.map(|column| {
            let bytes = Func::cust("octet_length").arg(Expr::col(Alias::new(&column.name)));
            Expr::expr(Func::coalesce([bytes.into(), Expr::value(0)]))
        });
        sizes.fold(Expr::value(0), ExprTrait::add).cast_as("bigint")
    }
}

/// Returns the maximum number of rows of a batch. One statement inserts a batch.
fn max_rows(columns: usize) -> usize {
    MAX_BATCH_ROWS.min(MAX_BIND_VALUES / columns)
}

/// Returns the number of rows of the next batch, by the sizes of the next rows.
fn batch_length(sizes: &[u64]) -> usize {
    let mut bytes = 0;
    let fitting = sizes.iter().take_while(|size| {
        bytes += **size;
        bytes <= MAX_BATCH_BYTES
    });
    fitting.count().max(1).min(sizes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_has_at_most_four_mebibytes_or_one_row() {
        const MIB: u64 = 1024 * 1024;
        assert_eq!(batch_length(&[]), 0);
        assert_eq!(batch_length(&[0; 300]), 300);
        assert_eq!(batch_length(&[MIB; 9]), 4);
        assert_eq!(batch_length(&[3 * MIB, 2 * MIB, 1]), 1);
        assert_eq!(batch_length(&[40 * MIB, 1]), 1);
    }

    #[test]
    fn rows_of_wide_tables_fit_into_a_statement() {
        assert_eq!(max_rows(60), 500);
        assert_eq!(max_rows(61), 491);
    }

    #[test]
    fn checksum_separates_cells() {
        let checksum = |cells: &[Cell]| {
            let mut checksum = ChecksumBuilder::default();
            for cell in cells {
                cell.add_to(&mut checksum);
            }
            checksum.finish()
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_ne!(checksum(&[text("ab"), text("c")]), checksum(&[text("a"), text("bc")]));
        assert_ne!(checksum(&[text("")]), checksum(&[Cell::Null]));
        assert_ne!(checksum(&[Cell::Number(1)]), checksum(&[Cell::Boolean(true)]));
        assert_eq!(checksum(&[text("ab"), text("c")]), checksum(&[text("ab"), text("c")]));
    }
}
