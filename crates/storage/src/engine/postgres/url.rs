//! URLs of PostgreSQL databases. A URL contains a password, so no error and no log line contains a URL.

use std::path::Path;

use sea_orm::sqlx::ConnectOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;

use crate::error::StorageError;

/// Parameters of a URL. SQLx ignores others, and logs them with their values.
const PARAMETERS: [&str; 10] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "host",
    "port",
    "statement-cache-capacity",
    "user",
];
/// Name of the sessions of this program in `pg_stat_activity`.
const APPLICATION_NAME: &str = "passerelle";

/// Database on a server.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Options without the settings of sessions.
    pub(super) options: PgConnectOptions,
    /// Name, server and port, for example `content on db.example.org:5432`.
    pub(super) name: String,
    /// Flag of the URL, for messages.
    pub(super) setting: &'static str,
    /// True if sessions can have settings. Some poolers reject them.
    pub(super) has_settings: bool,
    /// True if connections go through a pooler in transaction mode.
    pub(super) is_pooled: bool,
}

impl Target {
    /// Parses the URL of `--database-url`.
    pub(super) fn parse(url: &str) -> Result<Self, StorageError> {
        Self::parse_setting(url, "--database-url")
    }

    /// Parses the URL of a flag. Libpq's variables (`PGUSER`, `PGPASSWORD`, `PGSSLMODE` and others) complete
    /// it.
    pub(super) fn parse_setting(url: &str, setting: &'static str) -> Result<Self, StorageError> {
        if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            return Err(StorageError::unusable(format!(
                "the URL of {setting} must start with postgres:; use postgres://USER:PASSWORD@HOST:5432/DATABASE"
            )));
        }
        for parameter in parameters(url) {
            let is_setting = parameter.starts_with("options[") || parameter.starts_with("options%5B");
            if !is_setting && !PARAMETERS.contains(&parameter) {
                return Err(StorageError::unusable(format!(
                    "the URL of {setting} has an unknown parameter {parameter}; the parameters are {}",
                    PARAMETERS.join(", ")
                )));
            }
        }
        let options: PgConnectOptions = url.parse().map_err(|error| {
            StorageError::unusable(format!(
                "the URL of {setting} is invalid ({error}); use postgres://USER:PASSWORD@HOST:5432/DATABASE, and \
                 percent-encode special characters of the password"
            ))
        })?;
        let Some(database) = options.get_database().filter(|name| !name.is_empty()) else {
            return Err(StorageError::unusable(format!(
                "the URL of {setting} names no database; use postgres://USER:PASSWORD@HOST:5432/DATABASE"
            )));
        };
        if let Some(file) = missing_file(url) {
            return Err(StorageError::unusable(format!(
                "the file {file} in the URL of {setting} cannot be read"
            )));
        }
        let name = match options.get_socket() {
            Some(socket) => format!("{database} at {}", socket.display()),
            None => format!("{database} on {}:{}", options.get_host(), options.get_port()),
        };
        let options = match options.get_application_name() {
            Some(_) => options,
            None => options.application_name(APPLICATION_NAME),
        };
        // Poolers reject the parameter of SQLx, and values are binary in any case.
        let options = options.extra_float_digits(None).disable_statement_logging();
        Ok(Self { options, name, setting, has_settings: true, is_pooled: false })
    }

    /// Returns the options of a connection with these settings of its session, if it can have settings.
    pub(super) fn session(&self, settings: &[(&str, &str)]) -> PgConnectOptions {
        if !self.has_settings {
            return self.options.clone();
        }
        // The notices of statements such as `IF NOT EXISTS` would be lines of the log.
        self.options.clone().options([("client_min_messages", "warning")]).options(settings.iter().copied())
    }

    /// Takes a URL of a pooler in transaction mode: without settings, and without prepared statements that
    /// outlive a transaction.
    pub(super) fn set_pooled(&mut self) {
        self.options = self.options.clone().statement_cache_capacity(0);
        self.has_settings = false;
        self.is_pooled = true;
    }
}

fn parameter_pairs(url: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn parameters(url: &str) -> impl Iterator<Item = &str> {
    parameter_pairs(url).map(|(name, _)| name)
}

/// Returns the first certificate or key file that does not exist. SQLx would report it without its name.
fn missing_file(url: &str) -> Option<&str> {
    parameter_pairs(url)
        .filter(|(name, _)| matches!(*name, "sslrootcert" | "sslcert" | "sslkey"))
        .map(|(_, file)| file)
        .find(|file| !file.contains('%') && !Path::new(file).is_file())
}

/// Returns the URL with another schema.
pub(super) fn with_schema(url: &str, schema: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    // `options[search_path]`, percent-encoded.
    format!("{url}{separator}options%5Bsearch_path%5D={schema}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_contain_no_password() {
        for url in [
            "postgres://u:s3cret@host:port/d",
            "postgres://u:s3cret@host",
            "postgres://u:s3cret@host/d?passwd=s3cret",
            "postgres://u:s3cret@host/d?sslmode=maybe",
            "postgres://u:s3cret@host/d?sslrootcert=/missing.pem",
            "postgres://u:s3c/ret@host/d",
        ] {
            let error = Target::parse(url).unwrap_err().to_string();
            assert!(!error.contains("s3c") && !error.contains("ret@"), "{error}");
        }
    }

    #[test]
    fn name_contains_neither_user_nor_password() {
        let target = Target::parse("postgres://u:s3cret@db.example.org/content?sslmode=require").unwrap();
        assert_eq!(target.name, "content on db.example.org:5432");
    }

    #[test]
    fn preview_has_a_schema_of_its_own() {
        for url in ["postgres://u@h/d", "postgres://u@h/d?sslmode=require"] {
            let target = Target::parse(&with_schema(url, "previews")).unwrap();
            assert!(target.options.get_options().unwrap().contains("search_path=previews"));
        }
    }
}
