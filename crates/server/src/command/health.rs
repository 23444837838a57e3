//! `passerelle health`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::cli::HealthArgs;

/// Maximum time to wait for the response. Container engines count a probe that takes longer as failed.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks a running service whether it is ready. Fails if it is not.
pub(crate) fn health(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    let url = args.probe_url();
    // The probe ignores `http_proxy`, because it must reach this process.
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT)).proxy(None);
    let agent: ureq::Agent = config.build().into();
    let mut response = agent.get(&url).call().with_context(|| format!("no service responds at {url}"))?;
    let text = response.body_mut().read_to_string()?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let status = body["status"].as_str().unwrap_or("unknown");
    if !response.status().is_success() {
        bail!("the service at {url} is not ready: {status} (status {})", response.status().as_u16());
    }
    writeln!(std::io::stdout(), "{status}")?;
    Ok(ExitCode::SUCCESS)
}
