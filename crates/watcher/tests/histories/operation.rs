//! Random operations on a folder.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// Folders of the histories. There are few, so that operations affect the same names.
const FOLDERS: [&str; 8] = ["", "a", "b", "a/c", "a/d", "b/c", "a/c/e", "_images"];
/// File names. One accent has two spellings, and two names differ only in case.
const FILES: [&str; 8] = ["p.md", "q.md", "r.txt", "P.md", "\u{e9}.md", "e\u{301}.md", "s.png", ".t.md"];

/// One operation on the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Writes a file in place.
    Write {
        file: FileRef,
        text: u16,
    },
    /// Writes a temporary file and renames it to the document.
    AtomicSave {
        file: FileRef,
        text: u16,
    },
    /// Removes a file and writes it again.
    Recreate {
        file: FileRef,
        text: u16,
    },
    /// Writes different content of the same size and restores the modification time.
    RewriteKeepingTime {
        file: FileRef,
        text: u16,
    },
    Append {
        file: FileRef,
        text: u16,
    },
    Truncate {
        file: FileRef,
    },
    Rename {
        from: FileRef,
        to: FileRef,
    },
    Link {
        at: FileRef,
        to: FileRef,
    },
    Remove {
        file: FileRef,
    },
    Protect {
        file: FileRef,
        mode: u16,
    },
    MakeFolder {
        folder: u8,
    },
    RenameFolder {
        from: u8,
        to: u8,
    },
    RemoveFolder {
        folder: u8,
    },
    /// Moves a folder with many files into the content folder.
    MoveFolderIn {
        folder: u8,
        files: u8,
    },
    ProtectFolder {
        folder: u8,
        mode: u16,
    },
    /// Replaces the root folder with one that contains some of its files.
    ReplaceRoot {
        keep: u8,
    },
    /// Lets the worker run.
    Pause,
}

/// A file in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileRef {
    folder: u8,
    file: u8,
}

impl FileRef {
    fn random(random: &mut Rng) -> Self {
        Self { folder: random_index(random, FOLDERS.len()), file: random_index(random, FILES.len()) }
    }

    fn path_in(self, root: &Path) -> PathBuf {
        root.join(FOLDERS[usize::from(self.folder)]).join(FILES[usize::from(self.file)])
    }
}

fn random_index(random: &mut Rng, of: usize) -> u8 {
    u8::try_from(random.usize(..of)).unwrap()
}

/// Returns the operations for a seed.
pub(crate) fn operations(seed: u64, length: usize) -> Vec<Operation> {
    let mut random = Rng::with_seed(seed);
    (0..length).map(|_| random_operation(&mut random)).collect()
}

fn random_operation(random: &mut Rng) -> Operation {
    use Operation as Op;
    let (file, other) = (FileRef::random(random), FileRef::random(random));
    let folder = 1 + random_index(random, FOLDERS.len() - 1);
    let to = 1 + random_index(random, FOLDERS.len() - 1);
    let text = random.u16(..);
    match random.u32(..100) {
        0..24 => Op::Write { file, text },
        24..36 => Op::AtomicSave { file, text },
        36..40 => Op::Recreate { file, text },
        40..44 => Op::RewriteKeepingTime { file, text },
        44..51 => Op::Append { file, text },
        51..55 => Op::Truncate { file },
        55..63 => Op::Rename { from: file, to: other },
        63..67 => Op::Link { at: file, to: other },
        67..72 => Op::Remove { file },
        72..75 => Op::Protect { file, mode: if text.is_multiple_of(2) { 0o644 } else { 0o200 } },
        75..80 => Op::MakeFolder { folder },
        80..86 => Op::RenameFolder { from: folder, to },
        86..89 => Op::RemoveFolder { folder },
        89..92 => Op::MoveFolderIn { folder, files: random_index(random, 20) },
        92..94 => Op::ProtectFolder { folder, mode: if text.is_multiple_of(2) { 0o755 } else { 0o300 } },
        94 if text.is_multiple_of(8) => Op::ReplaceRoot { keep: random_index(random, 4) },
        _ => Op::Pause,
    }
}

impl Operation {
    /// Applies the operation. Does nothing if it is impossible, for example a rename of a missing file.
    pub(crate) fn apply(self, temp: &Path) {
        // Errors are expected.
        drop(self.try_apply(temp));
    }

