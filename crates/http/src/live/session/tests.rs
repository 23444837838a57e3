//! Sessions with a client that is not there, on paused time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_graphql::{Response, value};
use futures_util::future;
use futures_util::stream;
use passerelle_model::sync::RevisionNumber;
use serde_json::json;
use tokio::sync::mpsc;

use super::*;

/// The client's end of a socket.
#[derive(Clone)]
struct Client {
    says: mpsc::UnboundedSender<Message>,
    heard: Arc<Mutex<Vec<Message>>>,
    takes_nothing: Arc<AtomicBool>,
}

/// The service's end.
struct Socket {
    said: mpsc::UnboundedReceiver<Message>,
    client: Arc<Mutex<Vec<Message>>>,
    takes_nothing: Arc<AtomicBool>,
    is_full: bool,
}

fn socket() -> (Client, Socket) {
    let (says, said) = mpsc::unbounded_channel();
    let (heard, takes_nothing) = (Arc::default(), Arc::default());
    let client = Client { says, heard: Arc::clone(&heard), takes_nothing: Arc::clone(&takes_nothing) };
    (client, Socket { said, client: heard, takes_nothing, is_full: false })
}

impl Stream for Socket {
    type Item = Result<Message, String>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.said.poll_recv(context).map(|message| message.map(Ok))
    }
}

impl Sink<Message> for Socket {
    type Error = String;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), String>> {
        if self.is_full { self.poll_flush(context) } else { Poll::Ready(Ok(())) }
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), String> {
        self.is_full = true;
        self.client.lock().unwrap().push(message);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        if self.takes_nothing.load(Ordering::Relaxed) {
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
    fn say(&self, message: &serde_json::Value) {
        self.says.send(Message::Text(message.to_string().into())).unwrap();
    }

    fn initialise(&self) {
        self.say(&json!({ "type": "connection_init" }));
    }

    fn subscribe(&self, id: &str) {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }));
    }

    /// What it heard since it was last asked: messages by type and id, frames by name and code.
    fn heard(&self) -> Vec<String> {
        let told = |message: Message| match message {
            Message::Text(text) => {
                let message: serde_json::Value = serde_json::from_str(&text).unwrap();
                let id = message["id"].as_str().map(|id| format!(" {id}")).unwrap_or_default();
                format!("{}{id}", message["type"].as_str().unwrap())
            }
            Message::Close(Some(frame)) => format!("closed {}", frame.code),
            Message::Ping(_) => "ping frame".to_owned(),
            other => panic!("{other:?}"),
        };
        std::mem::take(&mut *self.heard.lock().unwrap()).into_iter().map(told).collect()
    }
}

fn answer() -> Answer {
    Answer::executed(Response::new(value!({ "a": 1 })), RevisionNumber::new(1))
}

#[expect(clippy::unnecessary_wraps, reason = "as operations are begun")]
fn nothing(_: Params) -> Result<Answers, Answer> {
    Ok(Box::pin(stream::pending()))
}

/// Runs a session beside what its client does, and returns after how many seconds it was over.
async fn run<B>(socket: Socket, stop: &CancellationToken, begin: B, client: impl Future<Output = ()>) -> u64
where
    B: FnMut(Params) -> Result<Answers, Answer>,
{
    let started = Instant::now();
    let session = async {
        Session::new(socket, stop.clone(), begin).run().await;
        started.elapsed().as_secs()
    };
    tokio::join!(session, client).0
}

