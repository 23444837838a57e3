//! What lies in the folder.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use cap_std::fs::Metadata;
use passerelle_model::asset::{is_asset_folder, media_type};
use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::ProblemKind;

use crate::accept::accepted_by;
use crate::dirty::Scope;
use crate::problem::{Trouble, told};
use crate::root::{FolderId, Root, fingerprint};

/// Folders deeper than this are not entered: no site is that deep, a loop of mounts is.
const MAX_DEPTH: usize = 32;

/// A document's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// How the file system spells its path below the folder.
    pub(crate) file: PathBuf,
    /// What the file system says of it.
    pub(crate) fingerprint: Fingerprint,
}

/// What was found where it was looked.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The documents.
    pub(crate) found: BTreeMap<DocumentPath, Found>,
    /// The files beside them.
    pub(crate) assets: BTreeMap<DocumentPath, Found>,
    /// The empty files that accept a version: by the path without their ending, when each was put there.
    pub(crate) accepts: BTreeMap<DocumentPath, Fingerprint>,
    /// Where it was looked, as documents spell their paths: what is not found there is gone. None: everywhere.
    pub(crate) looked_at: Option<BTreeSet<PathBuf>>,
    /// Paths below which nothing can be said.
    pub(crate) unreadable: BTreeSet<PathBuf>,
    /// The folders that could not be watched.
    pub(crate) unwatched: BTreeSet<PathBuf>,
    /// What was wrong where.
    pub(crate) problems: Vec<(PathBuf, Trouble)>,
    /// The names of the documents without regard to case.
    pub(crate) folded: HashSet<String>,
}

impl Listing {
    fn new(scope: &Scope) -> Self {
        let looked_at = match scope {
            Scope::Everything => None,
            Scope::Paths(paths) => Some(paths.iter().map(|path| in_normal_form(path)).collect()),
        };
        Self { looked_at, ..Self::default() }
    }

    /// Whether a file beside a document accepts a version of it that was written before an instant, in nanoseconds since
    /// the Unix epoch. One that was there before speaks of another version.
    pub(crate) fn accepts(&self, path: &DocumentPath, written_nanos: i64) -> bool {
        if self.accepts.is_empty() {
            return false;
        }
        let without_ending =
            path.as_str().strip_suffix(path.name()).map(|folder| format!("{folder}{}", path.stem()));
        let short = without_ending.and_then(|path| DocumentPath::parse(&path).ok());
        let files = [Some(path), short.as_ref()];
        let mut files = files.into_iter().flatten().filter_map(|path| self.accepts.get(path));
        files.any(|file| file.changed_nanos >= written_nanos)
    }

    /// Whether something at a path would have been found if it were there.
    pub(crate) fn speaks_of(&self, path: &str) -> bool {
        let path = Path::new(path);
        let is_in = |places: &BTreeSet<PathBuf>| path.ancestors().any(|outer| places.contains(outer));
        self.looked_at.as_ref().is_none_or(is_in) && !is_in(&self.unreadable)
    }

    /// Of things that are stored by path, those that are not there any more.
    pub(crate) fn missing<T>(
        &self,
        stored: &BTreeMap<DocumentPath, T>,
        found: &BTreeMap<DocumentPath, Found>,
    ) -> BTreeSet<DocumentPath> {
        let is_gone = |path: &&DocumentPath| !found.contains_key(*path) && self.speaks_of(path.as_str());
        let Some(looked_at) = &self.looked_at else {
            return stored.keys().filter(is_gone).cloned().collect();
        };
        let mut missing = BTreeSet::new();
        for place in looked_at {
            let Some(place) = place.to_str() else { continue };
            if place.is_empty() {
                return stored.keys().filter(is_gone).cloned().collect();
            }
            // Names with signs before the slash stand between a folder and what lies in it.
            let below = format!("{place}/");
            let inside = stored.range::<str, _>((Bound::Excluded(below.as_str()), Bound::Unbounded));
            let inside = inside.map(|(path, _)| path).take_while(|path| path.as_str().starts_with(&below));
            let own = stored.get_key_value(place).map(|(path, _)| path);
            missing.extend(own.into_iter().chain(inside).filter(is_gone).cloned());
        }
        missing
    }

    fn wrong(&mut self, path: &Path, kind: ProblemKind, what: &str) {
        let message =
            format!("{} {what}", if path.as_os_str().is_empty() { ".".to_owned() } else { told(path) });
        self.problems.push((path.to_owned(), Trouble::new(kind, message)));
    }

