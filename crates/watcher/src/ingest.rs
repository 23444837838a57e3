//! Files to readings.

use std::io::{self, Read};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::Duration;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::Fault;
use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::Reading;
use passerelle_reader::decode::{Growth, MAX_BYTES};
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read;
use passerelle_reader::read::{Incomplete, ReadOptions};
use tokio::time::Instant;

use crate::root::{Root, fingerprint};
use crate::scan::Found;

/// Fewer files than this are read by one thread: starting others costs more than it saves.
const WORTH_THREADS: usize = 8;

/// No document takes so long: one that does has found what the readers' bounds forget.
const LONG: Duration = Duration::from_secs(1);

/// A file's bytes, and what the file system said of them.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) checksum: Checksum,
    pub(crate) content: Result<Vec<u8>, Fault>,
}

/// What became of looking at a file.
#[derive(Clone, Debug)]
pub(crate) enum Looked {
    /// It was read.
    Read(Bytes),
    /// It changed while it was read: look again.
    Moving,
    /// It is not there any more.
    Gone,
}

/// Reads a file, if it stays the same while it is read.
pub(crate) fn look(root: &Root, found: &Found) -> Looked {
    match look_twice(root, &found.file) {
        Ok(looked) => looked,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Looked::Gone
        }
        Err(error) => Looked::Read(Bytes {
            // One that matches no file: the next scan looks again.
            fingerprint: Fingerprint { inode: 0, changed_nanos: 0, ..found.fingerprint },
            checksum: Checksum::of(&[]),
            content: Err(Fault::Unreadable { reason: error.kind().to_string() }),
        }),
    }
}

fn look_twice(root: &Root, path: &Path) -> io::Result<Looked> {
    let mut file = root.file(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Ok(Looked::Gone);
    }
    let too_large = Fault::TooLarge { bytes: before.len(), limit: MAX_BYTES };
    let mut bytes = Vec::new();
    if before.len() <= MAX_BYTES {
        Read::by_ref(&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    let after = fingerprint(&file.metadata()?);
    if after != fingerprint(&before) {
        return Ok(Looked::Moving);
    }
    let checksum = Checksum::of(&bytes);
    let content = if before.len() <= MAX_BYTES { Ok(bytes) } else { Err(too_large) };
    Ok(Looked::Read(Bytes { fingerprint: after, checksum, content }))
}

/// Reads what bytes say. A reader that panics is a defect of ours; the document is refused, the worker lives on.
pub(crate) fn interpret(
    path: &DocumentPath,
    bytes: &Bytes,
    options: ReadOptions<'_>,
) -> Result<Reading, Incomplete> {
    let started = Instant::now();
    let reading = match &bytes.content {
        Ok(content) => {
            catch_unwind(AssertUnwindSafe(|| read::read(path, content, options))).unwrap_or_else(|_| {
                tracing::error!(document.path = %path, "the reader panicked on a document");
                Ok(read::refused(path, Fault::ReaderFailed))
            })
        }
        Err(fault) => Ok(read::refused(path, fault.clone())),
    };
    let took = started.elapsed();
    if took > LONG {
        tracing::warn!(document.path = %path, took_ms = took.as_millis(), "a document took long to read");
    }
    reading
}

/// Does the same to many things, on all cores where there are enough of them, and keeps their order.
pub(crate) fn on_all_cores<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if things.len() < WORTH_THREADS || cores == 1 {
        return things.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts = things.chunks(things.len().div_ceil(cores));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        // A panic on one of the threads goes on here, as if there were none.
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Reads one file as the worker would, wherever it lies. Of its folders only its own gives it front matter, and none
/// tells its language.
pub fn examine(file: &Path, raw_html: RawHtml) -> io::Result<Reading> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidInput, reason);
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| invalid("the name is not UTF-8".to_owned()))?;
    let path = DocumentPath::parse(name).map_err(|error| invalid(error.to_string()))?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A link is read as what it points to: whoever names it means that.
    let real = file.canonicalize()?;
    let (Some(folder), Some(own_name)) = (real.parent(), real.file_name()) else {
        return Err(invalid("it is not a file".to_owned()));
    };
    let bytes = match look_twice(&Root::open(folder)?, Path::new(own_name))? {
        Looked::Read(bytes) => bytes,
        Looked::Moving => return Err(io::Error::other("the file is being written")),
        Looked::Gone => return Err(invalid("it is not a file".to_owned())),
    };
    let root = Root::open(parent)?;
    let mut defaults = FolderDefaults::default();
    let folder = std::path::absolute(parent)?;
    let named = folder.file_name().and_then(|name| name.to_str()).and_then(FolderDefaults::file_name);
    if let Some(name) = named
        && let Ok(mut file) = root.file(Path::new(&name))
    {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        defaults.push(&name, &bytes);
    }
    let options = ReadOptions { growth: Growth::Over, defaults: &defaults, raw_html };
    interpret(&path, &bytes, options).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_things_is_kept() {
        let numbers: Vec<u32> = (0..1_000).collect();
        let doubled: Vec<u32> = numbers.iter().map(|number| number * 2).collect();
        assert_eq!(on_all_cores(&numbers, |number| number * 2), doubled);
    }

    #[test]
    fn a_file_over_the_limit_is_not_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = std::fs::File::create(folder.path().join("huge.md")).unwrap();
        file.set_len(MAX_BYTES + 1).unwrap();
        let examined = examine(&folder.path().join("huge.md"), RawHtml::Removed).unwrap();
        assert_eq!(examined.diagnostics[0].code, "FILE_TOO_LARGE");
    }
}
