//! Migrations under a lock, so that of several processes that start at once, one migrates and the others
//! wait.

use std::time::Duration;

use passerelle_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::postgres::{PgConnection, PgPoolOptions};
use sea_orm::sqlx::{self, Executor};
use sea_orm::{DatabaseConnection, TransactionTrait};

use super::examine::{Examined, close, schema_version};
use super::failure;
use super::pooler;
use super::url::Target;
use crate::engine::migrations::SchemaVersion;
use crate::error::StorageError;

/// Takes a lock that ends with the session. The first number is arbitrary, and the same in all versions. The
/// second one stands for the schema: a database can have several.
const LOCK: &str = "SELECT pg_advisory_lock(1885434739, hashtext(current_schema()))";
/// Maximum time to wait for another process that migrates.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '10min'";
/// Maximum time to open the connection that migrates.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);

/// Sets the collation "C" for all text columns, so that they are ordered by their bytes, as in SQLite.
/// Without it the order follows the language of the server. Changes no rows, but builds the indexes again.
const SET_COLLATION: &str = r#"
DO $$
DECLARE item record;
BEGIN
    FOR item IN
        SELECT c.oid::regclass AS name,
               string_agg(format('ALTER COLUMN %I TYPE text COLLATE "C"', a.attname), ', ') AS changes
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
          AND c.relname <> 'seaql_migrations' AND a.attnum > 0 AND NOT a.attisdropped
          AND a.atttypid = 'text'::regtype AND a.attcollation <> '"C"'::regcollation
        GROUP BY c.oid
    LOOP
        EXECUTE format('ALTER TABLE %s %s', item.name, item.changes);
    END LOOP;
END $$"#;

/// Runs the pending migrations in one transaction. Does nothing if another process ran them meanwhile.
pub(super) async fn migrate(
    mut lock: PgConnection,
    target: &Target,
    database: &Examined,
) -> Result<(), StorageError> {
    if target.is_pooled {
        return Err(pooler::needs_session(target, "the lock of a migration"));
    }
    let describe = |error: sqlx::Error| failure::describe(&error, target);
    if let Some(schema) = &database.missing_schema {
        create_schema(&mut lock, schema).await.map_err(describe)?;
    }
    lock.execute(LOCK_TIMEOUT).await.map_err(describe)?;
    lock.execute(LOCK).await.map_err(describe)?;
    if schema_version(&mut lock, target).await? == SchemaVersion::Older {
        run_migrations(target).await?;
    }
    close(lock).await;
    Ok(())
}

/// Creates a schema. Another process can create it at the same time, which `IF NOT EXISTS` does not handle.
async fn create_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let sql = format!("CREATE SCHEMA IF NOT EXISTS \"{}\"", schema.replace('"', "\"\""));
    match connection.execute(sqlx::AssertSqlSafe(sql)).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(()),
        created => created.map(drop),
    }
}

async fn run_migrations(target: &Target) -> Result<(), StorageError> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(target.session(&[]))
        .await
        .map_err(|error| failure::describe(&error, target))?;
    let connection = DatabaseConnection::from(pool);
    let migrated = async {
        let transaction = connection.begin().await?;
        Migrator::up(&transaction, None).await?;
        sea_orm::ConnectionTrait::execute_unprepared(&transaction, SET_COLLATION).await?;
        transaction.commit().await
    };
    let migrated = migrated.await.map_err(StorageError::migration);
    connection.close().await?;
    migrated
}
