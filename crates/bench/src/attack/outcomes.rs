//! Counts of the responses to an attack.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// Start of a response body in which an error code is looked for, in bytes.
const INSPECTED_BYTES: u64 = 2_000;

/// Number of responses by status or error code.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(Mutex<BTreeMap<String, usize>>);

impl Outcomes {
    pub(crate) fn count(&self, outcome: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Reads a response to its end and counts it.
    pub(crate) fn read(&self, response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) {
        let outcome = match response {
            Ok(mut response) => {
                let (status, mut start) = (response.status(), String::new());
                let mut body = response.body_mut().as_reader();
                let read = (&mut body).take(INSPECTED_BYTES).read_to_string(&mut start);
                let rest = std::io::copy(&mut body, &mut std::io::sink());
                let code = start.split_once("\"code\":\"").and_then(|(_, rest)| rest.split('"').next());
                match (code, read.is_ok() && rest.is_ok()) {
                    (Some(code), _) => code.to_owned(),
                    (None, true) => status.as_u16().to_string(),
                    (None, false) => "interrupted".to_owned(),
                }
            }
            Err(_) => "no response".to_owned(),
        };
        self.count(&outcome);
    }

    pub(crate) fn into_text(self) -> String {
        let counts = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(", ")
    }
}