    fn unreadable(&mut self, path: &Path, kind: ProblemKind, reason: &str) {
        self.wrong(path, kind, reason);
        self.unreadable.insert(in_normal_form(path));
    }
}

/// The name of a document without regard to case: where two are one, a copy of the folder elsewhere has only one of them.
pub(crate) fn folded(path: &DocumentPath) -> String {
    path.as_str().to_lowercase()
}

/// A path as documents spell theirs, whichever way the file system spells its accents.
fn in_normal_form(path: &Path) -> PathBuf {
    path.to_str()
        .and_then(|text| DocumentPath::parse(text).ok())
        .map_or_else(|| told(path).into(), |path| path.as_str().into())
}

/// Lists documents. `enter` is called with each folder before it is listed, by its path below the root, and tells why that
/// cannot be watched.
pub(crate) fn scan(
    root: &Root,
    scope: &Scope,
    mut enter: impl FnMut(&Path, FolderId) -> Result<(), String>,
) -> Listing {
    let listing = Listing::new(scope);
    let mut scan = Scan { root, listing, enter: &mut enter };
    match scope {
        Scope::Everything => scan.folder(Path::new(""), root.id, Holds::Documents),
        Scope::Paths(paths) => {
            for path in outermost(paths) {
                if path.as_os_str().is_empty() {
                    scan.folder(path, root.id, Holds::Documents);
                } else if let Some(holds) = path.parent().map_or(Some(Holds::Documents), reached) {
                    scan.entry(path, holds);
                }
            }
        }
    }
    scan.listing
}

/// The paths that lie below no other.
fn outermost(paths: &BTreeSet<PathBuf>) -> Vec<&Path> {
    let mut kept: Vec<&Path> = Vec::new();
    for path in paths {
        if !kept.last().is_some_and(|last| path.starts_with(last)) {
            kept.push(path);
        }
    }
    kept
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Documents,
    /// Files that are served as they are.
    Assets,
}

impl Holds {
    /// What a folder of this name inside it holds, if it is one to enter.
    fn inside(self, name: &str) -> Option<Self> {
        match self {
            Self::Documents if DocumentPath::is_document_folder(name) => Some(Self::Documents),
            Self::Documents if is_asset_folder(name) => Some(Self::Assets),
            Self::Assets if !name.starts_with('.') => Some(Self::Assets),
            Self::Documents | Self::Assets => None,
        }
    }

    /// Whether something of this name would be served if it were a file or a folder.
    fn would_serve(self, name: &str) -> bool {
        let is_folder = !name.contains('.') && self.inside(name).is_some();
        match self {
            Self::Documents => DocumentPath::is_document_name(name) || is_folder,
            Self::Assets => {
                is_folder || DocumentPath::parse(name).is_ok_and(|name| media_type(&name).is_some())
            }
        }
    }
}

/// What a folder holds, if a scan of everything would come by it: no hidden or reserved folder on the way.
fn reached(folder: &Path) -> Option<Holds> {
    let mut names = folder.components().map(|name| name.as_os_str().to_str());
    names.try_fold(Holds::Documents, |holds, name| holds.inside(name?))
}

struct Scan<'a, F> {
    root: &'a Root,
    listing: Listing,
    enter: &'a mut F,
}

