//! Where the index lies: in a folder beside the database, or in memory where that cannot be.

use std::fs;
use std::path::{Path, PathBuf};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory, RamDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexSettings, IndexWriter, TantivyError};

use crate::error::SearchError;
use crate::index::checkpoint::Standing;
use crate::index::schema::{Fields, tokenizers};

/// What the writer gathers in memory before it writes a part of the index: little more than the least that it takes.
const WRITER_BYTES: usize = 20_000_000;
/// Beside the writer's own: documents come one after the other anyway, and the processors have the database to write.
const THREADS: usize = 1;
/// What every folder of an index holds, and no other folder.
const OURS: &str = ".managed.json";

/// Where the index lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexPlace {
    /// In a folder of its own.
    Folder(PathBuf),
    /// In memory: built anew at every start.
    Memory,
}

/// An index that can be written.
pub(crate) struct Opened {
    pub(crate) index: Index,
    pub(crate) writer: IndexWriter,
    /// Where it stands; none where it is empty.
    pub(crate) standing: Option<Standing>,
}

impl IndexPlace {
    /// The folder beside the file of a database.
    pub fn beside(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".search");
        Self::Folder(PathBuf::from(name))
    }

    /// Opens the index that lies there, or an empty one where there is none that can be used.
    pub(crate) fn open(&self, fields: &Fields) -> Result<Opened, SearchError> {
        match self {
            Self::Memory => create(RamDirectory::create(), fields),
            Self::Folder(folder) => open_in(folder, fields),
        }
    }

    /// An empty index in the place of whatever lies there.
    pub(crate) fn open_empty(&self, fields: &Fields) -> Result<Opened, SearchError> {
        match self {
            Self::Memory => create(RamDirectory::create(), fields),
            Self::Folder(folder) => create_in(folder, fields),
        }
    }
}

fn open_in(folder: &Path, fields: &Fields) -> Result<Opened, SearchError> {
    fs::create_dir_all(folder)?;
    match reopen(folder, fields) {
        Ok(Some(opened)) => Ok(opened),
        Ok(None) => create_in(folder, fields),
        Err(SearchError::Busy) => Err(SearchError::Busy),
        Err(error) => {
            tracing::info!(%error, "the search index is built anew");
            create_in(folder, fields)
        }
    }
}

/// The index that lies in a folder, if this version wrote it and all of it is as it was written.
fn reopen(folder: &Path, fields: &Fields) -> Result<Option<Opened>, SearchError> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    if !Index::exists(&directory).map_err(TantivyError::from)? {
        return Ok(None);
    }
    let mut index = Index::open(directory)?;
    let standing = index.load_metas()?.payload.as_deref().and_then(Standing::read);
    if index.schema() != fields.schema || standing.is_none() {
        return Ok(None);
    }
    if let Some(file) = index.validate_checksum()?.into_iter().next() {
        return Err(SearchError::Damaged(file.display().to_string()));
    }
    index.set_tokenizers(tokenizers());
    let writer = writer(&index)?;
    Ok(Some(Opened { index, writer, standing }))
}

/// An empty index in a folder, in the place of one that lies there. What is no index is left alone.
fn create_in(folder: &Path, fields: &Fields) -> Result<Opened, SearchError> {
    fs::create_dir_all(folder)?;
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    // Nobody else has it while it is emptied.
    let lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| locked(error.into()))?;
    let lock_file = INDEX_WRITER_LOCK.filepath.as_path();
    let files = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let files: Vec<_> = files.into_iter().filter(|file| Path::new(&file.file_name()) != lock_file).collect();
    if !files.is_empty()
        && files.iter().all(|file| file.file_name() != OURS && file.file_name() != "meta.json")
    {
        return Err(SearchError::Damaged(format!("{} holds something else", folder.display())));
    }
    for file in files {
        // An index has no folders.
        if file.file_type()?.is_file() {
            fs::remove_file(file.path())?;
        }
    }
    drop(lock);
    create(MmapDirectory::open(folder).map_err(TantivyError::from)?, fields)
}

fn create(directory: impl Directory, fields: &Fields) -> Result<Opened, SearchError> {
    let mut index = Index::create(directory, fields.schema.clone(), settings())?;
    index.set_tokenizers(tokenizers());
    let writer = writer(&index)?;
    Ok(Opened { index, writer, standing: None })
}

/// Keys are all that is stored, which nothing compresses.
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
