//! Result of a comparison: two states, and what moved between them.

use passerelle_model::key::PlanKey;
use passerelle_storage::ReadView;

use super::moves::Moves;
use crate::bar::{self, Bar};
use crate::error::PageError;
use crate::words::Words;

/// One of the two states.
pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) bar: Option<Bar>,
    pub(crate) summary: String,
}

/// Result of a comparison.
pub(crate) struct Comparison {
    pub(crate) sides: [Side; 2],
    pub(crate) moves: Moves,
}

/// Loads the progress of a plan.
pub(crate) async fn side(
    view: &ReadView,
    plan: &PlanKey,
    words: &Words,
    name: String,
) -> Result<Side, PageError> {
    let progress = view.plan_facets(plan).await?.progress;
    Ok(Side { name, bar: Bar::of(&progress), summary: bar::summary(&progress, words) })
}
