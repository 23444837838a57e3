//! Cost model: connections multiply the cost of their nodes.

use std::collections::HashMap;

use async_graphql::parser::types::{FieldDefinition, ServiceDocument, TypeKind, TypeSystemDefinition};

use passerelle_storage::PlanSize;

use crate::limits::MAX_PAGE_SIZE;
use crate::object::{MAX_REDIRECTS, MAX_ROUTES, OWN_FIELDS_OF_ROUTES};
use crate::type_system::{is_list, named_type};

/// Cost of one connection besides its nodes. It runs one or two statements.
pub(super) const CONNECTION_COST: usize = 5;
/// Cost of one search of a text, besides its page. It takes about as long as 100 fields.
pub const SEARCH_COST: usize = 100;
/// Cost of one text of a page, service or block, besides the field. Such a text is often as large as 10 other
/// fields.
pub(super) const TEXT_COST: usize = 10;
/// Cost of one condition on pages. It reads the front matter of every page, which takes about as long as 10
/// fields.
pub(super) const PAGE_CONDITION_COST: usize = 10;
/// Number of measures that are walked for one point. Walking them takes about as long as one field.
const MEASURES_PER_POINT: usize = 100;
/// Type of the results of a search.
const SEARCH_RESULTS: &str = "SearchConnection";

/// Type of the facets of a list of measures. Each facet applies the filter of the list once more, without its
/// own condition.
const FACETS: &str = "MeasureFacets";
/// Maximum number of times that the facets of a list apply its filter: status, category, programme,
/// responsible party and priority. A facet that is selected twice is counted once.
pub(super) const MAX_FACET_WALKS: usize = 5;
/// Type of the points of a progress curve, which walks all measures of a plan.
const CURVE_POINT: &str = "ProgressPoint";
/// Type of a list of measures.
const MEASURES: &str = "MeasureConnection";
/// Type of the categories of a plan.
pub(super) const CATEGORY: &str = "Category";
/// List of categories that is as short as the tree is deep.
const ANCESTORS: &str = "ancestors";
/// Types of lists whose filter is evaluated for every page.
const PAGES: [&str; 2] = ["PageConnection", "SupportServiceConnection"];
/// Lists with another maximum size of a range than most.
const LARGE_LISTS: [(&str, i32); 2] =
    [("RouteConnection", MAX_ROUTES), ("RedirectConnection", MAX_REDIRECTS)];
/// Fields that cost nothing, by type: their values are in memory once the object is, and 1,000 of them take
/// less time than one field that loads something. So one request can list the addresses of a large site.
const FREE_FIELDS: [(&str, &[&str]); 3] = [
    ("Route", &OWN_FIELDS_OF_ROUTES),
    ("RouteConnection", &["totalCount", "pageInfo"]),
    ("PageInfo", &["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"]),
];
/// Types of long texts.
const TEXTS: [&str; 2] = ["RichText", "JSON"];

/// Prices of fields and of walks over the measures of a plan.
#[derive(Clone, Copy)]
pub(crate) struct Prices<'a> {
    /// Prices of fields.
    pub(crate) cost_model: &'a CostModel,
    /// Size of the largest plan.
    pub(crate) largest_plan: PlanSize,
}

impl Prices<'_> {
    /// Returns the price of one walk over the measures of a plan. It is at least 1.
    pub(super) fn walk(&self) -> usize {
        1 + self.largest_plan.measures / MEASURES_PER_POINT
    }

    /// Returns the price of a list of categories, and of the measures below each of them.
    ///
    /// The categories of a tree have at most all measures of the plan once for each level, because a category
    /// lists the measures of its subcategories too.
    pub(super) fn categories(&self, category: usize, measures: MeasuresBelow) -> usize {
        let count = self.largest_plan.categories.max(1);
        let pages = count.saturating_mul(measures.page);
        // Before the first query of a plan, its size is unknown.
        let known = Some(self.largest_plan.measures).filter(|measures| *measures > 0);
        let all = known.map_or(usize::MAX, |measures| measures.saturating_mul(self.largest_plan.levels));
        let all = all.saturating_mul(measures.node);
        let connections = count.saturating_mul(measures.connections * CONNECTION_COST);
        count.saturating_mul(category).saturating_add(pages.min(all.saturating_add(connections)))
    }
}

/// Cost of the lists of measures below one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeasuresBelow {
    /// Cost of the lists, if all their pages are full.
    pub(super) page: usize,
    /// Cost of one measure of each list.
    pub(super) node: usize,
    /// Number of lists.
    pub(super) connections: usize,
}

impl MeasuresBelow {
    /// Combines each cost with that of other lists.
    pub(super) fn combine(self, other: Self, combine: fn(usize, usize) -> usize) -> Self {
        Self {
            page: combine(self.page, other.page),
            node: combine(self.node, other.node),
            connections: combine(self.connections, other.connections),
        }
    }
}

