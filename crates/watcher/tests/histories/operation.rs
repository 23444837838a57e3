//! What people and programs do to a folder.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// Folders that histories play in. Few, so that names meet.
const FOLDERS: [&str; 8] = ["", "a", "b", "a/c", "a/d", "b/c", "a/c/e", "_images"];
/// Names of files. The accents are spelt in two ways, and one differs from another in case alone.
const FILES: [&str; 8] = ["p.md", "q.md", "r.txt", "P.md", "\u{e9}.md", "e\u{301}.md", "s.png", ".t.md"];

/// One thing that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Writes a file in place.
    Write {
        file: Place,
        text: u16,
    },
    /// Writes a file beside another and renames it over that.
    Save {
        file: Place,
        text: u16,
    },
    /// Removes a file and writes it again.
    Recreate {
        file: Place,
        text: u16,
    },
    /// Writes a file of the same size, and sets its time back.
    Restore {
        file: Place,
        text: u16,
    },
    Append {
        file: Place,
        text: u16,
    },
    Truncate {
        file: Place,
    },
    Rename {
        from: Place,
        to: Place,
    },
    Link {
        at: Place,
        to: Place,
    },
    Remove {
        file: Place,
    },
    Protect {
        file: Place,
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
    /// Moves a folder with many files in.
    MoveIn {
        folder: u8,
        files: u8,
    },
    ProtectFolder {
        folder: u8,
        mode: u16,
    },
    /// Puts another folder in the place of all, with some of what it had.
    Exchange {
        keep: u8,
    },
    /// Lets the worker have its turn.
    Pause,
}

/// A file of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    folder: u8,
    file: u8,
}

impl Place {
    fn any(random: &mut Rng) -> Self {
        Self { folder: any(random, FOLDERS.len()), file: any(random, FILES.len()) }
    }

    fn below(self, root: &Path) -> PathBuf {
        root.join(FOLDERS[usize::from(self.folder)]).join(FILES[usize::from(self.file)])
    }
}

fn any(random: &mut Rng, of: usize) -> u8 {
    u8::try_from(random.usize(..of)).unwrap()
}

/// The operations of a seed.
pub(crate) fn operations(seed: u64, length: usize) -> Vec<Operation> {
    let mut random = Rng::with_seed(seed);
    (0..length).map(|_| one(&mut random)).collect()
}

fn one(random: &mut Rng) -> Operation {
    use Operation as Do;
    let (file, other) = (Place::any(random), Place::any(random));
    let folder = 1 + any(random, FOLDERS.len() - 1);
    let to = 1 + any(random, FOLDERS.len() - 1);
    let text = random.u16(..);
    match random.u32(..100) {
        0..24 => Do::Write { file, text },
        24..36 => Do::Save { file, text },
        36..40 => Do::Recreate { file, text },
        40..44 => Do::Restore { file, text },
        44..51 => Do::Append { file, text },
        51..55 => Do::Truncate { file },
        55..63 => Do::Rename { from: file, to: other },
        63..67 => Do::Link { at: file, to: other },
        67..72 => Do::Remove { file },
        72..75 => Do::Protect { file, mode: if text.is_multiple_of(2) { 0o644 } else { 0o200 } },
        75..80 => Do::MakeFolder { folder },
        80..86 => Do::RenameFolder { from: folder, to },
        86..89 => Do::RemoveFolder { folder },
        89..92 => Do::MoveIn { folder, files: any(random, 20) },
        92..94 => Do::ProtectFolder { folder, mode: if text.is_multiple_of(2) { 0o755 } else { 0o300 } },
        94 if text.is_multiple_of(8) => Do::Exchange { keep: any(random, 4) },
        _ => Do::Pause,
    }
}

impl Operation {
    /// Does it, if it can be done: histories are random, and files that are not there cannot be renamed.
    pub(crate) fn apply(self, place: &Path) {
        // What cannot be done is done by nobody.
        drop(self.try_to(place));
    }

