//! Parses the arguments of `{% collection %}`, which lists pages.

use passerelle_model::direction::Direction;
use passerelle_model::language::Language;
use passerelle_model::page::{Collection, CollectionOrder};
use passerelle_text::fold::fold;
use serde_json::{Map, Value};

use super::arguments::text;
use crate::front_matter::{integer_of, text_of};

/// Returns the collection, and the filters and sort criteria that are not supported.
///
/// The collection is `None` if the arguments contain no name.
pub(super) fn read(args: &Map<String, Value>, lang: Language) -> (Option<Collection>, Vec<String>) {
    let name = text(args, "collection").or_else(|| text(args, "name")).or_else(|| text(args, "0"));
    let Some(name) = name else { return (None, Vec::new()) };
    let mut unknown = Vec::new();
    let mut tags = Vec::new();
    for filter in entries(args, "filters") {
        let by = filter.get("by").and_then(text_of).unwrap_or_default();
        match fold(&by).as_str() {
            "tag" | "tags" => tags.push(string_list(filter.get("value"))),
            _ => unknown.push(format!("filters: {by}")),
        }
    }
    let mut order = Vec::new();
    for criteria in ["sortCriterias", "sortCriteria"].iter().flat_map(|key| entries(args, key)) {
        let by = criteria.get("by").and_then(text_of).unwrap_or_default();
        let direction = ["direction", "order"].iter().find_map(|key| criteria.get(*key)).and_then(text_of);
        let direction = match direction {
            Some(direction) if fold(&direction).starts_with("desc") => Direction::Descending,
            _ => Direction::Ascending,
        };
        match parse_order(&by) {
            Some(by) => order.push((by, direction)),
            None => unknown.push(format!("sortCriterias: {by}")),
        }
    }
    let limit = ["limit", "max"].iter().find_map(|key| args.get(*key)).and_then(integer_of);
    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0);
    (Some(Collection { name, lang, tags, order, limit }), unknown)
}

fn parse_order(name: &str) -> Option<CollectionOrder> {
    Some(match fold(name).as_str() {
        "order" | "ordre" => CollectionOrder::Order,
        "name" | "title" | "nom" | "titre" => CollectionOrder::Title,
        "date" | "createdat" | "created" => CollectionOrder::CreatedAt,
        "updatedat" | "updated" => CollectionOrder::UpdatedAt,
        _ => return None,
    })
}

fn entries<'a>(args: &'a Map<String, Value>, key: &str) -> Vec<&'a Map<String, Value>> {
    let listed = args.get(key).and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_object).collect()
}

fn string_list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::arguments;

    #[test]
    fn collection_filters_and_order_are_parsed() {
        let args = arguments::read(
            "collection=\"trainings\", filters=[{\"by\":\"tag\",\"value\":[\"featured\"]},{\"by\":\"x\"}], \
             sortCriterias=[{\"by\":\"date\",\"direction\":\"desc\"}], limit=3",
        );
        let (collection, unknown) = read(&args.0, Language::Fr);
        let collection = collection.unwrap();
        assert_eq!(collection.tags, [["featured"]]);
        assert_eq!(collection.order, [(CollectionOrder::CreatedAt, Direction::Descending)]);
        assert_eq!((collection.limit, unknown), (Some(3), vec!["filters: x".to_owned()]));
        assert_eq!(read(&Map::new(), Language::Fr).0, None);
    }
}
