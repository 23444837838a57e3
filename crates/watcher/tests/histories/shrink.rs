//! Shortens a failed history.

use std::time::{Duration, Instant};

use crate::history::{RunSettings, run};
use crate::operation::Operation;

/// Number of runs before a shorter history counts as passed. The result can depend on timing.
const TRIES: usize = 3;
/// Time limit for shortening.
const SHRINK_TIMEOUT: Duration = Duration::from_mins(5);

/// Returns the shortest diverging history found. Removes parts of the operations, then smaller parts.
pub(crate) fn shortest(mut history: Vec<Operation>, settings: RunSettings) -> Vec<Operation> {
    let started = Instant::now();
    let mut chunk = history.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        while start < history.len() && started.elapsed() < SHRINK_TIMEOUT {
            let mut shorter = history.clone();
            shorter.drain(start..(start + chunk).min(history.len()));
            if (0..TRIES).any(|_| run(&shorter, settings).difference.is_some()) {
                history = shorter;
            } else {
                start += chunk;
            }
        }
        chunk /= 2;
    }
    history
}
