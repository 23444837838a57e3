//! Lists the files of the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::Metadata;
use passerelle_model::asset::{is_asset_folder, is_image, media_type};
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::ProblemKind;

use crate::scan::accept_file::accepted_path;
use crate::scan::listing::{FoundFile, Listing, case_folded};
use crate::scan::plan_folders::PlanFolders;
use crate::scan::root::{FolderId, Root, fingerprint};
use crate::scan::scope::ScanScope;

/// Maximum depth of folders. A deeper folder is a loop of mounts.
const MAX_DEPTH: usize = 32;

/// Lists the files in a scope. `on_folder` is called with the path of each folder before it is listed. It
/// returns an error if the folder cannot be watched.
pub(crate) fn scan(
    root: &Root,
    scope: &ScanScope,
    mut on_folder: impl FnMut(&Path, FolderId) -> Result<(), notify::Error>,
) -> Listing {
    let listing = Listing::new(scope);
    let plan_folders = PlanFolders::default();
    let mut scanner = Scanner { root, listing, plan_folders, on_folder: &mut on_folder };
    match scope {
        ScanScope::Everything => scanner.visit_folder(Path::new(""), root.id, FolderKind::Documents),
        ScanScope::Paths(paths) => {
            for path in without_descendants(paths) {
                if path.as_os_str().is_empty() {
                    scanner.visit_folder(path, root.id, FolderKind::Documents);
                } else if root.is_below_link(path) {
                    // A full scan does not reach it.
                } else if let Some(kind) = path.parent().map_or(Some(FolderKind::Documents), kind_by_path) {
                    scanner.visit_entry(path, kind);
                }
            }
        }
    }
    scanner.listing
}

/// Removes paths that are below other paths.
fn without_descendants(paths: &BTreeSet<PathBuf>) -> Vec<&Path> {
    let mut outermost: Vec<&Path> = Vec::new();
    for path in paths {
        if !outermost.last().is_some_and(|last| path.starts_with(last)) {
            outermost.push(path);
        }
    }
    outermost
}

/// Kind of files that a folder contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FolderKind {
    Documents,
    /// Files that are served unchanged.
    Assets,
}

impl FolderKind {
    /// Returns the kind of a child folder. `None` if it is not scanned.
    fn child_kind(self, name: &str) -> Option<Self> {
        match self {
            Self::Documents if DocumentPath::is_document_folder(name) => Some(Self::Documents),
            Self::Documents if is_asset_folder(name) => Some(Self::Assets),
            Self::Assets if !name.starts_with('.') => Some(Self::Assets),
            Self::Documents | Self::Assets => None,
        }
    }

    /// Returns true if something at this path would be served if it were a file or a folder.
    fn is_servable(self, path: &Path, name: &str) -> bool {
        let is_folder = !name.contains('.') && self.child_kind(name).is_some();
        let path = || path.to_str().and_then(|path| DocumentPath::parse(path).ok());
        match self {
            Self::Documents => {
                DocumentPath::is_document_name(name)
                    || is_folder
                    || path().is_some_and(|path| media_type(&path).is_some())
            }
            Self::Assets => is_folder || path().is_some_and(|path| media_type(&path).is_some()),
        }
    }
}

/// Returns the kind of a folder by path. `None` if a full scan does not reach it.
fn kind_by_path(folder: &Path) -> Option<FolderKind> {
    let mut names = folder.components().map(|name| name.as_os_str().to_str());
    names.try_fold(FolderKind::Documents, |kind, name| kind.child_kind(name?))
}

struct Scanner<'a, F> {
    root: &'a Root,
    listing: Listing,
    plan_folders: PlanFolders,
    on_folder: &'a mut F,
}

