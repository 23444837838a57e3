//! Faults in a history.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fastrand::Rng;
#[cfg(debug_assertions)]
use passerelle_storage::{FAIL_POINTS, FailMode, FailPoints};
use passerelle_watcher::FaultInjector;

/// Lost, delayed and reordered events, unreadable files and folders, and a limit on watched folders.
pub(crate) struct HistoryFaults {
    is_ended: AtomicBool,
    state: Mutex<State>,
    max_watches: usize,
    #[cfg(debug_assertions)]
    injects_publish_failures: bool,
    failures: AtomicU64,
}

struct State {
    random: Rng,
    delayed: Vec<PathBuf>,
}

impl HistoryFaults {
    pub(crate) fn new(seed: u64) -> Self {
        let random = Rng::with_seed(seed ^ 0x7072_6F62);
        Self {
            is_ended: AtomicBool::new(false),
            state: Mutex::new(State { random, delayed: Vec::new() }),
            // One history in four has more folders than the watch limit.
            max_watches: if seed.is_multiple_of(4) { 3 } else { usize::MAX },
            // In one history in five, the disk is full at times.
            #[cfg(debug_assertions)]
            injects_publish_failures: seed.is_multiple_of(5),
            failures: AtomicU64::new(0),
        }
    }

    /// Stops all faults.
    pub(crate) fn end(&self) {
        self.is_ended.store(true, Ordering::Relaxed);
    }

    /// Makes a step of publishing fail for some time, or stops the failure. Release builds have no fail
    /// points.
    #[cfg(debug_assertions)]
    pub(crate) fn inject_publish_failure(&self, points: &FailPoints) {
        let mut state = self.state.lock().unwrap();
        if self.is_ended.load(Ordering::Relaxed) || !self.injects_publish_failures || state.random.bool() {
            return points.disarm();
        }
        let name = FAIL_POINTS[state.random.usize(..FAIL_POINTS.len())];
        points.arm(name, FailMode::Error, state.random.u32(1..4));
    }

    /// Returns the number of failed reads.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

impl FaultInjector for HistoryFaults {
    fn deliver_events(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let mut state = self.state.lock().unwrap();
        if self.is_ended.load(Ordering::Relaxed) {
            return paths;
        }
        match state.random.u8(..10) {
            // The events are lost.
            0 => Vec::new(),
            1 | 2 => {
                state.delayed.extend(paths);
                Vec::new()
            }
            // The events are delivered with the delayed ones, in reverse order.
            3 => paths.into_iter().chain(std::mem::take(&mut state.delayed).into_iter().rev()).collect(),
            _ => paths,
        }
    }

    fn check_access(&self, _path: &Path) -> io::Result<()> {
        let is_denied =
            !self.is_ended.load(Ordering::Relaxed) && self.state.lock().unwrap().random.u8(..50) == 0;
        if is_denied {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(())
    }

    fn max_watches(&self) -> usize {
        self.max_watches
    }
}
