//! The log, on standard error: `error` means that a person must act; one `info` line a sync and one a request.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::{LogArgs, LogFormat};

/// Installs the logger of the process. A filter that cannot be read is told and replaced by `info`.
pub(crate) fn install(args: &LogArgs) {
    // What a migration did is said once it is done; a filter that names the crate says otherwise.
    let parsed = EnvFilter::try_new(format!("sea_orm_migration=warn,{}", args.filter));
    let filter_error = parsed.as_ref().err().map(ToString::to_string);
    let filter = parsed.unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match args.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    if let Some(error) = filter_error {
        tracing::warn!(log.filter = args.filter, error, "invalid log filter; using info");
    }
}
