//! Grace periods.

use std::time::Duration;

/// Grace periods before a change of the folder is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GracePeriods {
    /// A document that is missing for this time is removed.
    pub removal: Duration,
    /// A file that is empty, open for writing or cut inside a character is read after this time in any case.
    pub partial_write: Duration,
}

impl GracePeriods {
    /// For a running service. Editors that save by removing and renaming have time to finish.
    pub const DEFAULT: Self =
        Self { removal: Duration::from_millis(200), partial_write: Duration::from_secs(2) };
    /// For a single pass over a folder that nobody writes to.
    pub const NONE: Self = Self { removal: Duration::ZERO, partial_write: Duration::ZERO };
}
