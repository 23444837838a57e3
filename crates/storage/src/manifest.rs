//! The stored state of every file, which the watcher compares with the folder.

use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use sea_orm::{ColumnTrait, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::connect::Storage;
use crate::entity::document;
use crate::error::StorageError;
use crate::file_change::IngestedAsset;
use crate::hold::HoldState;

/// Stored state of a file, which the worker compares with the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Path relative to the content folder.
    pub path: DocumentPath,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
    /// BLAKE3 checksum of the content.
    pub checksum: Checksum,
    /// Checksum of the folder defaults that applied when the file was read. `None` if there were none.
    pub defaults_checksum: Option<Checksum>,
    /// Hold of the latest version.
    pub hold: HoldState,
}

impl From<IngestedAsset> for ManifestEntry {
    fn from(IngestedAsset { asset, fingerprint }: IngestedAsset) -> Self {
        Self {
            path: asset.path,
            fingerprint,
            checksum: asset.metadata.checksum,
            defaults_checksum: None,
            hold: HoldState::None,
        }
    }
}

/// Number of rows that are loaded at the same time. A loaded row needs much more memory than the manifest
/// entry.
const MANIFEST_CHUNK_ROWS: u64 = 2_000;

/// Columns of a document row that the worker compares.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
struct ManifestRow {
    key: String,
    path: String,
    checksum: String,
    size: i64,
    inode: i64,
    modified_nanos: i64,
    changed_nanos: i64,
    defaults: String,
    hold: Option<String>,
    accepted: Option<String>,
}

impl ManifestRow {
    fn into_entry(self) -> Result<ManifestEntry, StorageError> {
        let context = RowContext { table: "document", key: &self.key };
        let hold =
            self.hold.as_deref().map(|hold| context.parse_text("hold", hold, |text| text.parse().ok()));
        let mut hold = HoldState::from(hold.transpose()?);
        if self.accepted.as_ref() == Some(&self.checksum) {
            hold.accept();
        }
        Ok(ManifestEntry {
            hold,
            path: context.parse_text("path", &self.path, |path| DocumentPath::parse(path).ok())?,
            checksum: context.parse_text("checksum", &self.checksum, |text| text.parse().ok())?,
            defaults_checksum: Some(self.defaults.as_str())
                .filter(|text| !text.is_empty())
                .map(|text| context.parse_text("defaults", text, |text| text.parse().ok()))
                .transpose()?,
            fingerprint: Fingerprint {
                // Stored with the same 64 bits: the sign has no meaning.
                inode: self.inode.cast_unsigned(),
                size: context.convert_integer("size", self.size)?,
                modified_nanos: self.modified_nanos,
                changed_nanos: self.changed_nanos,
            },
        })
    }
}

impl Storage {
    /// Returns the stored state of every document, ordered by path.
    pub async fn manifest(&self) -> Result<Vec<ManifestEntry>, StorageError> {
        let mut entries: Vec<ManifestEntry> = Vec::new();
        loop {
            let mut select = document::Entity::find()
                .filter(document::Column::RemovedAt.is_null())
                .order_by_asc(document::Column::Path)
                .limit(MANIFEST_CHUNK_ROWS);
            if let Some(last) = entries.last() {
                select = select.filter(document::Column::Path.gt(last.path.as_str()));
            }
            let rows = select.into_partial_model::<ManifestRow>().all(&self.read_pool).await?;
            let is_last = (rows.len() as u64) < MANIFEST_CHUNK_ROWS;
            for row in rows {
                entries.push(row.into_entry()?);
            }
            if is_last {
                return Ok(entries);
            }
        }
    }
}
