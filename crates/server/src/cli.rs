//! What can be asked of the binary.

mod api;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use passerelle_api::PageUrl;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::markdown::RawHtml;
#[cfg(debug_assertions)]
use passerelle_storage::{FAIL_POINTS, FailMode};
use passerelle_watcher::{WatchChoice, WorkerOptions};

use api::ApiArgs;

/// Serves a folder of documents over GraphQL, and keeps in step with it.
///
/// Editors drop plans and pages as text files into a folder; front ends query them. Without a command the folder is
/// served: `passerelle --content content` is `passerelle serve --content content`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What to do; `serve` unless given.
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
    /// (lives) and /readyz (ready). The first signal finishes what is under way; the second stops at once.
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
    /// What is served stays. Of what was, the content as it stood before the date and the log of changes until then go.
    Prune(PruneArgs),
    /// Bring the database to the newest version of the tables, and stop
    Migrate(DatabaseArgs),
    /// Print the GraphQL schema
    Schema,
}

/// Which folder, database and address.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    #[command(flatten)]
    pub(crate) rebuild: RebuildArgs,

    #[command(flatten)]
    pub(crate) reading: ReadingArgs,

    #[command(flatten)]
    pub(crate) watching: WatchingArgs,

    #[command(flatten)]
    pub(crate) api: ApiArgs,

    /// The address to listen on; port 0 takes a free one and logs it
    #[arg(long, env = "PASSERELLE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,

    /// What `passerelle sync --wait` shows to be let in; without it nobody is
    #[arg(long, env = "PASSERELLE_ADMIN_TOKEN", hide = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) admin_token: Option<String>,

    /// Where front ends show pages: the pattern of the addresses that links to pages get
    #[arg(long, env = "PASSERELLE_PAGE_URL", default_value_t, value_name = "PATTERN")]
    pub(crate) page_url: PageUrl,

    /// Where publishing is to fail: `NAME:abort` or `NAME:error`, and `:N` for its visit of that number
    #[cfg(debug_assertions)]
    #[arg(long, env = "PASSERELLE_FAIL_POINT", value_parser = armed, value_name = "POINT", hide = true)]
    pub(crate) fail_point: Option<ArmedArg>,
}

/// A place in the code that is to fail, for tests of what crashes leave.
#[cfg(debug_assertions)]
#[derive(Clone, Debug)]
pub(crate) struct ArmedArg {
    pub(crate) name: String,
    pub(crate) mode: FailMode,
    pub(crate) visit: u32,
}

#[cfg(debug_assertions)]
fn armed(text: &str) -> Result<ArmedArg, String> {
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
    Ok(ArmedArg { name, mode, visit })
}

/// Which folder and database, and how far to believe the folder.
#[derive(Args, Debug)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    #[command(flatten)]
    pub(crate) rebuild: RebuildArgs,

    #[command(flatten)]
    pub(crate) reading: ReadingArgs,

    /// Ask the service that runs at --url instead, and wait until it serves everything that was written before
    ///
    /// The service lets in whoever has its token: set `PASSERELLE_ADMIN_TOKEN` for both.
    #[arg(long)]
    pub(crate) wait: bool,

    /// Where the service runs that is asked with --wait
    #[arg(long = "url", env = "PASSERELLE_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) service: String,

    /// What is shown to it
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

/// How documents are read.
#[derive(Args, Debug)]
pub(crate) struct ReadingArgs {
    /// What becomes of HTML that editors write in pages
    #[arg(long, env = "PASSERELLE_RAW_HTML", default_value = "remove", value_name = "WHAT")]
    raw_html: RawHtmlArg,
}

impl ReadingArgs {
    pub(crate) fn raw_html(&self) -> RawHtml {
        match self.raw_html {
            RawHtmlArg::Remove => RawHtml::Removed,
            RawHtmlArg::Sanitize => RawHtml::Sanitized,
        }
    }
}

/// What becomes of raw HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RawHtmlArg {
    /// Its tags go, its words stay
    Remove,
    /// What is safe of it stays: no script, style, frame, form or handler
    Sanitize,
}

/// How changes of the folder come to be known.
#[derive(Args, Debug)]
pub(crate) struct WatchingArgs {
    /// How changes of the folder come to be known
    #[arg(long, env = "PASSERELLE_WATCH", default_value = "auto", value_name = "HOW")]
    watch: WatchArg,

    /// How often the whole folder is compared, in seconds, whatever the system told of it
    #[arg(
        long,
        env = "PASSERELLE_SCAN_EVERY",
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    scan_every: u64,

    /// How often all files are read, in hours, whatever the file system says of them
    #[arg(
        long,
        env = "PASSERELLE_AUDIT_EVERY",
        default_value_t = 24,
        value_name = "HOURS",
        value_parser = clap::value_parser!(u64).range(1..=8_760)
    )]
    audit_every: u64,
}

/// How changes of the folder come to be known.
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
    /// How the worker looks.
    pub(crate) fn worker(&self) -> WorkerOptions {
        WorkerOptions {
            raw_html: self.reading.raw_html(),
            watch: match self.watching.watch {
                WatchArg::Auto => WatchChoice::Auto,
                WatchArg::Native => WatchChoice::Native,
                WatchArg::Poll => WatchChoice::Poll,
            },
            scan_every: Duration::from_secs(self.watching.scan_every),
            audit_every: Duration::from_hours(self.watching.audit_every),
            ..WorkerOptions::default()
        }
    }
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

/// What to do with a database that cannot be used. There is no variable for it: a person says it, once.
#[derive(Args, Debug)]
pub(crate) struct RebuildArgs {
    /// Put a database aside that cannot be used, and build another one from the folder
    ///
    /// Only one that is damaged or of a newer version: it is kept as NAME.aside-TIME, with all that was before, and the
    /// new one begins at revision 1. A database that can be used is left alone, after a look at every page of it.
    #[arg(long)]
    pub(crate) rebuild: bool,
}

/// What to read.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,

    /// Files, or folders with all documents below them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Tell, too, what each plan would change against what this database serves
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

/// What to accept.
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

/// What to take away.
#[derive(Args, Debug)]
pub(crate) struct PruneArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// A date, or a date and time, as RFC 3339 writes them: 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub(crate) before: Timestamp,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write a date as 2026-01-31 or 2026-01-31T12:00:00Z".to_owned())
}

/// What to log, and how.
#[derive(Args, Debug)]
pub(crate) struct LogArgs {
    /// What to log: a level, or targets with levels (`info,passerelle_watcher=debug`)
    #[arg(
        long = "log",
        env = "PASSERELLE_LOG",
        default_value = "info",
        value_name = "FILTER",
        global = true
    )]
    pub(crate) filter: String,

    /// How a line of the log is written
    #[arg(long, env = "PASSERELLE_LOG_FORMAT", default_value = "text", value_name = "FORMAT", global = true)]
    pub(crate) log_format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}
