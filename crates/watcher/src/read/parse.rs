//! Parses the bytes of a document.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::path::FolderPath;
use passerelle_model::path::{DocumentPath, collection_name};
use passerelle_model::reading::ParsedDocument;
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::folder_plan::{self, IncompleteMember, Member};
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read;
use passerelle_reader::read::{IncompleteFile, ReadOptions};
use tokio::time::Instant;

use crate::read::plan_inputs;
use crate::read::stable::{FileContent, StableRead, try_read_stable};
use crate::scan::plan_folders::is_settings_file;
use crate::scan::root::Root;

/// Time after which parsing is logged as slow. The limits of the reader keep every document below it.
const SLOW_PARSE: Duration = Duration::from_secs(1);

/// Parses the bytes of a file. If the reader panics, the document is rejected and the worker continues.
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
                Ok(read::rejected(path, DiagnosticKind::ReaderFailed, options.defaults))
            })
        }
        Err(kind) => Ok(read::rejected(path, kind.clone(), options.defaults)),
    };
    let elapsed = started.elapsed();
    if elapsed > SLOW_PARSE {
        tracing::warn!(document.path = %path, elapsed_ms = elapsed.as_secs_f64() * 1_000.0, "parsing a document was slow");
    }
    reading
}

/// Parses the settings file of a plan folder and its members. If the reader panics, the plan is rejected.
pub(crate) fn parse_plan_folder(
    path: &DocumentPath,
    bytes: &FileContent,
    members: &[Member],
    defaults: &FolderDefaults,
    write_state: WriteState,
) -> Result<ParsedDocument, IncompleteMember> {
    let settings = match &bytes.content {
        Ok(settings) => settings,
        Err(kind) => return Ok(read::rejected(path, kind.clone(), defaults)),
    };
    let parse = || folder_plan::read(path, settings, members, defaults, write_state);
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        tracing::error!(document.path = %path, "the parser panicked, and the document was rejected");
        Ok(read::rejected(path, DiagnosticKind::ReaderFailed, defaults))
    })
}

/// Reads one file like the worker, outside of a content folder. Only the defaults of its own folder apply.
pub fn parse_file(file: &Path, raw_html: RawHtmlPolicy) -> io::Result<ParsedDocument> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidInput, reason);
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| invalid("the file name is not valid UTF-8".to_owned()))?;
    let path = DocumentPath::parse(name).map_err(|error| invalid(error.to_string()))?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A link given on the command line is followed.
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
    let defaults_file = folder.file_name().and_then(|name| name.to_str()).map(FolderDefaults::file_name);
    if let Some(name) = defaults_file
        && let Ok(mut file) = root.open_file(Path::new(&name))
    {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        defaults.push(&DocumentPath::parse(&name).map_err(|error| invalid(error.to_string()))?, &bytes);
    }
    let names = root.list_names(Path::new(""))?.into_iter().filter_map(|name| name.into_string().ok());
    if let Some(name) = names.filter(|name| collection_name(name).is_some()).min()
        && let Ok(mut file) = root.open_file(Path::new(&name))
    {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        defaults.set_contract(&bytes);
    }
    if is_settings_file(&path) {
        let members = plan_inputs::read(&Root::open(parent)?, FolderPath::CONTENT).members;
        let plan = parse_plan_folder(&path, &bytes, &members, &defaults, WriteState::Complete);
        return plan.map_err(io::Error::other);
    }
    let options =
        ReadOptions { write_state: WriteState::Complete, defaults: &defaults, raw_html, site: None };
    parse(&path, &bytes, options).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_reader::decode::MAX_BYTES;

    #[test]
    fn file_over_the_size_limit_is_rejected_without_reading() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = std::fs::File::create(folder.path().join("huge.md")).unwrap();
        file.set_len(MAX_BYTES + 1).unwrap();
        let reading = parse_file(&folder.path().join("huge.md"), RawHtmlPolicy::Removed).unwrap();
        assert_eq!(reading.diagnostics[0].code, "FILE_TOO_LARGE");
    }
}
