//! Rows of the table `document`.

use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::document::{Document, DocumentKind, DocumentState, TextEncoding};
use passerelle_model::key::DocumentKey;
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;

use crate::column::{RowContext, to_json};
use crate::entity::document;
use crate::error::StorageError;
use crate::file_change::IngestedDocument;
use crate::source_lines::SourceLines;

pub(crate) fn to_document(
    row: document::Model,
    diagnostics: Vec<Diagnostic>,
) -> Result<Document, StorageError> {
    let context = RowContext { table: "document", key: &row.key };
    let encoding = match row.encoding.as_str() {
        "" => None,
        name => Some(context.parse_text("encoding", name, TextEncoding::from_name)?),
    };
    Ok(Document {
        // A removed document has no path. Its key contains the first one.
        path: context
            .parse_text("path", row.path.trim_start_matches('/'), |path| DocumentPath::parse(path).ok())?,
        kind: context.parse_text("kind", &row.kind, DocumentKind::from_name)?,
        state: context.parse_text("state", &row.state, DocumentState::from_name)?,
        checksum: context.parse_text("checksum", &row.checksum, |text| text.parse().ok())?,
        size: context.convert_integer("size", row.size)?,
        encoding,
        modified_at: row.modified_at.map(Timestamp::from_millis),
        ingested_at: Timestamp::from_millis(row.ingested_at),
        published_revision: row.published_revision.map(RevisionNumber::new),
        diagnostics,
        key: DocumentKey::new(row.key),
    })
}

/// Returns the new row of a parsed document.
pub(crate) fn from_ingested(
    key: &DocumentKey,
    before: Option<&document::Model>,
    ingested: &IngestedDocument,
    (state, revision): (DocumentState, Revision),
    lines: Option<&SourceLines>,
) -> Result<document::Model, StorageError> {
    let context = RowContext { table: "document", key: key.as_str() };
    let fingerprint = &ingested.fingerprint;
    let published = state == DocumentState::Published;
    // The kind of a document that could not be decoded does not change.
    let keeps_kind = ingested.reading.kind == DocumentKind::Unknown || state == DocumentState::Held;
    let kind = match (ingested.reading.kind, before) {
        (_, Some(before)) if keeps_kind => before.kind.clone(),
        (kind, _) => kind.name().to_owned(),
    };
    let published_revision = if published {
        Some(revision.number.get())
    } else if state == DocumentState::Draft {
        None
    } else {
        before.filter(|before| before.removed_at.is_none()).and_then(|before| before.published_revision)
    };
    Ok(document::Model {
        key: key.to_string(),
        path: ingested.path.to_string(),
        kind,
        state: state.name().to_owned(),
        checksum: ingested.checksum.to_string(),
        size: context.convert_integer("size", ingested.size)?,
        encoding: ingested.reading.encoding.map_or("", TextEncoding::name).to_owned(),
        defaults: ingested.defaults_checksum.map(|checksum| checksum.to_string()).unwrap_or_default(),
        modified_at: Some(fingerprint.modified_at().millis()),
        ingested_at: revision.at.millis(),
        published_revision,
        source_lines: match (lines, before) {
            (Some(lines), _) => to_json(lines)?,
            (None, Some(before)) => before.source_lines.clone(),
            (None, None) => to_json(&SourceLines::default())?,
        },
        inode: fingerprint.inode.cast_signed(),
        modified_nanos: fingerprint.modified_nanos,
        changed_nanos: fingerprint.changed_nanos,
        hold: ingested.hold(state, revision.at).map(|hold| hold.to_string()),
        accepted: None,
        removed_at: None,
    })
}
