//! Secrets of the environment.
//!
//! A secret is never an argument: other users can see the arguments of a process, for example with `ps`.

use std::env::{self, VarError};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, bail};
use passerelle_http_common::token::BearerToken;

/// Token of the admin API, for `serve` and `sync --wait`.
const ADMIN_TOKEN: &str = "PASSERELLE_ADMIN_TOKEN";

/// Token for previews of drafts, for `serve`.
const PREVIEW_TOKEN: &str = "PASSERELLE_PREVIEW_TOKEN";

/// Token for the desk, for `serve`.
const DESK_TOKEN: &str = "PASSERELLE_DESK_TOKEN";

/// URL of a database. It can contain a password.
struct UrlSetting {
    variable: &'static str,
    flag: &'static str,
    /// Value of the flag that stands for the value of the variable. Not every command reads the variable
    /// itself.
    in_environment: &'static str,
}

const DATABASE_URL: UrlSetting = UrlSetting {
    variable: "PASSERELLE_DATABASE_URL",
    flag: "--database-url",
    in_environment: "env:PASSERELLE_DATABASE_URL",
};
const DATABASE_DIRECT_URL: UrlSetting = UrlSetting {
    variable: "PASSERELLE_DATABASE_DIRECT_URL",
    flag: "--database-direct-url",
    in_environment: "env:PASSERELLE_DATABASE_DIRECT_URL",
};
const DATABASE_READ_URL: UrlSetting = UrlSetting {
    variable: "PASSERELLE_DATABASE_READ_URL",
    flag: "--database-read-url",
    in_environment: "env:PASSERELLE_DATABASE_READ_URL",
};
const COPY_FROM: UrlSetting = UrlSetting {
    variable: "PASSERELLE_COPY_FROM",
    flag: "--from",
    in_environment: "env:PASSERELLE_COPY_FROM",
};
const COPY_TO: UrlSetting =
    UrlSetting { variable: "PASSERELLE_COPY_TO", flag: "--to", in_environment: "env:PASSERELLE_COPY_TO" };
const URL_SETTINGS: [UrlSetting; 5] =
    [DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_READ_URL, COPY_FROM, COPY_TO];

/// Parses the value of `--database-url`.
pub(crate) fn database_url(text: &str) -> Result<String, String> {
    DATABASE_URL.parse(text)
}

/// Parses the value of `--database-direct-url`.
pub(crate) fn database_direct_url(text: &str) -> Result<String, String> {
    DATABASE_DIRECT_URL.parse(text)
}

/// Parses the value of `--database-read-url`.
pub(crate) fn database_read_url(text: &str) -> Result<String, String> {
    DATABASE_READ_URL.parse(text)
}

/// Parses the value of `--from` of `copy`.
pub(crate) fn copy_source_url(text: &str) -> Result<String, String> {
    COPY_FROM.parse(text)
}

/// Parses the value of `--to` of `copy`.
pub(crate) fn copy_target_url(text: &str) -> Result<String, String> {
    COPY_TO.parse(text)
}

impl UrlSetting {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads secrets")]
    fn parse(&self, text: &str) -> Result<String, String> {
        if text == self.in_environment {
            return env::var(self.variable).map_err(|_| format!("{} is not set", self.variable));
        }
        Ok(text.to_owned())
    }

    /// Returns the URL of an argument, which is that argument's value or the next argument.
    fn take(&self, argument: &str, rest: &mut impl Iterator<Item = OsString>) -> Option<String> {
        match argument.strip_prefix(self.flag)? {
            "" => rest.next().and_then(|url| url.into_string().ok()),
            value => value.strip_prefix('=').map(str::to_owned),
        }
    }
}

/// Starts this program again if its arguments contain the password of a database: with the URLs in the
/// environment instead. Other users can see arguments, for example with `ps`. The process id stays the same.
pub(crate) fn hide_database_password() {
    let Some((arguments, urls)) = without_database_urls(env::args_os().skip(1)) else { return };
    let Ok(program) = env::current_exe() else { return };
    // Returns only if it fails. Then the command runs with its arguments as they are.
    drop(Command::new(program).args(arguments).envs(urls).exec());
}

