//! Inputs of a plan with one file per measure: its members and the default fields of its folders.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::{DocumentPath, FolderPath};
use passerelle_reader::decode::MAX_BYTES;
use passerelle_reader::folder_plan::{MAX_MEMBERS, Member};

use crate::read::stable::{StableRead, read_stable};
use crate::scan::conflict_copy;
use crate::scan::listing::FoundFile;
use crate::scan::root::{Root, fingerprint};

/// Time in nanoseconds by which an acceptance can be older than the last change of the folder. Writing the
/// acceptance changes the folder too, and some file systems round times to 2 s.
const FOLDER_CHANGE_TOLERANCE_NANOS: i64 = 2_000_000_000;

/// Members of a plan.
#[derive(Debug, Default)]
pub(crate) struct PlanInputs {
    /// Members in the order of their names.
    pub(crate) members: Vec<Member>,
    /// Time of the last change of a member or of the folder. An acceptance must be newer.
    pub(crate) changed_nanos: i64,
    /// True if a member changed while it was read.
    pub(crate) is_changing: bool,
}

/// Reads the members in a folder. All of them together have at most the size of one document.
pub(crate) fn read(root: &Root, folder: &FolderPath) -> PlanInputs {
    let folder = Path::new(folder.as_str());
    let mut names = root.list_names(folder).unwrap_or_default();
    names.sort();
    let mut inputs = PlanInputs::default();
    if let Ok(metadata) = root.metadata(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }) {
        inputs.changed_nanos = fingerprint(&metadata).changed_nanos - FOLDER_CHANGE_TOLERANCE_NANOS;
    }
    let mut bytes = 0;
    for name in names.iter().filter_map(|name| name.to_str()) {
        let file = folder.join(name);
        if !DocumentPath::is_text_document_name(name)
            || !root.metadata(&file).is_ok_and(|found| found.is_file())
        {
            continue;
        }
        let Some(path) = file.to_str().and_then(|path| DocumentPath::parse(path).ok()) else { continue };
        if inputs.members.len() >= MAX_MEMBERS {
            let content = Err(DiagnosticKind::TooManyPlanFiles { limit: MAX_MEMBERS });
            inputs.members.push(Member { path, content });
            break;
        }
        inputs.read_member(root, file, path, &mut bytes);
    }
    inputs.reject_copies();
    inputs
}

impl PlanInputs {
    fn read_member(&mut self, root: &Root, file: PathBuf, path: DocumentPath, bytes: &mut u64) {
        let found = FoundFile { file, fingerprint: Fingerprint::default() };
        let content = match read_stable(root, &found) {
            StableRead::Read(content) => content,
            StableRead::Changing => {
                self.is_changing = true;
                return;
            }
            StableRead::Missing => return,
        };
        self.changed_nanos = self.changed_nanos.max(content.fingerprint.changed_nanos);
        *bytes += content.fingerprint.size;
        let content = if *bytes > MAX_BYTES {
            Err(DiagnosticKind::TooLarge { bytes: *bytes, limit: MAX_BYTES })
        } else {
            content.content
        };
        self.members.push(Member { path, content });
    }

    /// Rejects the copies that synchronisation tools put beside a member.
    fn reject_copies(&mut self) {
        let paths: Vec<DocumentPath> = self.members.iter().map(|member| member.path.clone()).collect();
        for member in &mut self.members {
            let original = conflict_copy::originals(&member.path).find(|original| paths.contains(original));
            if let Some(original) = original {
                let original = original.name().to_owned();
                member.content = Err(DiagnosticKind::ConflictCopy { original });
            }
        }
    }

    /// Returns a checksum over the members and the default fields.
    pub(crate) fn checksum(&self, defaults: Option<Checksum>) -> Checksum {
        let mut text = defaults.map(|defaults| defaults.to_string()).unwrap_or_default();
        for Member { path, content } in &self.members {
            let content = match content {
                Ok(bytes) => Checksum::of(bytes).to_string(),
                Err(kind) => kind.code().to_string(),
            };
            // Writing to a string does not fail.
            write!(text, "\n{path}\t{content}").unwrap_or_default();
        }
        Checksum::of(text.as_bytes())
    }
}
