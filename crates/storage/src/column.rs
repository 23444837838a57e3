//! Values of columns to values of the domain, and back. What cannot be read is an error with an address.

use passerelle_model::language::Language;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StorageError;

/// The most values of one `IN`.
pub(crate) const MANY: usize = 500;

/// Where a value stands, for the error that says so.
#[derive(Clone, Copy)]
pub(crate) struct Address<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
}

impl Address<'_> {
    /// A JSON column.
    pub(crate) fn json<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StorageError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(column, &error))
    }

    /// A column that holds the name of a variant.
    pub(crate) fn name<T>(
        self,
        column: &'static str,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        parse(name).ok_or_else(|| self.corrupt(column, &format!("unknown name {name:?}")))
    }

    /// A column that holds a language.
    pub(crate) fn lang(self, tag: &str) -> Result<Language, StorageError> {
        self.name("lang", tag, Language::from_tag)
    }

    /// A column that holds a number of another width.
    pub(crate) fn number<T, U: TryFrom<T>>(self, column: &'static str, number: T) -> Result<U, StorageError>
    where
        U::Error: std::fmt::Display,
    {
        U::try_from(number).map_err(|error| self.corrupt(column, &error))
    }

    /// The error of a value that cannot be read.
    pub(crate) fn corrupt(self, column: &'static str, detail: &dyn std::fmt::Display) -> StorageError {
        StorageError::Corrupt {
            table: self.table,
            key: self.key.to_owned(),
            column,
            detail: detail.to_string(),
        }
    }
}

/// A value as the JSON that its column holds.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Corrupt {
        table: std::any::type_name::<T>(),
        key: String::new(),
        column: "json",
        detail: error.to_string(),
    })
}

/// Whether a column holds a path below a folder. `SUBSTR` rather than `LIKE`, which the engines fold differently.
pub(crate) fn is_below(column: impl IntoColumnRef, folder: &str) -> Expr {
    let below = format!("{folder}/");
    let length = i64::try_from(below.chars().count()).unwrap_or(i64::MAX);
    let beginning = Func::cust("SUBSTR").args([Expr::col(column), Expr::val(1), Expr::val(length)]);
    Expr::from(beginning).eq(below)
}
