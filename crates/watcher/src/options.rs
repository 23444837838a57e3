//! How a worker looks at its folder.

use std::sync::Arc;
use std::time::Duration;

use passerelle_reader::markdown::RawHtmlPolicy;

use crate::fault_injection::FaultInjector;
use crate::sync::GracePeriods;
use crate::watch_mode::WatchSetting;

/// How a worker looks.
#[derive(Clone)]
pub struct WorkerOptions {
    /// What becomes of raw HTML.
    pub raw_html: RawHtmlPolicy,
    /// How changes come to be known.
    pub watch: WatchSetting,
    /// How often the whole folder is compared, whatever the events said: the net under them.
    pub scan_interval: Duration,
    /// How often all files are read, whatever the file system says of them.
    pub audit_interval: Duration,
    /// How long to wait before believing what the folder says.
    pub grace_periods: GracePeriods,
    /// What goes wrong on purpose, in tests.
    pub faults: Option<Arc<dyn FaultInjector>>,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            raw_html: RawHtmlPolicy::default(),
            watch: WatchSetting::Auto,
            scan_interval: Duration::from_mins(1),
            audit_interval: Duration::from_hours(24),
            grace_periods: GracePeriods::DEFAULT,
            faults: None,
        }
    }
}
