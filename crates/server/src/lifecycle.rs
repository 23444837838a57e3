//! Start, drain and stop of the service. One owner for all tasks.
//!
//! The phases after SIGINT or SIGTERM, each with one log line:
//!
//! 1. Drain: `/readyz` responds with 503 and everything else is served, so that the load balancer stops
//!    sending requests before connections are refused.
//! 2. Requests: the listener and idle connections are closed. Running requests are finished, subscriptions
//!    are interrupted.
//! 3. Background: the worker finishes its scan.
//!
//! A second signal ends the drain. A signal after the drain stops the service at once, with a failing exit
//! status.

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use passerelle_api::Limits;
use passerelle_http::Readiness;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Time to finish all tasks after the drain. Together with the default drain of 5 s it is less than the 30
/// s after which Kubernetes kills a container.
const SHUTDOWN_GRACE_PERIOD: Duration = Duration::from_secs(20);
/// Part of [`SHUTDOWN_GRACE_PERIOD`] for requests, before the worker is stopped. It is longer than the
/// default time limit of a request. The remaining time is for a running scan.
const REQUEST_GRACE: Duration = Duration::from_secs(15);

const _: () = assert!(
    REQUEST_GRACE.as_secs() > Limits::DEFAULT_EXECUTION_TIMEOUT.as_secs(),
    "a request that starts before the shutdown must have time to finish"
);

/// Task groups of the service.
pub(crate) struct Lifecycle {
    readiness: watch::Sender<Readiness>,
    requests: TaskGroup,
    background: TaskGroup,
    /// Cancelled if a task ends before the shutdown.
    failed: CancellationToken,
}

/// Tasks that stop together.
pub(crate) struct TaskGroup {
    shutdown: CancellationToken,
    tracker: TaskTracker,
    failed: CancellationToken,
}

impl Lifecycle {
    pub(crate) fn new() -> Self {
        let failed = CancellationToken::new();
        Self {
            readiness: watch::Sender::new(Readiness::Starting),
            requests: TaskGroup::new(&failed),
            background: TaskGroup::new(&failed),
            failed,
        }
    }

    /// Returns the sender of the readiness. It changes from starting to ready to stopping, and never back.
    pub(crate) fn readiness(&self) -> watch::Sender<Readiness> {
        self.readiness.clone()
    }

    /// Returns the group of the tasks that handle requests. They stop first.
    pub(crate) fn requests(&self) -> &TaskGroup {
        &self.requests
    }

    /// Returns the group of the tasks that requests depend on. They stop after the last request.
    pub(crate) fn background(&self) -> &TaskGroup {
        &self.background
    }

