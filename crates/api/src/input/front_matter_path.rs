//! Paths of values in the front matter.

use passerelle_storage::FrontMatterPath;

use crate::error::ApiError;

/// Maximum length of a path in characters. Keys of front matter are short, and YAML is at most 32 levels
/// deep.
const MAX_PATH_CHARACTERS: usize = 200;

/// Checks the length of a path, for example `metadata.tempo`.
pub(crate) fn check_path(path: &str) -> Result<&str, ApiError> {
    let count = path.chars().count();
    if count == 0 || count > MAX_PATH_CHARACTERS {
        return Err(ApiError::BadInput(format!(
            "`path` must have 1 to {MAX_PATH_CHARACTERS} characters, it has {count}"
        )));
    }
    Ok(path)
}

/// Parses the path of a condition or of a sort key.
pub(super) fn parse_path(path: &str) -> Result<FrontMatterPath, ApiError> {
    FrontMatterPath::parse(check_path(path)?).ok_or_else(|| {
        ApiError::BadInput(format!(
            "`path` must be 1 to {} keys joined with dots, without quotation marks and backslashes",
            FrontMatterPath::MAX_SEGMENTS
        ))
    })
}
