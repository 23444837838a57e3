//! State of the wait for a file that is being written.

use passerelle_model::document::Fingerprint;

/// State of the wait for a file that is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WriteWait {
    /// Fingerprint at the last check.
    pub(crate) last_fingerprint: Option<Fingerprint>,
    /// True if the grace period is over, so that the file is read in any case.
    pub(crate) has_expired: bool,
}
