//! Errors of connecting, each as a sentence with an instruction.

use sea_orm::sqlx;

use super::url::Target;
use crate::error::StorageError;

/// Returns the error of a database that cannot be opened.
pub(super) fn describe(error: &sqlx::Error, target: &Target) -> StorageError {
    let (name, setting) = (&target.name, target.setting);
    let user = target.options.get_username();
    let database_error = match error {
        sqlx::Error::Database(error) => error,
        sqlx::Error::Io(error) => return unreachable(target, &error.to_string()),
        sqlx::Error::PoolTimedOut => return unreachable(target, "it does not respond"),
        sqlx::Error::Tls(error) => return tls(target, &error.to_string()),
        error => return StorageError::unusable(format!("{name}: {}", one_line(&error.to_string()))),
    };
    let message = one_line(database_error.message());
    // Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
    StorageError::unusable(match database_error.code().as_deref() {
        Some("28P01") => format!(
            "the password of the user {user} is wrong for the database {name}; correct it in {setting}, where \
             special characters are percent-encoded"
        ),
        Some("28000") => format!(
            "the server of the database {name} rejects the user {user} ({message}); correct the user or `sslmode` in \
             {setting}, or pg_hba.conf on the server"
        ),
        Some("3D000") => format!(
            "the database {name} does not exist; create it, for example with `createdb`, or correct {setting}"
        ),
        Some("42501") => format!(
            "the user {user} lacks a right in the database {name} ({message}); grant it as the owner of the database"
        ),
        Some("53300") => format!(
            "the server of the database {name} has no free connection; raise its `max_connections`, or stop other clients"
        ),
        Some("57P03") => {
            format!("the server of the database {name} is starting or stopping; try again later")
        }
        _ => format!("{name}: {message}"),
    })
}

/// Returns the error of a server that cannot be reached.
pub(super) fn unreachable(target: &Target, reason: &str) -> StorageError {
    StorageError::unusable(format!(
        "the server of the database {} cannot be reached ({}); check the host and port in {}, and that the server \
         runs",
        target.name,
        one_line(reason),
        target.setting
    ))
}

fn tls(target: &Target, reason: &str) -> StorageError {
    StorageError::unusable(format!(
        "no TLS connection to the database {} ({}); enable TLS on the server, specify its certificate authority with \
         `sslrootcert`, or change `sslmode` in {}",
        target.name,
        one_line(reason),
        target.setting
    ))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
