//! What is said over a socket, and what follows from it: `graphql-transport-ws`, without a socket and without a clock.

use std::collections::HashSet;
use std::sync::Arc;

use passerelle_api::{Answer, Code, Params, ServerError, tell};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::close::Close;

/// The name of the protocol.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";
/// So many operations may be under way on one socket: more than the parts of a page that follow changes, each with its
/// own; less than would let one client hold what a hundred others need.
pub(super) const MAX_OPERATIONS: usize = 50;

/// The name that a client gives to an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct OperationId(Arc<str>);

/// What a client says.
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
        payload: Params,
    },
    Complete {
        id: OperationId,
    },
}

/// What the service says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage {
    /// The connection may be used.
    ConnectionAck,
    /// An answer to a ping, with what came with it.
    Pong {
        /// What came with the ping.
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    /// An answer to an operation.
    Next {
        /// Of which operation.
        id: OperationId,
        /// The answer.
        payload: Answer,
    },
    /// An operation is not executed.
    Error {
        /// Which one.
        id: OperationId,
        /// Why.
        payload: Vec<ServerError>,
    },
    /// An operation has no more answers.
    Complete {
        /// Which one.
        id: OperationId,
    },
}

/// What follows from what a client said.
#[derive(Debug)]
pub(super) enum Reaction {
    /// Nothing.
    Pass,
    /// Something is said.
    Say(ServerMessage),
    /// An operation begins.
    Begin(OperationId, Params),
    /// An operation is not listened to any more.
    End(OperationId),
    /// The socket is closed.
    Close(Close),
}

/// What is known of a connection.
#[derive(Debug, Default)]
pub(super) struct Connection {
    is_acknowledged: bool,
    /// Those that are under way.
    operations: HashSet<OperationId>,
}

