//! Channels over which processes notify each other.
//!
//! A notification says only that something changed, or the number of a revision. The receiver reads the
//! database.

/// Channel. Its name contains a number for the schema, because a database can have several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    name: &'static str,
    /// Statement that notifies without a payload.
    notify: &'static str,
}

/// The leader reported its state.
pub(super) const STATUS_CHANNEL: Channel = Channel {
    name: "passerelle_status",
    notify: "SELECT pg_notify('passerelle_status_' || hashtext(current_schema()), '')",
};
/// A process asked the leader for a full scan.
pub(super) const REQUEST_CHANNEL: Channel = Channel {
    name: "passerelle_request",
    notify: "SELECT pg_notify('passerelle_request_' || hashtext(current_schema()), '')",
};
/// A revision was committed. The payload is its number.
pub(super) const REVISION_CHANNEL: Channel = Channel { name: "passerelle_revision", notify: "" };

/// Notifies of a revision. The one bound value is its number.
pub(super) const NOTIFY_REVISION: &str =
    "SELECT pg_notify('passerelle_revision_' || hashtext(current_schema()), $1)";
/// Returns the number of the schema.
pub(super) const SCHEMA_NUMBER: &str = "SELECT hashtext(current_schema())";

impl Channel {
    pub(super) fn notify(self) -> &'static str {
        self.notify
    }

    /// Returns the name of the channel for a schema.
    pub(super) fn name(self, schema_number: i32) -> String {
        format!("{}_{schema_number}", self.name)
    }
}
