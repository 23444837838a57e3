//! Conditions on fields with a date, a number, an amount or a named column.

use async_graphql::InputObject;
use passerelle_storage::query_index::{AttributeFilter, DetailField, MeasureFilter, ValueField, ValueRange};

use crate::error::ApiError;
use crate::object::DateTime;

/// Conditions for a date. The date must satisfy all of them. A missing date satisfies `exists: false` only.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "DateFilter")]
pub(crate) struct DateFilterInput {
    /// If true, the field has a date. If false, it is null.
    exists: Option<bool>,
    /// The date is before this time.
    before: Option<DateTime>,
    /// The date is after this time.
    after: Option<DateTime>,
    /// The date is at this time or before it, for example `2025-12-31`.
    lte: Option<DateTime>,
    /// The date is at this time or after it, for example `2025-01-01`.
    gte: Option<DateTime>,
}

/// Conditions for a number. The number must satisfy all of them. A missing number satisfies `exists: false`
/// only.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "NumberFilter")]
pub(crate) struct NumberFilterInput {
    /// If true, the field has a number. If false, it is null.
    exists: Option<bool>,
    /// The number is less than this one.
    lt: Option<f64>,
    /// The number is greater than this one.
    gt: Option<f64>,
    /// The number is at most this one, for example `100`.
    lte: Option<f64>,
    /// The number is at least this one, for example `50`.
    gte: Option<f64>,
}

/// Conditions for an amount of money. The amount must satisfy all of them. Currencies are not converted.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "MoneyFilter")]
pub(crate) struct MoneyFilterInput {
    /// If true, the field has an amount. If false, it is null.
    exists: Option<bool>,
    /// The currency is one of these ISO 4217 codes, for example `EUR`.
    currency: Option<Vec<String>>,
    /// The amount is less than this one, in units of the currency.
    lt: Option<f64>,
    /// The amount is greater than this one, in units of the currency.
    gt: Option<f64>,
    /// The amount is at most this one, in units of the currency, for example `250000`.
    lte: Option<f64>,
    /// The amount is at least this one, in units of the currency, for example `12.5`.
    gte: Option<f64>,
}

/// Condition for a column that no other field contains, as in `Measure.attributes`.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "AttributeFilter")]
pub(crate) struct AttributeFilterInput {
    /// Header of the column as written, for example `Remarques`.
    pub(super) name: String,
    /// The cell is one of these, as written.
    pub(super) value: Option<Vec<String>>,
    /// If true, the cell has a text. If false, it is empty or the measure has no such column. True if both
    /// conditions are omitted.
    exists: Option<bool>,
}

impl DateFilterInput {
    /// Adds the conditions on a date.
    pub(super) fn parse(self, field: DetailField, value: ValueField, all: &mut Vec<MeasureFilter>) {
        all.extend(self.exists.map(|exists| MeasureFilter::Has(field, exists)));
        let after = self.after.map(|at| at.0.millis().saturating_add(1));
        let before = self.before.map(|at| at.0.millis().saturating_sub(1));
        let from = after.into_iter().chain(self.gte.map(|at| at.0.millis())).max();
        let to = before.into_iter().chain(self.lte.map(|at| at.0.millis())).min();
        all.extend(range(value, from, to));
    }
}

/// Bounds of a number as a client gives them.
struct Bounds {
    lt: Option<f64>,
    gt: Option<f64>,
    lte: Option<f64>,
    gte: Option<f64>,
}

impl Bounds {
    /// Returns the smallest and the largest whole number of units. `scale` is the number of units in 1.
    fn units(&self, scale: f64) -> (Option<i64>, Option<i64>) {
        let gt = self.gt.map(|bound| floor_units(bound, scale).saturating_add(1));
        let lt = self.lt.map(|bound| ceil_units(bound, scale).saturating_sub(1));
        let from = gt.into_iter().chain(self.gte.map(|bound| ceil_units(bound, scale))).max();
        let to = lt.into_iter().chain(self.lte.map(|bound| floor_units(bound, scale))).min();
        (from, to)
    }
}

/// Hundredths are not exact in binary: 0.29 times 100 is a little less than 29. A number this near to a whole
/// one is taken for it.
const NEARLY_WHOLE: f64 = 1e-6;

#[expect(clippy::cast_possible_truncation, reason = "larger numbers become the largest one")]
fn floor_units(bound: f64, scale: f64) -> i64 {
    (bound * scale + NEARLY_WHOLE).floor() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "larger numbers become the largest one")]
fn ceil_units(bound: f64, scale: f64) -> i64 {
    (bound * scale - NEARLY_WHOLE).ceil() as i64
}

