//! The tests of the storage on PostgreSQL, and those of PostgreSQL only. Skipped if there is no server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod engine;
#[path = "../../../../tests/support/postgres.rs"]
mod postgres;
#[path = "../../../../tests/support/skip.rs"]
#[expect(dead_code, reason = "these tests need no documents")]
mod skip;
#[path = "../storage/support.rs"]
mod support;

mod concurrency;
mod copy_between_engines;
#[path = "../storage/database_copy.rs"]
mod database_copy;
mod election;
#[cfg(debug_assertions)]
#[path = "../storage/fail_points.rs"]
mod fail_points;
#[path = "../storage/history.rs"]
mod history;
#[path = "../storage/migration.rs"]
mod migration;
mod order;
#[path = "../storage/pages.rs"]
mod pages;
#[path = "../storage/publish.rs"]
mod publish;
#[path = "../storage/redirects.rs"]
mod redirects;
mod unusable;
