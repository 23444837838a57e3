//! Policies of a pass over the folder.

/// Policy for drafts. Only the database for previews contains them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftPolicy {
    /// A draft is not published.
    #[default]
    Hidden,
    /// A draft is published like any other document.
    Published,
}

/// Policy for the removal of most documents, and for an empty folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RemovalPolicy {
    /// Somebody must confirm the removal.
    #[default]
    Confirmed,
    /// The removal is accepted without confirmation.
    Accepted,
}
