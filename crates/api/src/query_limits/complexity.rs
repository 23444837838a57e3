//! Computes the complexity of a document. Each fragment is counted once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};

use super::cost_model::{
    CATEGORY, CONNECTION_COST, FieldCost, MAX_FACET_WALKS, MeasuresBelow, PAGE_CONDITION_COST, Prices,
    SEARCH_COST, TEXT_COST,
};
use crate::limits::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use crate::schema::MAX_NESTING_DEPTH;

/// Complexity of a selection set with all fragments expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryComplexity {
    /// Depth of the deepest field. A root field has depth 1.
    pub depth: usize,
    /// Number of selections.
    pub selections: usize,
    /// Number of aliases.
    pub aliases: usize,
    /// Number of directives.
    pub directives: usize,
    /// Number of root fields.
    pub root_fields: usize,
    /// Number of fields `search`.
    pub searches: usize,
    /// Number of facets that the next list of measures above counts, each with the conditions of the list.
    pub facets: usize,
    /// Cost, as [`crate::limits::Limits::cost`] defines it.
    pub cost: usize,
    /// Part of the cost that covers all subcategories of a plan already. The list of their parents does not
    /// multiply it.
    pub whole_plan_cost: usize,
    /// Part of the cost that the next list of categories above bounds by the measures of a plan.
    pub measures_below: MeasuresBelow,
}

impl QueryComplexity {
    /// Adds the complexity of a sibling.
    fn plus(self, other: Self) -> Self {
        self.combine(other, usize::saturating_add)
    }

    /// Returns the maximum of each count.
    fn max(self, other: Self) -> Self {
        self.combine(other, usize::max)
    }

    /// Combines each count with that of another selection set. The depth is the maximum in any case.
    fn combine(self, other: Self, combine: fn(usize, usize) -> usize) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            selections: combine(self.selections, other.selections),
            aliases: combine(self.aliases, other.aliases),
            directives: combine(self.directives, other.directives),
            root_fields: combine(self.root_fields, other.root_fields),
            searches: combine(self.searches, other.searches),
            facets: combine(self.facets, other.facets),
            cost: combine(self.cost, other.cost),
            whole_plan_cost: combine(self.whole_plan_cost, other.whole_plan_cost),
            measures_below: self.measures_below.combine(other.measures_below, combine),
        }
    }
}

/// Reason why a document cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountError {
    /// A fragment contains itself.
    FragmentCycle,
    /// Selections and fragments are nested too deep for a recursive function.
    TooDeep,
}

/// Counts the selections of one document.
pub(super) struct ComplexityCounter<'a> {
    document: &'a ExecutableDocument,
    prices: Prices<'a>,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
    /// Complexity of each counted fragment. `None` while a fragment is being counted, which detects cycles.
    fragments: HashMap<&'a str, Option<QueryComplexity>>,
    /// Current depth of the recursion.
    recursion_depth: usize,
}

impl<'a> ComplexityCounter<'a> {
    /// Creates a counter for a document, with the variables of the selected operation.
    pub(super) fn new(
        document: &'a ExecutableDocument,
        prices: Prices<'a>,
        variables: &'a Variables,
        operation: &'a OperationDefinition,
    ) -> Self {
        Self { document, prices, variables, operation, fragments: HashMap::new(), recursion_depth: 0 }
    }

    /// Returns the complexity of all operations and of the largest fragment. Unused fragments count, because
    /// the engine validates them.
    pub(super) fn document(&mut self) -> Result<QueryComplexity, CountError> {
        let document = self.document;
        let mut all = QueryComplexity::default();
        for (_, operation) in document.operations.iter() {
            all = all.plus(self.operation(&operation.node)?);
        }
        // In the order of their names, so that the same document always gives the same error.
        let mut names: Vec<&str> = document.fragments.keys().map(async_graphql::Name::as_str).collect();
        names.sort_unstable();
        for name in names {
            all = all.max(self.fragment(name)?);
        }
        Ok(all)
    }

