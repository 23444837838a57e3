//! Compares the folder with the stored state. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use passerelle_model::checksum::Checksum;
use passerelle_model::path::DocumentPath;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Hold, ManifestEntry};

use crate::scan::listing::{FoundFile, Listing};

/// Trust in the stored fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// A file with the stored fingerprint is unchanged.
    Fingerprints,
    /// A file with the stored checksum is unchanged. Every file is read.
    Checksums,
    /// Every file is read and parsed.
    ParseAll,
}

/// Returns the files that are new, that have another fingerprint, or that must be read in any case.
/// `current_defaults` returns the checksum of the folder defaults of a document.
pub(crate) fn files_to_read(
    manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    found: &BTreeMap<DocumentPath, FoundFile>,
    listing: &Listing,
    (comparison, now): (Comparison, Timestamp),
    current_defaults: impl Fn(&DocumentPath) -> Option<Checksum>,
    force_read: impl Fn(&DocumentPath) -> bool,
) -> Vec<(DocumentPath, FoundFile)> {
    let needs_reading = |path: &DocumentPath, file: &FoundFile| {
        let Some(entry) = manifest.get(path) else { return true };
        comparison != Comparison::Fingerprints
            || entry.fingerprint != file.fingerprint
            || entry.defaults_checksum != current_defaults(path)
            || is_released(entry, file, listing, now)
            || force_read(path)
    };
    let found = found.iter().filter(|(path, file)| needs_reading(path, file));
    found.map(|(path, file)| (path.clone(), file.clone())).collect()
}

/// Returns true if a held document was accepted, a missing one is back, or the date of a draft has come.
pub(crate) fn is_released(
    entry: &ManifestEntry,
    file: &FoundFile,
    listing: &Listing,
    now: Timestamp,
) -> bool {
    match entry.hold.hold() {
        None => false,
        Some(Hold::Loss) => {
            entry.hold.is_accepted() || listing.has_acceptance(&entry.path, file.fingerprint.changed_nanos)
        }
        Some(Hold::Draft { until }) => until.is_some_and(|until| until <= now),
        Some(Hold::Missing { .. }) => true,
    }
}

/// Detects moves: finds the missing document with the same checksum as a new file.
#[derive(Debug, Default)]
pub(crate) struct MoveDetector {
    sources: HashMap<Checksum, VecDeque<DocumentPath>>,
}

impl MoveDetector {
    /// Collects the missing documents by checksum.
    pub(crate) fn new(
        missing: &BTreeSet<DocumentPath>,
        manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    ) -> Self {
        let mut moves = Self::default();
        // Empty and unreadable files all have the same checksum.
        let empty = Checksum::of(&[]);
        for path in missing {
            if let Some(entry) = manifest.get(path).filter(|entry| entry.checksum != empty) {
                moves.sources.entry(entry.checksum).or_default().push_back(path.clone());
            }
        }
        moves
    }