    fn try_to(self, place: &Path) -> std::io::Result<()> {
        let root = place.join("content");
        match self {
            Self::Write { file, text } => write(&file.below(&root), &page(text)),
            Self::Save { file, text } => {
                let beside = root.join(format!(".{text}.tmp"));
                write(&beside, &page(text))?;
                fs::rename(beside, file.below(&root))
            }
            Self::Recreate { file, text } => {
                fs::remove_file(file.below(&root))?;
                write(&file.below(&root), &page(text))
            }
            Self::Restore { file, text } => {
                let file = file.below(&root);
                let modified = fs::symlink_metadata(&file)?.modified()?;
                write(&file, &page(text))?;
                File::options().append(true).open(file)?.set_modified(modified)
            }
            Self::Append { file, text } => {
                let mut file = OpenOptions::new().append(true).open(file.below(&root))?;
                writeln!(file, "\n{}", page(text))
            }
            Self::Truncate { file } => OpenOptions::new().write(true).open(file.below(&root))?.set_len(9),
            Self::Rename { from, to } => fs::rename(from.below(&root), to.below(&root)),
            Self::Link { at, to } => symlink(to.below(&root), at.below(&root)),
            Self::Remove { file } => fs::remove_file(file.below(&root)),
            Self::Protect { file, mode } => protect(&file.below(&root), mode),
            Self::MakeFolder { folder } => fs::create_dir_all(root.join(folder_name(folder))),
            Self::RenameFolder { from, to } => {
                fs::rename(root.join(folder_name(from)), root.join(folder_name(to)))
            }
            Self::RemoveFolder { folder } => fs::remove_dir_all(root.join(folder_name(folder))),
            Self::MoveIn { folder, files } => {
                let away = place.join("away");
                fs::create_dir_all(away.join("in"))?;
                for file in 0..files {
                    write(&away.join(format!("in/{file}.md")), &page(u16::from(file)))?;
                }
                fs::rename(&away, root.join(folder_name(folder)))
            }
            Self::ProtectFolder { folder, mode } => protect(&root.join(folder_name(folder)), mode),
            Self::Exchange { keep } => exchange(place, keep),
            Self::Pause => Ok(()),
        }
    }
}

fn folder_name(folder: u8) -> &'static str {
    FOLDERS[usize::from(folder)]
}

/// A page with a title of its own. All have the same size.
fn page(text: u16) -> String {
    format!("# Page {text:05}\n\nEt la suite.\n")
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    // A link is written through; where it leads out of the folder nothing changes in it.
    fs::write(file, text)
}

fn protect(path: &Path, mode: u16) -> std::io::Result<()> {
    // Of links it would be what they point to.
    if fs::symlink_metadata(path)?.is_symlink() {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(u32::from(mode)))
}

/// A link that points to the folder is made to point to another, as `git-sync` and `ConfigMap` do.
fn exchange(place: &Path, keep: u8) -> std::io::Result<()> {
    let link = place.join("content");
    let old = fs::read_link(&link)?;
    let number: u32 =
        old.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0);
    let new = place.join(format!("{}", number + 1));
    fs::create_dir(&new)?;
    for (entry, count) in fs::read_dir(&old)?.zip(0_u8..) {
        let entry = entry?;
        if count % 4 != keep && entry.file_type()?.is_file() {
            fs::copy(entry.path(), new.join(entry.file_name()))?;
        }
    }
    write(&new.join("kept.md"), &page(u16::from(keep)))?;
    let beside = place.join("link");
    symlink(&new, &beside)?;
    fs::rename(beside, link)
}

/// Gives everything back the rights that it needs to be read, and leaves one page that is there in every history.
pub(crate) fn finish(place: &Path) {
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
    let root = place.join("content").canonicalize().unwrap();
    open(&root);
    fs::write(root.join("last.md"), page(0)).unwrap();
}
