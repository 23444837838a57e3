//! The document's own row, its diagnostics and its lines.

use std::collections::HashMap;

use passerelle_document::diagnostic::Fault;
use passerelle_document::key::DocumentKey;
use passerelle_document::language::Language;
use passerelle_document::manifest::{DocumentKind, DocumentState, Fingerprint};
use passerelle_document::path::DocumentPath;
use passerelle_document::sync::Revision;
use passerelle_document::timestamp::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, UpdateMany,
};

use super::{Ingested, rows};
use crate::column::{Address, to_json};
use crate::documents::{Hold, SourceLines, from_diagnostic};
use crate::entity::{diagnostic, document, reference};
use crate::error::StorageError;

/// The key of the document that lies at a path.
pub(super) async fn key_at(
    connection: &impl ConnectionTrait,
    path: &DocumentPath,
) -> Result<Option<DocumentKey>, StorageError> {
    let row =
        document::Entity::find().filter(document::Column::Path.eq(path.as_str())).one(connection).await?;
    Ok(row.map(|row| DocumentKey::new(row.key)))
}

/// A key for a new document: its path, or a variant where a document that was born there has moved away. One that was
/// removed has its own again. Tells whether nothing has the key yet.
pub(super) async fn new_key(
    connection: &impl ConnectionTrait,
    path: &DocumentPath,
) -> Result<(DocumentKey, bool), StorageError> {
    let mut key = path.as_str().to_owned();
    let mut count = 1;
    loop {
        match document::Entity::find_by_id(key.as_str()).one(connection).await? {
            None => return Ok((DocumentKey::new(key), true)),
            Some(row) if row.removed_at.is_some() => return Ok((DocumentKey::new(key), false)),
            Some(_) => {}
        }
        count += 1;
        key = format!("{path}~{count}");
    }
}

/// Documents that are to be moved give up their paths first, so that two can change places. Returns their keys by the
/// paths that they had.
pub(super) async fn set_aside(
    connection: &impl ConnectionTrait,
    paths: &[&DocumentPath],
) -> Result<HashMap<DocumentPath, DocumentKey>, StorageError> {
    let mut keys = HashMap::new();
    for path in paths {
        if let Some(key) = key_at(connection, path).await? {
            // No file has an empty name, so no document has this path.
            let aside = format!("//{key}");
            update(&key).col_expr(document::Column::Path, Expr::value(aside)).exec(connection).await?;
            keys.insert((*path).clone(), key);
        }
    }
    Ok(keys)
}

/// Writes a document's row and replaces its diagnostics.
pub(super) async fn write(
    connection: &impl ConnectionTrait,
    key: &DocumentKey,
    is_new: bool,
    ingested: &Ingested,
    state: DocumentState,
    revision: Revision,
) -> Result<(), StorageError> {
    let at = Address { table: "document", key: key.as_str() };
    let fingerprint = &ingested.fingerprint;
    let before =
        if is_new { None } else { document::Entity::find_by_id(key.as_str()).one(connection).await? };
    let published = state == DocumentState::Published;
    // What could not be read far enough to tell is still what it was.
    let is_kept = ingested.reading.kind == DocumentKind::Unknown || state == DocumentState::Held;
    let kind = match (ingested.reading.kind, &before) {
        (_, Some(before)) if is_kept => before.kind.clone(),
        (kind, _) => kind.name().to_owned(),
    };
    let row = document::Model {
        key: key.to_string(),
        path: ingested.path.to_string(),
        kind,
        state: state.name().to_owned(),
        checksum: ingested.checksum.to_string(),
        size: at.number("size", ingested.size)?,
        encoding: ingested.reading.encoding.to_owned(),
        defaults: ingested.defaults.map(|defaults| defaults.to_string()).unwrap_or_default(),
        modified_at: Some(fingerprint.modified_at().millis()),
        ingested_at: revision.at.millis(),
        published_revision: if published {
            Some(revision.number.get())
        } else {
            before
                .as_ref()
                .filter(|before| before.removed_at.is_none())
                .and_then(|before| before.published_revision)
        },
        source_lines: before
            .map_or_else(|| to_json(&SourceLines::default()), |before| Ok(before.source_lines))?,
        inode: fingerprint.inode.cast_signed(),
        modified_nanos: fingerprint.modified_nanos,
        changed_nanos: fingerprint.changed_nanos,
        hold: (state == DocumentState::Held).then(|| Hold::Loss.to_column()),
        accepted: None,
        removed_at: None,
    };
    let row = row.into_active_model();
    if is_new {
        document::Entity::insert(row).exec_without_returning(connection).await?;
    } else {
        diagnostic::Entity::delete_many()
            .filter(diagnostic::Column::DocumentKey.eq(key.as_str()))
            .exec(connection)
            .await?;
        document::Entity::update_many()
            .set(row.reset_all())
            .filter(document::Column::Key.eq(key.as_str()))
            .exec(connection)
            .await?;
    }
    let told = ingested.reading.diagnostics.iter().map(|told| from_diagnostic(key, told));
    let told = told.collect::<Result<Vec<_>, _>>()?;
    rows::insert::<diagnostic::Entity>(connection, told, diagnostic::Column::Id).await
}

