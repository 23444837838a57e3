//! Chooses between file events and polling.

use std::path::Path;

/// Watch mode that the operator chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WatchSetting {
    /// Uses file events, unless the file system has none or the event of a test file does not arrive.
    #[default]
    Auto,
    /// Uses file events and full scans.
    Native,
    /// Polls the folder.
    Poll,
}

/// File systems without events for changes of other machines: a server, or the host of a virtual machine. The
/// numbers are those of `statfs(2)`.
const FILE_SYSTEMS_WITHOUT_EVENTS: [(u64, &str); 14] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x7375_7245, "Coda"),
    (0x786F_4256, "VirtualBox"),
    (0xBACB_ACBC, "VMware"),
    (0x7C7C_6673, "Parallels"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
];

/// Returns the name of the file system of a folder if it has no events.
#[cfg(target_os = "linux")]
pub(crate) fn file_system_without_events(folder: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    name_without_events(u64::try_from(kind).ok()?)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn file_system_without_events(_folder: &Path) -> Option<&'static str> {
    None
}

fn name_without_events(kind: u64) -> Option<&'static str> {
    // Some numbers use all 32 bits, and the system sign-extends them.
    FILE_SYSTEMS_WITHOUT_EVENTS
        .iter()
        .find(|(number, _)| *number == kind & 0xFFFF_FFFF)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_recognized_by_magic_number() {
        assert_eq!(name_without_events(0x6969), Some("NFS"));
        assert_eq!(name_without_events(0xFFFF_FFFF_FF53_4D42), Some("CIFS"));
        // ext4, btrfs, tmpfs, overlayfs.
        assert!(
            [0xEF53, 0x9123_683E, 0x0102_1994, 0x794C_7630]
                .into_iter()
                .all(|kind| name_without_events(kind).is_none())
        );
    }
}
