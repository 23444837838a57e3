//! Pagination arguments of the Relay specification.

use passerelle_storage::Pagination;
use passerelle_storage::query_index::ListEnd;

use super::cursor;
use crate::error::ApiError;
use crate::limits::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE as MAX};

/// Pagination arguments as the client sent them.
#[derive(Debug, Default)]
pub(crate) struct PaginationArgs {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl PaginationArgs {
    /// Validates the arguments. `order` identifies the list and its sort order, for cursors.
    pub(crate) fn parse(self, order: &str) -> Result<Pagination, ApiError> {
        self.parse_up_to(MAX, order)
    }

    /// Validates the arguments of a list with another maximum size of a range.
    pub(crate) fn parse_up_to(self, max: i32, order: &str) -> Result<Pagination, ApiError> {
        let (name, count, end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(ApiError::BadInput("`first` and `last` cannot be combined".to_owned()));
            }
            (None, Some(last)) => ("last", last, ListEnd::Last),
            (first, None) => ("first", first.unwrap_or(DEFAULT_PAGE_SIZE), ListEnd::First),
        };
        let limit = u32::try_from(count).ok().filter(|_| count <= max);
        let limit = limit.ok_or_else(|| {
            ApiError::BadInput(format!("`{name}` must be between 0 and {max}, got {count}"))
        })?;
        let place = |text: Option<String>| text.map(|text| cursor::decode(&text, order)).transpose();
        Ok(Pagination { limit, end, after: place(self.after)?, before: place(self.before)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(first: Option<i32>, last: Option<i32>) -> Result<(u32, bool), String> {
        let pagination = PaginationArgs { first, last, ..PaginationArgs::default() }.parse("x");
        pagination
            .map(|pagination| (pagination.limit, pagination.end == ListEnd::Last))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn range_has_20_items_by_default_and_at_most_100() {
        assert_eq!(parse(None, None), Ok((20, false)));
        assert_eq!(parse(Some(100), None), Ok((100, false)));
        assert_eq!(parse(None, Some(0)), Ok((0, true)));
        assert_eq!(parse(Some(101), None), Err("`first` must be between 0 and 100, got 101".to_owned()));
        assert_eq!(parse(None, Some(-1)), Err("`last` must be between 0 and 100, got -1".to_owned()));
        assert!(parse(Some(1), Some(1)).is_err());
    }
}
