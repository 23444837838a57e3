//! Object type `StatusDefinition`.

use async_graphql::SimpleObject;
use passerelle_model::labels::{status_color, status_is_final};
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus as Status;

use super::MeasureStatus;
use super::progress::to_int;

/// Status of a measure with the words and the colour to show it.
#[derive(SimpleObject)]
pub(crate) struct StatusDefinition {
    /// The defined status.
    status: MeasureStatus,
    /// Label in the requested language, for example `En cours`.
    label: String,
    /// Colour as `#rrggbb`, for example `#1d5fbf`. Its contrast to white is at least 4.5.
    color: String,
    /// Position in the order of `MeasureStatus`. The first position is 0.
    order: i32,
    /// True if no further work is expected: `COMPLETED`, `CANCELLED`, `MERGED` and `OUT_OF_SCOPE`.
    is_final: bool,
}

impl StatusDefinition {
    /// Returns the definitions of all statuses, in order.
    pub(crate) fn all(lang: Language) -> Vec<Self> {
        let definition = |(order, status): (usize, Status)| Self {
            status: status.into(),
            label: status.label(lang).to_owned(),
            color: status_color(status).to_owned(),
            order: to_int(order),
            is_final: status_is_final(status),
        };
        Status::ALL.into_iter().enumerate().map(definition).collect()
    }
}