    /// Computes the complexity of an operation.
    pub(super) fn operation(
        &mut self,
        operation: &'a OperationDefinition,
    ) -> Result<QueryComplexity, CountError> {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut complexity = self.selection_set(&operation.selection_set.node, root)?;
        complexity.directives += operation.directives.len();
        Ok(complexity)
    }

    fn selection_set(
        &mut self,
        set: &'a SelectionSet,
        parent_type: &str,
    ) -> Result<QueryComplexity, CountError> {
        if self.recursion_depth > MAX_NESTING_DEPTH {
            return Err(CountError::TooDeep);
        }
        self.recursion_depth += 1;
        let mut total = QueryComplexity::default();
        for selection in &set.items {
            let directives = selection.node.directives().len();
            total = total.plus(QueryComplexity { selections: 1, directives, ..QueryComplexity::default() });
            let children = match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent_type)?,
                Selection::InlineFragment(fragment) => {
                    let parent_type = fragment
                        .node
                        .type_condition
                        .as_ref()
                        .map_or(parent_type, |on| on.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, parent_type)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(spread.node.fragment_name.node.as_str())?
                }
            };
            total = total.plus(children);
        }
        self.recursion_depth -= 1;
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, parent_type: &str) -> Result<QueryComplexity, CountError> {
        let field_cost = self.prices.cost_model.field(parent_type, field.name.node.as_str());
        let children = self.selection_set(
            &field.selection_set.node,
            field_cost.map_or("", |cost| cost.type_name.as_str()),
        )?;
        let list = self.list_cost(field, field_cost, parent_type, &children);
        let is_search = field_cost.is_some_and(|cost| cost.is_search);
        let is_curve = field_cost.is_some_and(|cost| cost.is_curve);
        let filter = self.filter(field);
        let texts = usize::from(is_search) + filter.as_ref().map_or(0, texts);
        let page_conditions = filter.as_ref().filter(|_| field_cost.is_some_and(|cost| cost.filters_pages));
        let page_conditions = page_conditions.map_or(0, conditions);
        let filtered = filter.filter(|_| field_cost.is_some_and(|cost| cost.filters_measures));
        let filters_measures = field_cost.is_some_and(|cost| cost.filters_measures);
        let lists = 1 + if filters_measures { children.facets.min(MAX_FACET_WALKS) } else { 0 };
        let walks = usize::from(is_curve) + filtered.as_ref().map_or(0, conditions).saturating_mul(lists);
        let own_facets = usize::from(field_cost.is_some_and(|cost| cost.is_facet));
        let cost = list
            .cost
            .saturating_add(SEARCH_COST.saturating_mul(texts))
            .saturating_add(self.prices.walk().saturating_mul(walks))
            .saturating_add(PAGE_CONDITION_COST.saturating_mul(page_conditions))
            .saturating_add(TEXT_COST * usize::from(field_cost.is_some_and(|cost| cost.is_text)));
        Ok(QueryComplexity {
            depth: children.depth + 1,
            aliases: children.aliases.saturating_add(usize::from(field.alias.is_some())),
            root_fields: 1,
            searches: children.searches.saturating_add(usize::from(is_search)),
            facets: if filters_measures { 0 } else { children.facets.saturating_add(own_facets) },
            cost,
            whole_plan_cost: list.whole_plan_cost,
            measures_below: list.measures_below,
            ..children
        })
    }

    /// Returns the cost of a field with its children, as often as its list has items.
    fn list_cost(
        &self,
        field: &Field,
        field_cost: Option<&FieldCost>,
        parent_type: &str,
        children: &QueryComplexity,
    ) -> QueryComplexity {
        let none = QueryComplexity::default();
        if field_cost.is_some_and(|cost| cost.is_category_list) {
            let repeated = children.measures_below.page.saturating_add(children.whole_plan_cost);
            let category = children.cost.saturating_sub(repeated);
            let categories = self.prices.categories(category, children.measures_below);
            let cost = categories.saturating_add(children.whole_plan_cost).saturating_add(1);
            let whole_plan_cost = if parent_type == CATEGORY { cost } else { 0 };
            return QueryComplexity { cost, whole_plan_cost, ..none };
        }
        if !field_cost.is_some_and(|cost| cost.is_connection) {
            let ids = self.id_count(field);
            let own = usize::from(!field_cost.is_some_and(|cost| cost.is_free));
            return QueryComplexity { cost: children.cost.saturating_mul(ids).saturating_add(own), ..none };
        }
        let nodes = self.page_size(field, field_cost.map_or(MAX_PAGE_SIZE, |cost| cost.max_nodes));
        let cost = CONNECTION_COST.saturating_add(children.cost.saturating_mul(nodes));
        let is_below = parent_type == CATEGORY && field_cost.is_some_and(|cost| cost.filters_measures);
        let measures_below = if is_below {
            MeasuresBelow { page: cost, node: children.cost, connections: 1 }
        } else {
            MeasuresBelow::default()
        };
        QueryComplexity { cost, measures_below, ..none }
    }

    fn fragment(&mut self, name: &'a str) -> Result<QueryComplexity, CountError> {
        if let Some(complexity) = self.fragments.get(name) {
            return complexity.ok_or(CountError::FragmentCycle);
        }
        // The engine reports an unknown fragment.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(QueryComplexity::default()) };
        self.fragments.insert(name, None);
        let complexity = self.selection_set(
            &fragment.node.selection_set.node,
            fragment.node.type_condition.node.on.node.as_str(),
        )?;
        self.fragments.insert(name, Some(complexity));
        Ok(complexity)
    }

    /// Returns the maximum number of nodes that a field returns.
    fn page_size(&self, field: &Field, max: i32) -> usize {
        let given = ["first", "last"].iter().find_map(|name| {
            let value = field.get_argument(name)?.node.clone();
            match value.into_const_with(|name| self.variable(&name).ok_or(())) {
                Ok(Value::Number(number)) => number.as_i64(),
                _ => None,
            }
        });
        let size = given.unwrap_or(DEFAULT_PAGE_SIZE.into()).clamp(1, max.into());
        usize::try_from(size).unwrap_or(1)
    }

    /// Returns the argument `filter`.
    fn filter(&self, field: &Field) -> Option<Value> {
        let filter = field.get_argument("filter")?.node.clone();
        filter.into_const_with(|name| self.variable(&name).ok_or(())).ok()
    }

    /// Returns the number of objects that a field returns by their ids. 1 for a field without `ids`.
    fn id_count(&self, field: &Field) -> usize {
        let Some(ids) = field.get_argument("ids") else { return 1 };
        match ids.node.clone().into_const_with(|name| self.variable(&name).ok_or(())) {
            Ok(Value::List(ids)) => ids.len().max(1),
            _ => 1,
        }
    }

    /// Returns the value of a variable, or its default value.
    fn variable(&self, name: &Name) -> Option<Value> {
        let given = self.variables.get(name).cloned();
        given.or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            Some(definition.node.default_value.as_ref()?.node.clone())
        })
    }
}

/// Returns the number of conditions in a filter, at any depth. Each one is evaluated for all measures of a
/// plan, or for all pages.
fn conditions(filter: &Value) -> usize {
    let Value::Object(fields) = filter else { return 0 };
    let inside = |(name, value): (&Name, &Value)| match (name.as_str(), value) {
        ("and" | "or", Value::List(items)) => items.iter().map(conditions).sum(),
        ("and" | "or" | "not", value) => conditions(value),
        // Each of them is a condition of its own.
        ("attributes" | "frontMatter", Value::List(items)) => items.len(),
        // A text is priced as a search.
        ("text", _) | (_, Value::Null) => 0,
        _ => 1,
    };
    fields.iter().map(inside).sum()
}

/// Returns the number of texts in a filter, at any depth.
fn texts(filter: &Value) -> usize {
    match filter {
        Value::Object(fields) => {
            let inside = |(name, value): (&Name, &Value)| match value {
                Value::String(_) => usize::from(name.as_str() == "text"),
                value => texts(value),
            };
            fields.iter().map(inside).sum()
        }
        Value::List(items) => items.iter().map(texts).sum(),
        _ => 0,
    }
}
