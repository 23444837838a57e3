//! Life and death of the service: one owner for both.

use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What is under way has so long to finish after the first signal. Shorter than the 30 s after which container
/// platforms kill.
const GRACE: Duration = Duration::from_secs(20);

/// The tasks of the service, and what ends them.
pub(crate) struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
    draining: Arc<AtomicBool>,
    failed: Arc<AtomicBool>,
}

impl Lifecycle {
    /// A service without tasks.
    pub(crate) fn new() -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            draining: Arc::default(),
            failed: Arc::default(),
        }
    }

    /// Cancelled when the service is to stop.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Set before anything stops.
    pub(crate) fn draining(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.draining)
    }

    /// Starts a task. One that ends before it was told to ends the service, with a failing exit status.
    pub(crate) fn start(
        &self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let (stop, failed) = (self.stop.clone(), Arc::clone(&self.failed));
        self.tasks.spawn(async move {
            let ended = task.await;
            if let Err(error) = &ended {
                tracing::error!(task = name, error = format!("{error:#}"), "a task failed");
            } else if !stop.is_cancelled() {
                tracing::error!(task = name, "a task ended that should not");
            }
            if ended.is_err() || !stop.is_cancelled() {
                failed.store(true, Ordering::Relaxed);
            }
            stop.cancel();
        });
    }

    /// Waits for a signal, or for a task to end, then for all tasks to finish. A second signal, or the end of the grace,
    /// waits no longer.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("interrupted: finishing what is under way"),
            _ = terminate.recv() => tracing::info!("terminated: finishing what is under way"),
            () = self.stop.cancelled() => {}
        }
        self.draining.store(true, Ordering::Relaxed);
        self.stop.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            _ = interrupt.recv() => return Ok(gave_up("interrupted again")),
            _ = terminate.recv() => return Ok(gave_up("terminated again")),
            () = tokio::time::sleep(GRACE) => return Ok(gave_up("the grace is over")),
        }
        Ok(if self.failed.load(Ordering::Relaxed) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn gave_up(reason: &str) -> ExitCode {
    tracing::error!(reason, "stopped before everything was finished");
    ExitCode::FAILURE
}
