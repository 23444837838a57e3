//! Filter and sort order for measures.

use async_graphql::{Enum, InputObject};
use passerelle_model::plan::CategoryPath;
use passerelle_storage::MeasureQuery;
use passerelle_storage::query_index::{DetailField, Direction, MeasureFilter, MeasureOrder, ValueField};

use super::pagination::PaginationArgs;
use super::value_filter::{
    AttributeFilterInput, DateFilterInput, MoneyFilterInput, NumberFilterInput, check_attribute_name,
};
use crate::error::ApiError;
use crate::object::{DateTime, MeasureStatus, OrderDirection};

/// Maximum nesting of `and`, `or` and `not`. Bounds the recursion of the evaluation.
const MAX_DEPTH: usize = 8;
/// Maximum number of filter objects in a filter. Each one is evaluated over all measures of a plan.
const MAX_CONDITIONS: usize = 100;
/// Maximum number of values in all lists of a filter. A condition on the category selects more measures.
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
    /// The label is one of these as written, for example `["1.1.3", "A1"]`.
    label: Option<Vec<String>>,
    /// The measure belongs to one of the measures with these numbers.
    parent: Option<Vec<i32>>,
    /// If true, the measure belongs to another measure. If false, it is at the first level.
    has_parent: Option<bool>,
    /// At least one of these bodies carries out the measure, as written, for example `Service des espaces
    /// verts`.
    responsible_parties: Option<Vec<String>>,
    /// If true, the document states who carries out the measure. If false, it does not.
    has_responsible_parties: Option<bool>,
    /// At least one of these bodies supports the measure, as written.
    partners: Option<Vec<String>>,
    /// If true, the document states who supports the measure. If false, it does not.
    has_partners: Option<bool>,
    /// Conditions for the first day of the period.
    start_date: Option<DateFilterInput>,
    /// Conditions for the last day of the period or the deadline, for example `{before: "2026-01-01"}`.
    end_date: Option<DateFilterInput>,
    /// Conditions for the percentage of completion, for example `{gte: 50}`.
    completion: Option<NumberFilterInput>,
    /// The priority is one of these as written, for example `haute`.
    priority: Option<Vec<String>>,
    /// If true, the document states a priority. If false, it states none.
    has_priority: Option<bool>,
    /// Conditions for the amount of the budget, for example `{gte: 100000, currency: ["EUR"]}`.
    budget: Option<MoneyFilterInput>,
    /// If true, the measure has a description. If false, it has none.
    has_description: Option<bool>,
    /// If true, the measure has indicators or targets. If false, it has none.
    has_indicators: Option<bool>,
    /// Conditions for columns that no other field contains. The measure satisfies all of them.
    attributes: Option<Vec<AttributeFilterInput>>,
    /// The title, label, bodies, description and other columns contain every word of this text, at most 1000
    /// bytes. Words match as in `search`: case, accents and word endings are ignored, the last word matches
    /// as a prefix, and spelling mistakes are tolerated if there is no exact match. A number or label alone
    /// also matches its measure. With `asOf`, prefixes and spelling mistakes do not match. The best match
    /// comes first unless `orderBy` is given.
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
    /// Label. Numbers order by value: `1.9` is before `1.10`.
    Label,
    /// First body of `responsibleParties`. Case and accents are ignored.
    ResponsibleParty,
    /// First body of `partners`. Case and accents are ignored.
    Partner,
    /// First day of the period.
    StartDate,
    /// Last day of the period, or the deadline.
    EndDate,
    /// Percentage of completion.
    Completion,
    /// Priority. `ASC` puts the most urgent first: words such as `haute`, `moyenne` and `basse` in four
    /// languages, then other texts.
    Priority,
    /// Amount of the budget. Currencies are not converted.
    Budget,
    /// Column with the header `attribute` of the order.
    Attribute,
}

/// Sort key and direction for measures, for example `{field: STATUS, direction: ASC}`. Measures without a
/// value come last in both directions. Of texts, the first 28 bytes count.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "MeasureOrder")]
pub(crate) struct MeasureOrderInput {
    /// Sort key of the list.
    field: MeasureOrderField,
    /// Sort direction of the list.
    direction: OrderDirection,
    /// Header of the column as written, for example `Remarques`. Required for the field `ATTRIBUTE`, and not
    /// allowed for others.
    attribute: Option<String>,
}

