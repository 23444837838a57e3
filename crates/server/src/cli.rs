//! Command line.

mod api;
mod copy;
mod database;
mod health;
mod pages;
mod urls;

use std::io::{IsTerminal, stderr};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use passerelle_model::public_url::PublicUrl;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
#[cfg(debug_assertions)]
use passerelle_storage::{FAIL_POINTS, FailMode};
use passerelle_watcher::{WatchSetting, WorkerOptions};

use crate::secrets;
use api::ApiArgs;
pub(crate) use copy::CopyArgs;
pub(crate) use database::{DatabaseArgs, DatabaseRebuildArgs, OtherDatabaseArgs};
pub(crate) use health::HealthArgs;
use pages::PageArgs;
use urls::UrlArgs;

/// Serves a folder of documents over GraphQL and follows its changes.
///
/// Editors save plans and pages as text files in a folder, and front ends query them. The default command
/// is `serve`: `passerelle --content content` is the same as `passerelle serve --content content`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Subcommand. The default is `serve`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) serve: ServeArgs,

    #[command(flatten)]
    pub(crate) log: LogArgs,
}

const EXAMPLES: &str = "\
Examples:
  passerelle                                   serve ./content on http://127.0.0.1:8080
  passerelle serve --content /srv/documents --listen 0.0.0.0:8080
  passerelle check plan.txt                    print the diagnostics of a file
  passerelle sync --content /srv/documents     scan once and print a report
  passerelle schema > schema.graphql           print the GraphQL schema
  passerelle backup backup.db                  copy the SQLite database while it is served

Exit status: 0 on success, 1 if something failed or `check` found an error, 2 for a wrong command line.";

/// Subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the folder and follow its changes until Ctrl-C or SIGTERM
    ///
    /// GraphQL is at /graphql (GET and POST), an explorer at /graphiql, the schema at /schema.graphql, and
    /// the probes at /healthz (liveness) and /readyz (readiness). The first signal starts the drain
    /// (--drain). Then running requests are finished. A second signal ends the drain. A signal after the
    /// drain stops the service at once.
    Serve(Box<ServeArgs>),
    /// Compare the folder with the database once, publish the differences and print a report
    Sync(SyncArgs),
    /// Read files without storing them and print every diagnostic
    ///
    /// A diagnostic has a file, line and column, the text of the line and a suggestion. For a folder,
    /// broken links, missing images and pages with the same address are reported too. The exit status is 1
    /// if a file would be rejected.
    Check(CheckArgs),
    /// Confirm a change that is held for confirmation
    ///
    /// A plan that loses more than a fifth of its measures and a folder that loses most of its documents
    /// are held. The last valid version stays published. A running service publishes an accepted change
    /// within a second. Without one, the next start or sync publishes it. An empty file NAME.accept beside
    /// the document has the same effect.
    Accept(AcceptArgs),
    /// Remove history before a date. Current content stays
    ///
    /// The content at the date and at any later time can still be queried.
    Prune(PruneArgs),
    /// Update the database to the newest schema and exit
    Migrate(DatabaseArgs),
    /// Copy a database with its history to a new SQLite file or an empty PostgreSQL database
    ///
    /// The source is read at one moment and can be in use. The number of rows and the checksum of each table
    /// are compared before the copy is committed: an interrupted copy leaves the target empty, and can be
    /// started again.
    Copy(CopyArgs),
    /// Write a consistent copy of the SQLite database to a file, while it is served
    Backup(BackupArgs),
    /// Ask a running service whether it is ready, for example as the health check of a container
    ///
    /// Prints the status and exits with 0 if /readyz responds with 200, otherwise with 1.
    Health(HealthArgs),
    /// Print the GraphQL schema
    Schema,
}

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    #[command(flatten)]
    pub(crate) rebuild: DatabaseRebuildArgs,

    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,

    #[command(flatten)]
    pub(crate) watcher: WatcherArgs,

    #[command(flatten)]
    pub(crate) api: ApiArgs,

    /// Part in the synchronisation of a folder that several processes serve from one PostgreSQL database
    #[arg(long, env = "PASSERELLE_SYNC", default_value = "auto", value_name = "PART")]
    pub(crate) sync: SyncMode,

    #[command(flatten)]
    pub(crate) other_databases: OtherDatabaseArgs,

    /// Address to listen on. Port 0 takes a free port and logs it
    #[arg(long, env = "PASSERELLE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,

    /// Address for /metrics, /admin/sync and the probes, for operators only. /metrics and /admin/sync are
    /// then 404 at --listen
    #[arg(long, env = "PASSERELLE_INTERNAL_LISTEN", value_name = "ADDR")]
    pub(crate) internal_listen: Option<SocketAddr>,

    /// Folder for the search index, scaled images and large exports. Default: beside the SQLite file, or
    /// passerelle-cache
    #[arg(long, env = "PASSERELLE_CACHE_DIR", value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,

    /// Time in seconds between a signal and the close of the listener. The default is 5, or 0 on a terminal
    ///
    /// During this time /readyz responds with 503 and all other requests are served. Allow the load
    /// balancer to notice: the interval of its probe times its threshold.
    #[arg(
        long,
        env = "PASSERELLE_DRAIN",
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(0..=600)
    )]
    drain: Option<u64>,

    #[command(flatten)]
    pub(crate) pages: PageArgs,

    #[command(flatten)]
    pub(crate) urls: UrlArgs,

    /// Fail point for tests: `NAME:abort`, `NAME:error` or `NAME:freeze`. Append `:N` for visit number N
    #[cfg(debug_assertions)]
    #[arg(long, env = "PASSERELLE_FAIL_POINT", value_parser = parse_fail_point, value_name = "POINT", hide = true)]
    pub(crate) fail_point: Option<FailPointArg>,
}

