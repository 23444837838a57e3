//! Making a history shorter.

use std::time::{Duration, Instant};

use crate::history::{RunSettings, run};
use crate::operation::Operation;

/// How often a shorter history is played before it is believed to end well: much depends on time.
const TRIES: usize = 3;
/// Shorter ones are not looked for any longer than this.
const SHRINK_TIMEOUT: Duration = Duration::from_mins(5);

/// The shortest history that is found to diverge: parts are left out, then parts of parts.
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
