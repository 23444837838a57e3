//! Sessions with a simulated client and paused time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future;
use futures_util::stream;
use passerelle_model::revision::RevisionNumber;
use serde_json::json;
use tokio::sync::mpsc;

use super::*;

/// Client end of a socket.
#[derive(Clone)]
struct Client {
    sender: mpsc::UnboundedSender<Message>,
    received: Arc<Mutex<Vec<Message>>>,
    is_write_blocked: Arc<AtomicBool>,
}

/// Service end of a socket.
struct Socket {
    receiver: mpsc::UnboundedReceiver<Message>,
    sent: Arc<Mutex<Vec<Message>>>,
    is_write_blocked: Arc<AtomicBool>,
    is_full: bool,
}

fn socket() -> (Client, Socket) {
    let (sender, messages) = mpsc::unbounded_channel();
    let (received, is_write_blocked) = (Arc::default(), Arc::default());
    let client =
        Client { sender, received: Arc::clone(&received), is_write_blocked: Arc::clone(&is_write_blocked) };
    (client, Socket { receiver: messages, sent: received, is_write_blocked, is_full: false })
}

impl Stream for Socket {
    type Item = Result<Message, String>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.receiver.poll_recv(context).map(|message| message.map(Ok))
    }
}

impl Sink<Message> for Socket {
    type Error = String;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), String>> {
        if self.is_full { self.poll_flush(context) } else { Poll::Ready(Ok(())) }
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), String> {
        self.is_full = true;
        self.sent.lock().unwrap().push(message);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        if self.is_write_blocked.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        self.is_full = false;
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }
}

impl Client {
    fn send(&self, message: &serde_json::Value) {
        self.sender.send(Message::Text(message.to_string().into())).unwrap();
    }

    fn initialise(&self) {
        self.send(&json!({ "type": "connection_init" }));
    }

    fn subscribe(&self, id: &str) {
        self.send(&json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }));
    }

    /// Returns the messages since the last call: messages as type and id, frames as name and code.
    fn received(&self) -> Vec<String> {
        let describe = |message: Message| match message {
            Message::Text(text) => {
                let message: serde_json::Value = serde_json::from_str(&text).unwrap();
                let id = message["id"].as_str().map(|id| format!(" {id}")).unwrap_or_default();
                format!("{}{id}", message["type"].as_str().unwrap())
            }
            Message::Close(Some(frame)) => format!("closed {}", frame.code),
            Message::Ping(_) => "ping frame".to_owned(),
            other => panic!("{other:?}"),
        };
        std::mem::take(&mut *self.received.lock().unwrap()).into_iter().map(describe).collect()
    }
}

fn response() -> GraphqlResponse {
    GraphqlResponse::of_data(json!({ "a": 1 }), RevisionNumber::new(1))
}

#[expect(clippy::unnecessary_wraps, reason = "as operations are begun")]
fn never_responds(_: RequestParams) -> Result<ResponseStream, GraphqlResponse> {
    Ok(Box::pin(stream::pending()))
}

/// Runs a session and a client concurrently. Returns the duration of the session in seconds.
async fn run<B>(
    socket: Socket,
    shutdown: &CancellationToken,
    start_operation: B,
    client: impl Future<Output = ()>,
) -> u64
where
    B: FnMut(RequestParams) -> Result<ResponseStream, GraphqlResponse>,
{
    let started = Instant::now();
    let session = async {
        Session::new(socket, shutdown.clone(), start_operation).run().await;
        started.elapsed().as_secs()
    };
    tokio::join!(session, client).0
}

#[tokio::test(start_paused = true)]
async fn socket_without_connection_init_closes_after_3_seconds() {
    let (client, socket) = socket();
    client.send(&json!({ "type": "ping" }));
    let elapsed = run(socket, &CancellationToken::new(), never_responds, future::ready(())).await;
    assert_eq!(client.received(), ["pong", "closed 4408"]);
    assert_eq!(elapsed, (INIT_TIMEOUT + CLOSE_TIMEOUT).as_secs());
}

