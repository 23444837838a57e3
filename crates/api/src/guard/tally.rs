//! What a document comes to, each of its fragments counted once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};

use super::prices::{PAGE, Prices};
use crate::limits::{MAX_PAGE_SIZE, PAGE_SIZE};
use crate::schema::MAX_BRACKETS;

/// What selections come to, with their fragments in their places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The deepest field; one at the top is 1 deep.
    pub depth: usize,
    /// Selections, with every fragment expanded.
    pub selections: usize,
    /// Fields under another name than their own.
    pub aliases: usize,
    /// Directives, with every fragment expanded.
    pub directives: usize,
    /// Fields that are in no other of them.
    pub root_fields: usize,
    /// By [`crate::limits::Limits::cost`].
    pub cost: usize,
}

impl Tally {
    /// Two that stand beside each other.
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            cost: self.cost.saturating_add(other.cost),
        }
    }

    /// The larger of two, in each way.
    fn or(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            selections: self.selections.max(other.selections),
            aliases: self.aliases.max(other.aliases),
            directives: self.directives.max(other.directives),
            root_fields: self.root_fields.max(other.root_fields),
            cost: self.cost.max(other.cost),
        }
    }
}

/// Why a document cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endless {
    /// A fragment is inside itself.
    Circle,
    /// Selections and fragments are inside each other, deeper than anything recurses.
    Depth,
}

/// Counts the selections of one document.
pub(super) struct Counter<'a> {
    document: &'a ExecutableDocument,
    prices: &'a Prices,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
    /// What each fragment counts once it was looked at; none while it is being looked at.
    known: HashMap<&'a str, Option<Tally>>,
    /// How deep the recursion is.
    level: usize,
}

impl<'a> Counter<'a> {
    /// Counts a document of which one operation is asked for, with these variables.
    pub(super) fn new(
        document: &'a ExecutableDocument,
        prices: &'a Prices,
        variables: &'a Variables,
        operation: &'a OperationDefinition,
    ) -> Self {
        Self { document, prices, variables, operation, known: HashMap::new(), level: 0 }
    }

    /// What all operations of the document come to, and the largest of its fragments, spread or not: the engine looks at
    /// all of them.
    pub(super) fn document(&mut self) -> Result<Tally, Endless> {
        let document = self.document;
        let mut all = Tally::default();
        for (_, operation) in document.operations.iter() {
            all = all.beside(self.operation(&operation.node)?);
        }
        // In the order of their names: which one is told does not depend on the order of a map.
        let mut names: Vec<&str> = document.fragments.keys().map(async_graphql::Name::as_str).collect();
        names.sort_unstable();
        for name in names {
            all = all.or(self.fragment(name)?);
        }
        Ok(all)
    }

    /// What an operation comes to.
    pub(super) fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Tally, Endless> {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut tally = self.set(&operation.selection_set.node, root)?;
        tally.directives += operation.directives.len();
        Ok(tally)
    }

    fn set(&mut self, set: &'a SelectionSet, of: &str) -> Result<Tally, Endless> {
        if self.level > MAX_BRACKETS {
            return Err(Endless::Depth);
        }
        self.level += 1;
        let mut total = Tally::default();
        for selection in &set.items {
            let directives = selection.node.directives().len();
            total = total.beside(Tally { selections: 1, directives, ..Tally::default() });
            let inside = match &selection.node {
                Selection::Field(field) => self.field(&field.node, of)?,
                Selection::InlineFragment(fragment) => {
                    let of = fragment.node.type_condition.as_ref().map_or(of, |on| on.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, of)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(spread.node.fragment_name.node.as_str())?
                }
            };
            total = total.beside(inside);
        }
        self.level -= 1;
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, of: &str) -> Result<Tally, Endless> {
        let price = self.prices.field(of, field.name.node.as_str());
        let inside = self.set(&field.selection_set.node, price.map_or("", |price| price.of.as_str()))?;
        let cost = match price {
            Some(price) if price.is_page => {
                PAGE.saturating_add(inside.cost.saturating_mul(self.page_size(field)))
            }
            _ => inside.cost.saturating_add(1),
        };
        Ok(Tally {
            depth: inside.depth + 1,
            aliases: inside.aliases.saturating_add(usize::from(field.alias.is_some())),
            root_fields: 1,
            cost,
            ..inside
        })
    }

    fn fragment(&mut self, name: &'a str) -> Result<Tally, Endless> {
        if let Some(known) = self.known.get(name) {
            return known.ok_or(Endless::Circle);
        }
        // An unknown fragment is for the engine to tell.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Tally::default()) };
        self.known.insert(name, None);
        let tally =
            self.set(&fragment.node.selection_set.node, fragment.node.type_condition.node.on.node.as_str())?;
        self.known.insert(name, Some(tally));
        Ok(tally)
    }

    /// How many nodes a page has at most.
    fn page_size(&self, field: &Field) -> usize {
        let given = ["first", "last"].iter().find_map(|name| {
            let written = field.get_argument(name)?.node.clone();
            match written.into_const_with(|name| self.variable(&name).ok_or(())) {
                Ok(Value::Number(number)) => number.as_i64(),
                _ => None,
            }
        });
        let size = given.unwrap_or(PAGE_SIZE.into()).clamp(1, MAX_PAGE_SIZE.into());
        usize::try_from(size).unwrap_or(1)
    }

    /// The value of a variable, or what it is where none is given.
    fn variable(&self, name: &Name) -> Option<Value> {
        let given = self.variables.get(name).cloned();
        given.or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            Some(definition.node.default_value.as_ref()?.node.clone())
        })
    }
}
