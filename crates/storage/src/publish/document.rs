//! Writes the rows of documents.

use std::collections::{BTreeMap, HashMap};

use passerelle_model::document::{DocumentState, Fingerprint};
use passerelle_model::key::DocumentKey;
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::Revision;
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, UpdateMany,
};

use super::rows;
use crate::column::{MAX_IN_VALUES, RowContext};
use crate::convert::diagnostic::from_diagnostic;
use crate::entity::{diagnostic, document, reference};
use crate::error::StorageError;
use crate::file_change::FileChange;
use crate::hold::Hold;

/// Returns the keys of the documents at these paths.
pub(super) async fn keys_by_path(
    transaction: &DatabaseTransaction,
    paths: &[&DocumentPath],
) -> Result<BTreeMap<DocumentPath, DocumentKey>, StorageError> {
    let mut keys = BTreeMap::new();
    for paths in paths.chunks(MAX_IN_VALUES) {
        let rows: Vec<(String, String)> = document::Entity::find()
            .select_only()
            .columns([document::Column::Path, document::Column::Key])
            .filter(document::Column::Path.is_in(paths.iter().map(|path| path.as_str())))
            .into_tuple()
            .all(transaction)
            .await?;
        for (path, key) in rows {
            let context = RowContext { table: "document", key: &key };
            let path = context.parse_text("path", &path, |path| DocumentPath::parse(path).ok())?;
            keys.insert(path, DocumentKey::new(key));
        }
    }
    Ok(keys)
}

/// Returns the key of a new document: its path, or a variant if another document already has this key. A
/// removed document gets its old key back.
pub(super) async fn new_key(
    transaction: &DatabaseTransaction,
    path: &DocumentPath,
    original: Option<&document::Model>,
) -> Result<DocumentKey, StorageError> {
    if original.is_none_or(|row| row.removed_at.is_some()) {
        return Ok(DocumentKey::new(path.as_str()));
    }
    let mut count = 2;
    loop {
        let key = format!("{path}~{count}");
        let existing = document::Entity::find_by_id(key.as_str()).one(transaction).await?;
        if existing.is_none_or(|row| row.removed_at.is_some()) {
            return Ok(DocumentKey::new(key));
        }
        count += 1;
    }
}

/// Clears the paths of moved documents, so that two documents can exchange their paths. Returns their keys
/// by old path.
pub(super) async fn release_paths(
    transaction: &DatabaseTransaction,
    paths: &[&DocumentPath],
) -> Result<HashMap<DocumentPath, DocumentKey>, StorageError> {
    let moved = keys_by_path(transaction, paths).await?;
    let keys: Vec<&str> = moved.values().map(DocumentKey::as_str).collect();
    for keys in keys.chunks(MAX_IN_VALUES) {
        update(keys.iter().copied())
            .col_expr(document::Column::Path, removed_path())
            .exec(transaction)
            .await?;
    }
    Ok(moved.into_iter().collect())
}

/// Returns the path of a removed document. No file has an empty name, so no document has this path.
fn removed_path() -> Expr {
    Expr::val("//").binary(BinOper::Custom("||"), Expr::col(document::Column::Key))
}

/// Marks documents as removed and clears their paths. Their history needs the remaining columns.
pub(super) async fn mark_removed(
    transaction: &DatabaseTransaction,
    keys: &[&str],
    revision: Revision,
) -> Result<(), StorageError> {
    for keys in keys.chunks(MAX_IN_VALUES) {
        let keys = keys.iter().copied();
        diagnostic::Entity::delete_many()
            .filter(diagnostic::Column::DocumentKey.is_in(keys.clone()))
            .exec(transaction)
            .await?;
        reference::Entity::delete_many()
            .filter(reference::Column::DocumentKey.is_in(keys.clone()))
            .exec(transaction)
            .await?;
        update(keys)
            .col_expr(document::Column::RemovedAt, Expr::value(revision.number.get()))
            .col_expr(document::Column::Path, removed_path())
            .col_expr(document::Column::State, Expr::value(DocumentState::Removed.name()))
            .col_expr(document::Column::Hold, Expr::value(None::<String>))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Marks missing documents as held, because most of the folder is missing.
pub(super) async fn hold_missing(
    transaction: &DatabaseTransaction,
    changes: &[FileChange],
    at: Timestamp,
) -> Result<(), StorageError> {
    let held = changes.iter().filter_map(|change| match change {
        FileChange::DocumentMissing(path, kind) => Some((path, kind)),
        _ => None,
    });
    for chunk in held.collect::<Vec<_>>().chunks(MAX_IN_VALUES) {
        let paths: Vec<&DocumentPath> = chunk.iter().map(|(path, _)| *path).collect();
        let keys = keys_by_path(transaction, &paths).await?;
        update(keys.values().map(DocumentKey::as_str))
            .col_expr(document::Column::State, Expr::value(DocumentState::Held.name()))
            .col_expr(document::Column::Hold, Expr::value(Hold::Missing { since: at }.to_string()))
            .col_expr(document::Column::Accepted, Expr::value(None::<String>))
            .exec(transaction)
            .await?;
        let diagnostics = chunk.iter().filter_map(|(path, kind)| {
            let diagnostic = passerelle_messages::to_diagnostic(
                kind,
                Language::from_path(path).unwrap_or_default(),
                None,
                None,
            );
            keys.get(*path).map(|key| from_diagnostic(key, &diagnostic))
        });
        let diagnostics = diagnostics.collect::<Result<Vec<_>, _>>()?;
        rows::insert::<diagnostic::Entity>(transaction, diagnostics, diagnostic::Column::Id).await?;
    }
    Ok(())
}

/// Updates the fingerprint of an unchanged document.
pub(super) async fn update_fingerprint(
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

fn update<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> UpdateMany<document::Entity> {
    let keys = keys.into_iter().map(Into::into);
    document::Entity::update_many().filter(document::Column::Key.is_in(keys.collect::<Vec<String>>()))
}
