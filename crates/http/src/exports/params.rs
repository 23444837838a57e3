//! Query string of an export: filter and order, validated like the arguments of the GraphQL field `measures`.

use std::collections::HashMap;

use passerelle_api::{ApiError, check_condition, measure_arguments};
use passerelle_model::language::Language;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};
use serde_json::Value as Json;

/// Parameters that may occur at most once.
const SINGLE_VALUE_PARAMS: [&str; 7] = ["plan", "lang", "at", "filter", "orderBy", "text", "separator"];
/// Parameters that may occur several times. A measure must match one of the values.
const REPEATABLE_PARAMS: [&str; 7] =
    ["status", "category", "programme", "label", "responsibleParties", "partners", "priority"];

/// Parsed query string.
#[derive(Debug)]
pub(super) struct ExportParams {
    /// Slug of the plan, or slug and year such as `plan-2024`. `None` selects the newest plan.
    pub(super) plan: Option<String>,
    /// Language of the plan. `None` allows every language.
    pub(super) lang: Option<Language>,
    /// Time of the exported content. `None` for the latest revision.
    pub(super) at: Option<Timestamp>,
    /// Conditions that an exported measure meets.
    pub(super) filter: MeasureFilter,
    /// Sort order. Empty means document order.
    pub(super) order: Vec<(MeasureOrder, Direction)>,
    /// Separator of the cells of a CSV. `None` selects that of the language of the plan.
    pub(super) separator: Option<u8>,
}

impl ExportParams {
    /// Parses the pairs of a query string.
    ///
    /// An empty value counts as absent, because HTML forms send empty fields too. An unknown name is an
    /// error: a filter with a typing error would otherwise export every measure.
    pub(super) fn parse(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut single: HashMap<String, String> = HashMap::new();
        let mut conditions = serde_json::Map::new();
        for (name, value) in pairs {
            if !SINGLE_VALUE_PARAMS.contains(&name.as_str()) && !REPEATABLE_PARAMS.contains(&name.as_str()) {
                let known = [SINGLE_VALUE_PARAMS.as_slice(), &REPEATABLE_PARAMS].concat().join(", ");
                return Err(ApiError::BadInput(format!("{name:?} is not a parameter. Use one of: {known}")));
            }
            if value.is_empty() {
                continue;
            }
            if REPEATABLE_PARAMS.contains(&name.as_str()) {
                let values = conditions.entry(name).or_insert_with(|| Json::Array(Vec::new()));
                values.as_array_mut().into_iter().for_each(|values| values.push(value.clone().into()));
            } else if single.insert(name.clone(), value).is_some() {
                return Err(ApiError::BadInput(format!("`{name}` must be given once")));
            }
        }
        conditions.extend(single.remove("text").map(|text| ("text".to_owned(), text.into())));
        for (name, value) in &conditions {
            check_condition(name, value.clone())?;
        }
        let filter = single.get("filter").map(|text| parse_json("filter", text)).transpose()?;
        let order = single.get("orderBy").map(|text| parse_json("orderBy", text)).transpose()?;
        let (filter, order) =
            measure_arguments(combine_filters(filter, conditions), order.unwrap_or_default())?;
        let lang = single.get("lang").map(|tag| {
            let unknown = || ApiError::BadInput(format!("`lang` must be FR, NL, DE or EN, not {tag:?}"));
            Language::from_tag(tag).ok_or_else(unknown)
        });
        let at = single.get("at").map(|text| {
            let unknown =
                || ApiError::BadInput(format!("`at` must be a date or an RFC 3339 time, not {text:?}"));
            Timestamp::parse(text).ok_or_else(unknown)
        });
        let separator = single.get("separator").map(|name| parse_separator(name)).transpose()?;
        Ok(Self {
            lang: lang.transpose()?,
            plan: single.remove("plan"),
            at: at.transpose()?,
            filter,
            order,
            separator,
        })
    }
}

/// Combines the `filter` parameter and the short parameters with AND.
fn combine_filters(filter: Option<Json>, mut conditions: serde_json::Map<String, Json>) -> Json {
    let filter = filter.unwrap_or_default();
    if conditions.is_empty() {
        return filter;
    }
    if !filter.is_null() {
        conditions.insert("and".to_owned(), Json::Array(vec![filter]));
    }
    Json::Object(conditions)
}

/// Parses the separator of a CSV, by name or as itself.
fn parse_separator(text: &str) -> Result<u8, ApiError> {
    match text {
        "comma" | "," => Ok(b','),
        "semicolon" | ";" => Ok(b';'),
        "tab" | "\t" => Ok(b'\t'),
        _ => Err(ApiError::BadInput(format!("`separator` must be comma, semicolon or tab, not {text:?}"))),
    }
}

fn parse_json(name: &str, text: &str) -> Result<Json, ApiError> {
    serde_json::from_str(text)
        .map_err(|error| ApiError::BadInput(format!("`{name}` is not valid JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::plan::MeasureStatus;

    fn read(pairs: &[(&str, &str)]) -> Result<ExportParams, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        ExportParams::parse(pairs.collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn shorthand_params_and_filter_are_combined() {
        let late = MeasureFilter::Status([MeasureStatus::Late].into_iter().collect());
        let numbers = MeasureFilter::Number([7].into_iter().collect());
        let filter = |pairs: &[(&str, &str)]| read(pairs).unwrap().filter;
        assert_eq!(filter(&[("status", "LATE")]), MeasureFilter::All(vec![late.clone()]));
        assert_eq!(filter(&[("filter", "{\"number\": [7]}")]), MeasureFilter::All(vec![numbers.clone()]));
        assert_eq!(
            filter(&[("filter", "{\"number\": 7}"), ("status", "LATE")]),
            MeasureFilter::All(vec![MeasureFilter::All(vec![numbers]), late])
        );
        assert_eq!(filter(&[("status", ""), ("filter", "null")]), MeasureFilter::All(Vec::new()));
    }

    #[test]
    fn invalid_parameters_are_rejected() {
        let cases: [(&[(&str, &str)], &str); 11] = [
            (&[("at", "hier")], "`at` must be a date"),
            (&[("separator", "|")], "`separator` must be comma, semicolon or tab"),
            (&[("statuss", "")], "\"statuss\" is not a parameter"),
            (&[("plan", "a"), ("plan", "b")], "`plan` must be given once"),
            (&[("lang", "it")], "`lang` must be FR, NL, DE or EN"),
            (&[("status", "Done"), ("filter", "{}")], "`status`: "),
            (&[("filter", "{")], "`filter` is not valid JSON"),
            (&[("filter", "[]")], "MeasureFilter"),
            (&[("filter", "{\"or\": {\"not\": {\"statuss\": []}}}")], "unknown field \"statuss\""),
            (&[("orderBy", "[{\"field\": \"NUMBER\"}]")], "OrderDirection"),
            (&[("orderBy", "[{\"field\": \"NUMBER\", \"direction\": \"ASC\", \"x\": 1}]")], "\"x\""),
        ];
        for (pairs, expected) in cases {
            let message = read(pairs).unwrap_err();
            assert!(message.contains(expected), "{pairs:?}: {message}");
        }
    }
}
