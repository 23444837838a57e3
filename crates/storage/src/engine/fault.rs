//! Causes of database errors, by the codes of the engines.

use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};

/// Cause of a database error that an operator can remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseErrorKind {
    /// The disk of the database is full.
    DiskFull,
    /// Another process has locked the database.
    Locked,
    /// The file is not a database, or its pages contradict each other.
    Damaged,
    /// The server of the database cannot be reached, or does not respond in time.
    Unreachable,
    /// The server of the database accepts no writes.
    ReadOnly,
}

impl DatabaseErrorKind {
    /// Returns the cause of an error. `None` for any other error.
    pub(crate) fn of(error: &DbErr) -> Option<Self> {
        if matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) {
            return Some(Self::Unreachable);
        }
        let error = sqlx_error(error)?;
        if matches!(error, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut) {
            return Some(Self::Unreachable);
        }
        let error = error.as_database_error()?;
        let code = error.code()?;
        match error.try_downcast_ref::<PgDatabaseError>() {
            Some(_) => Self::of_postgres(&code),
            None => Self::of_sqlite(code.parse().ok()?),
        }
    }

    fn of_sqlite(code: u32) -> Option<Self> {
        // The low byte is the primary result code. The other bytes refine it.
        match code & 0xff {
            5 | 6 => Some(Self::Locked),
            11 | 26 => Some(Self::Damaged),
            13 => Some(Self::DiskFull),
            _ => None,
        }
    }

    fn of_postgres(code: &str) -> Option<Self> {
        match code {
            "55P03" => Some(Self::Locked),
            "XX001" | "XX002" => Some(Self::Damaged),
            "53100" => Some(Self::DiskFull),
            "25006" => Some(Self::ReadOnly),
            // The server stops, starts, or ends the connection.
            "57P01" | "57P02" | "57P03" | "53300" | "25P03" => Some(Self::Unreachable),
            code if code.starts_with("08") => Some(Self::Unreachable),
            _ => None,
        }
    }
}

/// Returns the message of the database, without the prefixes of the layers above it.
pub(crate) fn database_message(error: &DbErr) -> String {
    let database_error = sqlx_error(error).and_then(sqlx::Error::as_database_error);
    database_error.map_or_else(|| error.to_string(), |database_error| database_error.message().to_owned())
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database};

    use super::*;

    #[tokio::test]
    async fn full_database_has_the_fault_disk_full() {
        let database = Database::connect("sqlite::memory:").await.unwrap();
        database.execute_unprepared("CREATE TABLE t (x); PRAGMA max_page_count = 2").await.unwrap();
        let insert =
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999)
                      SELECT i FROM n";
        let error = database.execute_unprepared(insert).await.unwrap_err();
        assert_eq!(DatabaseErrorKind::of(&error), Some(DatabaseErrorKind::DiskFull), "{error}");
        let error = database.execute_unprepared("SELECT * FROM missing").await.unwrap_err();
        assert_eq!(DatabaseErrorKind::of(&error), None, "{error}");
    }
}
