//! The tables, version after version. Forward only: a release is undone by a backup, not by a migration.
//!
//! What both engines must be able to do is all that stands here: text, integers, booleans, indexes. Instants are
//! `BIGINT` milliseconds since the Unix epoch, documents within rows are JSON in `TEXT`.
//!
//! To add a migration: a file `mYYYYMMDD_NNNNNN_what.rs`, and a line in [`Migrator::migrations`]. Never edit one that
//! was released.

mod m20261122_000001_documents;
mod m20261122_000002_plans;
mod m20261122_000003_pages;
mod m20261122_000004_changes;
mod m20261123_000005_references;
mod m20261124_000006_plans_in_full;
mod m20261124_000007_upkeep;
mod versioned;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// Brings a database to the newest version of the tables.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_documents::Migration),
            Box::new(m20261122_000002_plans::Migration),
            Box::new(m20261122_000003_pages::Migration),
            Box::new(m20261122_000004_changes::Migration),
            Box::new(m20261123_000005_references::Migration),
            Box::new(m20261124_000006_plans_in_full::Migration),
            Box::new(m20261124_000007_upkeep::Migration),
        ]
    }
}
