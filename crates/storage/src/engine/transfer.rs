//! Copies between databases: the tables and their columns, a consistent read, and the numbers of rows.
//!
//! A table is described by the catalogue of its database, so that a copy contains every column of every
//! table, also of tables that are added later.

use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, Statement};

use super::read_pool::ReadPool;
use super::{Engine, Scheme, postgres, sqlite};
use crate::error::StorageError;

/// Type of a column. The tables have no other types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    Boolean,
    Text,
}

/// Column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
}

/// Table of a database, without the table of migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// Columns in alphabetical order.
    pub(crate) columns: Vec<Column>,
    /// Index of the column that is the primary key.
    pub(crate) key: usize,
}

/// Returns the name of a database for messages. It contains no password.
pub(crate) fn name_of(url: &str) -> Result<String, StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => Ok(sqlite::file_path(url)?.display().to_string()),
        Scheme::Postgres => postgres::name_of(url),
    }
}

/// Writes one state of a SQLite database to an empty file, and checks every page of it.
pub(crate) async fn back_up(url: &str, to: &Path) -> Result<(), StorageError> {
    match Scheme::of(url)? {
        Scheme::Sqlite => sqlite::back_up(url, to).await,
        Scheme::Postgres => Err(StorageError::NotCopied(format!(
            "passerelle backup copies SQLite files only; back up the database {} with pg_dump, for example \
             pg_dump --format=custom --file=FILE",
            postgres::name_of(url)?
        ))),
    }
}

impl Engine {
    /// Starts a transaction that reads one state of the database until it ends, whatever others write.
    pub(crate) async fn begin_snapshot(&self, reads: &ReadPool) -> Result<DatabaseTransaction, StorageError> {
        match self {
            Self::Sqlite(_) => Ok(sqlite::transfer::begin_snapshot(reads.pool()).await?),
            Self::Postgres(_) => Ok(postgres::transfer::begin_snapshot(reads.pool()).await?),
        }
    }

    /// Starts a write transaction that may be idle for as long as the other database of a copy needs.
    pub(crate) async fn begin_transfer(
        &self,
        write_pool: &DatabaseConnection,
    ) -> Result<DatabaseTransaction, StorageError> {
        let transaction = self.begin(write_pool, None).await?;
        if let Self::Postgres(_) = self {
            postgres::transfer::extend_timeouts(&transaction).await?;
        }
        Ok(transaction)
    }

    /// Returns the tables. A table that refers to another one comes after it.
    pub(crate) async fn tables(&self, connection: &impl ConnectionTrait) -> Result<Vec<Table>, StorageError> {
        let sql = match self {
            Self::Sqlite(_) => sqlite::transfer::COLUMNS,
            Self::Postgres(_) => postgres::transfer::COLUMNS,
        };
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        group_by_table(connection.query_all_raw(statement).await?)
    }

    /// Returns the highest row number that a table has given so far. `None` if it has given none, or if its
    /// rows have no numbers.
    pub(crate) async fn last_row_number(
        &self,
        connection: &impl ConnectionTrait,
        table: &Table,
    ) -> Result<Option<i64>, StorageError> {
        let statement = match self {
            Self::Sqlite(_) => sqlite::transfer::last_row_number(&table.name),
            Self::Postgres(_) => postgres::transfer::last_row_number(&table.name, table.key_name()),
        };
        let row = connection.query_one_raw(statement).await?;
        let number: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        // SQLite starts at 0 if a statement inserted no row.
        Ok(number.filter(|number| *number > 0))
    }

    /// Lets a table continue after a row number.
    pub(crate) async fn continue_after(
        &self,
        connection: &impl ConnectionTrait,
        table: &Table,
        number: i64,
    ) -> Result<(), StorageError> {
        let statements = match self {
            Self::Sqlite(_) => sqlite::transfer::continue_after(&table.name, number),
            Self::Postgres(_) => {
                vec![postgres::transfer::continue_after(&table.name, table.key_name(), number)]
            }
        };
        for statement in statements {
            connection.execute_raw(statement).await?;
        }
        Ok(())
    }
}

impl Table {
    /// Returns the name of the column that is the primary key.
    pub(crate) fn key_name(&self) -> &str {
        &self.columns[self.key].name
    }
}

/// Groups rows with the name of a table, the name and the type of a column, and whether it is the key.
fn group_by_table(rows: Vec<QueryResult>) -> Result<Vec<Table>, StorageError> {
    let mut tables: Vec<(String, Vec<Column>, Vec<usize>)> = Vec::new();
    for row in rows {
        let table: String = row.try_get_by_index(0)?;
        let name: String = row.try_get_by_index(1)?;
        let type_name: String = row.try_get_by_index(2)?;
        let is_key: bool = row.try_get_by_index(3)?;
        let Some(column_type) = column_type(&type_name) else {
            return Err(not_supported(&table, &format!("the type {type_name} of the column {name}")));
        };
        if tables.last().is_none_or(|(last, ..)| *last != table) {
            tables.push((table, Vec::new(), Vec::new()));
        }
        if let Some((_, columns, keys)) = tables.last_mut() {
            if is_key {
                keys.push(columns.len());
            }
            columns.push(Column { name, column_type });
        }
    }
    let table = |(name, columns, keys): (String, Vec<Column>, Vec<usize>)| match keys[..] {
        [key] => Ok(Table { name, columns, key }),
        _ => Err(not_supported(&name, "a primary key of several columns or of none")),
    };
    tables.into_iter().map(table).collect()
}

fn column_type(name: &str) -> Option<ColumnType> {
    match name {
        "integer" => Some(ColumnType::Integer),
        "bigint" => Some(ColumnType::BigInteger),
        "boolean" => Some(ColumnType::Boolean),
        "text" => Some(ColumnType::Text),
        _ => None,
    }
}

/// Returns the error for a table that a migration added without support for copies.
fn not_supported(table: &str, detail: &str) -> StorageError {
    DbErr::Custom(format!("the table {table} has {detail}, which a copy does not support")).into()
}
