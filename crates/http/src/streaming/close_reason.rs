//! Close codes of `graphql-transport-ws` (4400 to 4500) and of RFC 6455, section 7.4.1.

use axum::extract::ws::CloseFrame;

/// Maximum size of a close reason in bytes. A control frame has 125 bytes, 2 of them for the code (RFC 6455,
/// section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// Reason for which the service closes a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CloseReason {
    GoingAway,
    /// A message exceeds the size limit.
    MessageTooLarge,
    /// An invalid WebSocket frame, or text that is not UTF-8.
    ProtocolError,
    /// A message that violates `graphql-transport-ws`. The text explains the violation.
    InvalidMessage(String),
    /// `subscribe` before `connection_ack`.
    Unauthorized,
    /// The client offers no supported subprotocol.
    SubprotocolNotAcceptable,
    /// No `connection_init` within the timeout.
    ConnectionInitTimeout,
    /// `subscribe` with the id of a running operation. The text is that id.
    SubscriberExists(String),
    /// A second `connection_init`.
    TooManyInitRequests,
    /// A response could not be serialized.
    Internal,
}

impl CloseReason {
    /// Returns the close code, for example 4400.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::ProtocolError => 1002,
            Self::MessageTooLarge => 1009,
            Self::InvalidMessage(_) => 4400,
            Self::Unauthorized => 4401,
            Self::SubprotocolNotAcceptable => 4406,
            Self::ConnectionInitTimeout => 4408,
            Self::SubscriberExists(_) => 4409,
            Self::TooManyInitRequests => 4429,
            Self::Internal => 4500,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::GoingAway => "The service is shutting down".to_owned(),
            Self::ProtocolError => "Not a WebSocket message".to_owned(),
            Self::MessageTooLarge => "Message too large".to_owned(),
            Self::InvalidMessage(detail) => format!("Invalid message: {detail}"),
            Self::Unauthorized => "Unauthorized".to_owned(),
            Self::SubprotocolNotAcceptable => "Subprotocol not acceptable".to_owned(),
            Self::ConnectionInitTimeout => "Connection initialisation timeout".to_owned(),
            Self::SubscriberExists(id) => format!("Subscriber for {id} already exists"),
            Self::TooManyInitRequests => "Too many initialisation requests".to_owned(),
            Self::Internal => "Internal server error".to_owned(),
        }
    }

    /// Returns the close frame. A reason that is too long is truncated at a character boundary.
    pub(super) fn frame(&self) -> CloseFrame {
        let mut reason = self.reason();
        reason.truncate(reason.floor_char_boundary(MAX_REASON_BYTES));
        CloseFrame { code: self.code(), reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_reason_is_truncated_to_123_bytes() {
        let frame = CloseReason::SubscriberExists("é".repeat(100)).frame();
        assert_eq!((frame.code, frame.reason.len()), (4409, 123));
        assert!(frame.reason.as_str().starts_with("Subscriber for éé"));
    }
}
