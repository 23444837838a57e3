//! Settings of the API.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use axum::http::HeaderName;
use clap::Args;
use passerelle_api::{Limits, TrustedDocuments};
use passerelle_http::{ConnectionLimits, Origin, RenditionSettings, Settings};
use passerelle_http_common::desk_access::DeskAccess;
use passerelle_web::LIVE_DOCUMENTS;

const MIB: u64 = 1024 * 1024;

/// Arguments for the API.
#[derive(Args, Debug)]
#[command(next_help_heading = "The API")]
pub(crate) struct ApiArgs {
    /// Origins whose pages may send requests from browsers: `https://www.example.org`, or `*` for all.
    /// Separate several with commas
    #[arg(long = "origin", env = "PASSERELLE_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    origins: Vec<Origin>,

    /// Time in seconds for which browsers and CDNs may reuse a GET response. 0: they revalidate each time
    #[arg(long, env = "PASSERELLE_MAX_AGE", default_value_t = 0, value_name = "SECONDS")]
    max_age: u32,

    /// Capacity of the response cache in MiB. 0: no cache
    #[arg(long, env = "PASSERELLE_RESPONSE_CACHE", default_value_t = 32, value_name = "MIB")]
    response_cache: u32,

    /// Maximum size of stored scaled images in MiB. They are in a folder beside the database. 0: none are
    /// stored
    #[arg(long, env = "PASSERELLE_IMAGE_CACHE", default_value_t = 512, value_name = "MIB")]
    image_cache: u32,

    /// Trusted documents for `documentId`: a JSON file that maps ids to documents, or Apollo's manifest
    #[arg(long, env = "PASSERELLE_TRUSTED_DOCUMENTS", value_name = "FILE")]
    trusted_documents: Option<PathBuf>,

    /// Reject documents that are not trusted documents
    #[arg(long, env = "PASSERELLE_ONLY_TRUSTED", requires = "trusted_documents")]
    only_trusted: bool,

    /// Suggest names in error messages, and explain the execution for requests with `GraphQL-Explain: 1`
    #[arg(long, env = "PASSERELLE_DEVELOPMENT")]
    development: bool,

    /// Header in which a proxy sends the address of its client, for limits per client: x-forwarded-for
    #[arg(long, env = "PASSERELLE_CLIENT_HEADER", value_name = "NAME")]
    client_header: Option<HeaderName>,

    #[command(flatten)]
    connections: ConnectionArgs,

    #[command(flatten)]
    limits: RequestLimitArgs,
}

/// Arguments for connections.
#[derive(Args, Debug)]
#[command(next_help_heading = "Connections")]
struct ConnectionArgs {
    /// Maximum number of connections. Fewer if the limit of open files does not allow it
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_CONNECTIONS",
        default_value_t = ConnectionLimits::default().connections as u64,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000)
    )]
    limit_connections: u64,

    /// Maximum number of WebSockets and event streams of one client. Needs --client-header
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_STREAMS_PER_CLIENT",
        default_value_t = Settings::default().streams_per_client as u64,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000)
    )]
    limit_streams_per_client: u64,

    /// Maximum number of active subscriptions of all clients. One WebSocket can have 50
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_SUBSCRIPTIONS",
        default_value_t = Settings::default().subscriptions as u64,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000)
    )]
    limit_subscriptions: u64,

    /// Time in seconds in which a client must send the head of a request
    #[arg(
        long,
        env = "PASSERELLE_HEADER_TIMEOUT",
        default_value_t = ConnectionLimits::default().header_timeout.as_secs(),
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    header_timeout: u64,

    /// Time in seconds after which an idle connection is closed. Longer than that of the proxy
    #[arg(
        long,
        env = "PASSERELLE_IDLE_TIMEOUT",
        default_value_t = ConnectionLimits::default().idle_timeout.as_secs(),
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3_600)
    )]
    idle_timeout: u64,
}

/// Arguments for the limits of a request.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits of a request")]
struct RequestLimitArgs {
    /// Maximum size of a request body in bytes
    #[arg(long, env = "PASSERELLE_LIMIT_BODY", default_value_t = Limits::default().body_bytes, value_name = "BYTES")]
    limit_body: usize,

