//! Grace periods.

use std::time::Duration;

/// Grace periods before a change of the folder is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GracePeriods {
    /// A document is gone when it was missing for so long.
    pub removal: Duration,
    /// A file that ends in half a character, that was emptied, or that somebody has open is read as it is after so long.
    pub partial_write: Duration,
    /// Whether a folder may lose most of its documents at once.
    pub accept_removals: bool,
}

impl GracePeriods {
    /// For a service that goes on looking: editors that save by removing and moving have time to finish.
    pub const DEFAULT: Self = Self {
        removal: Duration::from_millis(200),
        partial_write: Duration::from_secs(2),
        accept_removals: false,
    };
    /// For one look at a folder that nobody writes to.
    pub const NONE: Self =
        Self { removal: Duration::ZERO, partial_write: Duration::ZERO, accept_removals: false };
}