/// Part of a process in the synchronisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SyncMode {
    /// Take part in the election. One process leads: it reads the folder and publishes
    Auto,
    /// Never lead. Serve what another process publishes
    Never,
}

/// A fail point, armed by tests of crash recovery.
#[cfg(debug_assertions)]
#[derive(Clone, Debug)]
pub(crate) struct FailPointArg {
    pub(crate) name: String,
    pub(crate) mode: FailMode,
    pub(crate) visit: u32,
}

#[cfg(debug_assertions)]
fn parse_fail_point(text: &str) -> Result<FailPointArg, String> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default().to_owned();
    let mode = match parts.next() {
        Some("abort") => FailMode::Abort,
        Some("error") => FailMode::Error,
        Some("freeze") => FailMode::Freeze,
        _ => return Err("write NAME:abort, NAME:error or NAME:freeze".to_owned()),
    };
    let visit = parts.next().map_or(Ok(1), str::parse).map_err(|_| "write NAME:abort:2".to_owned())?;
    if !FAIL_POINTS.contains(&name.as_str()) {
        return Err(format!("there is no such point; there are {}", FAIL_POINTS.join(", ")));
    }
    Ok(FailPointArg { name, mode, visit })
}

/// Arguments of `sync`.
#[derive(Args, Debug)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    #[command(flatten)]
    pub(crate) rebuild: DatabaseRebuildArgs,

    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,

    /// Address of the site, as for `serve`. The next `serve` reads all documents again if it differs
    #[arg(long, env = "PASSERELLE_PUBLIC_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    pub(crate) public_url: Option<PublicUrl>,

    /// Ask the service at --url to sync, and wait until it serves everything that was written before
    ///
    /// The service checks a token. Set `PASSERELLE_ADMIN_TOKEN` to the same value for both.
    #[arg(long)]
    pub(crate) wait: bool,

    /// Address of the running service for --wait
    #[arg(long = "url", env = "PASSERELLE_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) service: String,

    /// Remove documents that are missing, even if they are most of the folder
    ///
    /// Without this option, a folder is held if it is suddenly empty, or if it lost more than half of its
    /// documents and more than twenty.
    #[arg(long)]
    pub(crate) accept_removals: bool,
}

/// Argument for the content folder.
#[derive(Args, Debug)]
pub(crate) struct ContentArgs {
    /// Content folder
    #[arg(long = "content", env = "PASSERELLE_CONTENT", default_value = "content", value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Arguments for parsing documents.
#[derive(Args, Debug)]
pub(crate) struct ParsingArgs {
    /// Policy for raw HTML in pages
    #[arg(long, env = "PASSERELLE_RAW_HTML", default_value = "sanitize", value_name = "WHAT")]
    raw_html: RawHtmlMode,
}

impl ParsingArgs {
    pub(crate) fn raw_html(&self) -> RawHtmlPolicy {
        match self.raw_html {
            RawHtmlMode::Remove => RawHtmlPolicy::Removed,
            RawHtmlMode::Sanitize => RawHtmlPolicy::Sanitized,
        }
    }
}

/// Policy for raw HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RawHtmlMode {
    /// Remove the tags and keep their text
    Remove,
    /// Keep safe elements. Scripts, styles, frames, forms and event handlers are removed
    Sanitize,
}

