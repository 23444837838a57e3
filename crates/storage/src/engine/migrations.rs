//! Compares the migrations of a database with those of this program.

use passerelle_migrations::{Migrator, MigratorTrait};

/// Version of the tables of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemaVersion {
    /// No tables, or tables of an earlier version.
    Older,
    /// No migration is pending.
    Current,
    /// Tables of a newer version, with the name of its latest migration.
    Newer(String),
}

/// Returns the version of tables to which migrations were applied.
pub(super) fn compare(applied: &[String]) -> SchemaVersion {
    let migrations = Migrator::migrations();
    let is_supported = |name: &&String| migrations.iter().any(|migration| migration.name() == name.as_str());
    match applied.iter().rfind(|name| !is_supported(name)) {
        Some(migration) => SchemaVersion::Newer(migration.clone()),
        None if applied.len() < migrations.len() => SchemaVersion::Older,
        None => SchemaVersion::Current,
    }
}
