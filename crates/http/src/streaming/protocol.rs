//! State machine of the WebSocket protocol `graphql-transport-ws`, without I/O and timers.

use std::collections::HashSet;
use std::sync::Arc;

use passerelle_api::{ClientError, ErrorCode, GraphqlResponse, RequestParams};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::close_reason::CloseReason;

/// Value of `Sec-WebSocket-Protocol`.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Maximum number of concurrent operations per WebSocket.
///
/// A page with one subscription per component needs fewer. The limit keeps one client from using the memory
/// of many.
pub(super) const MAX_CONCURRENT_OPERATIONS: usize = 50;

/// Id that the client assigns to an operation. Unique among the running operations of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct OperationId(Arc<str>);

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        #[serde(default, rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Pong {
        #[serde(default, rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    Subscribe {
        id: OperationId,
        payload: RequestParams,
    },
    Complete {
        id: OperationId,
    },
}

/// Message from the service to the client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage {
    /// Accepts the connection.
    ConnectionAck,
    /// Answers a ping.
    Pong {
        /// Payload of the ping, unchanged.
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    /// One response of an operation.
    Next { id: OperationId, payload: GraphqlResponse },
    /// The operation was rejected before execution. No further message follows for this id.
    Error {
        id: OperationId,
        /// At least one error.
        payload: Vec<ClientError>,
    },
    /// The operation has no more responses.
    Complete { id: OperationId },
}

/// Reaction to a message of the client.
#[derive(Debug)]
pub(super) enum Action {
    Ignore,
    /// Send a message to the client.
    Send(ServerMessage),
    /// Start an operation.
    StartOperation(OperationId, RequestParams),
    /// Stop an operation that the client has completed.
    StopOperation(OperationId),
    /// Close the WebSocket.
    Close(CloseReason),
}

/// Protocol state of one connection.
#[derive(Debug, Default)]
pub(super) struct ProtocolState {
    is_acknowledged: bool,
    /// Ids of the running operations.
    operations: HashSet<OperationId>,
}

