//! Name of this process among those that share a database.

use passerelle_model::timestamp::Timestamp;

/// Returns the name of this process: the name of the machine, the process id and the start, for example
/// `web-1/4711@2026-11-28T08:20:01.123Z`. In containers, process ids are often the same.
#[expect(clippy::disallowed_methods, reason = "the server reads the environment")]
pub(crate) fn process_name(started: Timestamp) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    let host = host.trim();
    let host = if host.is_empty() { "localhost" } else { host };
    format!("{host}/{}@{started}", std::process::id())
}
