//! Logging to standard error. `error` means that an operator must act. Each sync and each request logs one
//! `info` line.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::{LogArgs, LogFormat};

/// Installs the logger of the process. An invalid filter is reported and replaced by `info`.
pub(crate) fn install(args: &LogArgs) {
    // Hides the progress messages of migrations, because their result is logged. A filter that names the
    // crate overrides this.
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
