//! Copies a whole database with its history, from either engine to the other or to a new database of the
//! same.
//!
//! All rows are read at one state of the source, while services may write to it. They are written to the
//! target in one transaction, which is committed only if the rows of every table of the target have the same
//! number and checksum. So an interrupted copy leaves the target empty.

mod rows;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use passerelle_model::revision::RevisionNumber;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

use crate::engine::transfer::{Table, name_of};
use crate::engine::{self, DatabaseUrls, Engine, OpenDatabase};
use crate::entity::meta;
use crate::error::StorageError;
pub use rows::CopiedTable;
use rows::TableReader;

/// Tables with the documents and the revisions. A database without rows in them has no content. Migrations
/// insert rows in other tables.
const CONTENT_TABLES: [&str; 2] = ["document", "revision"];

/// Progress of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress<'a> {
    /// Name of the current table.
    pub table: &'a str,
    /// Number of rows written and rows compared so far, in all tables.
    pub completed: u64,
    /// Twice the number of rows: each row is written, then compared.
    pub total: u64,
}

/// Receives the progress of a copy after each batch of rows.
pub type OnCopyProgress<'a> = &'a mut (dyn FnMut(CopyProgress<'_>) + Send);

/// Result of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyReport {
    /// The tables, in the order in which they were copied.
    pub tables: Vec<CopiedTable>,
    /// Latest revision of both databases.
    pub revision: RevisionNumber,
}

/// Copies a database to an empty one. Creates the tables of the target, and its file if its URL allows that.
///
/// Holds at most one batch of rows in memory: 4 MiB of text, or one row.
///
/// # Errors
/// [`StorageError::NotCopied`] if the source has no content, if the target is not empty, or if the rows of
/// the target differ. Nothing is written in these cases.
pub async fn copy_database(
    from: &str,
    to: &str,
    on_progress: OnCopyProgress<'_>,
) -> Result<CopyReport, StorageError> {
    let statement_count = Arc::new(AtomicU64::new(0));
    let source = engine::open_read_only(from, &statement_count).await?;
    let copied = copy_snapshot(&source, from, to, on_progress).await;
    source.pools.read.close().await?;
    copied
}

async fn copy_snapshot(
    source: &OpenDatabase,
    from: &str,
    to: &str,
    on_progress: OnCopyProgress<'_>,
) -> Result<CopyReport, StorageError> {
    let snapshot = source.engine.begin_snapshot(&source.pools.read).await?;
    let tables = source.engine.tables(&snapshot).await?;
    let counts = rows::counts(&snapshot, &tables).await?;
    if has_no_content(&tables, &counts) {
        let name = name_of(from)?;
        return Err(StorageError::NotCopied(format!(
            "the database {name} has no content, and nothing was copied; correct the URL of the source"
        )));
    }
    // Opened only now, so that a wrong source creates no file.
    let target =
        engine::open(DatabaseUrls { url: to, direct: None, read: None }, &Arc::new(AtomicU64::new(0)))
            .await?;
    let total = 2 * counts.iter().sum::<u64>();
    let mut copy =
        RunningCopy { engine: &source.engine, snapshot: &snapshot, on_progress, completed: 0, total };
    let copied = copy.write_to(&tables, &target, to).await;
    snapshot.rollback().await?;
    target.pools.read.close().await?;
    target.engine.finish(&target.pools.write).await;
    target.pools.write.close().await?;
    copied
}

/// Returns true if nothing was ever published in a database.
fn has_no_content(tables: &[Table], counts: &[u64]) -> bool {
    let is_content = |table: &Table| CONTENT_TABLES.contains(&table.name.as_str());
    tables.iter().zip(counts).all(|(table, rows)| *rows == 0 || !is_content(table))
}

/// A copy that is under way.
struct RunningCopy<'a> {
    /// Engine of the source.
    engine: &'a Engine,
    /// State of the source.
    snapshot: &'a DatabaseTransaction,
    on_progress: OnCopyProgress<'a>,
    completed: u64,
    total: u64,
}

