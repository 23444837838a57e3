//! Fields of a measure beside its title and status: responsible bodies, dates, budget, indicators and other
//! columns.

use serde::{Deserialize, Serialize};

use crate::rich_text::RichText;
use crate::timestamp::Timestamp;

/// Optional fields of a measure. Every field is empty or `None` if the document does not state it.
///
/// A new field also needs [`Self::size`], `details` in `crates/reader/src/plan/assemble.rs`,
/// `detail_fields` in `crates/versioning/src/diff.rs`, `ExportRow` in `crates/http`, and the text of the
/// search index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureDetails {
    /// Bodies that carry out the measure, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responsible_parties: Vec<String>,
    /// Bodies that support the measure, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<String>,
    /// First instant of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Timestamp>,
    /// First instant of the last day of the period, or of the deadline: `2025-12-31` for `fin 2025`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<Timestamp>,
    /// The period or deadline as written: `T3 2025`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_text: Option<String>,
    /// The budget as written: `environ 12 M€ par an`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_text: Option<String>,
    /// The amount, if `budget_text` is one amount with a currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Indicators and targets, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<String>,
    /// Percentage of completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Percentage>,
    /// The priority as written: `haute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The description below the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<RichText>,
    /// Columns that no other field stores, in the order of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

impl MeasureDetails {
    /// Returns the texts that the filter `text` and the search compare: bodies, indicators, description and
    /// other columns.
    pub fn searched_texts(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.responsible_parties, &self.partners, &self.indicators].into_iter().flatten();
        let attributes = self.attributes.iter().flat_map(|attribute| [&attribute.name, &attribute.value]);
        lists.chain(self.description.iter().map(|text| &text.text)).chain(attributes).map(String::as_str)
    }

    /// Returns the size of the texts in bytes.
    pub fn size(&self) -> usize {
        let lists = [&self.responsible_parties, &self.partners, &self.indicators].into_iter().flatten();
        let texts = [&self.schedule_text, &self.budget_text, &self.priority].into_iter().flatten();
        let attributes = self.attributes.iter().flat_map(|attribute| [&attribute.name, &attribute.value]);
        let description = self.description.iter().flat_map(|text| [&text.html, &text.text, &text.markdown]);
        lists.chain(texts).chain(attributes).chain(description).map(String::len).sum()
    }

    /// Returns true if no field is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An amount of money. Stored as an integer, so that equal amounts compare equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount in hundredths of the currency unit: 1250 for 12.50 €.
    pub hundredths: i64,
    /// ISO 4217 code of the currency, for example `EUR`.
    pub currency: String,
}

impl Money {
    /// Returns the amount in units of the currency, for example 12.5.
    #[expect(clippy::cast_precision_loss, reason = "exact below 90 trillion units")]
    pub fn amount(&self) -> f64 {
        self.hundredths as f64 / 100.0
    }
}

/// A percentage from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percentage(u8);

impl Percentage {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const FULL: Self = Self(100);

    /// Returns `None` above 100.
    pub fn new(value: u8) -> Option<Self> {
        (value <= 100).then_some(Self(value))
    }

    /// Returns the number from 0 to 100.
    pub fn value(self) -> u8 {
        self.0
    }
}

/// Error for a percentage above 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is above 100 percent")]
pub struct PercentageOutOfRange(u8);

impl TryFrom<u8> for Percentage {
    type Error = PercentageOutOfRange;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::new(value).ok_or(PercentageOutOfRange(value))
    }
}

impl From<Percentage> for u8 {
    fn from(percentage: Percentage) -> Self {
        percentage.0
    }
}

/// A table column without a field of its own, and the cell of the measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Header of the column, as written.
    pub name: String,
    /// Cell of the measure, as written.
    pub value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_details_are_stored_as_an_empty_object() {
        assert_eq!(serde_json::to_string(&MeasureDetails::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<MeasureDetails>("{}").unwrap(), MeasureDetails::default());
    }

    #[test]
    fn percentages_above_100_are_refused() {
        assert_eq!(Percentage::new(100), Some(Percentage::FULL));
        assert!(serde_json::from_str::<Percentage>("101").is_err());
    }

    #[test]
    fn amounts_are_stored_in_hundredths() {
        let money = Money { hundredths: 1250, currency: "EUR".to_owned() };
        assert!((money.amount() - 12.5).abs() < f64::EPSILON);
    }
}
