//! How a worker looks at its folder.

use std::sync::Arc;
use std::time::Duration;

use passerelle_reader::markdown::RawHtml;

use crate::faults::Faults;
use crate::mode::WatchChoice;
use crate::sync::Patience;

/// How a worker looks.
#[derive(Clone)]
pub struct WorkerOptions {
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
    /// How changes come to be known.
    pub watch: WatchChoice,
    /// How often the whole folder is compared, whatever the events said: the net under them.
    pub scan_every: Duration,
    /// How often all files are read, whatever the file system says of them.
    pub audit_every: Duration,
    /// How long to wait before believing what the folder says.
    pub patience: Patience,
    /// What goes wrong on purpose, in tests.
    pub faults: Option<Arc<dyn Faults>>,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            raw_html: RawHtml::default(),
            watch: WatchChoice::Auto,
            scan_every: Duration::from_mins(1),
            audit_every: Duration::from_hours(24),
            patience: Patience::SERVICE,
            faults: None,
        }
    }
}