#[tokio::test(start_paused = true)]
async fn who_does_not_initialise_the_connection_within_3_s_is_closed() {
    let (client, socket) = socket();
    client.say(&json!({ "type": "ping" }));
    let took = run(socket, &CancellationToken::new(), nothing, future::ready(())).await;
    assert_eq!(client.heard(), ["pong", "closed 4408"]);
    assert_eq!(took, (INIT + LINGER).as_secs());
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_without_a_word_is_found_out() {
    let (client, socket) = socket();
    client.initialise();
    let took = run(socket, &CancellationToken::new(), nothing, async {
        sleep(Duration::from_secs(20)).await;
        assert_eq!(client.heard(), ["connection_ack", "ping frame"]);
        client.says.send(Message::Pong(Bytes::new())).unwrap();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(client.heard(), ["ping frame"]);
    })
    .await;
    // Asked at 12, 24 and 36 s; the last answer was heard before the second.
    assert_eq!((took, client.heard()), (36 + LINGER.as_secs(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_message_of_64_kb_is_read_and_a_larger_one_closes_the_socket() {
    let ping = |size: usize| {
        let empty = json!({ "type": "ping", "payload": { "of": "" } }).to_string();
        let text = empty.replace("\"\"", &format!("\"{}\"", "a".repeat(size - empty.len())));
        assert_eq!(text.len(), size);
        Message::Text(text.into())
    };
    let (client, socket) = socket();
    client.initialise();
    client.says.send(ping(MAX_MESSAGE)).unwrap();
    client.says.send(ping(MAX_MESSAGE + 1)).unwrap();
    run(socket, &CancellationToken::new(), nothing, future::ready(())).await;
    assert_eq!(client.heard(), ["connection_ack", "pong", "closed 1009"]);
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_text_close_the_socket() {
    let (client, socket) = socket();
    client.says.send(Message::Binary(Bytes::from_static(b"{\"type\":\"ping\"}"))).unwrap();
    run(socket, &CancellationToken::new(), nothing, future::ready(())).await;
    assert_eq!(client.heard(), ["closed 4400"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_has_no_more_than_one_answer_made() {
    let (client, socket) = socket();
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let begin = move |_| {
        let count = Arc::clone(&count);
        let answers = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            answer()
        });
        // As long as the log of changes, which is not read either.
        Ok(answers.take(5).boxed())
    };
    client.initialise();
    let stop = CancellationToken::new();
    run(socket, &stop, begin, async {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(client.heard(), ["connection_ack"]);
        client.takes_nothing.store(true, Ordering::Relaxed);
        client.subscribe("a");
        for _ in 0..100 {
            client.say(&json!({ "type": "ping" }));
        }
        sleep(Duration::from_mins(5)).await;
        // The first pong is stuck, a few wait, and nobody asked for an answer.
        assert_eq!((made.load(Ordering::Relaxed), client.heard()), (0, vec!["pong".to_owned()]));
        client.takes_nothing.store(false, Ordering::Relaxed);
        stop.cancel();
    })
    .await;
    let heard = client.heard();
    assert_eq!(heard.iter().filter(|told| *told == "pong").count(), MAX_WAITING);
    assert_eq!(heard.iter().filter(|told| *told == "next a").count(), 5);
    assert_eq!(heard.last().unwrap(), "closed 1001");
}

#[tokio::test(start_paused = true)]
async fn when_the_service_stops_what_has_one_answer_is_finished_and_all_is_told() {
    let (client, socket) = socket();
    let stop = CancellationToken::new();
    let mut count = 0;
    let ended = stop.clone();
    let begin = move |_| -> Result<Answers, Answer> {
        count += 1;
        Ok(match count {
            1 => Box::pin(stream::pending().take_until(ended.clone().cancelled_owned())),
            _ => Box::pin(stream::once(async {
                sleep(Duration::from_secs(5)).await;
                answer()
            })),
        })
    };
    client.initialise();
    client.subscribe("subscription");
    client.subscribe("query");
    let took = run(socket, &stop, begin, async {
        sleep(Duration::from_secs(2)).await;
        assert_eq!(client.heard(), ["connection_ack"]);
        stop.cancel();
    })
    .await;
    assert_eq!(client.heard(), ["complete subscription", "next query", "complete query", "closed 1001"]);
    assert_eq!(took, 5 + LINGER.as_secs());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_finished_does_not_keep_the_service_from_stopping() {
    let (client, socket) = socket();
    let stop = CancellationToken::new();
    client.initialise();
    client.subscribe("a");
    let took = run(socket, &stop, nothing, async {
        sleep(Duration::from_secs(1)).await;
        stop.cancel();
    })
    .await;
    assert_eq!(client.heard(), ["connection_ack", "closed 1001"]);
    assert_eq!(took, (Duration::from_secs(1) + DRAIN + LINGER).as_secs());
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_completed_by_its_client_is_dropped_at_once() {
    struct Noticed(Arc<AtomicBool>);
    impl Drop for Noticed {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (client, socket) = socket();
    let is_dropped = Arc::new(AtomicBool::new(false));
    let noticed = Arc::clone(&is_dropped);
    let begin = move |_| -> Result<Answers, Answer> {
        let noticed = Noticed(Arc::clone(&noticed));
        Ok(Box::pin(stream::pending().map(move |answer| {
            let _ = &noticed;
            answer
        })))
    };
    client.initialise();
    client.subscribe("a");
    let stop = CancellationToken::new();
    run(socket, &stop, begin, async {
        sleep(Duration::from_secs(1)).await;
        client.say(&json!({ "type": "complete", "id": "a" }));
        sleep(Duration::from_secs(1)).await;
        assert!(is_dropped.load(Ordering::Relaxed));
        client.subscribe("a");
        client.subscribe("a");
    })
    .await;
    assert_eq!(client.heard(), ["connection_ack", "closed 4409"]);
}