    /// Runs until a signal arrives or a task fails, then drains and stops. After a failed task, the drain
    /// is skipped.
    pub(crate) async fn run(self, drain: Duration) -> anyhow::Result<ExitCode> {
        let mut signals = Signals::new()?;
        tokio::select! {
            name = signals.recv() => self.drain(name, drain, &mut signals).await,
            () = self.failed.cancelled() => {}
        }
        self.readiness.send_replace(Readiness::Stopping);
        let is_stopped = tokio::select! {
            () = self.stop(REQUEST_GRACE) => true,
            name = signals.recv() => {
                tracing::error!(lifecycle.signal = name, "stopped before all requests were finished");
                false
            }
            () = sleep(SHUTDOWN_GRACE_PERIOD) => {
                tracing::error!(lifecycle.grace_ms = SHUTDOWN_GRACE_PERIOD.as_secs() * 1_000, "stopped before all requests were finished");
                false
            }
        };
        let is_success = is_stopped && !self.failed.is_cancelled();
        Ok(if is_success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn drain(&self, name: &'static str, drain: Duration, signals: &mut Signals) {
        self.readiness.send_replace(Readiness::Stopping);
        tracing::info!(
            lifecycle.signal = name,
            lifecycle.drain_ms = drain.as_secs() * 1_000,
            "draining: not ready, requests are accepted"
        );
        tokio::select! {
            () = sleep(drain) => {}
            name = signals.recv() => tracing::info!(lifecycle.signal = name, "the drain is cut short"),
            () = self.failed.cancelled() => {}
        }
    }

    async fn stop(&self, request_grace: Duration) {
        let started = Instant::now();
        tracing::info!(
            lifecycle.grace_ms = SHUTDOWN_GRACE_PERIOD.as_secs() * 1_000,
            "stopping: no new requests, running requests are finished"
        );
        self.requests.stop();
        let is_finished = timeout(request_grace, self.requests.tracker.wait()).await.is_ok();
        tracing::info!(
            requests.finished = is_finished,
            elapsed_ms = started.elapsed().as_secs_f64() * 1_000.0,
            "stopping: the worker finishes its pass"
        );
        self.background.stop();
        tokio::join!(self.requests.tracker.wait(), self.background.tracker.wait());
        tracing::info!(elapsed_ms = started.elapsed().as_secs_f64() * 1_000.0, "stopped");
    }
}

impl TaskGroup {
    fn new(failed: &CancellationToken) -> Self {
        Self { shutdown: CancellationToken::new(), tracker: TaskTracker::new(), failed: failed.clone() }
    }

    /// Returns the token that stops the tasks of this group.
    pub(crate) fn stop_token(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Starts a task. If it ends or panics before the shutdown, the service stops with a failing exit status.
    pub(crate) fn spawn(
        &self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let shutdown = self.shutdown.clone();
        // The guard is dropped when the task panics, too.
        let failed = self.failed.clone().drop_guard();
        self.tracker.spawn(async move {
            match task.await {
                Ok(()) if shutdown.is_cancelled() => drop(failed.disarm()),
                Ok(()) => tracing::error!(lifecycle.task = name, "a task ended before the stop"),
                Err(error) => {
                    tracing::error!(lifecycle.task = name, error = format!("{error:#}"), "task failed");
                }
            }
        });
    }

    fn stop(&self) {
        self.shutdown.cancel();
        self.tracker.close();
    }
}

/// Marks the service as ready, unless it is already stopping.
pub(crate) fn set_ready(readiness: &watch::Sender<Readiness>) {
    readiness.send_if_modified(|readiness| {
        let is_starting = *readiness == Readiness::Starting;
        if is_starting {
            *readiness = Readiness::Ready;
        }
        is_starting
    });
}

/// Receivers of SIGINT and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next signal. Returns its name.
    async fn recv(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn background_tasks_stop_after_the_last_request() {
        let lifecycle = Lifecycle::new();
        let (finish, finished) = tokio::sync::oneshot::channel();
        lifecycle.requests().spawn("http", async move { Ok(finished.await?) });
        let (shutdown, worker_stop) =
            (lifecycle.requests().stop_token(), lifecycle.background().stop_token());
        let observed = worker_stop.clone();
        lifecycle.background().spawn("worker", async move {
            worker_stop.cancelled().await;
            Ok(())
        });
        let client = async move {
            shutdown.cancelled().await;
            assert!(!observed.is_cancelled());
            finish.send(()).unwrap();
        };
        tokio::join!(lifecycle.stop(REQUEST_GRACE), client);
        assert!(!lifecycle.failed.is_cancelled());
    }

    #[tokio::test]
    async fn background_tasks_stop_even_if_a_request_does_not_end() {
        let lifecycle = Lifecycle::new();
        lifecycle.requests().spawn("http", std::future::pending());
        tokio::select! {
            () = lifecycle.stop(Duration::ZERO) => panic!("a request is running"),
            () = lifecycle.background().stop_token().cancelled_owned() => {}
        }
    }

    #[tokio::test]
    async fn a_task_that_ends_early_fails_or_panics_stops_the_service() {
        let tasks: [fn() -> anyhow::Result<()>; 3] =
            [|| Ok(()), || Err(anyhow::anyhow!("no")), || panic!("a defect")];
        for task in tasks {
            let lifecycle = Lifecycle::new();
            lifecycle.background().spawn("worker", async move { task() });
            lifecycle.failed.cancelled().await;
        }
    }
}
