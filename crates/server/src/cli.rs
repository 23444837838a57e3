//! Command line.

mod api;

use std::io::{IsTerminal, stderr};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use passerelle_api::PageUrlTemplate;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtmlPolicy;
#[cfg(debug_assertions)]
use passerelle_storage::{FAIL_POINTS, FailMode};
use passerelle_watcher::{WatchSetting, WorkerOptions};

use api::ApiArgs;

/// Serves a folder of documents over GraphQL, and keeps in step with it.
///
/// Editors drop plans and pages as text files into a folder; front ends query them. Without a command the folder is
/// served: `passerelle --content content` is `passerelle serve --content content`.
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
  passerelle check plan.txt                    what is wrong with a file, before dropping it
  passerelle sync --content /srv/documents     one pass, then a report
  passerelle schema > schema.graphql           the public contract

Exit status: 0 when all went well, 1 when something failed or `check` found an error, 2 for a wrong command line.";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the folder and keep in step with it, until Ctrl-C or SIGTERM
    ///
    /// GraphQL at /graphql (GET and POST), an explorer at /graphiql, the contract at /schema.graphql, probes at /healthz
    /// (lives) and /readyz (ready). The first signal drains (--drain), then running requests are finished. A second signal
    /// ends the drain; a signal after that stops at once.
    Serve(Box<ServeArgs>),
    /// Compare the folder with the database once, publish what differs, and report
    Sync(SyncArgs),
    /// Read files without storing anything, and print everything an editor should know
    ///
    /// Each message has its file, line and column, the line itself and what to do. Of a folder it also tells which links
    /// lead nowhere, which images are missing and which pages have one address. The exit status is 1 if a file would be
    /// refused.
    Check(CheckArgs),
    /// Say that what waits for a person's word is meant
    ///
    /// A plan that would lose more than a fifth of its measures, and a folder that would lose most of its documents, are
    /// held: the last good version is served. A service that runs publishes what is accepted within a second; otherwise
    /// the next start or sync does. An empty file NAME.accept beside the document does the same.
    Accept(AcceptArgs),
    /// Take away what nobody can read who reads at a date or later
    ///
    /// Remove history before a date. Current content stays
    Prune(PruneArgs),
    /// Bring the database to the newest version of the tables, and stop
    Migrate(DatabaseArgs),
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

    /// The address to listen on; port 0 takes a free one and logs it
    #[arg(long, env = "PASSERELLE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,

    /// Time between a signal and the close of the listener, in seconds; 5 unless given, on a terminal 0
    ///
    /// Meanwhile /readyz answers 503 and requests are answered. Give the load balancer the time to notice: the interval of
    /// its probe times its threshold.
    #[arg(
        long,
        env = "PASSERELLE_DRAIN",
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(0..=600)
    )]
    drain: Option<u64>,

    /// Token for `POST /admin/sync`, sent as `Authorization: Bearer`. Without it the endpoint is closed
    #[arg(long, env = "PASSERELLE_ADMIN_TOKEN", hide = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) admin_token: Option<String>,

    /// Template of page addresses in front ends, used for links to pages
    #[arg(long, env = "PASSERELLE_PAGE_URL", default_value_t, value_name = "PATTERN")]
    pub(crate) page_url: PageUrlTemplate,

    /// Fail point for tests: `NAME:abort` or `NAME:error`, optionally with `:N` for the Nth visit
    #[cfg(debug_assertions)]
    #[arg(long, env = "PASSERELLE_FAIL_POINT", value_parser = parse_fail_point, value_name = "POINT", hide = true)]
    pub(crate) fail_point: Option<FailPointArg>,
}

/// A place in the code that is to fail, for tests of what crashes leave.
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
        _ => return Err("write NAME:abort or NAME:error".to_owned()),
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

    /// Ask the service that runs at --url instead, and wait until it serves everything that was written before
    ///
    /// The service lets in whoever has its token: set `PASSERELLE_ADMIN_TOKEN` for both.
    #[arg(long)]
    pub(crate) wait: bool,

    /// Address of the running service for --wait
    #[arg(long = "url", env = "PASSERELLE_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) service: String,

    /// Token for the running service
    #[arg(long, env = "PASSERELLE_ADMIN_TOKEN", hide = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) admin_token: Option<String>,

    /// Stop serving documents that are gone, even if that is most of them
    ///
    /// Without it a folder that is suddenly empty, or that lost more than half of its documents and more than twenty,
    /// is taken for an accident.
    #[arg(long)]
    pub(crate) accept_removals: bool,
}

/// The folder.
#[derive(Args, Debug)]
pub(crate) struct ContentArgs {
    /// The folder that documents are dropped into
    #[arg(long = "content", env = "PASSERELLE_CONTENT", default_value = "content", value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Arguments for parsing documents.
#[derive(Args, Debug)]
pub(crate) struct ParsingArgs {
    /// Policy for raw HTML in pages
    #[arg(long, env = "PASSERELLE_RAW_HTML", default_value = "remove", value_name = "WHAT")]
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
    /// Its tags go, its words stay
    Remove,
    /// Safe elements stay. Scripts, styles, frames, forms and event handlers are removed
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
    /// Told by the system; looked for where the file system tells nothing, or a test shows that it does not
    Auto,
    /// Told by the system, whatever the file system
    Native,
    /// Looked for every two seconds
    Poll,
}

impl ServeArgs {
    /// Time between a signal and the close of the listener.
    pub(crate) fn drain(&self) -> Duration {
        self.drain.map_or_else(|| default_drain(stderr().is_terminal()), Duration::from_secs)
    }

    /// Returns the options of the worker.
    pub(crate) fn worker_options(&self) -> WorkerOptions {
        WorkerOptions {
            raw_html: self.parsing.raw_html(),
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

/// On a terminal nothing probes the service, and Ctrl-C should work at once. Elsewhere 5 s are enough for load balancers that
/// probe every second or two.
fn default_drain(is_terminal: bool) -> Duration {
    if is_terminal { Duration::ZERO } else { Duration::from_secs(5) }
}

/// The database.
#[derive(Args, Debug)]
pub(crate) struct DatabaseArgs {
    /// The database: a SQLite file, made if it is not there
    #[arg(
        long = "database-url",
        env = "PASSERELLE_DATABASE_URL",
        default_value = "sqlite://passerelle.db?mode=rwc",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) url: String,
}

/// Arguments for an unusable database. There is no environment variable: the operator decides each time.
#[derive(Args, Debug)]
pub(crate) struct DatabaseRebuildArgs {
    /// Put a database aside that cannot be used, and build another one from the folder
    ///
    /// Only one that is damaged or of a newer version: it is kept as NAME.aside-TIME, with all that was before, and the
    /// new one begins at revision 1. A database that can be used is left alone, after a look at every page of it.
    #[arg(long)]
    pub(crate) rebuild: bool,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,

    /// Files, or folders with all documents below them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Tell, too, what each plan would change against what this database serves
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

/// Arguments of `accept`.
#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// The document, or a folder for all that wait in it; `.` is the whole folder
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
}

/// Arguments of `prune`.
#[derive(Args, Debug)]
pub(crate) struct PruneArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// A date, or a date and time, as RFC 3339 writes them: 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = parse_timestamp)]
    pub(crate) before: Timestamp,
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
    /// For people
    Text,
    /// One JSON object a line
    Json,
}
