//! Attacks that hold connections: silent ones, and replays of the change log.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::{Client, agent};

/// Time for which connections are held.
const HELD: Duration = Duration::from_secs(5);
const REPLAY: &str = "subscription { changes(since: 0) { revision kind before after node { id } } }";

/// Opens connections that send nothing.
pub(crate) fn silent(client: &Client, connections: usize) {
    let address = client.base_url.trim_start_matches("http://");
    let mut held = Vec::new();
    for _ in 0..connections {
        match TcpStream::connect(address) {
            Ok(connection) => held.push(connection),
            Err(_) => client.outcomes.count("refused"),
        }
    }
    std::thread::sleep(HELD);
    for mut connection in held {
        drop(connection.set_read_timeout(Some(Duration::from_millis(1))));
        let is_closed = matches!(connection.read(&mut [0; 16]), Ok(0)) || connection.write_all(b"x").is_err();
        client.outcomes.count(if is_closed { "closed" } else { "open" });
    }
}

/// Replays the change log from the start over Server-Sent Events, for [`HELD`].
pub(crate) fn replay_events(client: &Client, subscribers: usize) {
    let body = serde_json::json!({ "query": REPLAY }).to_string();
    std::thread::scope(|scope| {
        for _ in 0..subscribers {
            scope.spawn(|| {
                let sent = agent()
                    .post(format!("{}/graphql", client.base_url))
                    .header("content-type", "application/json")
                    .header("accept", "text/event-stream")
                    .send(&body);
                let Ok(mut response) = sent else { return client.outcomes.count("no response") };
                client.outcomes.count(response.status().as_str());
                let (started, mut buffer) = (Instant::now(), [0; 16 * 1024]);
                let mut stream = response.body_mut().as_reader();
                while started.elapsed() < HELD && stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
            });
        }
    });
}

/// Replays the change log over WebSockets with several operations each, for [`HELD`].
pub(crate) fn replay(client: &Client, sockets: usize, operations: usize) {
    std::thread::scope(|scope| {
        for _ in 0..sockets {
            scope.spawn(|| {
                let outcome = if replay_on_one(client, operations).is_ok() { "closed" } else { "failed" };
                client.outcomes.count(outcome);
            });
        }
    });
}

fn replay_on_one(client: &Client, operations: usize) -> std::io::Result<()> {
    let address = client.base_url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(HELD))?;
    write!(
        socket,
        "GET /graphql/ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    )?;
    send(&mut socket, "{\"type\":\"connection_init\"}")?;
    for id in 0..operations {
        let payload = serde_json::json!({ "query": REPLAY });
        let message = serde_json::json!({ "type": "subscribe", "id": id.to_string(), "payload": payload });
        send(&mut socket, &message.to_string())?;
    }
    let (started, mut buffer) = (Instant::now(), [0; 16 * 1024]);
    while started.elapsed() < HELD && socket.read(&mut buffer)? > 0 {}
    Ok(())
}

/// Sends a text message: one frame, masked with zeros (RFC 6455, section 5.2).
fn send(socket: &mut TcpStream, text: &str) -> std::io::Result<()> {
    let length = u16::try_from(text.len()).map_err(std::io::Error::other)?.to_be_bytes();
    let mut frame = vec![0x81, 0x80 | 0x7e, length[0], length[1], 0, 0, 0, 0];
    if let Ok(short) = u8::try_from(text.len())
        && short < 126
    {
        frame = vec![0x81, 0x80 | short, 0, 0, 0, 0];
    }
    frame.extend_from_slice(text.as_bytes());
    socket.write_all(&frame)
}
