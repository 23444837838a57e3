//! `passerelle schema`.

use std::io::Write;
use std::process::ExitCode;

/// Prints the GraphQL schema.
pub(crate) fn print() -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(passerelle_api::sdl().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