    /// Maximum size of a document in bytes
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_DOCUMENT",
        default_value_t = Limits::default().document_bytes,
        value_name = "BYTES"
    )]
    limit_document: usize,

    /// Maximum number of tokens of a document: names, numbers, strings and punctuation
    #[arg(long, env = "PASSERELLE_LIMIT_TOKENS", default_value_t = Limits::default().tokens, value_name = "COUNT")]
    limit_tokens: usize,

    /// Maximum nesting depth of fields
    #[arg(long, env = "PASSERELLE_LIMIT_DEPTH", default_value_t = Limits::default().depth, value_name = "COUNT")]
    limit_depth: usize,

    /// Maximum number of selections, with fragments expanded
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_SELECTIONS",
        default_value_t = Limits::default().selections,
        value_name = "COUNT"
    )]
    limit_selections: usize,

    /// Maximum number of fields with an alias
    #[arg(long, env = "PASSERELLE_LIMIT_ALIASES", default_value_t = Limits::default().aliases, value_name = "COUNT")]
    limit_aliases: usize,

    /// Maximum number of root fields of an operation
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_ROOT_FIELDS",
        default_value_t = Limits::default().root_fields,
        value_name = "COUNT"
    )]
    limit_root_fields: usize,

    /// Maximum number of `search` fields of an operation
    #[arg(long, env = "PASSERELLE_LIMIT_SEARCHES", default_value_t = Limits::default().searches, value_name = "COUNT")]
    limit_searches: usize,

    /// Maximum number of directives of a document
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_DIRECTIVES",
        default_value_t = Limits::default().directives,
        value_name = "COUNT"
    )]
    limit_directives: usize,

    /// Maximum cost of an operation. A field costs 1, and the fields of a connection cost 1 for each node
    #[arg(long, env = "PASSERELLE_LIMIT_COST", default_value_t = Limits::default().cost, value_name = "POINTS")]
    limit_cost: usize,

    /// Maximum size of a response in bytes, before compression
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_RESPONSE_BYTES",
        default_value_t = Limits::default().response_bytes,
        value_name = "BYTES"
    )]
    limit_response_bytes: usize,

    /// Maximum size of all responses that are being made or sent, in bytes
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_ALL_RESPONSES_BYTES",
        default_value_t = Limits::default().all_responses_bytes,
        value_name = "BYTES"
    )]
    limit_all_responses_bytes: usize,

    /// Maximum execution time of an operation in seconds
    #[arg(
        long,
        env = "PASSERELLE_LIMIT_TIME",
        default_value_t = Limits::default().execution_timeout.as_secs(),
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    limit_time: u64,

    /// Time in seconds after which a client that reads nothing is disconnected
    #[arg(
        long,
        env = "PASSERELLE_WRITE_TIMEOUT",
        default_value_t = Limits::default().write_timeout.as_secs(),
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    write_timeout: u64,

    /// Maximum cost of the operations of one client per minute. No limit if omitted
    #[arg(long, env = "PASSERELLE_LIMIT_COST_PER_MINUTE", value_name = "POINTS")]
    limit_cost_per_minute: Option<NonZeroU32>,
}

impl ApiArgs {
    /// Returns the settings that the arguments select, with this access to the desk.
    pub(crate) fn settings(&self, desk: DeskAccess) -> anyhow::Result<Settings> {
        Ok(Settings {
            limits: self.limits.limits(),
            connections: self.connections.limits(),
            streams_per_client: usize::try_from(self.connections.limit_streams_per_client)?,
            subscriptions: usize::try_from(self.connections.limit_subscriptions)?,
            trusted_documents: self.trusted_documents()?,
            response_cache_bytes: u64::from(self.response_cache) * MIB,
            cache_max_age: Duration::from_secs(self.max_age.into()),
            allowed_origins: self.origins.iter().cloned().collect(),
            client_address_header: self.client_header.clone(),
            desk,
            renditions: RenditionSettings { folder: None, disk_bytes: u64::from(self.image_cache) * MIB },
            spool_folder: None,
            is_development: self.development,
        })
    }

    fn trusted_documents(&self) -> anyhow::Result<TrustedDocuments> {
        let Some(path) = &self.trusted_documents else { return Ok(TrustedDocuments::default()) };
        let error_context = || format!("the list of trusted documents {} cannot be read", path.display());
        let json = std::fs::read(path).with_context(error_context)?;
        let documents = TrustedDocuments::parse(&json).with_context(error_context)?;
        if !self.only_trusted {
            return Ok(documents);
        }
        Ok(documents.reject_others().accept_texts(LIVE_DOCUMENTS))
    }
}

impl ConnectionArgs {
    fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            connections: usize::try_from(self.limit_connections).unwrap_or(usize::MAX),
            header_timeout: Duration::from_secs(self.header_timeout),
            idle_timeout: Duration::from_secs(self.idle_timeout),
        }
    }
}

impl RequestLimitArgs {
    fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.limit_body,
            document_bytes: self.limit_document,
            tokens: self.limit_tokens,
            depth: self.limit_depth,
            selections: self.limit_selections,
            aliases: self.limit_aliases,
            root_fields: self.limit_root_fields,
            searches: self.limit_searches,
            directives: self.limit_directives,
            cost: self.limit_cost,
            response_bytes: self.limit_response_bytes,
            all_responses_bytes: self.limit_all_responses_bytes,
            execution_timeout: Duration::from_secs(self.limit_time),
            write_timeout: Duration::from_secs(self.write_timeout),
            cost_per_minute: self.limit_cost_per_minute,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{ApiArgs, ConnectionLimits, DeskAccess, Limits, Settings};

    /// Command with the arguments of the API only.
    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        api: ApiArgs,
    }

    #[test]
    fn defaults_of_the_flags_are_those_of_the_types() {
        let settings = Command::parse_from(["passerelle"]).api.settings(DeskAccess::default()).unwrap();
        assert_eq!(settings.limits, Limits::default());
        assert_eq!(settings.connections, ConnectionLimits::default());
        assert_eq!(settings.streams_per_client, Settings::default().streams_per_client);
        assert_eq!(settings.subscriptions, Settings::default().subscriptions);
    }
}
