//! Fuzz target: sends arbitrary lines as messages of one WebSocket, and checks the reactions.

#![no_main]
#![allow(dead_code, reason = "the transport uses the other functions of the protocol")]

#[path = "../../src/streaming/close_reason.rs"]
mod close_reason;
#[path = "../../src/streaming/protocol.rs"]
mod protocol;

use protocol::{Action, MAX_CONCURRENT_OPERATIONS, ProtocolState};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut state = ProtocolState::default();
    let mut running = 0_usize;
    for message in text.lines() {
        match state.handle_message(message) {
            Action::StartOperation(..) => running += 1,
            Action::StopOperation(_) => running -= 1,
            Action::Close(_) => return,
            _ => {}
        }
        assert!(running <= MAX_CONCURRENT_OPERATIONS, "{running} operations at the same time");
        assert!(running == 0 || state.is_acknowledged(), "an operation before the acknowledgement");
    }
});
