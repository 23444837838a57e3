//! SQLite files for tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Statement that lists the tables.
pub(crate) const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";

/// Folder of a database file.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    /// Returns a place without a database.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// Returns a place for a database whose tables `Storage::open` creates.
    pub(crate) fn migrated() -> Self {
        Self::empty()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    pub(crate) fn url(&self) -> String {
        url(&self.file())
    }
}

/// Returns the URL of a database file.
pub(crate) fn url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

/// Returns the statement that lists the columns of a table.
pub(crate) fn columns_of(table: &str) -> String {
    format!("SELECT name FROM pragma_table_info('{table}')")
}

/// Returns the statement that returns each row of a table as a JSON list.
pub(crate) fn rows_of(table: &str, columns: &str) -> String {
    format!("SELECT json_array({columns}) FROM {table}")
}

/// Statements that let the database change the title of a page while its row is inserted.
pub(crate) const DAMAGE_PAGES: [&str; 1] =
    ["CREATE TRIGGER damage AFTER INSERT ON page WHEN new.slug = 'page-9'
    BEGIN UPDATE page SET title = 'Page 99' WHERE row_id = new.row_id; END"];
