//! Arguments of `copy`.

use clap::Args;

use crate::secrets;

/// Arguments of `copy`.
#[derive(Args, Debug)]
pub(crate) struct CopyArgs {
    /// Database to read: a SQLite file or a PostgreSQL database, as for --database-url
    ///
    /// Services can use it during the copy. What they write after the start of the copy is not copied.
    #[arg(
        long,
        env = "PASSERELLE_COPY_FROM",
        value_name = "URL",
        value_parser = secrets::copy_source_url,
        hide_env_values = true
    )]
    pub(crate) from: String,

    /// Database to write: a new SQLite file or an empty PostgreSQL database
    ///
    /// Examples: `sqlite://new.db?mode=rwc`, `postgres://USER:PASSWORD@HOST:5432/NAME`. Start services on it
    /// after the copy only.
    #[arg(
        long,
        env = "PASSERELLE_COPY_TO",
        value_name = "URL",
        value_parser = secrets::copy_target_url,
        hide_env_values = true
    )]
    pub(crate) to: String,
}
