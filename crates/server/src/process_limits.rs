//! Limits of the process: address space and file descriptors.
//!
//! The limit of open files is raised, and divided between connections and everything else.

use anyhow::bail;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const MIB: u64 = 1024 * 1024;
/// Descriptors for everything that is not a connection of a client.
///
/// The database takes about 20, the internal listener 64, the watcher, the search index, the readers of
/// documents and the runtime about 50. The rest is a margin.
const RESERVED_DESCRIPTORS: u64 = 256;
/// Descriptors of one connection: its socket, and the file that it sends.
const DESCRIPTORS_PER_CONNECTION: u64 = 2;
/// Minimum number of connections. With fewer, a browser and a probe could take all.
const MIN_CONNECTIONS: u64 = 16;

/// Minimum limit of the address space in bytes: 2 GiB.
///
/// Most of it is reserved and never used: the allocator reserves 1 GiB at the start, and each thread 2 MiB
/// for its stack.
const MIN_ADDRESS_SPACE: u64 = 2 * 1024 * 1024 * 1024;

/// Checks that the limit of the address space is large enough.
///
/// Below it the service would abort later, with a message about an allocation of a few bytes.
///
/// # Errors
/// The limit is too small for the service.
pub(crate) fn check_address_space() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::As).current.unwrap_or(u64::MAX);
    if limit < MIN_ADDRESS_SPACE {
        bail!(
            "the limit of the address space is {} MiB, and the service needs at least {} MiB; raise it with `ulimit -v` \
             or `LimitAS=` of systemd",
            limit / MIB,
            MIN_ADDRESS_SPACE / MIB
        );
    }
    Ok(())
}

/// Raises the soft limit of open files for a number of connections. Returns the number of connections that it
/// allows.
///
/// The usual soft limit is 1,024 for programs that use `select`. The hard limit is much larger.
///
/// # Errors
/// The limit is too small for the service.
pub(crate) fn reserve(connections: usize) -> anyhow::Result<usize> {
    let wanted = connections as u64;
    let needed = RESERVED_DESCRIPTORS + DESCRIPTORS_PER_CONNECTION * wanted;
    let limit = getrlimit(Resource::Nofile);
    let mut soft = limit.current.unwrap_or(u64::MAX);
    if soft < needed {
        let raised = limit.maximum.map_or(needed, |hard| needed.min(hard));
        match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }) {
            Ok(()) => soft = raised,
            Err(error) => {
                tracing::warn!(%error, process.descriptor_limit = soft, "the limit of open files cannot be raised");
            }
        }
    }
    let Some(allowed) = allowed_connections(soft) else {
        let least = RESERVED_DESCRIPTORS + DESCRIPTORS_PER_CONNECTION * MIN_CONNECTIONS;
        bail!(
            "the limit of open files is {soft}, and the service needs at least {least}; raise it with `ulimit -n` or \
             `LimitNOFILE=` of systemd"
        );
    };
    if allowed < wanted {
        tracing::warn!(
            process.descriptor_limit = soft,
            process.descriptors_needed = needed,
            connections.allowed = allowed,
            "the limit of open files allows fewer connections than --limit-connections"
        );
    }
    Ok(usize::try_from(allowed.min(wanted))?)
}

/// Returns the number of connections that a limit of open files allows. `None` if it is too small for the
/// service.
fn allowed_connections(limit: u64) -> Option<u64> {
    let connections = limit.saturating_sub(RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION;
    (connections >= MIN_CONNECTIONS).then_some(connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_256_descriptors_to_the_rest_of_the_service() {
        assert_eq!(allowed_connections(1_024), Some(384));
        assert_eq!(allowed_connections(288), Some(16));
        assert_eq!(allowed_connections(287), None);
        assert_eq!(allowed_connections(0), None);
    }
}
