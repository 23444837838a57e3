//! Query string of a plan: filters, date and page. The address always says what is shown.

use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::MeasureFilter;

use crate::address::Query;
use crate::error::PageError;

/// Maximum length of a text filter in characters. The field of the form has the same `maxlength`.
const MAX_TEXT_CHARS: usize = 200;
/// Milliseconds of a day, without the last one.
const LAST_MILLI_OF_DAY: i64 = 24 * 60 * 60 * 1_000 - 1;

/// Returns the instant of a text: the end of a day if it is a date. `None` for an empty text.
pub(crate) fn end_of_date(text: &str) -> Result<Option<Timestamp>, PageError> {
    if text.is_empty() {
        return Ok(None);
    }
    let at = Timestamp::parse(text).ok_or(PageError::InvalidDate)?;
    let is_day = !text.contains(['T', ' ']);
    let rest = if is_day { LAST_MILLI_OF_DAY } else { 0 };
    Ok(Some(Timestamp::from_millis(at.millis() + rest)))
}

/// Parsed query string. Unknown parameters and values are ignored, so that they do not get into links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlanParams {
    /// Value of `lang`, as written.
    pub(crate) lang: Option<String>,
    /// A shown measure has one of these statuses. Empty for all.
    pub(crate) statuses: Vec<MeasureStatus>,
    /// Path of a category, for example `2.6`. Empty for the whole plan.
    pub(crate) category: String,
    /// Programme that a shown measure names. Empty for all.
    pub(crate) programme: String,
    /// Words that a shown measure contains. Empty for all.
    pub(crate) text: String,
    /// Date or time, as written. Empty for the present.
    pub(crate) at: String,
    /// Number of the page of the list, from 1.
    pub(crate) page: usize,
    /// True if the progress over time is computed for a large plan too.
    pub(crate) with_curve: bool,
}

impl PlanParams {
    pub(crate) fn parse(pairs: Vec<(String, String)>) -> Self {
        let mut params = Self { page: 1, ..Self::default() };
        for (name, value) in pairs {
            let text = || value.trim().chars().take(MAX_TEXT_CHARS).collect::<String>();
            match name.as_str() {
                "lang" => params.lang = Some(text()),
                "status" => params.statuses.extend(MeasureStatus::from_name(&value)),
                "category" => params.category = text(),
                "programme" => params.programme = text(),
                "text" => params.text = text(),
                "at" => params.at = text(),
                "page" => params.page = value.parse().unwrap_or(1).max(1),
                "curve" => params.with_curve = true,
                _ => {}
            }
        }
        params.statuses.sort_unstable();
        params.statuses.dedup();
        params
    }

    /// Returns the instant of `at`: the end of a day if it is a date. `None` for the present.
    pub(crate) fn instant(&self) -> Result<Option<Timestamp>, PageError> {
        end_of_date(&self.at)
    }

    /// Returns true if only some measures are shown.
    pub(crate) fn has_filter(&self) -> bool {
        *self
            != Self {
                lang: self.lang.clone(),
                at: self.at.clone(),
                page: self.page,
                with_curve: self.with_curve,
                ..Self::default()
            }
    }

    /// Returns the condition on the shown measures.
    pub(crate) fn filter(&self) -> MeasureFilter {
        let mut conditions = Vec::new();
        if !self.statuses.is_empty() {
            conditions.push(MeasureFilter::Status(self.statuses.clone()));
        }
        if !self.category.is_empty() {
            // No measure is in a category with a malformed path.
            conditions
                .push(MeasureFilter::Within(CategoryPath::parse(&self.category).ok().into_iter().collect()));
        }
        if !self.programme.is_empty() {
            conditions.push(MeasureFilter::Programme(vec![self.programme.clone()]));
        }
        if !self.text.is_empty() {
            conditions.push(MeasureFilter::Text(self.text.clone()));
        }
        MeasureFilter::All(conditions)
    }

    /// Adds the filters to a query string, with the names that exports use too.
    pub(crate) fn add_filters(&self, query: Query) -> Query {
        let query = self.statuses.iter().fold(query, |query, status| query.with("status", status.name()));
        let query = query.with("category", &self.category).with("programme", &self.programme);
        query.with("text", &self.text)
    }

    /// Returns the whole query string except the language.
    pub(crate) fn query(&self) -> Query {
        let query = self.add_filters(Query::default()).with("at", &self.at);
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        query.with("page", &page).with("curve", if self.with_curve { "on" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> PlanParams {
        PlanParams::parse(
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn links_repeat_what_is_known_and_nothing_else() {
        let params = parse(&[
            ("status", "LATE"),
            ("status", "late"),
            ("status", "LATE"),
            ("category", "2.6"),
            ("text", " eau "),
            ("page", "0"),
            ("x", "y"),
            ("programme", ""),
            ("lang", "fr"),
        ]);
        assert_eq!(params.query().as_str(), "?status=LATE&category=2.6&text=eau");
        assert!(
            params.has_filter()
                && !parse(&[("lang", "fr"), ("page", "2"), ("at", "2025-01-01")]).has_filter()
        );
    }

    #[test]
    fn a_date_is_the_end_of_its_day() {
        let instant = |at: &str| parse(&[("at", at)]).instant().map(|at| at.map(|at| at.to_string()));
        assert_eq!(instant("").ok(), Some(None));
        assert_eq!(instant("2025-11-14").ok().flatten().as_deref(), Some("2025-11-14T23:59:59.999Z"));
        assert_eq!(
            instant("2025-11-14T10:00:00Z").ok().flatten().as_deref(),
            Some("2025-11-14T10:00:00.000Z")
        );
        assert!(matches!(instant("hier"), Err(PageError::InvalidDate)));
    }
}
