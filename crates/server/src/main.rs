//! The binary `passerelle`. Only this crate reads the environment and the clock, installs a logger and
//! starts tasks.

mod cli;
mod clock;
mod command;
mod database;
mod lifecycle;
mod local_files;
mod logging;
mod pages;
mod preview;
mod process_limits;
mod process_name;
mod secrets;
mod sync_task;

use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;

use crate::cli::{Cli, Command};

/// A response allocates thousands of small objects with the same lifetime. With the allocator of the
/// system, allocation took half of the time. SQLite uses it too: the allocator of the system kept 130 MB of
/// buffers that SQLite had freed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    secrets::hide_database_password();
    let cli = Cli::parse();
    logging::install(&cli.log);
    secrets::protect_memory();
    let result = match cli.command.unwrap_or(Command::Serve(Box::new(cli.serve))) {
        Command::Serve(args) => run(command::serve::serve(*args)),
        Command::Sync(args) => run(command::sync::sync(args)),
        Command::Check(args) => run(command::check::check(args)),
        Command::Accept(args) => run(command::accept::accept(args)),
        Command::Prune(args) => run(command::prune::prune(args)),
        Command::Migrate(args) => run(command::migrate::migrate(args)),
        Command::Copy(args) => run(command::copy::copy(args)),
        Command::Backup(args) => run(command::backup::backup(args)),
        Command::Health(args) => command::health::health(&args),
        Command::Schema => command::schema::print(),
    };
    result.unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "command failed");
        ExitCode::FAILURE
    })
}

/// Runs a command on a new runtime.
///
/// Expensive operations use one thread per core at most. One more thread serves the other requests meanwhile.
fn run(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let threads = available_parallelism().map_or(2, usize::from) + 1;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?
        .block_on(command)
}
