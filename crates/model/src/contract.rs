//! Contracts: the fields that the documents of a folder have in their front matter.
//!
//! An editor writes a contract as `NAME.schema.yaml` in a folder, in a subset of JSON Schema. The pages of
//! the folder and its subfolders are a collection with this name.

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::yaml_problem::YamlProblem;

/// Contract of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// Name of the collection, for example `ateliers`.
    pub name: String,
    /// Language of the diagnostics about the contract itself.
    pub lang: Language,
    /// Fields in the order of the contract.
    pub fields: Vec<ContractField>,
}

/// Field of a contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractField {
    /// Key in the front matter. Keys of nested objects are joined with dots.
    pub name: String,
    /// Type of the value.
    pub kind: FieldType,
    /// True if every document must have the field.
    pub required: bool,
    /// Purpose of the field. `None` if the contract states none.
    pub description: Option<String>,
    /// Allowed values. `None` if every value of the type is allowed.
    pub options: Option<Vec<String>>,
    /// Smallest number. `None` for no bound.
    pub minimum: Option<f64>,
    /// Largest number. `None` for no bound.
    pub maximum: Option<f64>,
    /// Maximum length of a text in characters. `None` for no bound.
    pub max_length: Option<usize>,
}

/// Type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldType {
    /// Text on one line.
    Text,
    /// Text with Markdown.
    Markdown,
    /// Date, with or without a time.
    Date,
    /// Number.
    Number,
    /// Truth value.
    Boolean,
    /// List of values.
    List,
    /// Path or address of an image, or an object with `src`.
    Image,
    /// Path or address.
    Link,
}

/// Cause of an error in the contract of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractProblem {
    /// The YAML has an error.
    Yaml(YamlProblem),
    /// `properties` is missing, empty or too long.
    NoProperties,
    /// The property with this name has no known type, or is required without being described.
    Property(String),
}
