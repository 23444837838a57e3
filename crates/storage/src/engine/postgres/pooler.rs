//! Connections through a pooler, such as `PgBouncer`.
//!
//! In transaction mode, a pooler gives each transaction of a client any of its own connections to the server.
//! Settings, prepared statements, locks and notifications of a session are then of no use. So each
//! statement runs in a transaction, which sets its timeouts and prepares its statements anew.

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, Connection, Row};

use super::url::Target;
use crate::error::StorageError;

/// Start of a transaction that reads. SQLx gives the same names to the statements of each connection, so
/// those that another client left on the connection of the pooler are removed.
pub(super) const START_OF_READ: &str = "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '30s';
    SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '10s'; DEALLOCATE ALL";
/// Start of a transaction that writes.
pub(super) const START_OF_WRITE: &str = "SET LOCAL statement_timeout = '10min';
    SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '10s'; DEALLOCATE ALL";

/// Returns true if a session can move to another process of the server. Then it has no locks.
///
/// A pooler gives the process of an idle client to the next one, or gives the client another process when its
/// own is busy.
pub(super) async fn is_pooled(connection: &mut PgConnection, target: &Target) -> Result<bool, sqlx::Error> {
    let before = process(connection).await?;
    let mut other = PgConnection::connect_with(&target.session(&[])).await?;
    let mut transaction = other.begin().await?;
    let of_other = process(&mut transaction).await?;
    let after = process(connection).await?;
    transaction.rollback().await?;
    // An error is of no interest: the connection is gone in any case.
    drop(other.close().await);
    Ok(before == of_other || before != after)
}

/// Returns the id of the process of the server. Prepares nothing.
async fn process(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

/// Returns true if a pooler rejected a setting of the session.
pub(super) fn rejects_settings(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("08P01") && error.message().contains("startup parameter")
    })
}

/// Returns the error of a process that cannot lead.
pub(super) fn cannot_lead(target: &Target) -> StorageError {
    StorageError::unusable(format!(
        "the connection to the database {} goes through a pooler in transaction mode, so this process never leads; \
         specify the address of the server with --database-direct-url, or --sync never",
        target.name
    ))
}

/// Returns the error of what needs a session.
pub(super) fn needs_session(target: &Target, what: &str) -> StorageError {
    StorageError::unusable(format!(
        "the connection to the database {} goes through a pooler, which does not support {what}; specify the address of \
         the server in {}",
        target.name, target.setting
    ))
}
