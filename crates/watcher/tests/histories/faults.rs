//! What goes wrong in a history.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fastrand::Rng;
#[cfg(debug_assertions)]
use passerelle_storage::{FAIL_POINTS, FailMode, FailPoints};
use passerelle_watcher::Faults;

/// Events that are lost, held back and told in another order; files and folders that cannot be looked at; too many folders.
pub(crate) struct Trouble {
    is_over: AtomicBool,
    state: Mutex<State>,
    most_watches: usize,
    #[cfg(debug_assertions)]
    fills_disk: bool,
    failures: AtomicU64,
}

struct State {
    random: Rng,
    held_back: Vec<PathBuf>,
}

impl Trouble {
    pub(crate) fn new(seed: u64) -> Self {
        let random = Rng::with_seed(seed ^ 0x7072_6F62);
        Self {
            is_over: AtomicBool::new(false),
            state: Mutex::new(State { random, held_back: Vec::new() }),
            // One history in four has more folders than can be watched.
            most_watches: if seed.is_multiple_of(4) { 3 } else { usize::MAX },
            // In one of five the disk is full now and then.
            #[cfg(debug_assertions)]
            fills_disk: seed.is_multiple_of(5),
            failures: AtomicU64::new(0),
        }
    }

    /// Nothing goes wrong from here on.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Makes a step of publishing fail for a while, as it does when the disk is full, or lets all of them succeed. In a release
    /// there are no points where that can be done.
    #[cfg(debug_assertions)]
    pub(crate) fn fill_disk(&self, points: &FailPoints) {
        let mut state = self.state.lock().unwrap();
        if self.is_over.load(Ordering::Relaxed) || !self.fills_disk || state.random.bool() {
            return points.disarm();
        }
        let name = FAIL_POINTS[state.random.usize(..FAIL_POINTS.len())];
        points.arm(name, FailMode::Error, state.random.u32(1..4));
    }

    /// How often something could not be looked at.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

impl Faults for Trouble {
    fn hints(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let mut state = self.state.lock().unwrap();
        if self.is_over.load(Ordering::Relaxed) {
            return paths;
        }
        match state.random.u8(..10) {
            // Lost.
            0 => Vec::new(),
            1 | 2 => {
                state.held_back.extend(paths);
                Vec::new()
            }
            // Told with what was held back, the last first.
            3 => paths.into_iter().chain(std::mem::take(&mut state.held_back).into_iter().rev()).collect(),
            _ => paths,
        }
    }

    fn look(&self, _path: &Path) -> io::Result<()> {
        let is_refused =
            !self.is_over.load(Ordering::Relaxed) && self.state.lock().unwrap().random.u8(..50) == 0;
        if is_refused {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(())
    }

    fn most_watches(&self) -> usize {
        self.most_watches
    }
}
