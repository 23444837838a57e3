//! Files that are being written, and missing files in their grace period.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use tokio::time::Instant;

use crate::read::write_wait::WriteWait;
use crate::scan::listing::{FoundFile, Listing};
use crate::sync::grace_periods::GracePeriods;

/// Time until a file that is being written is checked again.
const RECHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Files that are checked again after some time.
#[derive(Debug, Default)]
pub(crate) struct PendingFiles {
    missing: BTreeMap<DocumentPath, Instant>,
    writes: BTreeMap<DocumentPath, PendingWrite>,
}

#[derive(Debug)]
struct PendingWrite {
    /// Path in the spelling of the file system.
    file: PathBuf,
    since: Instant,
    /// Time since which the file has not changed.
    unchanged_since: Instant,
    last_checked: Instant,
    fingerprint: Fingerprint,
}

impl PendingFiles {
    /// Returns the state of the wait for a file.
    pub(crate) fn write_wait(
        &self,
        path: &DocumentPath,
        now: Instant,
        grace_periods: GracePeriods,
    ) -> WriteWait {
        let has_expired =
            |write: &PendingWrite| now.duration_since(write.since) >= grace_periods.partial_write;
        self.writes.get(path).map_or_else(WriteWait::default, |write| WriteWait {
            // Two checks within the interval do not show whether a file still changes.
            last_fingerprint: (now.duration_since(write.unchanged_since) >= RECHECK_INTERVAL)
                .then_some(write.fingerprint),
            has_expired: has_expired(write),
        })
    }

    /// Returns true if a file was being written at the last check.
    pub(crate) fn is_pending_write(&self, path: &DocumentPath) -> bool {
        self.writes.contains_key(path)
    }

    /// Records that a file is being written.
    pub(crate) fn record_write(&mut self, path: &DocumentPath, found: &FoundFile, now: Instant) {
        let previous = self.writes.get(path);
        let is_same = previous.is_some_and(|write| write.fingerprint == found.fingerprint);
        let unchanged_since = previous.filter(|_| is_same).map_or(now, |write| write.unchanged_since);
        let since = previous.map_or(now, |write| write.since);
        let (file, fingerprint) = (found.file.clone(), found.fingerprint);
        let write = PendingWrite { file, since, unchanged_since, last_checked: now, fingerprint };
        self.writes.insert(path.clone(), write);
    }

    /// Records that a file was read or removed. Returns true if it was pending.
    pub(crate) fn clear_write(&mut self, path: &DocumentPath) -> bool {
        self.writes.remove(path).is_some()
    }

    /// Forgets pending files that a scan of their folder did not find.
    pub(crate) fn retain_found(&mut self, listing: &Listing) {
        self.writes.retain(|path, _| {
            let is_found = listing.found.contains_key(path) || listing.assets.contains_key(path);
            is_found || !listing.covers(path.as_str())
        });
        for path in listing.found.keys().chain(listing.assets.keys()) {
            if self.missing.is_empty() {
                return;
            }
            self.missing.remove(path);
        }
    }

    /// Records a missing file. Returns the time since which it is missing, and whether it is newly missing.
    pub(crate) fn record_missing(&mut self, path: &DocumentPath, now: Instant) -> (Instant, bool) {
        let is_new = !self.missing.contains_key(path);
        (*self.missing.entry(path.clone()).or_insert(now), is_new)
    }

    /// Records that a file is back, or that its removal was published.
    pub(crate) fn clear_missing(&mut self, path: &DocumentPath) {
        self.missing.remove(path);
    }

    /// Returns the missing files.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &DocumentPath> {
        self.missing.keys()
    }

    /// Returns the time and the paths of the next check. `is_in_grace_period` selects missing files.
    pub(crate) fn next_check(
        &self,
        grace_periods: GracePeriods,
        is_in_grace_period: impl Fn(&DocumentPath) -> bool,
    ) -> Option<(Instant, Vec<PathBuf>)> {
        let missing = self.missing.iter().filter(|(path, _)| is_in_grace_period(path));
        let removal_times = missing.clone().map(|(_, since)| *since + grace_periods.removal);
        let expires_at =
            |write: &PendingWrite| (write.since + grace_periods.partial_write).max(write.last_checked);
        let recheck_times =
            self.writes.values().map(|write| (write.last_checked + RECHECK_INTERVAL).min(expires_at(write)));
        let at = removal_times.chain(recheck_times).min()?;
        let missing = missing.map(|(path, _)| PathBuf::from(path.as_str()));
        let writes = self.writes.values().map(|write| write.file.clone());
        Some((at, missing.chain(writes).collect()))
    }
}
