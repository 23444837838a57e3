//! Database migrations. They only go forward: restore a backup to undo a release.
//!
//! The tables use only features of both SQLite and PostgreSQL: text, integers, booleans and indexes.
//! On PostgreSQL, all text columns get the collation "C" after the migrations. Timestamps are `BIGINT`
//! milliseconds since the Unix epoch. Structured values are JSON in `TEXT` columns.
//!
//! # How to add a migration
//! Add a file `mYYYYMMDD_NNNNNN_what.rs` and a line in [`Migrator::migrations`]. Never edit a released
//! migration.

mod m20261122_000001_documents;
mod m20261122_000002_plans;
mod m20261122_000003_pages;
mod m20261122_000004_changes;
mod m20261123_000005_references;
mod m20261124_000006_plans_in_full;
mod m20261124_000007_upkeep;
mod m20261127_000008_measure_details;
mod m20261127_000009_page_paths;
mod m20261127_000010_database_id;
mod m20261127_000011_former_addresses;
mod m20261127_000012_front_matter;
mod m20261127_000013_collections;
mod m20261128_000014_leader;
mod m20261128_000015_page_routes;
mod versioned;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// Runs the migrations in order.
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
            Box::new(m20261127_000008_measure_details::Migration),
            Box::new(m20261127_000009_page_paths::Migration),
            Box::new(m20261127_000010_database_id::Migration),
            Box::new(m20261127_000011_former_addresses::Migration),
            Box::new(m20261127_000012_front_matter::Migration),
            Box::new(m20261127_000013_collections::Migration),
            Box::new(m20261128_000014_leader::Migration),
            Box::new(m20261128_000015_page_routes::Migration),
        ]
    }
}