#[tokio::test(start_paused = true)]
async fn unresponsive_client_is_disconnected_after_missed_pings() {
    let (client, socket) = socket();
    client.initialise();
    let elapsed = run(socket, &CancellationToken::new(), never_responds, async {
        sleep(Duration::from_secs(20)).await;
        assert_eq!(client.received(), ["connection_ack", "ping frame"]);
        client.sender.send(Message::Pong(Bytes::new())).unwrap();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(client.received(), ["ping frame"]);
    })
    .await;
    // Pings are sent at 12, 24 and 36 s. The last message of the client arrives before the second ping.
    assert_eq!((elapsed, client.received()), (36 + CLOSE_TIMEOUT.as_secs(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn messages_over_64_kb_close_the_socket_with_1009() {
    let ping = |size: usize| {
        let empty = json!({ "type": "ping", "payload": { "of": "" } }).to_string();
        let text = empty.replace("\"\"", &format!("\"{}\"", "a".repeat(size - empty.len())));
        assert_eq!(text.len(), size);
        Message::Text(text.into())
    };
    let (client, socket) = socket();
    client.initialise();
    client.sender.send(ping(MAX_MESSAGE_BYTES)).unwrap();
    client.sender.send(ping(MAX_MESSAGE_BYTES + 1)).unwrap();
    run(socket, &CancellationToken::new(), never_responds, future::ready(())).await;
    assert_eq!(client.received(), ["connection_ack", "pong", "closed 1009"]);
}

#[tokio::test(start_paused = true)]
async fn binary_messages_close_the_socket_with_4400() {
    let (client, socket) = socket();
    client.sender.send(Message::Binary(Bytes::from_static(b"{\"type\":\"ping\"}"))).unwrap();
    run(socket, &CancellationToken::new(), never_responds, future::ready(())).await;
    assert_eq!(client.received(), ["closed 4400"]);
}

#[tokio::test(start_paused = true)]
async fn blocked_client_does_not_trigger_responses() {
    let (client, socket) = socket();
    let response_count = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&response_count);
    let start_operation = move |_| {
        let count = Arc::clone(&count);
        let responses = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            response()
        });
        // Stands for a long change log, of which nothing is read in advance.
        Ok(responses.map(Ok).take(5).boxed())
    };
    client.initialise();
    let shutdown = CancellationToken::new();
    run(socket, &shutdown, start_operation, async {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(client.received(), ["connection_ack"]);
        client.is_write_blocked.store(true, Ordering::Relaxed);
        client.subscribe("a");
        for _ in 0..100 {
            client.send(&json!({ "type": "ping" }));
        }
        sleep(Duration::from_mins(5)).await;
        // The first pong is blocked, some are queued, and no response was polled.
        assert_eq!((response_count.load(Ordering::Relaxed), client.received()), (0, vec!["pong".to_owned()]));
        client.is_write_blocked.store(false, Ordering::Relaxed);
        shutdown.cancel();
    })
    .await;
    let received = client.received();
    assert_eq!(received.iter().filter(|message| *message == "pong").count(), MAX_QUEUED_MESSAGES);
    assert_eq!(received.iter().filter(|message| *message == "next a").count(), 5);
    assert_eq!(received.last().unwrap(), "closed 1001");
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_queries_and_completes_no_subscription() {
    let (client, socket) = socket();
    let shutdown = CancellationToken::new();
    let mut count = 0;
    let subscription_shutdown = shutdown.clone();
    let start_operation = move |_| -> Result<ResponseStream, GraphqlResponse> {
        count += 1;
        Ok(match count {
            1 => Box::pin(
                stream::once(subscription_shutdown.clone().cancelled_owned()).map(|()| Err(Interrupted)),
            ),
            _ => Box::pin(stream::once(async {
                sleep(Duration::from_secs(5)).await;
                Ok(response())
            })),
        })
    };
    client.initialise();
    client.subscribe("subscription");
    client.subscribe("query");
    let elapsed = run(socket, &shutdown, start_operation, async {
        sleep(Duration::from_secs(2)).await;
        assert_eq!(client.received(), ["connection_ack"]);
        shutdown.cancel();
    })
    .await;
    assert_eq!(client.received(), ["next query", "complete query", "closed 1001"]);
    assert_eq!(elapsed, 5 + CLOSE_TIMEOUT.as_secs());
}

#[tokio::test(start_paused = true)]
async fn unfinished_operations_are_dropped_after_the_drain_timeout() {
    let (client, socket) = socket();
    let shutdown = CancellationToken::new();
    client.initialise();
    client.subscribe("a");
    let elapsed = run(socket, &shutdown, never_responds, async {
        sleep(Duration::from_secs(1)).await;
        shutdown.cancel();
    })
    .await;
    assert_eq!(client.received(), ["connection_ack", "closed 1001"]);
    assert_eq!(elapsed, (Duration::from_secs(1) + DRAIN_TIMEOUT + CLOSE_TIMEOUT).as_secs());
}

#[tokio::test(start_paused = true)]
async fn complete_message_drops_the_operation_immediately() {
    struct DropFlag(Arc<AtomicBool>);
    impl Drop for DropFlag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (client, socket) = socket();
    let is_dropped = Arc::new(AtomicBool::new(false));
    let drop_flag = Arc::clone(&is_dropped);
    let start_operation = move |_| -> Result<ResponseStream, GraphqlResponse> {
        let drop_flag = DropFlag(Arc::clone(&drop_flag));
        Ok(Box::pin(stream::pending().map(move |response| {
            let _ = &drop_flag;
            response
        })))
    };
    client.initialise();
    client.subscribe("a");
    let shutdown = CancellationToken::new();
    run(socket, &shutdown, start_operation, async {
        sleep(Duration::from_secs(1)).await;
        client.send(&json!({ "type": "complete", "id": "a" }));
        sleep(Duration::from_secs(1)).await;
        assert!(is_dropped.load(Ordering::Relaxed));
        client.subscribe("a");
        client.subscribe("a");
    })
    .await;
    assert_eq!(client.received(), ["connection_ack", "closed 4409"]);
}
