//! Threads of low priority that make renditions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

/// Maximum number of threads. Each one holds a decoded image of up to 100 MiB.
const MAX_THREADS: usize = 2;
/// Maximum number of renditions that wait. They take a few seconds, which is less than the timeout of a
/// request.
const MAX_WAITING: usize = 64;
/// Priority of the threads, from -20 (highest) to 19. Requests for content run with 0.
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// Reason why a job has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PoolError {
    /// Too many jobs wait.
    Full,
    /// The job panicked, or no thread could be started.
    Failed,
}

/// Pool of threads. They end when the pool is dropped, after the jobs that run.
pub(super) struct Pool {
    jobs: SyncSender<Job>,
}

impl Pool {
    pub(super) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_threads((cores / 2).clamp(1, MAX_THREADS))
    }

    fn with_threads(count: usize) -> Self {
        let (jobs, receiver) = sync_channel::<Job>(MAX_WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..count {
            let receiver = Arc::clone(&receiver);
            let started =
                thread::Builder::new().name("renditions".to_owned()).spawn(move || run_jobs(&receiver));
            if let Err(error) = started {
                tracing::error!(%error, "a thread for renditions could not be started");
            }
        }
        Self { jobs }
    }

    /// Runs a job. A job whose future is dropped before it starts is skipped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (sender, result) = oneshot::channel();
        let job = move || {
            if sender.is_closed() {
                return;
            }
            // A panic of a decoder fails only its own image.
            if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
                // The client may have gone meanwhile.
                drop(sender.send(value));
            }
        };
        self.jobs.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => PoolError::Full,
            TrySendError::Disconnected(_) => PoolError::Failed,
        })?;
        result.await.map_err(|_| PoolError::Failed)
    }
}

fn run_jobs(jobs: &Mutex<Receiver<Job>>) {
    // On Linux, this is the priority of the thread. Without it, renditions compete with requests.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "the priority of a thread could not be lowered");
    }
    loop {
        // The lock is released before the job runs.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn jobs_beyond_the_queue_are_refused() {
        let pool = Pool::with_threads(1);
        let (started, is_started) = std::sync::mpsc::channel();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let running = pool.run(move || {
            started.send(()).unwrap();
            wait.recv().unwrap();
            0
        });
        let mut running = std::pin::pin!(running);
        assert!(futures_util::poll!(&mut running).is_pending());
        is_started.recv().unwrap();
        let mut waiting = Vec::new();
        for number in 1..=MAX_WAITING {
            let mut job = Box::pin(pool.run(move || number));
            assert!(futures_util::poll!(&mut job).is_pending());
            waiting.push(job);
        }
        assert_eq!(pool.run(|| 0).await, Err(PoolError::Full));
        release.send(()).unwrap();
        assert_eq!(running.await, Ok(0));
        for (job, number) in waiting.into_iter().zip(1..) {
            assert_eq!(job.await, Ok(number));
        }
    }

    #[tokio::test]
    async fn panic_of_a_job_leaves_the_pool_usable() {
        let pool = Pool::with_threads(1);
        assert_eq!(
            pool.run(|| -> u8 { std::panic::resume_unwind(Box::new(())) }).await,
            Err(PoolError::Failed)
        );
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
