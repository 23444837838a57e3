//! Tests on a migrated SQLite database (`storage_on_postgres` runs most of them on PostgreSQL): publishing,
//! history, integrity and migrations.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod engine;
mod search_entries;
mod support;

mod database_copy;
mod database_file;
#[cfg(debug_assertions)]
mod fail_points;
mod history;
mod integrity;
mod invalid_values;
mod migration;
mod pages;
mod publish;
mod redirects;
