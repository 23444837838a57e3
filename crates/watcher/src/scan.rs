//! What lies in the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, MetadataExt};
use passerelle_document::asset::{is_asset_folder, media_type};
use passerelle_document::manifest::Fingerprint;
use passerelle_document::path::DocumentPath;

use crate::dirty::Scope;

/// Folders deeper than this are not entered: no site is that deep, a loop of mounts is.
const MAX_DEPTH: usize = 32;

/// The folder that documents are dropped into, opened: files are reached below it and nowhere else.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) dir: Dir,
    /// Its device and serial number: another one under the same name is another folder.
    pub(crate) identity: (u64, u64),
}

impl Root {
    /// Opens the folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        let metadata = dir.dir_metadata()?;
        Ok(Self { identity: (metadata.dev(), metadata.ino()), dir })
    }
}

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
    /// Where it was looked: what is not found here is gone.
    pub(crate) looked_at: Scope,
    /// Paths below which nothing can be said, and why.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
    /// Files that cannot be documents because of their names, and why.
    pub(crate) unnameable: Vec<(PathBuf, String)>,
}

/// The ending of the empty file that accepts a version of a document.
const ACCEPT: &str = ".accept";

/// The path that an accepting file speaks of, if it is one: `plan.txt` or `plan` for `plan.txt.accept` or `plan.accept`.
pub(crate) fn accepted_by(path: &Path) -> Option<&str> {
    path.to_str()?.strip_suffix(ACCEPT).filter(|path| !path.is_empty())
}

/// The paths beside one that accept it, or that it accepts.
pub(crate) fn accepts_of(path: &Path) -> Vec<PathBuf> {
    /// The endings that a document can have.
    const ENDINGS: [&str; 3] = ["md", "markdown", "txt"];
    match accepted_by(path) {
        Some(accepted) => {
            let whole = PathBuf::from(accepted);
            let ended = ENDINGS.map(|ending| PathBuf::from(format!("{accepted}.{ending}")));
            std::iter::once(whole).chain(ended).collect()
        }
        None if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(DocumentPath::is_document_name) =>
        {
            let beside = |path: &Path| path.to_str().map(|path| PathBuf::from(format!("{path}{ACCEPT}")));
            [beside(path), beside(&path.with_extension(""))].into_iter().flatten().collect()
        }
        None => Vec::new(),
    }
}

impl Listing {
    /// Whether a file beside a document accepts a version of it that was written before an instant, in nanoseconds since
    /// the Unix epoch. One that was there before speaks of another version.
    pub(crate) fn accepts(&self, path: &DocumentPath, written_nanos: i64) -> bool {
        let without_ending =
            path.as_str().strip_suffix(path.name()).map(|folder| format!("{folder}{}", path.stem()));
        let short = without_ending.and_then(|path| DocumentPath::parse(&path).ok());
        let files = [Some(path), short.as_ref()];
        let mut files = files.into_iter().flatten().filter_map(|path| self.accepts.get(path));
        files.any(|file| file.changed_nanos >= written_nanos)
    }

    /// Whether a document would have been found if it were there.
    pub(crate) fn speaks_of(&self, path: &DocumentPath) -> bool {
        let path = Path::new(path.as_str());
        let looked = match &self.looked_at {
            Scope::Everything => true,
            Scope::Paths(paths) => paths.iter().any(|looked| path.starts_with(in_normal_form(looked))),
        };
        looked && !self.unreadable.iter().any(|(unreadable, _)| path.starts_with(unreadable))
    }
}

/// A path as documents spell theirs, whichever way the file system spells its accents.
fn in_normal_form(path: &Path) -> PathBuf {
    path.to_str()
        .and_then(|text| DocumentPath::parse(text).ok())
        .map_or_else(|| path.to_owned(), |path| path.as_str().into())
}

/// Lists documents. `enter` is called with each folder before it is listed, by its path below the root.
pub(crate) fn scan(root: &Root, scope: &Scope, mut enter: impl FnMut(&Path)) -> Listing {
    let mut listing = Listing { looked_at: scope.clone(), ..Listing::default() };
    match scope {
        Scope::Everything => folder(root, Path::new(""), Holds::Documents, &mut listing, &mut enter),
        Scope::Paths(paths) => {
            for path in outermost(paths) {
                if path.as_os_str().is_empty() {
                    folder(root, path, Holds::Documents, &mut listing, &mut enter);
                } else if let Some(holds) = path.parent().map_or(Some(Holds::Documents), reached) {
                    entry(root, path, holds, &mut listing, &mut enter);
                }
            }
        }
    }
    listing
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
}

/// What a folder holds, if a scan of everything would come by it: no hidden or reserved folder on the way.
fn reached(folder: &Path) -> Option<Holds> {
    let mut names = folder.components().map(|name| name.as_os_str().to_str());
    names.try_fold(Holds::Documents, |holds, name| holds.inside(name?))
}