/// Returns the condition for a range. `None` without a bound.
fn range(field: ValueField, from: Option<i64>, to: Option<i64>) -> Option<MeasureFilter> {
    let range = ValueRange { from: from.unwrap_or(i64::MIN), to: to.unwrap_or(i64::MAX) };
    (from.is_some() || to.is_some()).then_some(MeasureFilter::Value(field, range))
}

impl NumberFilterInput {
    /// Adds the conditions on the completion.
    pub(super) fn parse_completion(self, all: &mut Vec<MeasureFilter>) {
        all.extend(self.exists.map(|exists| MeasureFilter::Has(DetailField::Completion, exists)));
        let bounds = Bounds { lt: self.lt, gt: self.gt, lte: self.lte, gte: self.gte };
        let (from, to) = bounds.units(1.0);
        all.extend(range(ValueField::Completion, from, to));
    }
}

impl MoneyFilterInput {
    /// Adds the conditions on the budget. `currencies` were counted.
    pub(super) fn parse_budget(self, all: &mut Vec<MeasureFilter>) {
        all.extend(self.exists.map(|exists| MeasureFilter::Has(DetailField::Budget, exists)));
        let bounds = Bounds { lt: self.lt, gt: self.gt, lte: self.lte, gte: self.gte };
        let (from, to) = bounds.units(100.0);
        all.extend(range(ValueField::Budget, from, to));
        all.extend(self.currency.filter(|codes| !codes.is_empty()).map(MeasureFilter::Currency));
    }

    /// Returns the number of values in lists.
    pub(super) fn value_count(&self) -> usize {
        self.currency.as_ref().map_or(0, Vec::len)
    }
}

impl AttributeFilterInput {
    /// Returns the number of values in lists.
    pub(super) fn value_count(&self) -> usize {
        self.value.as_ref().map_or(0, Vec::len)
    }

    /// Adds the conditions on a column.
    pub(super) fn parse(self, all: &mut Vec<MeasureFilter>) -> Result<(), ApiError> {
        check_attribute_name(&self.name)?;
        let value = self.value.filter(|value| !value.is_empty());
        let exists = self.exists.or_else(|| value.is_none().then_some(true));
        let name = self.name;
        all.extend(
            exists.map(|exists| MeasureFilter::Attribute(AttributeFilter::Exists(name.clone(), exists))),
        );
        all.extend(value.map(|value| MeasureFilter::Attribute(AttributeFilter::Is(name, value))));
        Ok(())
    }
}

/// Maximum size of the header of a column in bytes. A cursor contains it.
const MAX_ATTRIBUTE_NAME: usize = 200;

/// Rejects the header of a column that is too long.
pub(super) fn check_attribute_name(name: &str) -> Result<(), ApiError> {
    if name.len() <= MAX_ATTRIBUTE_NAME {
        return Ok(());
    }
    Err(ApiError::BadInput(format!("the name of an attribute must have at most {MAX_ATTRIBUTE_NAME} bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::timestamp::Timestamp;

    #[test]
    fn bounds_of_amounts_are_exact_in_hundredths() {
        let units = |bounds: Bounds| bounds.units(100.0);
        let none = Bounds { lt: None, gt: None, lte: None, gte: None };
        assert_eq!(units(Bounds { gte: Some(0.29), lte: Some(0.29), ..none }), (Some(29), Some(29)));
        let none = Bounds { lt: None, gt: None, lte: None, gte: None };
        assert_eq!(units(Bounds { gt: Some(12.5), lt: Some(12.52), ..none }), (Some(1_251), Some(1_251)));
        let both = Bounds { gt: Some(1.0), gte: Some(5.0), lt: Some(1e300), lte: Some(9.999) };
        assert_eq!(units(both), (Some(500), Some(999)));
    }

    #[test]
    fn a_date_is_before_and_after_to_the_millisecond() {
        let at = |millis| Some(DateTime(Timestamp::from_millis(millis)));
        let parse = |filter: DateFilterInput| {
            let mut all = Vec::new();
            filter.parse(DetailField::EndDate, ValueField::EndDate, &mut all);
            all
        };
        let filter = DateFilterInput { exists: Some(true), after: at(10), lte: at(20), ..Default::default() };
        let range = MeasureFilter::Value(ValueField::EndDate, ValueRange { from: 11, to: 20 });
        assert_eq!(parse(filter), [MeasureFilter::Has(DetailField::EndDate, true), range]);
        let filter = DateFilterInput { before: at(10), gte: at(5), ..Default::default() };
        let range = MeasureFilter::Value(ValueField::EndDate, ValueRange { from: 5, to: 9 });
        assert_eq!(parse(filter), [range]);
        assert_eq!(parse(DateFilterInput::default()), []);
    }
}
