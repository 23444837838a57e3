//! What to do about the differences between the folder and what is stored. Pure.

use std::collections::{BTreeMap, BTreeSet};

use passerelle_document::checksum::Checksum;
use passerelle_document::path::DocumentPath;
use passerelle_storage::{Hold, ManifestEntry};

use crate::scan::{Found, Listing};

/// How far stored fingerprints can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A file whose fingerprint is the stored one has the stored bytes.
    Fingerprints,
    /// Every file is read.
    Nothing,
}

/// The differences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files to read: those that are new or whose fingerprints differ.
    pub(crate) read: BTreeMap<DocumentPath, Found>,
    /// Documents that are stored and not found.
    pub(crate) missing: BTreeSet<DocumentPath>,
}

/// Compares what was found with what is stored. `given` is the identity of what folders give a document now.
pub(crate) fn plan(
    manifest: &BTreeMap<DocumentPath, ManifestEntry>,
    found: &BTreeMap<DocumentPath, Found>,
    listing: &Listing,
    trust: Trust,
    given: impl Fn(&DocumentPath) -> Option<Checksum>,
) -> Plan {
    let mut plan = Plan::default();
    for (path, file) in found {
        let is_known = manifest
            .get(path)
            .is_some_and(|entry| entry.fingerprint == file.fingerprint && entry.defaults == given(path));
        let is_free = manifest.get(path).is_some_and(|entry| is_free(entry, file, listing));
        match (is_known && !is_free, trust) {
            (true, Trust::Fingerprints) => {}
            (true, Trust::Nothing) | (false, _) => {
                plan.read.insert(path.clone(), file.clone());
            }
        }
    }
    let gone = manifest.keys().filter(|path| !found.contains_key(*path) && listing.speaks_of(path));
    plan.missing.extend(gone.cloned());
    plan
}

/// Whether a document that waited for a person's word, or for its file to come back, waits no longer.
pub(crate) fn is_free(entry: &ManifestEntry, file: &Found, listing: &Listing) -> bool {
    match entry.hold {
        None => false,
        Some(Hold::Loss) => entry.is_accepted || listing.accepts(&entry.path, file.fingerprint.changed_nanos),
        Some(Hold::Missing { .. }) => true,
    }
}

/// Finds for each new file the missing document whose bytes it has: a move. Each missing document moves once, the first
/// by path to the first by path.
pub(crate) fn moves<'a>(
    new: impl IntoIterator<Item = (&'a DocumentPath, &'a Checksum)>,
    missing: &BTreeSet<DocumentPath>,
    manifest: &BTreeMap<DocumentPath, ManifestEntry>,
) -> BTreeMap<DocumentPath, DocumentPath> {
    let mut free: BTreeSet<&DocumentPath> = missing.iter().collect();
    let mut moves = BTreeMap::new();
    // Nothing has the identity of something: empty files are all alike, and so are those that were not read.
    let nothing = Checksum::of(&[]);
    for (path, checksum) in new {
        let is_same =
            |from: &&&DocumentPath| manifest.get(**from).is_some_and(|entry| entry.checksum == *checksum);
        let from = if *checksum == nothing { None } else { free.iter().find(is_same) };
        if let Some(from) = from.copied() {
            free.remove(from);
            moves.insert(path.clone(), from.clone());
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirty::Scope;
    use passerelle_document::manifest::Fingerprint;
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
        Listing {
            found: files.iter().map(found).collect(),
            looked_at: Scope::Everything,
            ..Listing::default()
        }
    }

    fn check(stored: &[(&str, u64)], files: &[(&str, u64)], trust: Trust) -> (Vec<String>, Vec<String>) {
        let listing = listing(files);
        let plan = plan(&manifest(stored), &listing.found, &listing, trust, |_| None);
        (
            plan.read.into_keys().map(String::from).collect(),
            plan.missing.into_iter().map(String::from).collect(),
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
            plan(&stored, &listing.found, &listing, Trust::Fingerprints, |_| given).read.len()
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
    }

    #[test]
    fn what_cannot_be_read_is_not_missing() {
        let mut listing = listing(&[]);
        listing.unreadable.push((PathBuf::from("nl"), "permission denied".to_owned()));
        let stored = manifest(&[("nl/a.md", 1), ("b.md", 1)]);
        let plan = plan(&stored, &listing.found, &listing, Trust::Fingerprints, |_| None);
        assert_eq!(plan.missing, BTreeSet::from([path("b.md")]));
    }

    #[test]
    fn a_move_is_the_same_bytes_under_another_name() {
        let stored = manifest(&[("a.md", 1), ("b.md", 2), ("c.md", 1), ("empty.md", 0)]);
        let missing: BTreeSet<_> = stored.keys().cloned().collect();
        let (one, two, empty) =
            (Checksum::of(&1_u64.to_le_bytes()), Checksum::of(&3_u64.to_le_bytes()), Checksum::of(&[]));
        let (x, y, z, e) = (path("x.md"), path("y.md"), path("z.md"), path("e.md"));
        let found = moves([(&x, &one), (&y, &two), (&z, &one), (&e, &empty)], &missing, &stored);
        assert_eq!(found, BTreeMap::from([(x, path("a.md")), (z, path("c.md"))]));
    }
}
