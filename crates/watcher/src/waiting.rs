//! What is not believed at the first look: files that are being written, and files that are missing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use tokio::time::Instant;

use crate::reader::Wait;
use crate::scan::{Found, Listing};
use crate::sync::Patience;

/// How soon a file that is being written is looked at again.
const SOON: Duration = Duration::from_millis(100);

/// Files that wait for time to pass.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    missing: BTreeMap<DocumentPath, Instant>,
    written: BTreeMap<DocumentPath, Written>,
}

#[derive(Debug)]
struct Written {
    /// How the file system spells its path.
    file: PathBuf,
    since: Instant,
    /// When it was first seen as it is.
    seen: Instant,
    looked: Instant,
    fingerprint: Fingerprint,
}

impl Waiting {
    /// How long a file was waited for.
    pub(crate) fn wait(&self, path: &DocumentPath, now: Instant, patience: Patience) -> Wait {
        let is_over = |written: &Written| now.duration_since(written.since) >= patience.writing;
        self.written.get(path).map_or_else(Wait::default, |written| Wait {
            // Two looks in a row say nothing about whether a file still changes.
            seen: (now.duration_since(written.seen) >= SOON).then_some(written.fingerprint),
            is_over: is_over(written),
        })
    }

    /// Whether a file is being written, as far as is known.
    pub(crate) fn is_waited_for(&self, path: &DocumentPath) -> bool {
        self.written.contains_key(path)
    }

    /// A file is being written.
    pub(crate) fn is_written(&mut self, path: &DocumentPath, found: &Found, now: Instant) {
        let known = self.written.get(path);
        let is_same = known.is_some_and(|written| written.fingerprint == found.fingerprint);
        let seen = known.filter(|_| is_same).map_or(now, |written| written.seen);
        let since = known.map_or(now, |written| written.since);
        let (file, fingerprint) = (found.file.clone(), found.fingerprint);
        let written = Written { file, since, seen, looked: now, fingerprint };
        self.written.insert(path.clone(), written);
    }

    /// A file was read, or is gone. Returns whether it was waited for.
    pub(crate) fn is_settled(&mut self, path: &DocumentPath) -> bool {
        self.written.remove(path).is_some()
    }

    /// Forgets the files that are being written and were not found where it was looked.
    pub(crate) fn retain_found(&mut self, listing: &Listing) {
        self.written.retain(|path, _| {
            let is_found = listing.found.contains_key(path) || listing.assets.contains_key(path);
            is_found || !listing.speaks_of(path.as_str())
        });
        for path in listing.found.keys().chain(listing.assets.keys()) {
            if self.missing.is_empty() {
                return;
            }
            self.missing.remove(path);
        }
    }

    /// A file is missing. Returns since when, and whether that is news.
    pub(crate) fn is_missing(&mut self, path: &DocumentPath, now: Instant) -> (Instant, bool) {
        let is_news = !self.missing.contains_key(path);
        (*self.missing.entry(path.clone()).or_insert(now), is_news)
    }

    /// A file is missing no more, or is served no more.
    pub(crate) fn is_not_missing(&mut self, path: &DocumentPath) {
        self.missing.remove(path);
    }

    /// The files that are missing.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &DocumentPath> {
        self.missing.keys()
    }

    /// When to look again, and at what. `is_ripening` tells of a missing file whether time will tell.
    pub(crate) fn again(
        &self,
        patience: Patience,
        is_ripening: impl Fn(&DocumentPath) -> bool,
    ) -> Option<(Instant, Vec<PathBuf>)> {
        let missing = self.missing.iter().filter(|(path, _)| is_ripening(path));
        let gone_at = missing.clone().map(|(_, since)| *since + patience.removal);
        let over_at = |written: &Written| (written.since + patience.writing).max(written.looked);
        let written_at = self.written.values().map(|written| (written.looked + SOON).min(over_at(written)));
        let at = gone_at.chain(written_at).min()?;
        let missing = missing.map(|(path, _)| PathBuf::from(path.as_str()));
        let written = self.written.values().map(|written| written.file.clone());
        Some((at, missing.chain(written).collect()))
    }
}
