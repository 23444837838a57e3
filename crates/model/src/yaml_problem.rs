//! Causes of errors in the front matter and in settings files.

/// Cause of an error in YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum YamlProblem {
    /// Two fields have the same key.
    DuplicateKey(String),
    /// A line is indented with a tab.
    Tab,
    /// A quotation mark has no partner.
    Quote,
    /// A value without quotation marks contains a colon and a space.
    Colon,
    /// A bracket or brace has no partner.
    Bracket,
    /// A line is indented more or less than its neighbours.
    Indentation,
    /// The text has no fields.
    NoFields,
    /// An alias `*name` has no anchor `&name`.
    UnknownAlias(String),
    /// The values are nested too deeply or repeated too often.
    TooComplex,
    /// The file is not UTF-8.
    NotUtf8,
    /// Any other cause.
    Other,
}