impl Connection {
    /// Hears a message of the client.
    pub(super) fn hear(&mut self, text: &str) -> Reaction {
        let message = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) => return Reaction::Close(Close::Invalid(error.to_string())),
        };
        match message {
            ClientMessage::ConnectionInit { .. } if self.is_acknowledged => {
                Reaction::Close(Close::TooManyInits)
            }
            ClientMessage::ConnectionInit { .. } => {
                self.is_acknowledged = true;
                Reaction::Say(ServerMessage::ConnectionAck)
            }
            ClientMessage::Ping { payload } => Reaction::Say(ServerMessage::Pong { payload }),
            ClientMessage::Subscribe { id, payload } => self.subscribed(id, payload),
            // What is over already is none, too: the two may cross.
            ClientMessage::Complete { id } if self.operations.remove(&id) => Reaction::End(id),
            ClientMessage::Pong { .. } | ClientMessage::Complete { .. } => Reaction::Pass,
        }
    }

    fn subscribed(&mut self, id: OperationId, payload: Params) -> Reaction {
        if !self.is_acknowledged {
            return Reaction::Close(Close::Unauthorized);
        }
        if id.0.is_empty() {
            return Reaction::Close(Close::Invalid("an operation has an id".to_owned()));
        }
        if !payload.names_a_document() {
            return Reaction::Close(Close::Invalid("there is no `query`".to_owned()));
        }
        if self.operations.contains(&id) {
            return Reaction::Close(Close::SubscriberExists(id.0.to_string()));
        }
        if self.operations.len() >= MAX_OPERATIONS {
            let message = format!("At most {MAX_OPERATIONS} operations are answered at once on a socket.");
            let error = tell(ServerError::new(message, None), Code::TooManyOperations);
            return Reaction::Say(ServerMessage::Error { id, payload: vec![error] });
        }
        self.operations.insert(id.clone());
        Reaction::Begin(id, payload)
    }

    /// Whether the client initialised the connection.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.is_acknowledged
    }

    /// How an answer to an operation is said. One that was not executed is an error, and the end of it.
    pub(super) fn answered(&mut self, id: OperationId, answer: Answer) -> ServerMessage {
        if answer.was_executed() {
            return ServerMessage::Next { id, payload: answer };
        }
        self.operations.remove(&id);
        ServerMessage::Error { id, payload: answer.into_errors() }
    }

    /// How it is said that an operation has no more answers; none where its end was told.
    pub(super) fn completed(&mut self, id: OperationId) -> Option<ServerMessage> {
        self.operations.remove(&id).then_some(ServerMessage::Complete { id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(reaction: Reaction) -> Value {
        match reaction {
            Reaction::Say(message) => serde_json::to_value(message).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn close(reaction: Reaction) -> u16 {
        match reaction {
            Reaction::Close(close) => close.code(),
            other => panic!("{other:?}"),
        }
    }

    fn acknowledged() -> Connection {
        let mut connection = Connection::default();
        let ack = connection.hear(r#"{"type":"connection_init","payload":{"token":"a"}}"#);
        assert_eq!(told(ack), json!({ "type": "connection_ack" }));
        connection
    }

    fn subscribe(id: &str) -> String {
        json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }).to_string()
    }

    fn id(text: &str) -> OperationId {
        OperationId(text.into())
    }

    #[test]
    fn what_is_no_message_of_the_protocol_closes_the_socket() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            "1",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":1}"#,
            // What only a server says.
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
            assert_eq!(close(acknowledged().hear(text)), 4400, "{text}");
        }
    }

    #[test]
    fn nothing_is_asked_before_the_connection_is_acknowledged() {
        assert_eq!(close(Connection::default().hear(&subscribe("a"))), 4401);
        // A ping may come at any time.
        let pong = Connection::default().hear(r#"{"type":"ping"}"#);
        assert_eq!(told(pong), json!({ "type": "pong" }));
    }

    #[test]
    fn a_connection_is_initialised_once() {
        assert_eq!(close(acknowledged().hear(r#"{"type":"connection_init"}"#)), 4429);
    }

    #[test]
    fn a_ping_is_answered_with_what_came_with_it() {
        let mut connection = acknowledged();
        let pong = connection.hear(r#"{"type":"ping","payload":{"at":1}}"#);
        assert_eq!(told(pong), json!({ "type": "pong", "payload": { "at": 1 } }));
        assert!(matches!(connection.hear(r#"{"type":"pong","payload":null}"#), Reaction::Pass));
    }

    #[test]
    fn an_id_names_one_operation_until_that_is_over() {
        let mut connection = acknowledged();
        let begun = |reaction| matches!(reaction, Reaction::Begin(..));
        assert!(begun(connection.hear(&subscribe("a"))));
        assert_eq!(close(connection.hear(&subscribe("a"))), 4409);
        // Whoever completes it is free to use the id again.
        assert!(matches!(connection.hear(r#"{"type":"complete","id":"a"}"#), Reaction::End(_)));
        assert!(matches!(connection.hear(r#"{"type":"complete","id":"a"}"#), Reaction::Pass));
        assert!(begun(connection.hear(&subscribe("a"))));
        let complete = connection.completed(id("a")).unwrap();
        assert_eq!(serde_json::to_value(complete).unwrap(), json!({ "type": "complete", "id": "a" }));
        assert!(connection.completed(id("a")).is_none());
        assert!(begun(connection.hear(&subscribe("a"))));
        let refused = Answer::refused(Code::ParseFailed, ServerError::new("No.", None));
        let error = serde_json::to_value(connection.answered(id("a"), refused)).unwrap();
        let expected = json!([{ "message": "No.", "extensions": { "code": "GRAPHQL_PARSE_FAILED" } }]);
        assert_eq!(error, json!({ "type": "error", "id": "a", "payload": expected }));
        // An error is the end: no complete follows.
        assert!(connection.completed(id("a")).is_none());
        assert!(begun(connection.hear(&subscribe("a"))));
    }

    #[test]
    fn fifty_operations_are_answered_at_once_and_not_one_more() {
        let mut connection = acknowledged();
        for number in 0..MAX_OPERATIONS {
            assert!(matches!(connection.hear(&subscribe(&number.to_string())), Reaction::Begin(..)));
        }
        let error = told(connection.hear(&subscribe("more")));
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("more")));
        assert_eq!(error["payload"][0]["extensions"]["code"], "TOO_MANY_OPERATIONS");
        drop(connection.completed(id("7")));
        assert!(matches!(connection.hear(&subscribe("more")), Reaction::Begin(..)));
    }

    #[test]
    fn a_document_may_be_named() {
        let ask = |payload: Value| {
            let message = json!({ "type": "subscribe", "id": "a", "payload": payload });
            acknowledged().hear(&message.to_string())
        };
        assert!(matches!(ask(json!({ "documentId": "a" })), Reaction::Begin(..)));
        let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "a" } } });
        assert!(matches!(ask(persisted), Reaction::Begin(..)));
    }
}
