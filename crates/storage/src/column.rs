//! Conversion between column values and domain values. An invalid value gives an error with table, key and
//! column.

use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::path::{DocumentPath, FolderPath};
use passerelle_model::plan::CategoryPath;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StorageError;

/// Maximum number of values in one `IN` condition.
pub(crate) const MAX_IN_VALUES: usize = 500;

/// Table and key of a row, for error messages.
#[derive(Clone, Copy)]
pub(crate) struct RowContext<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
}

impl RowContext<'_> {
    /// Parses a JSON column.
    pub(crate) fn parse_json<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StorageError> {
        serde_json::from_str(text).map_err(|error| self.invalid_value(column, &error))
    }

    /// Parses a column that contains the name of a variant.
    pub(crate) fn parse_text<T>(
        self,
        column: &'static str,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        parse(name).ok_or_else(|| self.invalid_value(column, &format!("unknown value {name:?}")))
    }

    /// Parses a column that contains a language code.
    pub(crate) fn parse_lang(self, tag: &str) -> Result<Language, StorageError> {
        self.parse_text("lang", tag, Language::from_tag)
    }

    /// Parses a column that contains a slug.
    pub(crate) fn parse_slug(self, slug: &str) -> Result<Slug, StorageError> {
        self.parse_text("slug", slug, |slug| Slug::parse(slug).ok())
    }

    /// Parses a column that contains the path of a document.
    pub(crate) fn parse_path(self, path: &str) -> Result<DocumentPath, StorageError> {
        self.parse_text("path", path, |path| DocumentPath::parse(path).ok())
    }

    /// Parses a column that contains the path of a folder.
    pub(crate) fn parse_folder(self, folder: &str) -> Result<FolderPath, StorageError> {
        self.parse_text("folder", folder, |folder| FolderPath::parse(folder).ok())
    }

    /// Parses a column that contains the path of a category.
    pub(crate) fn parse_category(
        self,
        column: &'static str,
        path: &str,
    ) -> Result<CategoryPath, StorageError> {
        self.parse_text(column, path, |path| CategoryPath::parse(path).ok())
    }

    /// Converts an integer column to another integer type.
    pub(crate) fn convert_integer<T, U: TryFrom<T>>(
        self,
        column: &'static str,
        number: T,
    ) -> Result<U, StorageError>
    where
        U::Error: std::fmt::Display,
    {
        U::try_from(number).map_err(|error| self.invalid_value(column, &error))
    }

    /// Creates the error for an invalid value.
    pub(crate) fn invalid_value(self, column: &'static str, detail: &dyn std::fmt::Display) -> StorageError {
        StorageError::InvalidValue {
            table: self.table,
            key: self.key.to_owned(),
            column,
            detail: detail.to_string(),
        }
    }
}

/// Serializes a value for a JSON column. U+0000 becomes U+FFFD: PostgreSQL has no text with it.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map(without_nul).map_err(|error| StorageError::InvalidValue {
        table: std::any::type_name::<T>(),
        key: String::new(),
        column: "json",
        detail: error.to_string(),
    })
}

/// Replaces the escaped U+0000 in JSON.
fn without_nul(json: String) -> String {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return json;
    }
    let (mut replaced, mut rest) = (String::with_capacity(json.len()), json.as_str());
    while let Some(at) = rest.find('\\') {
        replaced.push_str(&rest[..at]);
        let escape = &rest[at..];
        // A backslash can be escaped itself, so the escapes are read one by one.
        let (text, length) =
            if escape.starts_with(NUL) { ("\u{FFFD}", NUL.len()) } else { (&escape[..2], 2) };
        replaced.push_str(text);
        rest = &escape[length..];
    }
    replaced.push_str(rest);
    replaced
}

/// Returns a condition for paths in a folder. Uses `SUBSTR`, because `LIKE` ignores case in SQLite and not
/// in PostgreSQL.
pub(crate) fn is_below_folder(column: impl IntoColumnRef, folder: &FolderPath) -> Expr {
    let below = format!("{folder}/");
    let length = i32::try_from(below.chars().count()).unwrap_or(i32::MAX);
    let prefix = Func::cust("SUBSTR").args([Expr::col(column), Expr::val(1), Expr::val(length)]);
    Expr::from(prefix).eq(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_in_json() {
        let json = to_json(&["a\0b", "\\u0000", "\\\0", "é\n"]).unwrap();
        let texts: Vec<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(texts, ["a\u{FFFD}b", "\\u0000", "\\\u{FFFD}", "é\n"]);
    }
}