/// Fields by type name and field name.
pub(crate) struct CostModel(HashMap<String, HashMap<String, FieldCost>>);

/// Cost properties of a field.
#[expect(clippy::struct_excessive_bools, reason = "a field can have each property")]
pub(super) struct FieldCost {
    /// Name of the type, without list and non-null markers.
    pub(super) type_name: String,
    /// True for a paginated list.
    pub(super) is_connection: bool,
    /// Maximum number of nodes of a range, if the field is a paginated list.
    pub(super) max_nodes: i32,
    /// True if the field costs nothing besides the fields below it.
    pub(super) is_free: bool,
    /// True for a list of categories. It has no pages, so a plan can fill it without limit.
    pub(super) is_category_list: bool,
    /// True if the field runs a search.
    pub(super) is_search: bool,
    /// True if the field walks all measures of a plan.
    pub(super) is_curve: bool,
    /// True if each condition of its filter walks all measures of a plan.
    pub(super) filters_measures: bool,
    /// True for a facet of a list of measures.
    pub(super) is_facet: bool,
    /// True if each condition of its filter is evaluated for every page.
    pub(super) filters_pages: bool,
    /// True if the field returns a long text. Titles are short.
    pub(super) is_text: bool,
}

impl CostModel {
    /// Reads the costs from a schema. An unknown field costs 1.
    pub(crate) fn of(document: &ServiceDocument) -> Self {
        let mut types = HashMap::new();
        for definition in &document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let fields = match &definition.node.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                _ => continue,
            };
            let is_facet = definition.node.name.node == FACETS;
            let free = FREE_FIELDS.iter().find(|(name, _)| definition.node.name.node == *name);
            let free = free.map_or(&[][..], |(_, fields)| *fields);
            let cost = |field: &FieldDefinition| {
                let is_free = free.contains(&field.name.node.as_str());
                FieldCost { is_free, is_facet, ..FieldCost::of(field) }
            };
            let fields = fields.iter().map(|field| (field.node.name.to_string(), cost(&field.node)));
            types.insert(definition.node.name.to_string(), fields.collect());
        }
        Self(types)
    }

    /// Returns the properties of a field. `None` for an unknown field, which the engine reports.
    pub(super) fn field(&self, type_name: &str, name: &str) -> Option<&FieldCost> {
        self.0.get(type_name)?.get(name)
    }
}

impl FieldCost {
    fn of(field: &FieldDefinition) -> Self {
        let is_connection = field.arguments.iter().any(|argument| argument.node.name.node == "first");
        let type_name = named_type(&field.ty.node).to_owned();
        let is_title = field.name.node == "title";
        Self {
            is_connection,
            max_nodes: LARGE_LISTS
                .iter()
                .find(|(name, _)| *name == type_name)
                .map_or(MAX_PAGE_SIZE, |(_, max)| *max),
            is_free: false,
            is_category_list: type_name == CATEGORY
                && is_list(&field.ty.node)
                && field.name.node != ANCESTORS,
            is_search: type_name == SEARCH_RESULTS,
            is_curve: type_name == CURVE_POINT,
            filters_measures: type_name == MEASURES,
            is_facet: false,
            filters_pages: PAGES.contains(&type_name.as_str()),
            is_text: TEXTS.contains(&type_name.as_str()) && !is_title,
            type_name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        ANCESTORS, CATEGORY, CURVE_POINT, FACETS, FREE_FIELDS, LARGE_LISTS, MEASURES, PAGES, SEARCH_RESULTS,
        TEXTS,
    };

    #[test]
    fn every_priced_type_exists_in_the_schema() {
        let schema = crate::schema::sdl();
        let is_type = |name: &str| {
            let begins = |line: &str| {
                ["type", "scalar"].iter().any(|keyword| line.starts_with(&format!("{keyword} {name} ")))
            };
            schema.lines().any(begins)
        };
        let large = LARGE_LISTS.map(|(name, _)| name);
        let free = FREE_FIELDS.map(|(name, _)| name);
        let others = PAGES.into_iter().chain(TEXTS).chain(large).chain(free);
        for name in [SEARCH_RESULTS, FACETS, CURVE_POINT, MEASURES, CATEGORY].into_iter().chain(others) {
            assert!(is_type(name), "{name}");
        }
        for (name, fields) in FREE_FIELDS {
            let (_, definition) = schema.split_once(&format!("\ntype {name} ")).unwrap();
            let definition = definition.split("\n}").next().unwrap();
            for field in fields {
                assert!(definition.contains(&format!("\n  {field}: ")), "{name}.{field}: {definition}");
            }
        }
        assert!(schema.contains(&format!("  {ANCESTORS}: [{CATEGORY}!]!")));
    }
}
