//! Secrets of the environment.
//!
//! A secret is never an argument: other users can see the arguments of a process, for example with `ps`.

use std::env::{self, VarError};

use anyhow::{Context, bail};
use passerelle_http::BearerToken;

/// Token of the admin API, for `serve` and `sync --wait`.
const ADMIN_TOKEN: &str = "PASSERELLE_ADMIN_TOKEN";

/// Token for previews of drafts, for `serve`.
const PREVIEW_TOKEN: &str = "PASSERELLE_PREVIEW_TOKEN";

/// Reads the token of the admin API. Returns `None` if the variable is not set.
pub(crate) fn admin_token() -> anyhow::Result<Option<BearerToken>> {
    token(ADMIN_TOKEN)
}

/// Reads the token for previews. Returns `None` if the variable is not set.
pub(crate) fn preview_token() -> anyhow::Result<Option<BearerToken>> {
    token(PREVIEW_TOKEN)
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

    if [ADMIN_TOKEN, PREVIEW_TOKEN].into_iter().all(|variable| env::var_os(variable).is_none()) {
        return;
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be disabled; they would contain secrets");
    }
}

/// Does nothing: other systems have no such setting. `ulimit -c 0` disables core dumps there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn protect_memory() {}