    /// Takes the first missing document with this checksum. Each is moved once.
    pub(crate) fn take_source(&mut self, checksum: &Checksum) -> Option<DocumentPath> {
        self.sources.get_mut(checksum)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::document::Fingerprint;
    use std::path::PathBuf;

    fn path(path: &str) -> DocumentPath {
        DocumentPath::parse(path).unwrap()
    }

    fn fingerprint(size: u64) -> Fingerprint {
        Fingerprint { size, ..Fingerprint::default() }
    }

    fn manifest(entries: &[(&str, u64)]) -> BTreeMap<DocumentPath, ManifestEntry> {
        let entry = |(name, size): &(&str, u64)| {
            let checksum = if *size == 0 { Checksum::of(&[]) } else { Checksum::of(&size.to_le_bytes()) };
            (
                path(name),
                ManifestEntry {
                    path: path(name),
                    fingerprint: fingerprint(*size),
                    checksum,
                    defaults_checksum: None,
                    hold: passerelle_storage::HoldState::None,
                },
            )
        };
        entries.iter().map(entry).collect()
    }

    fn listing(files: &[(&str, u64)]) -> Listing {
        let found = |(name, size): &(&str, u64)| {
            (path(name), FoundFile { file: PathBuf::from(name), fingerprint: fingerprint(*size) })
        };
        Listing { found: files.iter().map(found).collect(), ..Listing::default() }
    }

    fn reconcile(
        stored: &[(&str, u64)],
        files: &[(&str, u64)],
        comparison: Comparison,
    ) -> (Vec<String>, Vec<String>) {
        let (listing, stored) = (listing(files), manifest(stored));
        let read = files_to_read(
            &stored,
            &listing.found,
            &listing,
            (comparison, Timestamp::default()),
            |_| None,
            |_| false,
        );
        let missing = listing.missing(&stored, &listing.found);
        (
            read.into_iter().map(|(path, _)| String::from(path)).collect(),
            missing.into_iter().map(String::from).collect(),
        )
    }

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn changed_folder_defaults_force_a_read() {
        let listing = listing(&[("a/b.md", 1)]);
        let read = |given: Option<Checksum>| {
            let stored = manifest(&[("a/b.md", 1)]);
            files_to_read(
                &stored,
                &listing.found,
                &listing,
                (Comparison::Fingerprints, Timestamp::default()),
                |_| given,
                |_| false,
            )
            .len()
        };
        assert_eq!((read(None), read(Some(Checksum::of(b"lang: nl")))), (0, 1));
    }

    #[test]
    fn files_are_read_or_missing_depending_on_manifest_and_listing() {
        let comparison = Comparison::Fingerprints;
        assert_eq!(reconcile(&[], &[], comparison), (vec![], vec![]));
        assert_eq!(reconcile(&[("a.md", 1)], &[("a.md", 1)], comparison), (vec![], vec![]));
        assert_eq!(reconcile(&[("a.md", 1)], &[("a.md", 2)], comparison), (strings(&["a.md"]), vec![]));
        assert_eq!(reconcile(&[], &[("a.md", 1)], comparison), (strings(&["a.md"]), vec![]));
        assert_eq!(reconcile(&[("a.md", 1)], &[], comparison), (vec![], strings(&["a.md"])));
        assert_eq!(
            reconcile(&[("a.md", 1)], &[("b.md", 1)], comparison),
            (strings(&["b.md"]), strings(&["a.md"]))
        );
        assert_eq!(
            reconcile(&[("a.md", 1)], &[("a.md", 1)], Comparison::ParseAll),
            (strings(&["a.md"]), vec![])
        );
        assert_eq!(
            reconcile(&[("a.md", 1)], &[("a.md", 1)], Comparison::Checksums),
            (strings(&["a.md"]), vec![])
        );
    }

    #[test]
    fn files_below_an_unreadable_folder_are_not_missing() {
        let mut listing = listing(&[]);
        listing.unreadable.insert(PathBuf::from("nl"));
        let stored = manifest(&[("nl/a.md", 1), ("b.md", 1)]);
        assert_eq!(listing.missing(&stored, &listing.found), BTreeSet::from([path("b.md")]));
    }

    #[test]
    fn moves_are_detected_by_checksum() {
        let stored = manifest(&[("a.md", 1), ("b.md", 2), ("c.md", 1), ("empty.md", 0)]);
        let missing: BTreeSet<_> = stored.keys().cloned().collect();
        let (one, two, empty) =
            (Checksum::of(&1_u64.to_le_bytes()), Checksum::of(&3_u64.to_le_bytes()), Checksum::of(&[]));
        let mut moves = MoveDetector::new(&missing, &stored);
        let mut take_source = |checksum| moves.take_source(checksum).map(String::from);
        assert_eq!(
            [take_source(&one), take_source(&two), take_source(&one), take_source(&one), take_source(&empty)],
            [Some("a.md".to_owned()), None, Some("c.md".to_owned()), None, None]
        );
    }
}
