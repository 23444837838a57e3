//! Location of the index: a folder beside the database, or memory if the folder cannot be used.

use std::fs;
use std::path::{Path, PathBuf};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory, RamDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexSettings, IndexWriter, TantivyError};

use crate::error::SearchError;
use crate::index::checkpoint::Checkpoint;
use crate::index::schema::{Fields, tokenizers};

/// Memory of the writer before it writes a segment, in bytes. Tantivy requires at least 15 MB.
const WRITER_BYTES: usize = 20_000_000;
/// Threads that write segments, and threads that merge them. One of each: the database writer needs the other
/// cores.
const THREADS: usize = 1;
/// File that Tantivy writes into every index folder. Folders without it are not emptied.
const MANAGED_FILE: &str = ".managed.json";

/// Location of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexLocation {
    /// Folder that contains nothing else.
    Folder(PathBuf),
    /// Memory: the index is rebuilt at every start.
    Memory,
}

/// Index that is open for writing.
pub(crate) struct OpenIndex {
    pub(crate) index: Index,
    pub(crate) writer: IndexWriter,
    /// Checkpoint of the last commit. `None` if the index is empty.
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl IndexLocation {
    /// Returns the folder for a database file: `passerelle.db` gives `passerelle.db.search`.
    pub fn beside(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".search");
        Self::Folder(PathBuf::from(name))
    }

    /// Opens the index. Creates an empty one if there is none, or if it is damaged or of another version.
    pub(crate) fn open(&self, fields: &Fields) -> Result<OpenIndex, SearchError> {
        match self {
            Self::Memory => create(RamDirectory::create(), fields),
            Self::Folder(folder) => open_in(folder, fields),
        }
    }

    /// Creates an empty index. An existing one is deleted.
    pub(crate) fn open_empty(&self, fields: &Fields) -> Result<OpenIndex, SearchError> {
        match self {
            Self::Memory => create(RamDirectory::create(), fields),
            Self::Folder(folder) => create_in(folder, fields),
        }
    }
}

fn open_in(folder: &Path, fields: &Fields) -> Result<OpenIndex, SearchError> {
    fs::create_dir_all(folder)?;
    match reopen(folder, fields) {
        Ok(Some(opened)) => Ok(opened),
        Ok(None) => create_in(folder, fields),
        Err(SearchError::Busy) => Err(SearchError::Busy),
        Err(error) => {
            tracing::info!(%error, "rebuilding the search index");
            create_in(folder, fields)
        }
    }
}

/// Opens the index of a folder. Returns `None` if there is none or if it is of another version.
///
/// Verifies the checksum of every file, because a damaged index would give wrong results without an error.
fn reopen(folder: &Path, fields: &Fields) -> Result<Option<OpenIndex>, SearchError> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    if !Index::exists(&directory).map_err(TantivyError::from)? {
        return Ok(None);
    }
    let mut index = Index::open(directory)?;
    let checkpoint = index.load_metas()?.payload.as_deref().and_then(Checkpoint::read);
    if index.schema() != fields.schema || checkpoint.is_none() {
        return Ok(None);
    }
    if let Some(file) = index.validate_checksum()?.into_iter().next() {
        return Err(SearchError::Damaged(file.display().to_string()));
    }
    index.set_tokenizers(tokenizers());
    let writer = writer(&index)?;
    Ok(Some(OpenIndex { index, writer, checkpoint }))
}

/// Creates an empty index in a folder. Deletes the files of an existing index, but no other files.
fn create_in(folder: &Path, fields: &Fields) -> Result<OpenIndex, SearchError> {
    fs::create_dir_all(folder)?;
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    // Another process must not write while the folder is emptied.
    let lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| locked(error.into()))?;
    let lock_file = INDEX_WRITER_LOCK.filepath.as_path();
    let files = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let files: Vec<_> = files.into_iter().filter(|file| Path::new(&file.file_name()) != lock_file).collect();
    if !files.is_empty()
        && files.iter().all(|file| file.file_name() != MANAGED_FILE && file.file_name() != "meta.json")
    {
        return Err(SearchError::Damaged(format!("{} contains other files", folder.display())));
    }
    for file in files {
        // Tantivy creates no subfolders.
        if file.file_type()?.is_file() {
            fs::remove_file(file.path())?;
        }
    }
    drop(lock);
    create(MmapDirectory::open(folder).map_err(TantivyError::from)?, fields)
}

fn create(directory: impl Directory, fields: &Fields) -> Result<OpenIndex, SearchError> {
    let mut index = Index::create(directory, fields.schema.clone(), settings())?;
    index.set_tokenizers(tokenizers());
    let writer = writer(&index)?;
    Ok(OpenIndex { index, writer, checkpoint: None })
}

/// Only keys are stored, so a thread for compression would have no work.
fn settings() -> IndexSettings {
    IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() }
}

fn writer(index: &Index) -> Result<IndexWriter, SearchError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(THREADS)
        .num_merge_threads(THREADS)
        .memory_budget_per_thread(WRITER_BYTES)
        .build();
    index.writer_with_options(options).map_err(locked)
}

fn locked(error: TantivyError) -> SearchError {
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => SearchError::Busy,
        error => error.into(),
    }
}