fn folder(root: &Root, path: &Path, holds: Holds, listing: &mut Listing, enter: &mut impl FnMut(&Path)) {
    if path.components().count() > MAX_DEPTH {
        listing.unreadable.push((path.to_owned(), format!("more than {MAX_DEPTH} folders deep")));
        return;
    }
    enter(path);
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let entries = match root.dir.read_dir(here) {
        Ok(entries) => entries,
        // It went between two looks.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => {
            listing.unreadable.push((path.to_owned(), error.to_string()));
            return;
        }
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        match entry {
            Ok(entry) => {
                names.insert(entry.file_name());
            }
            Err(error) => listing.unreadable.push((path.to_owned(), error.to_string())),
        }
    }
    for name in names {
        entry(root, &path.join(name), holds, listing, enter);
    }
}

/// Looks at one path: a folder is entered, a document or a file beside them noted, anything else passed over. Links are not followed: what
/// they point to would be served under two names, or from outside.
fn entry(root: &Root, path: &Path, holds: Holds, listing: &mut Listing, enter: &mut impl FnMut(&Path)) {
    let Some(name) = path.file_name() else { return };
    let metadata = match root.dir.symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return;
        }
        Err(error) => {
            listing.unreadable.push((path.to_owned(), error.to_string()));
            return;
        }
    };
    let Some(name) = name.to_str() else {
        if metadata.is_file() {
            listing.unnameable.push((path.to_owned(), "its name is not UTF-8".to_owned()));
        }
        return;
    };
    if metadata.is_dir() {
        if let Some(inside) = holds.inside(name) {
            folder(root, path, inside, listing, enter);
        }
    } else if metadata.is_file()
        && holds == Holds::Documents
        && let Some(accepted) = accepted_by(path).and_then(|path| DocumentPath::parse(path).ok())
    {
        listing.accepts.insert(accepted, fingerprint(&metadata));
    } else if metadata.is_file() && (holds == Holds::Assets || DocumentPath::is_document_name(name)) {
        file(path, holds, &metadata, listing);
    }
}

fn file(path: &Path, holds: Holds, metadata: &Metadata, listing: &mut Listing) {
    let written = path.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"));
    let parsed = written.as_deref().map(DocumentPath::parse);
    match parsed {
        Some(Ok(name)) => {
            let found = Found { file: path.to_owned(), fingerprint: fingerprint(metadata) };
            let known = match holds {
                Holds::Documents => &mut listing.found,
                Holds::Assets if media_type(&name).is_some() => &mut listing.assets,
                Holds::Assets => return,
            };
            // Two spellings of one accent are one document: the first in byte order, which is the order of the scan.
            if let Some(first) = known.get(&name) {
                let reason =
                    format!("it has the name of {} but for the spelling of accents", first.file.display());
                listing.unnameable.push((path.to_owned(), reason));
            } else {
                known.insert(name, found);
            }
        }
        Some(Err(error)) => listing.unnameable.push((path.to_owned(), error.to_string())),
        None => listing.unnameable.push((path.to_owned(), "its path is not UTF-8".to_owned())),
    }
}

/// What the file system says of a file.
pub(crate) fn fingerprint(metadata: &Metadata) -> Fingerprint {
    let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
    Fingerprint {
        inode: metadata.ino(),
        size: metadata.len(),
        modified_nanos: nanos(metadata.mtime(), metadata.mtime_nsec()),
        changed_nanos: nanos(metadata.ctime(), metadata.ctime_nsec()),
    }
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
        scan(root, scope, |_| {}).found.into_keys().map(String::from).collect()
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
            scan(&root, scope, |_| {}).assets.into_keys().map(String::from).collect()
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
        scan(&root, &Scope::Everything, |folder| entered.push(folder.to_owned()));
        assert_eq!(entered, ["", "nl", "nl/deep"].map(PathBuf::from));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_special_files_are_no_documents() {
        let (folder, root) = tree(&["a.md", "sub/b.md"]);
        std::os::unix::fs::symlink(folder.path().join("a.md"), folder.path().join("link.md")).unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("sub/loop")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.md")).unwrap();
        assert_eq!(names(&root, &Scope::Everything), ["a.md", "sub/b.md"]);
        drop(socket);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn two_spellings_of_an_accent_are_one_document() {
        use std::os::unix::ffi::OsStrExt;
        let (folder, root) = tree(&["e\u{301}te\u{301}.md", "été.md"]);
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xFF.md")), "x").unwrap();
        let listing = scan(&root, &Scope::Everything, |_| {});
        assert_eq!(listing.found.len(), 1);
        assert_eq!(listing.unnameable.len(), 2);
    }

    #[test]
    fn what_was_not_looked_at_is_not_gone() {
        let (_folder, root) = tree(&["a.md"]);
        let listing = scan(&root, &paths(&["nl"]), |_| {});
        let speaks_of = |path: &str| listing.speaks_of(&DocumentPath::parse(path).unwrap());
        assert!(speaks_of("nl/b.md") && !speaks_of("a.md") && !speaks_of("nlx/b.md"));
    }
}
