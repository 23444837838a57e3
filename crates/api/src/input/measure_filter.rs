//! Which measures, in which order.

use async_graphql::{Enum, InputObject};
use passerelle_model::plan::CategoryPath;
use passerelle_storage::MeasureQuery;
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};

use super::window::WindowArgs;
use crate::error::ApiError;
use crate::object::{DateTime, MeasureStatus, OrderDirection};

/// Filters nested deeper than this are refused: nobody writes them.
const MAX_DEPTH: usize = 8;
/// More conditions than this are refused.
const MAX_CONDITIONS: usize = 100;
/// A filter with more values than this, in all its lists, is refused.
const MAX_VALUES: usize = 1_000;
/// A text with more bytes than this is refused.
const MAX_TEXT: usize = 1_000;

/// Which measures to keep: those for which every given condition holds. An empty list is no condition.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "MeasureFilter")]
pub(crate) struct MeasureFilterInput {
    /// Every one of these holds.
    and: Option<Vec<MeasureFilterInput>>,
    /// At least one of these holds.
    or: Option<Vec<MeasureFilterInput>>,
    /// This does not hold.
    not: Option<Box<MeasureFilterInput>>,
    /// The status is one of these.
    status: Option<Vec<MeasureStatus>>,
    /// It stands in one of these categories or below, by path: `"2"`, `"2.6"`, `"2.6.b"`.
    category: Option<Vec<String>>,
    /// The number is one of these.
    number: Option<Vec<i32>>,
    /// Its status names one of these programmes: `"PPS"`.
    programme: Option<Vec<String>>,
    /// Whether its status names a programme.
    has_programme: Option<bool>,
    /// Whether it is marked as taken up under other axes.
    is_repeated: Option<bool>,
    /// Whether other measures say the same thing with another status.
    repeats_disagree: Option<bool>,
    /// Its title has every word of this text, as `search` finds them: whatever their endings and accents, and but for slips
    /// where nothing has them as they are. A number alone is that of the measure too. Without `orderBy` what fits best comes first.
    /// Of the past (`asOf`) slips, beginnings and numbers are not found.
    text: Option<String>,
    /// Anything of it changed after this.
    changed_since: Option<DateTime>,
}

/// What measures can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum MeasureOrderField {
    /// By number.
    Number,
    /// By status, in the order of the enum `MeasureStatus`.
    Status,
    /// By the time of the last change.
    UpdatedAt,
    /// By how well the title fits the `text` of the filter: `DESC` has the best first.
    Relevance,
}

/// One of the things that measures are ordered by.
#[derive(Clone, Copy, Debug, InputObject)]
#[graphql(name = "MeasureOrder")]
pub(crate) struct MeasureOrderInput {
    /// What to order by.
    field: MeasureOrderField,
    /// Smallest or largest first.
    direction: OrderDirection,
}

impl MeasureFilterInput {
    fn parse(self, depth: usize, size: &mut Size) -> Result<MeasureFilter, ApiError> {
        size.conditions += 1;
        if depth > MAX_DEPTH || size.conditions > MAX_CONDITIONS {
            let message =
                format!("a filter is at most {MAX_DEPTH} deep and has at most {MAX_CONDITIONS} conditions");
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
        if let Some(statuses) = size.few(self.status)? {
            all.push(MeasureFilter::Status(statuses.into_iter().map(Into::into).collect()));
        }
        if let Some(paths) = size.few(self.category)? {
            all.push(MeasureFilter::Within(paths.into_iter().map(CategoryPath::new).collect()));
        }
        if let Some(numbers) = size.few(self.number)? {
            let numbers = numbers.into_iter().filter_map(|number| u32::try_from(number).ok());
            all.push(MeasureFilter::Number(numbers.collect()));
        }
        if let Some(names) = size.few(self.programme)? {
            all.push(MeasureFilter::Programme(names));
        }
        all.extend(self.has_programme.map(MeasureFilter::HasProgramme));
        all.extend(self.is_repeated.map(MeasureFilter::IsRepeated));
        all.extend(self.repeats_disagree.map(MeasureFilter::RepeatsDisagree));
        if let Some(text) = self.text.filter(|text| !text.trim().is_empty()) {
            if text.len() > MAX_TEXT {
                return Err(ApiError::BadInput(format!("`text` has at most {MAX_TEXT} bytes")));
            }
            all.push(MeasureFilter::Text(text));
        }
        all.extend(self.changed_since.map(|at| MeasureFilter::ChangedSince(at.0)));
        Ok(MeasureFilter::All(all))
    }
}

/// How large a filter is so far.
#[derive(Default)]
struct Size {
    conditions: usize,
    values: usize,
}

impl Size {
    /// The values of a list. An empty one is no condition: it is what a page with nothing ticked sends.
    fn few<T>(&mut self, values: Option<Vec<T>>) -> Result<Option<Vec<T>>, ApiError> {
        let values = values.filter(|values| !values.is_empty());
        self.values += values.as_ref().map_or(0, Vec::len);
        if self.values > MAX_VALUES {
            return Err(ApiError::BadInput(format!("a filter has at most {MAX_VALUES} values")));
        }
        Ok(values)
    }
}

/// The query that the arguments say, and the name of its order for the cursors.
pub(crate) fn measure_query(
    filter: Option<Box<MeasureFilterInput>>,
    order_by: Option<Vec<MeasureOrderInput>>,
    window: WindowArgs,
) -> Result<(MeasureQuery, String), ApiError> {
    let filter = filter.map(|filter| *filter).unwrap_or_default().parse(0, &mut Size::default())?;
    let mut order: Vec<(MeasureOrder, Direction)> = Vec::new();
    let mut name = "measures".to_owned();
    let best_first =
        MeasureOrderInput { field: MeasureOrderField::Relevance, direction: OrderDirection::Descending };
    let order_by = order_by.filter(|order_by| !order_by.is_empty());
    let otherwise = || if filter.texts().is_empty() { Vec::new() } else { vec![best_first] };
    for by in order_by.unwrap_or_else(otherwise) {
        let field = match by.field {
            MeasureOrderField::Number => MeasureOrder::Number,
            MeasureOrderField::Status => MeasureOrder::Status,
            MeasureOrderField::UpdatedAt => MeasureOrder::UpdatedAt,
            MeasureOrderField::Relevance => MeasureOrder::Relevance,
        };
        // What is ordered by a field already cannot be ordered by it again.
        if order.iter().all(|(known, _)| *known != field) {
            let direction = Direction::from(by.direction);
            order.push((field, direction));
            name.extend([format!(":{field:?}{direction:?}")]);
        }
    }
    let window = window.parse(&name)?;
    Ok((MeasureQuery { filter, order, window }, name))
}
