//! `passerelle sync`.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use passerelle_watcher::{GracePeriods, OnProgress, Progress, RemovalPolicy, Syncer};
use serde_json::Value;

use super::progress::progress_bar;
use crate::cli::SyncArgs;
use crate::clock;
use crate::database;
use crate::secrets;

/// Longer than the time after which the service gives up, so that its error message arrives.
const SYNC_REQUEST_TIMEOUT: Duration = Duration::from_mins(6);

/// Scans the folder once and prints a report on standard output.
pub(crate) async fn sync(args: SyncArgs) -> anyhow::Result<ExitCode> {
    if args.wait {
        return tokio::task::spawn_blocking(move || sync_remote(&args)).await?;
    }
    let storage = database::open(&args.database, None, &args.rebuild, &args.content.folder).await?;
    let removals = if args.accept_removals { RemovalPolicy::Accepted } else { RemovalPolicy::Confirmed };
    let bar = progress_bar("files");
    let mut syncer = Syncer::new(&args.content.folder, storage.clone(), clock::system(), GracePeriods::NONE)
        .with_removals(removals)
        .with_raw_html(args.parsing.raw_html())
        .with_site(args.public_url.clone())
        .with_progress(progress_callback(bar.clone()));
    let report = syncer.sync_all().await;
    bar.finish_and_clear();
    storage.close().await?;
    let report = report?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(if report.removal_hold.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn progress_callback(bar: ProgressBar) -> OnProgress {
    Arc::new(move |Progress { completed, total }| {
        bar.set_length(total as u64);
        bar.set_position(completed as u64);
    })
}

/// Asks a running service to sync, and prints its response.
fn sync_remote(args: &SyncArgs) -> anyhow::Result<ExitCode> {
    let token = secrets::admin_token()?.context("set PASSERELLE_ADMIN_TOKEN to the token of the service")?;
    let address = format!("{}/admin/sync", args.service.trim_end_matches('/'));
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(SYNC_REQUEST_TIMEOUT));
    let agent: ureq::Agent = config.build().into();
    let mut response = agent
        .post(&address)
        .header("authorization", token.authorization())
        .send_empty()
        .with_context(|| format!("no service responds at {address}; choose another URL with --url"))?;
    let mut text = String::new();
    response.body_mut().as_reader().read_to_string(&mut text)?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    for problem in body["problems"].as_array().into_iter().flatten() {
        let text_field = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        writeln!(
            std::io::stderr(),
            "problem    {}\n           {}",
            text_field("message"),
            text_field("suggestion")
        )?;
    }
    let Some(revision) = body["revision"]["number"].as_i64() else {
        let message = body["message"].as_str().unwrap_or("the sync failed");
        bail!("the service responded with status {}: {message}", response.status());
    };
    writeln!(std::io::stdout(), "revision   {revision}")?;
    Ok(ExitCode::SUCCESS)
}