impl MeasureOrderInput {
    /// Returns the sort key.
    fn parse(self) -> Result<MeasureOrder, ApiError> {
        let is_attribute = self.field == MeasureOrderField::Attribute;
        if self.attribute.is_some() != is_attribute {
            let message =
                "`attribute` of an order is required for the field `ATTRIBUTE`, and not allowed for others";
            return Err(ApiError::BadInput(message.to_owned()));
        }
        let attribute = self.attribute.unwrap_or_default();
        check_attribute_name(&attribute)?;
        Ok(match self.field {
            MeasureOrderField::Number => MeasureOrder::Number,
            MeasureOrderField::Status => MeasureOrder::Status,
            MeasureOrderField::UpdatedAt => MeasureOrder::UpdatedAt,
            MeasureOrderField::Relevance => MeasureOrder::Relevance,
            MeasureOrderField::Label => MeasureOrder::Label,
            MeasureOrderField::ResponsibleParty => MeasureOrder::ResponsibleParty,
            MeasureOrderField::Partner => MeasureOrder::Partner,
            MeasureOrderField::StartDate => MeasureOrder::Value(ValueField::StartDate),
            MeasureOrderField::EndDate => MeasureOrder::Value(ValueField::EndDate),
            MeasureOrderField::Completion => MeasureOrder::Value(ValueField::Completion),
            MeasureOrderField::Priority => MeasureOrder::Priority,
            MeasureOrderField::Budget => MeasureOrder::Value(ValueField::Budget),
            MeasureOrderField::Attribute => MeasureOrder::Attribute(attribute.into()),
        })
    }
}

impl MeasureFilterInput {
    fn parse(mut self, depth: usize, size: &mut FilterSize) -> Result<MeasureFilter, ApiError> {
        size.add_condition()?;
        if depth > MAX_DEPTH {
            return Err(FilterSize::too_large());
        }
        let mut all = Vec::new();
        self.parse_details(size, &mut all)?;
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
            // No category has a malformed path.
            let paths = paths.iter().filter_map(|path| CategoryPath::parse(path).ok());
            all.push(MeasureFilter::Within(paths.collect()));
        }
        if let Some(numbers) = size.count(self.number)? {
            all.push(MeasureFilter::Number(to_numbers(numbers)));
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

    /// Adds the conditions on labels, bodies, dates and other columns.
    fn parse_details(&mut self, size: &mut FilterSize, all: &mut Vec<MeasureFilter>) -> Result<(), ApiError> {
        all.extend(size.count(self.label.take())?.map(MeasureFilter::Label));
        let parents = size.count(self.parent.take())?;
        all.extend(parents.map(|numbers| MeasureFilter::Parent(to_numbers(numbers))));
        all.extend(self.has_parent.map(MeasureFilter::HasParent));
        all.extend(size.count(self.responsible_parties.take())?.map(MeasureFilter::ResponsibleParty));
        all.extend(size.count(self.partners.take())?.map(MeasureFilter::Partner));
        all.extend(size.count(self.priority.take())?.map(MeasureFilter::Priority));
        let has = [
            (DetailField::ResponsibleParties, self.has_responsible_parties),
            (DetailField::Partners, self.has_partners),
            (DetailField::Priority, self.has_priority),
            (DetailField::Description, self.has_description),
            (DetailField::Indicators, self.has_indicators),
        ];
        all.extend(has.into_iter().filter_map(|(field, has)| Some(MeasureFilter::Has(field, has?))));
        if let Some(dates) = self.start_date.take() {
            dates.parse(DetailField::StartDate, ValueField::StartDate, all);
        }
        if let Some(dates) = self.end_date.take() {
            dates.parse(DetailField::EndDate, ValueField::EndDate, all);
        }
        if let Some(completion) = self.completion.take() {
            completion.parse_completion(all);
        }
        if let Some(budget) = self.budget.take() {
            size.add_values(budget.value_count())?;
            budget.parse_budget(all);
        }
        for attribute in self.attributes.take().unwrap_or_default() {
            size.add_condition()?;
            size.add_values(attribute.value_count())?;
            attribute.parse(all)?;
        }
        Ok(())
    }
}

/// Converts the numbers of measures. No measure has a negative number.
fn to_numbers(numbers: Vec<i32>) -> Vec<u32> {
    numbers.into_iter().filter_map(|number| u32::try_from(number).ok()).collect()
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
        self.add_values(values.as_ref().map_or(0, Vec::len))?;
        Ok(values)
    }

    /// Counts values.
    fn add_values(&mut self, count: usize) -> Result<(), ApiError> {
        self.values += count;
        if self.values > MAX_VALUES {
            return Err(ApiError::BadInput(format!("a filter must have at most {MAX_VALUES} values")));
        }
        Ok(())
    }

    /// Counts a filter object.
    fn add_condition(&mut self) -> Result<(), ApiError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS { Err(Self::too_large()) } else { Ok(()) }
    }

    fn too_large() -> ApiError {
        let message =
            format!("a filter must be at most {MAX_DEPTH} deep and have at most {MAX_CONDITIONS} conditions");
        ApiError::BadInput(message)
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
    let best_first = MeasureOrderInput {
        field: MeasureOrderField::Relevance,
        direction: OrderDirection::Descending,
        attribute: None,
    };
    let order_by = order_by.filter(|order_by| !order_by.is_empty());
    let default_order = || if filter.texts().is_empty() { Vec::new() } else { vec![best_first] };
    for by in order_by.unwrap_or_else(default_order) {
        let direction = Direction::from(by.direction);
        let field = by.parse()?;
        // A second sort by the same field has no effect.
        if order.iter().all(|(other, _)| *other != field) {
            name.extend([format!(":{field:?}{direction:?}")]);
            order.push((field, direction));
        }
    }
    let pagination = pagination.parse(&name)?;
    Ok((MeasureQuery { filter, order, pagination }, name))
}
