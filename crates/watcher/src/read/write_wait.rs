//! Waiting for a file that is being written.

use passerelle_model::document::Fingerprint;

/// Time that a file which is being written is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WriteWait {
    /// Fingerprint at the last check.
    pub(crate) last_fingerprint: Option<Fingerprint>,
    /// Whether it is read as it is by now.
    pub(crate) has_expired: bool,
}
