//! Server-sent events of a subscription.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

/// The events of a subscription.
pub(crate) struct Events {
    lines: BufReader<Box<dyn Read + Send>>,
    /// The last `id`. Empty before the first one.
    last_id: String,
}

impl Events {
    /// Starts a subscription, after an event unless its id is empty. Returns `None` if the service does not
    /// respond.
    pub(crate) fn open(url: &str, body: &str, last_event_id: &str) -> Option<Self> {
        Self::open_with(url, body, &[("last-event-id", last_event_id)])
    }

    /// Starts a subscription with further headers. Returns `None` if the service does not respond.
    pub(crate) fn open_with(url: &str, body: &str, headers: &[(&str, &str)]) -> Option<Self> {
        let mut request = super::agent()
            .post(url)
            .header("content-type", "application/json")
            .header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send(body).ok()?;
        assert_eq!(response.status().as_u16(), 200);
        let body: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        Some(Self { lines: BufReader::new(body), last_id: String::new() })
    }

    /// Returns the next event. Returns `None` if the connection is lost or the stream is complete.
    pub(crate) fn next_unless_lost(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(id) = line.strip_prefix("id: ") {
                id.clone_into(&mut self.last_id);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).ok();
            }
        }
    }

    /// Returns the id of the last event that was received. Empty if there was none.
    pub(crate) fn received_id(&self) -> &str {
        &self.last_id
    }

    /// Returns the next event. Returns `None` if the stream is complete.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let mut event = String::new();
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the stream ended without being complete");
            let line = line.trim_end();
            if let Some(id) = line.strip_prefix("id: ") {
                id.clone_into(&mut self.last_id);
            } else if let Some(name) = line.strip_prefix("event: ") {
                name.clone_into(&mut event);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            } else if event == "complete" {
                return None;
            }
        }
    }

    /// Returns the id of the last event. Waits for the id at the start of the stream if there was no event.
    pub(crate) fn last_id(&mut self) -> String {
        while self.last_id.is_empty() {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the stream ended without an id");
            assert!(!line.starts_with("event: "), "an event without an id");
            line.trim_end().strip_prefix("id: ").unwrap_or_default().clone_into(&mut self.last_id);
        }
        self.last_id.clone()
    }

    /// Returns true if the connection ends without another event and without `complete`.
    pub(crate) fn is_interrupted(&mut self) -> bool {
        loop {
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(0) | Err(_) => return true,
                Ok(_) if line.starts_with("event: ") => return false,
                // Comment lines.
                Ok(_) => {}
            }
        }
    }
}