impl RunningCopy<'_> {
    /// Writes all rows of the source to a database and compares them.
    async fn write_to(
        &mut self,
        tables: &[Table],
        target: &OpenDatabase,
        url: &str,
    ) -> Result<CopyReport, StorageError> {
        let transaction = target.engine.begin_transfer(&target.pools.write).await?;
        let written = match self.write_in(&transaction, tables, &target.engine, url).await {
            Ok(written) => written,
            Err(error) => {
                // The first error is the cause. If the rollback fails too, the database itself rolls back.
                drop(transaction.rollback().await);
                return Err(error);
            }
        };
        let revision = meta::Entity::find().one(&transaction).await?.map_or(0, |row| row.revision);
        transaction.commit().await?;
        Ok(CopyReport { tables: written, revision: RevisionNumber::new(revision) })
    }

    async fn write_in(
        &mut self,
        transaction: &DatabaseTransaction,
        tables: &[Table],
        engine: &Engine,
        url: &str,
    ) -> Result<Vec<CopiedTable>, StorageError> {
        let targets = engine.tables(transaction).await?;
        check_same_columns(tables, &targets)?;
        if !has_no_content(&targets, &rows::counts(transaction, &targets).await?) {
            let name = name_of(url)?;
            return Err(StorageError::NotCopied(format!(
                "the database {name} is not empty, and nothing was copied; specify a new file or an empty database"
            )));
        }
        let mut written = Vec::new();
        for (source, target) in tables.iter().zip(&targets) {
            written.push(self.write_table(source, target, transaction).await?);
            if let Some(number) = self.engine.last_row_number(self.snapshot, source).await? {
                engine.continue_after(transaction, target, number).await?;
            }
        }
        for (table, written) in targets.iter().zip(&written) {
            self.compare_table(table, written, transaction).await?;
        }
        Ok(written)
    }

    /// Copies the rows of a table.
    async fn write_table(
        &mut self,
        source: &Table,
        target: &Table,
        transaction: &DatabaseTransaction,
    ) -> Result<CopiedTable, StorageError> {
        rows::delete_all(transaction, target).await?;
        let mut reader = TableReader::new(source);
        loop {
            let batch = reader.next_batch(self.snapshot).await?;
            if batch.is_empty() {
                return Ok(reader.finish());
            }
            let count = batch.len();
            rows::insert(transaction, target, batch).await?;
            self.advance(&source.name, count);
        }
    }

    /// Reads the rows of a table of the target and compares them with those that were written.
    async fn compare_table(
        &mut self,
        table: &Table,
        written: &CopiedTable,
        transaction: &DatabaseTransaction,
    ) -> Result<(), StorageError> {
        let mut reader = TableReader::new(table);
        loop {
            let batch = reader.next_batch(transaction).await?;
            if batch.is_empty() {
                break;
            }
            self.advance(&table.name, batch.len());
        }
        let found = reader.finish();
        if found == *written {
            return Ok(());
        }
        Err(StorageError::NotCopied(format!(
            "the table {} differs after the copy: {} rows instead of {}, checksum {} instead of {}; nothing was \
             copied, so begin again",
            table.name, found.rows, written.rows, found.checksum, written.checksum
        )))
    }

    fn advance(&mut self, table: &str, rows: usize) {
        self.completed += rows as u64;
        (self.on_progress)(CopyProgress { table, completed: self.completed, total: self.total });
    }
}

/// Checks that both databases have the same tables and columns. Both were migrated by this program.
fn check_same_columns(source: &[Table], target: &[Table]) -> Result<(), StorageError> {
    let names = |tables: &[Table]| -> Vec<(String, Vec<String>)> {
        let columns = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect();
        tables.iter().map(|table| (table.name.clone(), columns(table))).collect()
    };
    let (source, target) = (names(source), names(target));
    let differs = source.iter().zip(&target).find(|(source, target)| source != target);
    match differs {
        None if source.len() == target.len() => Ok(()),
        differs => {
            let table = differs.map_or("", |((name, _), _)| name.as_str());
            Err(DbErr::Custom(format!("the databases have different tables or columns ({table})")).into())
        }
    }
}