    fn try_apply(self, temp: &Path) -> std::io::Result<()> {
        let root = temp.join("content");
        match self {
            Self::Write { file, text } => write(&file.path_in(&root), &page(text)),
            Self::AtomicSave { file, text } => {
                let beside = root.join(format!(".{text}.tmp"));
                write(&beside, &page(text))?;
                fs::rename(beside, file.path_in(&root))
            }
            Self::Recreate { file, text } => {
                fs::remove_file(file.path_in(&root))?;
                write(&file.path_in(&root), &page(text))
            }
            Self::RewriteKeepingTime { file, text } => {
                let file = file.path_in(&root);
                let modified = fs::symlink_metadata(&file)?.modified()?;
                write(&file, &page(text))?;
                File::options().append(true).open(file)?.set_modified(modified)
            }
            Self::Append { file, text } => {
                let mut file = OpenOptions::new().append(true).open(file.path_in(&root))?;
                writeln!(file, "\n{}", page(text))
            }
            Self::Truncate { file } => OpenOptions::new().write(true).open(file.path_in(&root))?.set_len(9),
            Self::Rename { from, to } => fs::rename(from.path_in(&root), to.path_in(&root)),
            Self::Link { at, to } => symlink(to.path_in(&root), at.path_in(&root)),
            Self::Remove { file } => fs::remove_file(file.path_in(&root)),
            Self::Protect { file, mode } => protect(&file.path_in(&root), mode),
            Self::MakeFolder { folder } => fs::create_dir_all(root.join(folder_name(folder))),
            Self::RenameFolder { from, to } => {
                fs::rename(root.join(folder_name(from)), root.join(folder_name(to)))
            }
            Self::RemoveFolder { folder } => fs::remove_dir_all(root.join(folder_name(folder))),
            Self::MoveFolderIn { folder, files } => {
                let away = temp.join("away");
                fs::create_dir_all(away.join("in"))?;
                for file in 0..files {
                    write(&away.join(format!("in/{file}.md")), &page(u16::from(file)))?;
                }
                fs::rename(&away, root.join(folder_name(folder)))
            }
            Self::ProtectFolder { folder, mode } => protect(&root.join(folder_name(folder)), mode),
            Self::ReplaceRoot { keep } => replace_root(temp, keep),
            Self::Pause => Ok(()),
        }
    }
}

fn folder_name(folder: u8) -> &'static str {
    FOLDERS[usize::from(folder)]
}

/// Returns a page with a unique title. All pages have the same size.
fn page(text: u16) -> String {
    format!("# Page {text:05}\n\nEt la suite.\n")
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    // Writes through a link. A link out of the folder is not changed.
    fs::write(file, text)
}

fn protect(path: &Path, mode: u16) -> std::io::Result<()> {
    // The target of a link is not changed.
    if fs::symlink_metadata(path)?.is_symlink() {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(u32::from(mode)))
}

/// Changes the target of a link to the root folder, as `git-sync` and `ConfigMap` do.
fn replace_root(temp: &Path, keep: u8) -> std::io::Result<()> {
    let link = temp.join("content");
    let old = fs::read_link(&link)?;
    let number: u32 =
        old.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0);
    let new = temp.join(format!("{}", number + 1));
    fs::create_dir(&new)?;
    for (entry, count) in fs::read_dir(&old)?.zip(0_u8..) {
        let entry = entry?;
        if count % 4 != keep && entry.file_type()?.is_file() {
            fs::copy(entry.path(), new.join(entry.file_name()))?;
        }
    }
    write(&new.join("kept.md"), &page(u16::from(keep)))?;
    let beside = temp.join("link");
    symlink(&new, &beside)?;
    fs::rename(beside, link)
}

/// Makes everything readable again, and writes one page that every history contains.
pub(crate) fn finish(temp: &Path) {
    fn open(folder: &Path) {
        drop(protect(folder, 0o755));
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open(&path),
                Ok(kind) if kind.is_file() => drop(protect(&path, 0o644)),
                _ => {}
            }
        }
    }
    let root = temp.join("content").canonicalize().unwrap();
    open(&root);
    fs::write(root.join("last.md"), page(0)).unwrap();
}
