//! FTS5 of SQLite on the same entries, with the same weights of title and heading. It has no stemming and no
//! tolerance for typing errors.

use anyhow::Context;
use passerelle_search::document_text;
use passerelle_storage::{SearchContent, SearchEntry};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::judged::of_plan;

/// A table of entries in memory.
pub(super) struct Fts5 {
    connection: DatabaseConnection,
}

impl Fts5 {
    pub(super) async fn new(things: &[SearchEntry]) -> anyhow::Result<Self> {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).min_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await?;
        let table = "CREATE VIRTUAL TABLE things USING fts5(name UNINDEXED, title, heading, body,
            tokenize = 'unicode61 remove_diacritics 2')";
        connection.execute_unprepared(table).await?;
        for thing in things {
            let text = document_text(thing);
            let values = [name_of(thing), text.title, text.heading, text.body].map(Into::into);
            let insert = "INSERT INTO things (name, title, heading, body) VALUES (?, ?, ?, ?)";
            let backend = connection.get_database_backend();
            connection.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
        }
        Ok(Self { connection })
    }

    /// Returns the names of the best hits. `join` stands between the quoted words.
    pub(super) async fn search(&self, text: &str, join: &str, hits: usize) -> anyhow::Result<Vec<String>> {
        let words: Vec<String> =
            text.split_whitespace().map(|word| format!("\"{}\"", word.replace('"', ""))).collect();
        let query =
            "SELECT name FROM things WHERE things MATCH ? ORDER BY bm25(things, 0.0, 10.0, 4.0, 1.0) LIMIT ?";
        let values = [words.join(join).into(), i64::try_from(hits)?.into()];
        let backend = self.connection.get_database_backend();
        let rows =
            self.connection.query_all_raw(Statement::from_sql_and_values(backend, query, values)).await?;
        rows.iter().map(|row| row.try_get_by_index(0).context("a name")).collect()
    }
}

fn name_of(thing: &SearchEntry) -> String {
    match &thing.content {
        SearchContent::Measure { key, .. } => of_plan(key.as_str(), '#'),
        SearchContent::Category { key, .. } => of_plan(key.as_str(), '/'),
        SearchContent::Page { key, .. } => format!("page:{key}"),
        SearchContent::SupportService(service) => format!("service:{}", service.key),
    }
}