impl<F: FnMut(&Path, FolderId) -> Result<(), String>> Scan<'_, F> {
    fn folder(&mut self, path: &Path, id: FolderId, holds: Holds) {
        if path.components().count() > MAX_DEPTH {
            let reason = format!("lies more than {MAX_DEPTH} folders deep");
            return self.listing.unreadable(path, ProblemKind::TooDeep, &reason);
        }
        let names = match (self.enter)(path, id) {
            Ok(()) => self.root.names(path),
            Err(reason) => {
                self.listing.wrong(path, ProblemKind::Unwatched, &format!("cannot be watched: {reason}"));
                self.listing.unwatched.insert(path.to_owned());
                self.root.names(path)
            }
        };
        match names {
            // In order, so that of two names that are one it is always the same that is served.
            Ok(names) => {
                for name in names.into_iter().collect::<BTreeSet<_>>() {
                    self.entry(&path.join(name), holds);
                }
            }
            // It went between two looks.
            Err(error) if is_gone(&error) => {}
            Err(error) => self.cannot_be_read(path, &error),
        }
    }

    fn cannot_be_read(&mut self, path: &Path, error: &io::Error) {
        self.listing.unreadable(path, ProblemKind::Unreadable, &format!("cannot be read: {error}"));
    }

    /// Looks at one path: a folder is entered, a document or a file beside them noted, anything else passed over. Links are
    /// not followed: what they point to would be served under two names, or from outside.
    fn entry(&mut self, path: &Path, holds: Holds) {
        let Some(name) = path.file_name() else { return };
        let metadata = match self.root.metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_gone(&error) => return,
            Err(error) => return self.cannot_be_read(path, &error),
        };
        let Some(name) = name.to_str() else {
            if metadata.is_file() || metadata.is_dir() {
                self.listing.wrong(path, ProblemKind::NameNotUtf8, "has a name that is not UTF-8");
            }
            return;
        };
        if metadata.is_dir() {
            if let Some(inside) = holds.inside(name) {
                self.folder(path, FolderId::of(&metadata), inside);
            }
        } else if metadata.is_file() {
            let accepted = accepted_by(path).filter(|_| holds == Holds::Documents);
            if let Some(accepted) = accepted.and_then(|path| DocumentPath::parse(path).ok()) {
                self.listing.accepts.insert(accepted, fingerprint(&metadata));
            } else if holds == Holds::Assets || DocumentPath::is_document_name(name) {
                self.file(path, holds, &metadata);
            }
        } else if holds.would_serve(name) {
            let (kind, what) = if metadata.is_symlink() {
                (ProblemKind::Link, "is a link, and links are not followed")
            } else {
                (ProblemKind::SpecialFile, "is a pipe, a socket or a device, and no file")
            };
            self.listing.wrong(path, kind, what);
        }
    }

    fn file(&mut self, path: &Path, holds: Holds, metadata: &Metadata) {
        let written = path.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"));
        let name = match written.as_deref().map(DocumentPath::parse) {
            Some(Ok(name)) => name,
            Some(Err(error)) => {
                let reason = format!("cannot be served: {error}");
                return self.listing.wrong(path, ProblemKind::NameInvalid, &reason);
            }
            None => {
                let reason = "lies in a folder whose name is not UTF-8";
                return self.listing.wrong(path, ProblemKind::NameNotUtf8, reason);
            }
        };
        let found = Found { file: path.to_owned(), fingerprint: fingerprint(metadata) };
        if holds == Holds::Assets && media_type(&name).is_none() {
            return;
        }
        // Two spellings of one accent are one document: the first in byte order, which is the order of the scan.
        if let Some(first) = self.known(holds).get(&name) {
            let reason = format!(
                "has the name of {} but for the spelling of accents, and is not served",
                first.file.display()
            );
            return self.listing.wrong(path, ProblemKind::NameTwice, &reason);
        }
        if holds == Holds::Documents && !self.listing.folded.insert(folded(&name)) {
            let reason = "has the name of another document but for upper and lower case, and is not served";
            return self.listing.wrong(path, ProblemKind::NameTwice, reason);
        }
        self.known(holds).insert(name, found);
    }

    fn known(&mut self, holds: Holds) -> &mut BTreeMap<DocumentPath, Found> {
        match holds {
            Holds::Documents => &mut self.listing.found,
            Holds::Assets => &mut self.listing.assets,
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn tree(files: &[&str]) -> (TempDir, Root) {
        let folder = TempDir::new().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        (folder, root)
    }

    fn names(root: &Root, scope: &Scope) -> Vec<String> {
        scan(root, scope, |_, _| Ok(())).found.into_keys().map(String::from).collect()
    }

    fn paths(paths: &[&str]) -> Scope {
        Scope::Paths(paths.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn only_documents_are_found() {
        let (_folder, root) = tree(&[
            "a.md",
            "nl/b.txt",
            ".git/c.md",
            "_data/d.md",
            "e.png",
            ".f.md",
            "nl/g.md~",
            "nl/deep/h.markdown",
        ]);
        assert_eq!(names(&root, &Scope::Everything), ["a.md", "nl/b.txt", "nl/deep/h.markdown"]);
    }

    #[test]
    fn files_beside_the_documents_are_found_in_their_folders() {
        let (_folder, root) = tree(&[
            "_images/a.png",
            "nl/_files/sub/b.pdf",
            "_images/.c.png",
            "_images/d.html",
            "_images/e.md",
            "f.png",
        ]);
        let assets = |scope: &Scope| -> Vec<String> {
            scan(&root, scope, |_, _| Ok(())).assets.into_keys().map(String::from).collect()
        };
        assert_eq!(assets(&Scope::Everything), ["_images/a.png", "nl/_files/sub/b.pdf"]);
        assert_eq!(assets(&paths(&["nl/_files/sub/b.pdf", "_data/x.png"])), ["nl/_files/sub/b.pdf"]);
        assert_eq!(names(&root, &Scope::Everything), Vec::<String>::new());
    }

    #[test]
    fn a_path_is_looked_at_with_all_below_it() {
        let (_folder, root) = tree(&["a.md", "nl/b.txt", "nl/deep/c.md", "_data/d.md"]);
        assert_eq!(names(&root, &paths(&["nl", "nl/deep"])), ["nl/b.txt", "nl/deep/c.md"]);
        assert_eq!(names(&root, &paths(&["a.md", "gone.md", "gone/x.md", "_data/d.md"])), ["a.md"]);
        assert_eq!(names(&root, &paths(&[""])).len(), 3);
    }

    #[test]
    fn folders_are_entered_before_they_are_listed() {
        let (_folder, root) = tree(&["nl/deep/c.md"]);
        let mut entered = Vec::new();
        let listing = scan(&root, &Scope::Everything, |folder, _| {
            entered.push(folder.to_owned());
            Err("there are too many".to_owned())
        });
        assert_eq!(entered, ["", "nl", "nl/deep"].map(PathBuf::from));
        assert_eq!((listing.found.len(), listing.unwatched.len()), (1, 3));
        assert_eq!(listing.problems[1].1.message, "nl cannot be watched: there are too many");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_special_files_are_no_documents() {
        let (folder, root) = tree(&["a.md", "sub/b.md"]);
        std::os::unix::fs::symlink(folder.path().join("a.md"), folder.path().join("link.md")).unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("sub/loop")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.md")).unwrap();
        let listing = scan(&root, &Scope::Everything, |_, _| Ok(()));
        assert_eq!(listing.found.len(), 2);
        let wrong: Vec<_> = listing.problems.iter().map(|(_, trouble)| trouble.message.as_str()).collect();
        assert_eq!(
            wrong,
            [
                "etc is a link, and links are not followed",
                "link.md is a link, and links are not followed",
                "socket.md is a pipe, a socket or a device, and no file",
                "sub/loop is a link, and links are not followed",
            ]
        );
        drop(socket);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn two_spellings_of_an_accent_are_one_document() {
        use std::os::unix::ffi::OsStrExt;
        let (folder, root) = tree(&["e\u{301}te\u{301}.md", "été.md"]);
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xFF.md")), "x").unwrap();
        let listing = scan(&root, &Scope::Everything, |_, _| Ok(()));
        assert_eq!(listing.found.len(), 1);
        assert_eq!(listing.problems.len(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_differ_in_case_alone_are_one_document() {
        let (_folder, root) = tree(&["a.md", "A.md", "sub/b.md", "Sub/B.md", "Sub/c.md"]);
        let listing = scan(&root, &Scope::Everything, |_, _| Ok(()));
        assert_eq!(names(&root, &Scope::Everything), ["A.md", "Sub/B.md", "Sub/c.md"]);
        let wrong: Vec<_> = listing.problems.iter().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(wrong, ["a.md", "sub/b.md"]);
    }

    #[test]
    fn what_was_not_looked_at_is_not_gone() {
        let (_folder, root) = tree(&["a.md"]);
        let listing = scan(&root, &paths(&["nl"]), |_, _| Ok(()));
        let speaks_of = |path: &str| listing.speaks_of(path);
        assert!(speaks_of("nl/b.md") && !speaks_of("a.md") && !speaks_of("nlx/b.md"));
        let stored = ["a.md", "nl", "nl-b/c.md", "nl.md", "nl/b.md", "nl/\u{1}.md", "nlx/b.md"];
        let stored: BTreeMap<DocumentPath, u8> =
            stored.iter().filter_map(|path| Some((DocumentPath::parse(path).ok()?, 0))).collect();
        let missing: Vec<String> =
            listing.missing(&stored, &listing.found).into_iter().map(String::from).collect();
        assert_eq!(missing, ["nl", "nl/b.md"]);
    }
}
