//! Arguments for databases.

use clap::Args;
use passerelle_storage::DatabaseUrls;

use crate::secrets;

/// Argument for the database.
#[derive(Args, Debug)]
pub(crate) struct DatabaseArgs {
    /// Database: a SQLite file, which is created if it does not exist, or a PostgreSQL database
    ///
    /// Example: `postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=verify-full`. The variable keeps the
    /// password from the list of processes; libpq's PGPASSWORD works too.
    #[arg(
        long = "database-url",
        env = "PASSERELLE_DATABASE_URL",
        default_value = "sqlite://passerelle.db?mode=rwc",
        value_name = "URL",
        value_parser = secrets::database_url,
        hide_env_values = true
    )]
    pub(crate) url: String,
}

/// Arguments for an unusable database. There is no environment variable: the operator decides each time.
#[derive(Args, Debug)]
pub(crate) struct DatabaseRebuildArgs {
    /// Set an unusable database aside and build a new one from the folder
    ///
    /// Applies only to a database that is damaged or of a newer version. It is renamed to NAME.aside-TIME
    /// with its whole history, and the new database starts at revision 1. All pages of the database are
    /// checked first. A usable database is not changed.
    #[arg(long)]
    pub(crate) rebuild: bool,
}

/// Other addresses of a PostgreSQL database, for `serve`.
#[derive(Args, Debug)]
pub(crate) struct OtherDatabaseArgs {
    /// PostgreSQL database without a pooler, if `--database-url` goes through one
    ///
    /// Notifications and the lock of the leader use it: they do not work through a pooler in
    /// transaction mode.
    #[arg(
        long = "database-direct-url",
        env = "PASSERELLE_DATABASE_DIRECT_URL",
        value_name = "URL",
        value_parser = secrets::database_direct_url,
        hide_env_values = true
    )]
    pub(crate) direct_url: Option<String>,

    /// Hot standby of the PostgreSQL database. Requests read it as soon as it has the latest revision
    ///
    /// The primary is read while the standby is behind or away. Name one server: of two standbys behind one
    /// address, one can be older than the other.
    #[arg(
        long = "database-read-url",
        env = "PASSERELLE_DATABASE_READ_URL",
        value_name = "URL",
        value_parser = secrets::database_read_url,
        hide_env_values = true
    )]
    pub(crate) read_url: Option<String>,
}

impl OtherDatabaseArgs {
    /// Returns all addresses of the database with this URL.
    pub(crate) fn with<'u>(&'u self, url: &'u str) -> DatabaseUrls<'u> {
        DatabaseUrls { url, direct: self.direct_url.as_deref(), read: self.read_url.as_deref() }
    }
}
