//! Unique names for new keys.

use std::collections::HashSet;

/// Returns the name if it is unused, else the first unused variant: `p#2~2`.
pub(super) fn unused_key(name: String, taken: &HashSet<&str>) -> String {
    let is_free = |name: &String| !taken.contains(name.as_str());
    let variants = (2..).map(|count| format!("{name}~{count}"));
    std::iter::once(name.clone()).chain(variants).find(is_free).unwrap_or(name)
}