/// Variables and their values.
type Variables = Vec<(&'static str, String)>;

/// Replaces the URLs of databases in arguments. Returns the arguments and the URLs. `None` if no URL contains
/// a password.
fn without_database_urls(
    mut arguments: impl Iterator<Item = OsString>,
) -> Option<(Vec<OsString>, Variables)> {
    let (mut replaced, mut found) = (Vec::new(), Variables::new());
    while let Some(argument) = arguments.next() {
        let text = argument.to_str().unwrap_or_default();
        let url =
            URL_SETTINGS.iter().find_map(|setting| Some((setting, setting.take(text, &mut arguments)?)));
        match url {
            Some((setting, url)) => {
                found.push((setting.variable, url));
                replaced.push(format!("{}={}", setting.flag, setting.in_environment).into());
            }
            None => replaced.push(argument),
        }
    }
    found.iter().any(|(_, url)| has_password(url)).then_some((replaced, found))
}

fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// Reads the token of the admin API. Returns `None` if the variable is not set.
pub(crate) fn admin_token() -> anyhow::Result<Option<BearerToken>> {
    token(ADMIN_TOKEN)
}

/// Reads the token for previews. Returns `None` if the variable is not set.
pub(crate) fn preview_token() -> anyhow::Result<Option<BearerToken>> {
    token(PREVIEW_TOKEN)
}

/// Reads the token for the desk. Returns `None` if the variable is not set.
pub(crate) fn desk_token() -> anyhow::Result<Option<BearerToken>> {
    token(DESK_TOKEN)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads secrets")]
fn token(variable: &str) -> anyhow::Result<Option<BearerToken>> {
    match env::var(variable) {
        Ok(text) => text.parse().map(Some).with_context(|| format!("{variable} cannot be used")),
        Err(VarError::NotPresent) => Ok(None),
        // The error of the standard library contains the value.
        Err(VarError::NotUnicode(_)) => bail!("{variable} is not UTF-8"),
    }
}

/// Prevents that other processes read the secrets of this one.
///
/// The kernel writes no core dump of the process, and only root can read its memory and its environment in
/// `/proc`. Without a secret nothing changes, so that a core dump remains possible. The variable cannot be
/// removed from the environment: that is not safe while other threads can read it.
#[cfg(target_os = "linux")]
pub(crate) fn protect_memory() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    let has_token =
        [ADMIN_TOKEN, PREVIEW_TOKEN, DESK_TOKEN].into_iter().any(|variable| env::var_os(variable).is_some());
    let has_password = URL_SETTINGS
        .iter()
        .any(|setting| has_password(&env::var_os(setting.variable).unwrap_or_default().to_string_lossy()));
    if !has_token && !has_password {
        return;
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be disabled; they would contain secrets");
    }
}

/// Does nothing: other systems have no such setting. `ulimit -c 0` disables core dumps there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn protect_memory() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(arguments: &[&str]) -> Option<(Vec<OsString>, Variables)> {
        without_database_urls(arguments.iter().map(OsString::from))
    }

    #[test]
    fn only_urls_with_a_password_are_moved() {
        let url = "postgres://u:s3cret@h/d";
        let arguments = ["serve", "--database-url=env:PASSERELLE_DATABASE_URL", "--rebuild"];
        let urls = vec![("PASSERELLE_DATABASE_URL", url.to_owned())];
        let moved = Some((arguments.map(OsString::from).to_vec(), urls));
        assert_eq!(split(&["serve", "--database-url", url, "--rebuild"]), moved);
        assert_eq!(split(&["serve", "--database-url=postgres://u:s3cret@h/d", "--rebuild"]), moved);
        assert_eq!(split(&["--database-url", "sqlite://a.db"]), None);
        assert_eq!(split(&["--database-url", "postgres://u@h:5432/d"]), None);
        assert_eq!(split(&["--database-url"]), None);
        let (arguments, urls) = split(&["--database-direct-url", url]).unwrap();
        assert_eq!(arguments, ["--database-direct-url=env:PASSERELLE_DATABASE_DIRECT_URL"]);
        assert_eq!(urls, [("PASSERELLE_DATABASE_DIRECT_URL", url.to_owned())]);
        assert_eq!(split(&[]), None);
    }

    #[test]
    fn both_urls_of_a_copy_are_moved() {
        let (arguments, urls) =
            split(&["copy", "--from", "sqlite://a.db", "--to=postgres://u:s3cret@h/d?sslmode=require"])
                .unwrap();
        assert_eq!(arguments, ["copy", "--from=env:PASSERELLE_COPY_FROM", "--to=env:PASSERELLE_COPY_TO"]);
        let target = "postgres://u:s3cret@h/d?sslmode=require".to_owned();
        let source = ("PASSERELLE_COPY_FROM", "sqlite://a.db".to_owned());
        assert_eq!(urls, [source, ("PASSERELLE_COPY_TO", target)]);
    }
}
