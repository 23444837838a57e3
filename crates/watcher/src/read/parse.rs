//! Files to readings.

use std::io::{self, Read};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::Duration;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_reader::decode::{MAX_BYTES, WriteState};
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read;
use passerelle_reader::read::{IncompleteFile, ReadOptions};
use tokio::time::Instant;

use crate::root::{Root, fingerprint};
use crate::scan::FoundFile;

/// Fewer files than this are read by one thread: starting others costs more than it saves.
const MIN_FILES_FOR_THREADS: usize = 8;

/// No document takes so long: one that does has found what the readers' bounds forget.
const SLOW_PARSE: Duration = Duration::from_secs(1);

/// A file's bytes, and what the file system said of them.
#[derive(Clone, Debug)]
pub(crate) struct FileContent {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) checksum: Checksum,
    pub(crate) content: Result<Vec<u8>, DiagnosticKind>,
}

/// Result of a stable read.
#[derive(Clone, Debug)]
pub(crate) enum StableRead {
    /// It was read.
    Read(FileContent),
    /// It changed while it was read: look again.
    Changing,
    /// It is not there any more.
    Missing,
}

/// Reads a file, if it stays the same while it is read.
pub(crate) fn read_stable(root: &Root, found: &FoundFile) -> StableRead {
    match try_read_stable(root, &found.file) {
        Ok(read) => read,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            StableRead::Missing
        }
        Err(error) => StableRead::Read(FileContent {
            // One that matches no file: the next scan looks again.
            fingerprint: Fingerprint { inode: 0, changed_nanos: 0, ..found.fingerprint },
            checksum: Checksum::of(&[]),
            content: Err(DiagnosticKind::Unreadable { reason: error.kind().to_string() }),
        }),
    }
}

fn try_read_stable(root: &Root, path: &Path) -> io::Result<StableRead> {
    let mut file = root.open_file(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Ok(StableRead::Missing);
    }
    let too_large = DiagnosticKind::TooLarge { bytes: before.len(), limit: MAX_BYTES };
    let mut bytes = Vec::new();
    if before.len() <= MAX_BYTES {
        Read::by_ref(&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    let after = fingerprint(&file.metadata()?);
    if after != fingerprint(&before) {
        return Ok(StableRead::Changing);
    }
    let checksum = Checksum::of(&bytes);
    let content = if before.len() <= MAX_BYTES { Ok(bytes) } else { Err(too_large) };
    Ok(StableRead::Read(FileContent { fingerprint: after, checksum, content }))
}

/// Reads what bytes say. A reader that panics is a defect of ours; the document is refused, the worker lives on.
pub(crate) fn parse(
    path: &DocumentPath,
    bytes: &FileContent,
    options: ReadOptions<'_>,
) -> Result<ParsedDocument, IncompleteFile> {
    let started = Instant::now();
    let reading = match &bytes.content {
        Ok(content) => {
            catch_unwind(AssertUnwindSafe(|| read::read(path, content, options))).unwrap_or_else(|_| {
                tracing::error!(document.path = %path, "the parser panicked, and the document was rejected");
                Ok(read::rejected(path, DiagnosticKind::ReaderFailed))
            })
        }
        Err(kind) => Ok(read::rejected(path, kind.clone())),
    };
    let elapsed = started.elapsed();
    if elapsed > SLOW_PARSE {
        tracing::warn!(document.path = %path, elapsed_ms = elapsed.as_millis(), "parsing a document was slow");
    }
    reading
}

/// Does the same to many items, on all cores where there are enough of them, and keeps their order.
pub(crate) fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < MIN_FILES_FOR_THREADS || cores == 1 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(cores));
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
pub fn parse_file(file: &Path, raw_html: RawHtmlPolicy) -> io::Result<ParsedDocument> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidInput, reason);
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| invalid("the file name is not valid UTF-8".to_owned()))?;
    let path = DocumentPath::parse(name).map_err(|error| invalid(error.to_string()))?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A link is read as what it points to: whoever names it means that.
    let resolved = file.canonicalize()?;
    let (Some(folder), Some(file_name)) = (resolved.parent(), resolved.file_name()) else {
        return Err(invalid("not a regular file".to_owned()));
    };
    let bytes = match try_read_stable(&Root::open(folder)?, Path::new(file_name))? {
        StableRead::Read(bytes) => bytes,
        StableRead::Changing => return Err(io::Error::other("the file is changing while it is read")),
        StableRead::Missing => return Err(invalid("not a regular file".to_owned())),
    };
    let root = Root::open(parent)?;
    let mut defaults = FolderDefaults::default();
    let folder = std::path::absolute(parent)?;
    let defaults_file = folder.file_name().and_then(|name| name.to_str()).and_then(FolderDefaults::file_name);
    if let Some(name) = defaults_file
        && let Ok(mut file) = root.open_file(Path::new(&name))
    {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        defaults.push(&name, &bytes);
    }
    let options = ReadOptions { write_state: WriteState::Complete, defaults: &defaults, raw_html };
    parse(&path, &bytes, options).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_map_preserves_order() {
        let numbers: Vec<u32> = (0..1_000).collect();
        let doubled: Vec<u32> = numbers.iter().map(|number| number * 2).collect();
        assert_eq!(parallel_map(&numbers, |number| number * 2), doubled);
    }

    #[test]
    fn file_over_the_size_limit_is_rejected_without_reading() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = std::fs::File::create(folder.path().join("huge.md")).unwrap();
        file.set_len(MAX_BYTES + 1).unwrap();
        let reading = parse_file(&folder.path().join("huge.md"), RawHtmlPolicy::Removed).unwrap();
        assert_eq!(reading.diagnostics[0].code, "FILE_TOO_LARGE");
    }
}
