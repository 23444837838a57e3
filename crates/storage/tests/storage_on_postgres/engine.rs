//! PostgreSQL databases for tests.

use crate::postgres::PostgresDatabase;

/// Statement that lists the tables.
pub(crate) const TABLES: &str = "SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname";

/// A database on the server.
pub(crate) struct Place {
    database: PostgresDatabase,
}

impl Place {
    /// Returns a database without tables.
    pub(crate) fn empty() -> Self {
        Self::of(PostgresDatabase::empty())
    }

    /// Returns a database with all tables.
    pub(crate) fn migrated() -> Self {
        Self::of(PostgresDatabase::migrated())
    }

    fn of(created: Result<PostgresDatabase, String>) -> Self {
        match created {
            Ok(database) => Self { database },
            Err(reason) => {
                crate::skip::skip("postgres", &reason);
                // Every test of this binary needs the server.
                std::process::exit(0)
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        self.database.url()
    }
}

/// Returns the statement that lists the columns of a table. Without generated ids: the server does not reuse
/// those of a transaction that was rolled back.
pub(crate) fn columns_of(table: &str) -> String {
    format!(
        "SELECT attname::text FROM pg_attribute
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' ORDER BY attnum"
    )
}

/// Returns the statement that returns each row of a table as a JSON list.
pub(crate) fn rows_of(table: &str, columns: &str) -> String {
    format!("SELECT json_build_array({columns})::text FROM {table}")
}

/// Statements that let the database change the title of a page while its row is inserted.
pub(crate) const DAMAGE_PAGES: [&str; 2] = [
    "CREATE FUNCTION damage() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.title := 'Page 99'; RETURN new; END $$",
    "CREATE TRIGGER damage BEFORE INSERT ON page FOR EACH ROW WHEN (new.slug = 'page-9') EXECUTE FUNCTION damage()",
];
