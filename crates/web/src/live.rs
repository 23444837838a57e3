//! Subscriptions after whose events an open page is updated.

use serde_json::json;

const ALL_CHANGES: &str = "subscription { changes { revision } }";
const PLAN_CHANGES: &str = "subscription($plan: String) { changes(plan: $plan) { revision } }";
/// Each save publishes a revision or changes the status.
const SYNC_STATUS: &str = "subscription { sync { pending lastScanAt revision { number } } }";

/// GraphQL documents that the scripts of the pages send. A service that accepts only trusted documents must
/// accept these too.
pub const LIVE_DOCUMENTS: [&str; 3] = [ALL_CHANGES, PLAN_CHANGES, SYNC_STATUS];

/// Subscription of a page.
#[derive(Debug)]
pub(crate) struct LiveUpdates {
    pub(crate) document: &'static str,
    /// Values of the variables as a JSON object.
    pub(crate) variables: String,
}

impl LiveUpdates {
    /// Updates the page after each change of the content.
    pub(crate) fn of_content() -> Self {
        Self { document: ALL_CHANGES, variables: "{}".to_owned() }
    }

    /// Updates the page after each change of a plan. `name` is its slug, with the year for one edition.
    pub(crate) fn of_plan(name: &str) -> Self {
        Self { document: PLAN_CHANGES, variables: json!({ "plan": name }).to_string() }
    }

    /// Updates the page after each save.
    pub(crate) fn of_desk() -> Self {
        Self { document: SYNC_STATUS, variables: "{}".to_owned() }
    }
}
