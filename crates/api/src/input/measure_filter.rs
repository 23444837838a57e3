//! Filter and sort order for measures.

use async_graphql::{Enum, InputObject};
use passerelle_model::plan::CategoryPath;
use passerelle_storage::MeasureQuery;
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};

use super::pagination::PaginationArgs;
use crate::error::ApiError;
use crate::object::{DateTime, MeasureStatus, OrderDirection};

/// Maximum nesting of `and`, `or` and `not`. Bounds the recursion of the evaluation.
const MAX_DEPTH: usize = 8;
/// Maximum number of filter objects in a filter. Each one is evaluated over all measures of a plan.
const MAX_CONDITIONS: usize = 100;
/// Maximum number of values in all lists of a filter. Large plans have fewer than 1000 measures.
const MAX_VALUES: usize = 1_000;
/// Maximum size of `text` in bytes, as for `search`.
const MAX_TEXT_BYTES: usize = 1_000;
/// Maximum number of texts of a filter. Each one is a search of its own.
const MAX_TEXTS: usize = 4;

/// Conditions for measures. A measure must satisfy all of them. Null and empty lists are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "MeasureFilter")]
pub(crate) struct MeasureFilterInput {
    /// The measure satisfies all of these filters.
    and: Option<Vec<MeasureFilterInput>>,
    /// The measure satisfies at least one of these filters.
    or: Option<Vec<MeasureFilterInput>>,
    /// The measure does not satisfy this filter.
    not: Option<Box<MeasureFilterInput>>,
    /// The status is one of these.
    status: Option<Vec<MeasureStatus>>,
    /// The measure is in one of these categories or below. Categories are given by path, for example `2` or
    /// `2.6.b`.
    category: Option<Vec<String>>,
    /// The number is one of these, for example `[12, 40]`.
    number: Option<Vec<i32>>,
    /// The status names one of these programmes, for example `PPS`.
    programme: Option<Vec<String>>,
    /// If true, the status names a programme. If false, it names none.
    has_programme: Option<bool>,
    /// The field `isRepeated` of the measure has this value.
    is_repeated: Option<bool>,
    /// The field `repeatsDisagree` of the measure has this value.
    repeats_disagree: Option<bool>,
    /// The title contains every word of this text, at most 1000 bytes. Words match as in `search`: case,
    /// accents and word endings are ignored, the last word matches as a prefix, and spelling mistakes are
    /// tolerated if there is no exact match. A number alone also matches the measure with this number. With
    /// `asOf`, prefixes, spelling mistakes and numbers do not match. The best match comes first unless
    /// `orderBy` is given.
    text: Option<String>,
    /// The measure changed after this time. Compares `updatedAt`.
    changed_since: Option<DateTime>,
}

/// Sort key for measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum MeasureOrderField {
    /// Number of the measure.
    Number,
    /// Status, in the order of the values of `MeasureStatus`.
    Status,
    /// Time of the last change.
    UpdatedAt,
    /// Relevance for the `text` of the filter. `DESC` puts the best match first.
    Relevance,
}

/// Sort key and direction for measures, for example `{field: STATUS, direction: ASC}`.
#[derive(Clone, Copy, Debug, InputObject)]
#[graphql(name = "MeasureOrder")]
pub(crate) struct MeasureOrderInput {
    /// Sort key of the list.
    field: MeasureOrderField,
    /// Sort direction of the list.
    direction: OrderDirection,
}

