//! Object types `Money` and `Attribute`.

use async_graphql::{Object, SimpleObject};
use passerelle_model::plan::{Attribute, Money};

/// Amount of money.
#[derive(SimpleObject)]
#[graphql(name = "Money")]
pub(crate) struct MoneyObject {
    /// Amount in units of the currency, for example `12.5`.
    amount: f64,
    /// ISO 4217 code of the currency, for example `EUR`.
    currency: String,
}

impl MoneyObject {
    /// Creates the object for an amount.
    pub(super) fn of(money: &Money) -> Self {
        Self { amount: money.amount(), currency: money.currency.clone() }
    }
}

pub(crate) struct AttributeObject<'a>(pub(super) &'a Attribute);

/// Column of the document that no field of the schema contains.
#[Object(name = "Attribute")]
impl AttributeObject<'_> {
    /// Header of the column as written, for example `Remarques`.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Cell of the measure as written. Empty if the cell is empty.
    fn value(&self) -> &str {
        &self.0.value
    }
}
