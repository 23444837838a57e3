//! Why a socket is closed: the codes of the protocol, and those of RFC 6455, section 7.4.1.

use axum::extract::ws::CloseFrame;

/// A reason of RFC 6455 has at most so many bytes.
const MAX_REASON: usize = 123;

/// Why the service closes a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The service stops.
    GoingAway,
    /// A message that is larger than is read.
    TooLarge,
    /// A frame that is not one of WebSocket, or text that is not text.
    Broken,
    /// A message that is not one of the protocol; the sentence says why.
    Invalid(String),
    /// An operation before the connection was acknowledged.
    Unauthorized,
    /// Another subprotocol than the one that is spoken, or none.
    Subprotocol,
    /// The client did not initialise the connection in time.
    InitTimeout,
    /// A second operation of an id that is in use.
    SubscriberExists(String),
    /// A second initialisation.
    TooManyInits,
    /// An answer could not be written.
    Internal,
}

impl Close {
    /// The code that is sent.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Broken => 1002,
            Self::TooLarge => 1009,
            Self::Invalid(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::SubscriberExists(_) => 4409,
            Self::TooManyInits => 4429,
            Self::Internal => 4500,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::GoingAway => "The service stops".to_owned(),
            Self::Broken => "Not a WebSocket message".to_owned(),
            Self::TooLarge => "Message too large".to_owned(),
            Self::Invalid(why) => format!("Invalid message: {why}"),
            Self::Unauthorized => "Unauthorized".to_owned(),
            Self::Subprotocol => "Subprotocol not acceptable".to_owned(),
            Self::InitTimeout => "Connection initialisation timeout".to_owned(),
            Self::SubscriberExists(id) => format!("Subscriber for {id} already exists"),
            Self::TooManyInits => "Too many initialisation requests".to_owned(),
            Self::Internal => "Internal server error".to_owned(),
        }
    }

    /// The frame that is sent.
    pub(super) fn frame(&self) -> CloseFrame {
        let mut reason = self.reason();
        reason.truncate(reason.floor_char_boundary(MAX_REASON));
        CloseFrame { code: self.code(), reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_its_frame() {
        let frame = Close::SubscriberExists("é".repeat(100)).frame();
        assert_eq!((frame.code, frame.reason.len()), (4409, 123));
        assert!(frame.reason.as_str().starts_with("Subscriber for éé"));
    }
}
