//! Options of a worker.

use std::sync::Arc;
use std::time::Duration;

use passerelle_model::public_url::PublicUrl;
use passerelle_reader::markdown::RawHtmlPolicy;

use crate::events::watch_mode::WatchSetting;
use crate::fault_injection::FaultInjector;
use crate::sync::grace_periods::GracePeriods;
use crate::sync::policies::{DraftPolicy, RemovalPolicy};

/// Options of a worker.
#[derive(Clone)]
pub struct WorkerOptions {
    /// Policy for raw HTML.
    pub raw_html: RawHtmlPolicy,
    /// Public address of the site. Links to it are links to its pages. `None` if it is not known.
    pub site: Option<PublicUrl>,
    /// Policy for drafts.
    pub drafts: DraftPolicy,
    /// Policy for the removal of most documents.
    pub removals: RemovalPolicy,
    /// Source of change notifications.
    pub watch: WatchSetting,
    /// Interval of full scans. They find changes whose events were lost.
    pub scan_interval: Duration,
    /// Interval of passes that read every file, whatever its fingerprint.
    pub audit_interval: Duration,
    /// Grace periods before a change of the folder is accepted.
    pub grace_periods: GracePeriods,
    /// Fault injection for tests. `None` in the service.
    pub faults: Option<Arc<dyn FaultInjector>>,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            raw_html: RawHtmlPolicy::default(),
            site: None,
            drafts: DraftPolicy::default(),
            removals: RemovalPolicy::default(),
            watch: WatchSetting::Auto,
            scan_interval: Duration::from_mins(1),
            audit_interval: Duration::from_hours(24),
            grace_periods: GracePeriods::DEFAULT,
            faults: None,
        }
    }
}
