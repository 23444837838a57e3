//! Why a socket is closed: the codes of the protocol, and those of RFC 6455, section 7.4.1.

use axum::extract::ws::CloseFrame;

/// A reason of RFC 6455 has at most so many bytes.
const MAX_REASON_BYTES: usize = 123;

/// Why the service closes a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CloseReason {
    /// The service is shutting down.
    GoingAway,
    /// A message that is larger than is read.
    MessageTooLarge,
    /// A frame that is not one of WebSocket, or text that is not text.
    ProtocolError,
    /// A message that is not one of the protocol; the sentence says why.
    InvalidMessage(String),
    /// An operation before the connection was acknowledged.
    Unauthorized,
    /// Another subprotocol than the one that is spoken, or none.
    SubprotocolNotAcceptable,
    /// The client did not initialise the connection in time.
    ConnectionInitTimeout,
    /// A second operation of an id that is in use.
    SubscriberExists(String),
    /// A second initialisation.
    TooManyInitRequests,
    /// a response could not be written.
    Internal,
}

impl CloseReason {
    /// The code that is sent.
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
            Self::InvalidMessage(why) => format!("Invalid message: {why}"),
            Self::Unauthorized => "Unauthorized".to_owned(),
            Self::SubprotocolNotAcceptable => "Subprotocol not acceptable".to_owned(),
            Self::ConnectionInitTimeout => "Connection initialisation timeout".to_owned(),
            Self::SubscriberExists(id) => format!("Subscriber for {id} already exists"),
            Self::TooManyInitRequests => "Too many initialisation requests".to_owned(),
            Self::Internal => "Internal server error".to_owned(),
        }
    }

    /// The frame that is sent.
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
