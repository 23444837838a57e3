//! Addresses of the pages.

use passerelle_model::language::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that stay as they are in a value of a query string.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Query string under construction. Empty values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(String);

impl Query {
    /// Adds a parameter, unless its value is empty.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push(if self.0.is_empty() { '?' } else { '&' });
            self.0.push_str(name);
            self.0.push('=');
            self.0.extend(utf8_percent_encode(value, ENCODED));
        }
        self
    }

    /// Adds the language that the reader chose.
    #[must_use]
    pub(crate) fn with_language(self, lang: Option<Language>) -> Self {
        self.with("lang", lang.map_or("", Language::code))
    }

    /// Returns the address of a path with this query string.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{path}{}", self.0)
    }

    /// Returns the query string with `?`, or nothing.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the path of a plan. `name` is its slug, or its slug and year.
pub(crate) fn plan_path(name: &str) -> String {
    format!("/plans/{}", utf8_percent_encode(name, ENCODED))
}

/// Returns the path of a measure.
pub(crate) fn measure_path(plan: &str, number: u32) -> String {
    format!("{}/measures/{number}", plan_path(plan))
}

/// Returns the path of the comparison of a plan.
pub(crate) fn compare_path(plan: &str) -> String {
    format!("{}/compare", plan_path(plan))
}

/// Returns the path of a plan for frames of other sites.
pub(crate) fn embed_path(plan: &str) -> String {
    format!("/embed{}", plan_path(plan))
}

/// Returns the path of the badge of a plan.
pub(crate) fn badge_path(plan: &str) -> String {
    format!("/badges{}.svg", plan_path(plan))
}

/// Returns the path of an axis or another category for frames of other sites.
pub(crate) fn embed_category_path(plan: &str, category: &str) -> String {
    format!("{}/axes/{}", embed_path(plan), utf8_percent_encode(category, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        let query = Query::default().with("text", "eau & sable").with("status", "").with("lang", "fr");
        assert_eq!(query.at("/plans/a"), "/plans/a?text=eau%20%26%20sable&lang=fr");
        assert_eq!(Query::default().with_language(None).at("/"), "/");
        assert_eq!(measure_path("plan-2025", 12), "/plans/plan-2025/measures/12");
    }
}
