//! What to do about the differences between the folder and what is stored. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use passerelle_model::checksum::Checksum;
use passerelle_model::path::DocumentPath;
use passerelle_storage::{Hold, ManifestEntry};

use crate::scan::{Found, Listing};

/// How far what is stored can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A file whose fingerprint is the stored one has the stored bytes.
    Fingerprints,
    /// A file whose bytes are the stored ones says what is stored. Every file is read, and understood where it differs.
    Checksums,
    /// Every file is read and understood again.
    Nothing,
}

/// The files to read: those that are new or whose fingerprints differ, and those that must be read all the same. `given` is
/// the identity of what folders give a document now.
pub(crate) fn to_read(
    manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    found: &BTreeMap<DocumentPath, Found>,
    listing: &Listing,
    trust: Trust,
    given: impl Fn(&DocumentPath) -> Option<Checksum>,
    must: impl Fn(&DocumentPath) -> bool,
) -> Vec<(DocumentPath, Found)> {
    let is_to_read = |path: &DocumentPath, file: &Found| {
        let Some(entry) = manifest.get(path) else { return true };
        trust != Trust::Fingerprints
            || entry.fingerprint != file.fingerprint
            || entry.defaults != given(path)
            || is_free(entry, file, listing)
            || must(path)
    };
    let found = found.iter().filter(|(path, file)| is_to_read(path, file));
    found.map(|(path, file)| (path.clone(), file.clone())).collect()
}

/// Whether a document that waited for a person's word, or for its file to come back, waits no longer.
pub(crate) fn is_free(entry: &ManifestEntry, file: &Found, listing: &Listing) -> bool {
    match entry.hold {
        None => false,
        Some(Hold::Loss) => entry.is_accepted || listing.accepts(&entry.path, file.fingerprint.changed_nanos),
        Some(Hold::Missing { .. }) => true,
    }
}

/// The missing documents that new files may be, moved.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    missing: HashMap<Checksum, VecDeque<DocumentPath>>,
}

impl Moves {
    /// The moves that missing documents may have made.
    pub(crate) fn of(
        missing: &BTreeSet<DocumentPath>,
        manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    ) -> Self {
        let mut moves = Self::default();
        // Nothing has the identity of something: empty files are all alike, and so are those that were not read.
        let nothing = Checksum::of(&[]);
        for path in missing {
            if let Some(entry) = manifest.get(path).filter(|entry| entry.checksum != nothing) {
                moves.missing.entry(entry.checksum).or_default().push_back(path.clone());
            }
        }
        moves
    }

    /// The missing document whose bytes a new file has. Each moves once, the first by path to the first that asks.
    pub(crate) fn take(&mut self, checksum: &Checksum) -> Option<DocumentPath> {
        self.missing.get_mut(checksum)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::manifest::Fingerprint;
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
                    defaults: None,
                    hold: None,
                    is_accepted: false,
                },
            )
        };
        entries.iter().map(entry).collect()
    }

    fn listing(files: &[(&str, u64)]) -> Listing {
        let found = |(name, size): &(&str, u64)| {
            (path(name), Found { file: PathBuf::from(name), fingerprint: fingerprint(*size) })
        };
        Listing { found: files.iter().map(found).collect(), ..Listing::default() }
    }

    fn check(stored: &[(&str, u64)], files: &[(&str, u64)], trust: Trust) -> (Vec<String>, Vec<String>) {
        let (listing, stored) = (listing(files), manifest(stored));
        let read = to_read(&stored, &listing.found, &listing, trust, |_| None, |_| false);
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
    fn a_document_is_read_again_when_its_folder_gives_it_something_else() {
        let listing = listing(&[("a/b.md", 1)]);
        let read = |given: Option<Checksum>| {
            let stored = manifest(&[("a/b.md", 1)]);
            to_read(&stored, &listing.found, &listing, Trust::Fingerprints, |_| given, |_| false).len()
        };
        assert_eq!((read(None), read(Some(Checksum::of(b"lang: nl")))), (0, 1));
    }

    #[test]
    fn every_pair_of_stored_and_found_has_its_answer() {
        let trust = Trust::Fingerprints;
        assert_eq!(check(&[], &[], trust), (vec![], vec![]));
        assert_eq!(check(&[("a.md", 1)], &[("a.md", 1)], trust), (vec![], vec![]));
        assert_eq!(check(&[("a.md", 1)], &[("a.md", 2)], trust), (strings(&["a.md"]), vec![]));
        assert_eq!(check(&[], &[("a.md", 1)], trust), (strings(&["a.md"]), vec![]));
        assert_eq!(check(&[("a.md", 1)], &[], trust), (vec![], strings(&["a.md"])));
        assert_eq!(check(&[("a.md", 1)], &[("b.md", 1)], trust), (strings(&["b.md"]), strings(&["a.md"])));
        assert_eq!(check(&[("a.md", 1)], &[("a.md", 1)], Trust::Nothing), (strings(&["a.md"]), vec![]));
        assert_eq!(check(&[("a.md", 1)], &[("a.md", 1)], Trust::Checksums), (strings(&["a.md"]), vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_not_missing() {
        let mut listing = listing(&[]);
        listing.unreadable.insert(PathBuf::from("nl"));
        let stored = manifest(&[("nl/a.md", 1), ("b.md", 1)]);
        assert_eq!(listing.missing(&stored, &listing.found), BTreeSet::from([path("b.md")]));
    }

    #[test]
    fn a_move_is_the_same_bytes_under_another_name() {
        let stored = manifest(&[("a.md", 1), ("b.md", 2), ("c.md", 1), ("empty.md", 0)]);
        let missing: BTreeSet<_> = stored.keys().cloned().collect();
        let (one, two, empty) =
            (Checksum::of(&1_u64.to_le_bytes()), Checksum::of(&3_u64.to_le_bytes()), Checksum::of(&[]));
        let mut moves = Moves::of(&missing, &stored);
        let mut take = |checksum| moves.take(checksum).map(String::from);
        assert_eq!(
            [take(&one), take(&two), take(&one), take(&one), take(&empty)],
            [Some("a.md".to_owned()), None, Some("c.md".to_owned()), None, None]
        );
    }
}