impl<F: FnMut(&Path, FolderId) -> Result<(), notify::Error>> Scanner<'_, F> {
    fn visit_folder(&mut self, path: &Path, id: FolderId, kind: FolderKind) {
        if path.components().count() > MAX_DEPTH {
            let reason = format!("is nested more than {MAX_DEPTH} folders deep");
            return self.listing.add_unreadable(path, ProblemKind::TooDeep, &reason);
        }
        let names = match (self.on_folder)(path, id) {
            Ok(()) => self.root.list_names(path),
            Err(error) => {
                self.listing.add_problem(
                    path,
                    ProblemKind::Unwatched,
                    &format!("cannot be watched: {error}"),
                );
                self.listing.unwatched.insert(path.to_owned());
                self.root.list_names(path)
            }
        };
        match names {
            // In byte order, so that the same one of two equal names is always served.
            Ok(names) => {
                for name in names.into_iter().collect::<BTreeSet<_>>() {
                    self.visit_entry(&path.join(name), kind);
                }
            }
            // The folder was removed in the meantime.
            Err(error) if is_gone(&error) => {}
            Err(error) => self.report_unreadable(path, &error),
        }
    }

    fn report_unreadable(&mut self, path: &Path, error: &io::Error) {
        self.listing.add_unreadable(path, ProblemKind::Unreadable, &format!("cannot be read: {error}"));
    }

    /// Visits a folder, records a document or an asset, and ignores other files. Links are not followed:
    /// their targets would be served under two paths, or from outside the folder.
    fn visit_entry(&mut self, path: &Path, kind: FolderKind) {
        let Some(name) = path.file_name() else { return };
        let metadata = match self.root.metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_gone(&error) => return,
            Err(error) => return self.report_unreadable(path, &error),
        };
        let Some(name) = name.to_str() else {
            if metadata.is_file() || metadata.is_dir() {
                self.listing.add_problem(path, ProblemKind::NameNotUtf8, "has a name that is not UTF-8");
            }
            return;
        };
        if metadata.is_dir() {
            if let Some(inside) = kind.child_kind(name) {
                self.visit_folder(path, FolderId::of(&metadata), inside);
            }
        } else if metadata.is_file() {
            let accepted = accepted_path(path).filter(|_| kind == FolderKind::Documents);
            if let Some(accepted) = accepted.and_then(|path| DocumentPath::parse(path).ok()) {
                self.listing.accept_files.insert(accepted, fingerprint(&metadata));
            } else if kind == FolderKind::Assets || is_image(name) {
                self.visit_file(path, FolderKind::Assets, &metadata);
            } else if self.is_document(path, name) {
                self.visit_file(path, kind, &metadata);
            }
        } else if kind.is_servable(path, name) {
            let (problem_kind, problem) = if metadata.is_symlink() {
                (ProblemKind::Link, "is a symbolic link; links are not followed")
            } else {
                (ProblemKind::SpecialFile, "is a pipe, a socket or a device, not a regular file")
            };
            self.listing.add_problem(path, problem_kind, problem);
        }
    }

    /// Returns true if a file is a document of its own: the settings file of a plan folder, but not its
    /// members.
    fn is_document(&mut self, path: &Path, name: &str) -> bool {
        if !DocumentPath::is_document_name(name) && !DocumentPath::is_settings_name(name) {
            return false;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        match self.plan_folders.settings_file(self.root, folder) {
            Some(settings) if name == settings => true,
            Some(_) if DocumentPath::is_text_document_name(name) => false,
            _ => DocumentPath::is_document_name(name),
        }
    }

    fn visit_file(&mut self, path: &Path, kind: FolderKind, metadata: &Metadata) {
        let relative_path = path.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"));
        let name = match relative_path.as_deref().map(DocumentPath::parse) {
            Some(Ok(name)) => name,
            Some(Err(error)) => {
                let reason = format!("cannot be served: {error}");
                return self.listing.add_problem(path, ProblemKind::NameInvalid, &reason);
            }
            None => {
                let reason = "is in a folder whose name is not UTF-8";
                return self.listing.add_problem(path, ProblemKind::NameNotUtf8, reason);
            }
        };
        let found = FoundFile { file: path.to_owned(), fingerprint: fingerprint(metadata) };
        if kind == FolderKind::Assets && media_type(&name).is_none() {
            return;
        }
        // Two encodings of an accent are one path. The first in byte order is served.
        if let Some(first) = self.files_of_kind(kind).get(&name) {
            let reason = format!(
                "differs from {} only in the encoding of accents, and is not served",
                first.file.display()
            );
            return self.listing.add_problem(path, ProblemKind::NameTwice, &reason);
        }
        if kind == FolderKind::Documents && !self.listing.case_folded_names.insert(case_folded(&name)) {
            let reason = "differs from another document only in upper and lower case, and is not served";
            return self.listing.add_problem(path, ProblemKind::NameTwice, reason);
        }
        self.files_of_kind(kind).insert(name, found);
    }

    fn files_of_kind(&mut self, kind: FolderKind) -> &mut BTreeMap<DocumentPath, FoundFile> {
        match kind {
            FolderKind::Documents => &mut self.listing.found,
            FolderKind::Assets => &mut self.listing.assets,
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

    fn names(root: &Root, scope: &ScanScope) -> Vec<String> {
        scan(root, scope, |_, _| Ok(())).found.into_keys().map(String::from).collect()
    }

    fn paths(paths: &[&str]) -> ScanScope {
        ScanScope::Paths(paths.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn scan_finds_only_documents() {
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
        assert_eq!(names(&root, &ScanScope::Everything), ["a.md", "nl/b.txt", "nl/deep/h.markdown"]);
    }

    #[test]
    fn scan_finds_assets_in_asset_folders_and_images_beside_documents() {
        let (_folder, root) = tree(&[
            "_images/a.png",
            "nl/_files/sub/b.pdf",
            "_images/.c.png",
            "_images/d.html",
            "_images/e.md",
            "f.png",
            "g.pdf",
            "nl/img/h 1.JPG",
            "_data/i.png",
            ".j.png",
        ]);
        let assets = |scope: &ScanScope| -> Vec<String> {
            scan(&root, scope, |_, _| Ok(())).assets.into_keys().map(String::from).collect()
        };
        assert_eq!(
            assets(&ScanScope::Everything),
            ["_images/a.png", "f.png", "nl/_files/sub/b.pdf", "nl/img/h 1.JPG"]
        );
        assert_eq!(assets(&paths(&["nl/img/h 1.JPG"])), ["nl/img/h 1.JPG"]);
        assert_eq!(assets(&paths(&["nl/_files/sub/b.pdf", "_data/x.png"])), ["nl/_files/sub/b.pdf"]);
        assert_eq!(names(&root, &ScanScope::Everything), Vec::<String>::new());
    }

    #[test]
    fn members_of_a_plan_folder_are_no_documents() {
        let (folder, root) = tree(&[
            "parks/plan.yaml",
            "parks/a.md",
            "parks/b.txt",
            "parks/c.csv",
            "parks/d/e.md",
            "plan/f.md",
        ]);
        // The defaults file of a folder `plan`.
        std::fs::write(folder.path().join("plan/plan.yaml"), "lang: fr").unwrap();
        let found = ["parks/c.csv", "parks/d/e.md", "parks/plan.yaml", "plan/f.md"];
        assert_eq!(names(&root, &ScanScope::Everything), found);
        assert_eq!(names(&root, &paths(&["parks/a.md", "parks/plan.yaml"])), ["parks/plan.yaml"]);
        std::fs::write(folder.path().join("plan/plan.yaml"), "measures: files").unwrap();
        assert_eq!(names(&root, &paths(&["plan"])), ["plan/plan.yaml"]);
    }

    #[test]
    fn scan_of_a_path_includes_its_descendants() {
        let (_folder, root) = tree(&["a.md", "nl/b.txt", "nl/deep/c.md", "_data/d.md"]);
        assert_eq!(names(&root, &paths(&["nl", "nl/deep"])), ["nl/b.txt", "nl/deep/c.md"]);
        assert_eq!(names(&root, &paths(&["a.md", "gone.md", "gone/x.md", "_data/d.md"])), ["a.md"]);
        assert_eq!(names(&root, &paths(&[""])).len(), 3);
    }

    #[test]
    fn folder_callback_runs_before_the_folder_is_listed() {
        let (_folder, root) = tree(&["nl/deep/c.md"]);
        let mut visited = Vec::new();
        let listing = scan(&root, &ScanScope::Everything, |folder, _| {
            visited.push(folder.to_owned());
            Err(notify::Error::generic("there are too many"))
        });
        assert_eq!(visited, ["", "nl", "nl/deep"].map(PathBuf::from));
        assert_eq!((listing.found.len(), listing.unwatched.len()), (1, 3));
        assert_eq!(listing.problems[1].1.message, "nl cannot be watched: there are too many");
    }

    #[cfg(unix)]
    #[test]
    fn symlinks_and_special_files_are_reported_as_problems() {
        let (folder, root) = tree(&["a.md", "sub/b.md"]);
        std::os::unix::fs::symlink(folder.path().join("a.md"), folder.path().join("link.md")).unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("sub/loop")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.md")).unwrap();
        let listing = scan(&root, &ScanScope::Everything, |_, _| Ok(()));
        assert_eq!(listing.found.len(), 2);
        let found_problems: Vec<_> =
            listing.problems.iter().map(|(_, detail)| detail.message.as_str()).collect();
        assert_eq!(
            found_problems,
            [
                "etc is a symbolic link; links are not followed",
                "link.md is a symbolic link; links are not followed",
                "socket.md is a pipe, a socket or a device, not a regular file",
                "sub/loop is a symbolic link; links are not followed",
            ]
        );
        drop(socket);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn paths_equal_after_unicode_normalization_are_one_document() {
        use std::os::unix::ffi::OsStrExt;
        let (folder, root) = tree(&["e\u{301}te\u{301}.md", "été.md"]);
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xFF.md")), "x").unwrap();
        let listing = scan(&root, &ScanScope::Everything, |_, _| Ok(()));
        assert_eq!(listing.found.len(), 1);
        assert_eq!(listing.problems.len(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_differ_only_in_case_are_one_document() {
        let (_folder, root) = tree(&["a.md", "A.md", "sub/b.md", "Sub/B.md", "Sub/c.md"]);
        let listing = scan(&root, &ScanScope::Everything, |_, _| Ok(()));
        assert_eq!(names(&root, &ScanScope::Everything), ["A.md", "Sub/B.md", "Sub/c.md"]);
        let found_problems: Vec<_> =
            listing.problems.iter().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(found_problems, ["a.md", "sub/b.md"]);
    }

    #[test]
    fn documents_outside_the_scanned_paths_are_not_missing() {
        let (_folder, root) = tree(&["a.md"]);
        let listing = scan(&root, &paths(&["nl"]), |_, _| Ok(()));
        let covers = |path: &str| listing.covers(path);
        assert!(covers("nl/b.md") && !covers("a.md") && !covers("nlx/b.md"));
        let stored = ["a.md", "nl", "nl-b/c.md", "nl.md", "nl/b.md", "nl/\u{1}.md", "nlx/b.md"];
        let stored: BTreeMap<DocumentPath, u8> =
            stored.iter().filter_map(|path| Some((DocumentPath::parse(path).ok()?, 0))).collect();
        let missing: Vec<String> =
            listing.missing(&stored, &listing.found).into_iter().map(String::from).collect();
        assert_eq!(missing, ["nl", "nl/b.md"]);
    }
}
