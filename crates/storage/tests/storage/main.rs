//! Batches on a real migrated database: what is written, what is left alone, what is read at which revision.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

mod database_file;
#[cfg(debug_assertions)]
mod fail_points;
mod history;
mod integrity;
mod migration;
mod publish;