impl ProtocolState {
    /// Parses a text message of the client and returns the reaction.
    pub(super) fn handle_message(&mut self, text: &str) -> Action {
        let message = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) => return Action::Close(CloseReason::InvalidMessage(error.to_string())),
        };
        match message {
            ClientMessage::ConnectionInit { .. } if self.is_acknowledged => {
                Action::Close(CloseReason::TooManyInitRequests)
            }
            ClientMessage::ConnectionInit { .. } => {
                self.is_acknowledged = true;
                Action::Send(ServerMessage::ConnectionAck)
            }
            ClientMessage::Ping { payload } => Action::Send(ServerMessage::Pong { payload }),
            ClientMessage::Subscribe { id, payload } => self.handle_subscribe(id, payload),
            // `complete` of the client may cross with ours. The operation is then unknown and the message is
            // ignored.
            ClientMessage::Complete { id } if self.operations.remove(&id) => Action::StopOperation(id),
            ClientMessage::Pong { .. } | ClientMessage::Complete { .. } => Action::Ignore,
        }
    }

    fn handle_subscribe(&mut self, id: OperationId, payload: RequestParams) -> Action {
        if !self.is_acknowledged {
            return Action::Close(CloseReason::Unauthorized);
        }
        if id.0.is_empty() {
            return Action::Close(CloseReason::InvalidMessage("`id` must not be empty".to_owned()));
        }
        if !payload.has_document() {
            return Action::Close(CloseReason::InvalidMessage(
                "`query` or `documentId` is required".to_owned(),
            ));
        }
        if self.operations.contains(&id) {
            return Action::Close(CloseReason::SubscriberExists(id.0.to_string()));
        }
        if self.operations.len() >= MAX_CONCURRENT_OPERATIONS {
            let message = format!(
                "A WebSocket can run at most {MAX_CONCURRENT_OPERATIONS} operations at the same time."
            );
            let error = ClientError::new(ErrorCode::TooManyOperations, message);
            return Action::Send(ServerMessage::Error { id, payload: vec![error] });
        }
        self.operations.insert(id.clone());
        Action::StartOperation(id, payload)
    }

    /// Returns true after `connection_init`.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.is_acknowledged
    }

    /// Wraps a response in `next`. A response without execution becomes `error`, which also ends the
    /// operation.
    pub(super) fn response_message(&mut self, id: OperationId, response: GraphqlResponse) -> ServerMessage {
        if response.was_executed() {
            return ServerMessage::Next { id, payload: response };
        }
        self.operations.remove(&id);
        ServerMessage::Error { id, payload: response.into_errors() }
    }

    /// Returns `complete` for an operation. `None` if the operation has already ended.
    pub(super) fn complete_message(&mut self, id: OperationId) -> Option<ServerMessage> {
        self.operations.remove(&id).then_some(ServerMessage::Complete { id })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;

    fn sent_message(action: Action) -> Value {
        match action {
            Action::Send(message) => serde_json::to_value(message).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn close_code(action: Action) -> u16 {
        match action {
            Action::Close(close) => close.code(),
            other => panic!("{other:?}"),
        }
    }

    fn acknowledged() -> ProtocolState {
        let mut connection = ProtocolState::default();
        let ack = connection.handle_message(r#"{"type":"connection_init","payload":{"token":"a"}}"#);
        assert_eq!(sent_message(ack), json!({ "type": "connection_ack" }));
        connection
    }

    fn subscribe(id: &str) -> String {
        json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }).to_string()
    }

    fn id(text: &str) -> OperationId {
        OperationId(text.into())
    }

    #[test]
    fn invalid_messages_close_the_socket_with_4400() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            "1",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":1}"#,
            // Messages that only a server may send.
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"next","id":"a","payload":{}}"#,
            r#"{"type":"ping","payload":1}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":1}"#,
            r#"{"type":"subscribe","id":"a"}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"a","payload":{}}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":"{ a }","variables":[]}}"#,
            r#"{"type":"subscribe","id":"a","payload":{"query":"{ a }","operationName":1}}"#,
        ] {
            assert_eq!(close_code(acknowledged().handle_message(text)), 4400, "{text}");
        }
    }

    #[test]
    fn subscribe_before_ack_closes_the_socket_with_4401() {
        assert_eq!(close_code(ProtocolState::default().handle_message(&subscribe("a"))), 4401);
        // A ping is allowed before `connection_init`.
        let pong = ProtocolState::default().handle_message(r#"{"type":"ping"}"#);
        assert_eq!(sent_message(pong), json!({ "type": "pong" }));
    }

    #[test]
    fn second_connection_init_closes_the_socket_with_4429() {
        assert_eq!(close_code(acknowledged().handle_message(r#"{"type":"connection_init"}"#)), 4429);
    }

    #[test]
    fn pong_echoes_the_ping_payload() {
        let mut connection = acknowledged();
        let pong = connection.handle_message(r#"{"type":"ping","payload":{"at":1}}"#);
        assert_eq!(sent_message(pong), json!({ "type": "pong", "payload": { "at": 1 } }));
        assert!(matches!(connection.handle_message(r#"{"type":"pong","payload":null}"#), Action::Ignore));
    }

    #[test]
    fn operation_id_is_reusable_after_completion() {
        let mut connection = acknowledged();
        let is_started = |action| matches!(action, Action::StartOperation(..));
        assert!(is_started(connection.handle_message(&subscribe("a"))));
        assert_eq!(close_code(connection.handle_message(&subscribe("a"))), 4409);
        // After `complete`, the client may reuse the id.
        assert!(matches!(
            connection.handle_message(r#"{"type":"complete","id":"a"}"#),
            Action::StopOperation(_)
        ));
        assert!(matches!(connection.handle_message(r#"{"type":"complete","id":"a"}"#), Action::Ignore));
        assert!(is_started(connection.handle_message(&subscribe("a"))));
        let complete = connection.complete_message(id("a")).unwrap();
        assert_eq!(serde_json::to_value(complete).unwrap(), json!({ "type": "complete", "id": "a" }));
        assert!(connection.complete_message(id("a")).is_none());
        assert!(is_started(connection.handle_message(&subscribe("a"))));
        let rejected = GraphqlResponse::http_error(StatusCode::BAD_REQUEST, ErrorCode::ParseFailed, "No.");
        let error = serde_json::to_value(connection.response_message(id("a"), rejected)).unwrap();
        let expected = json!([{ "message": "No.", "extensions": { "code": "GRAPHQL_PARSE_FAILED" } }]);
        assert_eq!(error, json!({ "type": "error", "id": "a", "payload": expected }));
        // `error` ends the operation. No `complete` follows.
        assert!(connection.complete_message(id("a")).is_none());
        assert!(is_started(connection.handle_message(&subscribe("a"))));
    }

    #[test]
    fn fifty_concurrent_operations_are_allowed_and_the_next_is_rejected() {
        let mut connection = acknowledged();
        for number in 0..MAX_CONCURRENT_OPERATIONS {
            assert!(matches!(
                connection.handle_message(&subscribe(&number.to_string())),
                Action::StartOperation(..)
            ));
        }
        let error = sent_message(connection.handle_message(&subscribe("more")));
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("more")));
        assert_eq!(error["payload"][0]["extensions"]["code"], "TOO_MANY_OPERATIONS");
        drop(connection.complete_message(id("7")));
        assert!(matches!(connection.handle_message(&subscribe("more")), Action::StartOperation(..)));
    }

    #[test]
    fn subscribe_accepts_document_id_and_persisted_query() {
        let send_subscribe = |payload: Value| {
            let message = json!({ "type": "subscribe", "id": "a", "payload": payload });
            acknowledged().handle_message(&message.to_string())
        };
        assert!(matches!(send_subscribe(json!({ "documentId": "a" })), Action::StartOperation(..)));
        let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "a" } } });
        assert!(matches!(send_subscribe(persisted), Action::StartOperation(..)));
    }
}
