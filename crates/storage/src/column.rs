//! Values of columns to values of the domain, and back. What cannot be read is an error with an address.

use passerelle_model::language::Language;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StorageError;

/// The most values of one `IN`.
pub(crate) const MAX_IN_VALUES: usize = 500;

/// Table and key of a row, for error messages.
#[derive(Clone, Copy)]
pub(crate) struct RowContext<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
}

impl RowContext<'_> {
    /// A JSON column.
    pub(crate) fn parse_json<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StorageError> {
        serde_json::from_str(text).map_err(|error| self.invalid_value(column, &error))
    }

    /// A column that holds the name of a variant.
    pub(crate) fn parse_text<T>(
        self,
        column: &'static str,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        parse(name).ok_or_else(|| self.invalid_value(column, &format!("unknown value {name:?}")))
    }

    /// A column that holds a language.
    pub(crate) fn parse_lang(self, tag: &str) -> Result<Language, StorageError> {
        self.parse_text("lang", tag, Language::from_tag)
    }

    /// A column that holds a number of another width.
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

    /// The error of a value that cannot be read.
    pub(crate) fn invalid_value(self, column: &'static str, detail: &dyn std::fmt::Display) -> StorageError {
        StorageError::InvalidValue {
            table: self.table,
            key: self.key.to_owned(),
            column,
            detail: detail.to_string(),
        }
    }
}

/// A value as the JSON that its column holds.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::InvalidValue {
        table: std::any::type_name::<T>(),
        key: String::new(),
        column: "json",
        detail: error.to_string(),
    })
}

/// Whether a column holds a path below a folder. `SUBSTR` rather than `LIKE`, which the engines fold differently.
pub(crate) fn is_below_folder(column: impl IntoColumnRef, folder: &str) -> Expr {
    let below = format!("{folder}/");
    let length = i64::try_from(below.chars().count()).unwrap_or(i64::MAX);
    let prefix = Func::cust("SUBSTR").args([Expr::col(column), Expr::val(1), Expr::val(length)]);
    Expr::from(prefix).eq(below)
}