/// Arguments for watching the folder.
#[derive(Args, Debug)]
pub(crate) struct WatcherArgs {
    /// Source of change notifications
    #[arg(long, env = "PASSERELLE_WATCH", default_value = "auto", value_name = "HOW")]
    watch: WatchArg,

    /// Interval of full scans in seconds
    #[arg(
        long,
        env = "PASSERELLE_SCAN_EVERY",
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    scan_every: u64,

    /// Interval in hours of passes that read every file
    #[arg(
        long,
        env = "PASSERELLE_AUDIT_EVERY",
        default_value_t = 24,
        value_name = "HOURS",
        value_parser = clap::value_parser!(u64).range(1..=8_760)
    )]
    audit_every: u64,
}

/// Source of change notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WatchArg {
    /// Use events of the operating system. Poll on network file systems, or if a test file causes no event
    Auto,
    /// Use events of the operating system on every file system
    Native,
    /// Scan every two seconds
    Poll,
}

impl ServeArgs {
    /// Returns the time between a signal and the close of the listener.
    pub(crate) fn drain(&self) -> Duration {
        self.drain.map_or_else(|| default_drain(stderr().is_terminal()), Duration::from_secs)
    }

    /// Returns the options of the worker.
    pub(crate) fn worker_options(&self) -> WorkerOptions {
        WorkerOptions {
            raw_html: self.parsing.raw_html(),
            site: self.urls.public_url().cloned(),
            watch: match self.watcher.watch {
                WatchArg::Auto => WatchSetting::Auto,
                WatchArg::Native => WatchSetting::Native,
                WatchArg::Poll => WatchSetting::Poll,
            },
            scan_interval: Duration::from_secs(self.watcher.scan_every),
            audit_interval: Duration::from_hours(self.watcher.audit_every),
            ..WorkerOptions::default()
        }
    }
}

/// Returns the default of `--drain`. On a terminal no load balancer probes the service, and Ctrl-C should
/// work at once. Elsewhere, 5 s suffice for load balancers that probe every one or two seconds.
fn default_drain(is_terminal: bool) -> Duration {
    if is_terminal { Duration::ZERO } else { Duration::from_secs(5) }
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,

    /// Address of the site, as for `serve`. Links to it are links to its pages
    #[arg(long, env = "PASSERELLE_PUBLIC_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    pub(crate) public_url: Option<PublicUrl>,

    /// Files, or folders with documents
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Also print the changes of each plan against this database
    #[arg(long, value_name = "URL", value_parser = secrets::database_url)]
    pub(crate) database_url: Option<String>,
}

/// Arguments of `accept`.
#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Path of the document, or of a folder to accept every held document in it. `.` is the whole content
    /// folder
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
}

/// Arguments of `prune`.
#[derive(Args, Debug)]
pub(crate) struct PruneArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Date or time in RFC 3339: 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = parse_timestamp)]
    pub(crate) before: Timestamp,
}

/// Arguments of `backup`.
#[derive(Args, Debug)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// File to write. It must not exist
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

fn parse_timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write a date as 2026-01-31 or 2026-01-31T12:00:00Z".to_owned())
}

/// Arguments for logging.
#[derive(Args, Debug)]
pub(crate) struct LogArgs {
    /// Log level, or levels by target (`info,passerelle_watcher=debug`)
    #[arg(
        long = "log",
        env = "PASSERELLE_LOG",
        default_value = "info",
        value_name = "FILTER",
        global = true
    )]
    pub(crate) filter: String,

    /// Format of log lines
    #[arg(long, env = "PASSERELLE_LOG_FORMAT", default_value = "text", value_name = "FORMAT", global = true)]
    pub(crate) log_format: LogFormat,
}

/// Format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Plain text for a terminal
    Text,
    /// One JSON object per line
    Json,
}
