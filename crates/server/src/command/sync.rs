//! `passerelle sync`.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use passerelle_watcher::{GracePeriods, OnProgress, Progress, Syncer};
use serde_json::Value;

use crate::cli::SyncArgs;
use crate::clock;
use crate::database;

/// Longer than a service takes before it says that it gives up.
const TOO_LONG: Duration = Duration::from_mins(6);

/// One pass over the folder, and a report on standard output.
pub(crate) async fn sync(args: SyncArgs) -> anyhow::Result<ExitCode> {
    if args.wait {
        return tokio::task::spawn_blocking(move || wait(&args)).await?;
    }
    let storage = database::open(&args.database, &args.rebuild, &args.content.folder).await?;
    let grace_periods = GracePeriods { accept_removals: args.accept_removals, ..GracePeriods::NONE };
    let bar = bar();
    let mut syncer = Syncer::new(&args.content.folder, storage.clone(), clock::system(), grace_periods)
        .with_raw_html(args.reading.raw_html())
        .with_progress(shown(bar.clone()));
    let report = syncer.sync_all().await;
    bar.finish_and_clear();
    storage.close().await?;
    let report = report?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(if report.removal_hold.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A bar on the terminal, if standard error is one.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} files, {per_sec:0}, {eta} left");
    // The template is our own: what is wrong with it shows at the first look.
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn shown(bar: ProgressBar) -> OnProgress {
    Arc::new(move |Progress { completed, total }| {
        bar.set_length(total as u64);
        bar.set_position(completed as u64);
    })
}

/// Asks a service that runs for a look at its folder, and tells what it says.
fn wait(args: &SyncArgs) -> anyhow::Result<ExitCode> {
    let token =
        args.admin_token.as_ref().context("set PASSERELLE_ADMIN_TOKEN to the token of the service")?;
    let address = format!("{}/admin/sync", args.service.trim_end_matches('/'));
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(TOO_LONG));
    let agent: ureq::Agent = config.build().into();
    let mut reply = agent
        .post(&address)
        .header("authorization", format!("Bearer {token}"))
        .send_empty()
        .with_context(|| format!("no service answers at {address}; name another one with --url"))?;
    let mut text = String::new();
    reply.body_mut().as_reader().read_to_string(&mut text)?;
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    for problem in answer["problems"].as_array().into_iter().flatten() {
        let told = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        writeln!(std::io::stderr(), "problem    {}\n           {}", told("message"), told("advice"))?;
    }
    let Some(revision) = answer["revision"]["number"].as_i64() else {
        let message = answer["message"].as_str().unwrap_or("the folder could not be compared");
        bail!("the service answers {}: {message}", reply.status());
    };
    writeln!(std::io::stdout(), "revision   {revision}")?;
    Ok(ExitCode::SUCCESS)
}