/// Writes where the parts of a document stand in it.
pub(super) async fn write_lines(
    connection: &impl ConnectionTrait,
    key: &DocumentKey,
    lines: &SourceLines,
) -> Result<(), StorageError> {
    let lines = to_json(lines)?;
    update(key).col_expr(document::Column::SourceLines, Expr::value(lines)).exec(connection).await?;
    Ok(())
}

/// Keeps no more of a document than its history needs, and frees its path.
pub(super) async fn bury(
    connection: &impl ConnectionTrait,
    key: &DocumentKey,
    revision: Revision,
) -> Result<(), StorageError> {
    diagnostic::Entity::delete_many()
        .filter(diagnostic::Column::DocumentKey.eq(key.as_str()))
        .exec(connection)
        .await?;
    reference::Entity::delete_many()
        .filter(reference::Column::DocumentKey.eq(key.as_str()))
        .exec(connection)
        .await?;
    update(key)
        .col_expr(document::Column::RemovedAt, Expr::value(revision.number.get()))
        // No file has an empty name, so no document has this path.
        .col_expr(document::Column::Path, Expr::value(format!("//{key}")))
        .col_expr(document::Column::State, Expr::value(DocumentState::Ignored.name()))
        .col_expr(document::Column::Hold, Expr::value(None::<String>))
        .exec(connection)
        .await?;
    Ok(())
}

/// Marks a document that is gone with most of the folder as one that waits for a person's word.
pub(super) async fn hold_missing(
    connection: &impl ConnectionTrait,
    path: &DocumentPath,
    fault: &Fault,
    at: Timestamp,
) -> Result<(), StorageError> {
    let Some(key) = key_at(connection, path).await? else { return Ok(()) };
    update(&key)
        .col_expr(document::Column::State, Expr::value(DocumentState::Held.name()))
        .col_expr(document::Column::Hold, Expr::value(Hold::Missing { since: at }.to_column()))
        .col_expr(document::Column::Accepted, Expr::value(None::<String>))
        .exec(connection)
        .await?;
    let told = fault.diagnostic(Language::from_path(path).unwrap_or_default(), None, None);
    let told = from_diagnostic(&key, &told)?;
    rows::insert::<diagnostic::Entity>(connection, vec![told], diagnostic::Column::Id).await
}

/// Writes a new fingerprint of the same bytes.
pub(super) async fn touch(
    connection: &impl ConnectionTrait,
    path: &DocumentPath,
    fingerprint: &Fingerprint,
) -> Result<(), StorageError> {
    document::Entity::update_many()
        .col_expr(document::Column::Inode, Expr::value(fingerprint.inode.cast_signed()))
        .col_expr(document::Column::ModifiedNanos, Expr::value(fingerprint.modified_nanos))
        .col_expr(document::Column::ChangedNanos, Expr::value(fingerprint.changed_nanos))
        .filter(document::Column::Path.eq(path.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

fn update(key: &DocumentKey) -> UpdateMany<document::Entity> {
    document::Entity::update_many().filter(document::Column::Key.eq(key.as_str()))
}
