//! Address and colours that the pages of the desk share.

use passerelle_model::document::DocumentState;

/// Path of the desk.
pub(crate) const PATH: &str = "/desk";

/// Returns the class of a state in the style sheet. It shares the colours of statuses.
pub(crate) fn state_class(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Published => "completed",
        DocumentState::Rejected => "late",
        DocumentState::Held => "postponed",
        DocumentState::Draft => "not-started",
        DocumentState::Removed => "cancelled",
    }
}
