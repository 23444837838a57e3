//! The revisions at which a row is valid, as a condition in SQL.

/// Returns the condition for rows that are published at a revision.
pub(crate) fn is_live(table: &str, revision: i64) -> String {
    format!(
        "{table}.from_revision <= {revision} AND
         ({table}.until_revision IS NULL OR {table}.until_revision > {revision})"
    )
}
