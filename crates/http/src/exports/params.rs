//! Which measures, in which order: a query string, read as the arguments of the GraphQL field `measures` are.

use std::collections::HashMap;

use passerelle_api::{ApiError, check_condition, measure_arguments};
use passerelle_model::language::Language;
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};
use serde_json::Value as Json;

/// The parameters that are given once.
const SINGLE: [&str; 5] = ["plan", "lang", "filter", "orderBy", "text"];
/// Those that may be given again and again: any of the values will do.
const REPEATED: [&str; 3] = ["status", "category", "programme"];

/// What a query string asks for.
#[derive(Debug)]
pub(super) struct Params {
    /// The name of the plan; the newest where none is given.
    pub(super) plan: Option<String>,
    /// The language of the plan.
    pub(super) lang: Option<Language>,
    /// The measures that are kept.
    pub(super) filter: MeasureFilter,
    /// Their order; document order where it is empty.
    pub(super) order: Vec<(MeasureOrder, Direction)>,
}

impl Params {
    /// Reads the pairs of a query string. What is left empty is not given: a form sends its empty fields too. What is not
    /// known is refused, for a filter with a slip in its name would keep everything.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut single: HashMap<String, String> = HashMap::new();
        let mut conditions = serde_json::Map::new();
        for (name, value) in pairs {
            if !SINGLE.contains(&name.as_str()) && !REPEATED.contains(&name.as_str()) {
                let known = [SINGLE.as_slice(), &REPEATED].concat().join(", ");
                return Err(ApiError::BadInput(format!("{name:?} is not a parameter; there are {known}")));
            }
            if value.is_empty() {
                continue;
            }
            if REPEATED.contains(&name.as_str()) {
                let values = conditions.entry(name).or_insert_with(|| Json::Array(Vec::new()));
                values.as_array_mut().into_iter().for_each(|values| values.push(value.clone().into()));
            } else if single.insert(name.clone(), value).is_some() {
                return Err(ApiError::BadInput(format!("`{name}` is given twice")));
            }
        }
        conditions.extend(single.remove("text").map(|text| ("text".to_owned(), text.into())));
        for (name, value) in &conditions {
            check_condition(name, value.clone())?;
        }
        let filter = single.get("filter").map(|text| json("filter", text)).transpose()?;
        let order = single.get("orderBy").map(|text| json("orderBy", text)).transpose()?;
        let (filter, order) = measure_arguments(both(filter, conditions), order.unwrap_or_default())?;
        let lang = single.get("lang").map(|tag| {
            let unknown = || ApiError::BadInput(format!("`lang` is FR, NL, DE or EN, not {tag:?}"));
            Language::from_tag(tag).ok_or_else(unknown)
        });
        Ok(Self { lang: lang.transpose()?, plan: single.remove("plan"), filter, order })
    }
}

/// The filter that keeps what both a filter and some conditions keep.
fn both(filter: Option<Json>, mut conditions: serde_json::Map<String, Json>) -> Json {
    let filter = filter.unwrap_or_default();
    if conditions.is_empty() {
        return filter;
    }
    if !filter.is_null() {
        conditions.insert("and".to_owned(), Json::Array(vec![filter]));
    }
    Json::Object(conditions)
}

fn json(name: &str, text: &str) -> Result<Json, ApiError> {
    serde_json::from_str(text).map_err(|error| ApiError::BadInput(format!("`{name}` is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::plan::MeasureStatus;

    fn read(pairs: &[(&str, &str)]) -> Result<Params, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Params::read(pairs.collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn shorthands_and_a_filter_both_hold() {
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
    fn what_cannot_be_used_is_refused() {
        let cases: [(&[(&str, &str)], &str); 9] = [
            (&[("statuss", "")], "\"statuss\" is not a parameter"),
            (&[("plan", "a"), ("plan", "b")], "`plan` is given twice"),
            (&[("lang", "it")], "`lang` is FR, NL, DE or EN"),
            (&[("status", "Done"), ("filter", "{}")], "`status`: "),
            (&[("filter", "{")], "`filter` is not JSON"),
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