impl MeasureFilterInput {
    fn parse(self, depth: usize, size: &mut FilterSize) -> Result<MeasureFilter, ApiError> {
        size.conditions += 1;
        if depth > MAX_DEPTH || size.conditions > MAX_CONDITIONS {
            let message = format!(
                "a filter must be at most {MAX_DEPTH} deep and have at most {MAX_CONDITIONS} conditions"
            );
            return Err(ApiError::BadInput(message));
        }
        let mut all = Vec::new();
        for filter in self.and.unwrap_or_default() {
            all.push(filter.parse(depth + 1, size)?);
        }
        if let Some(filters) = self.or.filter(|filters| !filters.is_empty()) {
            let any = filters.into_iter().map(|filter| filter.parse(depth + 1, size));
            all.push(MeasureFilter::Any(any.collect::<Result<_, _>>()?));
        }
        if let Some(filter) = self.not {
            all.push(MeasureFilter::Not(Box::new(filter.parse(depth + 1, size)?)));
        }
        if let Some(statuses) = size.count(self.status)? {
            all.push(MeasureFilter::Status(statuses.into_iter().map(Into::into).collect()));
        }
        if let Some(paths) = size.count(self.category)? {
            all.push(MeasureFilter::Within(paths.into_iter().map(CategoryPath::new).collect()));
        }
        if let Some(numbers) = size.count(self.number)? {
            let numbers = numbers.into_iter().filter_map(|number| u32::try_from(number).ok());
            all.push(MeasureFilter::Number(numbers.collect()));
        }
        if let Some(names) = size.count(self.programme)? {
            all.push(MeasureFilter::Programme(names));
        }
        all.extend(self.has_programme.map(MeasureFilter::HasProgramme));
        all.extend(self.is_repeated.map(MeasureFilter::IsRepeated));
        all.extend(self.repeats_disagree.map(MeasureFilter::RepeatsDisagree));
        if let Some(text) = self.text.filter(|text| !text.trim().is_empty()) {
            if text.len() > MAX_TEXT_BYTES {
                return Err(ApiError::BadInput(format!("`text` must have at most {MAX_TEXT_BYTES} bytes")));
            }
            size.texts += 1;
            if size.texts > MAX_TEXTS {
                return Err(ApiError::BadInput(format!("a filter has at most {MAX_TEXTS} texts")));
            }
            all.push(MeasureFilter::Text(text));
        }
        all.extend(self.changed_since.map(|at| MeasureFilter::ChangedSince(at.0)));
        Ok(MeasureFilter::All(all))
    }
}

/// Number of conditions and values that were parsed so far.
#[derive(Default)]
struct FilterSize {
    conditions: usize,
    values: usize,
    texts: usize,
}

impl FilterSize {
    /// Counts the values of a list. Returns `None` for an empty list, which is ignored: front ends send it if
    /// no option is selected.
    fn count<T>(&mut self, values: Option<Vec<T>>) -> Result<Option<Vec<T>>, ApiError> {
        let values = values.filter(|values| !values.is_empty());
        self.values += values.as_ref().map_or(0, Vec::len);
        if self.values > MAX_VALUES {
            return Err(ApiError::BadInput(format!("a filter must have at most {MAX_VALUES} values")));
        }
        Ok(values)
    }
}

/// Converts the arguments of a list of measures to a query. Also returns the identifier of its sort order,
/// for cursors.
pub(crate) fn measure_query(
    filter: Option<Box<MeasureFilterInput>>,
    order_by: Option<Vec<MeasureOrderInput>>,
    pagination: PaginationArgs,
) -> Result<(MeasureQuery, String), ApiError> {
    let filter = filter.map(|filter| *filter).unwrap_or_default().parse(0, &mut FilterSize::default())?;
    let mut order: Vec<(MeasureOrder, Direction)> = Vec::new();
    let mut name = "measures".to_owned();
    let best_first =
        MeasureOrderInput { field: MeasureOrderField::Relevance, direction: OrderDirection::Descending };
    let order_by = order_by.filter(|order_by| !order_by.is_empty());
    let default_order = || if filter.texts().is_empty() { Vec::new() } else { vec![best_first] };
    for by in order_by.unwrap_or_else(default_order) {
        let field = match by.field {
            MeasureOrderField::Number => MeasureOrder::Number,
            MeasureOrderField::Status => MeasureOrder::Status,
            MeasureOrderField::UpdatedAt => MeasureOrder::UpdatedAt,
            MeasureOrderField::Relevance => MeasureOrder::Relevance,
        };
        // A second sort by the same field has no effect.
        if order.iter().all(|(other, _)| *other != field) {
            let direction = Direction::from(by.direction);
            order.push((field, direction));
            name.extend([format!(":{field:?}{direction:?}")]);
        }
    }
    let pagination = pagination.parse(&name)?;
    Ok((MeasureQuery { filter, order, pagination }, name))
}
